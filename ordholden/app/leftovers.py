"""What the product's own store still knows of people who have gone, and lets go of.

A database may give a deleted row's key to somebody new; what the one said yes or no to, and was asked, must not be
the other's. While the card is there, for an invoice's sake, a no stays: without it an older yes would live again. And
a hold that was released needs no longer know by what its person is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from ordholden.connectors.predicate import KeyIn
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.plans.plan import Operation, Plan
from ordholden.plans.sight import Sight
from ordholden.store import Store

__all__ = ["let_go"]

_AT_ONCE = 1_000


def let_go(store: Store, plan: Plan, sight: Sight, *, today: date, actor: str) -> None:
    """After a plan was carried out and verified."""
    from ordholden.consents import forget
    from ordholden.registers import holds

    gone = tuple(_gone(plan, sight))
    if gone:
        forget(store, gone, actor=actor)
    holds.forget(store, on=today, actor=actor)


def _gone(plan: Plan, sight: Sight) -> Iterator[Card]:
    """Cards that the ledgers know, of tables that the plan deleted from, and that are there no longer."""
    emptied = {s.table for s in plan.steps if s.operation is Operation.DELETE}
    ours: dict[TableName, list[Card]] = defaultdict(list)
    for card in {*sight.wishes.consents, *(card for _, card in sight.wishes.asked)}:
        if card.table in emptied:
            ours[card.table].append(card)
    for table, cards in ours.items():
        for start in range(0, len(cards), _AT_ONCE):
            yield from _missing(sight, table, cards[start : start + _AT_ONCE])


def _missing(sight: Sight, table: TableName, cards: Sequence[Card]) -> Iterator[Card]:
    path = sight.inventory.table(table).person
    if path is None:
        return
    rows = sight.readers[table.system].rows(table, KeyIn(path, tuple(c.key for c in cards)))
    there = {str(row.values[path.column]) for batch in rows for row in batch}
    yield from (c for c in cards if str(c.key) not in there)
