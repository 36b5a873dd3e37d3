"""The hall: one organisation, open, with every verb that the doors may use.

Reads the folder once, opens systems and store when they are first needed, and hands each room what it needs: readers to
everybody, writers to `plans` alone, holds and consents as values to the engine.
"""

from __future__ import annotations

import fcntl
import getpass
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ordholden.app.leftovers import let_go
from ordholden.app.systems import Systems
from ordholden.connectors.errors import SystemFailure
from ordholden.grounds.quality import doubts
from ordholden.grounds.wishes import Card, Hold, MatterKey, Objection, Wishes
from ordholden.inventory.fits import fits
from ordholden.inventory.live import fits_live
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import Inventory, TableName
from ordholden.lang.html import table
from ordholden.plans.correct import Wrong, carry_out, make_correction, verify_correction
from ordholden.plans.execute import Hands, execute
from ordholden.plans.make import make, rule_digest
from ordholden.plans.plan import Operation, Plan, Scope, ScopeKind, Step
from ordholden.plans.replay import due_again, replay
from ordholden.plans.sight import Memory, Sight
from ordholden.plans.spool import Spool
from ordholden.plans.stays import stays
from ordholden.plans.verify import Finding, identifiers_of, verify
from ordholden.policy.document import Activity, OnRequest, Policy, Text
from ordholden.policy.names import NAME as LOOK
from ordholden.policy.names import named, read_look
from ordholden.policy.read import read_policy
from ordholden.problems import Level, Problem, Problems, Refusal, nearest

if TYPE_CHECKING:
    from ordholden.app.desk import Desk
    from ordholden.app.sheet import Sheets
    from ordholden.audit import Broken, Entry, Link, Verified
    from ordholden.footprints.explain import Explanation
    from ordholden.footprints.export import Export
    from ordholden.footprints.use import Decision, Uses
    from ordholden.plans.book import Book, Kept
    from ordholden.plans.correction import Values
    from ordholden.promises import Promises
    from ordholden.registers.holds import HoldRecord
    from ordholden.store import Store

__all__ = ["Difference", "Organisation", "Outcome", "open_organisation", "today"]

Progress = Callable[[str, int], None]

NAMED_PEOPLE = 1_000
"""For so many cards a plan says what stays, and why; for more the numbers are what people look at."""
SCHEMA_SECONDS = 5.0
"""A live schema that was read longer ago is read again before anything is written."""


def nothing(what: str, rows: int) -> None:
    """Progress that nobody watches."""


def today() -> date:
    """The calendar day in Copenhagen."""
    return datetime.now(ZoneInfo("Europe/Copenhagen")).date()


def whoever() -> str:
    """The person at the keyboard: `ORDHOLDEN_ACTOR`, else the account's name."""
    return os.environ.get("ORDHOLDEN_ACTOR") or getpass.getuser()


@dataclass(frozen=True)
class Outcome:
    """What became of a plan: its state, what verification found, and when the data leaves each system's backups."""

    kept: Kept
    changed: Mapping[str, int]
    findings: tuple[Finding, ...]
    backups_until: Mapping[str, date | None]

    def __repr__(self) -> str:
        rows = sum(self.changed.values())
        return (
            f"<{self.kept.plan.id}: {self.kept.state}, {rows:,} rows changed, {len(self.findings)} findings>"
        )

    def _repr_html_(self) -> str:
        found = [(f.code, ", ".join(f"{k} {v}" for k, v in f.facts.items())) for f in self.findings]
        return table(("changed", "rows"), list(self.changed.items()), caption=repr(self)[1:-1]) + (
            table(("found", ""), found) if found else ""
        )


@dataclass(frozen=True)
class Difference:
    """One line of what a change of policy does: records of a table and operation under the old and the new rules."""

    table: TableName
    operation: Operation
    columns: tuple[str, ...]
    old: int
    new: int
    old_rules: tuple[str, ...]
    new_rules: tuple[str, ...]


