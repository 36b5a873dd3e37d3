"""The terms of `predicate.py`, judged row by row in Python: for systems that can be listed but not queried.

The same meaning as `sql/translate.py` gives them: true or false, never unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from ordholden.connectors.predicate import (
    AtOrAfter,
    Before,
    Both,
    ColumnSpan,
    Constant,
    Day,
    Earlier,
    Either,
    Exists,
    Filled,
    KeyIn,
    KeySpan,
    Known,
    Missing,
    Not,
    PeriodIs,
    Predicate,
    Referenced,
    RowIn,
    Test,
    Unsaid,
    ValueIn,
)
from ordholden.connectors.reading import Row
from ordholden.inventory.moments import Moment, read_moment
from ordholden.inventory.system import EventColumn, System, TableName
from ordholden.policy.condition import as_text, blank, comparable
from ordholden.policy.rule import Duration

__all__ = ["Judge"]


@dataclass(frozen=True)
class Judge:
    """Judges rows of one system; `rows` gives all of a table of it, for what has to exist there."""

    system: System
    rows: Callable[[TableName], Iterable[Row]]

    def holds(self, predicate: Predicate, row: Row, *outer: Row) -> bool:
        """Whether the predicate is true of the row; `outer` are the rows around it, the nearest first."""
        match predicate:
            case Constant(value):
                return value
            case Both(parts):
                return all(self.holds(p, row, *outer) for p in parts)
            case Either(parts):
                return any(self.holds(p, row, *outer) for p in parts)
            case Not(part):
                return not self.holds(part, row, *outer)
            case Exists():
                return self._exists(predicate, row, *outer)
            case Missing(path, up):
                return (row, *outer)[up].links.get(path) is None
            case KeyIn(path, keys):
                return _key(row.links.get(path)) in _keys(keys)
            case RowIn(keys):
                return tuple(map(_key, row.key)) in {tuple(map(_key, k)) for k in keys}  # type: ignore[arg-type]
            case KeySpan(low, high):
                return (low is None or row.key > low) and (high is None or row.key <= high)  # type: ignore[operator]
            case Unsaid(why):
                raise AssertionError(f"asked files what they cannot say: {why}")
            case _:
                return self._of_columns(predicate, row, *outer)

    def _of_columns(self, predicate: Predicate, row: Row, *outer: Row) -> bool:
        match predicate:
            case Known(column, span):
                return self._day(Day(column, span=span), row) is not None
            case Before(column, day):
                said = self._day(Day(column), row)
                return said is not None and said <= day
            case Earlier(early, late):
                first, second = (self._day(d, row, *outer) for d in (early, late))
                return first is not None and second is not None and first < second
            case AtOrAfter(inner, around):
                a, b = self._moment(inner, row), self._moment(around, outer[0])
                return a is not None and b is not None and a.instant >= b.instant
            case Test(condition):
                return condition.holds(row.values)
            case ValueIn(column, values, or_missing):
                value = row.values.get(column)
                return or_missing if blank(value) else as_text(value) in comparable(values)
            case PeriodIs(column, count):
                return row.values.get(column.column) == count
            case Filled(column, filler):
                return self._filled(row, column, filler)
            case ColumnSpan(column, low, high):
                return _within(row.values.get(column), low, high)
            case Referenced():
                return False
        raise AssertionError(predicate)

    def _exists(self, predicate: Exists, *around: Row) -> bool:
        wanted = around[predicate.up].links.get(predicate.outer)
        if wanted is None:
            return False
        return any(
            _key(there.links.get(predicate.inner)) == _key(wanted)
            and self.holds(predicate.where, there, *around)
            for there in self.rows(predicate.table)
        )

    def _moment(self, column: EventColumn, row: Row, span: tuple[date, date] | None = None) -> Moment | None:
        found = read_moment(row.values.get(column.column), column, span or self.system.plausible)
        return found if isinstance(found, Moment) else None

    def _day(self, day: Day, *around: Row) -> date | None:
        found = self._moment(day.column, around[day.up], day.span)
        if found is None:
            return None
        return found.day if day.plus is None else _later(found.day, day.plus)

    def _filled(self, row: Row, column: str, filler: str | None) -> bool:
        value = row.values.get(column)
        if blank(value):
            return False
        return (
            filler is None
            or str(value).strip() != filler.replace("{key}", "-".join(map(str, row.key))).strip()
        )


def _later(day: date, by: Duration) -> date:
    try:
        return day + relativedelta(**{f"{by.unit}s": by.count})  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        return date.max


def _within(value: object, low: object, high: object) -> bool:
    if value is None:
        return False
    return (low is None or value > low) and (high is None or value <= high)  # type: ignore[operator]


def _key(value: object) -> str | None:
    """Keys compare as text: what a name says is text, what another system says may be a number."""
    return None if value is None else str(value)


def _keys(keys: Sequence[object]) -> frozenset[str | None]:
    return frozenset(map(_key, keys))
