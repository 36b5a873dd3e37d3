"""What the live schema makes certain about a table's rows, taken out of the questions that are asked of them.

A column that is never null is never missing; a reference that the database holds and has checked leads to exactly one row;
a table to which no foreign key leads is needed by nobody. A predicate without such questions means the same, and is often
one comparison on an index where it was a search in every row. "Not a booking that has not ended" becomes "a booking that
has ended", which the database can begin with.

Certain is only what the database itself answers for, see `ForeignKey.checked`. Where it does not (SQLite without its
pragma, MariaDB with its checks switched off for an import), a reference may lead nowhere and is asked about as before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ordholden.connectors.predicate import (
    FALSE,
    TRUE,
    Both,
    Either,
    Exists,
    KeyIn,
    Missing,
    Not,
    Predicate,
    Referenced,
    assuming,
    both,
    either,
    negated,
)
from ordholden.inventory.schema import ForeignKey, Schema
from ordholden.inventory.system import Hop, Path, TableName

__all__ = ["knowing", "knowing_parent", "needed_by"]


def knowing(part: Predicate, table: TableName, schema: Schema) -> Predicate:
    """The same about a row of the table, without asking what the schema has answered."""
    return _Knowing(schema).of(part, (table.table,))


def knowing_parent(part: Predicate, key: ForeignKey, parent: Predicate, schema: Schema) -> Predicate:
    """The same about a row that refers by `key` to a row of which `parent` holds."""
    match part:
        case Both(parts):
            return both(knowing_parent(p, key, parent, schema) for p in parts)
        case Either(parts):
            return either(knowing_parent(p, key, parent, schema) for p in parts)
        case Exists(table, inner, outer, where, 0) if (
            key.checked
            and table.table == key.parent
            and (_plain(inner), _plain(outer)) == (key.parent_columns, key.columns)
        ):
            return part if assuming(where, parent) != TRUE else TRUE
        case KeyIn(path, keys) if key.checked:
            there = _beyond(path, key, schema)
            same = (p for p in _conjuncts(parent) if isinstance(p, KeyIn) and p.keys == keys)
            return TRUE if there in [(p.path.hops, p.path.column) for p in same] else part
        case _:
            return part


def _beyond(path: Path, key: ForeignKey, schema: Schema) -> tuple[tuple[Hop, ...], str] | None:
    """How the path goes on from the row that the reference leads to, where it begins with that reference."""
    if len(key.columns) != 1 or path.first != key.columns[0]:
        return None
    if not path.hops:
        return (), key.parent_columns[0]
    first, *rest = path.hops
    live = schema.tables.get(first.table)
    landing = (first.on,) if first.on else live.primary_key if live else ()
    return (tuple(rest), path.column) if (first.table, landing) == (key.parent, key.parent_columns) else None


def _conjuncts(part: Predicate) -> tuple[Predicate, ...]:
    return part.parts if isinstance(part, Both) else (part,)


def needed_by(table: str, schema: Schema) -> tuple[ForeignKey, ...]:
    """The references that keep a row of the table from going."""
    return tuple(k for k in schema.foreign_keys if k.parent == table and k.on_delete != "SET NULL")


@dataclass(frozen=True)
class _Knowing:
    schema: Schema

    def of(self, part: Predicate, rows: tuple[str, ...]) -> Predicate:
        """`rows` are the tables of the row that is asked about, last, and of those around it."""
        match part:
            case Both(parts):
                return both(self.of(p, rows) for p in parts)
            case Either(parts):
                return either(self.of(p, rows) for p in parts)
            case Not(Exists() as inner) if self._one(inner, rows):
                # There is one row, so that none is otherwise says that it is so.
                return self.of(replace(inner, where=negated(inner.where)), rows)
            case Not(inner):
                return negated(self.of(inner, rows))
            case Exists():
                return self._exists(part, rows)
            case Missing(path, up):
                return FALSE if self._leads(path, rows[-1 - up]) else part
            case Referenced(unless):
                return self._referenced(unless, rows[-1])
            case _:
                return part

    def _exists(self, part: Exists, rows: tuple[str, ...]) -> Predicate:
        where = self.of(part.where, (*rows, part.table.table))
        if where == FALSE or (where == TRUE and self._one(part, rows)):
            return where
        return replace(part, where=where)

    def _referenced(self, unless: tuple[tuple[str, Predicate], ...], table: str) -> Predicate:
        going = {name: self.of(p, (name,)) for name, p in unless}
        if all(going.get(k.table) == TRUE for k in needed_by(table, self.schema)):
            return FALSE
        return Referenced(tuple(going.items()))

    # — paths —

    def _one(self, part: Exists, rows: tuple[str, ...]) -> bool:
        """Exactly one row of the table is where the path leads, whatever else is asked of it."""
        inner, there = _plain(part.inner), part.table.table
        return (
            bool(inner)
            and self._unique(there, inner)
            and self._leads(part.outer, rows[-1 - part.up], (there, inner))
        )

    def _unique(self, table: str, columns: tuple[str, ...]) -> bool:
        # An index may be unique among some rows only; what a reference leads to never is.
        live = self.schema.tables.get(table)
        return (live is not None and columns == live.primary_key) or any(
            k.checked and (k.parent, k.parent_columns) == (table, columns) for k in self.schema.foreign_keys
        )

    def _leads(self, path: Path, start: str, end: tuple[str, tuple[str, ...]] | None = None) -> bool:
        """The path never ends half-way, and ends in a key; in one that `end` has, where that is given."""
        here = start
        for hop in path.hops:
            live = self.schema.tables.get(hop.table)
            landing = (hop.on,) if hop.on else live.primary_key if live else ()
            if not self._leads_from(here, hop.column, (hop.table, landing)):
                return False
            here = hop.table
        if end is None or end == (here, (path.column,)):
            return self._never_null(here, path.column)
        return self._leads_from(here, path.column, end)

    def _leads_from(self, table: str, column: str, end: tuple[str, tuple[str, ...]]) -> bool:
        return self._never_null(table, column) and any(
            k.checked and (k.table, k.columns) == (table, (column,)) and (k.parent, k.parent_columns) == end
            for k in self.schema.foreign_keys
        )

    def _never_null(self, table: str, column: str) -> bool:
        live = self.schema.tables.get(table)
        return live is not None and column in live.columns and not live.columns[column].nullable


def _plain(path: Path) -> tuple[str, ...]:
    """The column of a path without hops."""
    return () if path.hops else (path.column,)
