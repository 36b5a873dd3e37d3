"""The writing socket: what `plans`, and nobody else, may do to a company's system.

Safety design. Every change names the rows by a predicate that the very statement evaluates, so that a row that changed
since it was planned is judged again as it stands. Changes happen inside `transaction()`: the keys of the rows that a
statement took are returned before anything is final, the caller writes them down, and only leaving the block commits. A
crash before that point leaves the system untouched; a crash after it leaves the written keys to be looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ordholden.connectors.predicate import Predicate
from ordholden.connectors.reading import Key, Reader
from ordholden.inventory.system import TableName

__all__ = ["Change", "Changes", "Taken", "Writer"]


@dataclass(frozen=True)
class Change:
    """What is to happen to the rows that fulfil the predicate at that moment: `fields` get a filler or null; None: they go."""

    table: TableName
    where: Predicate
    fields: Mapping[str, str | None] | None = None


@dataclass(frozen=True)
class Taken:
    """The records that a change took: by their keys, or, where these are single whole numbers, by ranges of them."""

    listed: tuple[Key, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return self._number

    @cached_property
    def _number(self) -> int:
        return len(self.listed) + sum(last - first + 1 for first, last in self.ranges)

    @property
    def keys(self) -> Iterator[Key]:
        yield from self.listed
        for first, last in self.ranges:
            yield from ((n,) for n in range(first, last + 1))


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

    def write(self, table: TableName, where: Predicate, values: Mapping[str, str | None]) -> Sequence[Key]:
        """Sets fields to these values, read as the columns' own types, in the rows that fulfil the predicate now."""
        ...

    def perform(self, changes: Sequence[Change]) -> Sequence[Taken]:
        """Several changes in their order, sent together where the system can; each sees what those before it did."""
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
