"""Who has an identifier: rows of a people table whose column is a spelling of it, out of a million in a
moment.

A column that no index serves is scanned, once for any number of values. An indexed one is asked for the usual
spellings of the values, which takes no time; and since somebody may be written in an unusual way there, those
few rows are read once and remembered for a minute.

Where a column has been scanned a few times, as a night's work does page by page, all of it is read once
into an index of our own (`held.py`). It is read again when it is older than a minute, or than twenty times
the time that reading takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ordholden import identifiers
from ordholden.connectors.predicate import Given, RowIn, Slot
from ordholden.connectors.reading import Key, Row, Schema
from ordholden.connectors.sql.held import Column, Columns, Read
from ordholden.connectors.sql.prepared import Build
from ordholden.connectors.sql.spelling import Spelling
from ordholden.connectors.sql.translate import Translator
from ordholden.inventory.system import Path, System, TableName

__all__ = ["Lookup"]

ODD_AT_MOST = 100_000
BATCH = 1_000

_COLLATION = sa.text(
    "SELECT collation_name FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND table_name = :table AND column_name = :column"
)

Stream = Callable[[Any, int], Iterator[Sequence[Any]]]
Ask = Callable[[Hashable, Given, Build], Sequence[Sequence[Any]] | None]
"""A statement that is said once, asked with other values; None where this database has none such."""


class Lookup:
    """Looks identifiers up in one open database."""

    def __init__(
        self,
        system: System,
        tables: Mapping[str, sa.Table],
        schema: Schema,
        translator: Translator,
        *,
        stream: Stream,
        ask: Ask,
        columns: Columns,
        ahead: bool,
    ) -> None:
        self._system, self._tables, self._schema = system, tables, schema
        self._translator, self._stream, self._ask = translator, stream, ask
        self._columns, self._ahead = columns, ahead
        self._spelt: dict[TableName, RowIn] = {}
        self._collations: dict[tuple[str, str], bool] = {}

    def rows(
        self, table: TableName, column: str, kind: str, values: Collection[str], *, at_once: bool = False
    ) -> Iterator[Sequence[Row]]:
        """The rows whose column is a spelling of one of the values, with what identifies them and no more."""
        wanted = frozenset(values)
        target = self._tables.get(table.table)
        if not wanted or target is None or column not in target.c:
            return
        if self._system.tables[table.table].person is None:
            return
        for rows in self._possible(table, target, column, kind, wanted, at_once=at_once):
            found = [r for r in rows if identifiers.normal(kind, r.values[column]) in wanted]
            if found:
                yield found

    def close(self) -> None:
        """What was read is gone with the last who has the database open."""
        self._columns = Columns()

    def _possible(
        self,
        table: TableName,
        target: sa.Table,
        column: str,
        kind: str,
        wanted: frozenset[str],
        *,
        at_once: bool,
    ) -> Iterator[Sequence[Row]]:
        """Rows that may hold one of the values, none of them twice."""
        spelling = Spelling(self._translator, kind, target.c[column], self._caseless(table, column))
        if at_once:
            if self._indexed(table, column):
                yield from self._exactly(table, target, spelling, wanted)
            return
        known = self._columns[table, column, kind]
        odd = self._odd(known, table, target, spelling) if self._indexed(table, column) else None
        if odd is not None:
            yield from self._exactly(table, target, spelling, wanted)
            if keys := odd.keys(wanted):
                condition = self._among(target, keys, sa.not_(spelling.exactly(wanted)))
                yield from self._read(table, target, column, condition)
            return
        whole = self._whole(known, table, target, spelling)
        if whole is not None:
            if keys := whole.keys(wanted):
                yield from self._read(table, target, column, self._among(target, keys, sa.true()))
            return
        known.scans += 1
        yield from self._read(table, target, column, spelling.among(wanted))

    def _exactly(
        self, table: TableName, target: sa.Table, spelling: Spelling, wanted: frozenset[str]
    ) -> Iterator[Sequence[Row]]:
        """The rows in a usual spelling: of a few values at once, by a statement that is said once."""
        column = str(spelling.column.key)
        part = self._spelt.setdefault(table, RowIn((Slot("spelt", table),)))
        (slot,) = part.keys
        assert isinstance(slot, Slot)

        def build(translator: Translator, _: object) -> Any:
            assert translator.slots is not None
            known = translator.slots.key_in(target.c[column], slot)
            return self._query(table, target, column).where(known).limit(BATCH + 1)

        rows = None
        if spelling.listed:
            given = Given(part, {slot: tuple(spelling.written(wanted))})
            rows = self._ask(("spelt", table, column), given, build)
        if rows is None or len(rows) > BATCH:
            yield from self._read(table, target, column, spelling.exactly(wanted))
        elif rows:
            width = len(self._translator.primary_key(table.table))
            yield self._rows(table, column, sorted(rows, key=lambda r: tuple(r[:width])))

    def _among(
        self, target: sa.Table, keys: Sequence[Key], condition: sa.ColumnElement[bool]
    ) -> sa.ColumnElement[bool]:
        return sa.and_(self._translator.where(RowIn(tuple(keys)), target), condition)

    def _indexed(self, table: TableName, column: str) -> bool:
        schema = self._schema.tables.get(table.table)
        return schema is not None and column in schema.indexed

    def _odd(self, known: Column, table: TableName, target: sa.Table, spelling: Spelling) -> Read | None:
        """The rows that are written in an unusual way; None where they are too many to be read beforehand."""
        if known.too_odd:
            return None

        def read() -> Read | None:
            return self._all(table, target, spelling, spelling.odd(), ODD_AT_MOST)

        odd = known.odd.now(read, ahead=self._ahead)
        known.too_odd = odd is None
        return odd

    def _whole(self, known: Column, table: TableName, target: sa.Table, spelling: Spelling) -> Read | None:
        if not known.often_scanned:
            return None

        def read() -> Read | None:
            return self._all(table, target, spelling, spelling.column.is_not(None), None)

        whole = known.whole.now(read, ahead=self._ahead)
        if whole is None:
            known.never_whole()
        return whole

    def _all(
        self,
        table: TableName,
        target: sa.Table,
        spelling: Spelling,
        where: sa.ColumnElement[bool],
        most: int | None,
    ) -> Read | None:
        """Reads rows by what they mean; None where they are too many, or their keys cannot be written."""
        keys = self._translator.row_key(target, table.table)
        query = sa.select(*keys, spelling.column).where(where)
        read, count = Read(), 0
        for rows in self._stream(query if most is None else query.limit(most + 1), 10 * BATCH):
            count += len(rows)
            plain = all(isinstance(k, int | str) for k in rows[0][:-1])
            if not plain or (most is not None and count > most):
                read.close()
                return None
            said = ((identifiers.normal(spelling.kind, value), tuple(key)) for *key, value in rows)
            read.add((normal, key) for normal, key in said if normal is not None)
        read.finish()
        return read

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
        keys = self._translator.row_key(target, table.table)
        query = self._query(table, target, column).where(condition)
        for rows in self._stream(query.order_by(*keys), BATCH):
            yield self._rows(table, column, rows)

    def _query(self, table: TableName, target: sa.Table, column: str) -> Any:
        keys = self._translator.row_key(target, table.table)
        return sa.select(
            *keys, *(target.c[c] for c in self._names(table, column)), target.c[self._person(table).column]
        )

    def _rows(self, table: TableName, column: str, rows: Sequence[Sequence[Any]]) -> list[Row]:
        names, person = self._names(table, column), self._person(table)
        width = len(self._translator.primary_key(table.table))
        return [
            Row(table, tuple(r[:width]), dict(zip(names, r[width:-1], strict=True)), {person: r[-1]})
            for r in rows
        ]

    def _names(self, table: TableName, column: str) -> tuple[str, ...]:
        live = self._tables[table.table].c
        declared = self._system.tables[table.table]
        return tuple(sorted(c for c in {column, *declared.identifiers.values()} if c in live))

    def _person(self, table: TableName) -> Path:
        person = self._system.tables[table.table].person
        assert person is not None
        return person
