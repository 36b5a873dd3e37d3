"""The records that an evaluation may look at: all of a system in a test, those of one person or one batch in the field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from ordholden.connectors.reading import ForeignKey, Row
from ordholden.grounds.wishes import Card, MatterKey
from ordholden.inventory.moments import Moment, Unknown, read_moment
from ordholden.inventory.system import EventColumn, Inventory, Matter, Path, Table, TableName

__all__ = ["World", "by_table"]


def by_table(rows: Iterable[Row]) -> Iterator[tuple[TableName, Iterator[Row]]]:
    """The rows as they come, those of one table after another; what is the same for a table is then looked up once."""
    return groupby(rows, key=attrgetter("table"))


def _nobody(_: Card) -> tuple[Card, ...]:
    return ()


class World:
    """Rows by person, by matter and by reference; put in such an order only when somebody asks by it.

    `linked` gives a card's other cards, in other people tables; `doubtful` those that may be the same person's.
    """

    def __init__(
        self,
        inventory: Inventory,
        rows: Iterable[Row],
        linked: Callable[[Card], tuple[Card, ...]] = _nobody,
        doubtful: Callable[[Card], tuple[Card, ...]] = _nobody,
        *,
        foreign_keys: Mapping[str, tuple[ForeignKey, ...]] | None = None,
    ) -> None:
        self.inventory = inventory
        self.linked = linked
        self.doubtful = doubtful
        self.foreign_keys = foreign_keys or {}
        self._all: Sequence[Row] = list(rows)
        self.rows: dict[TableName, list[Row]] = defaultdict(list)
        for name, some in by_table(self._all):
            self.rows[name].extend(some)

    @cached_property
    def _of_card(self) -> Mapping[tuple[TableName, Card], list[Row]]:
        found: dict[tuple[TableName, Card], list[Row]] = defaultdict(list)
        for name, rows in self.rows.items():
            table = self.inventory.table(name)
            for row in rows:
                for card in self.cards(row, table):
                    found[name, card].append(row)
        return found

    @cached_property
    def _about(self) -> Mapping[Card, list[Row]]:
        found: dict[Card, list[Row]] = defaultdict(list)
        for row in self._all:
            for card in self.people_of(row):
                found[card].append(row)
        return found

    @cached_property
    def _of_matter(self) -> Mapping[tuple[TableName, MatterKey], list[Row]]:
        found: dict[tuple[TableName, MatterKey], list[Row]] = defaultdict(list)
        for name, rows in self.rows.items():
            for matter in self.inventory.table(name).matters:
                for row in rows:
                    key = self.matter_key(row, matter)
                    if key is not None:
                        found[name, key].append(row)
        return found

    def cards(self, row: Row, table: Table) -> Iterable[Card]:
        card = self.card(row, table.person)
        return () if card is None else (card,)

    def people_of(self, row: Row) -> tuple[Card, ...]:
        """Everybody that the record is about: its person, and those of its fields that are somebody else's."""
        paths = self.inventory.table(row.table).people
        found = [card for path in paths if (card := self.card(row, path)) is not None]
        return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))

    def about(self, card: Card) -> list[Row]:
        """The records that are about this card: as a whole, or by a field of their own."""
        return self._about.get(card, [])

    def card(self, row: Row, path: Path | None) -> Card | None:
        """Whom the path leads to, if to anybody."""
        key = None if path is None else row.links.get(path)
        return None if path is None or key is None else Card(path.target, key)

    def matter_key(self, row: Row, matter: Matter) -> MatterKey | None:
        key = row.links.get(matter.path)
        return None if key is None else MatterKey(matter.path.target, matter.name, key)

    def of_card(self, table: TableName, card: Card) -> list[Row]:
        """The table's rows whose person this card is."""
        return self._of_card.get((table, card), [])

    def of_matter(self, table: TableName, matter: MatterKey) -> list[Row]:
        return self._of_matter.get((table, matter), [])

    def people(self, card: Card | None) -> tuple[Card, ...]:
        """The card and what the same person is called elsewhere."""
        return () if card is None else (card, *self.linked(card))

    def moment(self, row: Row, column: EventColumn) -> Moment | Unknown:
        plausible = self.inventory.systems[row.table.system].plausible
        return read_moment(row.values.get(column.column), column, plausible)

    def on(self, row: Row, column: EventColumn) -> date | None:
        moment = self.moment(row, column)
        return moment.day if isinstance(moment, Moment) else None
