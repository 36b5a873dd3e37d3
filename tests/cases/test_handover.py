"""A request goes to whose data it is, or to those who have a part of it, and comes back into one case."""

from __future__ import annotations

from datetime import date

import pytest

from ordholden.cases.case import Outcome, State, TaskState, Upload
from ordholden.problems import Refusal
from tests.cases.office import ANNA, Office, ask, known


def awaiting(office: Office, number: str, name: str):  # type: ignore[no-untyped-def]
    [task] = [t for t in office.desk.case(number).tasks if t.key == f"answer:{name}"]
    return task


def test_a_request_goes_to_the_controller_of_its_campaign_and_is_followed(office: Office) -> None:
    case = ask(office, campaign="N-1")
    assert case.controller == "Nordlys Rejser"
    handed = office.desk.hand_over(case.number, actor=ANNA)
    office.run()
    sent = awaiting(office, case.number, "Nordlys Rejser")
    office.clock.later(days=1)
    office.desk.acknowledge(case.number, by="Nordlys Rejser")
    office.desk.acknowledge(case.number, by="Nordlys Rejser")
    received = awaiting(office, case.number, "Nordlys Rejser")
    office.clock.later(days=1)
    answered = office.desk.answered(
        case.number,
        "Vi har slettet personen.",
        by="Nordlys Rejser",
        files=[Upload("svar.pdf", b"%PDF", "application/pdf")],
    )

    assert (handed.state, handed.outcome) == (State.HANDED_OVER, Outcome.HANDED_OVER)
    assert (sent.state, sent.steps) == (TaskState.WAITING, {"sent": "2026-03-05"})
    assert received.steps == {"sent": "2026-03-05", "received": "2026-03-06"}
    task = awaiting(office, case.number, "Nordlys Rejser")
    assert (task.state, task.steps["answered"]) == (TaskState.DONE, "2026-03-07")
    assert answered.state is State.ANSWERING
    closed = office.desk.send_answer(case.number, actor=ANNA)
    letters = office.desk.case(case.number).messages
    assert [m.kind for m in letters] == [
        "receipt",
        "handed-over",
        "controller-request",
        "partner",
        "message",
    ]
    assert "Vi har slettet personen." in letters[-1].body
    assert "Nordlys Rejser" in letters[1].body
    assert closed.outcome is Outcome.HANDED_OVER
    whats = [e.what for e in office.desk.case(case.number).entries]
    assert whats.count("request:handover:received") == 1


def test_a_controller_that_never_answers_is_reminded_again_and_again(office: Office) -> None:
    case = ask(office, controller="Nordlys Rejser")
    office.desk.hand_over(case.number, actor=ANNA)
    office.run()
    reminded = []
    for _ in range(11):
        office.clock.later(days=1)
        reminded.append(office.desk.tick().controllers_reminded)

    assert reminded == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    task = awaiting(office, case.number, "Nordlys Rejser")
    assert (task.state, task.steps["reminded"], task.due) == (TaskState.WAITING, "2", date(2026, 3, 20))
    assert [m.kind for m in office.desk.case(case.number).messages].count("controller-reminder") == 2


def test_a_campaign_that_nobody_knows_is_said_and_stays_here(office: Office) -> None:
    case = ask(office, campaign="X-9")

    with pytest.raises(Refusal, match="controller-unknown"):
        office.desk.hand_over(case.number, actor=ANNA)
    assert office.desk.case(case.number).case.state is State.RECEIVED


def test_a_request_fans_out_and_the_answers_come_back_into_one(office: Office) -> None:
    case = known(office, ask(office, "access"))
    office.desk.fan_out(case.number, actor=ANNA)
    office.run()
    half = office.desk.answered(case.number, "Intet hos os", by="laundry")
    whole = office.desk.answered(
        case.number, "", by="garage", files=[Upload("udtræk.csv", b"a;b", "text/csv")]
    )

    assert (half.state, whole.state) == (State.HANDED_OVER, State.WORKING)
    file = office.desk.case(case.number)
    assert [m.actor for m in file.messages if m.kind == "partner"] == ["laundry", "garage"]
    asked = [m for m in file.messages if m.kind == "processor-request"]
    assert [("navn" in m.body or "name" in m.body, "Gæst Tre" in m.body) for m in asked] == [
        (True, True),
        (asked[1].body.count("name") > 0, True),
    ]
    assert [d.name for d in file.documents] == ["udtræk.csv"]
    with pytest.raises(Refusal, match="case-move"):
        office.desk.answered(case.number, "igen", by="laundry")


def test_who_was_not_asked_cannot_answer(office: Office) -> None:
    case = known(office, ask(office, "access"))
    office.desk.fan_out(case.number, ["laundry"], actor=ANNA)
    office.run()

    with pytest.raises(Refusal, match="partner-not-asked"):
        office.desk.answered(case.number, "hej", by="garage")
    with pytest.raises(Refusal, match="processor-unknown"):
        office.desk.fan_out(case.number, ["somebody"], actor=ANNA)
