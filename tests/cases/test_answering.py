"""The answer says what was done, what stays and why; afterwards our own records go as the policy says."""

from __future__ import annotations

from datetime import date

import pytest

from ordholden import audit
from ordholden.cases.case import Line, Outcome, State, TaskState, Upload, Who
from ordholden.problems import Refusal
from tests.cases.office import ANNA, BO, Office, ask, done, granted, known, ready
from tests.cases.stores import url_of_the_folder as url

__all__ = ["url"]


def test_the_closing_letter_says_what_was_done_what_stays_until_when_and_when_it_leaves_the_backups(
    office: Office,
) -> None:
    office.world.lines = (
        Line("desk", "guests", "name", "host guests", granted=True),
        Line("desk", "guests", "email", "host guests", granted=False, until=date(2031, 12, 31)),
    )
    case = ready(office)
    preview = office.desk.preview_letter(case.number)
    closed = office.desk.send_answer(case.number, actor=ANNA)
    letter = office.desk.case(case.number).messages[-1]

    assert (closed.state, closed.outcome, closed.open) == (State.CLOSED, Outcome.PARTLY, False)
    assert (letter.kind, letter.body) == ("partly", preview.text)
    for said in ("navn", "e-mail", "Host guests", "31. december 2031", "1. maj 2026", "Datatilsynet"):
        assert said in letter.body, said


def test_nothing_is_answered_while_something_is_to_be_done(office: Office) -> None:
    case = granted(office)
    office.desk.carry_out(case.number, actor=ANNA)

    with pytest.raises(Refusal, match="case-move"):
        office.desk.send_answer(case.number, actor=ANNA)


def test_an_answer_is_sent_once(office: Office) -> None:
    case = ready(office)
    office.desk.send_answer(case.number, actor=ANNA)

    with pytest.raises(Refusal, match="case-move"):
        office.desk.send_answer(case.number, actor=BO)
    assert [m.kind for m in office.desk.case(case.number).messages] == ["receipt", "answer-erasure"]


def test_who_has_no_mailbox_gets_paper_and_somebody_takes_it_to_the_post(office: Office) -> None:
    case = ask(office, "complaint", who=Who(name="Gæst Uden Mail", address="Strandvejen 1\n3000 Helsingør"))
    known(office, case)
    office.desk.decide(case.number, actor=ANNA)
    closed = office.desk.send_answer(done(office, case).number, actor=ANNA)
    [letter] = [t for t in office.desk.case(case.number).tasks if t.key.startswith("post:")]

    assert closed.state is State.CLOSED
    assert (letter.state, letter.fields) == (TaskState.BY_HAND, ("posted",))
    assert office.desk.case(case.number).messages[-1].delivery == "by post"
    office.desk.done_by_hand(letter.id, receipts={"posted": "brev afsendt"}, actor=BO)
    assert office.desk.case(case.number).messages[-1].delivery == "posted"


def test_letters_go_out_and_what_became_of_them_stands_on_the_case(office: Office) -> None:
    case = ask(office)
    sent = office.desk.send_post()

    assert dict(sent) == {"sent": 1}
    assert office.desk.case(case.number).messages[0].delivery == "sent"
    assert len(list((office.organisation.folder / ".ordholden" / "mail").glob("*.eml"))) == 1
    assert dict(office.desk.send_post()) == {}


def test_a_letter_that_comes_back_puts_the_case_before_somebody(office: Office) -> None:
    from ordholden.cases.mail import _told
    from ordholden.post import outbox

    case = ready(office)
    office.desk.send_answer(case.number, actor=ANNA)
    office.desk.send_post()
    store = office.organisation.store
    [*_, answer] = outbox.deliveries(store, case.number)
    outbox.returned(
        store, answer.token, final=True, code=550, told=lambda found: _told(office.desk.corridor, found)
    )
    file = office.desk.case(case.number)

    assert file.case.needs_staff
    assert file.messages[-1].delivery == "bounced"
    assert file.entries[-1].what == "request:letter:troubled"


