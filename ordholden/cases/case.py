"""The nouns of a case: the request as it came, the case as it stands, its timeline, tasks, messages and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from ordholden.grounds.wishes import Card
from ordholden.law.deadline import Due

__all__ = [
    "FROM_PARTNER",
    "Case",
    "CaseFile",
    "Change",
    "Channel",
    "Decision",
    "Document",
    "Entry",
    "Figures",
    "Identity",
    "IdentityState",
    "Line",
    "Message",
    "Outcome",
    "Page",
    "Proposal",
    "Representation",
    "RepresentationState",
    "Request",
    "RightFigures",
    "State",
    "Task",
    "TaskKind",
    "TaskLine",
    "TaskState",
    "Ticked",
    "Upload",
    "Who",
]

T = TypeVar("T")

FROM_PARTNER = "from partner"
"""The purpose of a file that a controller or a processor gave us, until the person is answered."""
_WITH_PARTNERS = frozenset(
    ("partner", "processor-request", "controller-request", "controller-reminder", "recipient-told")
)


class Channel(StrEnum):
    """How a request arrived. Any of them starts the clock."""

    PORTAL = "portal"
    TELEPHONE = "telephone"
    EMAIL = "email"
    LETTER = "letter"
    CHAT = "chat"
    SOCIAL = "social media"
    RESELLER = "reseller"
    API = "api"
    PROCESSOR = "processor"


class State(StrEnum):
    """Where a case stands; which moves there are is in `states`."""

    RECEIVED = "received"
    IDENTIFYING = "identifying"  # identity or representation is awaited
    WORKING = "working"
    APPROVING = "approving"  # a second person is awaited
    CARRYING_OUT = "carrying out"
    HANDED_OVER = "handed over"  # the controller, or the sub-processors, have it
    ANSWERING = "answering"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a case ended, or will."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed over"
    NOT_IDENTIFIED = "not identified"
    NOTHING_FOUND = "nothing found"


@dataclass(frozen=True)
class Who:
    """A person as they say who they are. Nothing of it is believed before identity is confirmed."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Who(…)"

    @property
    def lines(self) -> tuple[str, ...]:
        """Words by which the person can be looked for, each an identifier with its kind; not the name alone."""
        own = {"email": self.email, "phone": self.phone, **self.identifiers}
        return tuple(f"{kind}:{value}" for kind, value in own.items() if value.strip())


@dataclass(frozen=True)
class Change:
    """What a person wants corrected: a category (or `system.table.column`), as it is, and as it should be."""

    what: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Upload:
    """A file that came with a request or a message."""

    name: str
    content: bytes = field(repr=False)
    type: str = "application/octet-stream"
    purpose: str = (
        "attachment"  # attachment, representation, identity, signed letter, answer, export, receipt
    )


@dataclass(frozen=True)
class Request:
    """What somebody asks for. `about` are activities, consents or categories; empty is everything."""

    right: str
    channel: Channel
    who: Who
    words: str = ""
    about: tuple[str, ...] = ()
    on_behalf: Who | None = None  # the person it is about, where somebody else asks for them
    language: str = "da"
    received_at: datetime | None = None  # None: now
    controller: str = ""  # where the organisation is only the processor: whose data it is
    campaign: str = ""  # or the campaign that tells it
    changes: tuple[Change, ...] = ()
    transfer_to: str = ""  # portability: the endpoint that is to receive the data
    origin: str = (
        ""  # the number that the case has where it came from (a controller's, a reseller's, a mail's id)
    )
    signed: bool = False  # arrived as a signed letter, and the signature was seen
    asked_by: int = 0  # of the tree outside: the party that asks,
    asked_for: int = 0  # and the one it asks for
    partner: str = ""  # whose installation passed it on: they have told the person, and tell them the answer


