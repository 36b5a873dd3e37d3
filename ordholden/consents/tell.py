"""Writes down a yes or a no, and reads all of them.

The audit entry names the card by its keyed digest. So it can still be shown, when the ledger's own rows have
gone with the person, that a certain card had said yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from ordholden import audit
from ordholden.consents.card import Place, card_at, of_cards, place_of
from ordholden.grounds.wishes import Card, ConsentEntry
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.consents.models import ConsentRecord

__all__ = ["Telling", "tell", "tell_all", "told"]

_PAGE = 5000


@dataclass(frozen=True)
class Telling:
    """Who said what when. `note` is how we know: a letter, a call, a box that was ticked."""

    card: Card
    consent: str
    at: datetime
    given: bool
    by_request: bool = False
    note: str = ""


def tell(
    store: Store,
    card: Card,
    consent: str,
    *,
    at: datetime,
    given: bool,
    actor: str,
    by_request: bool = False,
    note: str = "",
) -> None:
    """One person said yes (`given`) or no to a consent."""
    tell_all(store, (Telling(card, consent, at, given, by_request, note),), actor=actor)


def tell_all(store: Store, tellings: Iterable[Telling], *, actor: str) -> None:
    """Many at once, in one transaction."""
    all_of_them = tuple(tellings)
    if any(telling.at.tzinfo is None for telling in all_of_them):
        raise ValueError("the moment of a consent needs its time zone")
    with store.transaction():
        _records(store).bulk_create(_row(store, telling, actor) for telling in all_of_them)
        audit.record_many(store, (_draft(store, telling, actor) for telling in all_of_them))


def told(store: Store, cards: Iterable[Card] | None = None) -> Mapping[Card, tuple[ConsentEntry, ...]]:
    """What everybody said, or these cards, each in the order of time."""
    records = _records(store)
    parts = [records] if cards is None else of_cards(records, cards)
    return {card: entries for part in parts for card, entries in _by_card(part)}


def _records(store: Store) -> QuerySet[ConsentRecord]:
    from ordholden.consents.models import ConsentRecord

    return ConsentRecord.objects.using(store.alias).filter(organisation=store.organisation)


_Said: TypeAlias = tuple[str, str, str, str, datetime, bool, bool]


def _by_card(records: QuerySet[ConsentRecord]) -> Iterator[tuple[Card, tuple[ConsentEntry, ...]]]:
    """In the order of an index, so that one card at a time is in memory, whatever the length."""
    said: Iterator[_Said] = (
        records.order_by("system", "table", "key", "at", "id")
        .values_list("system", "table", "key", "consent", "at", "given", "by_request")
        .iterator(chunk_size=_PAGE)
    )
    for place, rows in groupby(said, key=_place):
        yield card_at(place), tuple(ConsentEntry(*row[3:]) for row in rows)


def _place(row: _Said) -> Place:
    return row[:3]


def _row(store: Store, telling: Telling, actor: str) -> ConsentRecord:
    from ordholden.consents.models import ConsentRecord

    system, table, key = place_of(telling.card)
    return ConsentRecord(
        organisation=store.organisation,
        system=system,
        table=table,
        key=key,
        consent=telling.consent,
        at=telling.at,
        given=telling.given,
        by_request=telling.by_request,
        actor=actor,
        note=telling.note,
    )


def _draft(store: Store, telling: Telling, actor: str) -> audit.Draft:
    place = place_of(telling.card)
    facts = {
        "table": str(telling.card.table),
        "consent": telling.consent,
        "at": telling.at,
        "given": telling.given,
        "by request": telling.by_request,
    }
    return audit.Draft(actor, "consent:told", store.digest(*place, use="card"), facts)
