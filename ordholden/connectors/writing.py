"""The writing socket: what `plans`, and nobody else, may do to a company's system.

Safety design. Every change names the rows by a predicate that the very statement evaluates, so that a row that changed
since it was planned is judged again as it stands. Changes happen inside `transaction()`: the keys of the rows that a
statement took are returned before anything is final, the caller writes them down, and only leaving the block commits. A
crash before that point leaves the system untouched; a crash after it leaves the written keys to be looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ordholden.connectors.predicate import Predicate
from ordholden.connectors.reading import Key, Reader
from ordholden.inventory.system import TableName

__all__ = ["Changes", "Writer"]


class Changes(Protocol):
    """Changes of one transaction."""

    def lock(
        self, table: TableName, where: Predicate, columns: Sequence[str]
    ) -> Sequence[tuple[Key, Sequence[object]]]:
        """Locks the rows that fulfil the predicate now; gives their keys and the columns' values."""
        ...

    def delete(self, table: TableName, where: Predicate) -> Sequence[Key]:
        """Deletes the rows that fulfil the predicate now; gives their keys."""
        ...

    def clear(self, table: TableName, where: Predicate, fields: Mapping[str, str | None]) -> Sequence[Key]:
        """Sets fields to their filler, or to null, in the rows that fulfil the predicate now; gives the rows' keys."""
        ...


class Writer(Reader, Protocol):
    """A system, open for change."""

    def spans(self, table: TableName, where: Predicate, *, batch: int) -> Iterator[Predicate]:
        """Narrower predicates that together cover `where`, each about a batch of rows, found by an index where one serves."""
        ...

    def transaction(self) -> AbstractContextManager[Changes]: ...

    def rehearse(self, table: TableName, fields: Sequence[str]) -> str | None:
        """Tries the statements on no row at all; the reason why this account may not, if so."""
        ...
