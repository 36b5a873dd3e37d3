"""Rectification (GDPR art. 16): from "this is wrong, that is right" to the records that say so, written and verified.

Safety design.

*The same corridor.* A correction is a plan: looked at, approved where it is large, carried out, verified. Nothing is written
that no plan names.

*Only what still says the wrong thing.* The records are locked, read, and written in one transaction; one that says
something else by now is left as it is, and verification tells.

*What cannot be written is said before.* A key that other records are joined by, a file, a value that does not fit or that
somebody else already has: these go to a person, as work to be done by hand, never half-way.

*No values in the journal.* Receipts name records and columns; what stood there and what stands there now is in the case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from ordholden.connectors.predicate import Not, RowIn, ValueIn, both
from ordholden.connectors.reading import Key, Row, Schema
from ordholden.connectors.writing import Taken, Writer
from ordholden.grounds.interpret import filled
from ordholden.grounds.wishes import Card
from ordholden.grounds.world import World
from ordholden.identifiers import KINDS, normal
from ordholden.inventory.system import Field, Inventory, Path, Table, TableName
from ordholden.plans.book import Book, Draft, Receipt
from ordholden.plans.correction import Correction, Values
from ordholden.plans.keys import unpacked
from ordholden.plans.plan import Limit, Operation, Plan, Scope, ScopeKind, Stay, Step, numbered
from ordholden.plans.sight import Sight
from ordholden.plans.verify import Finding
from ordholden.problems import Level, Problem
from ordholden.store import Store

__all__ = ["Route", "Wrong", "carry_out", "make_correction", "route", "verify_correction"]

PAGE = 500


class Route(StrEnum):
    """How a wrong value of a column is corrected."""

    WRITTEN = "written"  # by the plan
    BY_HAND = "by hand"  # by a person: a file, or a key that others are joined by
    EXEMPT = "quality exempt"  # by nobody: it is to say what was said (a recording, an invoice that was sent)


@dataclass(frozen=True)
class Wrong:
    """What somebody says is wrong: a category, or one column as `system.table.column`; empty `old`: what we have, or lack."""

    what: str
    old: str
    new: str


def route(table: Table, field: Field, inventory: Inventory, schema: Schema | None) -> Route:
    """How this column is corrected."""
    if table.quality_exempt or inventory.systems[table.name.system].quality_exempt:
        return Route.EXEMPT
    if table.is_folder or field.file_in is not None or schema is None:
        return Route.BY_HAND
    live = schema.tables.get(table.name.table)
    column = live.columns.get(field.column) if live else None
    if live is None or column is None or column.generated or field.column in live.primary_key:
        return Route.BY_HAND
    return Route.BY_HAND if field.column in _joining(table, inventory, schema) else Route.WRITTEN


def _joining(table: Table, inventory: Inventory, schema: Schema) -> frozenset[str]:
    """The columns that records are joined by, as the database enforces it or as `systems.yaml` says."""
    name = table.name.table
    found = {c for k in schema.foreign_keys if k.table == name for c in k.columns}
    found |= {c for k in schema.foreign_keys if k.parent == name for c in k.parent_columns}
    for other in inventory.systems[table.name.system].tables.values():
        for path in _paths(other):
            if other is table:
                found.add(path.first)
            landed = [(path.hops[n - 1].table, hop.column) for n, hop in enumerate(path.hops) if n]
            landed += [(hop.table, hop.on) for hop in path.hops if hop.on]
            landed += [(path.hops[-1].table, path.column)] if path.hops else []
            if not path.hops and path.target == table.name:
                own = table.person if path.target.table == name else None
                landed += [(name, own.column)] if own is not None and own.own else []
            found |= {column for there, column in landed if there == name}
    return frozenset(found)


def _paths(table: Table) -> Iterator[Path]:
    yield from (p for p in (table.person, *(f.person for f in table.fields)) if p is not None)
    yield from (m.path for m in table.matters)


# — making —


def make_correction(
    sight: Sight,
    world: World,
    cards: Sequence[Card],
    wrongs: Sequence[Wrong],
    *,
    store: Store,
    made_by: str = "",
) -> tuple[Plan, Values]:
    """What would be written where, what has to be done by hand, what stays as it is; and the values, for the seal."""
    looked = _Look(sight, world, frozenset(cards))
    corrections: list[Correction] = []
    stays: list[Stay] = []
    problems: list[Problem] = []
    for wrong in wrongs:
        found = looked.all(wrong)
        if not found:
            problems.append(Problem("correction-nowhere", None, {"what": wrong.what}, Level.WARNING))
        for correction, way in found:
            trouble = looked.trouble(correction) if way is Route.WRITTEN else None
            if way is Route.WRITTEN and trouble is None:
                corrections.append(correction)
                continue
            problems += [trouble] if trouble else []
            stays.append(_stay(correction, Route.BY_HAND if trouble else way))
    values = Values(tuple(corrections))
    steps = [
        Step(0, c.table, Operation.CORRECT, (c.column,), len(c.keys), 0, (), False)
        for c in values.corrections
    ]
    rows = sum(s.rows for s in steps)
    most = sight.policy.limits.rows
    plan = Plan(
        organisation=sight.policy.organisation.name,
        on=sight.on,
        scope=Scope(ScopeKind.CORRECT, tuple(cards)),
        policy=sight.policy.digest,
        inventory=sight.inventory.digest,
        schemas={name: reader.schema().digest for name, reader in sorted(sight.readers.items())},
        steps=numbered(steps),
        limits=(Limit("rows", "", str(rows), str(most)),) if rows > most else (),
        problems=tuple(problems),
        stays=tuple(stays),
        made_by=made_by,
        nonce=values.mark(store),
    )
    return plan, values


def _stay(correction: Correction, way: Route) -> Stay:
    """What this plan does not write: `ground` says the way that it goes instead."""
    by_hand = way is Route.BY_HAND
    place = f"{correction.table}.{correction.column}" if by_hand else str(correction.table)
    return Stay(place, correction.category, way.value, "", "", by_hand, len(correction.keys))


@dataclass(frozen=True)
class _Look:
    """One person's records, looked through for what is wrong."""

    sight: Sight
    world: World
    cards: frozenset[Card]

    def all(self, wrong: Wrong) -> list[tuple[Correction, Route]]:
        """Every column with the wrong value, by what exactly stands there, and how it is corrected."""
        olds = {wrong.old} if wrong.old.strip() else self._on_cards(wrong)
        found: dict[tuple[TableName, str, str], list[Key]] = {}
        for table, field, row in self._fields(wrong.what):
            kind, value = _kind(table, field), row.values.get(field.column)
            missing = not filled(row, field)
            # What is missing is filled in where we say who somebody is, not in everything that was ever written of them.
            here = table.holds_people and not wrong.old.strip() if missing else _among(kind, value, olds)
            if here and not _same(kind, value, wrong.new, exactly=True):
                found.setdefault((table.name, field.column, _text(value)), []).append(row.key)
        return [self._corrected(*place, tuple(keys), wrong.new.strip()) for place, keys in found.items()]

    def _corrected(
        self, name: TableName, column: str, old: str, keys: tuple[Key, ...], new: str
    ) -> tuple[Correction, Route]:
        table = self.sight.inventory.table(name)
        field = table.field(column)
        assert field is not None
        way = route(table, field, self.sight.inventory, self._schema(table))
        return Correction(name, column, field.category, keys, old, new), way

    def _on_cards(self, wrong: Wrong) -> set[str]:
        """What we have of it where we say who the person is."""
        return {
            _text(row.values[field.column])
            for table, field, row in self._fields(wrong.what)
            if table.holds_people and filled(row, field)
        }

    def _fields(self, what: str) -> Iterator[tuple[Table, Field, Row]]:
        rows = {(r.table, r.key): r for card in self.cards for r in self.world.about(card)}
        for row in rows.values():
            table = self.sight.inventory.table(row.table)
            for field in table.fields:
                whose = self.world.card(row, field.person or table.person)
                if whose in self.cards and what in (field.category, f"{table.name}.{field.column}"):
                    yield table, field, row

    def _schema(self, table: Table) -> Schema | None:
        reader = self.sight.readers.get(table.name.system)
        return reader.schema() if reader is not None and not table.is_folder else None

    def trouble(self, correction: Correction) -> Problem | None:
        """Why the value cannot be written, if so."""
        reader = self.sight.readers[correction.table.system]
        live = reader.schema().tables[correction.table.table]
        column = live.columns[correction.column]
        facts = {"table": str(correction.table), "column": correction.column}
        if not correction.new and not column.nullable:
            return Problem("correction-empty", None, facts)
        if _typed(column.type, correction.new) is None:
            return Problem("correction-type", None, {**facts, "type": column.type.lower()})
        if column.length is not None and len(correction.new) > column.length:
            return Problem("correction-length", None, {**facts, "length": str(column.length)})
        if (correction.column,) in live.unique:
            others = both([ValueIn(correction.column, (correction.new,), or_missing=False), _not(correction)])
            if len(correction.keys) > 1 or reader.count(correction.table, others):
                return Problem("correction-taken", None, facts)
        return None


