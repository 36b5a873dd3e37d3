"""Each mail of a real mailbox is taken once, led to its case, or kept for somebody to look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ordholden import audit
from ordholden.post.incoming import Incoming
from ordholden.post.mailbox import (
    ArrivalState,
    Found,
    Unreachable,
    collect,
    forget_mail,
    kept,
    mail_of,
    mailbox_of,
    take_by_hand,
)
from ordholden.post.outbox import Delivery, State, deliveries, put, send_due
from ordholden.problems import Refusal
from ordholden.store import Store
from tests.post import servers
from tests.post.making import letter
from tests.post.servers import MailServer
from tests.post.test_outbox import CASE, by, on_each
from tests.stores import folder_of

HERE = Path("nordlys")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[servers.Mailbox]:
    try:
        started = servers.start_dovecot()
        with started as box:
            yield box
    except servers.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def box(dovecot: servers.Mailbox) -> servers.Mailbox:
    for file in (*dovecot.folder.rglob("new/*"), *dovecot.folder.rglob("cur/*")):
        file.unlink()
    return dovecot


class Cases:
    """Takes mails as cases would."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, Found]] = []

    def __call__(self, mail: Incoming, found: Found) -> str:
        if "afvis" in mail.text:
            raise Refusal.of("mail-address")
        self.taken.append((mail.sender, mail.text, found))
        return found.case or "2026-000099"


def mail(
    text: str = "Slet mig",
    *,
    sender: str = "maja@post.example",
    subject: str = "hej",
    mail_id: str = "m1@post.example",
    **more: str,
) -> bytes:
    heads = {"From": sender, "Subject": subject, "Message-ID": f"<{mail_id}>"}
    heads |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in heads.items() if value)
    return f"{lines}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def read_all(store: Store, box: servers.Mailbox, cases: Cases, **more: object) -> list[tuple[str, str]]:
    mailbox = mailbox_of({"ORDHOLDEN_IMAP": box.url}, HERE)
    assert mailbox is not None
    return [(a.state.value, a.case) for a in collect(store, mailbox, cases, **more)]  # type: ignore[arg-type]


def left(box: servers.Mailbox) -> int:
    return len([*box.folder.glob("new/*"), *box.folder.glob("cur/*")])


@on_each
def test_a_mail_begins_a_case_and_is_put_aside(store: Store, box: servers.Mailbox) -> None:
    cases = Cases()
    box.deliver(mail("Slet mine oplysninger, Søren"))

    first = read_all(store, box, cases)
    again = read_all(store, box, cases)

    assert first == [("taken", "2026-000099")]
    assert again == []
    assert cases.taken == [("maja@post.example", "Slet mine oplysninger, Søren", Found())]
    assert left(box) == 0
    assert len([*box.folder.glob(".Ordholden/cur/*"), *box.folder.glob(".Ordholden/new/*")]) == 1


def test_an_answer_to_a_letter_leads_to_its_case_and_a_number_in_the_subject_too(
    store: Store, box: servers.Mailbox, server: MailServer
) -> None:
    put(store, letter(), "maja@post.example", key="k", case=CASE)
    [sent] = send_due(store, by(server))
    cases = Cases()
    box.deliver(mail("ja", mail_id="m1@x.example", In_Reply_To=f"<{sent.token}@nordlys.example>"))
    box.deliver(mail("og", mail_id="m2@x.example", subject="SV: (Sag 2026-000042)"))

    read_all(store, box, cases)

    assert sorted(found.by for _, _, found in cases.taken) == ["reply", "subject"]
    assert {found.case for _, _, found in cases.taken} == {CASE, "2026-000042"}


def test_a_mail_without_a_sender_and_one_of_a_machine_are_kept_and_shown(
    store: Store, box: servers.Mailbox
) -> None:
    cases = Cases()
    box.deliver(mail("hvem er jeg", sender="", mail_id="m1@x.example"))
    box.deliver(mail("ikke på kontoret", mail_id="m2@x.example", Auto_Submitted="auto-replied"))

    read_all(store, box, cases)
    waiting = kept(store)

    assert cases.taken == []
    assert sorted(arrival.reason for arrival in waiting) == ["mail-automatic", "mail-nobody"]
    shown = {arrival.reason: mail_of(store, arrival.id) for arrival in waiting}
    assert shown["mail-nobody"] is not None
    assert shown["mail-nobody"].text == "hvem er jeg"


@on_each
def test_somebody_gives_a_kept_mail_to_a_case(store: Store, box: servers.Mailbox) -> None:
    box.deliver(mail("hvem er jeg", sender=""))
    read_all(store, box, Cases())
    [waiting] = kept(store)

    taken = take_by_hand(store, waiting.id, case=CASE, actor="anna")

    assert (taken.state, taken.case, kept(store)) == (ArrivalState.TAKEN, CASE, ())
    with pytest.raises(Refusal):
        take_by_hand(store, waiting.id, case=CASE, actor="bo")
    assert [(e.actor, e.action) for e in audit.entries(store)][-1] == ("anna", "post:mail:taken")


@on_each
def test_a_mail_that_cases_refuse_is_kept_with_the_reason(store: Store, box: servers.Mailbox) -> None:
    box.deliver(mail("afvis mig"))

    assert read_all(store, box, Cases()) == [("kept", "")]
    assert [arrival.reason for arrival in kept(store)] == ["mail-address"]


