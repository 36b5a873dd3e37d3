"""The inventory held to the live schema: each finding by its code and at its character, marked by `«`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from ordholden.app.systems import Systems
from ordholden.inventory.live import fits_live
from ordholden.inventory.read import read_inventory
from ordholden.inventory.schema import Column, ForeignKey, Schema, TableSchema
from ordholden.problems import Level, Place, Problem, Problems
from tests.contracts.codes import uses

SYSTEMS = """\
crm:
  url: ${CRM_URL:-sqlite:///crm.sqlite3}
  backups: none
  tables:
    interns:
      people: intern
      person: id
      identifiers: {email: email}
      data: {full_name: {is: name, filler: (erased)}, email: email}
      not personal: [id]
    trials:
      person: intern_id -> interns
      matter: {trial: id}
      data: {employer: {is: history, filler: -}}
      events: {trial ended: ended_on}
      consents: {stories: {given: yes_on, withdrawn: no_on}}
"""


def live(name: str, columns: Mapping[str, str], **other: object) -> TableSchema:
    """A table whose columns are given by type: `VARCHAR(20)`, with `!` where null is not allowed."""
    made = {c: _column(c, written) for c, written in columns.items()}
    return replace(TableSchema(name, made, ("id",), (), frozenset(), ()), **other)  # type: ignore[arg-type]


def _column(name: str, written: str) -> Column:
    type_, length = written.rstrip("!="), written.rstrip("!=").partition("(")[2].rstrip(")")
    return Column(name, type_, "!" not in written, int(length) if length else None, "=" in written)


INTERNS = {"id": "INTEGER!", "full_name": "VARCHAR(40)!", "email": "VARCHAR(80)"}
TRIALS = {
    "id": "INTEGER!",
    "intern_id": "INTEGER",
    "employer": "TEXT!",
    "ended_on": "DATE",
    "yes_on": "DATE",
    "no_on": "DATE",
}
REFERENCE = ForeignKey("trials", ("intern_id",), "interns", ("id",), "NO ACTION", "NO ACTION")


def schema(*tables: TableSchema, references: tuple[ForeignKey, ...] = (REFERENCE,)) -> Schema:
    known = {"interns": live("interns", INTERNS), "trials": live("trials", TRIALS)}
    return Schema({**known, **{t.name: t for t in tables}}, references, "")


def systems(*changes: tuple[str, str]) -> str:
    text = SYSTEMS
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class Case:
    code: str
    systems: str = SYSTEMS
    schema: Schema = field(default_factory=schema)
    level: Level = Level.ERROR
    about: str = ""


def interns(**columns: str) -> TableSchema:
    return live("interns", {**INTERNS, **columns})


def trials(**columns: str) -> TableSchema:
    return live("trials", {**TRIALS, **columns})


def without(table: TableSchema, column: str) -> TableSchema:
    return replace(table, columns={k: v for k, v in table.columns.items() if k != column})


FILLER = ("filler: (erased)", "«filler: (erased)")
ANONYMISED = ("not personal: [id]", "not personal: [id]\n      when expired: anonymise")
AT_INTERNS, AT_TRIALS = ("    interns:", "    «interns:"), ("    trials:", "    «trials:")
OLDER = ForeignKey("old_trials", ("intern_id",), "interns", ("id",), "NO ACTION", "NO ACTION")

CASES = [
    Case(
        "tables-undeclared",
        systems(("crm:\n", "«crm:\n")),
        replace(schema(interns()), undeclared=("visitors",)),
        level=Level.WARNING,
    ),
    Case("table-not-there", systems(AT_TRIALS), Schema({"interns": live("interns", INTERNS)}, (), "")),
    Case(
        "column-not-there",
        systems(("email: email}\n      not", "email: «email}\n      not")),
        schema(without(interns(), "email")),
    ),
    Case("column-unlisted", systems(AT_INTERNS), schema(interns(shoe_size="INTEGER"))),
    Case(
        "primary-key-missing",
        systems(AT_INTERNS),
        schema(replace(interns(), primary_key=(), unique=(("id",),))),
    ),
    Case(
        "key-not-unique",
        systems(("person: id", "person: «id")),
        schema(replace(interns(), primary_key=("full_name",))),
    ),
    Case(
        "key-not-unique",
        systems(("matter: {trial: id}", "matter: {trial: «id}")),
        schema(replace(trials(), primary_key=("employer",))),
        about="of a matter",
    ),
    Case(
        "key-composite",
        systems(("person: id", "person: «id")),
        schema(replace(interns(), primary_key=("id", "email"))),
    ),
    Case(
        "landing-not-unique",
        systems(("intern_id -> interns", "«intern_id -> trials(employer).intern_id -> interns")),
        schema(),
    ),
    Case(
        "arrow-composite",
        systems(
            (
                "data: {employer: {is: history, filler: -}}",
                "data: {employer: {is: history, filler: -, person: «intern_id -> interns.id -> interns}}",
            )
        ),
        schema(replace(interns(), primary_key=("id", "email"))),
    ),
    Case(
        "path-broken",
        systems(
            (
                "data: {employer: {is: history, filler: -}}",
                "data: {employer: {is: history, filler: -, person: «intern_id -> interns.chief -> interns}}",
            )
        ),
    ),
    Case(
        "path-types-differ",
        systems(("person: intern_id", "person: «intern_id")),
        schema(trials(intern_id="VARCHAR(20)")),
    ),
    Case(
        "trigger-there",
        systems(AT_INTERNS),
        schema(replace(interns(), triggers=("keep_copy",))),
        level=Level.WARNING,
    ),
    Case(
        "cut-not-nullable",
        systems(("filler: -}}", "filler: -}}\n      when expired: anonymise\n      cut: [«intern_id]")),
        schema(trials(intern_id="INTEGER!")),
    ),
    Case(
        "event-type",
        systems(("trial ended: ended_on", "trial ended: «ended_on")),
        schema(trials(ended_on="BIGINT")),
    ),
    Case(
        "event-type",
        systems(("trial ended: ended_on", "trial ended: «{column: ended_on, as: seconds}")),
        level=Level.WARNING,
        about="a date that is said to be seconds",
    ),
    Case(
        "consent-forms-differ",
        systems(("consents: {stories", "consents: {«stories")),
        schema(trials(no_on="TIMESTAMP")),
        level=Level.WARNING,
    ),
    Case(
        "key-personal",
        systems(ANONYMISED, ("email: email}\n      not", "email: «email}\n      not")),
        schema(replace(interns(), primary_key=("email",), unique=(("id",),))),
    ),
    Case("column-generated", systems(("{is: name", "{is: «name")), schema(interns(full_name="VARCHAR(40)="))),
    Case(
        "filler-missing",
        systems(("email: email}\n      not", "email: «email}\n      not")),
        schema(interns(email="VARCHAR(80)!")),
    ),
    Case("filler-not-unique", systems(FILLER), schema(replace(interns(), unique=(("full_name",),)))),
    Case("filler-too-long", systems(FILLER), schema(interns(full_name="VARCHAR(6)!"))),
    Case("filler-type", systems(FILLER), schema(interns(full_name="INTEGER!"))),
    Case(
        "filler-key-personal",
        systems(("filler: (erased)", "«filler: 'x{key}'")),
        schema(replace(interns(), primary_key=("id", "email"), unique=(("id",),))),
    ),
    Case(
        "held-by-undeclared", systems(AT_INTERNS), schema(references=(REFERENCE, OLDER)), level=Level.WARNING
    ),
    Case(
        "cascade-undeclared",
        systems(AT_INTERNS),
        schema(references=(replace(OLDER, on_delete="CASCADE"),)),
        level=Level.WARNING,
    ),
    Case(
        "cascade-there",
        systems(AT_INTERNS),
        schema(references=(replace(REFERENCE, on_delete="CASCADE"),)),
        level=Level.NOTE,
    ),
]


def found(folder: Path, written: str, there: Schema) -> tuple[Problem, ...]:
    problems = Problems()
    (folder / "systems.yaml").write_text(written, encoding="utf-8")
    inventory = read_inventory(folder, problems)
    assert inventory
    assert not problems.broken, problems.all
    return fits_live(inventory, {"crm": there})


def marked(text: str) -> Place:
    before, mark, _ = text.partition("«")
    assert mark
    return Place("systems.yaml", before.count("\n") + 1, len(before) - before.rfind("\n"))


def test_a_system_as_it_was_described_says_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, SYSTEMS, schema()) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.code} {c.about}".strip())
def test_a_finding_has_its_code_and_its_place(case: Case, tmp_path: Path) -> None:
    problems = found(tmp_path, case.systems.replace("«", ""), case.schema)

    expected = (case.code, marked(case.systems), case.level)
    assert expected in [(p.code, p.at, p.level) for p in problems], problems


def test_every_code_has_a_case() -> None:
    codes = {use.code for use in uses() if use.file.endswith("inventory/live.py")}

    assert codes - {case.code for case in CASES} == set()


def test_an_identifier_may_be_the_key_of_several_rows(tmp_path: Path) -> None:
    by_address = systems(("person: id", "person: email"), ("person: intern_id", "person: address"))
    there = schema(without(trials(address="VARCHAR(80)"), "intern_id"))

    assert found(tmp_path, by_address, there) == ()


def test_a_system_that_did_not_answer_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "systems.yaml").write_text(SYSTEMS, encoding="utf-8")
    inventory = read_inventory(tmp_path, Problems())

    assert inventory
    assert fits_live(inventory, {}) == ()


def test_the_nearest_column_is_named(tmp_path: Path) -> None:
    problems = found(tmp_path, SYSTEMS, schema(without(interns(e_mail="VARCHAR(80)"), "email")))

    assert [p.facts["nearest"] for p in problems if p.code == "column-not-there"] == ["e_mail"]


def test_real_databases_fit_and_a_forgotten_column_is_seen_on_each(database: str, tmp_path: Path) -> None:
    engine = sa.create_engine(database)
    metadata = sa.MetaData()
    sa.Table(
        "interns",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("full_name", sa.String(40), nullable=False),
        sa.Column("email", sa.String(80)),
        sa.Column("shoe_size", sa.Integer),
    )
    sa.Table(
        "trials",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("intern_id", sa.ForeignKey("interns.id")),
        sa.Column("employer", sa.Text, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("yes_on", sa.DateTime),
        sa.Column("no_on", sa.DateTime),
    )
    metadata.create_all(engine)
    engine.dispose()
    (tmp_path / "systems.yaml").write_text(SYSTEMS, encoding="utf-8")
    inventory = read_inventory(tmp_path, Problems(), {"CRM_URL": database})
    assert inventory
    opened = Systems(inventory, tmp_path)

    problems = fits_live(inventory, {name: reader.schema() for name, reader in opened.readers().items()})
    opened.close()
    assert [(p.code, p.facts["column"]) for p in problems] == [("column-unlisted", "shoe_size")]