def _not(correction: Correction) -> Not:
    return Not(RowIn(correction.keys))


# — values —


def _kind(table: Table, field: Field) -> str:
    """The identifier that the column holds, if it is one: then spellings are compared, not letters."""
    own = next((k for k, column in table.identifiers.items() if column == field.column), "")
    return own if own in KINDS else field.category if field.category in KINDS else ""


def _among(kind: str, value: object, olds: set[str]) -> bool:
    return any(_same(kind, value, old) for old in olds)


def _same(kind: str, value: object, said: str, *, exactly: bool = False) -> bool:
    """The value is what was said. `exactly`: letter by letter, since a spelling may be what is wrong."""
    text = _text(value)
    if exactly:
        return text == said.strip()
    if kind and normal(kind, said) is not None:
        return normal(kind, text) == normal(kind, said)
    day = _day(said)
    return _folded(text) == _folded(said) or (day is not None and text[:10] == day)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


_DANISH_DAY = re.compile(r"\s*(\d{1,2})[.\-/ ]\s*(\d{1,2})[.\-/ ]\s*(\d{4})\s*")


def _day(said: str) -> str | None:
    """A day as Danes write it, as databases do."""
    match = _DANISH_DAY.fullmatch(said)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else None


_READ: tuple[tuple[tuple[str, ...], Callable[[str], object]], ...] = (
    (("BOOL", "BIT"), lambda text: {"0": False, "1": True, "true": True, "false": False}[text.casefold()]),
    (("INT", "SERIAL"), int),
    (("NUMERIC", "DECIMAL", "REAL", "DOUBLE", "FLOAT"), Decimal),
    (("TIMESTAMP", "DATETIME"), datetime.fromisoformat),
    (("DATE",), date.fromisoformat),
)