def test_who_dies_between_taking_a_mail_and_putting_it_aside_does_not_take_it_twice(
    store: Store, box: servers.Mailbox
) -> None:
    cases = Cases()
    raw = mail("én gang")
    box.deliver(raw)
    read_all(store, box, cases)
    box.deliver(raw)

    assert read_all(store, box, cases) == []
    assert len(cases.taken) == 1
    assert left(box) == 0


@on_each
def test_a_deed_that_fails_leaves_the_mail_where_it_was(store: Store, box: servers.Mailbox) -> None:
    box.deliver(mail("vigtigt"))

    def fail(incoming: Incoming, found: Found) -> str:
        raise RuntimeError("the case could not be written")

    with pytest.raises(RuntimeError):
        read_all(store, box, fail)  # type: ignore[arg-type]
    cases = Cases()

    assert read_all(store, box, cases) == [("taken", "2026-000099")]


def report(token: str) -> bytes:
    return (
        "Return-Path: <>\r\nFrom: mailer-daemon@mail.example\r\nMessage-ID: <r1@mail.example>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; m.example\r\n\r\n"
        "Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{token}@nordlys.example>\r\n--B--\r\n"
    ).encode()


@on_each
def test_a_letter_that_bounced_is_seen_on_its_case(
    store: Store, box: servers.Mailbox, server: MailServer
) -> None:
    put(store, letter(), "maja@post.example", key="k", case=CASE)
    [sent] = send_due(store, by(server))
    box.deliver(report(sent.token))
    told: list[Delivery] = []
    cases = Cases()

    arrived = read_all(store, box, cases, told=told.append)

    assert arrived == [("report", CASE)]
    assert cases.taken == []
    assert [(d.state, d.code, d.reason) for d in told] == [(State.BOUNCED, 552, "smtp; 552 mailbox full")]
    assert deliveries(store, CASE)[0].state is State.BOUNCED


def test_a_report_about_somebody_elses_letter_is_kept(store: Store, box: servers.Mailbox) -> None:
    box.deliver(report("unknown"))

    assert read_all(store, box, Cases()) == [("kept", "")]
    assert [arrival.reason for arrival in kept(store)] == ["mail-report"]


def test_a_mail_that_is_too_large_is_taken_without_what_it_brought(
    store: Store, box: servers.Mailbox
) -> None:
    box.deliver(mail("x" * 2_000, subject="stor"))
    seen: list[Incoming] = []

    def take(incoming: Incoming, found: Found) -> str:
        seen.append(incoming)
        return "2026-000099"

    read_all(store, box, take, largest=1_000)  # type: ignore[arg-type]
    [file] = seen[0].files

    assert (seen[0].subject, seen[0].text) == ("stor", "")
    assert file.refused is not None
    assert file.refused.code == "file-large"


def test_what_mails_said_can_be_forgotten_once_a_case_has_them(store: Store, box: servers.Mailbox) -> None:
    box.deliver(mail("til en sag", mail_id="m1@x.example"))
    box.deliver(mail("fra ingen", sender="", mail_id="m2@x.example"))
    read_all(store, box, Cases())

    number = forget_mail(store, before=store.now() + timedelta(days=1))

    assert number == 1
    assert mail_of(store, kept(store)[0].id) is not None


def test_nothing_of_a_mail_stands_open_in_the_store(store: Store, box: servers.Mailbox) -> None:
    from ordholden.post.models import Arrived

    box.deliver(mail("hemmeligt", subject="hemmeligt emne"))
    read_all(store, box, Cases())

    row = Arrived.objects.using(store.alias).values().get()
    seen = "".join(repr(bytes(v) if isinstance(v, memoryview) else v) for v in row.values())
    said = repr([(e.subject, e.action, e.facts) for e in audit.entries(store)])
    assert "hemmelig" not in seen + said
    assert "maja" not in seen + said


def test_a_mailbox_that_is_away_or_locked_is_unreachable_and_nothing_worse(
    store: Store, box: servers.Mailbox
) -> None:
    for url in ("imap://maja:x@127.0.0.1:1", box.url.replace("hemmelig", "forkert")):
        mailbox = mailbox_of({"ORDHOLDEN_IMAP": url}, HERE)
        assert mailbox is not None
        with pytest.raises(Unreachable) as said:
            collect(store, mailbox, Cases())
        assert "maja" not in str(said.value)


@pytest.mark.parametrize(
    "url", ["imap://u:hemmelig@mail.example", "pop://x", "imaps://", "imaps://x:hemmelig@h:y"]
)
def test_a_mailbox_is_only_read_over_an_encrypted_line(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        mailbox_of({"ORDHOLDEN_IMAP": url}, HERE)

    assert "hemmelig" not in repr(refusal.value.problems)


def test_each_organisation_of_a_house_has_its_own_mailbox(tmp_path: Path) -> None:
    house = {"ORDHOLDEN_IMAP_CLIENTI": "imaps://clienti:x@mail.example/Sager"}

    found = mailbox_of(house, folder_of(tmp_path, "clienti"))
    assert found is not None
    assert (found.user, found.port, found.folder) == ("clienti", 993, "Sager")
    assert mailbox_of(house, folder_of(tmp_path, "flexfone")) is None
