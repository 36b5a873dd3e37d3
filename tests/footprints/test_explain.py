"""Of each datum about a person it is said what, why, on which basis, from where, for whom and until when."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from ordholden.connectors.sql.system import SqlSystem
from ordholden.footprints import Footprints
from ordholden.footprints.explain import Datum, Disclosed, Explanation, State, explain
from ordholden.grounds.wishes import Hold, Wishes
from ordholden.policy.document import Policy
from ordholden.policy.read import read_policy
from ordholden.problems import Problems
from tests.footprints.making import card, filled_database, inventory_of

ON = date(2026, 11, 22)

POLICY = """
organisation:
  name: Nordlys Rejser ApS
  cvr: "12345674"
  contacts:
    data protection: {email: privat@nordlys.example}
people:
  intern: {da: praktikant, en: intern}
categories:
  name: {da: navn, en: name}
  email: {da: e-mailadresse, en: e-mail address}
  history: {da: forløb, en: programme history}
  remark: {da: bemærkning, en: remark}
  health: {da: helbred, en: health, sensitivity: special}
consents:
  stories: {da: Historier, en: Stories}
recipients:
  hosts: {da: værter, en: placement hosts, kind: controller, country: DK}
activities:
  run the internship:
    purpose: {da: Gennemføre forløbet, en: Carry out the internship}
    basis: contract
    people: intern
    data: [name, email, history]
    sources: [the person]
    recipients: hosts
    keep: 2 years after internship ended
    if none: 90 days after registered
  tell stories:
    purpose: {da: Fortælle historier, en: Tell stories}
    basis: consent to stories
    people: intern
    data: [name]
    keep: while consent
  document:
    purpose: {da: Kunne bevise forløbet, en: Be able to prove the programme}
    basis: legal obligation (an act § 12)
    people: intern
    data: [name]
    sources: [the school]
    keep: 5 years after end of calendar year of internship ended
    if none: nothing
"""

SYSTEMS = """
crm:
  url: URL
  backups: none
  tables:
    interns:
      people: intern
      person: id
      identifiers: {email: email}
      data: {name: name, email: email, remark: remark}
      not personal: [id]
      events: {registered: registered_on}
      consents: {stories: {given: yes_on, withdrawn: no_on}}
    internships:
      person: intern_id -> interns
      matter: {internship: id}
      data: {employer: {is: history, source: the employer}}
      not personal: [id]
      events: {internship started: started_on, internship ended: ended_on}
      begins: internship started
      should have ended: status is closed
