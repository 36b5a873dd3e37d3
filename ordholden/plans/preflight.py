"""Before the first write: what would fail is said now, not half-way. Reads the live schema again each time.

A table with a finding that makes erasing it unsafe is blocked: nothing in it changes, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from ordholden.connectors.reading import TableSchema
from ordholden.inventory.system import Field, Table, TableName
from ordholden.plans.plan import Scope
from ordholden.plans.sight import Sight
from ordholden.problems import Level, Place, Problem

__all__ = ["preflight"]


def preflight(sight: Sight, scope: Scope) -> tuple[tuple[Problem, ...], frozenset[TableName]]:
    """What stands in the way, and the tables that must not be touched until it is mended."""
    problems: list[Problem] = []
    blocked: set[TableName] = set()
    for table in sight.inventory.tables:
        if not table.fields or table.is_folder:
            continue
        if table.name.system not in sight.readers:
            blocked.add(table.name)
            continue
        found = list(_table(table, sight.readers[table.name.system].schema().tables.get(table.name.table)))
        problems += found
        if any(p.level is Level.ERROR for p in found):
            blocked.add(table.name)
    return tuple(problems), frozenset(blocked)


def _table(table: Table, live: TableSchema | None) -> Iterator[Problem]:
    if live is None:
        yield _problem("table-not-there", table.at, table=table.name)
        return
    if not live.primary_key:
        yield _problem("primary-key-missing", table.at, table=table.name)
    for column in sorted(set(live.columns) - table.listed):
        yield _problem("column-unlisted", table.at, table=table.name, column=column)
    for column in sorted(table.listed - set(live.columns)):
        yield _problem("column-not-there", table.at, table=table.name, column=column)
    for trigger in live.triggers:
        yield _problem("trigger-there", table.at, Level.WARNING, table=table.name, trigger=trigger)
    for field in table.fields:
        if field.column in live.columns:
            yield from _field(table, field, live)
    for column in table.cut:
        if column in live.columns and not live.columns[column].nullable:
            yield _problem("cut-not-nullable", table.at, table=table.name, column=column)


def _field(table: Table, field: Field, live: TableSchema) -> Iterator[Problem]:
    column = live.columns[field.column]
    if field.column in live.primary_key:
        if table.when_expired == "anonymise":
            yield _problem("key-personal", field.at, table=table.name, column=field.column)
        return
    if column.generated:
        yield _problem("column-generated", field.at, table=table.name, column=field.column)
    if field.filler is None:
        if not column.nullable:
            level = Level.ERROR if _may_be_cleared(table) else Level.WARNING
            yield _problem("filler-missing", field.at, level, table=table.name, column=field.column)
        return
    alone = any(u == (field.column,) for u in live.unique)
    if alone and "{key}" not in field.filler:
        yield _problem("filler-not-unique", field.at, table=table.name, column=field.column)
    longest = len(field.filler.replace("{key}", "")) + (10 if "{key}" in field.filler else 0)
    if column.length is not None and longest > column.length:
        yield _problem("filler-too-long", field.at, table=table.name, column=field.column, length=column.length)


def _may_be_cleared(table: Table) -> bool:
    """Whether single fields of the table can come to be cleared: it is anonymised, or its data have different fates."""
    return table.when_expired == "anonymise" or len({f.category for f in table.fields}) > 1


def _problem(code: str, at: Place, level: Level = Level.ERROR, **facts: object) -> Problem:
    return Problem(code, at, {k: str(v) for k, v in facts.items()}, level)
