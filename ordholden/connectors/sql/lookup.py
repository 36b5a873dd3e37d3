"""Who has an identifier: rows of a people table whose column is a spelling of it, out of a million in a
moment.

A column that no index serves is scanned, once for any number of values. An indexed one is asked for the usual
spellings of the values, which takes no time; and since somebody may be written in an unusual way there, those
few rows are read once and remembered for a minute.

Where a column has been scanned a few times, as a night's work does page by page, all of it is read once
into an index of our own: keyed digests of the identifiers and the rows' keys, in a temporary file that has
no name and goes with us. It is read again when it is older than a minute, or than twenty times the time
that reading takes.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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

# What has been read once is read again after so many seconds, or so many times what reading took.
FRESH_SECONDS = 60.0
FRESH_TIMES = 20
ODD_AT_MOST = 20_000
SCANS = 3
BATCH = 1_000

_COLLATION = sa.text(
    "SELECT collation_name FROM information_schema.columns"
    " WHERE table_schema = DATABASE() AND table_name = :table AND column_name = :column"
)

Stream = Callable[[Any, int], Iterator[Sequence[Any]]]


class _Read:
    """Rows of a column by what they mean: in a temporary file, as digests under a key that nobody knows."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("CREATE TABLE held (digest INTEGER, key TEXT)")
        self._began = time.monotonic()
        self._until = self._began

    @property
    def fresh(self) -> bool:
        return time.monotonic() < self._until

    def add(self, rows: Iterable[tuple[str, Key]]) -> None:
        self._file.execute("BEGIN")
        said = ((self._digest(value), json.dumps(key)) for value, key in rows)
        self._file.executemany("INSERT INTO held VALUES (?, ?)", said)
        self._file.execute("COMMIT")

    def finish(self) -> None:
        self._file.execute("CREATE INDEX held_by ON held (digest)")
        now = time.monotonic()
        self._until = now + max(FRESH_SECONDS, FRESH_TIMES * (now - self._began))

    def keys(self, values: Collection[str]) -> list[Key]:
        digests = json.dumps([self._digest(v) for v in values])
        query = "SELECT DISTINCT key FROM held WHERE digest IN (SELECT value FROM json_each(?))"
        return [tuple(json.loads(key)) for (key,) in self._file.execute(query, (digests,))]

    def _digest(self, value: str) -> int:
        digest = hashlib.blake2b(value.encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)

    def close(self) -> None:
        self._file.close()


@dataclass
class _Column:
    """What is known of one column: its unusual rows, or all of them, or that it was scanned so many times."""

    odd: _Read | None = None
    too_odd: bool = False
    whole: _Read | None = None
    scans: int = 0


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
        self._columns: dict[tuple[TableName, str, str], _Column] = defaultdict(_Column)
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

    def close(self) -> None:
        for known in self._columns.values():
            for read in (known.odd, known.whole):
                if read is not None:
                    read.close()
        self._columns.clear()

    def _conditions(
        self, table: TableName, target: sa.Table, column: str, kind: str, wanted: frozenset[str]
    ) -> Iterator[sa.ColumnElement[bool]]:
        """What to ask for, so that no row is met twice."""
        spelling = Spelling(self._translator, kind, target.c[column], self._caseless(table, column))
        known = self._columns[table, column, kind]
        odd = self._odd(known, table, target, spelling) if self._indexed(table, column) else None
        if odd is not None:
            exactly = spelling.exactly(wanted)
            yield exactly
            yield from self._among(target, odd.keys(wanted), sa.not_(exactly))
            return
        whole = self._whole(known, table, target, spelling)
        if whole is not None:
            yield from self._among(target, whole.keys(wanted), sa.true())
            return
        known.scans += 1
        yield spelling.among(wanted)

    def _among(
        self, target: sa.Table, keys: Sequence[Key], condition: sa.ColumnElement[bool]
    ) -> Iterator[sa.ColumnElement[bool]]:
        if keys:
            yield sa.and_(self._translator.where(RowIn(tuple(keys)), target), condition)

    def _indexed(self, table: TableName, column: str) -> bool:
        schema = self._schema.tables.get(table.table)
        return schema is not None and column in schema.indexed

    def _odd(self, known: _Column, table: TableName, target: sa.Table, spelling: Spelling) -> _Read | None:
        """The rows that are written in an unusual way; None where they are too many to be read beforehand."""
        if not known.too_odd and (known.odd is None or not known.odd.fresh):
            known.odd = self._all(table, target, spelling, spelling.odd(), ODD_AT_MOST)
            known.too_odd = known.odd is None
        return known.odd

    def _whole(self, known: _Column, table: TableName, target: sa.Table, spelling: Spelling) -> _Read | None:
        if known.scans >= SCANS and (known.whole is None or not known.whole.fresh):
            known.whole = self._all(table, target, spelling, spelling.column.is_not(None), None)
            if known.whole is None:
                known.scans = -sys.maxsize
        return known.whole

    def _all(
        self,
        table: TableName,
        target: sa.Table,
        spelling: Spelling,
        where: sa.ColumnElement[bool],
        most: int | None,
    ) -> _Read | None:
        """Reads rows by what they mean; None where they are too many, or their keys cannot be written."""
        keys = self._translator.row_key(target, table.table)
        query = sa.select(*keys, spelling.column).where(where)
        read, count = _Read(), 0
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
