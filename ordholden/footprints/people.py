"""The room's one object: it holds the open readers and answers for any number of people at once."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ordholden.connectors.reading import Reader, Row
from ordholden.footprints.find import Found, Search
from ordholden.footprints.links import Links, Walk
from ordholden.footprints.load import Evidence, Loading, Sayings
from ordholden.grounds.wishes import Card
from ordholden.grounds.world import World
from ordholden.inventory.system import Inventory, TableName
from ordholden.policy.document import Policy

__all__ = ["GLANCE", "Footprints"]

GLANCE = 50
"""Somebody who looks does not read more."""


class Footprints:
    """Where people have left their footprints, in all systems that are open.

    With a policy only those tables are looked at that its rules speak of; without one, all that could matter.
    """

    def __init__(
        self, inventory: Inventory, readers: Mapping[str, Reader], policy: Policy | None = None
    ) -> None:
        self.inventory, self.readers = inventory, readers
        self._evidence = Evidence.of(inventory, policy)
        self._sayings = Sayings()
        self._look = threading.local()

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """What is learnt of who has which identifier is learnt once in this block, by this thread."""
        if getattr(self._look, "walk", None) is not None:
            yield
            return
        self._look.walk = Walk(self.inventory, self.readers)
        try:
            yield
        finally:
            self._look.walk = None

    def walk(self, *, at_once: bool = False) -> Walk:
        """What is learnt of who has which identifier, for several questions about the same people."""
        known: Walk | None = getattr(self._look, "walk", None)
        return known if known and not at_once else Walk(self.inventory, self.readers, at_once=at_once)

    def linked(self, cards: Sequence[Card], *, walk: Walk | None = None) -> Mapping[Card, Links]:
        """What the people of these cards are called in other people tables."""
        return (walk or self.walk()).links(cards)

    def world(
        self, cards: Sequence[Card], *, wanted: Collection[TableName] | None = None, walk: Walk | None = None
    ) -> World:
        """Every record (in the tables wanted) about these people, and all that a judgement may look at."""
        loading = self._loading(walk)
        loading.people(cards, wanted)
        return loading.world()

    def world_around(self, rows: Sequence[Row], *, walk: Walk | None = None) -> World:
        """These records, and all that a judgement of them may look at."""
        loading = self._loading(walk)
        loading.around(rows)
        return loading.world()

    def find(self, words: str) -> tuple[Found, ...]:
        """Everybody whom the words could mean."""
        return self.find_all([words])[words]

    def glance(self, words: str) -> tuple[Found, ...]:
        """Whom an index shows, in a moment; where it shows nobody, everybody whom the words could mean.

        For somebody who looks: who is written in an unusual way elsewhere is not among the links, and where more cards
        than `GLANCE` fit, the first are shown.
        """
        for at_once in (True, False):
            walk = self.walk(at_once=at_once)
            search = Search(self.inventory, self.readers, walk, at_once=at_once, at_most=GLANCE)
            if found := search.people([words])[words]:
                return found
        return ()

    def find_all(self, lines: Sequence[str]) -> Mapping[str, tuple[Found, ...]]:
        """Everybody whom each of the lines could mean, looked up together."""
        return Search(self.inventory, self.readers, self.walk()).people(lines)

    def _loading(self, walk: Walk | None) -> Loading:
        return Loading(self.inventory, self.readers, self._evidence, walk or self.walk(), self._sayings)