class Organisation:
    """An organisation's folder, open. A context manager; `close()` gives back every connection."""

    def __init__(
        self,
        folder: Path,
        policy: Policy,
        inventory: Inventory,
        problems: tuple[Problem, ...],
        *,
        ahead: bool = False,
    ) -> None:
        self.folder = folder
        self.policy = policy
        self.inventory = inventory
        self.problems = problems
        self._systems = Systems(inventory, folder, ahead=ahead)
        self._memory = Memory()

    def __repr__(self) -> str:
        return f"Organisation({self.policy.organisation.name!r})"

    def __enter__(self) -> Organisation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._systems.close()
        if "store" in self.__dict__:
            self.store.close()

    # — parts —

    @cached_property
    def store(self) -> Store:
        from ordholden.store import open_store

        return open_store(self.folder, organisation=self.policy.organisation.name)

    @cached_property
    def book(self) -> Book:
        from ordholden.plans.book import Book

        return Book(self.store, self.inventory)

    @cached_property
    def footprints(self):  # type: ignore[no-untyped-def]
        from ordholden.footprints import Footprints

        return Footprints(self.inventory, self._systems.readers(), self.policy)

    @cached_property
    def desk(self) -> Desk:
        """Every verb of cases."""
        from ordholden.app.desk import Desk

        return Desk(self)

    def sight(self, on: date, wishes: Wishes | None = None) -> Sight:
        """A look at all systems on one day, with the holds and consents that stand."""
        readers = self._systems.readers()
        return Sight(
            self.policy,
            self.inventory,
            readers,
            self.footprints,
            on,
            self.wishes(on) if wishes is None else wishes,
            memory=self._memory,
        )

    @property
    def unreachable(self) -> tuple[Problem, ...]:
        return self._systems.unreachable

    # — check —

    def check(self, *, live: bool = True) -> tuple[Problem, ...]:
        """Everything that is wrong with the two files and with the wordings of letters, and with how they fit the systems."""
        from ordholden.post import wordings

        found = Problems()
        found.extend(self.problems)
        found.extend(wordings(self.folder))
        if live:
            readers = self._systems.readers()
            found.extend(self.unreachable)
            schemas = {
                name: reader.schema()
                for name, reader in readers.items()
                if not self.inventory.systems[name].is_files
            }
            found.extend(fits_live(self.inventory, schemas))
            if not found.broken:
                found.extend(self._doubts())
        return found.all

    def _doubts(self) -> Iterator[Problem]:
        """Dates that keep grounds open though they should not, with the number of records that this keeps."""
        compiler = self.sight(today()).compiler
        for doubt in doubts(compiler):
            rows = self._systems.readers()[doubt.column.table.system].count(doubt.column.table, doubt.rows)
            if rows:
                facts = {
                    "table": str(doubt.column.table),
                    "column": doubt.column.column,
                    "event": doubt.column.event,
                    "rows": str(rows),
                }
                yield Problem(doubt.code, doubt.column.at, facts, Level.WARNING)

    # — what people asked for —

    def wishes(self, on: date) -> Wishes:
        """The holds and restrictions that stand on the day, the consents told to us, and who has been asked."""
        from ordholden.consents import asked, told
        from ordholden.registers.holds import standing

        holds = tuple(self._hold(record) for record in standing(self.store, on))
        return Wishes(
            holds=holds,
            consents=told(self.store),
            asked=asked(self.store),
            objections=tuple(self._objections()),
        )

    def _objections(self) -> Iterator[Objection]:
        """Those that have an effect. What ends a ground is only what is surely the person's; to be left unused, maybe."""
        from ordholden.registers.objections import Standing, standing

        found = standing(self.store)
        known = {card for record in found for card in record.cards}
        links = self.footprints.linked(tuple(known)) if known else {}
        for record in found:
            upheld = record.standing is Standing.UPHELD
            cards = set(record.cards)
            for card in record.cards:
                cards |= {*links[card].sure, *(() if upheld else links[card].doubtful)}
            yield Objection(record.activity, frozenset(cards), upheld)

    def _hold(self, record: HoldRecord) -> Hold:
        cards = set(record.cards)
        if cards:
            for links in self.footprints.linked(tuple(cards)).values():
                cards |= {*links.sure, *links.doubtful}
        return Hold(
            record.id, frozenset(cards), frozenset(record.matters), record.activity, record.restriction
        )

    def find(self, person: str):  # type: ignore[no-untyped-def]
        """Everybody whom the words could mean; never a guess."""
        return self.footprints.find(person)

    def person(self, person: str) -> tuple[Card, ...]:
        """One person's cards in all systems; a Refusal where nobody or several people are meant."""
        found = self.find(person)
        if not found:
            # Somebody whom a silent system knows is not nobody.
            self._must_answer()
            raise Refusal.of("person-unknown", person=_masked(person))
        if len(found) > 1:
            raise Refusal.of(
                "person-ambiguous", person=_masked(person), found="; ".join(f.shown for f in found)
            )
        return (found[0].card, *found[0].links.sure)

    def people(self, people: Sequence[str]) -> tuple[Card, ...]:
        """The cards of many people, found together; a Refusal that names every line nobody or several people answer to."""
        if len(people) == 1:
            return self.person(people[0])
        cards: dict[Card, None] = {}
        problems = []
        for words, found in self.footprints.find_all(people).items():
            if len(found) == 1:
                cards.update(dict.fromkeys((found[0].card, *found[0].links.sure)))
            else:
                code = "person-ambiguous" if found else "person-unknown"
                facts = {"person": _masked(words), "found": "; ".join(f.shown for f in found)}
                problems.append(Problem(code, None, facts))
        if problems:
            self._must_answer()
            raise Refusal(*problems)
        return tuple(cards)

    # — one person —

    @cached_property
    def words(self) -> Mapping[str, Text]:
        """How the policy's own names read in a sentence, where somebody wrote that down."""
        look = self.folder / LOOK
        return named(read_look(look.read_text("utf-8", "replace"))) if look.is_file() else {}

    def explain(
        self, person: str, on: date | None = None, *, reveal: bool = False, actor: str | None = None
    ) -> Explanation:
        """Everything known about one person, and why; values masked unless revealed, which is recorded."""
        from ordholden.footprints.explain import explain

        day = on or today()
        cards = self.person(person)
        found = explain(
            self.footprints,
            self.policy,
            cards,
            on=day,
            wishes=self.wishes(day),
            reveal=reveal,
            words=self.words,
        )
        if reveal:
            self._record_look("person:revealed", cards, actor, {"data": len(found.data)})
        return found

    def export_access(
        self, person: str, to: Path, on: date | None = None, *, actor: str | None = None
    ) -> Export:
        """The person's copy of everything, in a new folder (GDPR art. 15)."""
        from ordholden.footprints.export import export_access

        return self._export(export_access, person, to, on, actor)

    def export_portability(
        self, person: str, to: Path, on: date | None = None, *, actor: str | None = None
    ) -> Export:
        """What the person provided under consent or contract, in a new folder (GDPR art. 20)."""
        from ordholden.footprints.export import export_portability

        return self._export(export_portability, person, to, on, actor)

    def _export(
        self, make_copy: Callable[..., Export], person: str, to: Path, on: date | None, actor: str | None
    ) -> Export:
        """A copy without what a silent system holds would be a wrong answer, so then there is none."""
        readers = self._systems.readers()
        self._must_answer()
        found = self.explain(person, on, reveal=True, actor=actor)
        made = make_copy(found, self.policy, readers, to)
        self._record_look("person:exported", found.cards, actor, {"data": made.data, "files": made.files})
        return made

    # — purposes —

    def may_use(
        self, purpose: str, people: Sequence[str], on: date | None = None, *, actor: str | None = None
    ) -> Mapping[str, Decision]:
        """Whether each person's data may be used for a purpose, with the ground's first day without, or why not."""
        from ordholden.footprints.use import Decision, Ruling

        uses = self._uses(purpose, on)
        found = self.footprints.find_all(tuple(dict.fromkeys(people)))
        several = [
            Problem(
                "person-ambiguous",
                None,
                {"person": _masked(words), "found": "; ".join(f.shown for f in those)},
            )
            for words, those in found.items()
            if len(those) > 1
        ]
        if several:
            raise Refusal(*several)
        cards = {words: those[0].card for words, those in found.items() if those}
        judged = {d.card: d for d in uses.may_use(purpose, tuple(cards.values()))}
        nobody = Card(TableName("", ""), None)
        unknown = Decision(nobody, Ruling.UNKNOWN_PERSON)
        decisions = {words: judged[cards[words]] if words in cards else unknown for words in found}
        self._record_use(purpose, Counter(d.ruling.value for d in decisions.values()), actor)
        return decisions

    def may_use_cards(
        self, purpose: str, cards: Sequence[Card], on: date | None = None, *, actor: str | None = None
    ) -> tuple[Decision, ...]:
        """The same for people who have been found already, by their cards."""
        decisions = self._uses(purpose, on).may_use(purpose, cards)
        self._record_use(purpose, Counter(d.ruling.value for d in decisions), actor)
        return decisions

    def may_use_keys(
        self,
        purpose: str,
        table: str,
        keys: Iterable[object],
        on: date | None = None,
        *,
        actor: str | None = None,
    ) -> Iterator[Sequence[Decision]]:
        """The same for keys of one people table, however many, in batches."""
        uses = self._uses(purpose, on)
        names = {str(t.name): t.name for t in self.inventory.people_tables}
        if table not in names:
            raise Refusal.of("people-table-unknown", table=table, nearest=nearest(table, names))
        return self._counted(purpose, uses.may_use_keys(purpose, names[table], keys), actor)

    def _counted(
        self, purpose: str, pages: Iterator[Sequence[Decision]], actor: str | None
    ) -> Iterator[Sequence[Decision]]:
        counted: Counter[str] = Counter()
        for page in pages:
            counted.update(d.ruling.value for d in page)
            yield page
        self._record_use(purpose, counted, actor)

    def _uses(self, purpose: str, on: date | None) -> Uses:
        from ordholden.footprints.use import Uses

        self._activity(purpose)
        day = on or today()
        footprints = self.footprints
        # What a silent system knows may forbid the use.
        self._must_answer()
        return Uses(footprints, self.policy, day, self.wishes(day))

    def _record_use(self, purpose: str, rulings: Mapping[str, int], actor: str | None) -> None:
        """Every use names its purpose and is written down; the people are a number."""
        from ordholden import audit

        with self.store.transaction():
            audit.record(
                self.store, actor=actor or whoever(), action="use:asked", subject=purpose, facts=dict(rulings)
            )

    def _record_look(
        self, action: str, cards: Sequence[Card], actor: str | None, facts: Mapping[str, object]
    ) -> None:
        """Somebody saw personal data: who, when, how much; the person only as a keyed digest."""
        from ordholden import audit
        from ordholden.store import key_to_text

        first = cards[0]
        subject = self.store.digest(first.table.system, first.table.table, key_to_text(first.key), use="card")
        with self.store.transaction():
            audit.record(self.store, actor=actor or whoever(), action=action, subject=subject, facts=facts)

    # — plans —

    def plan(self, on: date | None = None, *, actor: str | None = None, progress: Progress = nothing) -> Kept:
        """What is due on the day."""
        return self._plan(Scope(ScopeKind.SWEEP), on, Wishes, actor, progress)

    def plan_erasure(
        self,
        people: Sequence[str],
        on: date | None = None,
        *,
        decided: Mapping[str, OnRequest] | None = None,
        actor: str | None = None,
        progress: Progress = nothing,
    ) -> Kept:
        """What the erasure of these people comes to: what goes, and what stays on which ground."""
        for activity in decided or {}:
            self._activity(activity)
        scope = Scope(ScopeKind.ERASE, self.people(people), decided=dict(decided or {}))
        return self._plan(scope, on, None, actor, progress)

    def plan_withdrawal(
        self,
        consent: str,
        people: Sequence[str],
        on: date | None = None,
        *,
        actor: str | None = None,
        progress: Progress = nothing,
    ) -> Kept:
        """What goes when these people withdraw a consent: exactly what rests on it and on nothing else."""
        if consent not in self.policy.consents:
            raise Refusal.of("consent-unknown", word=consent, nearest=nearest(consent, self.policy.consents))
        return self._plan(
            Scope(ScopeKind.WITHDRAW, self.people(people), consent=consent), on, None, actor, progress
        )

    def plan_correction(
        self,
        cards: Sequence[Card],
        wrongs: Sequence[Wrong],
        on: date | None = None,
        *,
        actor: str | None = None,
    ) -> Kept:
        """What putting these people's data right comes to: what is written, what goes by hand, what stays as it is."""
        from ordholden.plans.correction import sealed

        plan, values = self.look_correction(cards, wrongs, on, actor=actor)
        with self.store.transaction():
            kept = self.book.keep(plan)
            sealed(self.store, plan, values)
        return kept

    def look_correction(
        self,
        cards: Sequence[Card],
        wrongs: Sequence[Wrong],
        on: date | None = None,
        *,
        actor: str | None = None,
    ) -> tuple[Plan, Values]:
        """The same, looked at and not kept."""
        self._must_be_sound()
        sight = self.sight(on or today())
        self._must_answer()
        world = self.footprints.world(tuple(cards))
        return make_correction(sight, world, cards, wrongs, store=self.store, made_by=actor or whoever())

    def _plan(self, scope: Scope, on: date | None, _: object, actor: str | None, progress: Progress) -> Kept:
        self._must_be_sound()
        sight = self._scoped(scope, on or today())
        self._must_answer()
        plan = make(
            sight,
            scope,
            known_rules=self.book.known_rules(),
            problems=self.unreachable,
            made_by=actor or whoever(),
            progress=progress,
        )
        if scope.of_people and len(scope.cards) <= NAMED_PEOPLE:
            plan = replace(plan, stays=stays(sight, scope))
        watched = identifiers_of(scope.cards, sight) if scope.kind is ScopeKind.ERASE else []
        return self.book.keep(plan, watched)

    def _scoped(self, scope: Scope, on: date) -> Sight:
        """A plan judges by its own day, and knows what has happened since: approval may take a week."""
        wishes = self.wishes(on)
        if on < today():
            since = (hold for hold in self.wishes(today()).holds if hold not in wishes.holds)
            wishes = replace(wishes, holds=(*wishes.holds, *since))
        if scope.of_people:
            wishes = replace(
                wishes, requested=frozenset(scope.cards), decided=scope.decided, withdrawing=scope.consent
            )
        return replace(self.sight(on, wishes), seen=today() if on < today() else None)

    def _must_be_sound(self) -> None:
        errors = tuple(p for p in self.problems if p.level is Level.ERROR)
        if errors:
            raise Refusal(*errors)

    def _must_answer(self) -> None:
        """A system that does not answer could hold what keeps the data of another alive: then nothing is planned."""
        if self.unreachable:
            raise Refusal(*self.unreachable)

    def plans(self) -> tuple[Kept, ...]:
        return self.book.all()

    def approve(self, plan: str, *, actor: str | None = None) -> Kept:
        """A second person agrees to a plan that exceeds the policy's limits."""
        return self.book.approve(self.book.find(plan).plan, actor=actor or whoever())

    def apply(
        self,
        plan: str,
        *,
        on: date | None = None,
        actor: str | None = None,
        progress: Progress = nothing,
        batch: int = 10_000,
    ) -> Outcome:
        """Carries the plan out, from where it was left, and verifies it. What goes wrong is in the outcome, and resumable.

        `on` is the day on which that happens: today, unless somebody rehearses the nights to come on a copy.
        """
        from ordholden.plans.book import PlanState

        who = actor or whoever()
        with self._alone(), _own_disk():
            kept = self.book.find(plan)
            if kept.state is PlanState.VERIFIED:
                return self._outcome(kept, ())
            self._may_apply(kept, on or today())
            if kept.plan.scope.kind is ScopeKind.REPLAY:
                return self._apply_replay(kept, who, progress)
            self._look_anew()
            if kept.plan.scope.kind is ScopeKind.CORRECT:
                return self._apply_correction(kept, who, progress)
            sight = self._scoped(kept.plan.scope, kept.plan.on)
            self._must_answer()
            self._same_schemas(kept.plan, sight)
            if kept.state in (PlanState.MADE, PlanState.APPROVED):
                sizes = {
                    str(s.table): sight.readers[s.table.system].size(s.table)
                    for s in kept.plan.steps
                    if _deletes(s)
                }
                if kept.plan.scope.of_people:
                    sizes = {}
                self.book.soon(kept.plan, PlanState.APPLYING, actor=who, sizes=sizes)
                if kept.plan.scope.kind is not ScopeKind.ERASE:
                    with self.store.transaction():
                        self.book.settle(kept.plan)
                        self._record_withdrawal(kept.plan, who)
            spool = Spool(self._spool_path(kept.plan))
            try:
                hands = Hands(self._systems.writers(), self._systems.removers(), self._ask(sight, who))
                execute(kept.plan, sight, hands, self.book, spool, progress=progress, batch=batch)
            except SystemFailure as failure:
                kept = self.book.move(kept.plan, PlanState.STOPPED, actor=who, reason=str(failure))
                return self._outcome(
                    kept, (Finding("plan-stopped", {"system": failure.system, "reason": failure.reason}),)
                )
            except BaseException:
                self.book.settle(kept.plan)
                raise
            finally:
                spool.close()
            return self._applied(kept.plan, who)

    def _applied(self, plan: Plan, actor: str) -> Outcome:
        """All is done and is to be verified; that it is done is written with what verification says, or without it."""
        from ordholden.plans.book import PlanState

        self.book.soon(plan, PlanState.APPLIED, actor=actor, applied_at=self.store.now(), applied_by=actor)
        if not plan.scope.of_people:
            # To look at everything takes a while.
            self.book.settle(plan)
        try:
            return self._verified(plan, actor)
        finally:
            self.book.settle(plan)

    def verify(self, plan: str, *, actor: str | None = None) -> Outcome:
        """Asks the systems afresh. Only a plan that passes is done."""
        from ordholden.plans.book import PlanState

        kept = self.book.find(plan)
        if kept.state not in (PlanState.APPLIED, PlanState.VERIFIED, PlanState.FAILED):
            raise Refusal.of("verify-early", plan=kept.plan.id, state=kept.state)
        if kept.plan.scope.kind is ScopeKind.CORRECT and kept.state is PlanState.VERIFIED:
            # Its values have gone; what was verified stays so.
            return self._outcome(kept, ())
        return self._verified(kept.plan, actor or whoever())

    def _verified(self, plan: Plan, who: str) -> Outcome:
        from ordholden.plans.book import PlanState

        sight = self._scoped(plan.scope, plan.on)
        self._must_answer()
        findings = self._findings(plan, sight)
        fields: dict[str, Any] = {
            "verified_at": self.store.now(),
            "findings": [f.as_json() for f in findings],
        }
        if findings:
            return self._outcome(self.book.move(plan, PlanState.FAILED, actor=who, **fields), findings)
        kept = self.book.move(plan, PlanState.VERIFIED, actor=who, watched=b"", **fields)
        let_go(self.store, kept.plan, sight, today=today(), actor=who)
        if kept.plan.scope.kind is ScopeKind.SWEEP:
            rules = dict.fromkeys(rule_digest(r) for s in kept.plan.steps for r in s.reasons)
            self.book.remember_rules(tuple(rules))
        if kept.plan.scope.kind is ScopeKind.CORRECT:
            from ordholden.plans.correction import forgotten

            forgotten(self.store, kept.plan)
        self._spool_path(kept.plan).unlink(missing_ok=True)
        return self._outcome(kept, ())

    def _apply_correction(self, kept: Kept, actor: str, progress: Progress) -> Outcome:
        from ordholden.plans.book import PlanState
        from ordholden.plans.correction import values_of

        sight = self.sight(kept.plan.on)
        self._must_answer()
        self._same_schemas(kept.plan, sight)
        values = values_of(self.store, kept.plan)
        self.book.move(kept.plan, PlanState.APPLYING, actor=actor)
        try:
            carry_out(kept.plan, values, writers=self._systems.writers(), book=self.book, progress=progress)
        except SystemFailure as failure:
            kept = self.book.move(kept.plan, PlanState.STOPPED, actor=actor, reason=str(failure))
            return self._outcome(
                kept, (Finding("plan-stopped", {"system": failure.system, "reason": failure.reason}),)
            )
        return self._applied(kept.plan, actor)

    def _findings(self, plan: Plan, sight: Sight) -> tuple[Finding, ...]:
        if plan.scope.kind is ScopeKind.CORRECT:
            from ordholden.plans.correction import values_of

            values, world = values_of(self.store, plan), self.footprints.world(plan.scope.cards)
            return verify_correction(plan, values, sight, world, self.book.receipts(plan))
        if plan.scope.kind is ScopeKind.REPLAY:
            reader = sight.readers[plan.scope.system]
            since = datetime.fromisoformat(plan.scope.since)
            left = due_again(
                plan.scope.system, since, inventory=self.inventory, reader=reader, book=self.book
            )
            return tuple(
                Finding("verify-left", {"table": str(t), "operation": o, "rows": str(n)})
                for (t, o), n in left.items()
            )
        return verify(
            plan,
            sight,
            receipts=self.book.receipts(plan),
            sizes=self.book.sizes(plan),
            watched=self.book.watched(plan),
        )

    def _may_apply(self, kept: Kept, on: date) -> None:
        if kept.plan.on > on:
            # What lives today would be judged as if it were over.
            raise Refusal.of("plan-early", plan=kept.plan.id, on=kept.plan.on)
        if kept.needs_approval:
            facts = "; ".join(f"{x.kind} {x.what} {x.found}".strip() for x in kept.plan.limits)
            raise Refusal.of("approval-needed", plan=kept.plan.id, limits=facts)
        if (kept.plan.policy, kept.plan.inventory) != (self.policy.digest, self.inventory.digest):
            raise Refusal.of("plan-outdated", plan=kept.plan.id)

    def _same_schemas(self, plan: Plan, sight: Sight) -> None:
        changed = [n for n, reader in sight.readers.items() if plan.schemas.get(n) != reader.schema().digest]
        if changed:
            raise Refusal.of("schema-changed", plan=plan.id, system=", ".join(changed))

    def _look_anew(self) -> None:
        """Before the first write the live schemas are read again, unless that was a moment ago."""
        if self._systems.older_than(SCHEMA_SECONDS) and self._systems.look_anew():
            self.__dict__.pop("footprints", None)

    def _record_withdrawal(self, plan: Plan, actor: str) -> None:
        from ordholden.consents import tell

        if plan.scope.kind is ScopeKind.WITHDRAW:
            for card in plan.scope.cards:
                tell(
                    self.store,
                    card,
                    plan.scope.consent,
                    at=self.store.now(),
                    given=False,
                    by_request=True,
                    actor=actor,
                )

    def _ask(self, sight: Sight, actor: str) -> Callable[[Activity, Sequence[Card]], None]:
        from ordholden.consents import ask

        def asking(activity: Activity, cards: Sequence[Card]) -> None:
            ask(self.store, activity.name, cards, on=sight.on, actor=actor)

        return asking

    def _spool_path(self, plan: Plan) -> Path:
        folder = self.folder / ".ordholden" / "plans"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{plan.digest}.spool"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One plan at a time is carried out on an organisation; whoever died holds nothing."""
        path = self.folder / ".ordholden" / "apply.lock"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Refusal.of("apply-busy", organisation=self.policy.organisation.name) from None
            yield

    def _outcome(self, kept: Kept, findings: tuple[Finding, ...]) -> Outcome:
        changed: dict[str, int] = {}
        for receipt in self.book.receipts(kept.plan):
            if receipt.state == "done":
                place = f"{receipt.operation} {receipt.table}"
                changed[place] = changed.get(place, 0) + receipt.rows
        return Outcome(kept, changed, findings, self.gone_from_backups(kept))

    def gone_from_backups(self, kept: Kept) -> dict[str, date | None]:
        """Per system that the plan changed, the first day when no backup holds the data; None where nobody has said."""
        from datetime import timedelta

        applied = (kept.applied_at or self.store.now()).astimezone(ZoneInfo("Europe/Copenhagen")).date()
        found: dict[str, date | None] = {}
        for name in self._changed_systems(kept.plan):
            days = self.inventory.systems[name].backup_days
            found[name] = None if days is None else applied + timedelta(days=days)
        return found

    def _changed_systems(self, plan: Plan) -> tuple[str, ...]:
        """The systems that the plan changes, with those whose files go with a record."""
        found: dict[str, None] = {}
        for step in plan.steps:
            if step.operation is not Operation.ASK:
                found[step.table.system] = None
                fields = self.inventory.table(step.table).fields
                found.update(
                    (f.file_in.system, None) for f in fields if f.file_in and f.column in step.columns
                )
        return tuple(found)

    # — after a restore —

    def plan_replay(self, system: str, since: datetime | None = None, *, actor: str | None = None) -> Kept:
        """What was erased in a system since its backup was taken, and is there again."""
        if system not in self.inventory.systems:
            raise Refusal.of("system-unknown", word=system, nearest=nearest(system, self.inventory.systems))
        sight = self.sight(today())
        self._must_answer()
        moment = since or datetime(1970, 1, 1, tzinfo=UTC)
        found = due_again(
            system, moment, inventory=self.inventory, reader=sight.readers[system], book=self.book
        )
        steps = [
            Step(n, table, operation, (), rows, sight.readers[system].size(table), (), False)
            for n, ((table, operation), rows) in enumerate(found.items(), 1)
        ]
        plan = Plan(
            organisation=self.policy.organisation.name,
            on=today(),
            scope=Scope(ScopeKind.REPLAY, system=system, since=moment.isoformat()),
            policy=self.policy.digest,
            inventory=self.inventory.digest,
            schemas={system: sight.readers[system].schema().digest},
            steps=tuple(steps),
            made_by=actor or whoever(),
            nonce=os.urandom(4).hex(),
        )
        return self.book.keep(plan)

    def _apply_replay(self, kept: Kept, actor: str, progress: Progress) -> Outcome:
        from ordholden.plans.book import PlanState

        scope = kept.plan.scope
        self.book.move(kept.plan, PlanState.APPLYING, actor=actor)
        try:
            replay(
                kept.plan,
                scope.system,
                datetime.fromisoformat(scope.since),
                inventory=self.inventory,
                reader=self._systems.readers()[scope.system],
                writer=self._systems.writers().get(scope.system),
                remover=self._systems.removers().get(scope.system),
                book=self.book,
                progress=progress,
            )
        except SystemFailure as failure:
            kept = self.book.move(kept.plan, PlanState.STOPPED, actor=actor, reason=str(failure))
            return self._outcome(
                kept, (Finding("plan-stopped", {"system": failure.system, "reason": failure.reason}),)
            )
        return self._applied(kept.plan, actor)

    # — holds —

    def hold(
        self,
        *,
        person: str = "",
        matter: str = "",
        activity: str = "",
        reason: str,
        review_on: date | None = None,
        actor: str | None = None,
        restriction: bool = False,
    ) -> HoldRecord:
        """Places a legal hold (GDPR art. 17(3)(e)): what it covers is not erased until it is released."""
        from ordholden.registers.holds import place

        return place(
            self.store,
            cards=self.person(person) if person else (),
            matters=(self._matter(matter),) if matter else (),
            activity=self._activity(activity).name if activity else "",
            reason=reason,
            on=today(),
            review_on=review_on,
            actor=actor or whoever(),
            restriction=restriction,
        )

    def release(
        self,
        hold: str,
        *,
        reason: str,
        on: date | None = None,
        actor: str | None = None,
        told_on: date | None = None,
    ) -> HoldRecord:
        """Releases a hold: on that day it no longer holds. A restriction takes the day on which the person was told."""
        from ordholden.registers.holds import release

        return release(
            self.store, hold, on=on or today(), actor=actor or whoever(), reason=reason, told_on=told_on
        )

    def holds(self) -> tuple[HoldRecord, ...]:
        from ordholden.registers.holds import all_holds

        return all_holds(self.store)

    def _matter(self, words: str) -> MatterKey:
        """A matter as `name:key`, where the name is a matter of the policy."""
        name, _, key = words.partition(":")
        for place in self.inventory.tables:
            own = place.matter(name.strip())
            if own is not None and own.own:
                return MatterKey(place.name, own.name, int(key) if key.strip().isdigit() else key.strip())
        known = {m.name for t in self.inventory.tables for m in t.matters}
        raise Refusal.of("matter-unknown", word=name, nearest=nearest(name, known))

    def _activity(self, name: str) -> Activity:
        if name not in self.policy.activities:
            raise Refusal.of("activity-unknown", word=name, nearest=nearest(name, self.policy.activities))
        return self.policy.activities[name]

    # — promises —

    def promises(self, on: date | None = None, *, only: Collection[str] = ()) -> Promises:
        """Every promise with its state, what shows it, and since when it is broken; or `only` those of these ids."""
        from ordholden.promises import Look, promises

        sight = self.sight(on or today())
        look = Look(sight, self.footprints, self.book, self.folder, self.check(), self.store.now())
        return promises(look, only)

    def look_at_promises(self) -> Promises:
        """Looks at every promise today, and remembers what was seen for those who only want to read it."""
        from ordholden.promises.remembered import remember

        found = self.promises()
        remember(self.store, found)
        return found

    def last_look(self) -> Promises | None:
        """The promises as they were last seen; None where nobody has looked yet."""
        from ordholden.promises.remembered import last_look

        return last_look(self.store)

    # — calls that are made for others —

    @cached_property
    def sheets(self) -> Sheets:
        from ordholden.app.sheet import Sheets

        return Sheets(self)

    # — what was done —

    def audit(self, *, noted: Sequence[Link] = ()) -> Verified | Broken:
        """Whether every entry still is what was written; `noted` are ends of the chain that were noted elsewhere."""
        from ordholden import audit

        return audit.verify(self.store, noted=noted)

    def audit_entries(self, *, last: int = 10) -> tuple[Entry, ...]:
        """The last entries, oldest first."""
        from ordholden import audit

        after = max(0, audit.head(self.store).number - last)
        return tuple(audit.entries(self.store, after=after)) if last else ()

    # — what a change of policy would do —

    def diff(self, new: Path, on: date | None = None) -> tuple[Difference, ...]:
        """What the new policy would do to the data as it is, beside what this one does; in numbers per table and rule."""
        other = open_organisation(new) if new.is_dir() else open_organisation(self.folder, policy_file=new)
        other._must_be_sound()
        day = on or today()
        ours, theirs = self.sight(day), self.sight(day)
        self._must_answer()
        theirs = replace(theirs, policy=other.policy, inventory=self.inventory)
        return tuple(
            _differences(
                make(ours, Scope(ScopeKind.SWEEP)), make(theirs, Scope(ScopeKind.SWEEP)), self, other
            )
        )


