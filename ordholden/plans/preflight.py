"""Before the first write: what would fail is said now, not half-way. Reads the live schema again each time.

A table with a finding that makes erasing it unsafe is blocked: nothing in it changes, and the plan says so.
"""

from __future__ import annotations

from ordholden.inventory.live import table_fits
from ordholden.inventory.system import TableName
from ordholden.plans.sight import Sight
from ordholden.problems import Level, Problem

__all__ = ["preflight"]


def preflight(sight: Sight) -> tuple[tuple[Problem, ...], frozenset[TableName]]:
    """What stands in the way, and the tables that must not be touched until it is mended."""
    problems: list[Problem] = []
    blocked: set[TableName] = set()
    for table in sight.inventory.tables:
        if not table.fields or table.is_folder:
            continue
        if table.name.system not in sight.readers:
            blocked.add(table.name)
            continue
        found = table_fits(sight.inventory, table, sight.readers[table.name.system].schema())
        problems += found
        if any(p.level is Level.ERROR for p in found):
            blocked.add(table.name)
    return tuple(problems), frozenset(blocked)
