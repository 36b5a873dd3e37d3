"""Mails that no case has: read by somebody, and given to a case, to a new one, or to none; never lost, never in silence."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape
from itertools import count

import pytest
from django.test import Client

from ordholden.cases.case import Case, Channel, IdentityState, Request, Who
from ordholden.cases.mail import NO_REQUEST
from ordholden.post.kinds import KINDS
from ordholden.staff import Role
from ordholden.web.words import in_language
from tests.post import servers
from tests.web.town import Town

HERE = "/console/alottbetter"
_number = count(1)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[servers.Mailbox]:
    try:
        with servers.start_dovecot() as box:
            yield box
    except servers.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def box(dovecot: servers.Mailbox, monkeypatch: pytest.MonkeyPatch) -> servers.Mailbox:
    monkeypatch.setenv("ORDHOLDEN_IMAP_ALOTTBETTER", dovecot.url)
    return dovecot


def arrived(town: Town, box: servers.Mailbox, text: str, *, sender: str = "tre@post.example") -> int:
    """A mail that was fetched and that nobody could place; its number."""
    one = EmailMessage(policy=email.policy.SMTP)
    one["Subject"], one["From"], one["To"] = "Et spørgsmål", sender, "privat@alottbetter.example"
    one["Message-ID"] = f"<{next(_number)}@mails.example>"
    one.set_content(text)
    one.add_attachment(b"%PDF-1.4 prove", maintype="application", subtype="pdf", filename="bilag.pdf")
    box.deliver(one.as_bytes())
    desk = town.organisation("alottbetter").desk
    before = {arrival.id for arrival, _ in desk.kept_mail()}
    desk.fetch_post()
    [new] = {arrival.id for arrival, _ in desk.kept_mail()} - before
    return new


def read(client: Client, path: str) -> str:
    return unescape(client.get(f"{HERE}/{path}").content.decode())


def last_entry(town: Town) -> tuple[str, str, str, str]:
    entry = town.organisation("alottbetter").audit_entries(last=1)[0]
    return entry.actor, entry.action, entry.subject, str(entry.facts.get("reason", ""))


def a_case(town: Town, sender: str) -> Case:
    asked = Request(
        right="access", channel=Channel.EMAIL, who=Who(name="Gæst Tre", email=sender), words="Indsigt"
    )
    return town.organisation("alottbetter").desk.open_case(asked, actor="test")


def test_a_mail_that_nobody_could_place_is_counted_listed_and_read(town: Town, box: servers.Mailbox) -> None:
    client = town.signed_in(Role.CASE_WORKER, "alottbetter")
    mail = arrived(town, box, "Hvornår har I åbent? <script>alert(1)</script>")

    assert "hører endnu ikke til en sag" in read(client, "")
    listed = read(client, "mails")
    assert "tre@post.example" in listed
    assert "Det kan ikke ses af mailen hvad personen beder om." in listed
    shown = client.get(f"{HERE}/mails/{mail}").content.decode()
    assert "Hvornår har I åbent?" in unescape(shown)
    assert "<script" not in shown
    assert last_entry(town)[1:3] == ("post:mail:opened", str(mail))
    file = client.get(f"{HERE}/mails/{mail}/files/0")
    assert (file.content, file["Content-Disposition"][:10]) == (b"%PDF-1.4 prove", "attachment")
    assert client.get(f"{HERE}/mails/{mail}/files/7").status_code == 404


def test_a_mail_goes_into_a_case_of_its_sender_and_the_log_names_nobody(
    town: Town, box: servers.Mailbox
) -> None:
    client = town.signed_in(Role.CASE_WORKER, "alottbetter")
    case = a_case(town, "fire@post.example")
    mail = arrived(town, box, "Her er det, I bad om.", sender="fire@post.example")
    assert f'value="{case.number}"' in read(client, f"mails/{mail}")

    done = client.post(f"{HERE}/mails/{mail}/take", {"case": case.number})

    assert done["Location"] == f"{HERE}/cases/{case.number}"
    desk = town.organisation("alottbetter").desk
    assert desk.case(case.number).messages[-1].body.strip() == "Her er det, I bad om."
    assert last_entry(town)[1:3] == ("post:mail:taken", case.number)
    entries = town.organisation("alottbetter").audit_entries(last=50)
    assert not any("fire@post.example" in f"{e.actor} {e.subject} {e.facts}" for e in entries)
    # A second look finds it gone, and says so.
    assert client.get(f"{HERE}/mails/{mail}").status_code in (302, 409, 404, 422)


def test_somebody_elses_mail_in_a_case_is_shown_as_theirs_and_starts_no_clock(
    town: Town, box: servers.Mailbox
) -> None:
    client = town.signed_in(Role.CASE_WORKER, "alottbetter")
    case = a_case(town, "fem@post.example")
    desk = town.organisation("alottbetter").desk
    desk.ask_identity(case.number, doubt="to med samme navn", wanted="årstal", actor="test")
    mail = arrived(town, box, "2024", sender="mallory@post.example")

    client.post(f"{HERE}/mails/{mail}/take", {"case": case.number})

    file = desk.case(case.number)
    assert (file.messages[-1].actor, file.messages[-1].body[:20]) == ("somebody else", "mallory@post.example")
    assert file.case.identity.state is IdentityState.ASKED
    assert file.case.paused_since is not None


def test_a_mail_becomes_a_case_from_the_day_it_came(town: Town, box: servers.Mailbox) -> None:
    client = town.signed_in(Role.CASE_WORKER, "alottbetter")
    mail = arrived(town, box, "Could you tell me what is going on?", sender="six@post.example")

    done = client.post(f"{HERE}/mails/{mail}/take", {"right": "access", "language": "en"})

    case = town.organisation("alottbetter").desk.case(done["Location"].rsplit("/", 1)[1]).case
    assert (case.right, case.channel, case.who.email, case.language) == (
        "access",
        "email",
        "six@post.example",
        "en",
    )


def test_a_mail_that_is_no_request_is_put_aside_for_a_reason_that_is_written_down(
    town: Town, box: servers.Mailbox
) -> None:
    client = town.signed_in(Role.CASE_WORKER, "alottbetter")
    mail = arrived(town, box, "Billige tilbud!", sender="salg@post.example")
    client.post(f"{HERE}/mails/{mail}/take", {})
    client.post(f"{HERE}/mails/{mail}/take", {"reason": "hun er irriterende"})
    assert mail in {one.id for one, _ in town.organisation("alottbetter").desk.kept_mail()}

    done = client.post(f"{HERE}/mails/{mail}/take", {"reason": "advertising"})

    assert done["Location"] == f"{HERE}/mails"
    assert mail not in {one.id for one, _ in town.organisation("alottbetter").desk.kept_mail()}
    assert last_entry(town)[1:] == ("post:mail:taken", str(mail), "no-request-advertising")


def test_where_no_mail_waits_the_page_says_so(town: Town) -> None:
    client = town.signed_in(Role.CASE_WORKER, "clienti")

    assert "Ingen mails venter på nogen." in unescape(client.get("/console/clienti/mails").content.decode())


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_reason_and_every_kind_of_letter_has_words(language: str) -> None:
    words = in_language(language)

    assert [r for r in NO_REQUEST if not words.known(f"console_no_request:{r}")] == []
    assert [k for k in KINDS if not words.known(f"letter_kind:{k}")] == []
