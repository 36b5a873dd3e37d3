"""What goes in and comes out, as OpenAPI describes it. Dates are days in Copenhagen; moments have a zone."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema

from ordholden.cases.case import (
    Case,
    CaseFile,
    Change,
    Channel,
    Figures,
    Line,
    Proposal,
    Request,
    Task,
    Upload,
    Who,
)
from ordholden.problems import Refusal

__all__ = [
    "Answered",
    "CaseFileShape",
    "CasePage",
    "CaseShape",
    "Confirmed",
    "Decided",
    "FiguresShape",
    "FileShape",
    "Given",
    "LetterShape",
    "NewHook",
    "NewRequest",
    "Numbers",
    "Ok",
    "Owner",
    "PersonShape",
    "ProposalShape",
    "Reason",
    "Receipts",
    "Refused",
    "TaskShape",
    "Texted",
    "Uses",
    "Wanted",
    "uploads",
]

LARGEST = 10 * 1024 * 1024
Short = Field("", max_length=300)
Long = Field("", max_length=20_000)


class Ok(Schema):
    """It was done."""

    done: bool = True


class WhoShape(Schema):
    """A person as they say who they are."""

    name: str = Short
    email: str = Short
    phone: str = Short
    address: str = Short
    identifiers: dict[str, str] = {}

    def noun(self) -> Who:
        return Who(self.name, self.email, self.phone, self.address, dict(self.identifiers))


class ChangeShape(Schema):
    """What is to be corrected."""

    what: str = Field(max_length=200)
    old: str = Short
    new: str = Short


class FileShape(Schema):
    """A file, its content in base64."""

    name: str = Field(max_length=200)
    content: str = Field(max_length=LARGEST * 2)
    type: str = Field("application/octet-stream", max_length=200)


class NewRequest(Schema):
    """What somebody asks for."""

    right: str = Field(max_length=60)
    channel: Literal[
        "portal", "telephone", "email", "letter", "chat", "social media", "reseller", "api", "processor"
    ] = "api"
    who: WhoShape
    on_behalf: WhoShape | None = None
    words: str = Long
    about: list[str] = Field([], max_length=100)
    changes: list[ChangeShape] = Field([], max_length=100)
    language: Literal["da", "en"] = "da"
    controller: str = Short
    campaign: str = Short
    transfer_to: str = Short
    origin: str = Field("", max_length=64)
    files: list[FileShape] = Field([], max_length=5)

    def noun(self) -> Request:
        return Request(
            right=self.right,
            channel=Channel(self.channel),
            who=self.who.noun(),
            words=self.words,
            about=tuple(self.about),
            on_behalf=self.on_behalf.noun() if self.on_behalf else None,
            language=self.language,
            controller=self.controller,
            campaign=self.campaign,
            changes=tuple(Change(c.what, c.old, c.new) for c in self.changes),
            transfer_to=self.transfer_to,
            origin=self.origin,
        )


def uploads(files: list[FileShape], purpose: str = "attachment") -> tuple[Upload, ...]:
    """Files as a case takes them: known by their content, and none that runs."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from ordholden.web.uploads import received

    found = []
    for file in files:
        try:
            content = base64.b64decode(file.content, validate=True)
        except (binascii.Error, ValueError):
            raise Refusal.of("upload-kind", file=file.name, known="base64") from None
        found.append(SimpleUploadedFile(file.name, content))
    return received(found, purpose=purpose)


class CaseShape(Schema):
    """A case, and nothing about the person but the number."""

    number: str
    right: str
    channel: str
    state: str
    outcome: str | None = None
    language: str
    received_at: datetime
    own_due: date | None = None
    legal_due: date
    unpaused_due: date
    extended: bool
    paused_since: date | None = None
    owner: str
    identity: str
    representation: str
    controller: str
    plan: str
    waits_for: str
    closed_at: datetime | None = None
    version: int

    @classmethod
    def of(cls, case: Case) -> CaseShape:
        return cls(
            number=case.number,
            right=case.right,
            channel=case.channel.value,
            state=case.state.value,
            outcome=case.outcome.value if case.outcome else None,
            language=case.language,
            received_at=case.received_at,
            own_due=case.due.own,
            legal_due=case.due.legal,
            unpaused_due=case.unpaused.legal,
            extended=case.extended,
            paused_since=case.paused_since,
            owner=case.owner,
            identity=case.identity.state.value,
            representation=case.representation.state.value,
            controller=case.controller,
            plan=case.plan,
            waits_for=case.waits_for,
            closed_at=case.closed_at,
            version=case.version,
        )


class TaskShape(Schema):
    """One thing to be done for a case."""

    id: int
    case: str
    kind: str
    system: str
    state: str
    due: date | None = None
    attempts: int
    next_at: datetime | None = None
    fields: list[str]
    reason: str
    done_at: datetime | None = None

    @classmethod
    def of(cls, task: Task) -> TaskShape:
        return cls(
            id=task.id,
            case=task.case,
            kind=task.kind.value,
            system=task.system,
            state=task.state.value,
            due=task.due,
            attempts=task.attempts,
            next_at=task.next_at,
            fields=list(task.fields),
            reason=task.reason,
            done_at=task.done_at,
        )


class EntryShape(Schema):
    """A line of the timeline."""

    at: datetime
    actor: str
    what: str
    facts: dict[str, Any]


