"""Reads the whole chain and computes it anew: is every entry what was written, is none missing, is it all?

It runs beside writers and takes no lock. Entries are read first and the head afterwards, so what was added
meanwhile shows as a head further on, and is read then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ordholden.audit.append import seal_of
from ordholden.audit.entry import BEFORE_THE_FIRST, Link, hash_of
from ordholden.store import Store

__all__ = ["Broken", "Verified", "verify"]

_PAGE = 2000
_ENTRIES = (
    "SELECT number, at, actor, action, subject, facts, previous, hash FROM audit_entry"
    " WHERE organisation = %s AND number > %s ORDER BY number LIMIT %s"
)
_HEAD = "SELECT number, hash, seal FROM audit_head WHERE organisation = %s"


@dataclass(frozen=True)
class Verified:
    """Every entry is what was written. `head` is worth noting elsewhere."""

    head: Link


@dataclass(frozen=True)
class Broken:
    """The first entry that isn't, and why.

    It is `missing` or `changed`, not the one that was `noted`, or the end is not what the `head` says.
    """

    number: int
    why: str


def verify(store: Store, *, noted: Iterable[Link] = ()) -> Verified | Broken:
    """The state of the chain; `noted` are links that somebody wrote down earlier and somewhere else."""
    expected = {link.number: link.hash for link in noted}
    last = BEFORE_THE_FIRST
    promised = max(expected, default=0)
    while True:
        for row in _rows(store, last):
            last, why = _next(store, last, row)
            if why or expected.get(last.number, last.hash) != last.hash:
                return Broken(last.number, why or "noted")
        if last.number < promised:
            return Broken(last.number + 1, "missing")
        head = _head(store)
        if head.link.number <= last.number:
            return _ended(store, last, head)
        promised = head.link.number


@dataclass(frozen=True)
class _Head:
    link: Link
    seal: str


def _ended(store: Store, last: Link, head: _Head) -> Verified | Broken:
    if head.link.number < last.number:
        return Broken(head.link.number + 1, "head")
    if head.link != last or (last.number and head.seal != seal_of(store, last)):
        return Broken(last.number, "head")
    return Verified(last)


_Cells: TypeAlias = tuple[object, ...]


def _next(store: Store, last: Link, row: _Cells | None) -> tuple[Link, str]:
    """The link that the row makes, or the number where one should be and what is wrong with it."""
    number = last.number + 1
    if row is None or not all(isinstance(cell, str) for cell in row[1:]):
        return Link(number, ""), "changed"
    if row[0] != number:
        return Link(number, ""), "missing"
    _, at, actor, action, subject, facts, previous, stated = map(str, row)
    computed = hash_of(
        organisation=store.organisation,
        number=number,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        facts=facts,
        previous=previous,
    )
    sound = previous == last.hash and computed == stated
    return Link(number, computed), "" if sound else "changed"


def _rows(store: Store, last: Link) -> Iterator[_Cells | None]:
    """The rows after a link; None stands for one that can't even be read."""
    after: object = last.number
    size = _PAGE
    while True:
        page = _asked(store, _ENTRIES, [store.organisation, after, size])
        if page is None and size > 1:
            size = 1  # somewhere in here; up to there all is read
            continue
        if not page:
            if page is None:
                yield None
            return
        yield from page
        after = page[-1][0]


def _head(store: Store) -> _Head:
    match _asked(store, _HEAD, [store.organisation]):
        case [(int(number), str(digest), str(seal))]:
            return _Head(Link(number, digest), seal)
    return _Head(BEFORE_THE_FIRST, "")


def _asked(store: Store, question: str, parameters: list[Any]) -> list[_Cells] | None:
    """The answer; None where SQLite finds bytes that are no text, which were not put there by us."""
    from django.db import OperationalError, connections

    connection = connections[store.alias]
    with connection.cursor() as cursor:
        try:
            cursor.execute(question, parameters)
            return list(cursor.fetchall())
        except OperationalError as error:
            if connection.vendor == "sqlite" and "decode" in str(error):
                return None
            raise
