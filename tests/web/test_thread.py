"""Letters in a case's thread read as pages do, and lose nothing that somebody wrote."""

from __future__ import annotations

from datetime import UTC, datetime

from ordholden.cases.case import Message
from ordholden.web.portal.thread import Part, shown

LETTER = """Clienti A/S

Asta Andersen

22. november 2026

Vi har modtaget din henvendelse
===============================

Kære Asta Andersen,

Du får svar senest den 22. december 2026.

Følg din sag
------------

Åbn din sag:
http://localhost:8123/clienti/case/AVOcoQSk7BeRgZRuAMhtMxSoA9sF0HH

Venlig hilsen
Clienti A/S"""


def message(number: int, body: str, *, incoming: bool = False) -> Message:
    return Message(
        number, incoming, datetime(2026, 11, 22, tzinfo=UTC), "x", "receipt", "Vi har modtaget", body
    )


def test_a_letter_is_shown_from_below_its_heading_without_its_link() -> None:
    [one] = shown((message(1, LETTER),), {})

    assert one.parts == (
        Part("Kære Asta Andersen,"),
        Part("Du får svar senest den 22. december 2026."),
        Part("Følg din sag", heading=True),
        Part("Venlig hilsen\nClienti A/S"),
    )


def test_what_a_person_wrote_is_shown_as_written() -> None:
    [one] = shown(
        (message(1, "Hej\n\n-----\nOveri\n=====\nhttp://x.example/clienti/case/ja", incoming=True),), {}
    )

    assert one.parts == (Part("Hej\n\n-----\nOveri\n=====\nhttp://x.example/clienti/case/ja"),)
    assert not one.letter


def test_the_newest_comes_first_and_is_open() -> None:
    found = shown((message(1, LETTER), message(2, "Tak")), {})

    assert [(f.message.id, f.letter, f.newest) for f in found] == [(2, False, True), (1, True, False)]
