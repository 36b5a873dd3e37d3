"""Some people who are really there, and all their data: what a capability is tried on, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from ordholden.connectors.reading import Row
from ordholden.grounds.interpret import Evaluation, filled
from ordholden.grounds.wishes import Card
from ordholden.grounds.world import World
from ordholden.inventory.system import Field
from ordholden.promises.look import Look

__all__ = ["Datum", "Sampled"]


@dataclass(frozen=True)
class Datum:
    """One field of one record about somebody."""

    row: Row
    field: Field


@dataclass(frozen=True)
class Sampled:
    """The people of one look: one from each table of people, another each day."""

    look: Look

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        return tuple(dict.fromkeys(card for person in self.look.people for card in person))

    @cached_property
    def world(self) -> World:
        return self.look.footprints.world(self.cards)

    @cached_property
    def data(self) -> tuple[Datum, ...]:
        """Everything about these people that is a personal value."""
        return tuple(self._data())

    def _data(self) -> Iterator[Datum]:
        ours = set(self.cards)
        rows = {(r.table, r.key): r for card in self.cards for r in self.world.about(card)}
        for row in rows.values():
            table = self.look.inventory.table(row.table)
            for field in table.fields:
                if filled(row, field) and self.world.card(row, field.person or table.person) in ours:
                    yield Datum(row, field)

    def evaluation(self, *, requested: bool = False) -> Evaluation:
        """The grounds of these people; as if they all had asked to be erased, where `requested`."""
        wishes = self.look.sight.wishes
        if requested:
            wishes = replace(wishes, requested=frozenset(self.cards))
        return Evaluation(self.look.policy, self.world, self.look.on, wishes)
