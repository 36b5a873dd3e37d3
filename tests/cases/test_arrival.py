"""A request arrives: it has a number and its dates at once, whoever it comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ordholden import audit
from ordholden.cases.case import Channel, RepresentationState, Request, State, Upload, Who
from ordholden.problems import Refusal
from tests.cases.office import ANNA, Office, ask


def refused(problem: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [found.code for found in problem.value.problems]


def test_a_request_gets_a_number_and_the_day_of_its_answer(office: Office) -> None:
    case = ask(office)

    assert case.number == "2026-000001"
    assert (case.state, case.received_on) == (State.RECEIVED, date(2026, 3, 5))
    assert (case.due.nominal, case.due.legal, case.due.own) == (
        date(2026, 4, 5),
        date(2026, 4, 7),
        date(2026, 3, 25),
    )
    assert case.due.first == date(2026, 3, 25)


def test_what_somebody_wrote_is_kept_sealed(office: Office) -> None:
    case = ask(office)

    from ordholden.cases.models import CaseRow

    row = CaseRow.objects.using(office.organisation.store.alias).get()
    everything = b"".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in vars(row).values()
    )
    assert b"tre@post.example" not in everything
    assert "Gæst".encode() not in everything
    assert office.desk.case(case.number).case.who.email == "tre@post.example"


def test_the_receipt_says_number_and_date_and_is_written_for_everybody_alike(office: Office) -> None:
    known = ask(office)
    stranger = ask(office, who=Who(name="Gæst Tre", email="nobody@post.example"))

    [one], [other] = (office.desk.case(c.number).messages for c in (known, stranger))
    assert known.number in one.body
    assert "25. marts 2026" in one.body
    assert one.body.replace(known.number, "") == other.body.replace(stranger.number, "")


def test_the_same_request_twice_within_a_day_is_the_same_case(office: Office) -> None:
    first = ask(office)
    again = ask(office, who=Who(name=" gæst  TRE ", email="TRE@post.example"), words="Hører I noget?")

    assert again.number == first.number
    file = office.desk.case(first.number)
    assert [m.body for m in file.messages if m.incoming] == ["Hører I noget?"]
    assert "request:arrival:repeated" in [e.what for e in file.entries]


@pytest.mark.parametrize(
    "other",
    [
        {"right": "access"},
        {"who": Who(name="Gæst Tre", email="to@post.example")},
        {"about": ("host guests",)},
        {"on_behalf": Who(name="Gæst To")},
    ],
)
def test_a_request_for_something_else_is_another_case(office: Office, other: dict[str, object]) -> None:
    first = ask(office)

    assert ask(office, **other).number != first.number  # type: ignore[arg-type]


def test_the_same_request_after_a_day_is_a_new_case(office: Office) -> None:
    first = ask(office)
    office.clock.later(days=1, minutes=1)

    assert ask(office).number != first.number


def test_a_mail_that_is_read_twice_opens_one_case(office: Office) -> None:
    first = ask(office, origin="<1@post.example>", words="a")
    office.clock.later(days=9)

    assert ask(office, origin="<1@post.example>", words="b").number == first.number


def test_a_letter_starts_the_clock_on_the_day_it_came(office: Office) -> None:
    came = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    case = ask(office, channel=Channel.LETTER, received_at=came)

    assert (case.received_on, case.due.nominal) == (date(2026, 3, 2), date(2026, 4, 2))


def test_a_request_just_before_midnight_in_copenhagen_belongs_to_that_day(office: Office) -> None:
    case = ask(office, received_at=datetime(2026, 3, 3, 23, 30, tzinfo=UTC))

    assert case.received_on == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"right": "eraser"}, "right-unknown"),
        ({"who": Who()}, "request-nobody"),
        ({"received_at": datetime(2026, 4, 1, tzinfo=UTC)}, "received-future"),
        ({"channel": Channel.TELEPHONE, "words": "x" * 501}, "call-note-long"),
    ],
)
def test_what_is_no_request_is_refused_with_the_reason(
    office: Office, given: dict[str, object], code: str
) -> None:
    with pytest.raises(Refusal) as problem:
        ask(office, **given)  # type: ignore[arg-type]

    assert refused(problem) == [code]
    assert office.desk.cases().items == ()


def test_every_channel_opens_a_case(office: Office) -> None:
    for channel in Channel:
        ask(office, channel=channel, who=Who(name=f"Gæst {channel}", email="tre@post.example"))

    assert {c.channel for c in office.desk.cases().items} == set(Channel)


def test_files_that_came_along_are_kept_and_opened_on_record(office: Office) -> None:
    request = Request("access", Channel.PORTAL, Who(name="Gæst Tre", email="tre@post.example"))
    case = office.desk.open_case(
        request, actor="the person", files=[Upload("brev.pdf", b"%PDF", "application/pdf")]
    )
    [document] = office.desk.case(case.number).documents

    assert office.desk.document(case.number, document.id, actor=ANNA) == (document, b"%PDF")
    assert (document.name, document.size, document.incoming) == ("brev.pdf", 4, True)
    entry = office.desk.case(case.number).entries[-1]
    assert (entry.what, entry.actor) == ("request:document:opened", ANNA)


def test_what_was_forgotten_and_comes_with_the_same_request_again_is_kept(office: Office) -> None:
    first = ask(office, on_behalf=Who(name="Gæst To"))
    asked = Request("erasure", Channel.PORTAL, first.representation.by or first.who, on_behalf=first.who)
    paper = Upload("fuldmagt.pdf", b"%PDF", "application/pdf", "representation")
    again = office.desk.open_case(asked, actor="the person", files=[paper])

    assert again.number == first.number
    assert [d.name for d in office.desk.case(first.number).documents] == ["fuldmagt.pdf"]
    assert again.representation.state is RepresentationState.RECEIVED


def test_who_asks_for_somebody_else_is_asked_for_the_authority(office: Office) -> None:
    case = ask(office, on_behalf=Who(name="Gæst To", email="to@post.example"))

    assert (case.state, case.representation.state) == (State.IDENTIFYING, RepresentationState.ASKED)
    assert case.who.name == "Gæst To"
    assert case.representation.by is not None
    assert case.representation.by.email == "tre@post.example"
    assert [m.kind for m in office.desk.case(case.number).messages] == ["receipt", "representation-asked"]


def test_a_case_is_found_by_any_address_of_those_in_it(office: Office) -> None:
    case = ask(office, on_behalf=Who(name="Gæst To", email="to@post.example", phone="+45 12 34 56 78"))
    ask(office, who=Who(name="En Anden", email="anden@post.example"))

    for words in ("TO@post.example", "tre@post.example", "12345678", "email:tre@post.example", case.number):
        assert [c.number for c in office.desk.cases(words=words).items] == [case.number], words
    assert office.desk.cases(words="post.example").items == ()


def test_number_row_timeline_and_chain_are_one_transaction(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("ordholden.cases.change.audit.record_many", breaks)
        with pytest.raises(OSError):
            ask(office)

    assert office.desk.cases().items == ()
    assert ask(office).number == "2026-000001"
    actions = [e.action for e in audit.entries(office.organisation.store, subject="2026-000001")]
    assert actions == ["post:letter:put", "request:arrival:opened"]


def test_numbers_begin_again_with_the_year(office: Office) -> None:
    office.clock.go_to("2026-12-31")
    old = ask(office)
    office.clock.later(days=2)
    new = ask(office)

    assert (old.number, new.number) == ("2026-000001", "2027-000001")
    assert replace(old.due).legal == date(2027, 2, 1)
    assert timedelta(0) < office.clock.now - old.received_at
