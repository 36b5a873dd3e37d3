"""On the example organisations: what people are told, what they can take along, wherever it lies."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from examples import ORGANISATIONS, generate
from ordholden.connectors.reading import Reader
from ordholden.footprints import Footprints
from ordholden.footprints.explain import Datum, Explanation, State, explain
from ordholden.footprints.export import Withheld, export_access, export_portability
from ordholden.footprints.use import Ruling, Uses
from ordholden.grounds.wishes import Card
from ordholden.policy.document import THE_PERSON, BasisKind, Policy, Text
from tests.connectors.servers import ftp_server
from tests.footprints.making import everybody, opened

ON = date(2026, 3, 5)

AGREED = (BasisKind.CONSENT, BasisKind.CONTRACT)

Open = tuple[Policy, Footprints, Mapping[str, Reader]]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def made(stack: ExitStack, folder: Path, name: str, environment: Mapping[str, str] | None = None) -> Open:
    policy, inventory, readers = stack.enter_context(opened(folder, environment or {}))
    assert policy.organisation.name, name
    return policy, Footprints(inventory, readers, policy), readers


def some_people(footprints: Footprints, count: int) -> list[Card]:
    """A few people of every table."""
    tables = footprints.inventory.people_tables
    return [card for table in tables for card in everybody(footprints, table)[:count]]


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_whatever_is_known_of_anybody_is_explained(name: str, stack: ExitStack, tmp_path: Path) -> None:
    generate(name, tmp_path, people=20, on=ON)
    policy, footprints, _ = made(stack, tmp_path, name)

    unanswered: list[Datum] = []
    told = 0
    for card in some_people(footprints, 2):
        explanation = explain(footprints, policy, [card], on=ON)
        told += len(explanation.data)
        unanswered += [d for d in explanation.data if not _answered(explanation, d)]
        assert json.loads(json.dumps(explanation.as_json()))
    assert told
    assert unanswered == []


def _answered(explanation: Explanation, datum: Datum) -> bool:
    """What, why, from where and how long; that nobody gets it is an answer, too."""
    why = all(explanation.purposes[w.activity].purpose.da and w.rule for w in datum.why)
    long = datum.last_day is not None or datum.state in (State.OPEN, State.HELD, State.EXPIRED)
    return bool(datum.category_text.da and datum.why and why and datum.sources and long)


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_only_what_was_provided_by_agreement_can_be_taken_along(
    name: str, stack: ExitStack, tmp_path: Path
) -> None:
    generate(name, tmp_path, people=20, on=ON)
    policy, footprints, readers = made(stack, tmp_path, name)

    taken = 0
    for number, card in enumerate(some_people(footprints, 1)):
        explanation = explain(footprints, policy, [card], on=ON, reveal=True)
        export = export_portability(explanation, policy, readers, tmp_path / "copies" / str(number))
        schema = json.loads((export.folder / "schema.json").read_text("utf-8"))["tables"]
        left = {(x.table, x.column) for x in export.left_out}
        for datum in explanation.data:
            agreed = [policy.activities[w.activity] for w in datum.alive]
            agreed = [a for a in agreed if a.basis.kind in AGREED]
            own = THE_PERSON in (
                [datum.own_source] if datum.own_source else [s for a in agreed for s in a.sources]
            )
            assert own or (datum.table, datum.column) in left
        for table, described in schema.items():
            with (export.folder / described["file"]).open(encoding="utf-8", newline="") as file:
                columns = set(next(csv.reader(file))) - {"record"}
            assert columns == set(described["fields"]), table
        taken += export.data
    assert taken


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_one_intern_is_found_in_four_real_systems(
    kind: str, stack: ExitStack, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    at = None if kind == "sqlite" else request.getfixturevalue(f"{kind}_server").admin
    generate("alottbetter", tmp_path, people=30, on=ON, at=at)
    policy, footprints, _ = made(stack, tmp_path, "alottbetter")

    interns = everybody(footprints, footprints.inventory.systems["customers"].tables["customers"])
    links = footprints.linked(interns)
    whole = [
        c for c in interns if {n.table.system for n in links[c].sure} == {"booking", "service", "improvement"}
    ]
    assert whole
    found = explain(footprints, policy, [whole[0]], on=ON)
    assert {d.table.system for d in found.data} == {"customers", "booking", "service", "improvement"}


def test_a_consent_allows_only_those_who_gave_it(stack: ExitStack, tmp_path: Path) -> None:
    generate("alottbetter", tmp_path, people=40, on=ON)
    policy, footprints, _ = made(stack, tmp_path, "alottbetter")
    interns = everybody(footprints, footprints.inventory.systems["customers"].tables["customers"])
    uses = Uses(footprints, policy, ON)

    allowed = {d.card for d in uses.may_use("share stories", interns) if d.allowed}
    assert allowed
    assert len(allowed) < len(interns)
    for card in interns:
        rows = footprints.world([card]).about(card)
        yes = [r for r in rows if r.table.table == "consents" and r.values["kind"] == "stories"]
        stands = any(r.values["given_at"] and not r.values["withdrawn_at"] for r in yes)
        assert stands or card not in allowed
    assert {d.ruling for d in uses.may_use("sell to anybody", interns)} == {Ruling.UNKNOWN_PURPOSE}


def test_voices_are_found_and_handed_over_from_disk_and_ftp(stack: ExitStack, tmp_path: Path) -> None:
    generate("flexfone", tmp_path, people=60, on=ON)
    server = stack.enter_context(ftp_server(tmp_path / "ftp"))
    policy, footprints, readers = made(stack, tmp_path, "flexfone", {"FLEXFONE_FTP": server.url()})
    theirs = Text(
        "Optagelser på kundens FTP er kundens.", "Recordings on the customer's FTP are the customer's."
    )

    folders = footprints.inventory.systems["audio"].tables
    for card in everybody(footprints, folders["voicemails"]):
        explanation = explain(footprints, policy, [card], on=ON, reveal=True)
        systems = {(d.table.system, d.table.table) for d in explanation.data if d.file and d.alive}
        if {("audio", "voicemails"), ("audio", "recordings"), ("ftp", "recordings")} <= systems:
            break
    else:
        raise AssertionError("nobody has a voice everywhere")
    everything = export_access(explanation, policy, readers, tmp_path / "access")
    portable = export_portability(
        explanation, policy, readers, tmp_path / "portable", withheld=[Withheld(theirs, system="ftp")]
    )

    copied = {p.relative_to(tmp_path / "access/files"): p for p in (tmp_path / "access/files").rglob("*.*")}
    assert {path.parts[0] for path in copied} == {"audio", "ftp"}
    for path, copy in copied.items():
        assert copy.read_bytes() == (tmp_path / path).read_bytes()
    taken = {p.relative_to(tmp_path / "portable/files") for p in (tmp_path / "portable/files").rglob("*.*")}
    assert {path.parts[:2] for path in taken} == {("audio", "recordings"), ("audio", "voicemails")}
    assert everything.files > portable.files
    withheld = {(x.table.system, x.column) for x in portable.left_out if x.why == theirs}
    assert withheld == {("ftp", "path"), ("pbx", "ftp_file")}


def test_after_an_employee_is_gone_there_is_nothing_to_take_along(stack: ExitStack, tmp_path: Path) -> None:
    generate("flexfone", tmp_path, people=60, on=ON)
    policy, footprints, readers = made(stack, tmp_path, "flexfone")
    voicemails = footprints.inventory.systems["audio"].tables["voicemails"]
    (card, *_) = everybody(footprints, voicemails)

    later = explain(footprints, policy, [card], on=date(2040, 1, 1), reveal=True)
    export = export_portability(later, policy, readers, tmp_path / "copy")
    assert export.files == 0
    assert {x.reason for x in export.left_out} <= {"expired", "basis", "source"}
