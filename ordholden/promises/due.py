"""How many records are overdue on a day, by table, and from which day on: asked of the live systems.

The numbers are of a plan made in memory, so that a promise never counts otherwise than a sweep
does. The day is found by judging single records; where they are too many, by halving: "some datum has
expired at D" is true from some day on, so a handful of questions finds that day however many rows there
are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ordholden.connectors.predicate import FALSE, Predicate, at_least, at_most, either, exact
from ordholden.grounds.interpret import filled
from ordholden.inventory.system import Field, Table, TableName
from ordholden.plans.make import make
from ordholden.plans.own_keys import in_own_keys
from ordholden.plans.plan import Operation, Scope, ScopeKind
from ordholden.plans.sight import Sight
from ordholden.promises.look import Look

__all__ = ["Days", "Line", "due"]

BATCH = 500
JUDGED = 1_000
"""So many records at most are judged one by one to find a day."""


@dataclass(frozen=True)
class Line:
    """Records of a table that have to go, as a whole or by some columns; `blocked` where no plan may."""

    table: TableName
    columns: tuple[str, ...]
    rows: int
    blocked: bool


def due(look: Look, day: date) -> tuple[Line, ...]:
    """What has expired on the day and is still there."""
    sight = look.at(day)
    plan = make(sight, Scope(ScopeKind.SWEEP))
    steps = [s for s in plan.steps if s.operation is not Operation.ASK]
    lines = [Line(s.table, s.columns, s.rows, False) for s in steps]
    lines += [Line(table, (column,), rows, False) for table, column, rows in in_own_keys(sight, plan)]
    for name in plan.blocked:
        lines += _blocked(look, sight, look.inventory.table(name))
    return tuple(lines)


def _blocked(look: Look, sight: Sight, table: Table) -> Iterator[Line]:
    """A table that no plan may touch is counted all the same: what stays too long breaks the promise."""
    if table.name.system not in sight.readers or not look.there(table.name):
        return
    for group in sight.compiler.groups(table):
        where = at_least(group.cleared)
        rows = 0 if where == FALSE else sight.reader(table).count(table.name, where)
        if rows:
            yield Line(table.name, tuple(f.column for f in group.fields), rows, True)


@dataclass(frozen=True)
class Days:
    """When the first datum of a table expired, or will have. Each table is judged once for all rules."""

    look: Look
    _judged: dict[tuple[TableName, date], Judged] = field(default_factory=dict)

    def first(self, table: Table, fields: Sequence[Field], low: date, high: date) -> date | None:
        """The first day, up to `high`, on which some datum of these fields has expired that is there now.

        None where nobody can tell: no day is known for data without any ground.
        """
        place = (table.name, high)
        if place not in self._judged:
            self._judged[place] = _judge(self.look, table, high)
        judged = self._judged[place]
        found = min((judged.first[f.column] for f in fields if f.column in judged.first), default=None)
        return found if judged.all else self._halved(table, fields, low, found or high)

    def _halved(self, table: Table, fields: Sequence[Field], low: date, high: date) -> date:
        """Asks whether some datum had expired on the day between, again and again."""
        if not exact(self._expired(table, fields, high)) or self._some(table, fields, low):
            # Data that never had a ground has expired on every day and says nothing about a first one.
            return high
        while (high - low).days > 1:
            middle = low + timedelta(days=(high - low).days // 2)
            if self._some(table, fields, middle):
                high = middle
            else:
                low = middle
        return high

    def _some(self, table: Table, fields: Sequence[Field], day: date) -> bool:
        where = self._expired(table, fields, day)
        reader = self.look.sight.reader(table)
        return where != FALSE and any(True for _ in reader.keys(table.name, where, batch=1))

    def _expired(self, table: Table, fields: Sequence[Field], day: date) -> Predicate:
        return _expired(self.look.at(day), table, fields)


@dataclass(frozen=True)
class Judged:
    """What a look at single records showed: the first day per column, and whether these were all of them."""

    first: Mapping[str, date]
    all: bool


def _judge(look: Look, table: Table, day: date) -> Judged:
    sight = look.at(day)
    first: dict[str, date] = {}
    seen = 0
    for rows in sight.rows(table, at_most(_expired(sight, table, table.fields)), batch=BATCH):
        if seen >= JUDGED:
            return Judged(first, False)
        seen += len(rows)
        evaluation = sight.evaluation(rows)
        for row in rows:
            for datum in table.fields:
                if filled(row, datum) and evaluation.covering(row, datum):
                    end = evaluation.keep_until(row, datum)
                    if date.min < end <= day:
                        first[datum.column] = min(end, first.get(datum.column, end))
    return Judged(first, True)


def _expired(sight: Sight, table: Table, fields: Sequence[Field]) -> Predicate:
    groups = [g for g in sight.compiler.groups(table) if any(f in g.fields for f in fields)]
    return either(g.cleared for g in groups)
