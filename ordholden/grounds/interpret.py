"""The specification: for this datum, of this person, on this day, which grounds are alive, and until when.

Everything the product erases, keeps, shows or refuses follows from these functions. `compile.py` says the same to a
database; property tests hold the two together. Days: `OPEN` means no end is known, `NEVER` that there is no ground.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain

from ordholden.connectors.reading import Row
from ordholden.grounds.calendar import add, ends_on
from ordholden.grounds.wishes import Card, Hold, MatterKey, Wishes
from ordholden.grounds.world import World
from ordholden.inventory.moments import COPENHAGEN, Moment, Unknown, end_of_day, read_moment
from ordholden.inventory.system import ConsentColumns, EventColumn, Field, Table, TableName
from ordholden.policy.condition import as_text, blank, comparable
from ordholden.policy.document import Activity, BasisKind, OnRequest, Policy
from ordholden.policy.rule import (
    NO_TIME,
    After,
    Also,
    Asked,
    Condition,
    ConsentGiven,
    Duration,
    NoEvent,
    OwnPeriod,
    RecordKept,
    Rule,
    StateHolds,
    Under,
    Unit,
    ValueIs,
    Withdrawn,
    Within,
)

__all__ = ["NEVER", "OPEN", "Evaluation", "Ground", "Standing", "Verdict", "filled"]

OPEN = date.max
NEVER = date.min

BIRTHS = (date(1850, 1, 1), date(2099, 12, 31))
BIRTH_DATE = "birth date"

# Days; a longer one is a slip, as in a rule.
LONGEST_OWN_PERIOD = 36_525


@dataclass(frozen=True)
class Standing:
    """A moment that a ground stands on: the event, its day (or why there is none), and where it was read."""

    event: str
    day: date | None
    unknown: Unknown | None
    row: Row


@dataclass(frozen=True)
class Ground:
    """An activity that covers a datum, and until when; `NEVER` where it covers in kind but does not hold."""

    activity: Activity
    until: date
    stands_on: tuple[Standing, ...] = ()
    by_fallback: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a record's data come to on a day, by column; empty columns are in none of the sets."""

    expired: frozenset[str]
    living: frozenset[str]
    undeclared: frozenset[str]
    record_expired: bool


