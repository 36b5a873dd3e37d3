"""Writes down what was said in a call, and tells how far it has come. The latest answer about wanting counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.grounds.wishes import Card
from ordholden.problems import Refusal
from ordholden.store import Store, key_to_text

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.registers.calls.models import CallNote

__all__ = ["SAYINGS", "Said", "counted", "how_far", "note"]

SAYINGS = ("told", "wants", "declined")
"""The purpose was told; the person wants the agreement; or does not."""


@dataclass(frozen=True)
class Said:
    """How far a call has come: when the purpose was told, and when the person last said that they want the agreement."""

    told_at: datetime | None = None
    wanted_at: datetime | None = None
    declined: bool = False

    @property
    def open(self) -> bool:
        """Whether what is kept back until then may be asked for."""
        return self.told_at is not None and self.wanted_at is not None and not self.declined


def note(store: Store, campaign: str, cards: Collection[Card], said: str, *, actor: str) -> Said:
    """Writes it down. That somebody wants an agreement counts only after the purpose was told."""
    if said not in SAYINGS:
        raise Refusal.of("call-saying", word=said)
    with store.transaction():
        before = how_far(store, campaign, cards)
        if said == "wants" and before.told_at is None:
            raise Refusal.of("call-untold")
        now = store.now()
        for card in cards:
            _notes(store).create(
                organisation=store.organisation,
                campaign=campaign,
                system=card.table.system,
                table=card.table.table,
                key=key_to_text(card.key),
                said=said,
                at=now,
                actor=actor,
            )
        audit.record(
            store, actor=actor, action=f"call:{said}", subject=campaign, facts={"cards": len(set(cards))}
        )
    return how_far(store, campaign, cards)


def how_far(store: Store, campaign: str, cards: Collection[Card]) -> Said:
    """What has been said to this person in this campaign."""
    wanted = {(c.table.system, c.table.table, key_to_text(c.key)) for c in cards}
    rows = _notes(store).filter(campaign=campaign, key__in=[key for _, _, key in wanted])
    found = [r for r in rows.order_by("at", "pk") if (r.system, r.table, r.key) in wanted]
    told = next((r.at for r in found if r.said == "told"), None)
    answer = next((r for r in reversed(found) if r.said != "told"), None)
    if answer is None:
        return Said(told)
    return Said(told, answer.at if answer.said == "wants" else None, answer.said == "declined")


def counted(store: Store) -> Mapping[str, int]:
    """How often each was said."""
    from django.db.models import Count

    rows = _notes(store).values_list("said").annotate(number=Count("at", distinct=True)).order_by()
    return dict(rows)


def _notes(store: Store) -> QuerySet[CallNote]:
    from ordholden.registers.calls.models import CallNote

    return CallNote.objects.using(store.alias).filter(organisation=store.organisation)
