"""Folders of files as tables: the reading socket for systems that can be listed but not queried.

Each file is a row. Its key is the path; its columns are the parts of its name, `path`, `size` and
`modified`. A file is in the first folder whose pattern its path fits; one that fits none says nothing about
anybody (`strays`).

A look at everything lists the files afresh. A look for some keys, of which a judgement about many people
takes thousands, may use a listing of the last half minute; on this machine it says only what is still
there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from ordholden import identifiers
from ordholden.connectors.files import FileFact, Files
from ordholden.connectors.files.names import Names, names
from ordholden.connectors.predicate import Both, KeyIn, Predicate, RowIn, plain
from ordholden.connectors.reading import Column, Key, Row, Schema, TableSchema
from ordholden.connectors.streamed import Judge
from ordholden.inventory.system import Path, System, Table, TableName

__all__ = ["FilesReader"]

T = TypeVar("T")

FRESH_SECONDS = 30.0
# More files than these are listed again each time: memory stays flat.
REMEMBERED = 200_000
ALWAYS = ("path", "size", "modified")


class FilesReader:
    """A file system, open for reading."""

    def __init__(self, system: System, files: Files) -> None:
        self.system, self.files = system, files
        self._names: Mapping[TableName, Names] = {
            t.name: names(t.names) for t in system.tables.values() if t.is_folder
        }
        self._judge = Judge(system, self._all)
        self._listing: tuple[FileFact, ...] | None = None
        self._listed_at = 0.0

    def schema(self) -> Schema:
        """What the patterns say: nobody else knows."""
        tables = {name.table: self._schema(name, read) for name, read in self._names.items()}
        said = repr(sorted((name.table, read.pattern) for name, read in self._names.items()))
        return Schema(tables, (), hashlib.sha256(said.encode()).hexdigest())

    def _schema(self, name: TableName, read: Names) -> TableSchema:
        columns = {
            c: Column(c, "text", nullable=False, length=None, generated=True)
            for c in (*read.columns, *ALWAYS)
        }
        return TableSchema(name.table, columns, ("path",), (("path",),), frozenset(), ())

    # — the socket —

    def count(self, table: TableName, where: Predicate) -> int:
        return sum(1 for _ in self._holding(table, where))

    def counts(self, questions: Sequence[tuple[TableName, Predicate]]) -> Sequence[int]:
        return [self.count(table, where) for table, where in questions]

    def many(self, questions: Sequence[tuple[TableName, Predicate]]) -> Sequence[Sequence[Row]]:
        return [list(self._holding(table, where)) for table, where in questions]

    def size(self, table: TableName) -> int:
        return sum(1 for _ in self._all(table))

    def rows(self, table: TableName, where: Predicate, *, batch: int = 1_000) -> Iterator[Sequence[Row]]:
        return _paged(self._holding(table, where), batch)

    def keys(self, table: TableName, where: Predicate, *, batch: int = 10_000) -> Iterator[Sequence[Key]]:
        return _paged((row.key for row in self._holding(table, where)), batch)

    def marked(
        self, table: TableName, where: Predicate, marks: Sequence[Predicate], *, batch: int = 10_000
    ) -> Iterator[Sequence[tuple[Key, tuple[bool, ...]]]]:
        said = (
            (row.key, tuple(self._judge.holds(mark, row) for mark in marks))
            for row in self._holding(table, where)
        )
        return _paged(said, batch)

    def distinct(self, table: TableName, column: str) -> tuple[object, ...]:
        found = {row.values[column] for row in self._all(table) if row.values.get(column) is not None}
        return tuple(sorted(found, key=str))

    def references(self, table: TableName, keys: Sequence[Key]) -> Iterator[tuple[str, Key, Key]]:
        """Files refer to nothing."""
        del table, keys
        return iter(())

    def matching(
        self, table: TableName, column: str, kind: str, values: Collection[str], *, at_once: bool = False
    ) -> Iterator[Sequence[Row]]:
        # Files have no index.
        wanted = frozenset() if at_once else frozenset(values)
        found = (r for r in self._listed(table) if identifiers.normal(kind, r.values.get(column)) in wanted)
        return _paged(self._still_there(found), 1_000)

    def encrypted(self) -> bool | None:
        return self.files.encrypted()

    def strays(self) -> Iterator[FileFact]:
        """Files whose name has none of the declared forms."""
        return (f for f in self.files.walk() if self._folder(f.path) is None)

    # — files as rows —

    def _holding(self, table: TableName, where: Predicate) -> Iterator[Row]:
        where = plain(where)
        if not _narrow(where):
            return (row for row in self._all(table) if self._judge.holds(where, row))
        return self._still_there(row for row in self._listed(table) if self._judge.holds(where, row))

    def _all(self, table: TableName) -> Iterator[Row]:
        return self._as_rows(table, self._walk())

    def _listed(self, table: TableName) -> Iterator[Row]:
        """From the last listing, where it is young enough."""
        if self._listing is None or time.monotonic() - self._listed_at > FRESH_SECONDS:
            return self._all(table)
        return self._as_rows(table, self._listing)

    def _still_there(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Without the files that have gone since they were listed, where asking for each takes no time."""
        here = self.files.encrypted() is None
        return (row for row in rows if not here or self.files.exists(str(row.key[0])))

    def _walk(self) -> Iterator[FileFact]:
        began, seen = time.monotonic(), list[FileFact]()
        for fact in self.files.walk():
            if len(seen) <= REMEMBERED:
                seen.append(fact)
            yield fact
        self._listing, self._listed_at = (tuple(seen), began) if len(seen) <= REMEMBERED else (None, 0.0)

    def _as_rows(self, table: TableName, facts: Iterable[FileFact]) -> Iterator[Row]:
        declared = self.system.tables[table.table]
        paths = _paths(declared)
        for fact in facts:
            if self._folder(fact.path) == table:
                said = self._names[table].parts(fact.path) or {}
                values = {**said, "path": fact.path, "size": fact.size, "modified": fact.modified}
                yield Row(table, (fact.path,), values, {p: _led(p, values) for p in paths})

    def _folder(self, path: str) -> TableName | None:
        return next((name for name, read in self._names.items() if read.expression.fullmatch(path)), None)


def _led(path: Path, values: Mapping[str, object]) -> object:
    """The key that a path leads to: a part of the name. A path over hops needs a table, and there is none."""
    return None if path.hops else values.get(path.column)


def _paths(table: Table) -> tuple[Path, ...]:
    found = [table.person, *(m.path for m in table.matters), *(f.person for f in table.fields)]
    return tuple(dict.fromkeys(p for p in found if p is not None))


def _narrow(where: Predicate) -> bool:
    """A look for some keys."""
    parts = where.parts if isinstance(where, Both) else (where,)
    return any(isinstance(p, KeyIn | RowIn) for p in parts)


def _paged(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while page := list(islice(rest, size)):
        yield page
