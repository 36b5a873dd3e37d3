"""Each scenario in `scenarios/` holds: for the interpreter, and for the compiler on a database with its rows.

How a scenario is written says `scenarios/README.md`.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from ordholden.connectors.predicate import TRUE, Filled, Predicate, at_least, at_most, both, exact
from ordholden.connectors.reading import Key, Row
from ordholden.connectors.sql.system import SqlSystem
from ordholden.grounds.compile import Compiler
from ordholden.grounds.interpret import OPEN, Evaluation, whole_number
from ordholden.grounds.wishes import Card, ConsentEntry, Hold, MatterKey, Wishes
from ordholden.grounds.world import World
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import Inventory, Table, TableName
from ordholden.policy.document import OnRequest, Policy
from ordholden.policy.read import read_policy
from ordholden.problems import Level, Problems

FOLDER = Path(__file__).parent / "scenarios"
KEPT = re.compile(r"kept through (\d{4}-\d\d-\d\d)( as it looks)?")


def _scenarios() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        file = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for scenario in file["scenarios"]:
            # What a scenario says of its own goes before what the file says of all.
            yield pytest.param({**file, **scenario}, id=f"{path.stem}: {scenario['sentence']}")


@pytest.mark.parametrize("scenario", _scenarios())
def test_scenario(scenario: Mapping[str, Any], tmp_path: Path) -> None:
    with _company(scenario, tmp_path) as company:
        wishes = _wishes(company, scenario)
        for name, expected in scenario["expect"].items():
            columns = expected if isinstance(expected, Mapping) else {None: expected}
            for column, words in columns.items():
                _holds(Claim(company, wishes, company.record(name), column), words, scenario.get("on"))


@dataclass(frozen=True)
class Claim:
    """What a claim is about: a record, or one of its columns."""

    company: Company
    wishes: Wishes
    record: Row
    column: str | None

    def __str__(self) -> str:
        return f"{self.record.table.table} {self.record.key[0]} {self.column or ''}"


def _holds(claim: Claim, words: str, on: date | None) -> None:
    kept = KEPT.fullmatch(words)
    if kept is None:
        assert on is not None, "say the day: on: 2025-01-31"
        assert _state(claim, on) == words, (str(claim), on)
        return
    last = date.fromisoformat(kept[1])
    gone = last + timedelta(days=1)
    if on is not None:
        assert _state(claim, on) == f"kept until {gone}", (str(claim), on)
    if kept[2]:
        return
    # While something is still to come, the end may look later.
    assert _state(claim, last) not in ("gone", "undeclared"), (str(claim), last)
    assert _state(claim, gone) == "gone", (str(claim), gone)


def _state(claim: Claim, on: date) -> str:
    """What the interpreter says on that day; the compiler must not contradict."""
    company, wishes, record, column = claim.company, claim.wishes, claim.record, claim.column
    evaluation = Evaluation(company.policy, company.world, on, wishes)
    verdict = evaluation.verdict(record)
    table = company.inventory.table(record.table)
    compiler = Compiler(company.policy, company.inventory, on, wishes, company.periods)
    if column is None:
        gone, undeclared = verdict.record_expired, bool(verdict.undeclared)
        until = evaluation.record_until(record)
        _agrees(company, record, compiler.expired(table), gone)
        _agrees(company, record, compiler.undeclared(table), undeclared)
    else:
        field = table.field(column)
        assert field is not None
        gone, undeclared = column in verdict.expired, column in verdict.undeclared
        assert gone or undeclared or column in verdict.living, f"{column} is empty"
        until = evaluation.keep_until(record, field)
        group = next(g for g in compiler.groups(table) if field in g.fields)
        _agrees(company, record, both([group.dead, Filled(column, field.filler)]), gone)
    if undeclared:
        return "undeclared"
    if gone:
        return "gone"
    return "open" if until == OPEN else f"kept until {until}"


def _agrees(company: Company, record: Row, said: Predicate, truth: bool) -> None:
    reader = company.systems[record.table.system]

    def found(where: Predicate) -> bool:
        return record.key in {k for batch in reader.keys(record.table, where) for k in batch}

    assert found(at_least(said)) <= truth <= found(at_most(said)), (
        "the compiler",
        record.table,
        record.key,
        said,
    )
    assert not exact(said) or found(said) is truth


# — a company of a scenario —


@dataclass(frozen=True)
class Company:
    """The scenario's policy and systems, with its rows in real databases."""

    policy: Policy
    inventory: Inventory
    systems: Mapping[str, SqlSystem]
    world: World

    def record(self, name: str) -> Row:
        """The record that is written as its table and key: `interns 1`."""
        table, key = self.key(name)
        return next(r for r in self.world.rows[table] if r.key == key)

    def key(self, name: str) -> tuple[TableName, Key]:
        written, _, key = name.partition(" ")
        table = next(t for t in self.inventory.tables if t.name.table == written)
        return table.name, (int(key) if key.isdigit() else key,)

    def card(self, name: str) -> Card:
        """The person of the record."""
        table, key = self.key(name)
        return Card(table, key[0])

    def periods(self, name: TableName) -> tuple[int, ...]:
        own = self.inventory.table(name).own_period
        values = self.systems[name.system].distinct(name, own.column) if own else ()
        return tuple(n for v in values if (n := whole_number(v)) is not None)


