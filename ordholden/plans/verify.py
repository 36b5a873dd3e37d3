"""Asks the systems afresh whether a plan was kept: nothing expired is left, nothing living is gone, nobody erased is found.

A plan is done only when this finds nothing. What it finds is a value with the table, the number and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ordholden.connectors.predicate import Given, KeyIn, RowIn, Slot
from ordholden.connectors.reading import Row
from ordholden.grounds.wishes import Card
from ordholden.identifiers import normal
from ordholden.inventory.system import Inventory, Table, TableName
from ordholden.plans.book import Receipt
from ordholden.plans.make import make
from ordholden.plans.own_keys import in_own_keys
from ordholden.plans.plan import Operation, Plan, ScopeKind
from ordholden.plans.sight import Sight

__all__ = ["Finding", "identifiers_of", "verify"]


@dataclass(frozen=True)
class Finding:
    """Something that verification found; `code` is explained in the docs."""

    code: str
    facts: Mapping[str, str]

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "facts": dict(self.facts)}


def verify(
    plan: Plan,
    sight: Sight,
    *,
    receipts: Sequence[Receipt],
    sizes: Mapping[str, int],
    watched: Sequence[tuple[str, str]],
) -> tuple[Finding, ...]:
    """What the systems say now. `sizes` are rows per table before the plan, `watched` identifiers of erased people."""
    return (
        *_left(plan, sight),
        *_gone(plan, sight, receipts, sizes),
        *_found_again(plan, sight, watched),
        *(Finding("verify-unsure", {"table": str(r.table)}) for r in receipts if r.state == "intended"),
    )


def _left(plan: Plan, sight: Sight) -> Iterator[Finding]:
    """What is still due: the same plan, made again, would have to be empty."""
    again = make(sight, plan.scope)
    for step in again.steps:
        if step.operation is not Operation.ASK:
            yield Finding(
                "verify-left", {"table": str(step.table), "operation": step.operation, "rows": str(step.rows)}
            )
    for table in again.blocked:
        yield Finding("verify-blocked", {"table": str(table)})
    if plan.scope.kind is ScopeKind.SWEEP:
        for name, column, rows in in_own_keys(sight, again):
            yield Finding("verify-key", {"table": str(name), "column": column, "rows": str(rows)})


def _gone(
    plan: Plan, sight: Sight, receipts: Sequence[Receipt], sizes: Mapping[str, int]
) -> Iterator[Finding]:
    """Rows before, less rows that receipts say we deleted: fewer than that means that something living is gone."""
    if plan.scope.of_people:
        return
    for step in plan.steps:
        name = str(step.table)
        if (
            step.operation is not Operation.DELETE
            or name not in sizes
            or step.table.system not in sight.readers
        ):
            continue
        deleted = sum(
            r.rows
            for r in receipts
            if r.table == step.table and r.operation is Operation.DELETE and r.state == "done"
        )
        deleted += _with_their_records(step.table, receipts, sight.inventory)
        there = sight.readers[step.table.system].size(step.table)
        exact = there <= EXACT and sizes[name] <= EXACT
        if exact and there < sizes[name] - deleted:
            missing = sizes[name] - deleted - there
            yield Finding("verify-gone", {"table": name, "rows": str(missing)})


def _with_their_records(folder: TableName, receipts: Sequence[Receipt], inventory: Inventory) -> int:
    """Files that may have gone with the records that knew them: one for each field of a record that names one."""
    knowing = [(t.name, f.column) for t in inventory.tables for f in t.fields if f.file_in == folder]
    return sum(
        r.rows
        for r in receipts
        for table, column in knowing
        if r.table == table and r.state == "done" and (r.operation is Operation.DELETE or column in r.columns)
    )


MANY = 5_000
"""Keys in one statement."""
TOGETHER = 500
"""Records that are judged together: what lies around them is held in memory."""
EXACT = 200_000
"""Beyond this a table's size is the server's estimate, and says nothing about single rows."""


def _found_again(plan: Plan, sight: Sight, watched: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Identifiers of erased people in any declared column of the kind, outside the records that had to stay."""
    if not watched:
        return
    wanted: dict[str, list[str]] = {}
    for kind, value in watched:
        wanted.setdefault(kind, []).append(value)
    for table in sight.inventory.tables:
        if table.name.system not in sight.readers or not table.fields:
            continue
        for column, kind in identifier_columns(table, sight).items():
            rows = list(_holding(table, column, kind, wanted.get(kind, ()), sight))
            left = _not_staying(rows, table, plan, sight)
            if table.field(column) is None:
                left = _not_needed(left, (column, kind), table, sight)
            if left:
                facts = {"table": str(table.name), "column": column, "kind": kind, "rows": str(len(left))}
                yield Finding("verify-found", facts)


