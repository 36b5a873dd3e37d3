"""The same meaning as `interpret.py`, as a predicate that a database can run: a policy and a table in, `Dead` out.

For each group of fields that share their grounds the compiler says when they are dead: covered, no ground alive, no hold.
What a database cannot say alone (what is in another system, a consent told to us) becomes `Unsaid`; such rows are
candidates that the interpreter judges. Everything else is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from ordholden.connectors.predicate import (
    FALSE,
    TRUE,
    AtOrAfter,
    Before,
    Day,
    Earlier,
    Exists,
    Filled,
    KeyIn,
    Known,
    Missing,
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
from ordholden.grounds.calendar import add, cutoff
from ordholden.grounds.interpret import BIRTH_DATE, BIRTHS, LONGEST_OWN_PERIOD, birth
from ordholden.grounds.wishes import Hold, Wishes
from ordholden.inventory.system import EventColumn, Field, Inventory, Matter, Path, Table, TableName
from ordholden.policy.document import Activity, BasisKind, OnRequest, Policy
from ordholden.policy.rule import (
    NO_TIME,
    After,
    Also,
    Asked,
    Condition,
    Duration,
    NoEvent,
    OwnPeriod,
    RecordKept,
    Rule,
    StateHolds,
    Term,
    Under,
    Unit,
    ValueIs,
    Withdrawn,
    Within,
    Year,
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
    def cleared(self) -> Predicate:
        """Data of the group that have expired, whatever becomes of the record."""
        return both([self.dead, self.filled])

    @property
    def filled(self) -> Predicate:
        return either(Filled(f.column, f.filler) for f in self.fields)


def record_expired(marks: Sequence[tuple[bool, bool, bool]]) -> bool:
    """`Compiler.expired` for a record of which each group's (dead, filled, covered) is known."""
    if all(dead for dead, _, _ in marks):
        return True
    if any(filled for _, filled, _ in marks):
        nothing_lives = all(dead or not filled for dead, filled, _ in marks)
        return nothing_lives and any(dead and filled for dead, filled, _ in marks)
    return all(dead or not covered for dead, _, covered in marks) and any(covered for _, _, covered in marks)


