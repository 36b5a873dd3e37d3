"""Cuts the rows of a predicate into batches: ranges of an indexed date where the predicate has one, else of the primary key.

The form of a batch decides its speed. A range of values that an index knows, and nothing else, is the fastest that a
database offers; so the ends of all ranges are read from the index in one pass, and each batch then is a pure range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from ordholden.connectors.predicate import (
    Before,
    Both,
    ColumnSpan,
    Exists,
    Given,
    KeySpan,
    Predicate,
    Slot,
    both,
    plain,
)
from ordholden.connectors.reading import Schema
from ordholden.connectors.sql.translate import Translator
from ordholden.inventory.system import TableName

__all__ = ["Spans"]

# So many batches' worth of rows with one and the same value are cut further, by their keys.
HEAVY = 4

Ask = Callable[[Any], Iterator[tuple[Any, ...]]]
Narrow = Callable[[Predicate], Predicate]


@dataclass(frozen=True)
class Spans:
    """For one open database; `ask` streams a query's rows, `know` says of a predicate what the live schema makes certain."""

    translator: Translator
    tables: Mapping[str, sa.Table]
    schema: Schema
    ask: Ask
    know: Callable[[TableName, Predicate], Predicate]

    def of(self, table: TableName, where: Predicate, *, batch: int) -> Iterator[Predicate]:
        """Narrower predicates that together cover `where`, each about a batch of rows."""
        part, keys = (where.part, where.keys) if isinstance(where, Given) else (where, {})
        part = self.know(table, part)
        driver = self._driver(part)
        cut = _Cut(table, keys)
        if driver is None:
            yield from self._by_key(cut, part, batch)
            return
        before, narrow = driver
        shares = self._shares(cut, before, narrow, batch)
        column = before.column.column
        ranges = _Ranges(lambda low, high: narrow(ColumnSpan(column, low, high)), cut)
        low: object = None
        # Read to the end first: a look that is still open would lock out the writing of each batch.
        for high, times in list(self._ends(before, shares)):
            yield from self._range(ranges, low, high, heavy=times >= HEAVY, batch=batch)
            low = high
        yield ranges.between(low, None)

    def _range(
        self, ranges: _Ranges, low: object, high: object, *, heavy: bool, batch: int
    ) -> Iterator[Predicate]:
        span = ranges.between(low, high)
        if heavy:
            # A migration gave all of them one date.
            yield from self._by_key(_Cut(ranges.cut.table, span.keys), span.part, batch)
        else:
            yield span

    # — by a date —

    def _driver(self, where: Predicate) -> tuple[Before, Narrow] | None:
        """An indexed date that every row of the predicate has to be before, on the row or on the row it belongs to."""
        parts = where.parts if isinstance(where, Both) else (where,)
        own = self._dated(parts)
        if own is not None:
            return own, lambda span: both([where, span])
        for part in parts:
            if isinstance(part, Exists):
                there = self._dated(part.where.parts if isinstance(part.where, Both) else (part.where,))
                if there is not None:
                    return there, _inside(where, part)
        return None

    def _dated(self, parts: tuple[Predicate, ...]) -> Before | None:
        dated = [p for p in parts if isinstance(p, Before) and self._indexed(p)]
        return min(dated, key=lambda p: p.day) if dated else None

    def _indexed(self, part: Before) -> bool:
        schema = self.schema.tables.get(part.column.table.table)
        return schema is not None and part.column.column in schema.indexed

    def _ends(self, before: Before, batch: int) -> Iterator[tuple[object, int]]:
        """The upper end of each range, and how often it is one: more than once where many rows have one value."""
        target = self.tables[before.column.table.table]
        column = target.c[before.column.column]
        number = sa.func.row_number().over(order_by=column).label("number")
        inner = (
            sa.select(column.label("value"), number).where(self.translator.where(before, target)).subquery()
        )
        query = sa.select(inner.c.value).where(inner.c.number % batch == 0).order_by(inner.c.value)
        last: object = None
        times = 0
        for (value,) in self.ask(query):
            if times and value != last:
                yield last, times
                times = 0
            last, times = value, times + 1
        if times:
            yield last, times

    def _shares(self, cut: _Cut, before: Before, narrow: Narrow, batch: int) -> int:
        """How many rows of the dated table make a batch: fewer than its own size, where many rows belong to each."""
        if before.column.table == cut.table:
            return batch
        first = next(self._ends(before, batch), None)
        if first is None:
            return batch
        target = self.tables[cut.table.table]
        sample = plain(narrow(ColumnSpan(before.column.column, None, first[0])), cut.keys)
        some = (
            sa.select(sa.literal(1))
            .select_from(target)
            .where(self.translator.where(sample, target))
            .limit(HEAVY * batch)
            .subquery()
        )
        found = next(self.ask(sa.select(sa.func.count()).select_from(some)))[0]
        return batch if found < HEAVY * batch else max(1, batch // HEAVY // HEAVY)

    # — by the primary key —

    def _by_key(self, cut: _Cut, where: Predicate, batch: int) -> Iterator[Given]:
        target = self.tables[cut.table.table]
        keys = self.translator.row_key(target, cut.table.table)
        ranges = _Ranges(lambda low, high: both([where, KeySpan(low, high)]), cut)
        low: tuple[Any, ...] | None = None
        while True:
            rest = plain(both([where, KeySpan(low, None)]) if low else where, cut.keys)
            query = sa.select(*keys).where(self.translator.where(rest, target))
            found = next(self.ask(query.order_by(*keys).offset(batch - 1).limit(1)), None)
            if found is None:
                yield ranges.between(low, None)
                return
            yield ranges.between(low, tuple(found))
            low = tuple(found)


@dataclass(frozen=True)
class _Cut:
    """What is cut: rows of a table, with the keys in the predicate's slots."""

    table: TableName
    keys: Mapping[Slot, tuple[object, ...]]


class _Ranges:
    """One predicate for all ranges of a cut, in whose slots their ends stand, so that its statement is said once."""

    def __init__(self, narrowed: Callable[[Any, Any], Predicate], cut: _Cut) -> None:
        self.cut = cut
        self._narrowed = narrowed
        self._known: dict[tuple[bool, bool], Predicate] = {}
        self._low, self._high = Slot("low", cut.table), Slot("high", cut.table)
        while {self._low, self._high} & cut.keys.keys():
            self._low, self._high = (replace(s, name=f"{s.name}er") for s in (self._low, self._high))

    def between(self, low: Any, high: Any) -> Given:
        ends = (low is not None, high is not None)
        if ends not in self._known:
            self._known[ends] = self._narrowed(
                self._low if ends[0] else None, self._high if ends[1] else None
            )
        given = dict(self.cut.keys)
        for slot, end in ((self._low, low), (self._high, high)):
            if end is not None:
                given[slot] = end if isinstance(end, tuple) else (end,)
        return Given(self._known[ends], given)


def _inside(where: Predicate, part: Exists) -> Narrow:
    parts = where.parts if isinstance(where, Both) else (where,)

    def narrow(span: Predicate) -> Predicate:
        inner = replace(part, where=both([part.where, span]))
        return both([inner if p is part else p for p in parts])

    return narrow
