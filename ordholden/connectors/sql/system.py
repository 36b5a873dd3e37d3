"""One company database, open: both sockets on SQLAlchemy Core.

Safety design of the writing half: see `connectors/writing.py`. Every statement carries its predicate; nothing is chosen in
Python and written by key alone without the predicate being evaluated again in the statement. The keys that a statement took
come from the statement itself (RETURNING), or from rows locked just before by the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path as File
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from ordholden.connectors.predicate import (
    TRUE,
    Before,
    Both,
    ColumnSpan,
    Exists,
    KeySpan,
    Predicate,
    RowIn,
    both,
)
from ordholden.connectors.reading import Key, Row, Schema
from ordholden.connectors.sql.lookup import Lookup
from ordholden.connectors.sql.open import engine_for, failures, reflect
from ordholden.connectors.sql.translate import Translator
from ordholden.inventory.system import Path, System, TableName

__all__ = ["SqlSystem"]

COUNT_UP_TO = 200_000
_ESTIMATES = {
    "postgresql": "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(quote_ident(:table))",
    "mysql": "SELECT table_rows FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = :table",
}


class SqlSystem:
    """A database of the company; a reader opened read-only, or a writer.

    `like` is the same database opened before: its live schema is not read again.
    """

    def __init__(self, system: System, base: File, *, write: bool = False, like: SqlSystem | None = None) -> None:
        self.system = system
        self._write = write
        with failures(system.name):
            self.engine: Engine = engine_for(system, base, write=write)
            if like is None:
                self._tables, self._schema = reflect(self.engine, system)
                lowers = self._lowers()
            else:
                self._tables, self._schema, lowers = like._tables, like._schema, like.translator.lowers
        self.translator = Translator(system, self._tables, self._schema.foreign_keys, self.engine.dialect.name, lowers)

    def _lowers(self) -> bool:
        if self.engine.dialect.name != "postgresql":
            return True
        with self.engine.connect() as connection:
            return bool(connection.execute(sa.text("SELECT lower('ÆØÅ') = 'æøå'")).scalar())

    def close(self) -> None:
        self._lookup.close()
        self.engine.dispose()

    def schema(self) -> Schema:
        return self._schema

    def encrypted(self) -> bool | None:
        """Whether the connection is encrypted, as the server itself says."""
        with failures(self.system.name), self.engine.connect() as connection:
            match self.engine.dialect.name:
                case "sqlite":
                    return None
                case "postgresql":
                    statement = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
                    return bool(connection.execute(sa.text(statement)).scalar())
                case _:
                    row = connection.execute(sa.text("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).first()
                    return bool(row and row[1])

    # — reading —

    def count(self, table: TableName, where: Predicate) -> int:
        with failures(self.system.name), self.engine.connect() as connection:
            target = self._tables[table.table]
            query = sa.select(sa.func.count()).select_from(target).where(self.translator.where(where, target))
            return int(connection.execute(query).scalar_one())

    def rows(self, table: TableName, where: Predicate, *, batch: int = 1_000) -> Iterator[Sequence[Row]]:
        target = self._tables[table.table]
        columns, paths = self._columns(table), self._paths(table)
        keys = self.translator.row_key(target, table.table)
        links = [self.translator.key(path, target) for path in paths]
        written = {p: self.translator.written(p, own, target) for p, own in paths.items()}
        rewritten = {path: column for path, column in written.items() if column is not None}
        query = (
            sa.select(*keys, *(target.c[c] for c in columns), *links, *rewritten.values())
            .where(self.translator.where(where, target))
            .order_by(*keys)
        )
        width, many, most = len(keys), len(keys) + len(columns), len(keys) + len(columns) + len(links)
        for rows in self._stream(query, batch):
            yield [
                Row(
                    table,
                    tuple(r[:width]),
                    dict(zip(columns, r[width:many], strict=True)),
                    _links(zip(paths, r[many:most], strict=True), zip(rewritten, r[most:], strict=True)),
                )
                for r in rows
            ]

    def keys(self, table: TableName, where: Predicate, *, batch: int = 10_000) -> Iterator[Sequence[Key]]:
        target = self._tables[table.table]
        keys = self.translator.row_key(target, table.table)
        query = sa.select(*keys).where(self.translator.where(where, target)).order_by(*keys)
        for rows in self._stream(query, batch):
            yield [tuple(r) for r in rows]

    def marked(
        self, table: TableName, where: Predicate, marks: Sequence[Predicate], *, batch: int = 10_000
    ) -> Iterator[Sequence[tuple[Key, tuple[bool, ...]]]]:
        target = self._tables[table.table]
        keys = self.translator.row_key(target, table.table)
        said = [sa.case((self.translator.where(mark, target), 1), else_=0).label(f"m{n}") for n, mark in enumerate(marks)]
        query = sa.select(*keys, *said).where(self.translator.where(where, target)).order_by(*keys)
        width = len(keys)
        for rows in self._stream(query, batch):
            yield [(tuple(r[:width]), tuple(bool(v) for v in r[width:])) for r in rows]

    def distinct(self, table: TableName, column: str) -> tuple[object, ...]:
        """The different values of a column, sorted; null left out."""
        value = self._tables[table.table].c[column]
        with failures(self.system.name), self.engine.connect() as connection:
            found = connection.execute(sa.select(value).distinct().where(value.is_not(None)).order_by(value))
            return tuple(v for (v,) in found)

    def size(self, table: TableName) -> int:
        """The number of rows; beyond some hundred thousand the server's own estimate, which its planner lives by, too."""
        estimate = _ESTIMATES.get(self.engine.dialect.name)
        if estimate is not None:
            with failures(self.system.name), self.engine.connect() as connection:
                found = int(connection.execute(sa.text(estimate), {"table": table.table}).scalar() or 0)
            if found > COUNT_UP_TO:
                return found
        return self.count(table, TRUE)

    def references(self, table: TableName, keys: Sequence[Key]) -> Iterator[tuple[str, Key, Key]]:
        target = self._tables[table.table]
        for key in self._schema.foreign_keys:
            if key.parent != table.table or key.on_delete == "SET NULL":
                continue
            child = self.translator.alias(key.table)
            mine, theirs = self.translator.row_key(target, table.table), self.translator.row_key(child, key.table)
            link = [child.c[c] == target.c[p] for c, p in zip(key.columns, key.parent_columns, strict=True)]
            query = sa.select(*theirs, *mine).select_from(target.join(child, sa.and_(*link)))
            query = query.where(self.translator.where(RowIn(tuple(keys)), target))
            for rows in self._stream(query, 1_000):
                for row in rows:
                    there, here = tuple(row[: len(theirs)]), tuple(row[len(theirs) :])
                    if key.table != table.table or there != here:
                        yield key.table, there, here

    def matching(self, table: TableName, column: str, kind: str, values: Collection[str]) -> Iterator[Sequence[Row]]:
        return self._lookup.rows(table, column, kind, values)

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self.system, self._tables, self._schema, self.translator, self._stream)

    def _stream(self, query: sa.Select[*tuple[Any, ...]], batch: int) -> Iterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
        with failures(self.system.name), self.engine.connect() as connection:
            options = {"stream_results": True, "yield_per": batch}
            result = connection.execution_options(**options).execute(query)
            yield from result.partitions()

    def _columns(self, table: TableName) -> tuple[str, ...]:
        """The declared columns that the live table has."""
        live = self._tables[table.table].c
        return tuple(sorted(c for c in self.system.tables[table.table].listed if c in live))

    def _paths(self, table: TableName) -> Mapping[Path, Path | None]:
        """The table's paths to people and matters, each with the path by which the table it leads to knows its own."""
        declared, tables = self.system.tables[table.table], self.system.tables
        people = (path for path in (declared.person, *(f.person for f in declared.fields)) if path is not None)
        found = {path: tables[path.target.table].person for path in people}
        for matter in declared.matters:
            own = tables[matter.path.target.table].matter(matter.name)
            found[matter.path] = None if own is None else own.path
        return found

    # — writing —

    @contextmanager
    def transaction(self) -> Iterator[SqlChanges]:
        """One transaction of the company's database; leaving the block commits, an exception rolls back."""
        assert self._write, "opened for reading"
        with failures(self.system.name), self.engine.begin() as connection:
            yield SqlChanges(connection, self.translator, self._tables)

    def rehearse(self, table: TableName, fields: Sequence[str]) -> str | None:
        """Runs the statements on no row; the reason why this account may not change the table, if so."""
        from ordholden.connectors.errors import SystemFailure

        target = self._tables[table.table]
        statements: list[sa.Delete | sa.Update] = [sa.delete(target).where(sa.literal(1) == 0)]
        statements += [sa.update(target).values({f: target.c[f]}).where(sa.literal(1) == 0) for f in fields if f in target.c]
        try:
            with failures(self.system.name), self.engine.connect() as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.rollback()
        except SystemFailure as failure:
            return failure.reason
        return None

    def spans(self, table: TableName, where: Predicate, *, batch: int) -> Iterator[Predicate]:
        """Ranges of about `batch` rows: of an indexed date where the predicate has one, else of the primary key."""
        driver = self._driver(where)
        if driver is None:
            yield from self._key_spans(table, where, batch)
            return
        on, before, narrow = driver
        for low, high in self._column_spans(on, before, batch):
            narrowed = narrow(ColumnSpan(before.column.column, low, high))
            if self._heavy(table, narrowed, batch):
                yield from (both([narrowed, span]) for span in self._key_spans(table, narrowed, batch))
            else:
                yield narrowed

    def _driver(self, where: Predicate):  # type: ignore[no-untyped-def]
        """An indexed date that every row of the predicate has to be before, on the row or on the row it belongs to."""
        parts = where.parts if isinstance(where, Both) else (where,)
        dated = [p for p in parts if isinstance(p, Before) and self._indexed(p)]
        if dated:
            first = min(dated, key=lambda p: p.day)
            return first.column.table, first, lambda span: both([where, span])
        for part in parts:
            if isinstance(part, Exists):
                inner = part.where.parts if isinstance(part.where, Both) else (part.where,)
                dated = [p for p in inner if isinstance(p, Before) and self._indexed(p)]
                if dated:
                    first = min(dated, key=lambda p: p.day)
                    return first.column.table, first, self._narrower(where, part)
        return None

    def _narrower(self, where: Predicate, part: Exists):  # type: ignore[no-untyped-def]
        parts = where.parts if isinstance(where, Both) else (where,)

        def narrow(span: ColumnSpan) -> Predicate:
            inner = Exists(part.table, part.inner, part.outer, both([part.where, span]))
            return both([inner if p is part else p for p in parts])

        return narrow

    def _indexed(self, part: Before) -> bool:
        schema = self._schema.tables.get(part.column.table.table)
        return schema is not None and part.column.column in schema.indexed

    def _column_spans(self, on: TableName, before: Before, batch: int) -> Iterator[tuple[object, object]]:
        target = self._tables[on.table]
        column = target.c[before.column.column]
        low: object = None
        while True:
            query = sa.select(column).where(self.translator.where(before, target))
            if low is not None:
                query = query.where(column > low)
            with failures(self.system.name), self.engine.connect() as connection:
                high = connection.execute(query.order_by(column).offset(batch - 1).limit(1)).scalar()
            if high is None:
                yield low, None
                return
            yield low, high
            low = high

    def _heavy(self, table: TableName, where: Predicate, batch: int) -> bool:
        """Whether far more rows share the span than a batch should hold (a migration gave all of them one date)."""
        target = self._tables[table.table]
        query = sa.select(sa.literal(1)).select_from(target).where(self.translator.where(where, target)).offset(batch * 4).limit(1)
        with failures(self.system.name), self.engine.connect() as connection:
            return connection.execute(query).first() is not None

    def _key_spans(self, table: TableName, where: Predicate, batch: int) -> Iterator[Predicate]:
        target = self._tables[table.table]
        keys = self.translator.row_key(target, table.table)
        low: Key | None = None
        while True:
            query = sa.select(*keys).where(self.translator.where(both([where, KeySpan(low, None)]), target))
            with failures(self.system.name), self.engine.connect() as connection:
                found = connection.execute(query.order_by(*keys).offset(batch - 1).limit(1)).first()
            if found is None:
                yield both([where, KeySpan(low, None)])
                return
            high = tuple(found)
            yield both([where, KeySpan(low, high)])
            low = high

    @cached_property
    def primary_keys(self) -> Mapping[str, tuple[str, ...]]:
        return {name: self.translator.primary_key(name) for name in self._tables}


