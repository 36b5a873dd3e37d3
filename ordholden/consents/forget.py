"""What erased people said and were asked goes with their cards.

A database may give the key of a deleted row to somebody new; their yes must not be inherited. What remains is
the audit entry, in which the card is a keyed digest.
"""

from __future__ import annotations

from collections.abc import Collection

from ordholden import audit
from ordholden.consents.card import of_cards
from ordholden.grounds.wishes import Card
from ordholden.store import Store

__all__ = ["forget"]


def forget(store: Store, cards: Collection[Card], *, actor: str) -> int:
    """Removes all rows of these cards; how many there were."""
    from ordholden.consents.models import Asked, ConsentRecord

    removed = 0
    with store.transaction():
        for rows in (ConsentRecord.objects, Asked.objects):
            ours = rows.using(store.alias).filter(organisation=store.organisation)
            removed += sum(part.delete()[0] for part in of_cards(ours, cards))
        if removed:
            facts = {"people": len(set(cards)), "rows": removed}
            audit.record(store, actor=actor, action="consent:forgotten", subject="", facts=facts)
    return removed
