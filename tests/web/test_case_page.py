"""A case behind its link: opened once, by whoever reads the mailbox; messages and files go both ways, staff's notes do not."""

from __future__ import annotations

import logging
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ordholden.cases.case import Channel, Request, State, Upload, Who
from ordholden.web.links import WithoutTokens
from ordholden.web.uploads import as_download
from tests.web.town import Town


def opened(town: Town, address: str, *, right: str = "access") -> tuple[Client, str]:
    """A new case of that person, seen by the browser that used its link."""
    desk = town.organisation().desk
    case = desk.open_case(
        Request(right=right, channel=Channel.EMAIL, who=Who(name="Sag Person", email=address)), actor="test"
    )
    client = Client()
    response = client.post(town.link_to(address, "case"))
    assert response.status_code == 302
    return client, case.number


def read(client: Client, path: str = "/clienti/case/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_link_works_once(town: Town) -> None:
    address = "once@post.example"
    opened(town, address)

    again = Client().post(town.link_to(address, "case"))
    assert again.status_code == 404
    assert "Linket virker ikke længere" in unescape(again.content.decode())


def test_looking_at_a_link_uses_nothing_up(town: Town) -> None:
    """Mail programs open links before their readers do."""
    desk = town.organisation().desk
    desk.open_case(
        Request(right="access", channel=Channel.EMAIL, who=Who(name="A", email="look@post.example")),
        actor="test",
    )
    link = town.link_to("look@post.example", "case")

    assert [Client().get(link).status_code for _ in range(3)] == [200, 200, 200]
    assert Client().post(link).status_code == 302


def test_a_made_up_link_and_a_used_one_read_alike(town: Town) -> None:
    address = "alike@post.example"
    opened(town, address)
    used = Client().post(town.link_to(address, "case"))
    wrong = Client().post("/clienti/case/" + "A" * 43)

    assert used.status_code == wrong.status_code
    strip = lambda r: re.sub(rb'href="[^"]*"', b"", r.content)  # noqa: E731
    assert strip(used) == strip(wrong)


def test_the_case_of_one_organisation_is_not_seen_at_another(town: Town) -> None:
    client, number = opened(town, "here@post.example")

    assert number in read(client)
    assert client.get("/flexfone/case/").status_code == 302


def test_reading_the_mail_confirms_the_address_and_no_identity(town: Town) -> None:
    _, number = opened(town, "reads@post.example")

    identity = town.organisation().desk.case(number).case.identity
    assert identity.email_confirmed
    assert identity.state.value == "undoubted"


def test_the_page_says_how_far_it_is_and_when_the_answer_comes(town: Town) -> None:
    client, number = opened(town, "far@post.example")

    shown, case = read(client), town.organisation().desk.case(number).case
    assert "Vi har fået den og ser på den." in shown
    due = case.due.own or case.due.legal
    assert f"{due.day}. " in shown


def test_what_the_person_writes_reaches_staff_and_staffs_notes_do_not_come_back(town: Town) -> None:
    client, number = opened(town, "writes@post.example")
    desk = town.organisation().desk
    desk.note(number, "kun for kolleger", actor="staff")
    paper = SimpleUploadedFile("brev.pdf", b"%PDF-1.7 letter")
    client.post("/clienti/case/write/", {"text": "Her er <b>mere</b>", "files": paper})
    desk.write(number, "Tak for det", actor="staff")

    shown = read(client)
    assert "Tak for det" in shown
    assert "kun for kolleger" not in shown
    assert "<b>mere</b>" not in client.get("/clienti/case/").content.decode()
    assert any(m.incoming and "mere" in m.body for m in desk.case(number).messages)
    assert "brev.pdf" in shown


def test_a_file_is_only_ever_downloaded(town: Town) -> None:
    client, number = opened(town, "gets@post.example")
    text = SimpleUploadedFile("note.txt", "Blåbærgrød".encode())
    client.post("/clienti/case/write/", {"text": "", "files": text})
    [document] = town.organisation().desk.case(number).documents
    response = client.get(f"/clienti/case/file/{document.id}")

    assert response.content.decode() == "Blåbærgrød"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_files_name_says_nothing_else_to_the_browser() -> None:
    said = as_download('brev.pdf"; filename="andet.exe', "application/pdf", b"")["Content-Disposition"]

    assert said.count('filename="') == 1
    assert '"file.pdffilenameandet.exe"' in said or '"file.exe"' in said


def test_nobody_gets_a_file_of_another_case(town: Town) -> None:
    mine, _ = opened(town, "mine@post.example")
    theirs, number = opened(town, "theirs@post.example")
    theirs.post("/clienti/case/write/", {"files": SimpleUploadedFile("a.pdf", b"%PDF-1.7 a"), "text": ""})
    [document] = town.organisation().desk.case(number).documents

    assert mine.get(f"/clienti/case/file/{document.id}").status_code == 404
    assert Client().get(f"/clienti/case/file/{document.id}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("brev.pdf", b"MZ\x90\x00 a program"),
        ("brev.pdf", b"\x7fELF a program"),
        ("brev.txt", b"#!/bin/sh\nrm -rf /"),
        ("side.html", b"<!doctype html><script>alert(1)</script>"),
        ("tegning.svg", b"<svg onload='alert(1)'>"),
        ("tomt.pdf", b""),
    ],
)
def test_what_runs_or_is_unknown_is_refused_whatever_its_name(town: Town, name: str, content: bytes) -> None:
    client, number = opened(town, f"bad{abs(hash((name, content)))}@post.example")
    response = client.post(
        "/clienti/case/write/", {"text": "se her", "files": SimpleUploadedFile(name, content)}
    )

    assert response.status_code == 422
    assert "se her" in response.content.decode()
    assert town.organisation().desk.case(number).documents == ()