def _typed(type_: str, text: str) -> object | None:
    """The text as a column of that type would hold it; None where it cannot."""
    if not text:
        return text
    read = next((r for names, r in _READ if any(n in type_.upper() for n in names)), None)
    if read is None:
        return text
    try:
        return read(_day(text) or text)
    except (ValueError, KeyError, InvalidOperation):
        return None


# — carrying out —


def carry_out(
    plan: Plan,
    corrections: Sequence[Correction],
    *,
    writers: Mapping[str, Writer],
    book: Book,
    progress: Callable[[str, int], None] = lambda what, n: None,
) -> None:
    """Writes what still is to be written; a second time nothing is left to do."""
    for receipt in book.unsure(plan):
        _look_again(receipt, corrections, writers, book)
    for correction in corrections:
        writer = writers[correction.table.system]
        for start in range(0, len(correction.keys), PAGE):
            page = correction.keys[start : start + PAGE]
            written = _written(plan, correction, page, writer, book)
            progress(f"{Operation.CORRECT} {correction.table}", written)
    book.settle(plan)


def _written(plan: Plan, correction: Correction, page: Sequence[Key], writer: Writer, book: Book) -> int:
    """One batch, one transaction: locked, judged by what stands there now, written, written down."""
    name, column = correction.table, correction.column
    with writer.transaction() as changes:
        locked = changes.lock(name, RowIn(tuple(page)), [column])
        wrong = tuple(key for key, (value,) in locked if _text(value) == correction.old)
        if not wrong:
            return 0
        keys = changes.write(name, RowIn(wrong), {column: _day_or_text(writer, correction)})
        book.intend(plan, [Draft(name, Operation.CORRECT, (column,), Taken(tuple(keys)))])
    book.committed()
    return len(keys)


