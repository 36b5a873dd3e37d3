"""May people's data be used for a purpose? Each is allowed by a live ground of that very purpose, or refused.

A purpose is an activity of the policy. It may use somebody's data while its ground is alive for that person
in one of its own systems, under the card asked about or another sure one of theirs. To keep is not to use:
a consent that was withdrawn allows nothing, though its data may stay for some days more; a restriction
or an objection that nobody has decided forbids, though it keeps; and whom we only may know is nobody.

Two ways, one meaning: `may_use` judges record by record and says until when, `may_use_keys` lets the
database tell for a list of a million, fifty thousand at a time, and judges only what the database alone
cannot tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypeVar, overload

from ordholden.connectors.predicate import (
    TRUE,
    KeyIn,
    Predicate,
    Test,
    alternatives,
    at_least,
    at_most,
    both,
    either,
    negated,
)
from ordholden.connectors.reading import Row
from ordholden.footprints.people import Footprints
from ordholden.grounds.compile import Compiler, Periods
from ordholden.grounds.interpret import NEVER, OPEN, Evaluation
from ordholden.grounds.wishes import Card, Wishes
from ordholden.inventory.system import Path, Table, TableName
from ordholden.policy.document import Activity, Policy
from ordholden.policy.rule import ConsentGiven, Withdrawn
from ordholden.problems import nearest

__all__ = ["Decided", "Decision", "Ruling", "Uses"]

T = TypeVar("T")

BATCH = 50_000
# Beyond this share of a table it is quicker to ask about all of it; beyond this size that would not fit in
# memory.
SHARE = 0.1
REMEMBERED = 5_000_000
PAGE = 500


class Ruling(StrEnum):
    """Allowed, or why not."""

    ALLOWED = "allowed"
    NO_GROUND = "no ground"  # no ground of this purpose is alive for the person
    RESTRICTED = "restricted"  # one is, but somebody's objection or restriction suspends it
    UNKNOWN_PERSON = "unknown person"  # nobody has this key
    UNKNOWN_PURPOSE = "unknown purpose"  # no activity of the policy is called that


class Decision(NamedTuple):
    """What holds for one person. `until` is the first day without the ground, where it is known."""

    card: Card
    ruling: Ruling
    until: date | None = None

    @property
    def allowed(self) -> bool:
        return self.ruling is Ruling.ALLOWED


@dataclass(frozen=True)
class Decided(Sequence[Decision]):
    """Decisions about keys of one people table: read as a whole, or one by one."""

    table: TableName
    keys: tuple[object, ...]
    rulings: tuple[Ruling, ...]

    @property
    def allowed(self) -> tuple[object, ...]:
        """The keys whose people's data may be used."""
        return tuple(k for k, r in zip(self.keys, self.rulings, strict=True) if r is Ruling.ALLOWED)

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> Decision: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Decision]: ...

    def __getitem__(self, index: int | slice) -> Decision | Sequence[Decision]:
        if isinstance(index, slice):
            return Decided(self.table, self.keys[index], self.rulings[index])
        return Decision(Card(self.table, self.keys[index]), self.rulings[index])


