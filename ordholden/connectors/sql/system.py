"""One company database, open: both sockets on SQLAlchemy Core.

Safety design of the writing half: see `connectors/writing.py`. Every statement carries its predicate; nothing is chosen in
Python and written by key alone without the predicate being evaluated again in the statement. The keys that a statement took
come from the statement itself (RETURNING), or from rows locked just before by the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path as File
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from ordholden.connectors.predicate import TRUE, Given, Predicate, RowIn, both, plain
from ordholden.connectors.reading import Key, Row, Schema
from ordholden.connectors.sql.held import columns_of
from ordholden.connectors.sql.lookup import Lookup
from ordholden.connectors.sql.open import engine_for, failures, reflect
from ordholden.connectors.sql.prepared import Build, Question, Sayings, Statements, Wanted
from ordholden.connectors.sql.ranges import PACKED, packed, unpacked, unpacked_ranges
from ordholden.connectors.sql.spans import Spans
from ordholden.connectors.sql.together import asked, asked_within, streamed
from ordholden.connectors.sql.translate import Translator, as_type
from ordholden.connectors.writing import Change, Taken
from ordholden.inventory.system import Path, System, TableName

__all__ = ["SqlSystem"]

COUNT_UP_TO = 200_000
# So many questions are one statement.
TOGETHER = 100
# So many keys in one page are packed, where the database can.
MANY_KEYS = 50_000
_ESTIMATES = {
    "postgresql": "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(quote_ident(:table))",
    "mysql": "SELECT table_rows FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = :table",
}


class SqlSystem:
    """A database of the company; a reader opened read-only, or a writer.

    `like` is the same database opened before: its live schema is not read again. `ahead` is for those who must not be kept
    waiting while a column is read anew.
    """

    def __init__(
        self,
        system: System,
        base: File,
        *,
        write: bool = False,
        like: SqlSystem | None = None,
        ahead: bool = False,
    ) -> None:
        self.system = system
        self._write, self._ahead = write, ahead
        self.translator: Translator
        with failures(system.name):
            self.engine: Engine = engine_for(system, base, write=write)
            if like is None:
                self._tables, self._schema = reflect(self.engine, system)
                lowers = self._lowers()
            else:
                self._tables, self._schema, lowers = like._tables, like._schema, like.translator.lowers
        dialect = self.engine.dialect
        self.translator = Translator(system, self._tables, self._schema.foreign_keys, dialect.name, lowers)
        self._readings: dict[TableName, _Reading] = {}
        self._sayings = Sayings(self.translator)
        self._statements = Statements(self.translator, dialect) if dialect.name == "postgresql" else None

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

    def reread(self) -> str:
        """The digest of the schema as it is now."""
        with failures(self.system.name):
            return reflect(self.engine, self.system)[1].digest

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
        return self.counts([(table, where)])[0]

    def counts(self, questions: Sequence[tuple[TableName, Predicate]]) -> Sequence[int]:
        def counting(table: TableName, translator: Translator, where: Predicate) -> Any:
            target = self._tables[table.table]
            return sa.select(sa.func.count()).select_from(target).where(translator.where(where, target))

        wanted = [(("count", t), w, partial(counting, t)) for t, w in questions]
        some = [wanted[start : start + TOGETHER] for start in range(0, len(wanted), TOGETHER)]
        at_once = [question for one in some if (question := self._together(one))]
        if some and len(at_once) == len(some):
            with failures(self.system.name):
                return [int(n) for rows in asked(self.engine, at_once) for n in rows[0]]
        return [int(rows[0][0]) for rows in self._asked(wanted)]

    def rows(self, table: TableName, where: Predicate, *, batch: int = 1_000) -> Iterator[Sequence[Row]]:
        reading = self._reading(table)
        for rows in self._streamed(("rows", table), where, reading.query, batch):
            yield reading.read(rows)

    def many(self, questions: Sequence[tuple[TableName, Predicate]]) -> Sequence[Sequence[Row]]:
        readings = [self._reading(table) for table, _ in questions]
        asked_for = [(("rows", t), w, r.query) for (t, w), r in zip(questions, readings, strict=True)]
        return [r.read(rows) for r, rows in zip(readings, self._asked(asked_for), strict=True)]

    def keys(self, table: TableName, where: Predicate, *, batch: int = 10_000) -> Iterator[Sequence[Key]]:
        def query(translator: Translator, where: Predicate) -> Any:
            target = self._tables[table.table]
            keys = translator.row_key(target, table.table)
            return sa.select(*keys).where(translator.where(where, target)).order_by(*keys)

        if batch >= MANY_KEYS and not isinstance(where, Given) and self._has_numbers(table):
            yield from self._by_range(table, where, batch)
            return
        for rows in self._streamed(("keys", table), where, query, batch):
            yield [tuple(r) for r in rows]

    def _has_numbers(self, table: TableName) -> bool:
        """Whether the key is one whole number, in a database that can write many of them in one value."""
        columns = self.translator.row_key(self._tables[table.table], table.table)
        return self.engine.dialect.name == "postgresql" and [
            isinstance(c.type, sa.Integer) for c in columns
        ] == [True]

    def _by_range(self, table: TableName, where: Predicate, batch: int) -> Iterator[Sequence[Key]]:
        """The keys, those of a range of numbers in one value: a row for each takes longer than finding them."""
        target = self._tables[table.table]
        (key,) = self.translator.row_key(target, table.table)
        # Whole numbers divided are whole again here; nobody else's division is asked for.
        nth = key.op("/", return_type=sa.BigInteger())(sa.literal_column(str(batch)))
        query = sa.select(packed(key)).where(self.translator.where(where, target)).group_by(nth).order_by(nth)
        for rows in self._stream(query, 1):
            yield from ([(number,) for number in unpacked(numbers)] for (numbers,) in rows)

    def marked(
        self, table: TableName, where: Predicate, marks: Sequence[Predicate], *, batch: int = 10_000
    ) -> Iterator[Sequence[tuple[Key, tuple[bool, ...]]]]:
        target, known = self._tables[table.table], tuple(marks)
        width = len(self.translator.primary_key(table.table))

        def marking(translator: Translator, where: Predicate) -> Any:
            keys = translator.row_key(target, table.table)
            given = where.keys if isinstance(where, Given) else None
            said = [
                sa.case((translator.where(plain(mark, given), target), 1), else_=0).label(f"m{n}")
                for n, mark in enumerate(known)
            ]
            return sa.select(*keys, *said).where(translator.where(where, target)).order_by(*keys)

        what = ("marked", table, tuple(id(mark) for mark in known))
        for rows in self._streamed(what, where, marking, batch):
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
            mine, theirs = (
                self.translator.row_key(target, table.table),
                self.translator.row_key(child, key.table),
            )
            link = [child.c[c] == target.c[p] for c, p in zip(key.columns, key.parent_columns, strict=True)]
            query = sa.select(*theirs, *mine).select_from(target.join(child, sa.and_(*link)))
            query = query.where(self.translator.where(RowIn(tuple(keys)), target))
            for rows in self._stream(query, 1_000):
                for row in rows:
                    there, here = tuple(row[: len(theirs)]), tuple(row[len(theirs) :])
                    if key.table != table.table or there != here:
                        yield key.table, there, here

    def matching(
        self, table: TableName, column: str, kind: str, values: Collection[str], *, at_once: bool = False
    ) -> Iterator[Sequence[Row]]:
        return self._lookup.rows(table, column, kind, values, at_once=at_once)

    @cached_property
    def _lookup(self) -> Lookup:
        def ask(what: Hashable, where: Given, build: Build) -> Sequence[Any] | None:
            question = self._question(what, where, build)
            return None if question is None else asked(self.engine, [question])[0]

        # The same file, or the same name on a server, with the same tables in it.
        columns = columns_of((self.engine.url, self._schema.digest))
        return Lookup(
            self.system,
            self._tables,
            self._schema,
            self.translator,
            stream=self._stream,
            ask=ask,
            columns=columns,
            ahead=self._ahead,
        )

    def _stream(
        self, query: Any, batch: int, parameters: Mapping[str, Any] | None = None
    ) -> Iterator[Sequence[Any]]:
        with failures(self.system.name), self.engine.connect() as connection:
            options = {"stream_results": True, "yield_per": batch}
            result = connection.execution_options(**options).execute(query, parameters or {})
            yield from result.partitions()

    # — statements that are said once —

    def _question(self, what: Hashable, where: Predicate, build: Build) -> Question | None:
        """The statement with the predicate's keys, where the predicate has slots and this database takes them."""
        if self._statements is None or not isinstance(where, Given):
            return None
        return self._statements.question(what, where, build)

    def _together(self, wanted: Sequence[tuple[Hashable, Predicate, Build]]) -> Question | None:
        """One statement for several questions about the same people, where this database takes slots."""
        if self._statements is None:
            return None
        given = [Wanted(what, where, build) for what, where, build in wanted if isinstance(where, Given)]
        return self._statements.together(given) if len(given) == len(wanted) else None

    def _asked(self, wanted: Sequence[tuple[Hashable, Predicate, Build]]) -> Sequence[Sequence[Any]]:
        """The answers to questions whose answers are not long."""
        questions = [self._question(*one) for one in wanted]
        with failures(self.system.name):
            if questions and all(questions):
                return asked(self.engine, [q for q in questions if q])
            with self.engine.connect() as connection:
                return [connection.execute(*self._said(*one)).all() for one in wanted]

    def _streamed(
        self, what: Hashable, where: Predicate, build: Build, batch: int
    ) -> Iterator[Sequence[Any]]:
        question = self._question(what, where, build)
        if question is None:
            statement, parameters = self._said(what, where, build)
            yield from self._stream(statement, batch, parameters)
            return
        with failures(self.system.name):
            yield from streamed(self.engine, question, batch)

    def _said(self, what: Hashable, where: Predicate, build: Build) -> tuple[Any, Mapping[str, Any]]:
        """The statement as SQLAlchemy has it, with its parameters: built once where the predicate has slots."""
        known = self._sayings.said(what, where, build) if isinstance(where, Given) else None
        return known or (build(self.translator, where), {})

    def _reading(self, table: TableName) -> _Reading:
        if table not in self._readings:
            target, paths = self._tables[table.table], self._paths(table)
            rewritten = {
                p: own for p, own in paths.items() if self.translator.written(p, own, target) is not None
            }
            self._readings[table] = _Reading(table, target, self._columns(table), tuple(paths), rewritten)
        return self._readings[table]

    def _columns(self, table: TableName) -> tuple[str, ...]:
        """The declared columns that the live table has."""
        live = self._tables[table.table].c
        return tuple(sorted(c for c in self.system.tables[table.table].listed if c in live))

    def _paths(self, table: TableName) -> Mapping[Path, Path | None]:
        """The table's paths to people and matters, each with the path by which the table it leads to knows its own."""
        declared, tables = self.system.tables[table.table], self.system.tables
        people = (
            path for path in (declared.person, *(f.person for f in declared.fields)) if path is not None
        )
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
            yield SqlChanges(connection, self.translator, self._tables, self._statements, self._sayings)

    def rehearse(self, table: TableName, fields: Sequence[str]) -> str | None:
        """Runs the statements on no row; the reason why this account may not change the table, if so."""
        from ordholden.connectors.errors import SystemFailure

        target = self._tables[table.table]
        statements: list[sa.Delete | sa.Update] = [sa.delete(target).where(sa.literal(1) == 0)]
        statements += [
            sa.update(target).values({f: target.c[f]}).where(sa.literal(1) == 0)
            for f in fields
            if f in target.c
        ]
        try:
            with failures(self.system.name), self.engine.connect() as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.rollback()
        except SystemFailure as failure:
            return failure.reason
        return None

    def spans(self, table: TableName, where: Predicate, *, batch: int) -> Iterator[Predicate]:
        def ask(query: Any) -> Iterator[tuple[Any, ...]]:
            for rows in self._stream(query, 1_000):
                yield from rows

        cut = Spans(self.translator, self._tables, self._schema, ask, lambda table, where: where)
        yield from cut.of(table, where, batch=batch)

    @cached_property
    def primary_keys(self) -> Mapping[str, tuple[str, ...]]:
        return {name: self.translator.primary_key(name) for name in self._tables}


