"""Expired data that stays because it is the record's own key, and the record is needed.

A record that others need is cleared instead of deleted; its key cannot be cleared. Where that key is somebody's number,
taking the name away erases nobody: everything is still joined by it. So it is found, and the plan is not done, until the
policy covers the key as long as it is needed, or the system gets a key that means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ordholden.connectors.predicate import FALSE, Filled, at_most, both, either, exact
from ordholden.grounds.compile import Group
from ordholden.grounds.interpret import filled
from ordholden.inventory.system import Field, Table, TableName
from ordholden.plans.plan import Operation, Plan
from ordholden.plans.sight import Sight

__all__ = ["in_own_keys"]


def in_own_keys(sight: Sight, plan: Plan) -> Iterator[tuple[TableName, str, int]]:
    """Per table and key column, the records that the plan, a sweep on the same day, leaves with an expired key."""
    for table in sight.inventory.tables:
        if table.is_folder or table.name in plan.blocked or table.name.system not in sight.readers:
            continue
        live = sight.reader(table).schema().tables.get(table.name.table)
        key = set(live.primary_key) if live else set()
        if not any(f.column in key for f in table.fields):
            continue
        going = sum(s.rows for s in plan.steps if s.table == table.name and s.operation is Operation.DELETE)
        for group in sight.compiler.groups(table):
            fields = tuple(f for f in group.fields if f.column in key)
            # A record that goes as a whole has an expired key, too.
            staying = _expired(table, group, fields, sight) - going if fields else 0
            if staying > 0:
                yield table.name, fields[0].column, staying


def _expired(table: Table, group: Group, fields: Sequence[Field], sight: Sight) -> int:
    where = both([group.dead, either(Filled(f.column, f.filler) for f in fields)])
    if where == FALSE:
        return 0
    if exact(where):
        return sight.reader(table).count(table.name, where)
    found = 0
    for rows in sight.rows(table, at_most(where)):
        judged = sight.evaluation(rows)
        found += sum(
            any(
                filled(r, f) and judged.covering(r, f) and judged.keep_until(r, f) <= sight.on for f in fields
            )
            for r in rows
        )
    return found