@dataclass(frozen=True)
class Uses:
    """The policy on a day, ready to be asked what data may be used for."""

    footprints: Footprints
    policy: Policy
    on: date
    wishes: Wishes = field(default_factory=Wishes)

    def nearest(self, activity: str) -> str:
        """The activity that was probably meant, where there is none of that name."""
        return "" if activity in self.policy.activities else nearest(activity, self.policy.activities)

    def may_use(self, activity: str, cards: Iterable[Card]) -> tuple[Decision, ...]:
        """A decision for each person, with the day from which the ground is no more."""
        asked = tuple(cards)
        purpose = self._purpose(activity)
        if purpose is None:
            return tuple(Decision(card, Ruling.UNKNOWN_PURPOSE) for card in asked)
        found: dict[Card, Decision] = {}
        for some in _pages(dict.fromkeys(asked), PAGE):
            found.update(self._judged(purpose, some))
        return tuple(found[card] for card in asked)

    def may_use_keys(self, activity: str, table: TableName, keys: Iterable[object]) -> Iterator[Decided]:
        """A decision for each key of a people table, in their order, however many; batch by batch."""
        purpose = self._purpose(activity)
        told = None if purpose is None else self._told(purpose, self.footprints.inventory.table(table))
        whole: _Said | None = None
        asked = len(keys) if isinstance(keys, Sized) else 0
        seen = 0
        for some in _pages(keys, BATCH):
            seen += len(some)
            asked = max(asked, seen)
            if purpose is None:
                yield Decided(table, some, (Ruling.UNKNOWN_PURPOSE,) * len(some))
            elif told is None:
                yield Decided(table, some, tuple(self._ruled_one_by_one(purpose, table, some)))
            else:
                if whole is None and self._worth_all(told, asked):
                    whole = self._said(told, TRUE, text=_has_text(some))
                yield Decided(table, some, tuple(self._by_database(purpose, told, some, whole)))

    def _purpose(self, activity: str) -> Activity | None:
        """The activity as it is used: the tail after a withdrawal allows nothing (GDPR art. 7(3))."""
        found = self.policy.activities.get(activity)
        if found is None or not isinstance(found.keep.term, Withdrawn):
            return found
        return replace(found, keep=replace(found.keep, term=ConsentGiven()))

    # — record by record —

    def _judged(self, purpose: Activity, cards: Sequence[Card]) -> dict[Card, Decision]:
        """Judges cards by all records of their people, where the purpose reaches."""
        walk = self.footprints.walk()
        links = self.footprints.linked(cards, walk=walk)
        names = {card: (card, *links[card].sure) for card in cards}
        rows = self._rows({name for all_ in names.values() for name in all_})
        there = {name: [r for r in found if self._about(purpose, r)] for name, found in rows.items()}
        judged = [r for found in there.values() for r in found]
        world = self.footprints.world_around(judged, walk=walk)
        evaluation = Evaluation(self.policy, world, self.on, self.wishes)
        until = {
            name: max((evaluation.ground(purpose, r).until for r in found), default=NEVER)
            for name, found in there.items()
        }
        return {card: self._ruled(purpose, card, names[card], rows, until) for card in cards}

    def _ruled(
        self,
        purpose: Activity,
        card: Card,
        names: Sequence[Card],
        rows: Mapping[Card, Sequence[Row]],
        until: Mapping[Card, date],
    ) -> Decision:
        if not rows.get(card):
            return Decision(card, Ruling.UNKNOWN_PERSON)
        last = max((until.get(name, NEVER) for name in names), default=NEVER)
        # Who objects under one name objects under all that surely are theirs.
        if last <= self.on or not self.wishes.ended(purpose).isdisjoint(names):
            return Decision(card, Ruling.NO_GROUND)
        if self._suspended(purpose, names):
            return Decision(card, Ruling.RESTRICTED)
        return Decision(card, Ruling.ALLOWED, None if last == OPEN else last)

    def _rows(self, cards: Collection[Card]) -> dict[Card, list[Row]]:
        """The records that the people are, by card."""
        found: dict[Card, list[Row]] = {card: [] for card in cards}
        keys: dict[TableName, list[object]] = defaultdict(list)
        for card in cards:
            keys[card.table].append(card.key)
        for name, some in keys.items():
            path, reader = (
                _person(self.footprints.inventory.table(name)),
                self.footprints.readers[name.system],
            )
            same = {str(key): key for key in some}
            for page in reader.rows(name, KeyIn(path, tuple(some))):
                for row in page:
                    key = same.get(str(row.links[path]))
                    if key is not None:
                        found[Card(name, key)].append(row)
        return found

    def _about(self, purpose: Activity, row: Row) -> bool:
        table = self.footprints.inventory.table(row.table)
        kinds = {k.people for k in table.kinds if k.when is None or k.when.holds(row.values)}
        return purpose.reaches(row.table.system) and bool(kinds & set(purpose.people))

    def _suspended(self, purpose: Activity, names: Collection[Card]) -> bool:
        """Somebody restricted the use of these people's data or of everybody's for this purpose, or these people object."""
        everybodys = any(
            h.restriction and not h.matters and not h.cards and h.activity == purpose.name
            for h in self.wishes.holds
        )
        return everybodys or not self.wishes.suspended(purpose).isdisjoint(names)

    # — by the database —

    def _told(self, purpose: Activity, table: Table) -> _Told | None:
        """What to ask the table's database; None where it alone can never tell."""
        reach = [t for t in self.footprints.inventory.people_tables if _reaches(purpose, t)]
        if reach != [table] or not self._one_row(table):
            # Other systems say more about these people than this one.
            return None
        kinds = either(Test(k.when) if k.when else TRUE for k in table.kinds if k.people in purpose.people)
        compiler = Compiler(self.policy, self.footprints.inventory, self.on, self.wishes, self._periods)
        alive = both([kinds, compiler.alive(purpose, table)])
        restricted = frozenset(
            str(card.key) for card in self.wishes.suspended(purpose) if card.table == table.name
        )
        return _Told(table, at_least(alive), at_most(alive), restricted, self._suspended(purpose, ()))

    def _one_row(self, table: Table) -> bool:
        schema = self.footprints.readers[table.name.system].schema().tables.get(table.name.table)
        return schema is not None and not table.is_folder and schema.primary_key == (_person(table).column,)

    def _worth_all(self, told: _Told, asked: int) -> bool:
        """So much of the table has been asked for that it is quicker to ask about all of it, once."""
        size = self.footprints.readers[told.table.name.system].size(told.table.name)
        return size <= REMEMBERED and asked >= size * SHARE

    def _said(self, told: _Told, here: Predicate, *, text: bool) -> _Said:
        """Which of some people the database allows, cannot tell about, and knows at all."""
        reader = self.footprints.readers[told.table.name.system]

        def having(where: Predicate) -> frozenset[object]:
            found: set[object] = set()
            # "This or that" makes a database look at each row for itself; each alone it joins as a whole.
            for one in alternatives(where):
                for page in reader.keys(told.table.name, both([here, one]), batch=BATCH):
                    found.update([str(key) for (key,) in page] if text else [key for (key,) in page])
            return frozenset(found)

        unsure = told.surely != told.possibly
        doubted = having(both([told.possibly, negated(told.surely)])) if unsure else frozenset()
        return _Said(text, having(told.surely), doubted, lambda: having(TRUE))

    def _by_database(
        self, purpose: Activity, told: _Told, keys: Sequence[object], whole: _Said | None
    ) -> list[Ruling]:
        # What was typed or read from a file is text, whatever the table holds.
        text = _has_text(keys)
        here = KeyIn(_person(told.table), tuple(keys))
        said = whole if whole is not None and whole.text == text else self._said(told, here, text=text)
        asked = list(map(str, keys)) if text else keys
        allowed, yes, no = said.allowed, Ruling.ALLOWED, Ruling.NO_GROUND
        rulings = [yes if key in allowed else no for key in asked]
        if told.suspended or told.restricted:
            rulings = [told.suspending(key, ruling) for key, ruling in zip(asked, rulings, strict=True)]
        if no in rulings:
            known, nobody = said.known, Ruling.UNKNOWN_PERSON
            rulings = [r if k in known else nobody for k, r in zip(asked, rulings, strict=True)]
        which = [n for n, key in enumerate(asked) if key in said.doubted] if said.doubted else []
        judged = self._ruled_one_by_one(purpose, told.table.name, [keys[n] for n in which])
        for n, ruling in zip(which, judged, strict=True):
            rulings[n] = ruling
        return rulings

    def _ruled_one_by_one(
        self, purpose: Activity, table: TableName, keys: Sequence[object]
    ) -> Iterator[Ruling]:
        for page in _pages(keys, PAGE):
            cards = [Card(table, key) for key in page]
            found = self._judged(purpose, cards)
            yield from (found[card].ruling for card in cards)

    @property
    def _periods(self) -> Periods:
        def distinct(name: TableName) -> tuple[int, ...]:
            own = self.footprints.inventory.table(name).own_period
            values = () if own is None else self.footprints.readers[name.system].distinct(name, own.column)
            return tuple(int(str(v)) for v in values if str(v).isdecimal())

        return distinct