@contextmanager
def _company(scenario: Mapping[str, Any], folder: Path) -> Iterator[Company]:
    systems = scenario.get("systems") or {"office": {"tables": scenario["tables"]}}
    (folder / "policy.yaml").write_text(_text(_policy(scenario, systems)), encoding="utf-8")
    full = {n: {"url": f"sqlite:///{n}.db", "backups": "none", **system} for n, system in systems.items()}
    (folder / "systems.yaml").write_text(_text(full), encoding="utf-8")
    problems = Problems()
    policy, inventory = read_policy(folder, problems), read_inventory(folder, problems)
    errors = [p for p in problems.all if p.level is Level.ERROR]
    assert policy is not None, errors
    assert inventory is not None, errors
    assert not errors
    for system in inventory.systems.values():
        _fill(folder / f"{system.name}.db", system.tables, scenario["rows"])
    with ExitStack() as stack:
        opened = {n: stack.enter_context(closing(SqlSystem(s, folder))) for n, s in inventory.systems.items()}
        tables = inventory.tables
        rows = [r for t in tables for batch in opened[t.name.system].rows(t.name, TRUE) for r in batch]
        company = Company(policy, inventory, opened, World(inventory, rows))
        yield replace(company, world=World(inventory, rows, _same_person(company, scenario)))


def _policy(scenario: Mapping[str, Any], systems: Mapping[str, Any]) -> dict[str, Any]:
    """The policy file, with what a scenario leaves out because it says nothing here."""
    activities = {
        name: {"purpose": name, **({"balancing": "b.md"} if "interest" in a["basis"] else {}), **a}
        for name, a in scenario["activities"].items()
    }
    tables = [t for s in systems.values() for t in s["tables"].values()]
    people = {p for a in activities.values() for p in a["people"]}
    people |= {p for t in tables for p in _list(t.get("people"))}
    categories = {c for a in activities.values() for c in a["data"] if a["data"] != "everything"}
    categories |= {
        d["is"] if isinstance(d, Mapping) else d for t in tables for d in t.get("data", {}).values()
    }
    consents = {c for t in tables for c in t.get("consents", {})}
    consents |= {
        a["basis"].removeprefix("consent to ") for a in activities.values() if "consent" in a["basis"]
    }
    organisation = {
        "name": "Scenario ApS",
        "cvr": "12345674",
        "contacts": {"data protection": {"email": "privat@scenario.example"}},
        **scenario.get("organisation", {}),
    }
    named = {
        key: {n: n for n in sorted(names)} for key, names in (("people", people), ("categories", categories))
    }
    found = {"organisation": organisation, **named, "activities": activities}
    return found | ({"consents": {c: c for c in sorted(consents)}} if consents else {})


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _text(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def _fill(path: Path, tables: Mapping[str, Table], rows: Mapping[str, Any]) -> None:
    """The tables with the columns that are declared; the first column of the first row is the key."""
    with closing(sqlite3.connect(path)) as connection:
        for name, table in tables.items():
            here = rows.get(name, ())
            columns = list(dict.fromkeys([*(c for row in here for c in row), *sorted(table.listed)]))
            types = [_type([row.get(c) for row in here]) for c in columns]
            made = ", ".join(f'"{c}" {t}' for c, t in zip(columns, types, strict=True))
            connection.execute(f'CREATE TABLE "{name}" ({made}, PRIMARY KEY ("{columns[0]}"))')
            for row in here:
                marks = ", ".join("?" for _ in columns)
                values = [_held(row.get(c)) for c in columns]
                connection.execute(f'INSERT INTO "{name}" VALUES ({marks})', values)
        connection.commit()


def _type(values: list[Any]) -> str:
    return "INTEGER" if any(isinstance(v, int) for v in values) else "TEXT"


def _held(value: Any) -> Any:
    return (
        value.isoformat(" ")
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else value
    )


def _same_person(company: Company, scenario: Mapping[str, Any]) -> Any:
    groups = [[company.card(name) for name in names] for names in scenario.get("same person", ())]

    def linked(card: Card) -> tuple[Card, ...]:
        return tuple(c for group in groups if card in group for c in group if c != card)

    return linked


# — what people asked for —


def _wishes(company: Company, scenario: Mapping[str, Any]) -> Wishes:
    requested = [*scenario.get("erasure asked by", ()), *scenario.get("withdrawal asked by", ())]
    told: dict[Card, tuple[ConsentEntry, ...]] = {}
    for entry in scenario.get("told us", ()):
        card = company.card(entry["who"])
        said = ConsentEntry(
            entry["consent"], _instant(entry["at"]), entry["says"] == "yes", "by request" in entry
        )
        told[card] = (*told.get(card, ()), said)
    return Wishes(
        holds=tuple(_hold(company, h) for h in scenario.get("holds", ())),
        consents=told,
        asked={(a["about"], company.card(a["who"])): a["on"] for a in scenario.get("asked", ())},
        requested=frozenset(company.card(name) for name in requested),
        decided={name: OnRequest(words) for name, words in scenario.get("decided", {}).items()},
        withdrawing=scenario.get("consent withdrawn", ""),
    )


def _hold(company: Company, hold: Mapping[str, Any]) -> Hold:
    cards = frozenset(company.card(name) for name in hold.get("people", ()))
    matters = set()
    for name, records in hold.get("matters", {}).items():
        for record in records:
            table, key = company.key(record)
            matters.add(MatterKey(table, name, key[0]))
    return Hold("hold", cards, frozenset(matters), hold.get("activity", ""))


def _instant(value: date | datetime) -> datetime:
    moment = (
        value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, 12, tzinfo=UTC)
    )
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Copenhagen"))