@dataclass(frozen=True)
class _Reading:
    """How the records of a table are read: their keys, declared columns and links, and those that lead there otherwise."""

    table: TableName
    target: sa.Table
    columns: tuple[str, ...]
    paths: tuple[Path, ...]
    rewritten: Mapping[Path, Path | None]

    def query(self, translator: Translator, where: Predicate) -> Any:
        target = self.target
        keys = translator.row_key(target, self.table.table)
        links = [translator.key(path, target) for path in self.paths]
        written = [translator.written(path, own, target) for path, own in self.rewritten.items()]
        return (
            sa.select(
                *keys, *(target.c[c] for c in self.columns), *links, *(w for w in written if w is not None)
            )
            .where(translator.where(where, target))
            .order_by(*keys)
        )

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        table, columns, paths = self.table, self.columns, self.paths
        width = len(self.target.primary_key.columns)
        many = width + len(columns)
        most = many + len(paths)
        found = [
            Row(table, tuple(r[:width]), dict(zip(columns, r[width:many])), dict(zip(paths, r[many:most])))  # noqa: B905
            for r in rows
        ]
        if not self.rewritten:
            return found
        # Where nothing is there, the key stays as it was read.
        return [
            replace(
                row,
                links={
                    **row.links,
                    **{p: key for p, key in zip(self.rewritten, r[most:], strict=True) if key is not None},
                },
            )
            for row, r in zip(found, rows, strict=True)
        ]


