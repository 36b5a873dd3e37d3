"""After a backup was restored: erases again what was erased since, by the journal.

Safety design. The journal knows records by their keys. A backup older than an erasure holds the erased record under the
same key; a newer record does not reuse it, as long as the database numbers its records itself and the backup is older than
the moment given. So a replay takes only receipts from that moment on, and only records that are really there; whatever
happened to them since the restore is put through the journal again, never through a guess. It writes receipts of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from ordholden.connectors.predicate import TRUE, Filled, Predicate, Referenced, RowIn, both, either, negated
from ordholden.connectors.reading import Key, Reader
from ordholden.connectors.writing import Taken, Writer
from ordholden.inventory.system import Inventory, Table, TableName
from ordholden.plans.book import Book, Draft, Receipt
from ordholden.plans.execute import FileRemover
from ordholden.plans.keys import matches, unpacked
from ordholden.plans.plan import Operation, Plan

__all__ = ["due_again", "replay"]

PAGE = 5_000


def due_again(
    system: str, since: datetime, *, inventory: Inventory, reader: Reader, book: Book
) -> Mapping[tuple[TableName, Operation], int]:
    """How many records that were erased since are there again, by table and operation."""
    found: dict[tuple[TableName, Operation], int] = {}
    for receipt in book.journal(system, since):
        if receipt.operation is Operation.CORRECT:
            continue  # the journal knows no values; what was corrected is in its case
        for _, keys in _again(receipt, inventory, reader, book):
            place = (receipt.table, receipt.operation)
            found[place] = found.get(place, 0) + len(keys)
    return found


def replay(
    plan: Plan,
    system: str,
    since: datetime,
    *,
    inventory: Inventory,
    reader: Reader,
    writer: Writer | None,
    remover: FileRemover | None,
    book: Book,
    progress: Callable[[str, int], None] = lambda what, n: None,
) -> int:
    """Erases them again, in the order of the first time, which had children before parents. Gives the number of records.

    A database has a `writer`, a file system a `remover`.
    """
    done = 0
    for receipt in list(book.journal(system, since)):
        if receipt.plan == plan.digest or receipt.operation is Operation.CORRECT:
            continue
        for where, found in _again(receipt, inventory, reader, book):
            table = inventory.table(receipt.table)
            if writer is None:
                keys = _removed(plan, receipt, found, remover, book)
                done += len(keys)
                progress(f"{receipt.operation} {receipt.table}", len(keys))
                continue
            with writer.transaction() as changes:
                if receipt.operation is Operation.DELETE:
                    keys = changes.delete(receipt.table, both([where, negated(Referenced())]))
                else:
                    keys = changes.clear(receipt.table, where, _values(table, receipt))
                book.intend(plan, _drafts(receipt, keys))
            book.committed()
            done += len(keys)
            progress(f"{receipt.operation} {receipt.table}", len(keys))
    book.settle(plan)
    return done


def _removed(
    plan: Plan, receipt: Receipt, keys: Sequence[Key], remover: FileRemover | None, book: Book
) -> Sequence[Key]:
    assert remover is not None, "a file system has a remover"
    book.intend(plan, _drafts(receipt, keys))
    for key in keys:
        remover.remove(str(key[0]))
    book.committed()
    return keys


def _drafts(receipt: Receipt, keys: Sequence[Key]) -> list[Draft]:
    return [Draft(receipt.table, receipt.operation, receipt.columns, Taken(tuple(keys)))] if keys else []


def _values(table: Table, receipt: Receipt) -> dict[str, str | None]:
    fillers = {f.column: f.filler for f in table.fields}
    return {c: fillers.get(c) for c in receipt.columns}


def _again(
    receipt: Receipt, inventory: Inventory, reader: Reader, book: Book
) -> Iterator[tuple[Predicate, Sequence[Key]]]:
    """The receipt's records that are there, and have something to erase."""
    table = inventory.table(receipt.table)
    for page in _pages(receipt, reader, book):
        where: Predicate = RowIn(tuple(page))
        if table.is_folder:
            yield where, page
            continue
        if receipt.operation is not Operation.DELETE:
            filled = either(Filled(f.column, f.filler) for f in table.fields if f.column in receipt.columns)
            where = both([where, filled])
        keys = [k for found in reader.keys(receipt.table, where) for k in found]
        if keys:
            yield where, keys


def _pages(receipt: Receipt, reader: Reader, book: Book) -> Iterator[list[Key]]:
    digests = matches(receipt.keys)
    if digests:
        digest = book.digest(receipt.table)
        # All of them before the first is erased: a look that is still open would lock out the writing.
        there = [k for found in reader.keys(receipt.table, TRUE) for k in found if digest(k) in digests]
        yield from (there[start : start + PAGE] for start in range(0, len(there), PAGE))
        return
    page = []
    for key in unpacked(receipt.keys):
        page.append(key)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
