"""Where personal data is: systems, tables, fields, and the paths that lead from a record to a person or a matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from ordholden.policy.condition import ColumnCondition
from ordholden.policy.document import Text
from ordholden.policy.rule import Unit
from ordholden.policy.source import place_of
from ordholden.problems import Place

__all__ = [
    "As",
    "ConsentColumns",
    "EventColumn",
    "Field",
    "Hop",
    "Inventory",
    "Kind",
    "Matter",
    "OwnPeriodColumn",
    "Path",
    "System",
    "Table",
    "TableName",
    "WhenExpired",
]


@dataclass(frozen=True, order=True)
class TableName:
    """A table (or a folder) of a system."""

    system: str
    table: str

    def __str__(self) -> str:
        return f"{self.system}.{self.table}"


@dataclass(frozen=True)
class Hop:
    """One arrow of a path: from `column` of the table before to the row of `table` whose `on` has that value.

    `on` is None where the arrow lands on the primary key, which only the live schema knows.
    """

    column: str
    table: str
    on: str | None


@dataclass(frozen=True)
class Path:
    """How a record leads to a key: over `hops` to a table, whose `column` holds the key.

    `target` is the table where the person or the matter is; its row need not be visited, since `column` already
    holds its key. An `own` path is the key of the record itself: people, or matters, are in this very table.
    """

    column: str
    target: TableName
    hops: tuple[Hop, ...] = ()
    own: bool = False
    at: Place | None = None

    def __hash__(self) -> int:
        # Every link of every record is looked up by its path.
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.column, self.target, self.hops))

    @property
    def first(self) -> str:
        """The record's own column where the path starts."""
        return self.hops[0].column if self.hops else self.column


class As(StrEnum):
    """What a column holds that stands for a moment."""

    DATE = "date"  # the database's own date or time stamp
    TEXT = "text"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


@dataclass(frozen=True)
class EventColumn:
    """A column that says when an event happened, for the rows where `when` holds."""

    event: str
    table: TableName
    column: str
    form: As = As.DATE
    format: str = "YYYY-MM-DD"
    zone: str = "Europe/Copenhagen"
    when: ColumnCondition | None = None
    at: Place | None = None


@dataclass(frozen=True)
class ConsentColumns:
    """Columns that say when a consent was given and withdrawn; either may be missing."""

    consent: str
    table: TableName
    given: EventColumn | None
    withdrawn: EventColumn | None
    at: Place | None = None


class WhenExpired(StrEnum):
    """What becomes of a record whose personal data have all expired."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


@dataclass(frozen=True)
class Field:
    """A column with personal data: its category, whose it is, and what a cleared one holds where null is not allowed."""

    column: str
    category: str
    person: Path | None  # whose, where it is not the record's person
    filler: str | None
    source: str
    file_in: TableName | None
    at: Place


@dataclass(frozen=True)
class Kind:
    """A kind of people that a table's records are about, where `when` holds."""

    people: str
    when: ColumnCondition | None


@dataclass(frozen=True)
class Matter:
    """A matter that a table's records belong to: its name and the path to its key."""

    name: str
    path: Path

    @property
    def own(self) -> bool:
        """Whether each record is such a matter itself."""
        return self.path.own


@dataclass(frozen=True)
class OwnPeriodColumn:
    column: str
    unit: Unit


