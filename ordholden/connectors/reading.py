"""The reading socket: what every kind of system offers to those who only look.

A reader never writes; where the system can, its connection is opened read-only. Rows come in batches and in the order of
their primary keys, so that memory stays flat and a look can be continued.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ordholden.connectors.predicate import Predicate
from ordholden.inventory.schema import Column, ForeignKey, Schema, TableSchema
from ordholden.inventory.system import Path, TableName

__all__ = ["Column", "ForeignKey", "Key", "Reader", "Row", "Schema", "TableSchema"]

Key = tuple[object, ...]


@dataclass(frozen=True)
class Row:
    """A record: its primary key, its declared columns, and the keys that its paths lead to."""

    table: TableName
    key: Key
    values: Mapping[str, object]
    links: Mapping[Path, object]


class Reader(Protocol):
    """A system, open for reading."""

    def schema(self) -> Schema: ...

    def count(self, table: TableName, where: Predicate) -> int:
        """How many rows fulfil the predicate."""
        ...

    def counts(self, questions: Sequence[tuple[TableName, Predicate]]) -> Sequence[int]:
        """The same for several questions, asked together where the system can."""
        ...

    def many(self, questions: Sequence[tuple[TableName, Predicate]]) -> Sequence[Sequence[Row]]:
        """The rows that answer each question, as `rows` gives them, asked together; for numbers that fit into memory."""
        ...

    def rows(self, table: TableName, where: Predicate, *, batch: int = 1_000) -> Iterator[Sequence[Row]]:
        """The rows that fulfil the predicate, in order of their keys, with their declared columns and links."""
        ...

    def keys(self, table: TableName, where: Predicate, *, batch: int = 10_000) -> Iterator[Sequence[Key]]:
        """Only the keys of these rows."""
        ...

    def marked(
        self, table: TableName, where: Predicate, marks: Sequence[Predicate], *, batch: int = 10_000
    ) -> Iterator[Sequence[tuple[Key, tuple[bool, ...]]]]:
        """The keys of the rows that fulfil `where`, each with what every mark says of it; every predicate runs once.

        Slots in the marks are those of `where`.
        """
        ...

    def distinct(self, table: TableName, column: str) -> tuple[object, ...]:
        """The different values of a column, sorted; null left out."""
        ...

    def size(self, table: TableName) -> int:
        """How many rows the table has: exact while it is small, as the database estimates it where counting is dear."""
        ...

    def references(self, table: TableName, keys: Sequence[Key]) -> Iterator[tuple[str, Key, Key]]:
        """The rows elsewhere that need these rows by an enforced foreign key: their table, their key, and whom they need."""
        ...

    def matching(
        self, table: TableName, column: str, kind: str, values: Collection[str], *, at_once: bool = False
    ) -> Iterator[Sequence[Row]]:
        """The rows whose column is a spelling of one of these identifiers, given in normal form.

        Of such a row only the key, the identifiers and the record's own person are read. `at_once` are those that an
        index shows, in a moment however many rows there are; what is written in an unusual way is not among them.
        """
        ...

    def encrypted(self) -> bool | None:
        """Whether the connection is; None for what needs no connection (a file on this machine)."""
        ...


class Opens(Protocol):
    """Opens systems by name; the same system twice is the same connection."""

    def reader(self, system: str) -> AbstractContextManager[Reader]: ...
