"""Who is the same person: cards in different people tables, linked by equal identifiers.

Sure is what nothing speaks against. Three things make it doubtful, and a doubtful card counts for keeping
longer, never for erasing:

- *a shared identifier* (a child and a guardian with one e-mail): more than one card of one table has it, or
  two cards have it that an exclusive identifier (a CPR number) proves to be two people;
- *a contradiction further on*: the sure links lead to two cards of one table, or to two CPR numbers. One of
  the links on the way is wrong, nobody knows which, so none of them is sure;
- *nothing beyond*: a doubtful link is not walked further.

A value that a crowd has (a switchboard, a row of zeros) says nothing about anybody and is left out. Cards
of one people table are never linked with each other: two cards there are two people, until somebody merges
them there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ordholden import identifiers
from ordholden.connectors.predicate import KeyIn
from ordholden.connectors.reading import Reader, Row
from ordholden.grounds.interpret import filled
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Inventory, Path, Table, TableName

__all__ = ["Identity", "Links", "Walk", "identities"]

# How far the walk goes: the identifiers of a card, of the cards they lead to, and of the cards these lead to.
ROUNDS = 3
# More cards of one table with one value than this: it is a switchboard or a placeholder.
CROWD = 20
# Keys, or identifiers, in one statement.
BATCH = 5_000

Identity = tuple[str, str]
"""A kind of identifier and a value in normal form."""


@dataclass(frozen=True)
class Links:
    """What else the person of a card is called: surely, and perhaps."""

    sure: tuple[Card, ...] = ()
    doubtful: tuple[Card, ...] = ()

    @property
    def all(self) -> tuple[Card, ...]:
        return self.sure + self.doubtful


def identities(table: Table, row: Row) -> Iterable[Identity]:
    """What identifies the record's person; a cleared field identifies nobody."""
    for kind, column in table.identifiers.items():
        field = table.field(column)
        if field is not None and not filled(row, field):
            continue
        value = identifiers.normal(kind, row.values.get(column))
        if value is not None:
            yield kind, value


