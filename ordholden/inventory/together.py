"""Both files read as one: which data an activity covers, and what its rules can see from a record.

The same questions that `grounds` asks of records are asked here of tables, before there is any record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from ordholden.inventory.system import EventColumn, Field, Inventory, Path, Table, TableName
from ordholden.policy.document import Activity, Policy
from ordholden.policy.rule import Rule
from ordholden.problems import Place

__all__ = ["BIRTH_DATE", "Around", "Datum", "Ruled", "Together"]

BIRTH_DATE = "birth date"
"""The value that `under N at …` reads."""

ROUNDS = 3
"""How many steps from one people table to the next are gone to find who is the same person."""


class Around(Enum):
    """How rows of a table belong with a record."""

    ITSELF = "itself"  # the record's own row
    MATTER = "matter"
    PERSON = "person"
    LINKED = "linked"  # the same person, in another people table


@dataclass(frozen=True)
class Datum:
    """A column with personal data, where it is."""

    table: Table
    field: Field

    @property
    def person(self) -> Path | None:
        return self.field.person or self.table.person

    def __str__(self) -> str:
        return f"{self.table.name}.{self.field.column}"


@dataclass(frozen=True)
class Ruled:
    """One of an activity's two rules, and where its text begins."""

    activity: Activity
    rule: Rule
    at: Place

    @property
    def fallback(self) -> bool:
        return self.rule is self.activity.if_none


@dataclass(frozen=True)
class Together:
    """A policy and an inventory that are to fit."""

    policy: Policy
    inventory: Inventory

    # — what is covered —

    @cached_property
    def data(self) -> tuple[Datum, ...]:
        return tuple(Datum(t, f) for t in self.inventory.tables for f in t.fields)

    def kinds(self, datum: Datum) -> frozenset[str]:
        """The kinds of people that the datum may be about."""
        if datum.field.person is not None:
            target = self.table(datum.field.person.target)
            return frozenset(k.people for k in target.kinds) if target else frozenset()
        if datum.table.person is not None and self.table(datum.table.person.target) is None:
            return frozenset()
        kinds, _ = self.inventory.kinds(datum.table)
        return frozenset(k.people for k in kinds)

    def covers(self, activity: Activity, datum: Datum) -> bool:
        return (
            activity.covers(datum.field.category)
            and activity.reaches(datum.table.name.system)
            and bool(self.kinds(datum) & set(activity.people))
        )

    def covered(self, activity: Activity) -> tuple[Datum, ...]:
        return self._covered[activity.name]

    def covering(self, datum: Datum) -> tuple[Activity, ...]:
        return self._covering[datum.table.name, datum.field.column]

    @cached_property
    def _covering(self) -> dict[tuple[TableName, str], tuple[Activity, ...]]:
        every = self.policy.activities.values()
        return {
            (d.table.name, d.field.column): tuple(a for a in every if self.covers(a, d)) for d in self.data
        }

    @cached_property
    def _covered(self) -> dict[str, tuple[Datum, ...]]:
        return {
            name: tuple(d for d in self.data if any(a.name == name for a in self.covering(d)))
            for name in self.policy.activities
        }

    # — rules —

    @cached_property
    def rules(self) -> tuple[Ruled, ...]:
        """Every keep rule, and every rule after `if none`."""
        return tuple(self._rules())

    def _rules(self) -> Iterator[Ruled]:
        for activity in self.policy.activities.values():
            yield Ruled(activity, activity.keep, activity.keep_at)
            if activity.if_none:
                text = activity.if_none.text
                at = self.policy.place("activities", activity.name, "if none", text) or activity.at
                yield Ruled(activity, activity.if_none, at)

    # — what a rule sees from a record —

    def table(self, name: TableName) -> Table | None:
        system = self.inventory.systems.get(name.system)
        return system.tables.get(name.table) if system else None

    def columns(self, event: str) -> Iterator[tuple[Table, EventColumn]]:
        """Where the event is recorded."""
        for column in self.inventory.events.get(event, ()):
            yield self.inventory.table(column.table), column

    def around(self, there: Table, datum: Datum) -> Around | None:
        """How rows of `there` belong with the datum's record; None where they cannot be reached from it."""
        here = datum.table
        for matter in there.matters[:1]:
            mine = here.matter(matter.name)
            if mine is not None and mine.path.target == matter.path.target:
                return Around.ITSELF if there is here and mine.own else Around.MATTER
        if there.person is None or datum.person is None:
            return None
        if there.person.target == datum.person.target:
            own = there is here and there.holds_people and datum.person == there.person
            return Around.ITSELF if own else Around.PERSON
        return Around.LINKED if self.linked(there.person.target, datum.person.target) else None

    def linked(self, one: TableName, other: TableName) -> bool:
        """Whether equal identifiers can lead from one people table to the other."""
        return other in self._families.get(one, frozenset())

    @cached_property
    def _families(self) -> dict[TableName, frozenset[TableName]]:
        kinds = {t.name: t.identifiers.keys() for t in self.inventory.people_tables}
        found = {}
        for name in kinds:
            reached = {name}
            for _ in range(ROUNDS):
                known = {kind for n in reached for kind in kinds[n]}
                reached |= {n for n in kinds if known & kinds[n]}
            found[name] = frozenset(reached)
        return found

    def shared(self, one: TableName, other: TableName) -> tuple[str, ...]:
        """The kinds of identifier that both people tables have."""
        mine, theirs = self.table(one), self.table(other)
        return (
            ()
            if mine is None or theirs is None
            else tuple(k for k in mine.identifiers if k in theirs.identifiers)
        )

    def answering(self, name: str, datum: Datum) -> tuple[Table, str] | None:
        """Where a condition's value is read: in the record, in its matter's, or in its person's."""
        for table in self._places(datum):
            if name in table.values:
                return table, table.values[name]
        return None

    def _places(self, datum: Datum) -> Iterator[Table]:
        yield datum.table
        for matter in datum.table.matters:
            owner = self.table(matter.path.target)
            if owner is not None and not matter.own:
                yield owner
        if datum.person is not None:
            here = self.table(datum.person.target)
            if here is not None:
                yield here
            yield from (
                t
                for t in self.inventory.people_tables
                if t is not here and self.linked(datum.person.target, t.name)
            )

    # — places —

    def at(self, table: Table, *way: str) -> Place:
        """Where something stands in a table's declaration."""
        under = "folders" if table.is_folder else "tables"
        return self.inventory.place(table.name.system, under, table.name.table, *way) or table.at
