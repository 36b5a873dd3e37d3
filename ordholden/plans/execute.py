"""Carries a plan out on the company's systems. The only place, with the writers it is given, where their data changes.

Safety design.

*Decide first, then act.* Where a decision needs another system, or evidence that this very plan erases, it is taken for all
records before the first change and kept on disk (`spool.py`). Everything else is decided by the statement that changes it.

*Judged again.* Every statement carries a predicate about the record as it is now. For records decided beforehand it says:
nothing has come to life since (`Sight.renewed`), where evidence that we erased ourselves does not count as missing.

*One batch, one transaction.* The keys that a statement took are written to the book before the company's commit, and
confirmed after it. A crash leaves at most one receipt unsure; the next run asks the system what became of it.

*Never a cascade.* A record is deleted only while no record needs it by an enforced foreign key, checked in the statement.
One that is needed is cleared instead.

*The file first.* A file goes before the record that knows it; if we die between, the record still tells where it was.

*Stop at the first failure.* A later step may erase evidence that an earlier one needs, so nothing is skipped. The plan is
left `stopped` with the reason and can be resumed; what is done stays done, and doing it twice does nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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
)
from ordholden.connectors.reading import Key
from ordholden.connectors.writing import Writer
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.plans.book import Book, Receipt
from ordholden.plans.decide import decide, still
from ordholden.plans.keys import matches, unpacked
from ordholden.plans.make import to_ask
from ordholden.plans.plan import Operation, Plan
from ordholden.plans.preflight import preflight
from ordholden.plans.sight import Sight
from ordholden.plans.spool import RECORD, Spool
from ordholden.plans.targets import Target, targets
from ordholden.policy.document import Activity
from ordholden.problems import Level, Refusal

__all__ = ["FileRemover", "Hands", "execute"]

BATCH = 10_000
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
    """Does what the plan says, from where it was left. Raises what a system raised; then the plan is not done."""
    found, blocked = preflight(sight)
    if sorted(blocked) != sorted(plan.blocked):
        raise Refusal(*(p for p in found if p.level is Level.ERROR))
    run = _Run(plan, sight, sight.renewed(), hands, book, spool, progress, batch)
    order = targets(sight, plan.scope, frozenset(blocked))
    planned = {s.table for s in plan.steps if s.operation is not Operation.ASK}
    for receipt in book.unsure(plan):
        run.look_again(receipt)
    for target in order:
        if not target.direct:
            decide(target, sight, spool, lambda n, name=str(target.name): progress(f"? {name}", n))  # type: ignore[misc]
    for target in order:
        if target.name in planned or not target.direct:
            run.change(target)
    run.ask()
    book.settle()


@dataclass(frozen=True)
class _Run:
    plan: Plan
    sight: Sight
    renewed: Sight
    hands: Hands
    book: Book
    spool: Spool
    progress: Progress
    batch: int
    done: Counter[tuple[TableName, Operation, tuple[str, ...]]] = field(default_factory=Counter)

    def change(self, target: Target) -> None:
        if target.table.is_folder:
            self._files(target)
        elif target.direct:
            self._direct(target)
        else:
            self._decided(target)

    # — told by the database at the moment of change —

    def _direct(self, target: Target) -> None:
        writer = self.hands.writers[target.name.system]
        record = target.whole_record()
        if record != FALSE:
            for span in writer.spans(target.name, record, batch=self.batch):
                self._record(target, span)
        for index in range(len(target.groups)):
            where = target.cleared(index)
            if where != FALSE:
                for span in writer.spans(target.name, where, batch=self.batch):
                    self._clear(target, index, span)

    # — decided beforehand —

    def _decided(self, target: Target) -> None:
        renewed = self.renewed.compiler.groups(target.table)
        for keys in self.spool.pages(target.name, RECORD, self._page(target)):
            going, fields = self._still(target, keys)
            if going:
                quiet = both(either([negated(g.stays), negated(g.filled)]) for g in renewed)
                known = both([RowIn(tuple(sorted(going, key=repr))), at_most(quiet)])
                rest = target.personal if target.anonymised else negated(Referenced())
                self._record(target, both([known, rest]))
            for index in range(len(target.groups)):
                self._clear_decided(target, index, fields[index], renewed[index].stays)
        for index in range(len(target.groups)):
            for keys in self.spool.pages(target.name, index, self._page(target)):
                _, fields = self._still(target, keys)
                self._clear_decided(target, index, fields[index], renewed[index].stays)

    def _page(self, target: Target) -> int:
        return self.batch if target.told else 500

    def _still(self, target: Target, keys: Sequence[Key]) -> tuple[set[Key], dict[int, set[Key]]]:
        if target.told:
            return set(keys), {index: set(keys) for index in range(len(target.groups))}
        return still(target, self.renewed, keys)

    def _clear_decided(self, target: Target, index: int, keys: set[Key], stays: Predicate) -> None:
        if keys:
            chosen = RowIn(tuple(sorted(keys, key=repr)))
            self._clear(
                target,
                index,
                both([chosen, at_most(negated(stays)), target.groups[index].filled, target.scopes[index]]),
            )

    # — one batch —

    def _record(self, target: Target, where: Predicate) -> None:
        """Deletes or anonymises the records of one batch."""
        table = target.table
        if target.anonymised:
            fields = {f.column: f.filler for f in target.clearable(range(len(target.groups)))}
            self._batch(target, Operation.ANONYMISE, where, {**fields, **dict.fromkeys(table.cut)})
        else:
            self._batch(target, Operation.DELETE, where, {})

    def _clear(self, target: Target, index: int, where: Predicate) -> None:
        fields = {f.column: f.filler for f in target.clearable([index])}
        if fields:
            self._batch(target, Operation.CLEAR, where, fields)

    def _batch(
        self, target: Target, operation: Operation, where: Predicate, fields: Mapping[str, str | None]
    ) -> None:
        for attempt in range(TRIES):
            try:
                keys = self._transaction(target, operation, where, fields)
                break
            except Busy:
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.2 * 4**attempt)
        self.progress(f"{operation} {target.name}", len(keys))
        self._not_more_than_planned(target.name, operation, tuple(fields), len(keys))

    def _not_more_than_planned(
        self, table: TableName, operation: Operation, columns: tuple[str, ...], rows: int
    ) -> None:
        """A plan was looked at, and perhaps approved, with its numbers: far more than that is another plan."""
        place = (table, operation, columns if operation is Operation.CLEAR else ())
        self.done[place] += rows
        planned = sum(
            s.rows
            for s in self.plan.steps
            if (s.table, s.operation) == place[:2]
            and (operation is not Operation.CLEAR or set(columns) <= set(s.columns))
        )
        if self.done[place] > planned * 1.1 + MARGIN:
            self.book.settle()
            raise Refused(
                table.system, f"{table.table} has many more records due than were planned; make a new plan"
            )

    def _transaction(
        self, target: Target, operation: Operation, where: Predicate, fields: Mapping[str, str | None]
    ) -> Sequence[Key]:
        name = target.name
        with_files = [f for f in target.table.fields if f.file_in and (not fields or f.column in fields)]
        with self.hands.writers[name.system].transaction() as changes:
            if with_files:
                locked = changes.lock(name, where, [f.column for f in with_files])
                for _, values in locked:
                    for field, value in zip(with_files, values, strict=True):
                        if value and field.file_in:
                            self._remove(field.file_in, str(value))
                where = both([where, RowIn(tuple(k for k, _ in locked))])
            deleting = operation is Operation.DELETE
            keys = changes.delete(name, where) if deleting else changes.clear(name, where, fields)
            self.book.intend(self.plan, name, operation, list(fields), keys)
        self.book.committed()
        return keys

    # — files —

    def _files(self, target: Target) -> None:
        for keys in self.spool.pages(target.name, RECORD, 500):
            going, _ = still(target, self.renewed, keys)
            paths = sorted(going, key=repr)
            self.book.intend(self.plan, target.name, Operation.DELETE, (), paths)
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