@dataclass(frozen=True)
class Evaluation:
    """A policy, the records, and what people asked for, on one day.

    `whole` is off while a plan is erasing: evidence may just have gone, so that absence proves nothing. Then only what is
    really there gives life: no `if none`, no "no such event", and of consents only a yes of this very day.

    `seen` is the last day of which anything is known, where that is later than `on`: a plan of last week judges by last
    week's day, but not as if nobody had complained, or said yes, since.
    """

    policy: Policy
    world: World
    on: date
    wishes: Wishes = field(default_factory=Wishes)
    whole: bool = True
    taken_for: Card | None = None  # a card that may be the same person's, in this reading
    seen: date | None = None
    _found: dict[tuple[object, ...], tuple[Row, Ground]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def known(self) -> date:
        """The last day that is not the future."""
        return self.on if self.seen is None else max(self.on, self.seen)

    # — a record, its data —

    def verdict(self, row: Row) -> Verdict:
        """Which of a record's data have expired, and whether the record has: when nothing personal in it lives."""
        table = self._table(row)
        if not table.fields:
            return Verdict(frozenset(), frozenset(), frozenset(), False)
        full = [f for f in table.fields if filled(row, f)]
        undeclared = {f.column for f in full if not self.covering(row, f)}
        expired = {
            f.column for f in full if f.column not in undeclared and self.keep_until(row, f) <= self.on
        }
        living = {f.column for f in full} - undeclared - expired
        # An empty field keeps nothing alive; a record of empty fields goes when any value in it would.
        judged = full or [f for f in table.fields if self.covering(row, f)]
        gone = (
            bool(judged)
            and not living
            and not undeclared
            and all(self.keep_until(row, f) <= self.on for f in judged)
        )
        return Verdict(frozenset(expired), frozenset(living), frozenset(undeclared), gone)

    def keep_until(self, row: Row, datum: Field) -> date:
        """The first day without the datum: the latest end over the grounds that cover it, `OPEN` under a hold."""
        if self.holds(row, datum):
            return OPEN
        return max((ground.until for ground in self.grounds(row, datum)), default=NEVER)

    def record_until(self, row: Row) -> date:
        """The first day without the record."""
        table = self._table(row)
        full = [f for f in table.fields if filled(row, f)]
        if any(not self.covering(row, f) for f in full):
            return OPEN
        judged = full or [f for f in table.fields if self.covering(row, f)]
        return max((self.keep_until(row, f) for f in judged), default=OPEN)

    def grounds(self, row: Row, datum: Field) -> tuple[Ground, ...]:
        """Every activity that covers the datum, with the end that its keep rule gives.

        Who cannot be told apart from others is given the longest reading, each of the others taken for the same person
        in turn; never a mixture of what several people did.
        """
        card = self._card(row, datum)
        others = () if card is None else self.world.doubtful(card)
        readings = (self, *(replace(self, taken_for=other) for other in others))
        return tuple(
            max((reading._ground(activity, row, card) for reading in readings), key=lambda g: g.until)
            for activity in self.covering(row, datum)
        )

    def ground(self, activity: Activity, row: Row) -> Ground:
        """The activity's ground for the record's own person, who is taken for nobody else: what it may be used for."""
        return self._ground(activity, row, self.world.card(row, self._table(row).person))

    def covering(self, row: Row, datum: Field) -> tuple[Activity, ...]:
        """The activities whose categories, people and systems the datum falls under."""
        kinds = self._kinds(row, datum)
        return tuple(
            a
            for a in self.policy.activities.values()
            if a.covers(datum.category) and a.reaches(row.table.system) and kinds & set(a.people)
        )

    def holds(self, row: Row, datum: Field) -> tuple[Hold, ...]:
        """The holds and restrictions that veto erasing the datum."""
        card = self._card(row, datum)
        keys = {self.world.matter_key(row, m) for m in self._table(row).matters}
        covering = (
            {a.name for a in self.covering(row, datum)}
            if any(h.activity for h in self.wishes.holds)
            else set()
        )
        return tuple(
            h
            for h in self.wishes.holds
            if (card in h.cards or keys & h.matters or not (h.cards or h.matters))
            and (h.activity in covering if h.activity else h.cards or h.matters)
        )

    # — one ground —

    def _ground(self, activity: Activity, row: Row, card: Card | None) -> Ground:
        """The same for all of a record's data about one person, so it is found once."""
        name = (activity.name, id(row), card, self.taken_for)
        if name not in self._found:
            self._found[name] = (row, self._sought(activity, row, card))
        return self._found[name][1]

    def _sought(self, activity: Activity, row: Row, card: Card | None) -> Ground:
        effect = self.wishes.effect(activity) if card in self.wishes.requested else OnRequest.STAYS
        if effect is OnRequest.ENDS or card in self.wishes.ended(activity):
            return Ground(activity, NEVER)
        consent = self._consent_until(activity, card) if activity.basis.kind is BasisKind.CONSENT else OPEN
        if consent == NEVER:
            return Ground(activity, NEVER)
        ground = self._by_rule(activity, activity.keep, row, card, closes=effect is OnRequest.CLOSES)
        return Ground(activity, min(ground.until, consent), ground.stands_on, ground.by_fallback)

    def _by_rule(
        self, activity: Activity, rule: Rule, row: Row, card: Card | None, *, closes: bool
    ) -> Ground:
        if rule.opens and not self._opened(rule, row, card):
            return Ground(activity, NEVER)
        match rule.term:
            case ConsentGiven() | Withdrawn():
                until = OPEN if self._conditions(rule, row, card, None) else NEVER
                return Ground(activity, until)
            case StateHolds(state=state):
                holds = any(True for _ in self._in_state(state, row, card)) and self._conditions(
                    rule, row, card, None
                )
                return Ground(activity, OPEN if holds else NEVER)
            case RecordKept(matter=matter):
                return Ground(
                    activity, self._kept(matter, row) if self._conditions(rule, row, card, None) else NEVER
                )
        found = list(self._standing(rule, row, card))
        if not found:
            # Nothing to stand on, no ground, but for what the policy says of people who lack it.
            none = activity.if_none if rule is activity.keep and self.whole else None
            if none is None:
                return Ground(activity, NEVER)
            ground = self._by_rule(activity, none, row, card, closes=closes)
            return Ground(activity, ground.until, ground.stands_on, True)
        under = [s for s in found if self._conditions(rule, row, card, s)]
        until = max((self._ends(activity, rule, s, closes=closes, card=card) for s in under), default=NEVER)
        return Ground(activity, until, tuple(under or found))

    def _ends(
        self, activity: Activity, rule: Rule, standing: Standing, *, closes: bool, card: Card | None
    ) -> date:
        """The first day after the ground that stands on this moment; open while the moment is unknown or to come."""
        day = standing.day
        if day is None or day > self.on:
            return OPEN
        if closes:
            return day
        match rule.term:
            case After(period=period, year=year):
                duration = self._own_period(standing.row) if isinstance(period, OwnPeriod) else period
                return (
                    OPEN
                    if duration is None
                    else ends_on(day, duration, year, self.policy.organisation.year_ends)
                )
            case Asked(fresh=fresh, answer=answer):
                fresh_until = add(day, fresh)
                asked = None if card is None else self.wishes.asked.get((activity.name, card))
                if fresh_until > self.on or asked is None or asked < day:
                    return OPEN
                return max(fresh_until, add(asked, answer))
        raise AssertionError(rule.term)

    def _standing(self, rule: Rule, row: Row, card: Card | None) -> Iterator[Standing]:
        for event in rule.anchors:
            yield from self._happened(event.name, row, card)

    def _happened(self, event: str, row: Row, card: Card | None) -> Iterator[Standing]:
        """Every time the event is recorded for the record's matter, or else for its person."""
        columns = self.world.inventory.events.get(event, ())
        # Where the record's own matter says when, the person's other matters do not.
        bound = [c for c in columns if self._matter_of(self.world.inventory.table(c.table), row) is not None]
        for column in bound or columns:
            table = self.world.inventory.table(column.table)
            for found in self._around(table, row, card):
                if column.when is None or column.when.holds(found.values):
                    yield self._read(event, column, table, found)

    def _read(self, event: str, column: EventColumn, table: Table, row: Row) -> Standing:
        moment = self.world.moment(row, column)
        if isinstance(moment, Unknown):
            return Standing(event, None, moment, row)
        begins = self._begins(table, row, column)
        if begins is not None and moment.day < begins:
            return Standing(event, None, Unknown.IMPOSSIBLE, row)
        return Standing(event, moment.day, None, row)

    def _begins(self, table: Table, row: Row, column: EventColumn | None = None) -> date | None:
        """The day the row's matter began, where the table says so and it is known; an event does not precede itself."""
        begins = next((e for e in table.events if e.event == table.begins), None)
        return None if begins is None or begins == column else self.world.on(row, begins)

    def _around(self, table: Table, row: Row, card: Card | None) -> list[Row]:
        """The table's rows that belong with a record: those of its matter; where it has none, those of its person."""
        key = self._matter_of(table, row)
        if key is not None:
            return self.world.of_matter(table.name, key)
        if card is None:
            # Nobody's record still has its own events.
            return [row] if table is self._table(row) else []
        return [r for c in self._people(card) for r in self.world.of_card(table.name, c)]

    def _matter_of(self, table: Table, row: Row) -> MatterKey | None:
        """The record's matter that the table's events belong to, where it has one."""
        for matter in table.matters[:1]:
            mine = self._table(row).matter(matter.name)
            if mine is not None and mine.path.target == matter.path.target:
                return self.world.matter_key(row, mine)
        return None

    def _people(self, card: Card | None) -> tuple[Card, ...]:
        """The card and what the same person is called elsewhere, in this reading."""
        other = () if self.taken_for is None else self.world.people(self.taken_for)
        return tuple(dict.fromkeys((*self.world.people(card), *(c for c in other if card is not None))))

    def _opened(self, rule: Rule, row: Row, card: Card | None) -> bool:
        """Whether the opening event has happened; one in the future has not, one without a date counts as having."""
        assert rule.opens is not None
        return any(s.day is None or s.day <= self.known for s in self._happened(rule.opens.name, row, card))

    def _in_state(self, state: str, row: Row, card: Card | None) -> Iterator[Row]:
        for table in self.world.inventory.states.get(state, ()):
            yield from (r for r in self._around(table, row, card) if table.states[state].holds(r.values))

    def _kept(self, name: str, row: Row) -> date:
        matter = self._table(row).matter(name)
        # Nothing is kept because it is kept.
        key = None if matter is None or matter.own else self.world.matter_key(row, matter)
        kept = [] if key is None else self.world.of_matter(key.table, key)
        return max((self.record_until(r) for r in kept), default=NEVER)

    def _own_period(self, row: Row) -> Duration | None:
        """The duration that the matter carries; None where it is missing or no positive number, so it stays open."""
        own = self._table(row).own_period
        count = None if own is None else whole_number(row.values.get(own.column))
        if own is None or count is None or not 0 < count <= LONGEST_OWN_PERIOD:
            return None
        return Duration(count, own.unit)

    # — consent —

    def _consent_until(self, activity: Activity, card: Card | None) -> date:
        """`OPEN` while the consent stands, its end after a withdrawal, `NEVER` where nobody said yes.

        The latest instant decides; a withdrawal in the same instant as a yes comes after it (GDPR art. 7(3)).
        """
        horizon = end_of_day(self.known)
        given: list[datetime] = []
        withdrawn: list[tuple[datetime, date, bool]] = []
        for person in self._people(card):
            for columns in self.world.inventory.consents.get(activity.basis.consent, ()):
                for row in self.world.of_card(columns.table, person):
                    self._consent_in(row, columns, given, withdrawn)
            for entry in self.wishes.consents.get(person, ()):
                if entry.consent == activity.basis.consent:
                    if entry.given:
                        given.append(entry.at)
                    else:
                        withdrawn.append((entry.at, entry.at.astimezone(COPENHAGEN).date(), entry.by_request))
        given = [
            g for g in given if g < horizon and (self.whole or g >= end_of_day(self.on - timedelta(days=1)))
        ]
        withdrawn = [w for w in withdrawn if w[0] < horizon]
        if not given:
            return NEVER
        tail = activity.keep.term.tail if isinstance(activity.keep.term, Withdrawn) else NO_TIME
        # A second no does not lengthen what the first has ended.
        taken_back = (w for w in withdrawn if w[0] >= max(given))
        return min(
            (add(day, NO_TIME if by_request else tail) for _, day, by_request in taken_back), default=OPEN
        )

    def _consent_in(
        self,
        row: Row,
        columns: ConsentColumns,
        given: list[datetime],
        withdrawn: list[tuple[datetime, date, bool]],
    ) -> None:
        if columns.given and (columns.given.when is None or columns.given.when.holds(row.values)):
            moment = self.world.moment(row, columns.given)
            if isinstance(moment, Moment):
                given.append(moment.instant)
            elif moment is Unknown.IMPOSSIBLE:
                # A yes with an impossible date is still a yes, older than any withdrawal.
                given.append(end_of_day(BIRTHS[0]))
        if columns.withdrawn and (columns.withdrawn.when is None or columns.withdrawn.when.holds(row.values)):
            moment = self.world.moment(row, columns.withdrawn)
            if isinstance(moment, Moment):
                withdrawn.append((moment.instant, moment.day, False))

    # — conditions: where a value is missing or impossible, the reading that keeps longer holds —

    def _conditions(self, rule: Rule, row: Row, card: Card | None, standing: Standing | None) -> bool:
        return all(self._holds(condition, row, card, standing) for condition in rule.conditions)

    def _holds(self, condition: Condition, row: Row, card: Card | None, standing: Standing | None) -> bool:
        match condition:
            case Within():
                return self._within(condition, standing.row if standing else row, card)
            case NoEvent(event=event):
                return self.whole and next(self._happened(event.name, row, card), None) is None
            case ValueIs(name=name, values=values):
                wanted = comparable(values)
                return any(blank(v) or as_text(v) in wanted for _, v in self._values(name, row, card))
            case Under(age=age, at=event):
                return self._under(age, event.name, row, card)
            case Also(people=people):
                return any(people in self._kinds_of(c) for c in self._people(card))
        raise AssertionError(condition)

    def _within(self, condition: Within, row: Row, card: Card | None) -> bool:
        """Some such event lies between the matter's beginning and the duration after the other, that day included."""
        until = list(self._happened(condition.of.name, row, card))
        begins = self._begins(self._table(row), row)
        name = condition.event.name
        for event in chain(self._happened(name, row, card), self._unplaced(name, card)):
            if event.day is None:
                return True
            if event.day > self.known or (begins is not None and event.day < begins):
                continue
            if any(u.day is None or event.day <= add(u.day, condition.duration) for u in until):
                return True
        return False

    def _unplaced(self, event: str, card: Card | None) -> Iterator[Standing]:
        """The person's events that should belong to a matter and name none: they may be about any of them."""
        for column in self.world.inventory.events.get(event, ()):
            table = self.world.inventory.table(column.table)
            for matter in table.matters[:1]:
                for found in (r for c in self._people(card) for r in self.world.of_card(table.name, c)):
                    recorded = column.when is None or column.when.holds(found.values)
                    if recorded and self.world.matter_key(found, matter) is None:
                        yield self._read(event, column, table, found)

    def _under(self, age: int, event: str, row: Row, card: Card | None) -> bool:
        events = list(self._happened(event, row, card))
        for column, born in self._values(BIRTH_DATE, row, card):
            moment = read_moment(born, column, BIRTHS)
            if isinstance(moment, Unknown):
                return True
            grown = add(moment.day, Duration(age, Unit.YEAR))
            if any(s.day is None or s.day < grown for s in events):
                return True
        return False

    def _values(self, name: str, row: Row, card: Card | None) -> list[tuple[EventColumn, object]]:
        """A value that a condition asks for: the record's own, else its matter's, else its person's; None is missing.

        Where the key is not one row's alone, there are several.
        """
        for places in self._places(row, card):
            found = [
                (birth(place.table, column), place.values.get(column))
                for place in places
                if (column := self._table(place).values.get(name)) is not None
            ]
            if found:
                return found
        return [(birth(row.table, ""), None)]

    def _places(self, row: Row, card: Card | None) -> Iterator[list[Row]]:
        yield [row]
        for matter in self._table(row).matters:
            key = self.world.matter_key(row, matter)
            if key is not None and not matter.own:
                yield self.world.of_matter(key.table, key)
        for person in self._people(card):
            yield self.world.of_card(person.table, person)

    # — who —

    def _kinds(self, row: Row, datum: Field) -> frozenset[str]:
        """The kinds of people that the datum is about."""
        if datum.person is not None:
            card = self.world.card(row, datum.person)
            return self._kinds_at(self.world.inventory.table(datum.person.target), card)
        table = self._table(row)
        kinds, stand_on = self.world.inventory.kinds(table)
        if stand_on is table:
            return frozenset(k.people for k in kinds if k.when is None or k.when.holds(row.values))
        return self._kinds_at(stand_on, self.world.card(row, table.person))

    def _kinds_at(self, table: Table, card: Card | None) -> frozenset[str]:
        rows = [] if card is None else self.world.of_card(table.name, card)
        return frozenset(
            k.people for k in table.kinds if k.when is None or any(k.when.holds(r.values) for r in rows)
        )

    def _kinds_of(self, card: Card) -> frozenset[str]:
        table = self.world.inventory.table(card.table)
        rows = self.world.of_card(card.table, card)
        return frozenset(
            k.people for k in table.kinds if any(k.when is None or k.when.holds(r.values) for r in rows)
        )

    def _card(self, row: Row, datum: Field) -> Card | None:
        return self.world.card(row, datum.person or self._table(row).person)

    def _table(self, row: Row) -> Table:
        return self.world.inventory.table(row.table)


def birth(table: TableName, column: str) -> EventColumn:
    """A value that says when somebody was born, read as a date."""
    return EventColumn(BIRTH_DATE, table, column)


def whole_number(value: object) -> int | None:
    """A count, in a column of numbers or of text."""
    if isinstance(value, str):
        return int(value.strip(" ")) if re.fullmatch(r" *[1-9][0-9]{0,8} *", value) else None
    whole = isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value % 1 == 0
    return int(value) if whole else None  # type: ignore[call-overload]


def filled(row: Row, datum: Field) -> bool:
    """Whether the field holds a personal value: not null, not blank, and not the filler of an erased one."""
    value = row.values.get(datum.column)
    if blank(value):
        return False
    return datum.filler is None or not _same(
        value, datum.filler.replace("{key}", "-".join(map(str, row.key)))
    )


def _same(value: object, filler: str) -> bool:
    match value:
        case str():
            return value.strip(" ") == filler.strip(" ")
        case bool():
            return value is (filler.casefold() in ("1", "true", "yes"))
        case date():
            parse: Callable[[str], object] = type(value).fromisoformat
        case _:
            parse = type(value)
    try:
        return parse(filler) == value
    except (TypeError, ValueError, ArithmeticError):
        return str(value) == filler
