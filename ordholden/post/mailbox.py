"""Reads the mailbox: each mail is taken once, led to its case, and put aside; nothing is lost.

A mail is written down and handed on in one transaction, and moved afterwards. Who dies between the two finds it in the
mailbox again, and knows it. What nobody can answer (it names no sender, or a machine wrote it) is kept and shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from imaplib import IMAP4
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from ordholden import audit
from ordholden.post import outbox
from ordholden.post.carrier import variable
from ordholden.post.incoming import File, Incoming, read
from ordholden.problems import Problem, Refusal
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from imap_tools import BaseMailBox

    from ordholden.post.models import Arrived

__all__ = [
    "ASIDE",
    "IMAP_VARIABLE",
    "LARGEST_MAIL",
    "Arrival",
    "ArrivalState",
    "Found",
    "Mailbox",
    "Unreachable",
    "collect",
    "forget_mail",
    "kept",
    "kept_one",
    "mail_of",
    "mailbox_of",
    "take_by_hand",
    "waiting",
]

IMAP_VARIABLE = "ORDHOLDEN_IMAP"
ASIDE = "Ordholden"
"""The folder of the mailbox into which goes what was taken."""
LARGEST_MAIL = 40 * 1024 * 1024

_SECONDS = 60
_MACHINE = "ordholden"
_NUMBER = re.compile(r"(?<![\w-])(20[0-9]{2}-[0-9]{6})(?![\w-])")


class Unreachable(Exception):
    """The mailbox did not answer as it should; the next time may be better."""


class ArrivalState(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"  # a case has it
    REPORT = "report"  # about a letter of ours
    KEPT = "kept"  # somebody has to look


@dataclass(frozen=True)
class Arrival:
    """A mail that was read. `reason` is the code of why it waits for somebody."""

    id: int
    case: str
    state: ArrivalState
    reason: str
    at: datetime


@dataclass(frozen=True)
class Found:
    """The case that a mail speaks of, and how that is known: it answers a letter of ours, or names a number.

    Anybody can write a number, so that it leads to a case proves nothing about who wrote.
    """

    case: str = ""
    by: str = ""


Take = Callable[[Incoming, Found], str]
"""Gives the mail to a case, in our transaction, and says which; a Refusal keeps it for somebody to look at."""


@dataclass(frozen=True)
class Mailbox:
    """`imaps://user:password@host:port/folder`; `imap://` only on this machine."""

    host: str
    port: int
    secure: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"


def mailbox_of(environment: Mapping[str, str], folder: Path) -> Mailbox | None:
    """The mailbox that the environment names for the organisation in this folder."""
    url = variable(environment, IMAP_VARIABLE, folder)
    return _mailbox(url) if url else None


def collect(
    store: Store,
    mailbox: Mailbox,
    take: Take,
    *,
    told: outbox.Told | None = None,
    limit: int = 200,
    largest: int = LARGEST_MAIL,
) -> tuple[Arrival, ...]:
    """Reads what is there, oldest first. What was read before is only put aside. Of a mail with more bytes than
    `largest` only the head is read."""
    with _opened(mailbox) as box:
        arrivals = []
        for uid in box.uids()[:limit]:
            raw, size = _fetched(box, uid, largest)
            mail = read(raw)
            if size > largest:
                whole = File("mail.eml", "message/rfc822", size, refused=Problem("file-large"))
                mail = replace(mail, files=(whole,))
            arrival = _arrived(store, raw, mail, take, told)
            if arrival is not None:
                arrivals.append(arrival)
            box.move(uid, ASIDE)
        return tuple(arrivals)


def kept(store: Store, *, limit: int | None = None) -> tuple[Arrival, ...]:
    """Mails that wait for somebody to look at them, the oldest first."""
    rows = _waiting(store).order_by("at", "id").defer("sealed")
    return tuple(_arrival(row) for row in rows[:limit])


def waiting(store: Store) -> int:
    """How many mails wait for somebody to look at them."""
    return _waiting(store).count()


def _waiting(store: Store) -> QuerySet[Arrived]:
    return _rows(store).filter(state=ArrivalState.KEPT)


def kept_one(store: Store, arrival: int) -> tuple[Arrival, Incoming | None]:
    """One that waits. A Refusal `mail-taken` where somebody was quicker."""
    row = _waiting(store).filter(pk=arrival).first()
    if row is None:
        raise Refusal.of("mail-taken", mail=arrival)
    return _arrival(row), read(store.unseal(bytes(row.sealed))) if row.sealed else None


def mail_of(store: Store, arrival: int) -> Incoming | None:
    """The mail itself, unless it was forgotten."""
    row = _rows(store).filter(pk=arrival).first()
    return read(store.unseal(bytes(row.sealed))) if row is not None and row.sealed else None


def take_by_hand(store: Store, arrival: int, *, case: str, actor: str, reason: str = "") -> Arrival:
    """Somebody looked at a kept mail: it belongs to this case, or, without one, to none for a reason."""
    with store.transaction():
        row = _waiting(store).select_for_update().filter(pk=arrival).first()
        if row is None:
            raise Refusal.of("mail-taken", mail=arrival)
        row.case, row.state = case, ArrivalState.TAKEN
        row.reason = reason or row.reason
        row.save(using=store.alias)
        _record(store, row, actor)
        return _arrival(row)


def forget_mail(store: Store, *, before: datetime, actor: str = _MACHINE) -> int:
    """What mails said goes, once a case has them; so does what nobody wanted. How many that were."""
    with store.transaction():
        old = _rows(store).filter(at__lt=before).exclude(state=ArrivalState.KEPT).exclude(sealed=b"")
        number = old.update(sealed=b"")
        if number:
            facts = {"mails": number}
            audit.record(store, actor=actor, action="post:mail:forgotten", subject="", facts=facts)
        return number


# — one mail —


def _arrived(
    store: Store, raw: bytes, mail: Incoming, take: Take, told: outbox.Told | None
) -> Arrival | None:
    """None: it was here before."""
    key = store.digest(mail.message_id or hashlib.sha256(raw).hexdigest(), use="arrived mail")
    if _rows(store).filter(key=key).exists():
        return None
    if mail.bounce is not None:
        return _reported(store, key, raw, mail, told)
    if not mail.sender or mail.automatic:
        reason = Problem("mail-automatic" if mail.sender else "mail-nobody")
        return _written(store, key, raw, ArrivalState.KEPT, case=_found(store, mail).case, reason=reason)
    found = _found(store, mail)
    outbox.heard_from(store, mail.refers, told=told)
    try:
        with store.transaction():
            return _written(store, key, raw, ArrivalState.TAKEN, case=take(mail, found))
    except Refusal as refusal:
        return _written(store, key, raw, ArrivalState.KEPT, reason=refusal.problems[0])


def _reported(store: Store, key: str, raw: bytes, mail: Incoming, told: outbox.Told | None) -> Arrival:
    """About letters of ours, or about none, which somebody should see."""
    bounce = mail.bounce
    assert bounce is not None
    with store.transaction():
        about = [
            outbox.returned(
                store, token, final=bounce.final, code=bounce.code, reason=bounce.reason, told=told
            )
            for token in mail.refers
        ]
        ours = [delivery for delivery in about if delivery is not None]
        if not ours:
            return _written(store, key, raw, ArrivalState.KEPT, reason=Problem("mail-report"))
        return _written(store, key, raw, ArrivalState.REPORT, case=ours[0].case)


def _found(store: Store, mail: Incoming) -> Found:
    for case in outbox.cases_of(store, mail.refers):
        return Found(case, "reply")
    number = _NUMBER.search(mail.subject)
    return Found(number[1], "subject") if number else Found()


def _written(
    store: Store, key: str, raw: bytes, state: ArrivalState, *, case: str = "", reason: Problem | None = None
) -> Arrival:
    from ordholden.post.models import Arrived

    with store.transaction():
        row = Arrived.objects.using(store.alias).create(
            organisation=store.organisation,
            key=key,
            case=case,
            state=state,
            reason=reason.code if reason else "",
            sealed=store.seal(raw),
            at=store.now(),
        )
        _record(store, row, _MACHINE)
        return _arrival(row)


def _record(store: Store, row: Arrived, actor: str) -> None:
    action = f"post:mail:{row.state}"
    subject = row.case or str(row.pk)
    audit.record(store, actor=actor, action=action, subject=subject, facts={"reason": row.reason})


def _rows(store: Store) -> QuerySet[Arrived]:
    from ordholden.post.models import Arrived

    return Arrived.objects.using(store.alias).filter(organisation=store.organisation)


def _arrival(row: Arrived) -> Arrival:
    return Arrival(row.pk, row.case, ArrivalState(row.state), row.reason, row.at)


# — the mailbox itself —


def _mailbox(url: str) -> Mailbox:
    """A refusal names the variable, and never what is in it."""
    wrong = Refusal.of("mail-server", variable=IMAP_VARIABLE, wanted="imaps://user:password@host/INBOX")
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not (parts.scheme == "imaps" or (parts.scheme == "imap" and local)) or not parts.hostname:
        raise wrong
    secure = parts.scheme == "imaps"
    return Mailbox(
        host=parts.hostname,
        port=port or (993 if secure else 143),
        secure=secure,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    """Logged in, with the folder for what was taken. Whatever goes wrong on the line is `Unreachable`."""
    from imap_tools import ImapToolsError, MailBox, MailBoxUnencrypted

    made = MailBox if mailbox.secure else MailBoxUnencrypted
    try:
        with made(mailbox.host, mailbox.port, timeout=_SECONDS).login(
            mailbox.user, mailbox.password, initial_folder=mailbox.folder
        ) as box:
            if not box.folder.exists(ASIDE):
                box.folder.create(ASIDE)
            yield box
    except (ImapToolsError, IMAP4.error, OSError) as error:
        # Its words may hold what was sent: the name of the account.
        raise Unreachable(type(error).__name__) from error


def _fetched(box: BaseMailBox, uid: str, largest: int) -> tuple[bytes, int]:
    """The mail and its size; of one that is too large the head alone. Nothing is marked as read."""
    answer = repr(box.client.uid("FETCH", uid, "(RFC822.SIZE)"))
    said = re.search(r"RFC822\.SIZE ([0-9]+)", answer)
    size = int(said[1]) if said else 0
    part = "(BODY.PEEK[HEADER])" if size > largest else "(BODY.PEEK[])"
    status, found = box.client.uid("FETCH", uid, part)
    raw = next((piece[1] for piece in found if isinstance(piece, tuple)), None)
    if status != "OK" or not isinstance(raw, bytes):
        raise IMAP4.error("no mail")
    return raw, size