def _not_needed(rows: Sequence[Row], identifier: tuple[str, str], table: Table, sight: Sight) -> list[Row]:
    """Without the emptied records that others need, of somebody who has to stay: what is left in them is the link there.

    Either the card that the record leads to stays on a ground that the request could not end, or a record elsewhere that
    has the same identifier does. Where neither does, the number is found, though everything else is gone.
    """
    if not rows or table.is_folder:
        return list(rows)
    needed = {mine for _, _, mine in sight.reader(table).references(table.name, tuple(r.key for r in rows))}
    known = _of_who_stay([r for r in rows if r.key in needed], identifier, table, sight)
    column, kind = identifier
    return [
        r
        for r in rows
        if r.key not in needed
        or not (normal(kind, r.values.get(column)) in known or _card_stays(r, table, sight))
    ]


def _of_who_stay(
    rows: Sequence[Row], identifier: tuple[str, str], table: Table, sight: Sight
) -> frozenset[str | None]:
    """Those of the identifiers that a record of another people table has, and has to keep."""
    column, kind = identifier
    values = {v for r in rows if (v := normal(kind, r.values.get(column))) is not None}
    found: set[str | None] = set()
    for people in sight.inventory.people_tables:
        place = people.identifiers.get(kind)
        if place is None or people.name == table.name or people.name.system not in sight.readers:
            continue
        there = list(_holding(people, place, kind, tuple(values), sight))
        judged = sight.evaluation(there)
        found |= {normal(kind, r.values.get(place)) for r in there if judged.verdict(r).living}
    return frozenset(found)


def _card_stays(row: Row, table: Table, sight: Sight) -> bool:
    """The one whom the record leads to is still there, on a ground that the request could not end."""
    path = table.person
    if path is None or path.own or row.links.get(path) is None:
        return False
    target = sight.inventory.table(path.target)
    if target.person is None:
        return False
    for rows in sight.rows(target, KeyIn(target.person, (row.links[path],))):
        judged = sight.evaluation(rows)
        if any(judged.verdict(r).living for r in rows):
            return True
    return False


def _holding(table: Table, column: str, kind: str, values: Sequence[str], sight: Sight) -> Iterator[Row]:
    """Records whose column is a spelling of one of the values."""
    if not values:
        return
    reader = sight.reader(table)
    for page in reader.matching(table.name, column, kind, values):
        for rows in reader.rows(table.name, RowIn(tuple(r.key for r in page))):
            yield from (r for r in rows if normal(kind, r.values.get(column)) in values)


def identifier_columns(table: Table, sight: Sight) -> dict[str, str]:
    """Columns that hold an identifier: declared as one, of the category that identifier columns elsewhere have, or
    leading to people who are known by it. A phone number that joins two tables is personal in both of them."""
    categories: dict[str, str] = {}
    for people in sight.inventory.people_tables:
        for kind, column in people.identifiers.items():
            field = people.field(column)
            if field is not None:
                categories.setdefault(field.category, kind)
    found = {column: kind for kind, column in table.identifiers.items()}
    for field in table.fields:
        if field.category in categories and field.column not in found and not field.file_in:
            found[field.column] = categories[field.category]
    for path in (table.person, *(f.person for f in table.fields)):
        if path is not None and not path.hops:
            known = {c: kind for kind, c in sight.inventory.table(path.target).identifiers.items()}
            key = sight.inventory.table(path.target).person
            if key is not None and key.column in known:
                found.setdefault(path.column, known[key.column])
    return {} if table.is_folder else found


def _not_staying(rows: Sequence[Row], table: Table, plan: Plan, sight: Sight) -> list[Row]:
    """Without the records that stay on a ground that the request could not end, or that belong to somebody else who has the
    same identifier. All of them are judged together: of a thousand erased people a thousand records may have to stay."""
    paths = [table.person, *(f.person for f in table.fields)]
    erased, left = frozenset(plan.scope.cards), list[Row]()
    for start in range(0, len(rows), TOGETHER):
        mine = []
        for row in rows[start : start + TOGETHER]:
            cards = {
                Card(p.target, row.links[p]) for p in paths if p is not None and row.links.get(p) is not None
            }
            if not cards:
                left.append(row)
            elif cards & erased:
                mine.append(row)
        judged = sight.evaluation(mine)
        left += [r for r in mine if (v := judged.verdict(r)).expired or v.record_expired]
    return left


def identifiers_of(cards: Sequence[Card], sight: Sight) -> list[tuple[str, str]]:
    """What people are known by in the systems, in normal form, to be looked for when they have been erased."""
    found: dict[tuple[str, str], None] = {}
    for table in sight.inventory.people_tables:
        keys = tuple(c.key for c in cards if c.table == table.name)
        if not keys or not table.identifiers or table.name.system not in sight.readers:
            continue
        for row in _known_by(table, keys, sight):
            for kind, column in table.identifiers.items():
                value = normal(kind, row.values.get(column))
                if value:
                    found[kind, value] = None
    return list(found)


def _known_by(table: Table, keys: Sequence[object], sight: Sight) -> Iterator[Row]:
    """The rows of these people in a people table."""
    person, slot = table.person, Slot("known", table.name)
    assert person is not None
    where = sight.memory.once(("known", table.name), lambda: KeyIn(person, (slot,)))
    for start in range(0, len(keys), MANY):
        some = Given(where, {slot: tuple(keys[start : start + MANY])})
        yield from sight.reader(table).many([(table.name, some)])[0]