class MessageShape(Schema):
    """A message to the person, or from them."""

    id: int
    incoming: bool
    at: datetime
    kind: str
    subject: str
    body: str
    documents: list[int]
    delivery: str


class DocumentShape(Schema):
    """A file of the case."""

    id: int
    name: str
    type: str
    size: int
    purpose: str
    at: datetime


class LineShape(Schema):
    """What is decided about like data; `until` is the last day it stays."""

    system: str
    table: str
    category: str
    activity: str
    granted: bool
    ground: str
    until: date | None = None
    why: str
    count: int

    @classmethod
    def of(cls, line: Line) -> LineShape:
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class CaseFileShape(Schema):
    """Everything about one case."""

    case: CaseShape
    who: WhoShape
    words: str
    about: list[str]
    timeline: list[EntryShape]
    tasks: list[TaskShape]
    messages: list[MessageShape]
    documents: list[DocumentShape]
    decision: list[LineShape]

    @classmethod
    def of(cls, file: CaseFile) -> CaseFileShape:
        who = file.case.who
        return cls(
            case=CaseShape.of(file.case),
            who=WhoShape(
                name=who.name,
                email=who.email,
                phone=who.phone,
                address=who.address,
                identifiers=dict(who.identifiers),
            ),
            words=file.case.words,
            about=list(file.case.about),
            timeline=[
                EntryShape(at=e.at, actor=e.actor, what=e.what, facts=dict(e.facts)) for e in file.entries
            ],
            tasks=[TaskShape.of(t) for t in file.tasks],
            messages=[
                MessageShape(
                    id=m.id,
                    incoming=m.incoming,
                    at=m.at,
                    kind=m.kind,
                    subject=m.subject,
                    body=m.body,
                    documents=list(m.attachments),
                    delivery=m.delivery,
                )
                for m in file.messages
            ],
            documents=[
                DocumentShape(id=d.id, name=d.name, type=d.type, size=d.size, purpose=d.purpose, at=d.at)
                for d in file.documents
            ],
            decision=[LineShape.of(one) for one in file.decision.lines] if file.decision else [],
        )


class CasePage(Schema):
    """Some of many; `after` asks for the next."""

    cases: list[CaseShape]
    after: str


class ProposalShape(Schema):
    """What the grounds say, before anybody decided."""

    outcome: str
    lines: list[LineShape]
    doubts: list[str]
    choices: dict[str, str]

    @classmethod
    def of(cls, proposal: Proposal) -> ProposalShape:
        return cls(
            outcome=proposal.outcome.value,
            lines=[LineShape.of(one) for one in proposal.lines],
            doubts=list(proposal.doubts),
            choices=dict(proposal.choices),
        )


class PersonShape(Schema):
    """Somebody who could be meant, masked; `card` is what other operations want."""

    card: str
    shown: str
    system: str


class Wanted(Schema):
    """A doubt about who asks, and what is asked for."""

    doubt: str = Field(max_length=2_000)
    wanted: str = Field(max_length=2_000)


class Confirmed(Schema):
    """Who it is, and how that is known."""

    cards: list[str] = Field([], max_length=50)
    how: str = Field(max_length=2_000)


class Decided(Schema):
    """What was decided where the policy leaves it open: activity to `ends` or `stays`."""

    decided: dict[str, Literal["ends", "stays"]] = {}
    reason: str = Long


class Refused(Schema):
    """A refusal, on a ground from the list."""

    ground: str = Field(max_length=60)
    reason: str = Field(max_length=20_000)


class Reason(Schema):
    """Why."""

    reason: str = Long


class Owner(Schema):
    """Who takes the case."""

    owner: str = Field(max_length=60)


class Texted(Schema):
    """A message or a note."""

    text: str = Field(max_length=20_000)
    subject: str = Short
    files: list[FileShape] = Field([], max_length=5)


class Answered(Schema):
    """What a controller or a sub-processor answered."""

    by: str = Field(max_length=300)
    text: str = Field(max_length=20_000)
    files: list[FileShape] = Field([], max_length=5)


class Given(Schema):
    """Whom a request goes on to; nobody named is everybody whom the policy knows."""

    recipients: list[str] = Field([], max_length=100)


class Receipts(Schema):
    """What was done by hand, for each field."""

    receipts: dict[str, str]


class LetterShape(Schema):
    """A letter as it would be sent."""

    kind: str
    language: str
    subject: str
    text: str
    html: str


class Numbers(Schema):
    """The figures of one right."""

    right: str
    open: int
    late: int
    closed: int
    median_days: float | None = None


class FiguresShape(Schema):
    """How the cases stand."""

    on: date
    open: int
    late: int
    paused: int
    due_in_7_days: int
    closed: int
    closed_late: int
    median_days: float | None = None
    rights: list[Numbers]

    @classmethod
    def of(cls, figures: Figures) -> FiguresShape:
        plain = {name: getattr(figures, name) for name in cls.model_fields if name != "rights"}
        rights = [Numbers(**{n: getattr(r, n) for n in Numbers.model_fields}) for r in figures.rights]
        return cls(**plain, rights=rights)


class Uses(Schema):
    """Whether people's data may be used for a purpose: each by an identifier."""

    purpose: str = Field(max_length=200)
    people: list[str] = Field(max_length=10_000)


class NewHook(Schema):
    """An address that is told when cases change."""

    url: str = Field(max_length=2_000)
