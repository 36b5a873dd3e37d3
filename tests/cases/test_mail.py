"""A mail is a request when it can be recognised as one; else somebody reads it. No mail is lost, none proves who wrote it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ordholden.cases.mail import recognised, take
from ordholden.post.incoming import File, Incoming
from ordholden.problems import Problem, Refusal
from tests.cases.office import ANNA, Office, ask
from tests.cases.stores import url_of_the_folder as url

__all__ = ["url"]


def mail(text: str, *, sender: str = "tre@post.example", subject: str = "", **more: object) -> Incoming:
    given = {
        "message_id": "<1@post.example>",
        "sender": sender,
        "sender_name": "Gæst Tre",
        "to": ("privat@selskab.example",),
        "subject": subject,
        "text": text,
        "at": datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
    } | more
    return Incoming(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Hej, jeg vil gerne have indsigt i det I har.", "access"),
        ("Vær venlig at slette mig, altså SLET MIG nu", "erasure"),
        ("Min adresse er forkert", "rectification"),
        ("I want to withdraw my consent", "withdrawal"),
        ("Jeg gør indsigelse, ring ikke igen", "objection"),
        ("Hvornår har I åbent?", ""),
        ("Jeg vil have indsigt, og bagefter slettes", ""),
    ],
)
def test_a_request_is_recognised_by_its_words_and_never_guessed(text: str, right: str) -> None:
    assert recognised(text)[0] == right


def test_a_mail_opens_a_case_from_the_day_it_came(office: Office) -> None:
    number = take(
        office.desk.corridor,
        mail(
            "Jeg vil have indsigt",
            files=(
                File("a.pdf", "application/pdf", 4, b"%PDF"),
                File("x.exe", "", 3, refused=Problem("file-type")),
            ),
        ),
        "",
    )
    case = office.desk.case(number)

    assert (case.case.right, case.case.channel, case.case.received_on) == (
        "access",
        "email",
        date(2026, 3, 4),
    )
    assert case.case.who.email == "tre@post.example"
    assert [d.name for d in case.documents] == ["a.pdf"]
    assert take(office.desk.corridor, mail("Jeg vil have indsigt"), "") == number


def test_a_mail_that_says_nothing_recognisable_waits_for_somebody(office: Office) -> None:
    with pytest.raises(Refusal, match="mail-unrecognised"):
        take(office.desk.corridor, mail("Hvornår har I åbent?"), "")


def test_an_answer_by_mail_goes_into_the_case_and_starts_the_clock_again(office: Office) -> None:
    case = ask(office)
    office.desk.ask_identity(case.number, doubt="two people", wanted="the year", actor=ANNA)
    take(office.desk.corridor, mail("2024"), case.number)
    file = office.desk.case(case.number)

    assert (file.messages[-1].body, file.messages[-1].actor) == ("2024", "the person")
    assert file.case.paused_since is None


def test_a_stranger_who_writes_a_case_number_is_shown_and_starts_nothing(office: Office) -> None:
    case = ask(office)
    office.desk.ask_identity(case.number, doubt="two people", wanted="the year", actor=ANNA)
    take(office.desk.corridor, mail("2024", sender="mallory@post.example"), case.number)
    file = office.desk.case(case.number)

    assert file.messages[-1].actor == "somebody else"
    assert "mallory@post.example" in file.messages[-1].body
    assert (file.case.paused_since, file.case.needs_staff) == (date(2026, 3, 5), True)