@dataclass(frozen=True)
class Compiler:
    """Compiles for one policy, inventory, day and set of wishes; `whole` and `seen` as in `interpret.Evaluation`."""

    policy: Policy
    inventory: Inventory
    on: date
    wishes: Wishes
    periods: Periods
    whole: bool = True
    seen: date | None = None

    @property
    def known(self) -> date:
        return self.on if self.seen is None else max(self.on, self.seen)

    def groups(self, table: Table) -> tuple[Group, ...]:
        """The table's fields by shared fate, each group with its predicate."""
        found: dict[tuple[tuple[Activity, ...], Path | None], list[Field]] = {}
        for datum in table.fields:
            target = (
                self.inventory.table(datum.person.target) if datum.person else self.inventory.kinds(table)[1]
            )
            people = {k.people for k in target.kinds}
            activities = tuple(
                a
                for a in self.policy.activities.values()
                if a.covers(datum.category) and a.reaches(table.name.system) and people & set(a.people)
            )
            found.setdefault((activities, datum.person), []).append(datum)
        return tuple(
            self._group(table, tuple(fields), activities) for (activities, _), fields in found.items()
        )

    def expired(self, table: Table) -> Predicate:
        """The record as a whole has expired: nothing personal in it lives."""
        groups = self.groups(table)
        if not groups or all(g.dead == FALSE for g in groups):
            return FALSE
        if len(groups) == 1:
            return groups[0].dead
        # A field that is empty keeps nothing alive. Where all are, the record goes when any value in it would: then only
        # those count that something covers.
        some = either(g.filled for g in groups)
        judged = (both([negated(g.filled), either([some, negated(g.covered)])]) for g in groups)
        gone = (either([g.dead, unjudged]) for g, unjudged in zip(groups, judged, strict=True))
        return both([*gone, either([some, *(g.covered for g in groups)])])

    def undeclared(self, table: Table) -> Predicate:
        """Rows that hold data which no activity covers."""
        return either(both([negated(g.covered), g.filled]) for g in self.groups(table))

    def alive(self, activity: Activity, table: Table) -> Predicate:
        """The activity has a live ground for the person or matter of the table's records, whatever their data."""
        return self._alive(activity, table, table.person)

    def unconfirmed(self, activity: Activity, table: Table) -> Predicate:
        """People of the table whose data rest on a review that is overdue: the event is there, its period is over."""
        kinds, stand_on = self.inventory.kinds(table)
        term = activity.keep.term
        if stand_on is not table or not isinstance(term, Asked):
            return FALSE
        if not any(activity.covers(f.category) for f in table.fields):
            return FALSE
        here = Here.of(table, table.person)
        of_kind = either(Test(k.when) if k.when else TRUE for k in kinds if k.people in activity.people)
        there = either(self._happened(e.name, here, _anything) for e in activity.keep.anchors)
        still = replace(activity.keep, term=After(term.fresh, (term.event,)))
        fresh = at_least(self._rule(activity, still, here, closes=False))
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
        self,
        table: Table,
        person: Path | None,
        activities: tuple[Activity, ...],
        kinds: Mapping[str, Predicate],
    ) -> Predicate:
        names = {a.name for a in activities}
        whole = [h for h in self.wishes.holds if not h.activity]
        found = [self._aimed(table, person, whole)]
        for hold in self.wishes.holds:
            if hold.activity in names:
                everybody = not (hold.cards or hold.matters)
                whose = TRUE if everybody else self._aimed(table, person, [hold])
                found.append(both([kinds[hold.activity], whose]))
        return either(found)

    def _aimed(self, table: Table, person: Path | None, holds: Sequence[Hold]) -> Predicate:
        """The record is of a person or a matter that one of the holds is on."""
        found: list[Predicate] = []
        if person is not None:
            cards = (c for hold in holds for c in hold.cards)
            found.append(_key_in(person, (c.key for c in cards if c.table == person.target)))
        for matter in table.matters:
            matters = (m for hold in holds for m in hold.matters)
            keys = (m.key for m in matters if (m.table, m.name) == (matter.path.target, matter.name))
            found.append(_key_in(matter.path, keys))
        return either(found)

    # — one ground —

    def _alive(self, activity: Activity, table: Table, person: Path | None) -> Predicate:
        normal = self._lives(activity, table, person, OnRequest.STAYS)
        if person is None:
            return normal
        objecting = _key_in(person, (c.key for c in self.wishes.ended(activity) if c.table == person.target))
        return both([negated(objecting), self._as_requested(activity, table, person, normal)])

    def _as_requested(self, activity: Activity, table: Table, person: Path, normal: Predicate) -> Predicate:
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
        closes = effect is OnRequest.CLOSES
        return both([consent, self._rule(activity, activity.keep, Here.of(table, person), closes=closes)])

    def _rule(self, activity: Activity, rule: Rule, here: Here, *, closes: bool) -> Predicate:
        opened = self._opened(rule, here) if rule.opens else TRUE
        if not rule.anchors:
            return both(
                [opened, self._holds(rule.term, here), self._conditions(rule, here), self._near(rule, here)]
            )
        living = both([self._conditions(rule, here), self._stands(activity, rule, here, closes=closes)])
        none = activity.if_none if rule is activity.keep and self.whole else None
        if none is None:
            return both([opened, living])
        nothing = negated(either(self._happened(e.name, here, _anything) for e in rule.anchors))
        fallback = both([nothing, self._rule(activity, none, here, closes=closes)])
        return both([opened, either([living, fallback])])

    def _holds(self, term: Term, here: Here) -> Predicate:
        """What a term without an event says."""
        match term:
            case StateHolds(state=state):
                tables = self.inventory.states.get(state, ())
                return either(
                    self._around(t, here, partial(_in_state, state), f"state {state}") for t in tables
                )
            case RecordKept(matter=matter):
                return self._kept(matter, here.table)
            case _:
                return TRUE

    def _stands(self, activity: Activity, rule: Rule, here: Here, *, closes: bool) -> Predicate:
        """The ground lives for some of the events it stands on."""

        def living(over: _Over) -> Predicate:
            def runs(row: Here, column: EventColumn) -> Predicate:
                ended = both([over(row.table, column), negated(self.inverted(row.table, column))])
                return both([negated(ended), self._near(rule, row)])

            return either(self._happened(e.name, here, runs) for e in rule.anchors)

        match rule.term:
            case _ if closes:
                return living(lambda _, column: Before(column, self.on))
            case After(period=Duration() as period, year=year):
                return living(lambda _, column: Before(column, self._cutoff(period, year)))
            case After(period=OwnPeriod(), year=year):
                return living(lambda table, column: self._own_period_over(table, column, year))
            case Asked() as term:
                return self._unanswered(activity, term, here, living)
        raise AssertionError(rule.term)

    def _own_period_over(self, table: Table, column: EventColumn, year: Year | None) -> Predicate:
        """One comparison for each distinct period that the matters carry."""
        own = table.own_period
        if own is None:
            return FALSE
        return either(
            both([PeriodIs(own, n), Before(column, self._cutoff(Duration(n, own.unit), year))])
            for n in self.periods(table.name)
            if 0 < n <= LONGEST_OWN_PERIOD
        )

    def _unanswered(
        self, activity: Activity, term: Asked, here: Here, living: Callable[[_Over], Predicate]
    ) -> Predicate:
        """One comparison for each day on which somebody was asked; who wasn't is kept until then."""
        asked: dict[date, list[object]] = defaultdict(list)
        for (name, card), day in self.wishes.asked.items():
            if name == activity.name and here.person is not None and card.table == here.person.target:
                asked[day].append(card.key)
        never = living(lambda _, __: FALSE)
        if here.person is None or not asked:
            return never
        people = [(day, _key_in(here.person, keys)) for day, keys in sorted(asked.items())]
        found = [both([negated(either(who for _, who in people)), never])]
        for day, who in people:
            last = min(day, self._cutoff(term.fresh, None))
            answered = add(day, term.answer) <= self.on
            found.append(both([who, living(lambda _, c: Before(c, last)) if answered else never]))  # noqa: B023
        return either(found)

    def _cutoff(self, period: Duration, year: Year | None) -> date:
        return min(self.on, cutoff(self.on, period, year, self.policy.organisation.year_ends))

    def inverted(self, table: Table, column: EventColumn) -> Predicate:
        begins = _beginning(table)
        return FALSE if begins is None or begins == column else Earlier(Day(column), Day(begins))

    def _unknown(self, table: Table, column: EventColumn) -> Predicate:
        """The event is recorded, but nobody can tell when it was."""
        return either([negated(Known(column)), self.inverted(table, column)])

    # — rows around a record —

    def _happened(self, event: str, here: Here, where: Callable[[Here, EventColumn], Predicate]) -> Predicate:
        """The event is recorded for the record's matter, or else for its person, in a row that fulfils `where`."""
        found: list[tuple[Predicate, Predicate]] = []
        elsewhere: list[Predicate] = []
        for column in self.inventory.events.get(event, ()):
            there = self.inventory.table(column.table)
            around = self._around(
                there, here, partial(_recorded, column, where), f"event {event} in {there.name}"
            )
            mine = _binding(there, here.table)
            if mine is None:
                elsewhere.append(around)
            else:
                found.append((FALSE if mine.own else Missing(mine.path, here.rows_out), around))
        # Where one of the record's own matters says when, the person's other matters do not.
        lacks_all = both(missing for missing, _ in found)
        bound = (
            around if missing in (FALSE, lacks_all) else both([either([negated(missing), lacks_all]), around])
            for missing, around in found
        )
        return either([*bound, both([lacks_all, either(elsewhere)])])

    def _around(self, there: Table, here: Here, where: Callable[[Here], Predicate], why: str) -> Predicate:
        """Some row of `there` that belongs with the record fulfils `where`: of its matter, or else of its person."""
        by_person = self._around_person(there, here, where, why)
        mine = _binding(there, here.table)
        for matter in there.matters[:1]:
            if mine is None:
                continue
            if mine.own and there is here.table and here.rows_out == 0:
                return where(here.at(there))
            within = where(here.inside(there))
            by_matter = (
                FALSE
                if within == FALSE
                else Exists(there.name, matter.path, mine.path, within, here.rows_out)
            )
            # A record that is the matter itself always has its key.
            missing = FALSE if mine.own else Missing(mine.path, here.rows_out)
            return either([by_matter, both([missing, by_person])])
        return by_person

    def _around_person(
        self, there: Table, here: Here, where: Callable[[Here], Predicate], why: str
    ) -> Predicate:
        mine = there is here.record and here.record_out == 0
        if here.person is None or there.person is None:
            # Nobody's record still has its own events.
            return where(here.at(there)) if mine and here.person is None else FALSE
        if there is here.record and there.holds_people and here.person.own and here.record_out == 0:
            return where(here.at(there))
        within = where(here.inside(there))
        if within == FALSE:
            return FALSE
        if there.person.target != here.person.target:
            # Another people table: only identifiers can tell whether it is the same person.
            return Unsaid(why)
        found = Exists(there.name, there.person, here.person, within, here.record_out)
        own = both([Missing(here.person), where(here.at(there))]) if mine else FALSE
        return either([own, found])

    def _opened(self, rule: Rule, here: Here) -> Predicate:
        """The opening event is not in the future, or nobody can tell when it was."""
        assert rule.opens is not None

        def has(row: Here, column: EventColumn) -> Predicate:
            return either([Before(column, self.known), self._unknown(row.table, column)])

        return self._happened(rule.opens.name, here, has)

    def _kept(self, name: str, table: Table) -> Predicate:
        """The record keeps what belongs to it as long as it is itself kept; one that holds undeclared data is."""
        matter = table.matter(name)
        if matter is None or matter.own:
            return FALSE
        there = self.inventory.table(matter.path.target)
        own = there.matter(name)
        if own is None or own.path.target != there.name:
            return FALSE
        return Exists(there.name, own.path, matter.path, negated(self.expired(there)))

    # — consent —

    def _consent(self, activity: Activity, person: Path | None) -> Predicate:
        """The consent stands, or was withdrawn so lately that the rule's tail still runs."""
        if person is None:
            return FALSE
        name = activity.basis.consent
        told = [c for c, entries in self.wishes.consents.items() if any(e.consent == name for e in entries)]
        tables = [c.table for c in self.inventory.consents.get(name, ())]
        targets = {path.target for t in tables if (path := self.inventory.table(t).person)}
        elsewhere = {t for t in targets | {c.table for c in told} if t != person.target}
        if elsewhere:
            return Unsaid(f"consent of people in {min(elsewhere)}")
        here = self._consent_here(activity, person)
        told_of = _key_in(person, (c.key for c in told))
        # What was told to us counts beside what the system says: those few are judged one by one.
        return either([both([told_of, Unsaid("consent told")]), both([negated(told_of), here])])

    def _consent_here(self, activity: Activity, person: Path) -> Predicate:
        tail = activity.keep.term.tail if isinstance(activity.keep.term, Withdrawn) else NO_TIME
        columns = [
            c
            for c in self.inventory.consents.get(activity.basis.consent, ())
            if self.inventory.table(c.table).person
        ]
        givings = [c.given for c in columns if c.given]
        withdrawals = [c.withdrawn for c in columns if c.withdrawn]
        said = partial(self._said, person)
        # A no counts once its tail is over; a second one does not lengthen what the first has ended.
        over = cutoff(self.on, tail, None, self.policy.organisation.year_ends)
        no = either(said(w, Before(w, over)) for w in withdrawals)
        stands: list[Predicate] = []
        for yes in givings:
            then = both([Before(yes, self.known), negated(self._taken_back(yes, withdrawals, over))])
            if self.whole:
                # A yes with an impossible date is older than any no.
                undated = both([Filled(yes.column), negated(Known(yes))])
                stands += [said(yes, then), both([said(yes, undated), negated(no)])]
            else:
                stands.append(said(yes, both([then, negated(Before(yes, self.on - timedelta(days=1)))])))
        return either(stands)

    def _said(self, person: Path, column: EventColumn, where: Predicate) -> Predicate:
        """The person's yes, or no, stands in a row that fulfils `where`."""
        there = self.inventory.table(column.table)
        assert there.person is not None
        condition = Test(column.when) if column.when else TRUE
        return Exists(there.name, there.person, person, both([condition, where]))

    def _taken_back(self, yes: EventColumn, withdrawals: Iterable[EventColumn], until: date) -> Predicate:
        """In the row of a yes: a no of the same person that is not earlier, and not after the day."""
        there = self.inventory.table(yes.table).person
        assert there is not None
        return either(
            self._said(there, no, both([Before(no, until), AtOrAfter(no, yes)])) for no in withdrawals
        )

    # — conditions: where a value is missing or impossible, the reading that keeps longer holds —

    def _conditions(self, rule: Rule, here: Here) -> Predicate:
        """Those about the record as a whole."""
        return both(self._condition(c, here) for c in rule.conditions)

    def _condition(self, condition: Condition, here: Here) -> Predicate:
        match condition:
            case Within():
                return TRUE  # see `_near`
            case NoEvent(event=event):
                return negated(self._happened(event.name, here, _anything)) if self.whole else FALSE
            case ValueIs(name=name, values=values):
                fits = partial(_value_is, values)
                return self._value(name, here, fits)
            case Under(age=age, at=at):
                return self._value(BIRTH_DATE, here, partial(self._under, age, at.name, here))
            case Also(people=people):
                return self._also(people, here)

    def _near(self, rule: Rule, row: Here) -> Predicate:
        """Conditions about the row on which the ground stands: an event of its matter near another."""
        return both(self._within(c, row) for c in rule.conditions if isinstance(c, Within))

    def _within(self, condition: Within, row: Here) -> Predicate:
        begins = _beginning(row.table)

        def fits(found: Here, column: EventColumn) -> Predicate:
            def near(other: Here, until: EventColumn) -> Predicate:
                beyond = Earlier(Day(until, condition.duration), Day(column, up=other.out_to(found)))
                return either([self._unknown(other.table, until), negated(beyond)])

            too_soon: Predicate = FALSE
            if begins is not None:
                too_soon = Earlier(Day(column), Day(begins, up=found.out_to(row)))
            # The other event is looked for around the same row, whatever row this one was found in.
            close = self._happened(condition.of.name, found.around(row), near)
            in_time = both([Before(column, self.known), negated(too_soon), close])
            return either([self._unknown(found.table, column), in_time])

        name = condition.event.name
        return either([self._happened(name, row, fits), self._unplaced(name, row, fits)])

    def _unplaced(self, event: str, here: Here, where: Callable[[Here, EventColumn], Predicate]) -> Predicate:
        """An event of the person that should belong to a matter and names none: it may be about any of them."""
        found: list[Predicate] = []
        for column in self.inventory.events.get(event, ()):
            there = self.inventory.table(column.table)
            for matter in there.matters[:1]:
                if matter.own or here.person is None or there.person is None:
                    continue
                recorded = _recorded(column, where, here.inside(there))
                loose = both([Missing(matter.path), recorded])
                if there.person.target == here.person.target:
                    found.append(Exists(there.name, there.person, here.person, loose, here.record_out))
                else:
                    found.append(Unsaid(f"event {event} in {there.name}"))
        return either(found)

    def _under(self, age: int, event: str, here: Here, place: Here, column: str) -> Predicate:
        born = birth(place.table.name, column)
        grown = Duration(age, Unit.YEAR)

        def young(row: Here, at: EventColumn) -> Predicate:
            before = Earlier(Day(at), Day(born, grown, row.out_to(place), BIRTHS))
            return either([self._unknown(row.table, at), before])

        return either([negated(Known(born, BIRTHS)), self._happened(event, place.around(here), young)])

    def _value(self, name: str, here: Here, fits: Callable[[Here, str], Predicate]) -> Predicate:
        """The value, where it first stands: in the record, else at its matter, else at its person; missing, it fits."""
        own = here.table.values.get(name)
        if own is not None:
            return fits(here, own)
        found: Predicate = TRUE
        for place, inner, outer in reversed(list(self._places(name, here))):
            if outer is None:
                found = Unsaid(f"{name} in {place.name}")
                continue
            there = here.inside(place)
            fit = fits(there, place.values[name])
            missing = negated(Exists(place.name, inner, outer, TRUE))
            found = either([Exists(place.name, inner, outer, fit), both([missing, found])])
        return found

    def _places(self, name: str, here: Here) -> Iterator[tuple[Table, Path, Path | None]]:
        """Where else the value may stand, with the paths that lead there; None where only identifiers do."""
        for matter in here.table.matters:
            there = self.inventory.table(matter.path.target)
            own = there.matter(matter.name)
            if not matter.own and own is not None and own.path.target == there.name and name in there.values:
                yield there, own.path, matter.path
        if here.person is None:
            return
        for table in sorted(self.inventory.people_tables, key=lambda t: t.name != here.person.target):  # type: ignore[union-attr]
            if name in table.values and table.person is not None:
                yield table, table.person, here.person if table.name == here.person.target else None

    def _also(self, people: str, here: Here) -> Predicate:
        if here.person is None:
            return FALSE
        found: list[Predicate] = []
        for table in self.inventory.people_tables:
            kinds = [k for k in table.kinds if k.people == people]
            if not kinds or table.person is None:
                continue
            if table.name != here.person.target:
                found.append(Unsaid(f"who else is in {table.name}"))
                continue
            where = either(Test(k.when) if k.when else TRUE for k in kinds)
            found.append(Exists(table.name, table.person, here.person, where))
        return either(found)


