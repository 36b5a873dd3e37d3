"""The same meaning as `interpret.py`, as a predicate that a database can run: a policy and a table in, `Dead` out.

For each group of fields that share their grounds the compiler says when they are dead: covered, no ground alive, no hold.
What a database cannot say alone (another system, an age, a question asked) becomes `Unsaid`; such rows are candidates
that the interpreter judges. Everything else is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ordholden.connectors.predicate import (
    FALSE,
    TRUE,
    AtOrAfter,
    Before,
    Exists,
    Filled,
    Inverted,
    KeyIn,
    Missing,
    Not,
    PeriodIs,
    Predicate,
    Test,
    Unsaid,
    ValueIn,
    at_least,
    both,
    either,
    exact,
    negated,
)
from ordholden.grounds.calendar import cutoff
from ordholden.grounds.wishes import Wishes
from ordholden.inventory.system import EventColumn, Field, Inventory, Matter, Path, Table, TableName
from ordholden.policy.document import Activity, BasisKind, OnRequest, Policy
from ordholden.policy.rule import (
    NO_TIME,
    After,
    Asked,
    Condition,
    ConsentGiven,
    Duration,
    NoEvent,
    OwnPeriod,
    RecordKept,
    Rule,
    StateHolds,
    ValueIs,
    Withdrawn,
)

__all__ = ["Compiler", "Group", "Periods"]

Periods = Callable[[TableName], tuple[int, ...]]
"""The distinct own periods that a table's rows carry; a connector asks the live table."""


@dataclass(frozen=True)
class Group:
    """Fields of a table that live and die together: the same activities cover them and they are about the same person."""

    fields: tuple[Field, ...]
    activities: tuple[Activity, ...]
    covered: Predicate  # some activity is about such data of such people
    stays: Predicate  # a ground is alive, or a hold vetoes

    @property
    def dead(self) -> Predicate:
        """Covered, without a live ground, not held."""
        return both([self.covered, negated(self.stays)])

    @property
    def filled(self) -> Predicate:
        return either(Filled(f.column, f.filler) for f in self.fields)