"""


@pytest.fixture
def nordlys(database: str, tmp_path: Path) -> tuple[Policy, Footprints]:
    metadata, text = sa.MetaData(), sa.String(60)
    interns = sa.Table(
        "interns",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(c, text) for c in ("name", "email", "remark")),
        *(sa.Column(c, sa.Date) for c in ("registered_on", "yes_on", "no_on")),
    )
    internships = sa.Table(
        "internships",
        metadata,
        *(sa.Column(c, sa.Integer, primary_key=c == "id") for c in ("id", "intern_id")),
        *(sa.Column(c, text) for c in ("employer", "status")),
        *(sa.Column(c, sa.Date) for c in ("started_on", "ended_on")),
    )
    empty = {"remark": None, "yes_on": None, "no_on": None, "registered_on": date(2020, 1, 1)}
    people = [
        {"id": 1, "name": "Anna Hansen", "email": "anna@nordlys.example", "yes_on": date(2024, 5, 1)},
        {"id": 2, "name": "Bo Bang", "email": "bo@nordlys.example", "remark": "cat person"},
    ]
    stays = [
        {"id": 7, "intern_id": 1, "ended_on": date(2025, 3, 31), "status": "closed"},
        {"id": 8, "intern_id": 2, "ended_on": None, "status": "closed"},
    ]
    filled_database(
        database,
        (interns, [{**empty, **p} for p in people]),
        (internships, [{"employer": "Havn A/S", "started_on": date(2025, 1, 1), **s} for s in stays]),
    )
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    problems = Problems()
    policy, inventory = read_policy(tmp_path, problems), inventory_of(tmp_path, SYSTEMS, database)
    assert policy is not None, problems.all
    readers = {name: SqlSystem(system, tmp_path) for name, system in inventory.systems.items()}
    return policy, Footprints(inventory, readers, policy)


def by_field(explanation: Explanation) -> dict[str, Datum]:
    return {f"{d.table.table}.{d.column}": d for d in explanation.data}


def test_each_datum_has_its_five_answers(nordlys: tuple[Policy, Footprints]) -> None:
    policy, footprints = nordlys

    explained = explain(footprints, policy, [card("crm.interns", 1)], on=ON)
    data = by_field(explained)
    assert list(data) == ["interns.name", "interns.email", "internships.employer"]
    email = data["interns.email"]
    assert (email.category_text.en, email.sources) == ("e-mail address", ("the person",))
    assert (email.state, email.last_day) == (State.KEPT, date(2027, 3, 30)), (
        "the day before two years are over"
    )
    assert [r.text.en for r in explained.recipients(email)] == ["placement hosts"]
    purpose = explained.purposes["run the internship"]
    assert (purpose.purpose.da, purpose.article) == ("Gennemføre forløbet", "GDPR art. 6(1)(b)")
    (why,) = email.why
    assert why.rule == "2 years after internship ended"
    assert [(f.event, f.day, str(f.table), f.key) for f in why.stands_on] == [
        ("internship ended", date(2025, 3, 31), "crm.internships", (7,))
    ]
    assert data["internships.employer"].sources == ("the employer",)


def test_what_rests_on_several_grounds_names_them_all(nordlys: tuple[Policy, Footprints]) -> None:
    policy, footprints = nordlys

    name = by_field(explain(footprints, policy, [card("crm.interns", 1)], on=ON))["interns.name"]
    assert {w.activity: w.last_day for w in name.alive} == {
        "run the internship": date(2027, 3, 30),
        "tell stories": None,
        "document": date(2030, 12, 31),
    }
    assert (name.state, name.last_day) == (State.OPEN, None)
    assert name.sources == ("the person", "the school")


def test_values_are_masked_until_they_are_asked_for(nordlys: tuple[Policy, Footprints]) -> None:
    policy, footprints = nordlys
    person = [card("crm.interns", 1)]

    masked = by_field(explain(footprints, policy, person, on=ON))
    revealed = by_field(explain(footprints, policy, person, on=ON, reveal=True))
    assert (masked["interns.email"].value, masked["interns.name"].value) == ("a***@nordlys.example", "A***")
    assert (revealed["interns.email"].value, revealed["interns.name"].value) == (
        "anna@nordlys.example",
        "Anna Hansen",
    )
    assert "Anna" not in json.dumps(explain(footprints, policy, person, on=ON).as_json())


def test_what_no_activity_covers_and_what_never_ended_is_said(nordlys: tuple[Policy, Footprints]) -> None:
    policy, footprints = nordlys

    explained = explain(footprints, policy, [card("crm.interns", 2)], on=ON)
    assert by_field(explained)["interns.remark"].state is State.UNDECLARED
    assert by_field(explained)["interns.email"].state is State.OPEN
    assert [(p.code, dict(p.facts)) for p in explained.findings] == [
        ("datum-undeclared", {"table": "crm.interns", "column": "remark"}),
        ("end-missing", {"table": "crm.internships", "event": "internship ended"}),
    ]


def test_expired_held_and_restricted_data_is_told_as_such(nordlys: tuple[Policy, Footprints]) -> None:
    policy, footprints = nordlys
    person = card("crm.interns", 1)
    holds = (Hold("H-1", frozenset([person])), Hold("R-1", frozenset([person]), restriction=True))

    later = date(2028, 1, 1)
    expired = by_field(explain(footprints, policy, [person], on=later))
    held = by_field(explain(footprints, policy, [person], on=later, wishes=Wishes(holds=holds)))
    assert expired["interns.email"].state is State.EXPIRED
    assert (held["interns.email"].state, held["interns.email"].last_day) == (State.HELD, None)
    assert (held["interns.email"].holds, held["interns.email"].restricted) == (("H-1",), True)


def test_the_answer_is_json(nordlys: tuple[Policy, Footprints]) -> None:
    policy, footprints = nordlys
    told = [Disclosed("Havn A/S", date(2025, 1, 1), "name")]

    explained = explain(footprints, policy, [card("crm.interns", 1)], on=ON, disclosed=told)
    answer = json.loads(json.dumps(explained.as_json()))
    assert answer["disclosed"] == [{"recipient": "Havn A/S", "on": "2025-01-01", "what": "name"}]
    assert answer["data"][1]["why"][0]["kept_until"] == "2027-03-30"
    assert answer["purposes"]["document"]["reference"] == "an act § 12"