class SqlChanges:
    """The statements of one transaction."""

    def __init__(
        self,
        connection: Connection,
        translator: Translator,
        tables: Mapping[str, sa.Table],
        statements: Statements | None,
        sayings: Sayings,
    ) -> None:
        self._connection, self._translator, self._tables = connection, translator, tables
        self._statements, self._sayings = statements, sayings

    def lock(
        self, table: TableName, where: Predicate, columns: Sequence[str]
    ) -> Sequence[tuple[Key, Sequence[object]]]:
        target = self._tables[table.table]
        keys = self._translator.row_key(target, table.table)
        query = sa.select(*keys, *(target.c[c] for c in columns)).where(self._translator.where(where, target))
        rows = self._connection.execute(query.with_for_update())
        return [(tuple(r[: len(keys)]), tuple(r[len(keys) :])) for r in rows]

    def delete(self, table: TableName, where: Predicate) -> Sequence[Key]:
        return tuple(self.perform([Change(table, where)])[0].keys)

    def clear(self, table: TableName, where: Predicate, fields: Mapping[str, str | None]) -> Sequence[Key]:
        return tuple(self.perform([Change(table, where, fields)])[0].keys)

    def write(self, table: TableName, where: Predicate, values: Mapping[str, str | None]) -> Sequence[Key]:
        target = self._tables[table.table]
        keys = self._translator.row_key(target, table.table)
        condition = self._translator.where(where, target)
        found = [
            tuple(r) for r in self._connection.execute(sa.select(*keys).where(condition).with_for_update())
        ]
        if found:
            typed = {c: _typed(target.c[c], value) for c, value in values.items()}
            same = self._translator.where(both([where, RowIn(tuple(found))]), target)
            self._connection.execute(sa.update(target).where(same).values(typed))
        return found

    def perform(self, changes: Sequence[Change]) -> Sequence[Taken]:
        questions = [self._question(change, ranges=self._numbered(change)) for change in changes]
        if all(questions):
            answers = asked_within(self._connection, [q for q in questions if q])
            return [
                Taken(ranges=unpacked_ranges(rows[0][0])) if self._numbered(change) else Taken(tuple(rows))
                for change, rows in zip(changes, answers, strict=True)
            ]
        return [Taken(tuple(self._one_by_one(change))) for change in changes]

    def _question(self, change: Change, *, ranges: bool) -> Question | None:
        if self._statements is None or not isinstance(change.where, Given):
            return None
        fields = None if change.fields is None else tuple(change.fields.items())
        what = ("change", change.table, fields)
        build = partial(self._statement, change)
        return self._statements.question(what, change.where, build, PACKED if ranges else "{}")

    def _said(self, change: Change) -> tuple[Any, dict[str, Any]]:
        """The statement with its parameters; built once where the predicate has slots."""
        if isinstance(change.where, Given):
            fields = None if change.fields is None else tuple(change.fields.items())
            known = self._sayings.said(
                ("change", change.table, fields), change.where, partial(self._statement, change)
            )
            if known is not None:
                return known
        return self._statement(change, self._translator, change.where), {}

    def _numbered(self, change: Change) -> bool:
        """Whether the records have single whole numbers for keys, of which ranges are made."""
        columns = tuple(self._tables[change.table.table].primary_key.columns)
        return len(columns) == 1 and isinstance(columns[0].type, sa.Integer)

    def _statement(self, change: Change, translator: Translator, where: Predicate) -> sa.Delete | sa.Update:
        target = self._tables[change.table.table]
        keys = [k.label(f"key{n}") for n, k in enumerate(translator.row_key(target, change.table.table))]
        condition = translator.where(where, target)
        if change.fields is None:
            return sa.delete(target).where(condition).returning(*keys)
        return sa.update(target).where(condition).values(self._values(change, target)).returning(*keys)

    def _values(self, change: Change, target: sa.Table) -> dict[str, Any]:
        return {
            column: sa.null() if filler is None else self._translator.filler(target, target.c[column], filler)
            for column, filler in (change.fields or {}).items()
        }

    def _one_by_one(self, change: Change) -> Sequence[Key]:
        if change.fields is None or self._connection.dialect.update_returning:
            return [tuple(r) for r in self._connection.execute(*self._said(change))]
        # No RETURNING: lock the rows first, then change them under the same predicate.
        target = self._tables[change.table.table]
        keys = self._translator.row_key(target, change.table.table)
        condition = self._translator.where(change.where, target)
        found = [
            tuple(r) for r in self._connection.execute(sa.select(*keys).where(condition).with_for_update())
        ]
        if found:
            same = self._translator.where(both([plain(change.where), RowIn(tuple(found))]), target)
            self._connection.execute(sa.update(target).where(same).values(self._values(change, target)))
        return found


def _typed(column: sa.Column[Any], value: str | None) -> Any:
    return sa.null() if value is None else sa.literal(as_type(column, value), column.type)
