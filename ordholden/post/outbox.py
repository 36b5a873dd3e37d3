"""Letters on their way: put down in the transaction of the deed that they are about, sent afterwards, seen to the end.

A letter is put down once for a key, and sent once in effect. Before the server hears of it, it is marked as being
sent; when it said yes, as sent. Who dies between the two leaves a letter of which nobody knows whether it went: it
becomes *unsure*, keeps its Message-ID, and is shown to a person. It is not sent again by itself.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.post.address import mail_address
from ordholden.post.attached import file_name
from ordholden.post.carrier import Attachment, Carrier, Later, Mail, NotDelivered, Refused
from ordholden.post.letter import Letter
from ordholden.problems import Refusal
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.post.models import Outgoing

__all__ = [
    "LARGEST",
    "PAUSES",
    "Delivery",
    "State",
    "cases_of",
    "deliveries",
    "forget",
    "heard_from",
    "is_put",
    "late",
    "letter_of",
    "put",
    "returned",
    "send_due",
    "settle",
    "troubled",
]

PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440, 1440, 1440))
"""How long it waits after each attempt that failed. After the last one somebody has to look."""
LARGEST = 18 * 1024 * 1024
"""So many bytes of files are taken; more than that many mailboxes refuse."""

_LEASE = timedelta(minutes=15)
_LONGEST_KEY = 200
_MACHINE = "ordholden"


class State(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"  # the server said a final no
    BOUNCED = "bounced"  # it was taken, and came back
    UNSURE = "unsure"
    GIVEN_UP = "given up"  # no server took it, for days

    @property
    def troubled(self) -> bool:
        return self in (State.REFUSED, State.BOUNCED, State.UNSURE, State.GIVEN_UP)


@dataclass(frozen=True)
class Delivery:
    """A letter and how it stands with it."""

    id: int
    case: str
    key: str
    kind: str
    language: str
    state: State
    attempts: int
    put_at: datetime
    next_at: datetime
    settled_at: datetime | None
    token: str
    code: int = 0
    reason: str = field(default="", repr=False)


Told = Callable[[Delivery], None]


def put(
    store: Store,
    letter: Letter,
    to: str,
    *,
    key: str,
    case: str = "",
    attachments: Sequence[Attachment] = (),
    actor: str = _MACHINE,
) -> Delivery:
    """In the caller's transaction. A second time with the same key puts nothing, whatever the letter."""
    from ordholden.post.models import Outgoing

    address = mail_address(to)
    size = sum(len(attachment.content) for attachment in attachments)
    if size > LARGEST:
        raise Refusal.of("mail-large", size=size // 1_000_000, largest=LARGEST // 1_000_000)
    now, key = store.now(), _fitting(store, key)
    row = Outgoing(
        organisation=store.organisation,
        key=key,
        token=store.digest(store.organisation, key, use="message id")[:32],
        case=case,
        kind=letter.kind,
        language=letter.language,
        sealed=_sealed(store, letter, address, attachments, by_hand=letter.kind == "message"),
        put_at=now,
        next_at=now,
        state=State.WAITING,
    )
    with store.transaction():
        known = _rows(store).filter(key=key).exists()
        # Of two that come in the same moment, the second one's row is dropped by the database.
        Outgoing.objects.using(store.alias).bulk_create([row], ignore_conflicts=True)
        there = _rows(store).get(key=key)
        if not known:
            _record(store, there, actor, "post:letter:put")
        return _delivery(store, there)


def is_put(store: Store, key: str) -> bool:
    """Whether there was a letter with that key, however it stands with it."""
    return _rows(store).filter(key=_fitting(store, key)).exists()


def send_due(
    store: Store, carrier: Carrier, *, told: Told | None = None, limit: int = 100
) -> tuple[Delivery, ...]:
    """Sends what is due, and says what became of each; `told` hears it inside the transaction that writes it down."""
    found = [*_abandoned(store, told)]
    try:
        while len(found) < limit and (row := _claimed(store)) is not None:
            found.append(_sent(store, carrier, row, told))
    finally:
        carrier.close()
    return tuple(found)


def deliveries(store: Store, case: str) -> tuple[Delivery, ...]:
    """The letters of a case, oldest first."""
    return tuple(_delivery(store, row) for row in _rows(store).filter(case=case).order_by("put_at", "id"))


def troubled(store: Store) -> tuple[Delivery, ...]:
    """Letters that did not arrive, or of which nobody knows."""
    states = [state for state in State if state.troubled]
    return tuple(
        _delivery(store, row) for row in _rows(store).filter(state__in=states).order_by("put_at", "id")
    )


def late(store: Store) -> tuple[Delivery, ...]:
    """Letters that no server took yet, and that are tried again."""
    rows = _rows(store).filter(state=State.WAITING, attempts__gt=0).order_by("put_at", "id")
    return tuple(_delivery(store, row) for row in rows)


def letter_of(store: Store, delivery: int) -> Mail | None:
    """The letter itself, unless it was forgotten."""
    row = _rows(store).filter(pk=delivery).first()
    return _mail(store, row) if row is not None and row.sealed else None


def settle(store: Store, delivery: int, *, arrived: bool, actor: str) -> Delivery:
    """A person found out about an unsure letter; or wants one tried again that no server took."""
    with store.transaction():
        row = _rows(store).select_for_update().filter(pk=delivery).first()
        if row is None or not State(row.state).troubled or not row.sealed:
            raise Refusal.of("mail-settled", letter=delivery)
        row.state = State.SENT if arrived else State.WAITING
        row.next_at, row.attempts = store.now(), row.attempts if arrived else 0
        return _saved(store, row, actor, "post:letter:settled", None)


def returned(
    store: Store, token: str, *, final: bool, code: int = 0, reason: str = "", told: Told | None = None
) -> Delivery | None:
    """A mail server reports that a letter came back, or, not `final`, that it is late. None: it is none of ours."""
    with store.transaction():
        row = _rows(store).select_for_update().filter(token=token).first()
        if row is None:
            return None
        if not final:
            return _delivery(store, row)
        row.state, row.code, row.reason = State.BOUNCED, code, store.seal(reason.encode())
        return _saved(store, row, _MACHINE, "post:letter:bounced", told)


def heard_from(store: Store, tokens: Iterable[str], *, told: Told | None = None) -> tuple[Delivery, ...]:
    """Somebody has these letters: they answered one, or sent a copy. What was unsure is sure now."""
    with store.transaction():
        found = _rows(store).select_for_update().filter(token__in=list(tokens)).order_by("-put_at", "-id")
        return tuple(_heard(store, row, told) for row in found)


def cases_of(store: Store, tokens: Sequence[str]) -> tuple[str, ...]:
    """The cases of the letters that these Message-IDs begin with, in their order."""
    known = dict(_rows(store).filter(token__in=tokens).exclude(case="").values_list("token", "case"))
    return tuple(dict.fromkeys(known[token] for token in tokens if token in known))


def forget(store: Store, *, before: datetime, actor: str = _MACHINE) -> int:
    """What settled letters say, and to whom, goes; that there was one stays. How many that were."""
    with store.transaction():
        old = _rows(store).filter(settled_at__lt=before).exclude(sealed=b"")
        number = old.update(sealed=b"", reason=b"")
        if number:
            audit.record(
                store, actor=actor, action="post:letter:forgotten", subject="", facts={"letters": number}
            )
        return number


# — one letter —


def _abandoned(store: Store, told: Told | None) -> tuple[Delivery, ...]:
    """Whoever was sending these has died."""
    with store.transaction():
        left = _rows(store).select_for_update(skip_locked=True).filter(state=State.SENDING)
        return tuple(_lost(store, row, told) for row in left.filter(leased_until__lt=store.now()))


def _lost(store: Store, row: Outgoing, told: Told | None) -> Delivery:
    row.state = State.UNSURE
    return _saved(store, row, _MACHINE, "post:letter:unsure", told)


def _claimed(store: Store) -> Outgoing | None:
    with store.transaction():
        due = _rows(store).filter(state=State.WAITING, next_at__lte=store.now())
        row = due.select_for_update(skip_locked=True).order_by("next_at", "id").first()
        if row is not None:
            row.state = State.SENDING
            row.attempts += 1
            row.leased_until = store.now() + _LEASE
            row.save(using=store.alias)
        return row


def _sent(store: Store, carrier: Carrier, row: Outgoing, told: Told | None) -> Delivery:
    state, code, reason = State.SENT, 0, ""
    try:
        carrier.deliver(_mail(store, row))
    except NotDelivered as failure:
        state, code, reason = _after(failure, row.attempts), failure.code, failure.reason
    with store.transaction():
        row.state, row.code = state, code
        row.reason = store.seal(reason.encode()) if reason else b""
        if state is State.WAITING:
            row.next_at = store.now() + PAUSES[row.attempts - 1]
        return _saved(store, row, _MACHINE, f"post:letter:{state.replace(' ', '-')}", told)


def _after(failure: NotDelivered, attempts: int) -> State:
    if isinstance(failure, Later):
        return State.WAITING if attempts <= len(PAUSES) else State.GIVEN_UP
    return State.REFUSED if isinstance(failure, Refused) else State.UNSURE


def _heard(store: Store, row: Outgoing, told: Told | None) -> Delivery:
    if row.state != State.UNSURE:
        return _delivery(store, row)
    row.state = State.SENT
    return _saved(store, row, _MACHINE, "post:letter:sent", told)


def _saved(store: Store, row: Outgoing, actor: str, action: str, told: Told | None) -> Delivery:
    row.leased_until = None
    row.settled_at = None if row.state == State.WAITING else store.now()
    row.save(using=store.alias)
    _record(store, row, actor, action)
    delivery = _delivery(store, row)
    if told is not None:
        told(delivery)
    return delivery


def _record(store: Store, row: Outgoing, actor: str, action: str) -> None:
    facts = {"kind": row.kind, "language": row.language, "attempts": row.attempts, "code": row.code}
    audit.record(store, actor=actor, action=action, subject=row.case or row.token, facts=facts)


def _fitting(store: Store, key: str) -> str:
    """A key that is too long for its column ends in what tells it from all others."""
    return key if len(key) <= _LONGEST_KEY else f"{key[:100]}:{store.digest(key, use='letter key')}"


def _rows(store: Store) -> QuerySet[Outgoing]:
    from ordholden.post.models import Outgoing

    return Outgoing.objects.using(store.alias).filter(organisation=store.organisation)


def _delivery(store: Store, row: Outgoing) -> Delivery:
    return Delivery(
        id=row.pk,
        case=row.case,
        key=row.key,
        kind=row.kind,
        language=row.language,
        state=State(row.state),
        attempts=row.attempts,
        put_at=row.put_at,
        next_at=row.next_at,
        settled_at=row.settled_at,
        token=row.token,
        code=row.code,
        reason=store.unseal(bytes(row.reason)).decode() if row.reason else "",
    )


def _sealed(
    store: Store, letter: Letter, to: str, attachments: Sequence[Attachment], *, by_hand: bool
) -> bytes:
    reference = letter.sheet.reference
    # The case number stands in the subject, so that whoever answers names it.
    known = not reference or reference.rpartition(" ")[2] in letter.subject
    content = {
        "to": to,
        "sender": " ".join(letter.sheet.sender.split()),
        "subject": letter.subject if known else f"{letter.subject} ({reference})",
        "text": letter.text,
        "html": letter.html,
        "automatic": not by_hand,
        "files": [[file_name(a.name), a.type, b64encode(a.content).decode()] for a in attachments],
    }
    return store.seal(json.dumps(content).encode())


def _mail(store: Store, row: Outgoing) -> Mail:
    content = json.loads(store.unseal(bytes(row.sealed)))
    return Mail(
        token=row.token,
        to=content["to"],
        sender_name=content["sender"],
        subject=content["subject"],
        text=content["text"],
        html=content["html"],
        attachments=tuple(Attachment(name, b64decode(data), kind) for name, kind, data in content["files"]),
        automatic=content["automatic"],
    )
