"""A person's card as a form's value, and back."""

from __future__ import annotations

from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.problems import Refusal
from ordholden.store import key_from_text, key_to_text

__all__ = ["card_of", "words_of"]


def words_of(card: Card) -> str:
    """`crm.customers|17`, with the key as a JSON scalar."""
    return f"{card.table}|{key_to_text(card.key)}"


def card_of(words: str) -> Card:
    """A Refusal where the words are no card's: somebody changed the form."""
    table, bar, key = words.partition("|")
    system, dot, name = table.partition(".")
    if not (bar and dot and key):
        raise Refusal.of("form-broken")
    try:
        return Card(TableName(system, name), key_from_text(key))
    except ValueError:
        raise Refusal.of("form-broken") from None