@dataclass(frozen=True)
class Table:
    """A table, or a folder of files (then `names` says how a path is read and `content` what a file holds)."""

    name: TableName
    kinds: tuple[Kind, ...]  # empty: those of the table that `person` leads to
    person: Path | None
    identifiers: Mapping[str, str]
    matters: tuple[Matter, ...]
    begins: str
    should_have_ended: ColumnCondition | None
    own_period: OwnPeriodColumn | None
    fields: tuple[Field, ...]
    not_personal: tuple[str, ...]
    events: tuple[EventColumn, ...]
    states: Mapping[str, ColumnCondition]
    consents: tuple[ConsentColumns, ...]
    values: Mapping[str, str]
    when_expired: WhenExpired
    cut: tuple[str, ...]
    free_text: tuple[str, ...]
    quality_exempt: bool
    names: str
    at: Place
    about: Text | None = None  # what people call it

    @cached_property
    def people(self) -> tuple[Path, ...]:
        """The ways from a record to everybody whom it is about: its person, and those of its fields that are somebody else's."""
        return tuple(dict.fromkeys(p for p in (self.person, *(f.person for f in self.fields)) if p))

    @property
    def holds_people(self) -> bool:
        """Whether people are in this table: each row is somebody, known by its own key."""
        return self.person is not None and self.person.own

    @property
    def is_folder(self) -> bool:
        return bool(self.names)

    def field(self, column: str) -> Field | None:
        return next((f for f in self.fields if f.column == column), None)

    def matter(self, name: str) -> Matter | None:
        return next((m for m in self.matters if m.name == name), None)

    @cached_property
    def listed(self) -> frozenset[str]:
        """Every column that the declaration speaks of."""
        found = {*self.not_personal, *self.identifiers.values(), *self.values.values(), *self.cut}
        found |= {f.column for f in self.fields} | {e.column for e in self.events}
        found |= {f.person.first for f in self.fields if f.person}
        found |= {m.path.first for m in self.matters}
        found |= {c.column for consent in self.consents for c in (consent.given, consent.withdrawn) if c}
        conditions = [
            *self.states.values(),
            *(k.when for k in self.kinds if k.when),
            *(e.when for e in self.events if e.when),
        ]
        conditions += [
            c.when for consent in self.consents for c in (consent.given, consent.withdrawn) if c and c.when
        ]
        if self.should_have_ended:
            conditions.append(self.should_have_ended)
        found |= {column for condition in conditions for column in condition.columns}
        if self.person:
            found.add(self.person.first)
        if self.own_period:
            found.add(self.own_period.column)
        return frozenset(found)


@dataclass(frozen=True)
class System:
    """One database or file system; `url` may hold a secret and is never printed."""

    name: str
    url: str
    zone: str
    plausible: tuple[date, date]
    backup_days: int | None  # None: nobody has said; 0: no backups
    quality_exempt: bool
    about: Text
    agreement: str
    without_personal_data: tuple[str, ...]  # tables that are not declared, since nothing personal is in them
    tables: Mapping[str, Table]
    at: Place

    @property
    def is_files(self) -> bool:
        return any(t.is_folder for t in self.tables.values())

    def __repr__(self) -> str:
        return f"System({self.name!r})"


@dataclass(frozen=True)
class Inventory:
    """All systems of an organisation; `digest` changes with every byte of the file."""

    systems: Mapping[str, System]
    digest: str
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)

    def place(self, *way: str) -> Place | None:
        """Where a key or a text of the file stands, by its way from the top."""
        return place_of(self.places, way)

    @property
    def tables(self) -> Iterator[Table]:
        for system in self.systems.values():
            yield from system.tables.values()

    def table(self, name: TableName) -> Table:
        return self.systems[name.system].tables[name.table]

    def words(self, system: str, table: str = "") -> Text | None:
        """What people call a place: the table where it has words, else its system; None for a system that isn't here."""
        known = self.systems.get(system)
        found = known.tables.get(table) if known else None
        return (found.about if found else None) or (known.about if known else None)

    @cached_property
    def people_tables(self) -> tuple[Table, ...]:
        return tuple(t for t in self.tables if t.holds_people)

    def kinds(self, table: Table) -> tuple[tuple[Kind, ...], Table]:
        """The kinds of people that the table's records are about, and the table on whose columns the conditions stand."""
        if table.kinds or table.person is None or table.holds_people:
            return table.kinds, table
        target = self.table(table.person.target)
        return target.kinds, target

    @cached_property
    def events(self) -> Mapping[str, tuple[EventColumn, ...]]:
        found: dict[str, list[EventColumn]] = {}
        for table in self.tables:
            for event in table.events:
                found.setdefault(event.event, []).append(event)
        return {name: tuple(columns) for name, columns in found.items()}

    @cached_property
    def states(self) -> Mapping[str, tuple[Table, ...]]:
        found: dict[str, list[Table]] = {}
        for table in self.tables:
            for state in table.states:
                found.setdefault(state, []).append(table)
        return {name: tuple(tables) for name, tables in found.items()}

    @cached_property
    def consents(self) -> Mapping[str, tuple[ConsentColumns, ...]]:
        found: dict[str, list[ConsentColumns]] = {}
        for table in self.tables:
            for consent in table.consents:
                found.setdefault(consent.consent, []).append(consent)
        return {name: tuple(columns) for name, columns in found.items()}
