"""Who asks is settled in proportion, and a mandate is looked at before anything else happens."""

from __future__ import annotations

import pytest

from ordholden.cases.case import IdentityState, Outcome, RepresentationState, State, Upload, Who
from ordholden.problems import Refusal
from tests.cases.office import ANNA, BO, GUEST, Office, ask, known
from tests.cases.stores import url_of_the_folder as url

__all__ = ["url"]

MANDATE = Upload("fuldmagt.pdf", b"%PDF-mandate", "application/pdf")


def test_nothing_is_decided_before_somebody_said_who_it_is(office: Office) -> None:
    case = ask(office)

    with pytest.raises(Refusal, match="identity-open"):
        office.desk.propose(case.number)
    with pytest.raises(Refusal, match="identity-how"):
        office.desk.confirm_identity(case.number, cards=(GUEST,), how=" ", actor=ANNA)


def test_a_confirmed_mailbox_is_no_identity(office: Office) -> None:
    case = office.desk.confirm_email(ask(office).number, actor="the person")

    assert case.identity.email_confirmed
    assert case.identity.state is IdentityState.UNDOUBTED
    with pytest.raises(Refusal, match="identity-open"):
        office.desk.propose(case.number)


def test_an_unknown_person_gets_an_answer_only_after_the_same_question_as_a_known_one(office: Office) -> None:
    case = ask(office, "access", who=Who(name="Ukendt", email="ukendt@post.example"))
    with pytest.raises(Refusal, match="identity-open"):
        office.desk.decide(case.number, actor=ANNA)

    office.desk.confirm_identity(case.number, cards=(), how="came to the desk with a card", actor=ANNA)
    office.desk.decide(case.number, actor=ANNA)
    office.desk.carry_out(case.number, actor=ANNA)
    closed = office.desk.send_answer(case.number, actor=ANNA)

    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.NOTHING_FOUND)
    letter = office.desk.case(case.number).messages[-1]
    assert (letter.kind, "Datatilsynet" in letter.body) == ("nothing-found", True)


def test_two_people_with_one_address_are_never_guessed(office: Office) -> None:
    from tests.swept import tell

    tell(
        office.organisation.folder,
        "desk",
        "INSERT INTO guests VALUES (9, 'Gæst Ni', 'tre@post.example', '2025-11-01')",
    )
    case = ask(office)
    found = office.desk.find_people("tre@post.example")

    assert len(found) == 2
    assert case.cards == ()
    assert known(office, case).cards == (GUEST,)


def test_who_cannot_be_identified_is_refused_by_two(office: Office) -> None:
    case = ask(office)
    office.desk.ask_identity(case.number, doubt="two people", wanted="the year", actor=ANNA)
    office.desk.fail_identity(case.number, reason="Svarede ikke på hvilket år", actor=ANNA)
    with pytest.raises(Refusal, match="second-person"):
        office.desk.approve(case.number, actor=ANNA)
    office.desk.approve(case.number, actor=BO)
    closed = office.desk.send_answer(case.number, actor=ANNA)

    assert closed.outcome is Outcome.NOT_IDENTIFIED
    letter = office.desk.case(case.number).messages[-1]
    assert "Svarede ikke på hvilket år" in letter.body
    assert "Datatilsynet" in letter.body
    assert "tre@post.example" not in letter.body


def test_a_mandate_is_looked_at_before_the_case_goes_on(office: Office) -> None:
    case = ask(office, on_behalf=Who(name="Gæst To", email="to@post.example"))
    with pytest.raises(Refusal, match="representation-unchecked"):
        known(office, case)
    with pytest.raises(Refusal, match="representation-missing"):
        office.desk.check_representation(case.number, accepted=True, reason="ok", actor=ANNA)
    office.desk.receive_representation(case.number, MANDATE, actor="the person")
    with pytest.raises(Refusal, match="representation-unchecked"):
        known(office, case)
    office.desk.check_representation(case.number, accepted=True, reason="signed, covers erasure", actor=ANNA)

    assert known(office, case).state is State.WORKING


def test_a_mandate_that_does_not_do_is_asked_for_again(office: Office) -> None:
    case = ask(office, on_behalf=Who(name="Gæst To"))
    office.desk.receive_representation(case.number, MANDATE, actor="the person")
    rejected = office.desk.check_representation(
        case.number, accepted=False, reason="Underskriften mangler", actor=ANNA
    )
    with pytest.raises(Refusal, match="representation-rejected"):
        known(office, case)
    again = office.desk.receive_representation(case.number, MANDATE, actor="the person")

    assert rejected.representation.state is RepresentationState.REJECTED
    assert "Underskriften mangler" in office.desk.case(case.number).messages[-1].body
    assert again.representation.state is RepresentationState.RECEIVED


def test_a_mandate_may_come_with_the_request(office: Office) -> None:
    from ordholden.cases.case import Channel, Request

    paper = Upload("fuldmagt.pdf", b"%PDF", "application/pdf", "representation")
    request = Request(
        "access", Channel.PORTAL, Who(name="Mor", email="mor@post.example"), on_behalf=Who(name="Barn")
    )
    case = office.desk.open_case(request, actor="the person", files=[paper])

    assert case.representation.state is RepresentationState.RECEIVED
    assert case.representation.document == office.desk.case(case.number).documents[0].id


def test_papers_that_show_who_somebody_is_go_when_the_case_ends(office: Office) -> None:
    case = ask(office)
    card = Upload("kort.jpg", b"\xff\xd8", "image/jpeg", "identity")
    office.desk.ask_identity(case.number, doubt="two people", wanted="something", actor=ANNA)
    office.desk.receive(case.number, "Her", files=[card, MANDATE])
    office.desk.withdraw(case.number, actor="the person")

    assert [d.name for d in office.desk.case(case.number).documents] == ["fuldmagt.pdf"]
