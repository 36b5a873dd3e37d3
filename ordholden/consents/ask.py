"""Writes down who was asked whether an activity may go on, and reads when that last was."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.consents.card import card_at, place_of
from ordholden.grounds.wishes import Card
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.consents.models import Asked

__all__ = ["ask", "asked"]

_PAGE = 5000


def ask(store: Store, activity: str, cards: Collection[Card], *, on: date, actor: str) -> None:
    """These people were asked on that day."""
    places = sorted({place_of(card) for card in cards})
    if not places:
        return
    with store.transaction():
        _questions(store).bulk_create(_row(store, activity, place, on, actor) for place in places)
        facts = {"people": len(places), "on": on}
        audit.record(store, actor=actor, action="activity:asked", subject=activity, facts=facts)


def asked(store: Store) -> Mapping[tuple[str, Card], date]:
    """The last day on which each was asked, by activity and card."""
    from django.db.models import Max

    latest = (
        _questions(store)
        .values_list("activity", "system", "table", "key")
        .annotate(last=Max("asked_on"))
        .order_by()
        .iterator(chunk_size=_PAGE)
    )
    return {(activity, card_at((system, table, key))): last for activity, system, table, key, last in latest}


def _questions(store: Store) -> QuerySet[Asked]:
    from ordholden.consents.models import Asked

    return Asked.objects.using(store.alias).filter(organisation=store.organisation)


def _row(store: Store, activity: str, place: tuple[str, str, str], on: date, actor: str) -> Asked:
    from ordholden.consents.models import Asked

    system, table, key = place
    return Asked(
        organisation=store.organisation,
        activity=activity,
        system=system,
        table=table,
        key=key,
        asked_on=on,
        actor=actor,
    )
