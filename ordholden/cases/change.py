"""One change of one case: its row is held, the move is checked, and row, timeline and audit are written together.

Whoever comes at the same time waits. What fails leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ordholden import audit
from ordholden.cases import states
from ordholden.cases.case import Case, Decision, State, Upload, Who
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import (
    Content,
    card_lines,
    case_of,
    cases_of,
    content_of,
    day_of,
    sealed,
    sealed_text,
)
from ordholden.grounds.wishes import Card
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.cases.models import CaseRow

__all__ = ["Opened", "attach", "contacts", "opened"]


class Opened:
    """A case whose row the caller's transaction holds. Change `row` and `content`; the end of the block writes them."""

    def __init__(self, corridor: Corridor, row: CaseRow, content: Content) -> None:
        self.corridor, self.row = corridor, row
        self.store = corridor.store
        self.content = content
        self.on = day_of(self.store)
        self.cards: tuple[Card, ...] | None = None
        self._said: list[audit.Draft] = []
        self._entries: list[tuple[str, str, Mapping[str, str], str]] = []

    @property
    def state(self) -> State:
        return State(self.row.state)

    @property
    def case(self) -> Case:
        """The case as it stands now, changes of this block among it."""
        self._seal()
        return case_of(self.store, self.row, self.on)

    def know(self, **facts: Any) -> None:
        """Changes what is sealed."""
        self.content = replace(self.content, **facts)

    def move(self, verb: str) -> None:
        """Checks that the verb is allowed from here, and goes where it leads."""
        self.row.state = states.after(verb, self.state, case=self.row.number).value
        self.row.open = self.state is not State.CLOSED

    def decide(self, decision: Decision) -> None:
        self.row.decision = sealed(self.store, decision)
        self.row.outcome = decision.outcome.value
        self.row.plan = decision.plan

    def record(self, what: str, *, actor: str, note: str = "", **facts: object) -> None:
        """A line of the timeline, and the same in the audit chain; `facts` are never about a person, a note may be."""
        plain = {k.replace("_", " "): str(v) for k, v in facts.items()}
        self._entries.append((actor, what, plain, note))
        self._said.append(audit.Draft(actor, what, self.row.number, plain))

    def write(self) -> None:
        from ordholden.cases.models import EntryRow

        self._seal()
        self.row.version += 1
        self.row.save(using=self.store.alias)
        EntryRow.objects.using(self.store.alias).bulk_create(
            EntryRow(
                organisation=self.store.organisation,
                case=self.row,
                at=self.store.now(),
                actor=actor,
                what=what,
                facts=facts,
                note=sealed_text(self.store, note),
            )
            for actor, what, facts, note in self._entries
        )
        audit.record_many(self.store, self._said)

    def _seal(self) -> None:
        self.row.sealed = sealed(self.store, self.content)
        if self.cards is not None:
            self.row.cards = self.store.seal(card_lines(self.cards)) if self.cards else b""


@contextmanager
def opened(corridor: Corridor, number: str) -> Iterator[Opened]:
    """The case of a number, held until the block ends. A Refusal where there is none."""
    store = corridor.store
    with store.transaction():
        row = cases_of(store).select_for_update().filter(number=number.strip()).first()
        if row is None:
            raise Refusal.of("case-unknown", case=number)
        case = Opened(corridor, row, content_of(store, row))
        yield case
        case.write()


def attach(case: Opened, files: Sequence[Upload], *, incoming: bool) -> tuple[int, ...]:
    """Keeps files, sealed; their numbers."""
    from ordholden.cases.models import ContentRow, DocumentRow

    store = case.store
    made = []
    for file in files:
        row = DocumentRow(
            organisation=store.organisation,
            case=case.row,
            at=store.now(),
            incoming=incoming,
            purpose=file.purpose,
            type=file.type,
            size=len(file.content),
            name=sealed_text(store, file.name),
        )
        row.save(using=store.alias)
        ContentRow(organisation=store.organisation, document=row, sealed=store.seal(file.content)).save(
            using=store.alias
        )
        made.append(row.pk)
    return tuple(made)


def contacts(case: Opened) -> None:
    """What the people of a case can be looked for by."""
    from ordholden.cases.models import ContactRow

    store = case.store
    digests = {d for who in (case.content.who, case.content.by) if who for d in known_by(case.corridor, who)}
    ContactRow.objects.using(store.alias).bulk_create(
        ContactRow(organisation=store.organisation, case=case.row, digest=digest)
        for digest in sorted(digests)
    )


def known_by(corridor: Corridor, who: Who) -> Iterator[str]:
    """The digests of everything that somebody is known by, each in its one spelling."""
    for line in who.lines:
        kind, _, value = line.partition(":")
        yield from contact_digest(corridor, kind, value)


def contact_digest(corridor: Corridor, kind: str, value: str) -> Iterator[str]:
    from ordholden import identifiers

    normal = identifiers.normal(kind, value)
    if normal is not None:
        yield corridor.store.digest(kind, normal, use="case contact")


def request_digest(corridor: Corridor, parts: Mapping[str, object]) -> str:
    """By this the same request is known again."""
    return corridor.store.digest(json.dumps(parts, sort_keys=True, default=str), use="case request")