@dataclass(frozen=True)
class Compiler:
    """Compiles for one policy, inventory, day and set of wishes; `whole` as in `interpret.Evaluation`."""

    policy: Policy
    inventory: Inventory
    on: date
    wishes: Wishes
    periods: Periods
    whole: bool = True

    def groups(self, table: Table) -> tuple[Group, ...]:
        """The table's fields by shared fate, each group with its predicate."""
        found: dict[tuple[tuple[Activity, ...], Path | None], list[Field]] = {}
        for datum in table.fields:
            activities = tuple(
                a for a in self.policy.activities.values() if a.covers(datum.category) and a.reaches(table.name.system)
            )
            found.setdefault((activities, datum.person), []).append(datum)
        return tuple(self._group(table, tuple(fields), activities) for (activities, _), fields in found.items())

    def expired(self, table: Table) -> Predicate:
        """The record as a whole has expired: nothing personal in it lives."""
        groups = self.groups(table)
        if not groups or all(g.dead == FALSE for g in groups):
            return FALSE
        if len(groups) == 1:
            return groups[0].dead
        all_dead = both(g.dead for g in groups)
        nothing_lives = both(either([g.dead, negated(g.filled)]) for g in groups)
        something_died = either(both([g.dead, g.filled]) for g in groups)
        # A record whose fields are all empty goes when any value in it would: groups that nothing covers do not count.
        empty = both(negated(g.filled) for g in groups)
        judged = both(either([g.dead, negated(g.covered)]) for g in groups)
        none_left = both([empty, judged, either(g.covered for g in groups)])
        return either([all_dead, both([nothing_lives, something_died]), none_left])

    def cleared(self, table: Table, group: Group) -> Predicate:
        """Data of the group that have expired, whatever becomes of the record."""
        return both([group.dead, group.filled])

    def undeclared(self, table: Table) -> Predicate:
        """Rows that hold data which no activity covers."""
        return either(both([negated(g.covered), g.filled]) for g in self.groups(table))

    def alive(self, activity: Activity, table: Table) -> Predicate:
        """The activity has a live ground for the person or matter of the table's records, whatever their data."""
        return self._alive(activity, table, table.person)

    def unconfirmed(self, activity: Activity, table: Table) -> Predicate:
        """People of the table whose data rest on a review that is overdue: the event is there, and its period is over."""
        kinds, stand_on = self.inventory.kinds(table)
        if stand_on is not table or not any(activity.covers(f.category) for f in table.fields):
            return FALSE
        of_kind = either(Test(k.when) if k.when else TRUE for k in kinds if k.people in activity.people)
        there = either(self._happened(e.name, table, table.person, lambda t, c: TRUE) for e in activity.keep.anchors)
        fresh = at_least(self._rule(activity, activity.keep, table, table.person, closes=False))
        return both([of_kind, at_least(there), negated(fresh)])

    # — a group —

    def _group(self, table: Table, fields: tuple[Field, ...], activities: tuple[Activity, ...]) -> Group:
        datum = fields[0]
        person = datum.person or table.person
        kinds = {a.name: self._of_kind(table, datum, a) for a in activities}
        covered = either(kinds.values())
        alive = either(both([kinds[a.name], self._alive(a, table, person)]) for a in activities)
        held = self._held(table, person, activities, kinds)
        return Group(fields, activities, covered, either([alive, held]))

    def _of_kind(self, table: Table, datum: Field, activity: Activity) -> Predicate:
        """The record's people are of a kind that the activity is about."""
        if datum.person is not None:
            target = self.inventory.table(datum.person.target)
            return self._kinds_there(target, datum.person, activity)
        kinds, stand_on = self.inventory.kinds(table)
        if stand_on is table:
            return either(Test(k.when) if k.when else TRUE for k in kinds if k.people in activity.people)
        assert table.person is not None
        return self._kinds_there(stand_on, table.person, activity)

    def _kinds_there(self, target: Table, path: Path, activity: Activity) -> Predicate:
        kinds = [k for k in target.kinds if k.people in activity.people]
        if any(k.when is None for k in kinds):
            return TRUE
        assert target.person is not None
        where = either(Test(k.when) for k in kinds if k.when)
        return FALSE if where == FALSE else Exists(target.name, target.person, path, where)

    def _held(
        self, table: Table, person: Path | None, activities: tuple[Activity, ...], kinds: Mapping[str, Predicate]
    ) -> Predicate:
        found: list[Predicate] = []
        names = {a.name for a in activities}
        cards = {c for hold in self.wishes.holds for c in hold.cards}
        matters = {m for hold in self.wishes.holds for m in hold.matters}
        if person is not None:
            found.append(_key_in(person, (c.key for c in cards if c.table == person.target)))
        for matter in table.matters:
            keys = (m.key for m in matters if (m.table, m.name) == (matter.path.target, matter.name))
            found.append(_key_in(matter.path, keys))
        found += [kinds[h.activity] for h in self.wishes.holds if h.activity in names]
        return either(found)

    # — one ground —

    def _alive(self, activity: Activity, table: Table, person: Path | None) -> Predicate:
        normal = self._lives(activity, table, person, OnRequest.STAYS)
        if person is None:
            return normal
        requested = _key_in(person, (c.key for c in self.wishes.requested if c.table == person.target))
        effect = self.wishes.effect(activity)
        if requested == FALSE or effect in (OnRequest.STAYS, OnRequest.DECIDE):
            return normal
        asked = self._lives(activity, table, person, effect)
        return either([both([negated(requested), normal]), both([requested, asked])])

    def _lives(self, activity: Activity, table: Table, person: Path | None, effect: OnRequest) -> Predicate:
        if effect is OnRequest.ENDS:
            return FALSE
        consent = self._consent(activity, person) if activity.basis.kind is BasisKind.CONSENT else TRUE
        return both([consent, self._rule(activity, activity.keep, table, person, closes=effect is OnRequest.CLOSES)])

    def _rule(self, activity: Activity, rule: Rule, table: Table, person: Path | None, *, closes: bool) -> Predicate:
        opened = self._opened(rule, table, person) if rule.opens else TRUE
        match rule.term:
            case ConsentGiven() | Withdrawn():
                return both([opened, self._conditions(rule, table, person)])
            case StateHolds(state=state):
                holds = either(
                    self._around(t, table, person, Test(t.states[state]), f"state {state}")
                    for t in self.inventory.states.get(state, ())
                )
                return both([opened, holds, self._conditions(rule, table, person)])
            case RecordKept(matter=matter):
                return both([opened, self._kept(matter, table), self._conditions(rule, table, person)])
        conditions = self._conditions(rule, table, person)
        living = either(
            self._happened(e.name, table, person, lambda t, c: self._runs(activity, rule, t, c, closes=closes)) for e in rule.anchors
        )
        none = activity.if_none if rule is activity.keep and self.whole else None
        if none is None:
            return both([opened, conditions, living])
        nothing = negated(either(self._happened(e.name, table, person, lambda t, c: TRUE) for e in rule.anchors))
        fallback = both([nothing, self._rule(activity, none, table, person, closes=closes)])
        return both([opened, either([both([conditions, living]), fallback])])

    def _runs(self, activity: Activity, rule: Rule, table: Table, column: EventColumn, *, closes: bool) -> Predicate:
        """On the row where the event stands: the ground still runs, or nobody can tell that it ended."""
        inverted = self._inverted(table, column)
        if closes:
            return negated(both([Before(column, self.on), negated(inverted)]))
        match rule.term:
            case After(period=OwnPeriod(), year=year):
                return self._runs_own(table, column, year, inverted)
            case After(period=Duration() as period, year=year):
                day = self._cutoff(period, year)
                return negated(both([Before(column, day), negated(inverted)]))
            case Asked(fresh=fresh):
                over = both([Before(column, self._cutoff(fresh, None)), negated(inverted)])
                return either([negated(over), Unsaid("question asked")])
        raise AssertionError(rule.term)

    def _runs_own(self, table: Table, column: EventColumn, year: object, inverted: Predicate) -> Predicate:
        """One comparison for each distinct period that the matters carry."""
        own = table.own_period
        if own is None:
            return TRUE
        over = either(
            both([PeriodIs(own, n), Before(column, self._cutoff(Duration(n, own.unit), year))])
            for n in self.periods(table.name)
            if 0 < n <= 36_525
        )
        return negated(both([over, negated(inverted)]))

    def _cutoff(self, period: Duration, year: object) -> date:
        return min(self.on, cutoff(self.on, period, year, self.policy.organisation.year_ends))  # type: ignore[arg-type]

    def _inverted(self, table: Table, column: EventColumn) -> Predicate:
        begins = next((e for e in table.events if e.event == table.begins), None)
        return FALSE if begins is None or begins == column else Inverted(column, begins)

    # — rows around a record —

    def _happened(
        self, event: str, table: Table, person: Path | None, where: Callable[[Table, EventColumn], Predicate]
    ) -> Predicate:
        found = []
        for column in self.inventory.events.get(event, ()):
            there = self.inventory.table(column.table)
            condition = both([Test(column.when) if column.when else TRUE, where(there, column)])
            found.append(self._around(there, table, person, condition, f"event {event} in {there.name}"))
        return either(found)

    def _around(self, there: Table, table: Table, person: Path | None, where: Predicate, why: str) -> Predicate:
        """Some row of `there` that belongs with the record fulfils `where`: of its matter, or else of its person."""
        by_person = self._around_person(there, table, person, where, why)
        for matter in there.matters[:1]:
            mine = table.matter(matter.name)
            if mine is not None and mine.path.target == matter.path.target:
                return self._around_matter(there, table, mine, matter, where, by_person)
        return by_person

    def _around_matter(
        self, there: Table, table: Table, mine: Matter, matter: Matter, where: Predicate, by_person: Predicate
    ) -> Predicate:
        if mine.own and there is table:
            return where
        by_matter = FALSE if where == FALSE else Exists(there.name, matter.path, mine.path, where)
        if mine.own:
            return by_matter
        return either([both([negated(Missing(mine.path)), by_matter]), both([Missing(mine.path), by_person])])

    def _around_person(self, there: Table, table: Table, person: Path | None, where: Predicate, why: str) -> Predicate:
        if person is None or there.person is None or where == FALSE:
            return FALSE
        if there.person.target != person.target:
            # Another people table: only identifiers can tell whether it is the same person.
            return Unsaid(why)
        if there is table and table.holds_people and person.own:
            return where
        return Exists(there.name, there.person, person, where)

    def _opened(self, rule: Rule, table: Table, person: Path | None) -> Predicate:
        assert rule.opens is not None

        def has(there: Table, column: EventColumn) -> Predicate:
            # Not in the future, or without a plausible date.
            inverted = self._inverted(there, column)
            return either([Before(column, self.on), negated(Before(column, date.max)), inverted])

        return self._happened(rule.opens.name, table, person, has)

    def _kept(self, name: str, table: Table) -> Predicate:
        matter = table.matter(name)
        if matter is None:
            return FALSE
        there = self.inventory.table(matter.path.target)
        own = there.matter(name)
        if own is None:
            return FALSE
        # The record keeps what belongs to it as long as it is itself kept; one that holds undeclared data is.
        where = negated(self.expired(there))
        return where if there is table else Exists(there.name, own.path, matter.path, where)

    # — consent —

    def _consent(self, activity: Activity, person: Path | None) -> Predicate:
        """The consent stands, or was withdrawn so lately that the rule's tail still runs."""
        if person is None:
            return FALSE
        columns = self.inventory.consents.get(activity.basis.consent, ())
        told = _key_in(person, (c.key for c in self.wishes.consents if c.table == person.target))
        if any(self.inventory.table(c.table).person is None for c in columns):
            return Unsaid("consent")
        elsewhere = [c for c in columns if self.inventory.table(c.table).person.target != person.target]  # type: ignore[union-attr]
        if elsewhere:
            return Unsaid(f"consent in {elsewhere[0].table}")
        here = self._consent_here(activity, person)
        # What was told to us counts beside what the system says: those few are judged one by one.
        return here if told == FALSE else either([both([told, Unsaid("consent told")]), both([negated(told), here])])

    def _consent_here(self, activity: Activity, person: Path) -> Predicate:
        tail = activity.keep.term.tail if isinstance(activity.keep.term, Withdrawn) else NO_TIME
        columns = self.inventory.consents.get(activity.basis.consent, ())
        givings = [c.given for c in columns if c.given]
        withdrawals = [c.withdrawn for c in columns if c.withdrawn]

        def some(column: EventColumn, where: Predicate) -> Predicate:
            there = self.inventory.table(column.table)
            assert there.person is not None
            condition = both([Test(column.when) if column.when else TRUE, where])
            return Exists(there.name, there.person, person, condition)

        def later_no(given: EventColumn) -> Predicate:
            """Inside the row of a yes: a no that is not earlier."""
            there = self.inventory.table(given.table)
            assert there.person is not None
            found = []
            for column in withdrawals:
                inner = self.inventory.table(column.table)
                assert inner.person is not None
                condition = [Test(column.when) if column.when else TRUE, Before(column, self.on), AtOrAfter(column, given)]
                found.append(Exists(inner.name, inner.person, there.person, both(condition)))
            return either(found)

        def impossible(column: EventColumn) -> Predicate:
            return both([Test(_present(column)), negated(Before(column, date.max))])

        if not self.whole:
            yesterday = self.on - timedelta(days=1)
            return either(
                some(g, both([Before(g, self.on), negated(Before(g, yesterday)), negated(later_no(g))])) for g in givings
            )
        yes = either(
            [
                *(some(g, both([Before(g, self.on), negated(later_no(g))])) for g in givings),
                # A yes with an impossible date is older than any no.
                *(
                    both([some(g, impossible(g)), negated(either(some(w, Before(w, self.on)) for w in withdrawals))])
                    for g in givings
                ),
            ]
        )
        if tail.count == 0:
            return yes
        said = either(some(g, either([Before(g, self.on), impossible(g)])) for g in givings)
        recent = either(
            some(w, both([Before(w, self.on), negated(Before(w, cutoff(self.on, tail, None, (12, 31))))])) for w in withdrawals
        )
        return either([yes, both([said, recent])])

    # — conditions —

    def _conditions(self, rule: Rule, table: Table, person: Path | None) -> Predicate:
        return both(self._condition(c, table, person) for c in rule.conditions)

    def _condition(self, condition: Condition, table: Table, person: Path | None) -> Predicate:
        match condition:
            case NoEvent() if not self.whole:
                return FALSE
            case NoEvent(event=event):
                return negated(self._happened(event.name, table, person, lambda t, c: TRUE))
            case ValueIs(name=name, values=values) if name in table.values:
                return ValueIn(table.values[name], values, or_missing=True)
            case _:
                return Unsaid(type(condition).__name__)


def _present(column: EventColumn):  # type: ignore[no-untyped-def]
    from ordholden.policy.condition import ColumnCondition, Present

    return ColumnCondition(f"{column.column} is present", (Present(column.column, True),))


def _key_in(path: Path, keys: Iterable[object]) -> Predicate:
    found = tuple(sorted(set(keys), key=lambda k: (str(type(k)), k)))
    return KeyIn(path, found) if found else FALSE


def is_exact(groups: Iterable[Group]) -> bool:
    """Whether the database alone can tell for all of these groups."""
    return all(exact(g.dead) for g in groups)
