"""What may be asked of the rows of a table, without saying how: the terms that every connector translates.

A predicate is either true or false of a row, never unknown: an empty column makes `Before` false and `Known` false.
`Unsaid` stands for what this system alone cannot tell; `at_least` and `at_most` bound a predicate that holds such terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ordholden.inventory.system import EventColumn, OwnPeriodColumn, Path, TableName
from ordholden.policy.condition import ColumnCondition
from ordholden.policy.rule import Duration

__all__ = [
    "FALSE",
    "TRUE",
    "AtOrAfter",
    "Before",
    "Both",
    "ColumnSpan",
    "Constant",
    "Day",
    "Earlier",
    "Either",
    "Exists",
    "Filled",
    "Given",
    "KeyIn",
    "KeySpan",
    "Known",
    "Missing",
    "Not",
    "PeriodIs",
    "Predicate",
    "Referenced",
    "RowIn",
    "Slot",
    "Test",
    "Unsaid",
    "ValueIn",
    "alternatives",
    "assuming",
    "at_least",
    "at_most",
    "both",
    "either",
    "exact",
    "negated",
    "plain",
    "settled",
    "weight",
]


@dataclass(frozen=True)
class Constant:
    value: bool


TRUE, FALSE = Constant(True), Constant(False)


@dataclass(frozen=True)
class Both:
    """All parts hold."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Not:
    part: Predicate


@dataclass(frozen=True)
class Known:
    """The column holds a moment inside the plausible span: the system's, unless one is given."""

    column: EventColumn
    span: tuple[date, date] | None = None


@dataclass(frozen=True)
class Before:
    """The column holds a plausible moment whose calendar day is this one or earlier."""

    column: EventColumn
    day: date


@dataclass(frozen=True)
class Day:
    """The day that a column says, or the day so much later; `span` as in `Known`.

    `up` counts rows outwards: 0 is the row that is asked about, 1 the row around it where that one is inside `Exists`.
    """

    column: EventColumn
    plus: Duration | None = None
    up: int = 0
    span: tuple[date, date] | None = None


@dataclass(frozen=True)
class Earlier:
    """Both columns hold plausible moments, and the first day is earlier than the second."""

    early: Day
    late: Day


@dataclass(frozen=True)
class AtOrAfter:
    """Inside `Exists`: the inner row's moment is not earlier than the moment in the row outside it."""

    inner: EventColumn
    outer: EventColumn


@dataclass(frozen=True)
class Test:
    """A condition on the row's own columns."""

    condition: ColumnCondition


@dataclass(frozen=True)
class ValueIn:
    """The column's value, as text without regard to case, is one of these; `missing` too, where it is empty."""

    column: str
    values: tuple[str, ...]
    or_missing: bool


@dataclass(frozen=True)
class PeriodIs:
    """The row carries this own period; None stands for a period that is missing or not positive."""

    column: OwnPeriodColumn
    count: int | None


@dataclass(frozen=True)
class Filled:
    """The column has a personal value: not null, not empty, and not the filler of an erased one."""

    column: str
    filler: str | None = None


@dataclass(frozen=True)
class Missing:
    """The path leads to no key; it starts in the row `up` rows outwards, as in `Day`."""

    path: Path
    up: int = 0


@dataclass(frozen=True)
class KeyIn:
    """The key at the end of the path is one of these."""

    path: Path
    keys: tuple[object, ...]


@dataclass(frozen=True)
class RowIn:
    """The record's own primary key is one of these."""

    keys: tuple[tuple[object, ...] | Slot, ...]


@dataclass(frozen=True)
class KeySpan:
    """The record's primary key is above `low` and not above `high`; None is no bound."""

    low: tuple[object, ...] | Slot | None
    high: tuple[object, ...] | Slot | None


@dataclass(frozen=True)
class ColumnSpan:
    """The column, as the database compares it, is above `low` and not above `high`; None is no bound."""

    column: str
    low: object
    high: object


@dataclass(frozen=True)
class Exists:
    """A row of another table, whose path `inner` leads to the same key as this row's path `outer`, fulfils `where`.

    With `up`, `outer` starts in the row so many rows further out.
    """

    table: TableName
    inner: Path
    outer: Path
    where: Predicate
    up: int = 0


@dataclass(frozen=True)
class Referenced:
    """Some row of another table needs this one by an enforced foreign key (every one but ON DELETE SET NULL).

    `unless` says, per referencing table, which of its rows do not count, because they go, too.
    """

    unless: tuple[tuple[str, Predicate], ...] = ()


@dataclass(frozen=True)
class Slot:
    """A place for keys in a predicate that is used again and again: the only one of `KeyIn` or `RowIn`, or a bound."""

    name: str
    table: TableName


@dataclass(frozen=True)
class Given:
    """The predicate `part`, in whose slots stand these keys. It stands around all others.

    The same `part` object each time spares a connector the work of saying it anew.
    """

    part: Predicate
    keys: Mapping[Slot, tuple[object, ...]]


@dataclass(frozen=True, eq=False)
class Unsaid:
    """What this system alone cannot say; `why` names it for people.

    Two are the same only where they are one object: that both are unknown does not make both true, or neither.
    """

    why: str


Predicate = (
    Constant
    | Both
    | Either
    | Not
    | Known
    | Before
    | Earlier
    | AtOrAfter
    | Test
    | ValueIn
    | PeriodIs
    | Filled
    | Missing
    | KeyIn
    | RowIn
    | KeySpan
    | ColumnSpan
    | Exists
    | Referenced
    | Given
    | Unsaid
)