class IdentityState(StrEnum):
    """How sure it is that the one who asks is the one it is about."""

    UNDOUBTED = "undoubted"  # no reasonable doubt was recorded; the person still has to be found
    ASKED = "asked"  # a doubt was recorded, and something was asked for
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class Identity:
    """The doubt there was in this one case, what was asked for, and how it was settled (GDPR art. 12(6))."""

    state: IdentityState = IdentityState.UNDOUBTED
    doubt: str = ""
    wanted: str = ""
    how: str = ""
    email_confirmed: bool = (
        False  # somebody reads that mailbox: a way to reach them, and no proof of who they are
    )


class RepresentationState(StrEnum):
    """Whether somebody may act for the person it is about."""

    NONE = "none"
    ASKED = "asked"  # the document is missing
    RECEIVED = "received"  # nobody has looked at it yet
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Representation:
    """Who acts for whom; the case's `who` is the one it is about, `by` is the one who asks."""

    state: RepresentationState = RepresentationState.NONE
    by: Who | None = None
    document: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Case:
    """A case as it stands. `version` counts its changes."""

    number: str
    right: str
    channel: Channel
    state: State
    outcome: Outcome | None
    who: Who
    words: str
    about: tuple[str, ...]
    changes: tuple[Change, ...]
    transfer_to: str
    language: str
    received_at: datetime
    received_on: date
    due: Due
    unpaused: Due  # what `due` would be had the clock never stood still
    extended: bool
    paused_since: date | None
    owner: str
    identity: Identity
    representation: Representation
    controller: str
    campaign: str
    origin: str
    plan: str
    cards: tuple[Card, ...]
    ground: str  # of a refusal
    fee: str  # what was decided to be charged; empty: nothing, which is the rule
    waits_for: str  # what the second person is to approve: "decision", "refusal", "fee" or nothing
    decided_by: str
    closed_at: datetime | None
    needs_staff: bool  # something arrived that nobody has looked at
    version: int
    asked_by: int = 0  # of the tree outside: who asked,
    asked_for: int = 0  # and for whom

    @property
    def open(self) -> bool:
        return self.state is not State.CLOSED

    def late(self, on: date) -> bool:
        """Whether the law's day has gone by without an answer. A pause moves the day, and does not hide the other one."""
        return self.open and on > self.due.legal


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; `what` has three parts, like `request:identity:confirmed`."""

    at: datetime
    actor: str
    what: str
    facts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


class TaskKind(StrEnum):
    """What has to be done for a case."""

    CARRY_OUT = "carry out"  # the right's own deed, through the corridor
    BY_HAND = "by hand"  # in a system without a connector: a person, with a receipt for each field
    TELL_RECIPIENT = "tell recipient"  # GDPR art. 19
    HAND_OVER = "hand over"  # send it to the controller, or to a sub-processor
    AWAIT_ANSWER = "await answer"  # from the controller, or from a sub-processor
    LIFT = "lift"  # a restriction, after the person was told
    TELL_PARTNER = "tell partner"  # another installation: the answer to what it passed on, or a reminder


class TaskState(StrEnum):
    """Where a task stands. Waiting is normal, and so is a person who has to do it."""

    WAITING = "waiting"
    RUNNING = "running"
    BY_HAND = "by hand"
    DONE = "done"
    FAILED = "failed"  # given up; somebody has to look
    DROPPED = "dropped"  # the case was withdrawn, or decided otherwise


@dataclass(frozen=True)
class Task:
    """One thing to be done. `key` is unique within the case: making the same task again makes none.

    `fields` are what a person has to see to, `receipts` what they wrote down for each.
    """

    id: int
    case: str
    kind: TaskKind
    key: str
    system: str
    state: TaskState
    due: date | None
    attempts: int
    next_at: datetime | None
    leased_until: datetime | None
    fields: tuple[str, ...]
    receipts: Mapping[str, str]
    receipt: str
    reason: str
    done_at: datetime | None
    done_by: str
    steps: Mapping[str, str] = field(default_factory=dict)  # a partner's: sent, received, answered, reminded
    together: str = ""  # tasks with the same word may be done by one plan
    failing_since: datetime | None = None  # the first try that came to nothing


@dataclass(frozen=True)
class Document:
    """A file of a case; its content is fetched for itself."""

    id: int
    name: str
    type: str
    size: int
    purpose: str
    at: datetime
    incoming: bool

    @property
    def for_person(self) -> bool:
        """Receipts are of work in the systems; what partners gave is looked at first, and goes with the answer."""
        return self.purpose not in ("receipt", FROM_PARTNER)


@dataclass(frozen=True)
class Message:
    """What was written to the person, or came from them. `kind` is the letter's, or "message"."""

    id: int
    incoming: bool
    at: datetime
    actor: str
    kind: str
    subject: str
    body: str
    attachments: tuple[int, ...] = ()
    delivery: str = ""  # what became of it: "sent", "waiting", "bounced: …"

    @property
    def with_partner(self) -> bool:
        """Between us and a controller or a processor. The person is told what comes of it, and not this."""
        return self.kind in _WITH_PARTNERS


