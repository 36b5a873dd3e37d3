"""Carries a plan out on the company's systems. The only place, with the writers it is given, where their data changes.

Safety design.

*Decide first, then act.* Where a decision needs another system, or evidence that this very plan erases, it is taken for all
records before the first change and kept on disk (`spool.py`). Everything else is decided by the statement that changes it.

*Judged again.* Every statement carries a predicate about the record as it is now. For records decided beforehand it says:
nothing has come to life since (`Sight.renewed`), where evidence that we erased ourselves does not count as missing. What the
interpreter has to look at again, it looks at page by page; tables with little, several on one page.

*One batch, one transaction.* The keys that its statements took are written to the book before the company's commit, and
confirmed after it. A few people's records in many tables are one batch. A crash leaves at most one batch's receipts unsure;
the next run asks the system what became of them.

*Never a cascade.* A record is deleted only while no record needs it by an enforced foreign key, checked in the statement.
One that is needed is cleared instead.

*The file first.* A file goes before the record that knows it; if we die between, the record still tells where it was.

*Stop at the first failure.* A later step may erase evidence that an earlier one needs, so nothing is skipped. The plan is
left `stopped` with the reason and can be resumed; what is done stays done, and doing it twice does nothing.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Protocol

from ordholden.connectors.errors import Busy, Refused
from ordholden.connectors.predicate import (
    FALSE,
    TRUE,
    Filled,
    Predicate,
    Referenced,
    RowIn,
    at_most,
    both,
    either,
    negated,
    plain,
)
from ordholden.connectors.reading import Key
from ordholden.connectors.writing import Change, Taken, Writer
from ordholden.grounds.compile import Group
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.plans.book import Book, Draft, Receipt
from ordholden.plans.decide import PAGE, decide, still
from ordholden.plans.form import Form, about, formed
from ordholden.plans.keys import matches, unpacked
from ordholden.plans.make import to_ask
from ordholden.plans.plan import Operation, Plan
from ordholden.plans.sight import Sight
from ordholden.plans.spool import RECORD, Spool
from ordholden.plans.targets import Target
from ordholden.policy.document import Activity
from ordholden.problems import Level, Refusal

__all__ = ["FileRemover", "Hands", "execute"]

BATCH = 20_000
TRIES = 3
MARGIN = 100
"""So many records more than planned are what happens between a plan and its carrying out."""


class FileRemover(Protocol):
    """A file system, open for removing files."""

    def remove(self, path: str) -> bool:
        """Whether there was a file; False when it was gone already."""
        ...


@dataclass(frozen=True)
class Hands:
    """What the executor may touch: writers of databases, removers of files, and how people are asked."""

    writers: Mapping[str, Writer]
    removers: Mapping[str, FileRemover]
    ask: Callable[[Activity, Sequence[Card]], None]


Progress = Callable[[str, int], None]


def execute(
    plan: Plan,
    sight: Sight,
    hands: Hands,
    book: Book,
    spool: Spool,
    *,
    progress: Progress = lambda what, n: None,
    batch: int = BATCH,
) -> None:
    """Does what the plan says, from where it was left. Raises what a system raised; then the plan is not done.

    The last batch is confirmed with the plan's next state.
    """
    form = formed(sight, plan.scope)
    if sorted(form.blocked) != sorted(plan.blocked):
        raise Refusal(*(p for p in form.problems if p.level is Level.ERROR))
    sight = about(sight, plan.scope)
    run = _Run(plan, form, sight, hands, book, spool, progress, batch)
    planned = {s.table for s in plan.steps if s.operation is not Operation.ASK}
    for receipt in book.unsure(plan):
        run.look_again(receipt)
    beforehand = [t for t in form.order if not t.direct]
    if beforehand:
        # Decisions that are kept belong to a plan that has begun.
        book.settle(plan)
    decide(beforehand, sight, spool, lambda name, n: progress(f"? {name}", n))
    run.change([t for t in form.order if t.name in planned or not t.direct])
    run.ask()


@dataclass(frozen=True)
class _Run:
    plan: Plan
    form: Form
    sight: Sight
    hands: Hands
    book: Book
    spool: Spool
    progress: Progress
    batch: int
    done: Counter[_Place] = field(default_factory=Counter)
    looked: dict[TableName, Mapping[int, set[Key]]] = field(default_factory=dict)

    def change(self, order: Sequence[Target]) -> None:
        for targets in self._in_batches(order):
            if self._fits_in_one(targets):
                self._together(targets)
                continue
            for target in targets:
                if target.table.is_folder:
                    self._files(target)
                elif target.direct:
                    self._direct(target)
                else:
                    self._decided(target)

    @cached_property
    def renewed(self) -> Sight:
        return self.sight.renewed()

    # — some people, many tables —

    def _in_batches(self, order: Sequence[Target]) -> Iterator[list[Target]]:
        """Tables after one another that make one batch together, as those of a few people do."""
        some: list[Target] = []
        for target in order:
            if some and not self._fits_in_one([*some, target]):
                yield some
                some = []
            some.append(target)
        if some:
            yield some

    def _fits_in_one(self, targets: Sequence[Target]) -> bool:
        """The tables are told by one database, the plan is about people, and its numbers say that the rows are not many."""
        simple = all(t.direct and not any(f.file_in for f in t.table.fields) for t in targets)
        if not (simple and self.plan.scope.of_people) or len({t.name.system for t in targets}) > 1:
            return False
        names = {t.name for t in targets}
        return sum(s.rows for s in self.plan.steps if s.table in names) <= self.batch

    def _together(self, targets: Sequence[Target]) -> None:
        """Everything in these tables in one transaction, sent in one journey where the database can."""
        chosen = [
            (t, *change)
            for t in targets
            for change in self.form.once(("changes", t.name), partial(_changes, t))
        ]
        changes = [Change(t.name, self.sight.given(where), fields) for t, _, where, fields in chosen]

        def work() -> list[Draft]:
            with self.hands.writers[targets[0].name.system].transaction() as transaction:
                drafts = [
                    Draft(t.name, operation, tuple(fields or ()), taken)
                    for (t, operation, _, fields), taken in zip(
                        chosen, transaction.perform(changes), strict=True
                    )
                ]
                self._write_down(drafts)
            return drafts

        self._patiently(work)

    # — told by the database at the moment of change —

    def _direct(self, target: Target) -> None:
        for operation, where, fields in self.form.once(("changes", target.name), partial(_changes, target)):
            for span in self._spans(target, where):
                self._batch(target, operation, span, fields or {})

    def _spans(self, target: Target, where: Predicate) -> Iterator[Predicate]:
        writer = self.hands.writers[target.name.system]
        yield from writer.spans(target.name, self.sight.given(where), batch=self.batch)

    # — decided beforehand —

    def _decided(self, target: Target) -> None:
        renewed = self._renewed_groups(target)
        for decided in self.spool.decisions(target.name, self._page(target)):
            left = self._still(target, decided)
            gone: frozenset[Key] = frozenset()
            if left[RECORD]:
                quiet = both(either([negated(g.stays), negated(g.filled)]) for g in renewed)
                known = both([RowIn(tuple(sorted(left[RECORD], key=repr))), at_most(quiet)])
                rest = target.personal if target.anonymised else negated(Referenced())
                gone = frozenset(self._record(target, both([known, rest])).keys)
            for index in range(len(target.groups)):
                self._clear_decided(target, index, left[index] - gone, renewed[index].stays)

    def _renewed_groups(self, target: Target) -> tuple[Group, ...]:
        """What would keep the data now, asked about the plan's people themselves."""
        return self.renewed.compiler.groups(target.table)

    def _page(self, target: Target) -> int:
        return self.batch if target.told else min(self.batch, PAGE)

    def _still(self, target: Target, decided: Mapping[Key, frozenset[int]]) -> Mapping[int, set[Key]]:
        """The keys by what was decided about them, without those that something new has brought to life."""
        found: dict[int, set[Key]] = defaultdict(set)
        for key, decisions in decided.items():
            for what in decisions:
                found[what].add(key)
        if target.told:
            return found
        left = self._looked(target, decided.keys())
        return defaultdict(set, {what: keys & left[what] for what, keys in found.items()})

    def _looked(self, target: Target, keys: Collection[Key]) -> Mapping[int, set[Key]]:
        """The second look; where few records were decided about, one for this table and those that are next."""
        if target.name not in self.looked:
            some = self._next(target)
            if not some:
                return still([(target, keys)], self.renewed)[target.name]
            self.looked.update(still([(t, self._keys(t)) for t in some], self.renewed))
        return self.looked[target.name]

    def _next(self, target: Target) -> list[Target]:
        """The table and those after it that are told by nobody but the interpreter, as long as all make one page."""
        some: list[Target] = []
        records = 0
        for other in self.form.order[[t.name for t in self.form.order].index(target.name) :]:
            records += self.spool.records(other.name)
            if other.told or records > PAGE:
                break
            some.append(other)
        return some

    def _keys(self, target: Target) -> list[Key]:
        return [key for page in self.spool.decisions(target.name, PAGE) for key in page]

    def _clear_decided(self, target: Target, index: int, keys: set[Key], stays: Predicate) -> None:
        fields = _fillers(target, [index])
        if keys and fields:
            chosen = RowIn(tuple(sorted(keys, key=repr)))
            scope = plain(self.sight.given(target.scopes[index]))
            where = both([chosen, at_most(negated(stays)), target.groups[index].filled, scope])
            self._batch(target, Operation.CLEAR, where, fields)

    # — one batch —

    def _record(self, target: Target, where: Predicate) -> Taken:
        """Deletes or anonymises the records of one batch."""
        operation, fields = _fate(target)
        return self._batch(target, operation, where, fields or {})

    def _batch(
        self, target: Target, operation: Operation, where: Predicate, fields: Mapping[str, str | None]
    ) -> Taken:
        return self._patiently(lambda: self._transaction(target, operation, where, fields))[0].taken

    def _patiently(self, work: Callable[[], Sequence[Draft]]) -> Sequence[Draft]:
        """Does a batch, again where the system was busy, and tells of it."""
        for attempt in range(TRIES):
            try:
                drafts = work()
                break
            except Busy:
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.2 * 4**attempt)
        self.book.committed()
        for draft in drafts:
            self.done[_place(draft)] += len(draft.taken)
            self.progress(f"{draft.operation} {draft.table}", len(draft.taken))
        return drafts

    def _write_down(self, drafts: Sequence[Draft]) -> None:
        """The receipts of what is about to be final."""
        for draft in drafts:
            self._not_more_than_planned(draft)
        self.book.intend(self.plan, [d for d in drafts if d.taken])

    def _not_more_than_planned(self, draft: Draft) -> None:
        """A plan was looked at, and perhaps approved, with its numbers: far more than that is another plan."""
        planned = sum(
            s.rows
            for s in self.plan.steps
            if (s.table, s.operation) == (draft.table, draft.operation)
            and (draft.operation is not Operation.CLEAR or set(draft.columns) <= set(s.columns))
        )
        if self.done[_place(draft)] + len(draft.taken) > planned * 1.1 + MARGIN:
            raise Refused(
                draft.table.system,
                f"{draft.table.table} has many more records due than were planned; make a new plan",
            )

    def _transaction(
        self, target: Target, operation: Operation, where: Predicate, fields: Mapping[str, str | None]
    ) -> Sequence[Draft]:
        name = target.name
        with_files = [f for f in target.table.fields if f.file_in and (not fields or f.column in fields)]
        with self.hands.writers[name.system].transaction() as changes:
            if with_files:
                where = plain(where)
                locked = changes.lock(name, where, [f.column for f in with_files])
                for _, values in locked:
                    for field, value in zip(with_files, values, strict=True):
                        if value and field.file_in:
                            self._remove(field.file_in, str(value))
                where = both([where, RowIn(tuple(k for k, _ in locked))])
            change = Change(name, where, None if operation is Operation.DELETE else fields)
            drafts = [Draft(name, operation, tuple(fields), changes.perform([change])[0])]
            self._write_down(drafts)
        return drafts

    # — files —

    def _files(self, target: Target) -> None:
        for decided in self.spool.decisions(target.name, self._page(target)):
            paths = sorted(self._still(target, decided)[RECORD], key=repr)
            draft = Draft(target.name, Operation.DELETE, (), Taken(tuple(paths)))
            self.book.intend(self.plan, [draft] if paths else [])
            for key in paths:
                self._remove(target.name, str(key[0]))
            self.book.committed()
            self.progress(f"{Operation.DELETE} {target.name}", len(paths))

    def _remove(self, folder: TableName, path: str) -> bool:
        return self.hands.removers[folder.system].remove(path)

    # — after a crash —

    def look_again(self, receipt: Receipt) -> None:
        """Asks the system which records of an unsure receipt are really gone."""
        if receipt.operation is Operation.DELETE and self.sight.inventory.table(receipt.table).is_folder:
            self.book.correct(receipt, rows=0)  # removing a file again does no harm; the spool still knows it
            return
        digests = matches(receipt.keys)
        reader = self.hands.writers[receipt.table.system]
        keys = list(unpacked(receipt.keys))
        if digests:
            # Personal keys were not written down: what is there and has such a digest has not gone.
            digest = self.book.digest(receipt.table)
            there = sum(1 for page in reader.keys(receipt.table, TRUE) for k in page if digest(k) in digests)
            self.book.correct(
                receipt, rows=0 if there and receipt.operation is Operation.DELETE else receipt.rows
            )
            return
        gone: list[Key] = []
        for start in range(0, len(keys), BATCH):
            page = keys[start : start + BATCH]
            left = {k for found in reader.keys(receipt.table, self._untouched(receipt, page)) for k in found}
            gone += [k for k in page if k not in left]
        self.book.correct(receipt, rows=len(gone), keys=gone)

    def _untouched(self, receipt: Receipt, keys: Sequence[Key]) -> Predicate:
        """The records of the receipt on which it had no effect."""
        there: Predicate = RowIn(tuple(keys))
        if receipt.operation is Operation.DELETE:
            return there
        table = self.sight.inventory.table(receipt.table)
        return both(
            [there, either(Filled(f.column, f.filler) for f in table.fields if f.column in receipt.columns)]
        )

    # — questions —

    def ask(self) -> None:
        for step in self.plan.steps:
            if step.operation is Operation.ASK:
                activity = self.sight.policy.activities[step.reasons[0].activity]
                cards = list(to_ask(self.sight, activity, self.sight.inventory.table(step.table)))
                self.hands.ask(activity, cards)


_Place = tuple[TableName, Operation, tuple[str, ...]]


def _place(draft: Draft) -> _Place:
    return draft.table, draft.operation, draft.columns if draft.operation is Operation.CLEAR else ()


def _changes(target: Target) -> tuple[tuple[Operation, Predicate, Mapping[str, str | None] | None], ...]:
    """What is done to a table that its database tells alone: the records that go, then what goes of those that stay."""
    record = target.whole_record()
    found = [] if record == FALSE else [(*_fate(target), record)]
    for index in range(len(target.groups)):
        fields = _fillers(target, [index])
        if fields and target.staying(index, record) != FALSE:
            found.append((Operation.CLEAR, fields, target.cleared(index)))
    return tuple((operation, where, fields) for operation, fields, where in found)


def _fate(target: Target) -> tuple[Operation, Mapping[str, str | None] | None]:
    """What becomes of a record that has expired."""
    if not target.anonymised:
        return Operation.DELETE, None
    fields = _fillers(target, range(len(target.groups)))
    return Operation.ANONYMISE, {**fields, **dict.fromkeys(target.table.cut)}


def _fillers(target: Target, groups: Iterable[int]) -> Mapping[str, str | None]:
    return {f.column: f.filler for f in target.clearable(groups)}
