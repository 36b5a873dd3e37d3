"""Which objections there are, and which have an effect."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.registers.objections.objection import ObjectionRecord, Standing
from ordholden.store import Store, key_from_text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.registers.objections.models import Objection

__all__ = ["all_objections", "objections_of", "pending", "recorded", "standing"]


def all_objections(store: Store) -> tuple[ObjectionRecord, ...]:
    """Every objection that was ever raised, in that order."""
    return recorded(store, objections_of(store))


def standing(store: Store) -> tuple[ObjectionRecord, ...]:
    """Those that suspend a use or have ended a ground. An objection is not over until somebody says so."""
    wanted = (Standing.PENDING.value, Standing.UPHELD.value)
    return recorded(store, objections_of(store).filter(standing__in=wanted))


def pending(store: Store) -> tuple[ObjectionRecord, ...]:
    """Those that wait for a decision."""
    return recorded(store, objections_of(store).filter(standing=Standing.PENDING.value))


def objections_of(store: Store) -> QuerySet[Objection]:
    from ordholden.registers.objections.models import Objection

    return Objection.objects.using(store.alias).filter(organisation=store.organisation)


def recorded(store: Store, objections: QuerySet[Objection]) -> tuple[ObjectionRecord, ...]:
    from ordholden.registers.objections.models import ObjectionCard

    whose: dict[int, set[Card]] = defaultdict(set)
    for row in ObjectionCard.objects.using(store.alias).filter(objection__in=objections):
        whose[row.objection_id].add(Card(TableName(row.system, row.table), key_from_text(row.key)))
    return tuple(
        ObjectionRecord(
            id=f"O-{row.pk}",
            activity=row.activity,
            cards=frozenset(whose[row.pk]),
            standing=Standing(row.standing),
            absolute=row.absolute,
            raised_by=row.raised_by,
            raised_on=row.raised_on,
            settled_by=row.settled_by,
            settled_on=row.settled_on,
            reason=store.unseal(bytes(row.reason)).decode() if row.reason else "",
        )
        for row in objections.order_by("pk")
    )
