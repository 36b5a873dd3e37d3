"""Rows into nouns and back: what is sealed is opened here, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from ordholden.cases import clock
from ordholden.cases.case import (
    Case,
    Change,
    Channel,
    Decision,
    Document,
    Entry,
    Identity,
    IdentityState,
    Message,
    Outcome,
    Representation,
    RepresentationState,
    State,
    Task,
    TaskKind,
    TaskState,
    Who,
)
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.store import Store, key_from_text, key_to_text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.cases.models import CaseRow, DocumentRow, EntryRow, MessageRow, TaskRow

__all__ = [
    "Content",
    "card_lines",
    "case_of",
    "cases_of",
    "content_of",
    "day_of",
    "decision_of",
    "document_of",
    "entry_of",
    "message_of",
    "sealed",
    "sealed_text",
    "task_of",
    "tasks_of",
    "unsealed_text",
]

T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """What is sealed in a case: everything about the person, and every reason in somebody's words."""

    who: Who
    words: str = ""
    about: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    transfer_to: str = ""
    by: Who | None = None
    doubt: str = ""
    wanted: str = ""
    how: str = ""
    email_confirmed: bool = False
    mandate: int | None = None
    mandate_reason: str = ""
    reason: str = ""  # of a refusal, an extension, a fee
    fee: str = ""
    died: bool = False
    letter_seen: bool = False  # the signed letter that the policy asks for is there, or was waived
    letter_waived: str = ""
    done: Mapping[str, Any] = field(default_factory=dict)  # what carrying out came to, for the letter
    registered: tuple[str, ...] = ()  # entries made in registers
    files: tuple[int, ...] = ()  # documents that go with the answer


def sealed(store: Store, value: object) -> bytes:
    return store.seal(msgspec.json.encode(value))


def unsealed(store: Store, content: bytes | memoryview, kind: type[T]) -> T:
    return msgspec.json.decode(store.unseal(bytes(content)), type=kind)


def sealed_text(store: Store, text: str) -> bytes:
    return store.seal(text.encode()) if text else b""


def unsealed_text(store: Store, content: bytes | memoryview) -> str:
    return store.unseal(bytes(content)).decode() if content else ""


def cases_of(store: Store) -> QuerySet[CaseRow]:
    from ordholden.cases.models import CaseRow

    return CaseRow.objects.using(store.alias).filter(organisation=store.organisation)


def tasks_of(store: Store) -> QuerySet[TaskRow]:
    from ordholden.cases.models import TaskRow

    return TaskRow.objects.using(store.alias).filter(organisation=store.organisation)


def day_of(store: Store) -> date:
    """The day in Copenhagen, by the store's clock."""
    return store.now().astimezone(ZoneInfo("Europe/Copenhagen")).date()


def content_of(store: Store, row: CaseRow) -> Content:
    return unsealed(store, row.sealed, Content)


def decision_of(store: Store, row: CaseRow) -> Decision | None:
    return unsealed(store, row.decision, Decision) if row.decision else None


def card_lines(cards: Iterable[Card]) -> bytes:
    return json.dumps([(c.table.system, c.table.table, key_to_text(c.key)) for c in cards]).encode()


def _cards(store: Store, row: CaseRow) -> tuple[Card, ...]:
    if not row.cards:
        return ()
    lines = json.loads(store.unseal(bytes(row.cards)))
    return tuple(Card(TableName(system, table), key_from_text(key)) for system, table, key in lines)


def case_of(store: Store, row: CaseRow, on: date | None = None) -> Case:
    content = content_of(store, row)
    due, unpaused = clock.dues(row, on or day_of(store))
    return Case(
        number=row.number,
        right=row.right,
        channel=Channel(row.channel),
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        who=content.who,
        words=content.words,
        about=content.about,
        changes=content.changes,
        transfer_to=content.transfer_to,
        language=row.language,
        received_at=row.received_at,
        received_on=row.received_on,
        due=due,
        unpaused=unpaused,
        extended=row.months > clock.MONTHS,
        paused_since=row.paused_since,
        owner=row.owner,
        identity=Identity(
            IdentityState(row.identity), content.doubt, content.wanted, content.how, content.email_confirmed
        ),
        representation=Representation(
            RepresentationState(row.representation), content.by, content.mandate, content.mandate_reason
        ),
        controller=row.controller,
        campaign=row.campaign,
        origin=row.origin,
        plan=row.plan,
        cards=_cards(store, row),
        ground=row.ground,
        fee=content.fee if row.waits_for != "fee" else "",
        waits_for=row.waits_for,
        decided_by=row.decided_by,
        closed_at=row.closed_at,
        needs_staff=row.needs_staff,
        version=row.version,
        asked_by=row.asked_by,
        asked_for=row.asked_for,
    )


def entry_of(store: Store, row: EntryRow) -> Entry:
    return Entry(row.at, row.actor, row.what, row.facts, unsealed_text(store, row.note))


def task_of(store: Store, row: TaskRow, number: str) -> Task:
    receipts: dict[str, str] = json.loads(unsealed_text(store, row.receipts) or "{}")
    return Task(
        id=row.pk,
        case=number,
        kind=TaskKind(row.kind),
        key=row.key,
        system=row.system,
        state=TaskState(row.state),
        due=row.due,
        attempts=row.attempts,
        next_at=row.next_at,
        leased_until=row.leased_until,
        fields=tuple(row.fields),
        receipts={k: v for k, v in receipts.items() if k},
        receipt=receipts.get("", ""),
        reason=row.reason,
        done_at=row.done_at,
        done_by=row.done_by,
        steps=row.steps,
        together=row.together,
        failing_since=datetime.fromisoformat(row.steps["failing"]) if "failing" in row.steps else None,
    )


def message_of(store: Store, row: MessageRow) -> Message:
    subject, body = json.loads(store.unseal(bytes(row.sealed)))
    return Message(
        row.pk, row.incoming, row.at, row.actor, row.kind, subject, body, tuple(row.documents), row.delivery
    )


def document_of(store: Store, row: DocumentRow) -> Document:
    name = unsealed_text(store, row.name)
    return Document(row.pk, name, row.type, row.size, row.purpose, row.at, row.incoming)