def _links(read: Iterable[tuple[Path, Any]], rewritten: Iterable[tuple[Path, Any]]) -> dict[Path, Any]:
    """Where a path leads; where nothing is there, the key stays as it was read."""
    return dict(read) | {path: key for path, key in rewritten if key is not None}


class SqlChanges:
    """The statements of one transaction."""

    def __init__(self, connection: Connection, translator: Translator, tables: Mapping[str, sa.Table]) -> None:
        self._connection, self._translator, self._tables = connection, translator, tables

    def lock(self, table: TableName, where: Predicate, columns: Sequence[str]) -> Sequence[tuple[Key, Sequence[object]]]:
        target = self._tables[table.table]
        keys = self._translator.row_key(target, table.table)
        query = sa.select(*keys, *(target.c[c] for c in columns)).where(self._translator.where(where, target))
        rows = self._connection.execute(query.with_for_update())
        return [(tuple(r[: len(keys)]), tuple(r[len(keys) :])) for r in rows]

    def delete(self, table: TableName, where: Predicate) -> Sequence[Key]:
        target = self._tables[table.table]
        keys = self._translator.row_key(target, table.table)
        statement = sa.delete(target).where(self._translator.where(where, target)).returning(*keys)
        return [tuple(r) for r in self._connection.execute(statement)]

    def clear(self, table: TableName, where: Predicate, fields: Mapping[str, str | None]) -> Sequence[Key]:
        target = self._tables[table.table]
        keys = self._translator.row_key(target, table.table)
        values = {
            column: sa.null() if filler is None else self._translator.filler(target, target.c[column], filler)
            for column, filler in fields.items()
        }
        condition = self._translator.where(where, target)
        if self._connection.dialect.update_returning:
            statement = sa.update(target).where(condition).values(values).returning(*keys)
            return [tuple(r) for r in self._connection.execute(statement)]
        # No RETURNING: lock the rows first, then change them under the same predicate.
        found = [tuple(r) for r in self._connection.execute(sa.select(*keys).where(condition).with_for_update())]
        if found:
            same = self._translator.where(both([where, RowIn(tuple(found))]), target)
            self._connection.execute(sa.update(target).where(same).values(values))
        return found
