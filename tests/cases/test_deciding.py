"""A decision follows the grounds; a no stands on the law's list, in writing, with a second person."""

from __future__ import annotations

from datetime import date

import pytest

from ordholden.cases.case import Line, Outcome, State
from ordholden.law.refusals import refusal_grounds
from ordholden.problems import Refusal
from tests.cases.office import ANNA, BO, Office, ask, done, granted, known
from tests.cases.stores import url_of_the_folder as url

__all__ = ["url"]

NAME = Line("desk", "guests", "name", "host guests", granted=True)
INVOICE = Line(
    "desk",
    "guests",
    "email",
    "host guests",
    granted=False,
    ground="bogføringsloven",
    until=date(2031, 12, 31),
)


def test_what_the_grounds_leave_is_decided_by_one_person(office: Office) -> None:
    office.world.lines = (NAME, INVOICE)
    case = granted(office)

    assert (case.state, case.outcome, case.decided_by) == (State.WORKING, Outcome.PARTLY, ANNA)
    decision = office.desk.case(case.number).decision
    assert decision is not None
    assert decision.lines == (NAME, INVOICE)


def test_what_somebody_withholds_needs_a_reason_and_a_second_person(office: Office) -> None:
    office.world.lines = (NAME, Line("desk", "guests", "email", "host guests", granted=True))
    case = known(office, ask(office, "access"))
    with pytest.raises(Refusal, match="withheld-why"):
        office.desk.decide(case.number, withheld=[NAME], actor=ANNA)
    waiting = office.desk.decide(case.number, withheld=[NAME], reason="Om en anden gæst", actor=ANNA)
    with pytest.raises(Refusal, match="undecided"):
        office.desk.carry_out(case.number, actor=ANNA)
    with pytest.raises(Refusal, match="second-person"):
        office.desk.approve(case.number, actor=ANNA)
    approved = office.desk.approve(case.number, actor=BO)

    assert (waiting.state, waiting.waits_for, waiting.outcome) == (
        State.APPROVING,
        "decision",
        Outcome.PARTLY,
    )
    assert (approved.state, approved.decided_by) == (State.WORKING, f"{ANNA}, {BO}")


def test_an_answer_that_grants_nothing_needs_a_second_person(office: Office) -> None:
    office.world.lines = (INVOICE,)

    assert granted(office).waits_for == "decision"


def test_a_case_that_changed_meanwhile_is_not_decided(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = known(office, ask(office))
    propose = office.desk.corridor

    def writes_first(number: str) -> object:
        office.desk.note(case.number, "stop", actor=BO)
        return original(propose, number)

    from ordholden.cases import decide

    original = decide.propose
    monkeypatch.setattr(decide, "propose", lambda _, number: writes_first(number))

    with pytest.raises(Refusal, match="case-changed"):
        office.desk.decide(case.number, actor=ANNA)
    assert office.desk.case(case.number).case.outcome is None


@pytest.mark.parametrize(
    ("ground", "reason", "code"),
    [
        ("too much work", "r", "refusal-ground"),
        ("data-is-right", "r", "refusal-right"),
        ("excessive", "  ", "reason-missing"),
    ],
)
def test_no_is_said_only_on_a_ground_of_the_list_and_in_writing(
    office: Office, ground: str, reason: str, code: str
) -> None:
    case = known(office, ask(office))

    with pytest.raises(Refusal, match=code):
        office.desk.refuse(case.number, ground=ground, reason=reason, actor=ANNA)
    assert office.desk.case(case.number).case.state is State.WORKING


def test_a_refusal_that_a_second_person_sends_back_is_worked_on_again(office: Office) -> None:
    case = known(office, ask(office))
    office.desk.refuse(case.number, ground="excessive", reason="Femte gang i år", actor=ANNA)
    back = office.desk.return_case(case.number, reason="Det er kun anden gang", actor=BO)

    assert (back.state, back.ground, back.outcome, back.waits_for) == (State.WORKING, "", None, "")
    with pytest.raises(Refusal, match="case-move"):
        office.desk.send_answer(case.number, actor=ANNA)
    office.desk.decide(case.number, actor=BO)
    assert done(office, office.desk.case(case.number).case).state is State.ANSWERING


def test_marketing_consent_and_complaints_cannot_be_refused_for_the_trouble() -> None:
    hindering = [
        g.code for g in refusal_grounds().values() if "withdrawal" in g.rights or "complaint" in g.rights
    ]

    assert sorted(hindering) == ["identity-failed", "no-mandate"]


def test_a_fee_stands_on_two_people_and_is_told_before_anything_is_done(office: Office) -> None:
    case = known(office, ask(office, "access"))
    with pytest.raises(Refusal, match="fee-ground"):
        office.desk.charge(case.number, ground="others-rights", amount="100 kr.", reason="r", actor=ANNA)
    proposed = office.desk.charge(
        case.number, ground="excessive", amount="150 kr.", reason="Tolvte kopi i år", actor=ANNA
    )
    with pytest.raises(Refusal, match="second-person"):
        office.desk.approve(case.number, actor=ANNA)
    charged = office.desk.approve(case.number, actor=BO)

    assert (proposed.fee, charged.fee) == ("", "150 kr.")
    letter = office.desk.case(case.number).messages[-1]
    assert "150 kr." in letter.body
    assert "Tolvte kopi" in letter.body


def test_a_mistake_about_a_word_names_the_nearest(office: Office) -> None:
    case = known(office, ask(office))
    with pytest.raises(Refusal) as unknown:
        office.desk.decide(case.number, decided={"host guest": "ends"}, actor=ANNA)
    with pytest.raises(Refusal, match="decision-word"):
        office.desk.decide(case.number, decided={"host guests": "delete"}, actor=ANNA)

    assert unknown.value.problems[0].facts["nearest"] == "host guests"
