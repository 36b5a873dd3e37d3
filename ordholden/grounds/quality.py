"""Dates that keep a ground open though they should not: missing, impossible, before the beginning, still to come.

A missing or future end is normal while a thing runs. It is a finding only where the record's own state says that it should
have ended (`should have ended`), or where no reading makes sense of the date. The ground stays open; the finding says how
many records that keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ordholden.connectors.predicate import FALSE, TRUE, Before, Known, Predicate, Test, both, negated
from ordholden.grounds.compile import Compiler
from ordholden.inventory.system import EventColumn, Table
from ordholden.policy.condition import ColumnCondition, Present

__all__ = ["Doubt", "doubts"]


@dataclass(frozen=True)
class Doubt:
    """A kind of bad date in a column: its problem code, and the rows that have it."""

    code: str
    column: EventColumn
    rows: Predicate


def doubts(compiler: Compiler) -> Iterator[Doubt]:
    """What to count, for every column that ends a ground."""
    rules = [r for a in compiler.policy.activities.values() for r in (a.keep, a.if_none) if r is not None]
    ending = {event.name for rule in rules for event in rule.anchors}
    for table in compiler.inventory.tables:
        if table.is_folder:
            continue
        for column in table.events:
            if column.event in ending:
                yield from (d for d in _of_column(compiler, table, column) if d.rows != FALSE)


def _of_column(compiler: Compiler, table: Table, column: EventColumn) -> Iterator[Doubt]:
    there = Test(ColumnCondition("", (Present(column.column, True),)))
    recorded = Test(column.when) if column.when else TRUE
    yield Doubt("date-impossible", column, both([recorded, there, negated(Known(column))]))
    yield Doubt("date-inverted", column, both([recorded, compiler.inverted(table, column)]))
    if table.should_have_ended and column.event != table.begins:
        over = both([recorded, Test(table.should_have_ended)])
        yield Doubt("date-missing", column, both([over, negated(there)]))
        yield Doubt("date-future", column, both([over, Known(column), negated(Before(column, compiler.on))]))
