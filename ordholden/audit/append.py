"""Adds entries to the chain, in the caller's transaction: a deed and its entry are both written or neither.

Who adds holds the head until the transaction ends, so writers stand in line and the numbers have no holes.
Much that happens at once is added as one group, which costs one wait for the disk.

Everything that is done comes this way. The statements are written out and go straight to the driver: through
the model layer, an entry would take longer than the disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ordholden.audit.entry import BEFORE_THE_FIRST, Draft, Facts, Link, canonical, hash_of, instant
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["record", "record_many", "seal_of"]


def record(store: Store, *, actor: str, action: str, subject: str, facts: Facts) -> None:
    """One entry; `facts` never hold a value that is about a person."""
    record_many(store, (Draft(actor, action, subject, facts),))


def record_many(store: Store, drafts: Iterable[Draft]) -> None:
    """A group of entries, in their order."""
    from django.db import connections

    connection = connections[store.alias]
    words = _WORDS[connection.vendor]
    with (
        store.transaction(),
        connection.wrap_database_errors,
        closing(_cursor(connection)) as cursor,
    ):
        head = _held_head(cursor, words, store.organisation)
        rows = _linked(store, head, drafts)
        if rows:
            last = Link(head.number + len(rows), rows[-1][-1])
            cursor.executemany(words.add, rows)
            cursor.execute(words.move, (last.number, last.hash, seal_of(store, last), store.organisation))


def seal_of(store: Store, head: Link) -> str:
    return store.digest(store.organisation, str(head.number), head.hash, use="audit head")


_Row: TypeAlias = tuple[str, int, str, str, str, str, str, str, str]
# Of `sqlite3` or of `psycopg`, which have no type in common.
_Cursor: TypeAlias = Any


def _linked(store: Store, head: Link, drafts: Iterable[Draft]) -> list[_Row]:
    at = instant(store.now())
    rows: list[_Row] = []
    previous = head.hash
    for number, draft in enumerate(drafts, head.number + 1):
        facts = canonical(draft.facts)
        this = hash_of(
            organisation=store.organisation,
            number=number,
            at=at,
            actor=draft.actor,
            action=draft.action,
            subject=draft.subject,
            facts=facts,
            previous=previous,
        )
        rows.append(
            (store.organisation, number, at, draft.actor, draft.action, draft.subject, facts, previous, this)
        )
        previous = this
    return rows


_HEAD = "SELECT number, hash FROM audit_head WHERE organisation = %s"
_FIRST = (
    "INSERT INTO audit_head (organisation, number, hash, seal) VALUES (%s, 0, %s, '') ON CONFLICT DO NOTHING"
)
_ADD = (
    "INSERT INTO audit_entry (organisation, number, at, actor, action, subject, facts, previous, hash)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_MOVE = "UPDATE audit_head SET number = %s, hash = %s, seal = %s WHERE organisation = %s"


@dataclass(frozen=True)
class _Words:
    """The statements, as one driver wants them."""

    head: str
    first: str
    add: str
    move: str


_WORDS = {
    "postgresql": _Words(f"{_HEAD} FOR UPDATE", _FIRST, _ADD, _MOVE),
    # SQLite's transaction is a lock by itself.
    "sqlite": _Words(*(statement.replace("%s", "?") for statement in (_HEAD, _FIRST, _ADD, _MOVE))),
}


def _cursor(connection: BaseDatabaseWrapper) -> _Cursor:
    if connection.vendor == "sqlite":
        return connection.connection.cursor()
    # Django's own would send each row as a text of its own, to be parsed and planned anew.
    from psycopg import Cursor

    return Cursor(connection.connection)


def _held_head(cursor: _Cursor, words: _Words, organisation: str) -> Link:
    found = cursor.execute(words.head, (organisation,)).fetchone()
    if found is None:
        cursor.execute(words.first, (organisation, BEFORE_THE_FIRST.hash))
        found = cursor.execute(words.head, (organisation,)).fetchone()
    return Link(*found)