@dataclass(frozen=True)
class Line:
    """One datum, or a group of like ones, of a decision. `until` is the last day it stays, None while that is open."""

    system: str
    table: str
    category: str
    activity: str
    granted: bool
    ground: str = ""
    until: date | None = None
    why: str = ""
    count: int = 1


@dataclass(frozen=True)
class Proposal:
    """What the grounds say about a request, before anybody decided: the lines, the outcome, and what is doubtful.

    `choices` are activities that leave it to a person (`on request: decide`), each with what is proposed.
    """

    lines: tuple[Line, ...] = ()
    outcome: Outcome = Outcome.GRANTED
    doubts: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    plan: str = ""  # the plan that was made for it, where the right needs one
    recipients: tuple[str, ...] = ()  # to be told when it is done
    facts: Mapping[str, Any] = field(default_factory=dict)  # what the letter says beyond the lines


@dataclass(frozen=True)
class Decision:
    """What somebody decided: the lines, and per activity what happens to its ground (`ends`, `stays`)."""

    lines: tuple[Line, ...]
    outcome: Outcome
    by: str
    at: datetime
    decided: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    plan: str = ""
    recipients: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseFile:
    """Everything about one case; read with the same number of questions however much there is."""

    case: Case
    entries: tuple[Entry, ...]
    tasks: tuple[Task, ...]
    messages: tuple[Message, ...]
    documents: tuple[Document, ...]
    decision: Decision | None

    @property
    def done(self) -> int:
        """So many of its tasks are done: n of m."""
        return sum(t.state is TaskState.DONE for t in self.tasks)

    @property
    def wanted(self) -> int:
        return sum(t.state is not TaskState.DROPPED for t in self.tasks)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of many; `after` asks for the next page, and is empty on the last."""

    items: tuple[T, ...]
    after: str = ""


@dataclass(frozen=True)
class TaskLine:
    """One line of somebody's start page: a case that is due, or a task in it. Overdue first."""

    case: str
    right: str
    what: str  # "answer", "approve", "message", "identity", or a task's kind
    due: date
    overdue: bool
    state: str
    name: str  # whom it is about
    task: int | None = None
    system: str = ""
    reason: str = ""


@dataclass(frozen=True)
class RightFigures:
    """The figures of one right."""

    right: str
    open: int
    late: int
    closed: int
    median_days: float | None


@dataclass(frozen=True)
class Figures:
    """How the cases stand on a day; closed ones are those of the last twelve months."""

    on: date
    open: int
    late: int
    paused: int
    due_in_7_days: int
    closed: int
    closed_late: int
    median_days: float | None
    rights: Sequence[RightFigures] = ()
    waiting_tasks: int = 0
    failed_tasks: int = 0


@dataclass(frozen=True)
class Ticked:
    """What an hour brought: numbers, which the worker writes to its log."""

    reminded: int = 0
    escalated: int = 0
    extended_notices: int = 0
    resumed: int = 0
    identity_lapsed: int = 0
    controllers_reminded: int = 0
    forgotten: int = 0
