"""What people are told, what they are handed, and what their data may be used for: each promise on real data."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ordholden.app import Organisation, open_organisation, today
from ordholden.footprints.explain import Datum, Explanation, State
from ordholden.footprints.use import Ruling
from ordholden.inventory.system import Table
from ordholden.policy.document import THE_PERSON, BasisKind
from ordholden.problems import Refusal
from tests.footprints.making import everybody
from tests.swept import CLERK, ON, copied, made

AGREED = (BasisKind.CONSENT, BasisKind.CONTRACT)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("access")
    for name in ("alles_klar", "alottbetter", "clienti", "flexfone"):
        made(folder, name)
    return folder


def people(organisation: Organisation, table: str) -> list[str]:
    """Everybody in a table, as they are asked for."""
    system, _, name = table.partition(".")
    found: Table = organisation.inventory.systems[system].tables[name]
    return [f"{table}:{card.key}" for card in everybody(organisation.footprints, found)]


def kept(organisation: Organisation, promise: str) -> bool:
    state = next(p for p in organisation.promises(ON, only=[promise]))
    return state.state == "kept" and bool(state.evidence)


def answered(explanation: Explanation, datum: Datum) -> bool:
    """What, why, from where, how long; for whom may be: for nobody."""
    purposes = [explanation.purposes[w.activity] for w in datum.why]
    why = bool(purposes) and all(p.purpose.da and p.purpose.en and p.article for p in purposes)
    long = datum.last_day is not None or datum.state in (State.OPEN, State.HELD, State.EXPIRED)
    return bool(datum.category_text.da and datum.sources) and why and long


def test_CL_19_access_tells_what_why_from_where_how_long_and_with_whom(
    examples: Path, tmp_path: Path
) -> None:
    with open_organisation(examples / "clienti") as organisation:
        tables = (
            "crm.contacts",
            "crm.enquiries",
            "newsletter.subscribers",
            "invoices.debtors",
        )
        for table in tables:
            person = people(organisation, table)[0]
            explanation = organisation.explain(person, ON)
            assert explanation.data, table
            assert all(answered(explanation, d) for d in explanation.data), table
        export = organisation.export_access(person, tmp_path / "copy", ON, actor=CLERK)

        assert kept(organisation, "CL-19")
    told = json.loads((export.folder / "data.json").read_text("utf-8"))
    for datum in told["data"]:
        assert datum["category"]["da"]
        assert datum["why"]
        assert datum["sources"]
        assert datum["kept_until"] or datum["state"] in ("open", "held")
        assert datum["recipients"] is not None
    page = (export.folder / "index.html").read_text("utf-8")
    assert "Hvorfra" in page
    assert "Carl Jacobsens Vej 35, 2500 Valby" in page


def test_CL_23_data_is_handed_over_in_a_common_machine_readable_format(
    examples: Path, tmp_path: Path
) -> None:
    with open_organisation(examples / "clienti") as organisation:
        subscriber = people(organisation, "newsletter.subscribers")[0]
        explanation = organisation.explain(subscriber, ON)
        export = organisation.export_portability(subscriber, tmp_path / "copy", ON, actor=CLERK)

        assert kept(organisation, "CL-23")
    schema = json.loads((export.folder / "schema.json").read_text("utf-8"))["tables"]
    data = json.loads((export.folder / "data.json").read_text("utf-8"))
    assert export.data == sum(len(row) - 1 for rows in data["tables"].values() for row in rows) > 0
    left_out = {(x.table, x.column) for x in export.left_out}
    for datum in explanation.data:
        bases = {explanation.purposes[w.activity].basis for w in datum.alive}
        agreed = bool(bases & set(AGREED)) and THE_PERSON in datum.sources
        assert agreed or (datum.table, datum.column) in left_out
    for name, described in schema.items():
        with (export.folder / described["file"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(data["tables"][name])
        assert set(rows[0]) - {"record"} == set(described["fields"])


def test_AK_01_data_given_for_a_task_is_used_for_that_task_only(examples: Path) -> None:
    with open_organisation(examples / "alles_klar") as organisation:
        customers = people(organisation, "crm.customers")
        task = organisation.may_use("carry out tasks", customers, ON, actor=CLERK)
        partners = organisation.may_use("disclose to partners", customers, ON, actor=CLERK)
        wages = organisation.may_use("pay fees", customers, ON, actor=CLERK)
        with pytest.raises(Refusal) as unknown:
            organisation.may_use("carry out task", customers, ON, actor=CLERK)

        assert kept(organisation, "AK-01")
    served = {person for person, d in task.items() if d.allowed}
    assert served
    assert {person for person in served if not partners[person].allowed}, "a task is no leave to pass data on"
    assert not any(d.allowed for d in wages.values()), "customers are not paid"
    (problem,) = unknown.value.problems
    assert (problem.code, problem.facts["nearest"]) == ("activity-unknown", "carry out tasks")


def test_AL_15_one_person_is_followed_through_all_four_systems(examples: Path) -> None:
    with open_organisation(examples / "alottbetter") as organisation:
        found = {
            person: {d.table.system for d in organisation.explain(person, ON).data}
            for person in people(organisation, "customers.customers")
        }
        everywhere = {"customers", "booking", "service", "improvement"}

        assert [person for person, systems in found.items() if systems == everywhere]
        assert kept(organisation, "AL-15")


def test_AL_17_another_purpose_needs_consent_and_is_refused_without(examples: Path, tmp_path: Path) -> None:
    with open_organisation(copied(examples / "alottbetter", tmp_path / "alottbetter")) as organisation:
        interns = people(organisation, "customers.customers")
        rulings = organisation.may_use("share stories", interns, ON, actor=CLERK)
        willing = [person for person, d in rulings.items() if d.allowed]
        assert 0 < len(willing) < len(interns)
        assert {d.ruling for d in rulings.values()} == {Ruling.ALLOWED, Ruling.NO_GROUND}
        # A withdrawal counts from the moment it is told, which is now.
        before = organisation.may_use("run the internship", willing[:1], today(), actor=CLERK)

        plan = organisation.plan_withdrawal("stories", willing[:1], ON, actor=CLERK)
        if plan.needs_approval:
            organisation.approve(plan.plan.id, actor="a second person")
        organisation.apply(plan.plan.id, actor=CLERK)

        after = organisation.may_use("share stories", willing[:1], today(), actor=CLERK)
        assert [d.ruling for d in after.values()] == [Ruling.NO_GROUND]
        assert organisation.may_use("run the internship", willing[:1], today(), actor=CLERK) == before
        with pytest.raises(Refusal):
            organisation.may_use("sell to anybody", willing[:1], ON, actor=CLERK)


def test_FF_18_voicemails_and_recordings_are_found_and_handed_over(examples: Path, tmp_path: Path) -> None:
    folder = examples / "flexfone"
    with open_organisation(folder) as organisation:
        both = {"recordings", "voicemails"}
        person = next(person for person, kinds in voices(organisation) if kinds == both)
        export = organisation.export_portability(person, tmp_path / "copy", ON, actor=CLERK)

        assert kept(organisation, "FF-18")
    copies = [p for p in (export.folder / "files").rglob("*") if p.is_file()]
    assert {p.suffix for p in copies} >= {".mp3", ".wav"}
    assert export.files == len(copies)
    for copy in copies:
        assert copy.read_bytes() == (folder / copy.relative_to(export.folder / "files")).read_bytes()


def voices(organisation: Organisation) -> Iterator[tuple[str, set[str]]]:
    """The people who have a voice on disk, and of which kinds that may still be used."""
    for person in people(organisation, "audio.voicemails"):
        data = organisation.explain(person, ON).data
        yield person, {d.table.table for d in data if d.table.system == "audio" and d.alive}
