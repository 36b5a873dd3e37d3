"""Letters leave, and mail arrives: what became of each stands on the case, and what arrives is never lost."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.cases.case import Case, Channel, Request, Upload, Who
from ordholden.cases.change import contact_digest, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.intake import open_case
from ordholden.cases.messages import receive
from ordholden.cases.rows import cases_of
from ordholden.lang import LANGUAGES
from ordholden.lang.texts import texts
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.post.incoming import Incoming
    from ordholden.post.mailbox import Arrival
    from ordholden.post.outbox import Delivery

__all__ = [
    "NO_REQUEST",
    "fetch_post",
    "kept_mail",
    "letters_in_trouble",
    "mails_waiting",
    "read_mail",
    "recognised",
    "send_post",
    "settle_letter",
    "take",
    "take_mail",
]

NO_REQUEST = ("advertising", "machine", "repeated", "other-business", "wrong-place")
"""Why a mail is no request. A list, since what people write about a mail would stand in the log for ever."""


def send_post(corridor: Corridor) -> Mapping[str, int]:
    """Sends what is due. What became of a letter is written beside it in the thread."""
    from ordholden.post import outbox
    from ordholden.post.carrier import carrier_of

    carrier = carrier_of(os.environ, corridor.policy.organisation, corridor.folder)
    found = outbox.send_due(corridor.store, carrier, told=lambda delivery: _told(corridor, delivery))
    return Counter(delivery.state.value for delivery in found)


def _told(corridor: Corridor, delivery: Delivery) -> None:
    """A letter that did not arrive is for staff to look at: the person has not been answered."""
    case = delivery.key.partition(":")[0]
    _shown_beside(corridor, delivery)
    # A case may have been forgotten since; the letter still stands among those in trouble.
    if case and delivery.state.troubled and cases_of(corridor.store).filter(number=case).exists():
        with opened(corridor, case) as held:
            held.row.needs_staff = True
            state, code = delivery.state.value, delivery.code
            held.record("request:letter:troubled", actor="ordholden", state=state, code=code)


def _shown_beside(corridor: Corridor, delivery: Delivery) -> None:
    """How it stands with a letter is written beside its message in the thread."""
    from ordholden.cases.models import MessageRow

    _, _, rest = delivery.key.partition(":")
    kind, _, number = rest.partition(":")
    if kind == "message" and number.isdecimal():
        ours = MessageRow.objects.using(corridor.store.alias).filter(
            organisation=corridor.store.organisation, pk=int(number)
        )
        ours.update(delivery=delivery.state.value)


def letters_in_trouble(corridor: Corridor) -> tuple[Delivery, ...]:
    """Letters that did not arrive, of which nobody knows, or that no server took yet."""
    from ordholden.post import outbox

    return (*outbox.troubled(corridor.store), *outbox.late(corridor.store))


def settle_letter(corridor: Corridor, letter: int, *, arrived: bool, actor: str) -> None:
    """Somebody found out that it arrived after all; or wants it sent again."""
    from ordholden.post import outbox

    with corridor.store.transaction():
        delivery = outbox.settle(corridor.store, letter, arrived=arrived, actor=actor)
        _shown_beside(corridor, delivery)


def fetch_post(corridor: Corridor) -> Mapping[str, int]:
    """Mail that belongs to a case becomes a message there, a recognisable request a case; all else waits for staff."""
    from ordholden.post import mailbox

    box = mailbox.mailbox_of(os.environ, corridor.folder)
    if box is None:
        return {}
    found = mailbox.collect(
        corridor.store,
        box,
        lambda mail, about: take(corridor, mail, about.case),
        told=lambda delivery: _told(corridor, delivery),
    )
    return Counter(arrival.state.value for arrival in found)


def take(corridor: Corridor, mail: Incoming, case: str) -> str:
    """The case that has the mail now. That somebody writes a number proves nothing about who they are."""
    if case:
        files = _files(mail)
        theirs = _writes_for(corridor, case, mail.sender)
        actor = "the person" if theirs else "somebody else"
        text = mail.text if theirs else f"{mail.sender}:\n\n{mail.text}"
        receive(corridor, case, text or mail.subject, actor=actor, files=files, resumes=theirs)
        return case
    right, language = recognised(f"{mail.subject}\n{mail.text}")
    if not right:
        raise Refusal.of("mail-unrecognised")
    return _opened_by(corridor, mail, right, language, actor="the person").number


def kept_mail(corridor: Corridor, limit: int | None = None) -> tuple[tuple[Arrival, Incoming | None], ...]:
    """Mails that nobody could place, oldest first."""
    from ordholden.post import mailbox

    store = corridor.store
    return tuple((one, mailbox.mail_of(store, one.id)) for one in mailbox.kept(store, limit=limit))


def mails_waiting(corridor: Corridor) -> int:
    """How many mails nobody could place."""
    from ordholden.post import mailbox

    return mailbox.waiting(corridor.store)


def read_mail(corridor: Corridor, arrival: int, *, actor: str) -> tuple[Arrival, Incoming]:
    """A kept mail, read by somebody; that they read it is recorded."""
    from ordholden.post import mailbox

    store = corridor.store
    with store.transaction():
        found, mail = mailbox.kept_one(store, arrival)
        if mail is None:
            raise Refusal.of("mail-gone", mail=arrival)
        audit.record(store, actor=actor, action="post:mail:opened", subject=str(arrival), facts={})
    return found, mail


def take_mail(
    corridor: Corridor,
    arrival: int,
    *,
    right: str = "",
    case: str = "",
    reason: str = "",
    language: str = "",
    actor: str,
) -> str:
    """Somebody read it: it is a request for a right, a message in a case, or, for a reason, nothing for us."""
    from ordholden.post import mailbox

    store = corridor.store
    if not (case or right or reason in NO_REQUEST):
        raise Refusal.of("mail-undecided", reasons=", ".join(NO_REQUEST))
    with store.transaction():
        _, mail = mailbox.kept_one(store, arrival)
        if mail is None:
            raise Refusal.of("mail-gone", mail=arrival)
        if case:
            # Who sent it is as unproven as when a machine reads it: it goes the same way into the case.
            take(corridor, mail, case)
        elif right:
            said = language or recognised(f"{mail.subject}\n{mail.text}")[1] or LANGUAGES[0]
            case = _opened_by(corridor, mail, right, said, actor=actor).number
        mailbox.take_by_hand(
            store, arrival, case=case, actor=actor, reason="" if case else f"no-request-{reason}"
        )
    return case


def recognised(text: str) -> tuple[str, str]:
    """The one right that the words ask for, and their language; nothing where they could mean several, or none."""
    said = " ".join(text.casefold().split())
    for language in LANGUAGES:
        meant = {
            right
            for right, phrases in texts(language, "words")["recognised"].items()
            if any(phrase in said for phrase in phrases.split(", "))
        }
        if meant:
            return (meant.pop(), language) if len(meant) == 1 else ("", language)
    return "", ""


def _opened_by(corridor: Corridor, mail: Incoming, right: str, language: str, *, actor: str) -> Case:
    """Received when it came, not when somebody read it."""
    now = corridor.store.now()
    came = mail.at if mail.at is not None and mail.at <= now else now
    request = Request(
        right=right,
        channel=Channel.EMAIL,
        who=Who(name=mail.sender_name or mail.sender, email=mail.sender),
        words=f"{mail.subject}\n\n{mail.text}".strip(),
        language=language,
        received_at=came,
        origin=corridor.store.digest(mail.message_id, use="mail origin") if mail.message_id else "",
    )
    return open_case(corridor, request, actor=actor, files=_files(mail))


def _files(mail: Incoming) -> tuple[Upload, ...]:
    return tuple(Upload(f.name, f.content, f.type) for f in mail.files if f.refused is None)


def _writes_for(corridor: Corridor, number: str, sender: str) -> bool:
    """Whether the address is one that the case knows."""
    from ordholden.cases.models import ContactRow

    digests = list(contact_digest(corridor, "email", sender))
    ours = ContactRow.objects.using(corridor.store.alias).filter(organisation=corridor.store.organisation)
    return ours.filter(case__number=number, digest__in=digests).exists()