def both(parts: Iterable[Predicate]) -> Predicate:
    """All of the parts, without those that say nothing."""
    kept: list[Predicate] = []
    for part in parts:
        if part == FALSE:
            return FALSE
        for inner in part.parts if isinstance(part, Both) else (part,):
            if inner != TRUE and inner not in kept:
                kept.append(inner)
    return TRUE if not kept else kept[0] if len(kept) == 1 else Both(tuple(kept))


def either(parts: Iterable[Predicate]) -> Predicate:
    """Any of the parts, without those that say nothing."""
    kept: list[Predicate] = []
    for part in parts:
        if part == TRUE:
            return TRUE
        for inner in part.parts if isinstance(part, Either) else (part,):
            if inner != FALSE and inner not in kept:
                kept.append(inner)
    return FALSE if not kept else kept[0] if len(kept) == 1 else Either(tuple(kept))


def alternatives(part: Predicate) -> tuple[Predicate, ...]:
    """Predicates of which at least one holds where the part does: each a question that a database may plan for itself."""
    if isinstance(part, Either):
        return part.parts
    if isinstance(part, Both):
        for n, choice in enumerate(part.parts):
            if isinstance(choice, Either):
                rest = part.parts[:n] + part.parts[n + 1 :]
                return tuple(both([*rest, one]) for one in choice.parts)
    return (part,)


def negated(part: Predicate) -> Predicate:
    """The opposite, with the negation pushed inwards, so that a plain comparison stays one that an index can serve."""
    match part:
        case Constant(value):
            return FALSE if value else TRUE
        case Not(inner):
            return inner
        case Both(parts):
            return either(negated(p) for p in parts)
        case Either(parts):
            return both(negated(p) for p in parts)
        case _:
            return Not(part)


def assuming(part: Predicate, fact: Predicate) -> Predicate:
    """What is left to ask of a row of which the fact is known."""
    if isinstance(fact, Both):
        for one in fact.parts:
            part = assuming(part, one)
        return part
    return _assuming(part, fact, negated(fact))


def _assuming(part: Predicate, fact: Predicate, untrue: Predicate) -> Predicate:
    if part == fact:
        return TRUE
    if part == untrue:
        return FALSE
    match part:
        case Both(parts):
            return both(_assuming(p, fact, untrue) for p in parts)
        case Either(parts):
            return either(_assuming(p, fact, untrue) for p in parts)
        case Not(inner):
            return negated(_assuming(inner, fact, untrue))
        case _:
            return part


def settled(part: Predicate) -> Predicate:
    """The same, where each part of a conjunction is asked knowing the others."""
    if not isinstance(part, Both):
        return part
    parts = list(part.parts)
    for index, fact in enumerate(parts):
        if not isinstance(fact, Either):
            rest = [p if i == index else assuming(p, fact) for i, p in enumerate(parts)]
            parts = rest
    return both(parts)


def plain(part: Predicate, keys: Mapping[Slot, tuple[object, ...]] | None = None) -> Predicate:
    """The predicate without slots: with their keys in their places."""
    match part:
        case Given(inner, given):
            return plain(inner, given)
        case _ if not keys:
            return part
        case Both(parts):
            return both(plain(p, keys) for p in parts)
        case Either(parts):
            return either(plain(p, keys) for p in parts)
        case Not(inner):
            return negated(plain(inner, keys))
        case KeyIn(keys=(Slot() as slot,)):
            return replace(part, keys=keys[slot]) if keys[slot] else FALSE
        case RowIn(keys=(Slot() as slot,)):
            return RowIn(keys[slot])  # type: ignore[arg-type]
        case KeySpan(low, high):
            return KeySpan(*(keys[b] if isinstance(b, Slot) else b for b in (low, high)))
        case ColumnSpan(column, low, high):
            return ColumnSpan(column, *(keys[b][0] if isinstance(b, Slot) else b for b in (low, high)))
        case Exists(where=where):
            filled = plain(where, keys)
            return FALSE if filled == FALSE else replace(part, where=filled)
        case Referenced(unless):
            return Referenced(tuple((table, plain(p, keys)) for table, p in unless))
        case _:
            return part


def exact(part: Predicate) -> bool:
    """Whether the predicate says all: nothing in it is unsaid."""
    match part:
        case Unsaid():
            return False
        case Both(parts) | Either(parts):
            return all(exact(p) for p in parts)
        case Not(inner):
            return exact(inner)
        case Exists(where=where):
            return exact(where)
        case Referenced(unless=unless):
            return all(exact(p) for _, p in unless)
        case _:
            return True


def weight(part: Predicate) -> int:
    """How many terms the predicate has: how long the statement gets that says it."""
    match part:
        case Both(parts) | Either(parts):
            return 1 + sum(weight(p) for p in parts)
        case Not(inner):
            return weight(inner)
        case Exists(where=where):
            return 2 + weight(where)
        case Referenced(unless=unless):
            return 1 + sum(weight(p) for _, p in unless)
        case _:
            return 1


def at_least(part: Predicate) -> Predicate:
    """True only where the predicate is true whatever the unsaid is."""
    return _bounded(part, lower=True)


def at_most(part: Predicate) -> Predicate:
    """True wherever the predicate could be true, depending on the unsaid."""
    return _bounded(part, lower=False)


def _bounded(part: Predicate, *, lower: bool) -> Predicate:
    match part:
        case Unsaid():
            return FALSE if lower else TRUE
        case Both(parts):
            return both(_bounded(p, lower=lower) for p in parts)
        case Either(parts):
            return either(_bounded(p, lower=lower) for p in parts)
        case Not(inner):
            return negated(_bounded(inner, lower=not lower))
        case Exists(where=where):
            bounded = _bounded(where, lower=lower)
            return FALSE if bounded == FALSE else replace(part, where=bounded)
        case Referenced(unless):
            return Referenced(tuple((table, _bounded(p, lower=not lower)) for table, p in unless))
        case _:
            return part