def test_nothing_is_sent_any_more_to_somebody_who_died(office: Office) -> None:
    case = granted(office)
    office.desk.person_died(case.number, reason="Dødsboet har skrevet", actor=ANNA)
    before = len(office.desk.case(case.number).messages)
    office.desk.write(case.number, "Kære pårørende", actor=ANNA)
    written = office.desk.case(case.number).messages[before]

    assert written.delivery == "by post"
    assert "request:person:died" in [e.what for e in office.desk.case(case.number).entries]


def test_a_message_after_the_end_is_seen(office: Office) -> None:
    case = ready(office)
    office.desk.send_answer(case.number, actor=ANNA)
    office.desk.receive(case.number, "Jeg er ikke enig")

    assert office.desk.case(case.number).case.needs_staff


def test_a_link_works_once_for_a_short_time_and_for_one_case(office: Office) -> None:
    case = ask(office)
    token = office.desk.link(case.number, minutes=60)

    assert office.desk.by_link(token, use=False).number == case.number
    assert office.desk.by_link(token).number == case.number
    late = office.desk.link(case.number, minutes=60)
    other = office.desk.link(case.number, purpose="partner")
    office.clock.later(minutes=61)
    for wrong in (token, late, other, "no-such-token", ""):
        with pytest.raises(Refusal) as problem:
            office.desk.by_link(wrong)
        assert [(p.code, dict(p.facts)) for p in problem.value.problems] == [("link-invalid", {})]


def test_no_token_is_kept(office: Office) -> None:
    from ordholden.cases.models import LinkRow

    token = office.desk.link(ask(office).number)
    [row] = LinkRow.objects.using(office.organisation.store.alias)

    assert token not in str(vars(row))


def test_copies_go_soon_the_case_later_and_the_chain_stays_whole(office: Office) -> None:
    case = ready(office)
    office.desk.receive(case.number, "Her er den", files=[Upload("a.pdf", b"%PDF", "application/pdf")])
    office.desk.send_answer(case.number, actor=ANNA)
    office.clock.later(days=29)
    assert office.desk.tick().forgotten == 0
    office.clock.later(days=2)
    assert office.desk.tick().forgotten == 1
    assert office.desk.case(case.number).documents == ()
    office.clock.go_to("2029-03-04")
    assert office.desk.tick().forgotten == 0
    office.clock.go_to("2029-03-06")
    assert office.desk.tick().forgotten == 1

    with pytest.raises(Refusal, match="case-unknown"):
        office.desk.case(case.number)
    store = office.organisation.store
    assert audit.entries(store, subject=case.number)
    assert isinstance(audit.verify(store), audit.Verified)
    assert _rows_left(office) == 0


def test_what_a_letter_said_on_its_way_is_kept_no_longer_than_copies(office: Office) -> None:
    from ordholden.post.models import Outgoing

    case = ask(office)
    office.desk.send_post()
    office.clock.later(days=32)

    assert office.desk.tick().forgotten == 1
    [letter] = Outgoing.objects.using(office.organisation.store.alias).filter(
        case=case.number, kind="receipt"
    )
    assert bytes(letter.sealed) == b""
    assert office.desk.case(case.number).messages[0].body


def test_what_is_open_is_never_forgotten(office: Office) -> None:
    case = ask(office)
    office.clock.go_to("2040-01-01")
    office.desk.tick()

    assert office.desk.case(case.number).case.open


def _rows_left(office: Office) -> int:
    from ordholden.cases import models

    kept = (
        models.CaseRow,
        models.ContactRow,
        models.EntryRow,
        models.TaskRow,
        models.MessageRow,
        models.DocumentRow,
        models.ContentRow,
        models.LinkRow,
    )
    return sum(m.objects.using(office.organisation.store.alias).count() for m in kept)
