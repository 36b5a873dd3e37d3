"""What the promises are judged by: the open systems on one day, the plans' book, what `check` has found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from ordholden.connectors.predicate import TRUE
from ordholden.connectors.reading import Row
from ordholden.footprints import Footprints
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Field, Inventory, Table, TableName
from ordholden.plans.book import Book, Kept, PlanState
from ordholden.plans.plan import ScopeKind
from ordholden.plans.sight import Sight
from ordholden.policy.document import Activity, Policy
from ordholden.problems import Problem

__all__ = ["Look", "about"]

SAMPLE = 50


@dataclass(frozen=True)
class Look:
    """One look at an organisation. `problems` are those of its files and of how they fit the live systems."""

    sight: Sight
    footprints: Footprints
    book: Book
    folder: Path
    problems: tuple[Problem, ...]
    now: datetime

    @property
    def on(self) -> date:
        return self.sight.on

    @property
    def policy(self) -> Policy:
        return self.sight.policy

    @property
    def inventory(self) -> Inventory:
        return self.sight.inventory

    def at(self, day: date) -> Sight:
        """The same systems and wishes, seen on another day."""
        return replace(self.sight, on=day)

    # — systems —

    @cached_property
    def silent(self) -> tuple[str, ...]:
        """The systems that do not answer."""
        return tuple(name for name in self.inventory.systems if name not in self.sight.readers)

    @cached_property
    def _sizes(self) -> dict[TableName, int]:
        return {}

    def size(self, table: TableName) -> int:
        """How many rows the table has; asked once."""
        if table.system not in self.sight.readers or not self.there(table):
            return 0
        if table not in self._sizes:
            self._sizes[table] = self.sight.readers[table.system].size(table)
        return self._sizes[table]

    def there(self, name: TableName) -> bool:
        """Whether the live system has the table, with every column that is declared."""
        table = self.inventory.table(name)
        if table.is_folder:
            return True
        live = self.sight.readers[name.system].schema().tables.get(name.table)
        return live is not None and table.listed <= live.columns.keys() and bool(live.primary_key)

    # — plans —

    @cached_property
    def plans(self) -> tuple[Kept, ...]:
        """Every plan, newest first."""
        return self.book.all()

    def verified(self, kind: ScopeKind) -> Kept | None:
        """The newest plan of a kind that was carried out and found to be kept."""
        return next(
            (k for k in self.plans if k.plan.scope.kind is kind and k.state is PlanState.VERIFIED), None
        )

    # — people —

    @cached_property
    def people(self) -> tuple[tuple[Card, ...], ...]:
        """One person from each table of people, another each day, with all cards that are surely theirs."""
        found = [
            c
            for t in self.inventory.people_tables
            if t.name.system in self.sight.readers
            for c in self._somebody(t)
        ]
        links = self.footprints.linked(found)
        return tuple((card, *links[card].sure) for card in found)

    def _somebody(self, table: Table) -> Iterator[Card]:
        if table.person is None or not self.there(table.name):
            return
        rows = self.rows(table)
        cards = [
            Card(table.name, r.links[table.person]) for r in rows if r.links.get(table.person) is not None
        ]
        if cards:
            yield cards[self.on.toordinal() % len(cards)]

    def rows(self, table: Table) -> tuple[Row, ...]:
        """The first rows of a table."""
        pages = self.sight.rows(table, TRUE, batch=SAMPLE)
        return tuple(row for page in islice(pages, 1) for row in page)

    # — documents —

    def has(self, document: str) -> bool:
        """Whether a document that the policy names is in the folder; an address elsewhere is believed."""
        return "://" in document or (self.folder / document).is_file()


def about(activity: Activity, table: Table, field: Field, inventory: Inventory) -> bool:
    """Whether the activity can cover the field: its category, its system, and people whom it is about."""
    kinds = inventory.table(field.person.target).kinds if field.person else inventory.kinds(table)[0]
    return (
        activity.covers(field.category)
        and activity.reaches(table.name.system)
        and any(k.people in activity.people for k in kinds)
    )