@dataclass(frozen=True)
class Here:
    """Where a condition is asked: in a row, so many rows inside others.

    Rows of a matter are looked for from `table`, whose row is at depth `row`; rows of the person from `record`, the
    outermost, whose person `person` leads to.
    """

    table: Table
    record: Table
    person: Path | None
    row: int = 0
    depth: int = 0

    @classmethod
    def of(cls, table: Table, person: Path | None) -> Here:
        return cls(table, table, person)

    def inside(self, there: Table) -> Here:
        """In a row of that table, inside this one."""
        return replace(self, table=there, row=self.depth + 1, depth=self.depth + 1)

    def at(self, there: Table) -> Here:
        """In this same row, which is one of that table."""
        return replace(self, table=there, row=self.depth)

    def around(self, other: Here) -> Here:
        """In this row, but looking for rows around the other."""
        return replace(self, table=other.table, row=other.row)

    def out_to(self, other: Here) -> int:
        """How many rows outwards the other is."""
        return self.depth - other.depth

    @property
    def rows_out(self) -> int:
        return self.depth - self.row

    @property
    def record_out(self) -> int:
        return self.depth


_Over = Callable[[Table, EventColumn], Predicate]


def _anything(_: Here, __: EventColumn) -> Predicate:
    return TRUE


def _recorded(column: EventColumn, where: Callable[[Here, EventColumn], Predicate], row: Here) -> Predicate:
    return both([Test(column.when) if column.when else TRUE, where(row, column)])


def _in_state(state: str, row: Here) -> Predicate:
    return Test(row.table.states[state])


def _value_is(values: tuple[str, ...], _: Here, column: str) -> Predicate:
    return ValueIn(column, values, or_missing=True)


def _beginning(table: Table) -> EventColumn | None:
    return next((e for e in table.events if e.event == table.begins), None)


def _binding(there: Table, table: Table) -> Matter | None:
    """The table's matter that the other table's events belong to, if they are about the same kind of matter."""
    for matter in there.matters[:1]:
        mine = table.matter(matter.name)
        if mine is not None and mine.path.target == matter.path.target:
            return mine
    return None


def _key_in(path: Path, keys: Iterable[object]) -> Predicate:
    by_kind: dict[type, set[Any]] = defaultdict(set)
    for key in keys:
        by_kind[type(key)].add(key)
    found = tuple(k for kind in sorted(by_kind, key=str) for k in sorted(by_kind[kind]))
    return KeyIn(path, found) if found else FALSE


def is_exact(groups: Iterable[Group]) -> bool:
    """Whether the database alone can tell for all of these groups."""
    return all(exact(g.dead) for g in groups)
