"""Who has an identifier: rows of a people table whose column is a spelling of it, out of a million in a
moment.

A column that no index serves is scanned, once for any number of values. An indexed one is asked for the
usual spellings of the values, which takes no time; and since somebody may be written in an unusual way
there, those few rows are read once and remembered for a minute. Where they are many (a column of `Tlf. 12
34 56 78`), it is scanned like any other.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ordholden import identifiers
from ordholden.connectors.predicate import RowIn
from ordholden.connectors.reading import Key, Row, Schema
from ordholden.connectors.sql.spelling import Spelling
from ordholden.connectors.sql.translate import Translator
from ordholden.inventory.system import System, TableName

__all__ = ["Lookup"]

# A row that is written in an unusual way meanwhile is met after so many seconds at the latest.
FRESH_SECONDS = 60.0
ODD_AT_MOST = 20_000
BATCH = 1_000

_COLLATION = sa.text(
    "SELECT collation_name FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND table_name = :table AND column_name = :column"
)

Stream = Callable[[Any, int], Iterator[Sequence[Any]]]


@dataclass(frozen=True)
class _Odd:
    """The rows of a column that are written in an unusual way, by what they mean; None: too many."""

    keys: Mapping[str, tuple[Key, ...]] | None
    read_at: float


class Lookup:
    """Looks identifiers up in one open database."""

    def __init__(
        self,
        system: System,
        tables: Mapping[str, sa.Table],
        schema: Schema,
        translator: Translator,
        stream: Stream,
    ) -> None:
        self._system, self._tables, self._schema = system, tables, schema
        self._translator, self._stream = translator, stream
        self._odd: dict[tuple[TableName, str, str], _Odd] = {}
        self._collations: dict[tuple[str, str], bool] = {}

    def rows(
        self, table: TableName, column: str, kind: str, values: Collection[str]
    ) -> Iterator[Sequence[Row]]:
        """The rows whose column is a spelling of one of the values, with what identifies them and no more."""
        wanted = frozenset(values)
        target = self._tables.get(table.table)
        if not wanted or target is None or column not in target.c:
            return
        for condition in self._conditions(table, target, column, kind, wanted):
            for rows in self._read(table, target, column, condition):
                found = [r for r in rows if identifiers.normal(kind, r.values[column]) in wanted]
                if found:
                    yield found

    def _conditions(
        self, table: TableName, target: sa.Table, column: str, kind: str, wanted: frozenset[str]
    ) -> Iterator[sa.ColumnElement[bool]]:
        """What to ask for, so that no row is met twice."""
        spelling = Spelling(self._translator, kind, target.c[column], self._caseless(table, column))
        odd = self._odd_keys(table, target, column, spelling) if self._indexed(table, column) else None
        if odd is None:
            yield spelling.among(wanted)
            return
        exactly = spelling.exactly(wanted)
        yield exactly
        keys = [key for value in wanted for key in odd.get(value, ())]
        if keys:
            yield sa.and_(self._translator.where(RowIn(tuple(keys)), target), sa.not_(exactly))

    def _indexed(self, table: TableName, column: str) -> bool:
        schema = self._schema.tables.get(table.table)
        return schema is not None and column in schema.indexed

    def _odd_keys(
        self, table: TableName, target: sa.Table, column: str, spelling: Spelling
    ) -> Mapping[str, tuple[Key, ...]] | None:
        known = self._odd.get((table, column, spelling.kind))
        if known is None or time.monotonic() - known.read_at > FRESH_SECONDS:
            known = self._read_odd(table, target, column, spelling)
            self._odd[table, column, spelling.kind] = known
        return known.keys

    def _read_odd(self, table: TableName, target: sa.Table, column: str, spelling: Spelling) -> _Odd:
        read_at = time.monotonic()
        keys = self._translator.row_key(target, table.table)
        query = sa.select(*keys, target.c[column]).where(spelling.odd()).limit(ODD_AT_MOST + 1)
        found: dict[str, list[Key]] = defaultdict(list)
        count = 0
        for rows in self._stream(query, BATCH):
            for *key, value in rows:
                count += 1
                normal = identifiers.normal(spelling.kind, value)
                if normal is not None:
                    found[normal].append(tuple(key))
        if count > ODD_AT_MOST:
            return _Odd(None, read_at)
        return _Odd({normal: tuple(some) for normal, some in found.items()}, read_at)

    def _caseless(self, table: TableName, column: str) -> bool:
        """Whether the column compares without case, as MariaDB's mostly do."""
        if self._translator.dialect not in ("mysql", "mariadb"):
            return False
        if (table.table, column) not in self._collations:
            query = _COLLATION.bindparams(table=table.table, column=column)
            names = [str(name) for rows in self._stream(query, 1) for (name,) in rows]
            self._collations[table.table, column] = any(n.endswith("_ci") for n in names)
        return self._collations[table.table, column]

    def _read(
        self, table: TableName, target: sa.Table, column: str, condition: sa.ColumnElement[bool]
    ) -> Iterator[Sequence[Row]]:
        declared = self._system.tables[table.table]
        if declared.person is None:
            return
        keys = self._translator.row_key(target, table.table)
        names = tuple(sorted(c for c in {column, *declared.identifiers.values()} if c in target.c))
        query = sa.select(*keys, *(target.c[c] for c in names), target.c[declared.person.column]).where(
            condition
        )
        for rows in self._stream(query.order_by(*keys), BATCH):
            yield [
                Row(
                    table,
                    tuple(r[: len(keys)]),
                    dict(zip(names, r[len(keys) : -1], strict=True)),
                    {declared.person: r[-1]},
                )
                for r in rows
            ]