def _day_or_text(writer: Writer, correction: Correction) -> str | None:
    """What is written: a Danish day in a column of days becomes one; nothing becomes null."""
    type_ = writer.schema().tables[correction.table.table].columns[correction.column].type.upper()
    day = _day(correction.new) if any(t in type_ for t in ("DATE", "TIMESTAMP")) else None
    return (day or correction.new) or None


def _look_again(
    receipt: Receipt, corrections: Sequence[Correction], writers: Mapping[str, Writer], book: Book
) -> None:
    """A run broke off between two writes: which records of the receipt were really written?"""
    writer = writers[receipt.table.system]
    keys = tuple(unpacked(receipt.keys))
    mine = [c for c in corrections if c.table == receipt.table and (c.column,) == receipt.columns]
    there = (
        {
            row.key: _text(row.values.get(receipt.columns[0]))
            for page in writer.rows(receipt.table, RowIn(keys))
            for row in page
        }
        if keys
        else {}
    )
    done = [k for k in keys for c in mine if k in c.keys and there.get(k) not in (None, c.old)]
    # Personal keys were not written down: what was not done is done now, and has a receipt of its own.
    book.correct(receipt, rows=len(done), keys=done)


# — verifying —


def verify_correction(
    plan: Plan, corrections: Sequence[Correction], sight: Sight, world: World, receipts: Sequence[Receipt]
) -> tuple[Finding, ...]:
    """The new value stands where the old one did, and the old one nowhere else among what can be written."""
    return (
        *_unwritten(corrections, sight),
        *_old_left(plan, corrections, sight, world),
        *(Finding("verify-unsure", {"table": str(r.table)}) for r in receipts if r.state == "intended"),
    )


def _unwritten(corrections: Sequence[Correction], sight: Sight) -> Iterator[Finding]:
    for correction in corrections:
        reader = sight.readers[correction.table.system]
        column = reader.schema().tables[correction.table.table].columns[correction.column]
        wanted = _typed(column.type, correction.new)
        rows = [r for page in reader.rows(correction.table, RowIn(correction.keys)) for r in page]
        other = [
            r
            for r in rows
            if _text(_typed(column.type, _text(r.values.get(correction.column)))) != _text(wanted)
        ]
        if other:
            facts = {
                "table": str(correction.table),
                "column": correction.column,
                "rows": str(len(other)),
            }
            yield Finding("verify-uncorrected", facts)


def _old_left(plan: Plan, corrections: Sequence[Correction], sight: Sight, world: World) -> Iterator[Finding]:
    """Per category, the person's records that still say what was wrong, where a plan could have written them."""
    looked = _Look(sight, world, frozenset(plan.scope.cards))
    by_hand = {s.table for s in plan.stays}
    for category, old, new in dict.fromkeys((c.category, c.old, c.new) for c in corrections if c.old):
        for correction, way in looked.all(Wrong(category, old, new)):
            place = f"{correction.table}.{correction.column}"
            if way is Route.WRITTEN and correction.old == old and place not in by_hand:
                facts = {
                    "table": str(correction.table),
                    "column": correction.column,
                    "rows": str(len(correction.keys)),
                }
                yield Finding("verify-old-left", facts)
