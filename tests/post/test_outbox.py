"""A letter goes once in effect, whatever dies on the way; what does not arrive is seen."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from ordholden import audit
from ordholden.post.carrier import Attachment, FolderCarrier, Mail, SmtpCarrier, carrier_of
from ordholden.post.outbox import (
    LARGEST,
    PAUSES,
    Delivery,
    State,
    deliveries,
    forget,
    heard_from,
    letter_of,
    put,
    returned,
    send_due,
    settle,
    troubled,
)
from ordholden.problems import Refusal
from ordholden.store import Store
from tests.post.making import NORDLYS, letter
from tests.post.servers import HANG_UP, MailServer, self_signed
from tests.stores import KINDS, finished, folder_of, opened, program

SENDER = "privat@nordlys.example"
MAJA = "maja@post.example"
CASE = "2026-000017"

on_each = pytest.mark.parametrize("url", KINDS, indirect=True)


def put_one(store: Store, **more: object) -> Delivery:
    given = {"to": MAJA, "case": CASE, "key": "receipt"} | more
    return put(store, letter(), **given)  # type: ignore[arg-type]


def by(server: MailServer) -> SmtpCarrier:
    return SmtpCarrier(server.url, SENDER)


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def later(store: Store, by: timedelta) -> None:
    """So much time goes by for everything in the store."""
    now = store.now()
    store.now = lambda: now + by


def one_of(found: tuple[Delivery, ...]) -> Delivery:
    [delivery] = found
    return delivery


def test_a_letter_arrives_as_text_html_and_paper(store: Store, server: MailServer) -> None:
    put_one(store, attachments=[Attachment("brev.pdf", b"%PDF-1.7 ...")])

    sent = one_of(send_due(store, by(server)))
    message = read(server.taken[0])

    assert sent.state is State.SENT
    assert message["To"] == MAJA
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["From"].addresses[0].display_name == "Nordlys Rejser ApS"
    assert message["Subject"] == f"Vi har modtaget din henvendelse (Sag {CASE})"
    assert message["Message-ID"] == f"<{sent.token}@nordlys.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert "senest den 22. december 2026" in text.get_content()
    assert html is not None
    assert "Kære Maja Prøve" in html.get_content()
    assert [part.get_filename() for part in message.iter_attachments()] == ["brev.pdf"]


@on_each
def test_what_was_put_twice_is_sent_once(store: Store, server: MailServer) -> None:
    first, second = put_one(store), put_one(store, to="anden@post.example")

    send_due(store, by(server))
    send_due(store, by(server))

    assert first.id == second.id
    assert [read(raw)["To"] for raw in server.taken] == [MAJA]


@on_each
def test_a_letter_whose_deed_fails_is_not_sent(store: Store, server: MailServer) -> None:
    def deed() -> None:
        with store.transaction():
            put_one(store)
            raise RuntimeError("the deed failed")

    with pytest.raises(RuntimeError):
        deed()

    assert send_due(store, by(server)) == ()
    assert list(audit.entries(store)) == []


@on_each
@pytest.mark.parametrize("where", ["at_address", "at_letter"])
def test_a_server_that_is_busy_is_asked_again_after_longer_and_longer(
    store: Store, server: MailServer, where: str
) -> None:
    getattr(server, where).extend(["451 try later"] * 2)
    put_one(store)

    first = one_of(send_due(store, by(server)))
    too_early = send_due(store, by(server))
    later(store, PAUSES[0])
    second = one_of(send_due(store, by(server)))
    later(store, PAUSES[1])
    third = one_of(send_due(store, by(server)))

    assert (first.state, first.code, first.reason) == (State.WAITING, 451, "try later")
    assert too_early == ()
    assert (second.state, second.attempts) == (State.WAITING, 2)
    assert second.next_at - first.next_at > PAUSES[1]
    assert (third.state, len(server.taken)) == (State.SENT, 1)


@pytest.mark.parametrize("where", ["at_address", "at_letter"])
def test_a_final_no_is_shown_and_not_tried_again(store: Store, server: MailServer, where: str) -> None:
    getattr(server, where).append("550 no such mailbox")
    put_one(store)
    told: list[Delivery] = []

    refused = one_of(send_due(store, by(server), told=told.append))
    later(store, timedelta(days=30))

    assert (refused.state, refused.code, refused.reason) == (State.REFUSED, 550, "no such mailbox")
    assert told == [refused]
    assert send_due(store, by(server)) == ()
    assert troubled(store) == deliveries(store, CASE) == (refused,)


def test_a_line_lost_before_the_letter_was_handed_over_is_tried_again(
    store: Store, server: MailServer
) -> None:
    server.at_address.append(HANG_UP)
    put_one(store)

    lost = one_of(send_due(store, by(server)))
    later(store, PAUSES[0])
    sent = one_of(send_due(store, by(server)))

    assert (lost.state, sent.state, len(server.taken)) == (State.WAITING, State.SENT, 1)


def test_a_line_lost_before_the_server_answered_leaves_the_letter_unsure_and_not_doubled(
    store: Store, server: MailServer
) -> None:
    server.at_letter.append(HANG_UP)
    put_one(store)

    unsure = one_of(send_due(store, by(server)))
    later(store, timedelta(days=30))

    assert unsure.state is State.UNSURE
    assert send_due(store, by(server)) == ()
    assert server.seen == 1
    assert troubled(store) == (unsure,)


def test_a_server_that_is_away_is_waited_for_until_somebody_has_to_look(store: Store) -> None:
    put_one(store)
    away = SmtpCarrier("smtp://127.0.0.1:1", SENDER)
    states = []
    for _ in range(len(PAUSES) + 1):
        states.append(one_of(send_due(store, away)).state)
        later(store, timedelta(days=2))

    assert states == [State.WAITING] * len(PAUSES) + [State.GIVEN_UP]
    assert sum(PAUSES, timedelta()) > timedelta(days=3)
    assert one_of(troubled(store)).state is State.GIVEN_UP


def test_one_refused_letter_does_not_keep_the_others(store: Store, server: MailServer) -> None:
    server.at_address.extend(["550 no such mailbox", "250 OK"])
    put_one(store, key="1")
    put_one(store, key="2", to="bo@post.example")

    assert [d.state for d in send_due(store, by(server))] == [State.REFUSED, State.SENT]


DYING = """
import os, sys
from pathlib import Path
from ordholden.post.carrier import SmtpCarrier
from ordholden.post.outbox import send_due
from tests.stores import opened

