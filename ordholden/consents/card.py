"""A card as columns: the system, the table, and the key as a JSON scalar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.store import key_from_text, key_to_text

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    Row = TypeVar("Row", bound=Model)

__all__ = ["Place", "card_at", "of_cards", "place_of"]

Place: TypeAlias = tuple[str, str, str]

# Below what any database takes as parameters of one question.
_AT_ONCE = 500


def place_of(card: Card) -> Place:
    return card.table.system, card.table.table, key_to_text(card.key)


def card_at(place: Place) -> Card:
    system, table, key = place
    return Card(_table(system, table), key_from_text(key))


@cache
def _table(system: str, table: str) -> TableName:
    return TableName(system, table)


def of_cards(rows: QuerySet[Row], cards: Iterable[Card]) -> Iterator[QuerySet[Row]]:
    """The rows of these cards, in parts that each make one question. No card is in two parts."""
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for card in cards:
        system, table, key = place_of(card)
        keys[system, table].add(key)
    for (system, table), found in keys.items():
        rest = iter(found)
        while part := list(islice(rest, _AT_ONCE)):
            yield rows.filter(system=system, table=table, key__in=part)