class Walk:
    """What is known about who has which identifier, growing as cards are asked for; for one batch of cards.

    Each round asks each people table once for each kind of identifier, however many cards there are. `at_once` it asks
    only where an index answers.
    """

    def __init__(self, inventory: Inventory, readers: Mapping[str, Reader], *, at_once: bool = False) -> None:
        self._inventory, self._readers, self._at_once = inventory, readers, at_once
        tables = [t for t in inventory.people_tables if t.identifiers and t.name.system in readers]
        self._tables = {t.name: t for t in tables}
        self._person: Mapping[TableName, Path] = {t.name: t.person for t in tables if t.person}
        kinds = [kind for t in tables for kind in t.identifiers]
        # A kind that only one table knows leads nowhere.
        self._kinds = {kind for kind in kinds if kinds.count(kind) > 1}
        self._exclusive = tuple(sorted({kind for kind in kinds if identifiers.exclusive(kind)}))
        self._of: dict[Card, set[Identity]] = defaultdict(set)
        self._known: set[Card] = set()  # whose identifiers have all been read
        self._holders: dict[Identity, set[Card]] = defaultdict(set)
        self._asked: set[Identity] = set()
        self._links: dict[Card, Links] = {}

    def links(self, cards: Collection[Card]) -> dict[Card, Links]:
        """The links of each of the cards."""
        wanted = dict.fromkeys(cards)
        unknown = [c for c in wanted if c not in self._links]
        self._explore(unknown)
        for card in unknown:
            self._links[card] = self._linked(card)
        return {card: self._links[card] for card in wanted}

    def holders(self, values: Collection[Identity]) -> dict[Identity, frozenset[Card]]:
        """Everybody who has each of these identifiers."""
        self._learn_values(set(values) - self._asked)
        return {value: frozenset(self._holders[value]) for value in values}

    # — asking the systems —

    def _explore(self, cards: Collection[Card]) -> None:
        frontier = {c for c in cards if c.table in self._tables}
        for _ in range(ROUNDS):
            self._learn_keys(frontier)
            values = {i for c in frontier for i in self._of[c] if i[0] in self._kinds}
            self._learn_values(values - self._asked)
            found = {c for v in values if not self._shared(v) for c in self._holders[v]}
            frontier = found - frontier
            if not frontier:
                return

    def _learn_keys(self, cards: Iterable[Card]) -> None:
        """The identifiers of cards that are not known yet."""
        by_table: dict[TableName, list[object]] = defaultdict(list)
        for card in set(cards) - self._known:
            by_table[card.table].append(card.key)
            self._known.add(card)
        for name, keys in by_table.items():
            for some in _batches(keys):
                for rows in self._readers[name.system].rows(name, KeyIn(self._person[name], some)):
                    self._learn(self._tables[name], rows)

    def _learn_values(self, values: Collection[Identity]) -> None:
        """Everybody who has one of these identifiers."""
        self._asked |= set(values)
        by_kind: dict[str, list[str]] = defaultdict(list)
        for kind, value in sorted(values):
            by_kind[kind].append(value)
        met: set[Card] = set()
        for table in self._tables.values():
            for kind in table.identifiers.keys() & by_kind.keys():
                for some in _batches(by_kind[kind]):
                    reader = self._readers[table.name.system]
                    for rows in reader.matching(
                        table.name, table.identifiers[kind], kind, some, at_once=self._at_once
                    ):
                        met |= self._learn(table, rows)
        # Cards of several rows each (a folder, a list with the address as key): what their other rows say,
        # too.
        self._known |= {c for c in met if self._one_row(c.table)}
        self._learn_keys(met)

    def _one_row(self, name: TableName) -> bool:
        """Whether the person's key is the record's key."""
        schema = self._readers[name.system].schema().tables.get(name.table)
        return schema is not None and schema.primary_key == (self._person[name].column,)

    def _learn(self, table: Table, rows: Sequence[Row]) -> set[Card]:
        met = set()
        for row in rows:
            key = row.links.get(self._person[table.name])
            if key is None:
                continue
            card = Card(table.name, key)
            met.add(card)
            found = set(identities(table, row))
            self._of[card] |= found
            for identity in found:
                self._holders[identity].add(card)
        return met

    # — deciding —

    def _shared(self, value: Identity) -> bool:
        """Whether more than one person has it."""
        holders = self._holders[value]
        return len({c.table for c in holders}) < len(holders) or any(
            self._two_people(a, b) for a in holders for b in holders if a is not b
        )

    def _crowded(self, value: Identity) -> bool:
        tables = [c.table for c in self._holders[value]]
        return len(tables) > CROWD and any(tables.count(t) > CROWD for t in set(tables))

    def _two_people(self, a: Card, b: Card) -> bool:
        """An exclusive identifier proves that they are two."""
        for kind in self._exclusive:
            mine, theirs = ({i for i in self._of[c] if i[0] == kind} for c in (a, b))
            if mine and theirs and not mine & theirs:
                return True
        return False

    def _linked(self, root: Card) -> Links:
        sure, doubtful = self._component(root)
        if self._contradictory([root, *sure]):
            doubtful, sure = doubtful | sure, set()
        fits = {c for c in doubtful - sure if c.table != root.table and not self._two_people(root, c)}
        return Links(_sorted(sure), _sorted(fits))

    def _component(self, root: Card) -> tuple[set[Card], set[Card]]:
        """The cards that unshared identifiers lead to, and those beside the way that shared ones do."""
        reached, doubtful, frontier = {root}, set[Card](), {root}
        for _ in range(ROUNDS):
            met: set[Card] = set()
            for value in {i for c in frontier for i in self._of[c] if i[0] in self._kinds}:
                if self._crowded(value):
                    continue
                (doubtful if self._shared(value) else met).update(self._holders[value])
            frontier = met - reached
            reached |= frontier
        return reached - {root}, doubtful - reached

    def _contradictory(self, cards: Sequence[Card]) -> bool:
        tables = [c.table for c in cards]
        return len(set(tables)) < len(tables) or any(
            self._two_people(a, b) for a in cards for b in cards if a is not b
        )


def _batches(values: Sequence[object]) -> Iterable[tuple]:  # type: ignore[type-arg]
    return (tuple(values[i : i + BATCH]) for i in range(0, len(values), BATCH))


def _sorted(cards: Iterable[Card]) -> tuple[Card, ...]:
    return tuple(sorted(cards, key=lambda c: (c.table, str(c.key))))
