"""Of each datum about a person it is said what, why, on which basis, from where, for whom and until when."""

from __future__ import annotations

import json
from datetime import date

from ordholden.footprints import Footprints
from ordholden.footprints.explain import Datum, Disclosed, Explanation, State, explain
from ordholden.grounds.wishes import Hold, Wishes
from ordholden.policy.document import Policy, Text
from tests.footprints.making import card

ON = date(2026, 11, 22)


def by_field(explanation: Explanation) -> dict[str, Datum]:
    return {f"{d.table.table}.{d.column}": d for d in explanation.data}


def test_each_datum_has_its_five_answers(nordlys: tuple[Policy, Footprints]) -> None:
    policy, footprints = nordlys

    words = {"internship ended": Text("praktikken sluttede", "the internship ended")}
    explained = explain(footprints, policy, [card("crm.interns", 1)], on=ON, words=words)
    data = by_field(explained)
    assert list(data) == ["interns.name", "interns.email", "internships.employer", "voices.path"]
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
    assert why.says.da == "2 år efter, at praktikken sluttede"
    assert [(f.event, f.day, str(f.table), f.key) for f in why.stands_on] == [
        ("internship ended", date(2025, 3, 31), "crm.internships", (7,))
    ]
    assert data["internships.employer"].sources == ("the employer",)
    assert data["voices.path"].last_day == date(2026, 12, 30)
    assert data["voices.path"].key == ("1/20261002-again.wav",)


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