def test_a_case_can_be_taken_back(town: Town) -> None:
    client, number = opened(town, "back@post.example")
    client.post("/clienti/case/back/")

    case = town.organisation().desk.case(number).case
    assert case.state is State.CLOSED
    assert "Du trak den tilbage." in read(client)


def test_a_new_link_is_promised_to_everybody_and_sent_to_the_cases_own_address(town: Town) -> None:
    _, number = opened(town, "again@post.example")
    before = town.link_to("again@post.example", "case")
    answers = [Client().post("/clienti/case/link/", {"number": n}) for n in (number, "2026-999999")]

    strip = lambda r: re.sub(rb'value="\w{64}"', b"", r.content)  # noqa: E731
    assert strip(answers[0]) == strip(answers[1])
    assert town.link_to("again@post.example", "case") != before


def test_a_link_that_opens_something_is_not_written_into_the_log() -> None:
    said = logging.LogRecord(
        "django.request", 30, "", 0, "%s: %s", ("Too Many", f"/clienti/case/{'A' * 43}"), None
    )

    assert WithoutTokens().filter(said)
    assert said.getMessage() == "Too Many: /clienti/case/…"


def test_no_link_is_sent_to_the_mailbox_of_somebody_who_died(town: Town) -> None:
    _, number = opened(town, "died@post.example")
    before = town.link_to("died@post.example", "case")
    town.organisation().desk.person_died(number, reason="Datteren ringede", actor="test")
    Client().post("/clienti/case/link/", {"number": number})

    assert town.link_to("died@post.example", "case") == before


def test_who_asks_for_somebody_else_confirms_nothing_of_the_others_address(town: Town) -> None:
    who = Who(name="Far", email="far@post.example")
    other = Who(name="Barn", email="barn@post.example")
    request = Request(right="access", channel=Channel.PORTAL, who=who, on_behalf=other)
    desk = town.organisation().desk
    case = desk.open_case(request, actor="test")
    Client().post(town.link_to("far@post.example", "case"))

    assert not desk.case(case.number).case.identity.email_confirmed


def test_without_the_link_there_is_nothing_to_see(client: Client) -> None:
    assert client.get("/clienti/case/").status_code == 302
    assert client.post("/clienti/case/back/").status_code == 404


def test_a_mandate_that_was_missing_can_be_sent_from_the_page(town: Town) -> None:
    desk = town.organisation().desk
    case = desk.open_case(
        Request(
            right="access",
            channel=Channel.PORTAL,
            who=Who(name="Mor", email="mor@post.example"),
            on_behalf=Who(name="Barn"),
        ),
        actor="test",
    )
    client = Client()
    client.post(town.link_to("mor@post.example", "case"))
    client.post(
        "/clienti/case/write/", {"text": "", "files": SimpleUploadedFile("f.pdf", b"%PDF-1.7 mandate")}
    )

    assert desk.case(case.number).case.representation.state.value == "received"


def test_an_answer_of_staff_can_be_got(town: Town) -> None:
    client, number = opened(town, "answer@post.example")
    desk = town.organisation().desk
    desk.write(
        number, "Her er den", actor="staff", files=[Upload("kopi.pdf", b"%PDF-1.7 copy", "application/pdf")]
    )
    [document] = desk.case(number).documents

    assert client.get(f"/clienti/case/file/{document.id}").content == b"%PDF-1.7 copy"