class Dies(SmtpCarrier):
    def deliver(self, mail):
        super().deliver(mail)
        print("taken", flush=True)
        os._exit(0)

with opened(Path(sys.argv[1]), sys.argv[2] or None) as store:
    send_due(store, Dies(sys.argv[3], "privat@nordlys.example"))
"""


@on_each
def test_who_dies_between_the_yes_of_the_server_and_our_mark_does_not_send_it_twice(
    tmp_path: Path, url: str | None, server: MailServer
) -> None:
    with opened(folder_of(tmp_path), url) as store:
        put_one(store)
        assert finished(program(DYING, folder_of(tmp_path), url, server.url)) == "taken"

        meanwhile = send_due(store, by(server))
        later(store, timedelta(hours=1))
        unsure = one_of(send_due(store, by(server)))

        assert meanwhile == ()
        assert unsure.state is State.UNSURE
        assert len(server.taken) == 1
        assert read(server.taken[0])["Message-ID"] == f"<{unsure.token}@nordlys.example>"


@on_each
def test_an_answer_to_an_unsure_letter_shows_that_it_arrived(store: Store, server: MailServer) -> None:
    server.at_letter.append(HANG_UP)
    put_one(store)
    unsure = one_of(send_due(store, by(server)))

    heard = one_of(heard_from(store, [unsure.token, "unknown"]))

    assert (heard.state, troubled(store)) == (State.SENT, ())


def test_a_person_decides_about_an_unsure_letter_and_its_second_copy_bears_the_same_id(
    store: Store, server: MailServer
) -> None:
    server.at_letter.append(HANG_UP)
    put_one(store)
    unsure = one_of(send_due(store, by(server)))

    settle(store, unsure.id, arrived=False, actor="anna")
    again = one_of(send_due(store, by(server)))

    assert (again.state, again.token) == (State.SENT, unsure.token)
    with pytest.raises(Refusal):
        settle(store, unsure.id, arrived=True, actor="anna")


def test_a_letter_that_came_back_is_shown_on_its_case(store: Store, server: MailServer) -> None:
    put_one(store)
    sent = one_of(send_due(store, by(server)))
    told: list[Delivery] = []

    late = returned(store, sent.token, final=False)
    bounced = returned(store, sent.token, final=True, code=550, reason="mailbox full", told=told.append)

    assert late is not None
    assert late.state is State.SENT
    assert told == [bounced]
    assert deliveries(store, CASE)[0].state is State.BOUNCED
    assert returned(store, "none of ours", final=True) is None


@on_each
def test_what_is_told_is_told_in_the_transaction_that_marks_the_letter(
    store: Store, server: MailServer
) -> None:
    put_one(store)

    def fail(delivery: Delivery) -> None:
        raise RuntimeError("the case could not be written")

    with pytest.raises(RuntimeError):
        send_due(store, by(server), told=fail)
    later(store, timedelta(hours=1))

    assert one_of(send_due(store, by(server))).state is State.UNSURE


@pytest.mark.parametrize(
    "address",
    [
        "",
        "maja",
        "maja@",
        "@post.example",
        "maja@post.example\nBcc: alle@post.example",
        "maja@post.example\r\nSubject: x",
        "maja@post.example, bo@post.example",
        "Maja <maja@post.example>",
        "maja@post .example",
        "maja@post..example",
        "måja@post.example",
        "maja@-post.example",
        f"{'m' * 65}@post.example",
    ],
)
def test_an_address_that_could_smuggle_a_header_is_refused(store: Store, address: str) -> None:
    with pytest.raises(Refusal) as refusal:
        put_one(store, to=address)

    assert [(p.code, dict(p.facts)) for p in refusal.value.problems] == [("mail-address", {})]
    assert deliveries(store, CASE) == ()


def test_a_danish_domain_is_written_as_mail_servers_know_it(store: Store, server: MailServer) -> None:
    put_one(store, to="maja@prøve.example")
    send_due(store, by(server))

    assert read(server.taken[0])["To"] == "maja@xn--prve-hra.example"


def test_a_name_with_line_ends_makes_no_header(store: Store, server: MailServer) -> None:
    hostile = letter("message", text="Hej", case="1\r\nBcc: alle@post.example")
    put(
        store,
        replace(hostile, sheet=replace(hostile.sheet, sender="N\r\nBcc: x@post.example")),
        MAJA,
        key="k",
    )
    send_due(store, by(server))

    message = read(server.taken[0])
    assert "\n" not in hostile.subject
    assert message["Bcc"] is None
    assert message["From"].addresses[0].display_name == "N Bcc: x@post.example"


def test_files_too_large_for_a_mail_are_refused(store: Store) -> None:
    with pytest.raises(Refusal) as refusal:
        put_one(store, attachments=[Attachment("stor.zip", bytes(LARGEST + 1))])

    assert refusal.value.problems[0].code == "mail-large"


def test_lines_that_begin_with_a_full_stop_arrive_as_they_were(store: Store, server: MailServer) -> None:
    words = "..\n.\n. og så\nslut"
    put(store, letter("message", text=words), MAJA, key="k")
    send_due(store, by(server))

    text = read(server.taken[0]).get_body(("plain",))
    assert text is not None
    assert words in text.get_content().replace("\r\n", "\n")


@on_each
def test_what_a_letter_said_can_be_forgotten_and_that_it_was_sent_cannot(
    store: Store, server: MailServer
) -> None:
    delivery = put_one(store)
    send_due(store, by(server))
    there = letter_of(store, delivery.id)
    number = forget(store, before=store.now() + timedelta(days=1))

    assert isinstance(there, Mail)
    assert number == 1
    assert letter_of(store, delivery.id) is None
    assert deliveries(store, CASE)[0].state is State.SENT


@on_each
def test_neither_address_nor_text_stands_open_in_the_store_or_in_the_audit(
    store: Store, server: MailServer
) -> None:
    from ordholden.post.models import Outgoing

    server.at_address.append(f"550 {MAJA} unknown")
    put_one(store)
    send_due(store, by(server))

    row = Outgoing.objects.using(store.alias).values().get()
    seen = "".join(repr(bytes(v) if isinstance(v, memoryview) else v) for v in row.values())
    said = repr([(e.subject, e.action, e.facts) for e in audit.entries(store)])
    assert MAJA not in seen + said
    assert [e.action for e in audit.entries(store)] == ["post:letter:put", "post:letter:refused"]


def test_without_a_server_letters_lie_in_the_folder_of_the_organisation(store: Store) -> None:
    put_one(store)
    carrier = carrier_of({}, NORDLYS, store.folder)

    sent = one_of(send_due(store, carrier))

    assert isinstance(carrier, FolderCarrier)
    file = store.folder / ".ordholden" / "mail" / f"{sent.token}.eml"
    assert read(file.read_bytes())["From"].addresses[0].addr_spec == SENDER
    assert file.stat().st_mode & 0o077 == 0


def test_one_organisation_of_a_house_may_have_a_server_of_its_own(tmp_path: Path, server: MailServer) -> None:
    folder = folder_of(tmp_path, "all-ears")
    house = {"ORDHOLDEN_SMTP": "smtp://127.0.0.1:1", "ORDHOLDEN_SMTP_ALL_EARS": server.url}

    with opened(folder) as store:
        put_one(store)
        assert one_of(send_due(store, carrier_of(house, NORDLYS, folder))).state is State.SENT


@pytest.mark.parametrize(
    "url", ["imap://x:hemmelig@post", "smtp://:hemmelig@", "smtp://x:hemmelig@post:x", "hemmelig"]
)
def test_a_wrong_server_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        SmtpCarrier(url, SENDER)

    assert refusal.value.problems[0].facts["variable"] == "ORDHOLDEN_SMTP"
    assert "hemmelig" not in repr(refusal.value.problems)


def test_a_server_elsewhere_is_spoken_to_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {
        url: SmtpCarrier(url, SENDER)._must_be_encrypted()
        for url in (
            "smtp://mail.example",
            "smtp://mail.example?tls=no",
            "smtp://127.0.0.1",
            "smtp://[::1]:25",
        )
    }

    assert list(wanted.values()) == [True, False, False, False]


def test_a_server_that_does_not_let_us_in_is_no_fault_of_the_letter(store: Store, server: MailServer) -> None:
    put_one(store)
    strangers = SmtpCarrier(server.url.replace("//", "//nordlys:hemmelig@"), SENDER)

    waiting = one_of(send_due(store, strangers))

    assert (waiting.state, server.seen) == (State.WAITING, 0)
    assert "hemmelig" not in waiting.reason


def test_a_server_that_nobody_vouches_for_gets_no_letter(store: Store, tmp_path: Path) -> None:
    put_one(store)
    with MailServer(certificate=self_signed(tmp_path)) as pretender:
        waiting = one_of(send_due(store, SmtpCarrier(pretender.url, SENDER)))

        assert pretender.url.startswith("smtps://")
        assert (waiting.state, pretender.seen) == (State.WAITING, 0)
        assert "certificate" in waiting.reason


@on_each
def test_a_key_of_any_length_is_sent_once(store: Store, server: MailServer) -> None:
    for _ in range(2):
        for end in "ab":
            put_one(store, key="k" * 300 + end)

    assert len(send_due(store, by(server))) == 2


def test_a_moment_of_a_delivery_knows_its_zone(store: Store) -> None:
    delivery = put_one(store)

    assert isinstance(delivery.put_at, datetime)
    assert delivery.put_at.tzinfo is not None


@on_each
def test_two_senders_at_the_same_time_send_each_letter_once(
    tmp_path: Path, url: str | None, server: MailServer
) -> None:
    with opened(folder_of(tmp_path), url) as store:
        for number in range(12):
            put_one(store, key=str(number), to=f"p{number}@post.example")
        both = [program(SENDING, folder_of(tmp_path), url, server.url) for _ in range(2)]
        sent = sum(int(finished(one)) for one in both)

        assert sent == len(server.taken) == 12
        assert len({read(raw)["To"] for raw in server.taken}) == 12


SENDING = """
import sys
from pathlib import Path
from ordholden.post.carrier import SmtpCarrier
from ordholden.post.outbox import send_due
from tests.stores import opened

with opened(Path(sys.argv[1]), sys.argv[2] or None) as store:
    print(len(send_due(store, SmtpCarrier(sys.argv[3], "privat@nordlys.example"))))
"""