@dataclass(frozen=True)
class _Told:
    """A question to one table: the people for whom the ground surely lives, and those for whom it may."""

    table: Table
    surely: Predicate
    possibly: Predicate
    restricted: frozenset[str]
    suspended: bool

    def suspending(self, key: object, ruling: Ruling) -> Ruling:
        """The ruling, where nobody's restriction suspends the use."""
        stopped = self.suspended or str(key) in self.restricted
        return Ruling.RESTRICTED if stopped and ruling is Ruling.ALLOWED else ruling


@dataclass(frozen=True)
class _Said:
    """What a database said of some people: whom it allows, cannot tell about and, when asked, knows."""

    text: bool
    allowed: frozenset[object]
    doubted: frozenset[object]
    ask: Callable[[], frozenset[object]]

    @cached_property
    def known(self) -> frozenset[object]:
        return self.ask()


def _has_text(keys: Sequence[object]) -> bool:
    return any(issubclass(kind, str) for kind in set(map(type, keys)))


def _reaches(purpose: Activity, table: Table) -> bool:
    return purpose.reaches(table.name.system) and any(k.people in purpose.people for k in table.kinds)


def _person(table: Table) -> Path:
    if table.person is None or not table.person.own:
        raise ValueError(f"nobody is in {table.name}")
    return table.person


def _pages(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    rest = iter(items)
    while page := tuple(islice(rest, size)):
        yield page
