"""Which holds there are, and which stand on a day."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from ordholden.grounds.wishes import Card, MatterKey
from ordholden.inventory.system import TableName
from ordholden.registers.holds.hold import HoldRecord, Scope
from ordholden.store import Store, key_from_text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.registers.holds.models import Hold, HoldTarget

__all__ = ["all_holds", "due_for_review", "holds_of", "recorded", "standing"]


def all_holds(store: Store) -> tuple[HoldRecord, ...]:
    """Every hold that was ever placed, in that order."""
    return recorded(store, holds_of(store))


def standing(store: Store, on: date) -> tuple[HoldRecord, ...]:
    """The holds that veto deletion on a day."""
    return recorded(store, _standing(store, on))


def due_for_review(store: Store, on: date) -> tuple[HoldRecord, ...]:
    """The standing holds that somebody should have looked at again by now."""
    return recorded(store, _standing(store, on).filter(review_on__lte=on))


def holds_of(store: Store) -> QuerySet[Hold]:
    from ordholden.registers.holds.models import Hold

    return Hold.objects.using(store.alias).filter(organisation=store.organisation)


def recorded(store: Store, holds: QuerySet[Hold]) -> tuple[HoldRecord, ...]:
    from ordholden.registers.holds.models import HoldTarget

    targets: dict[int, list[HoldTarget]] = defaultdict(list)
    for target in HoldTarget.objects.using(store.alias).filter(hold__in=holds):
        targets[target.hold_id].append(target)
    return tuple(_record(store, row, targets[row.pk]) for row in holds.order_by("pk"))


def _standing(store: Store, on: date) -> QuerySet[Hold]:
    begun = holds_of(store).filter(placed_on__lte=on)
    return begun.filter(released_on=None) | begun.filter(released_on__gt=on)


def _record(store: Store, row: Hold, targets: list[HoldTarget]) -> HoldRecord:
    return HoldRecord(
        id=f"H-{row.pk}",
        scope=Scope(row.scope),
        reason=row.reason,
        placed_by=row.placed_by,
        placed_on=row.placed_on,
        review_on=row.review_on,
        cards=frozenset(_card(target) for target in targets if not target.name),
        matters=frozenset(_matter(target) for target in targets if target.name),
        activity=row.activity,
        identifiers=_unsealed(store, bytes(row.identifiers)),
        restriction=row.restriction,
        released_on=row.released_on,
        released_by=row.released_by,
        release_reason=row.release_reason,
        told_on=row.told_on,
    )


def _card(target: HoldTarget) -> Card:
    return Card(TableName(target.system, target.table), key_from_text(target.key))


def _matter(target: HoldTarget) -> MatterKey:
    return MatterKey(TableName(target.system, target.table), target.name, key_from_text(target.key))


def _unsealed(store: Store, sealed: bytes) -> tuple[tuple[str, str], ...]:
    if not sealed:
        return ()
    return tuple((kind, value) for kind, value in json.loads(store.unseal(sealed)))