def _differences(old: Plan, new: Plan, ours: Organisation, theirs: Organisation) -> Iterator[Difference]:
    def by_place(plan: Plan) -> dict[tuple[TableName, Operation, tuple[str, ...]], Step]:
        return {(s.table, s.operation, s.columns): s for s in plan.steps}

    before, after = by_place(old), by_place(new)
    for place in dict.fromkeys([*before, *after]):
        first, second = before.get(place), after.get(place)
        yield Difference(
            *place,
            first.rows if first else 0,
            second.rows if second else 0,
            _rules(first or second, ours.policy),
            _rules(second or first, theirs.policy),
        )


def _rules(step: Step | None, policy: Policy) -> tuple[str, ...]:
    names: Collection[str] = [r.activity for r in step.reasons] if step else ()
    return tuple(f"{n}: {policy.activities[n].keep.text}" for n in names if n in policy.activities)


def _deletes(step: Step) -> bool:
    return step.operation is Operation.DELETE


@contextmanager
def _own_disk() -> Iterator[None]:
    """Our own records cannot be written (a full disk, most often): nothing went on without them, and all can be resumed."""
    import sqlite3

    from django.db.utils import DatabaseError

    try:
        yield
    except (sqlite3.Error, DatabaseError, OSError) as error:
        reason = (
            error.strerror if isinstance(error, OSError) and error.strerror else str(error).split("\n")[0]
        )
        raise Refusal.of("own-records", reason=reason) from error


def _masked(words: str) -> str:
    """What a person was asked for by, without saying it again."""
    from ordholden.identifiers import shown

    kind, colon, value = words.partition(":")
    if colon and "@" not in kind:
        return f"{kind}:{shown(kind, value)}"
    return shown(
        "email" if "@" in words else "phone" if words.strip("+ ").replace(" ", "").isdigit() else "name",
        words,
    )


def open_organisation(
    folder: str | Path, *, policy_file: Path | None = None, ahead: bool = False
) -> Organisation:
    """Reads a folder with `policy.yaml` and `systems.yaml`. A Refusal with every problem where they make no sense.

    `ahead` is for pages: nobody waits while a column of a million people is read anew.
    """
    path = Path(folder)
    problems = Problems()
    if not path.is_dir():
        raise Refusal.of("folder-missing", folder=path)
    policy = read_policy(policy_file or path, problems)
    inventory = read_inventory(path, problems)
    if policy is None or inventory is None:
        raise Refusal(*problems.all)
    problems.extend(fits(policy, inventory))
    return Organisation(path, policy, inventory, problems.all, ahead=ahead)


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo("Europe/Copenhagen"))
