"""Evidence that goes before the ground that rests on it: then the ground goes with it, and too early.

A ground rests on the rows where its events are, on the columns its conditions read, on the yes of its
consent, and on the identifiers that lead from one system's people to another's. Each of them is personal data
with keep rules of its own. Where the same activity covers it, or one whose rule certainly keeps it as long,
all is well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ordholden.inventory.outlives import Outlives, outlives
from ordholden.inventory.system import EventColumn, Table, TableName, WhenExpired
from ordholden.inventory.together import BIRTH_DATE, Around, Datum, Ruled, Together
from ordholden.policy.condition import ColumnCondition
from ordholden.policy.document import Activity, BasisKind
from ordholden.policy.rule import Also, ConsentGiven, Rule, StateHolds, Under, ValueIs, Withdrawn
from ordholden.problems import Problems


@dataclass(frozen=True)
class Evidence:
    """A column, or a row as a whole, that a rule rests on; the word in the rule, and where that stands."""

    word: str
    offset: int
    name: TableName
    column: str
    table: Table = field(compare=False)

    @classmethod
    def at(cls, word: str, offset: int, table: Table, column: str = "") -> Evidence:
        """The column where it can be cleared by itself, else the row."""
        return cls(word, offset, table.name, column if table.field(column) else "", table)

    @property
    def data(self) -> tuple[Datum, ...]:
        """The data whose end is the evidence's: the column's own, or all that keep the row alive."""
        own = self.table.field(self.column)
        return tuple(Datum(self.table, f) for f in ((own,) if own else self.table.fields))

    def __str__(self) -> str:
        return f"{self.table.name}.{self.column}" if self.column else str(self.table.name)


@dataclass(frozen=True)
class Link:
    """Two people tables between which a rule goes, by any of the identifiers that both have."""

    word: str
    offset: int
    here: TableName
    there: TableName


def check(both: Together, problems: Problems) -> None:
    for ruled in both.rules:
        for evidence in dict.fromkeys(_rests_on(ruled, both)):
            _evidence(evidence, ruled, both, problems)
        _linking(ruled, both, problems)
    _withdrawals(both, problems)


# — what a rule rests on —


def _rests_on(ruled: Ruled, both: Together) -> Iterator[Evidence]:
    covered = both.covered(ruled.activity)
    for event in ruled.rule.events:
        for table, column in _columns(event.name, ruled, both):
            for around in dict.fromkeys(both.around(table, d) for d in covered):
                if around is not None:
                    yield from _event(event.name, event.offset, table, column, around)
    if isinstance(ruled.rule.term, StateHolds):
        yield from _state(ruled.rule.term, covered, both)
    for condition in ruled.rule.conditions:
        match condition:
            case ValueIs(name=name, offset=offset):
                yield from _value(name, offset, covered, both)
            case Under(at=event):
                yield from _value(BIRTH_DATE, event.offset, covered, both)
            case Also(people=people, offset=offset):
                yield from _role(people, offset, covered, both)
            case _:
                pass
    if ruled.activity.basis.kind is BasisKind.CONSENT and not ruled.fallback:
        yield from _consent(ruled.activity, covered, both)


def _columns(event: str, ruled: Ruled, both: Together) -> list[tuple[Table, EventColumn]]:
    """Where the event is recorded of the activity's own kinds of people; else wherever it is."""
    found = list(both.columns(event))
    own = [c for c in found if not (kinds := _kinds(c[0], both)) or kinds & set(ruled.activity.people)]
    return own or found


def _kinds(table: Table, both: Together) -> set[str]:
    if table.person is None or both.table(table.person.target) is None:
        return {k.people for k in table.kinds}
    return {k.people for k in both.inventory.kinds(table)[0]}


def _event(word: str, offset: int, table: Table, column: EventColumn, around: Around) -> Iterator[Evidence]:
    read = [column.column, *(column.when.columns if column.when else ())]
    yield from _row(word, offset, table, read, around)


def _row(word: str, offset: int, table: Table, columns: Iterable[str], around: Around) -> Iterator[Evidence]:
    """The columns that could be cleared by themselves; and the row, unless it is the very record."""
    for column in columns:
        if table.field(column):
            yield Evidence.at(word, offset, table, column)
    if around is not Around.ITSELF:
        yield Evidence.at(word, offset, table)


def _state(term: StateHolds, covered: Iterable[Datum], both: Together) -> Iterator[Evidence]:
    for table in both.inventory.states.get(term.state, ()):
        condition: ColumnCondition = table.states[term.state]
        for around in {both.around(table, d) for d in covered}:
            if around is not None:
                yield from _row(term.state, term.offset, table, condition.columns, around)


def _value(name: str, offset: int, covered: Iterable[Datum], both: Together) -> Iterator[Evidence]:
    for datum in covered:
        answer = both.answering(name, datum)
        if answer is not None:
            table, column = answer
            around = Around.ITSELF if table is datum.table else Around.PERSON
            yield from _row(name, offset, table, [column], around)


def _role(people: str, offset: int, covered: Iterable[Datum], both: Together) -> Iterator[Evidence]:
    """The records that make somebody of another kind, too, where they are not the very records."""
    for table in both.inventory.people_tables:
        elsewhere = any(d.person is not None and d.person.target != table.name for d in covered)
        if elsewhere and any(k.people == people for k in table.kinds):
            yield Evidence.at(people, offset, table)


def _consent(activity: Activity, covered: Iterable[Datum], both: Together) -> Iterator[Evidence]:
    for columns in both.inventory.consents.get(activity.basis.consent, ()):
        table = both.inventory.table(columns.table)
        if columns.given is not None and any(_by_person(table, d, both) for d in covered):
            yield from _event(activity.basis.consent, 0, table, columns.given, Around.PERSON)


def _by_person(table: Table, datum: Datum, both: Together) -> Around | None:
    """How a consent is found: by the person alone, never by a matter."""
    if table.person is None or datum.person is None:
        return None
    if table.person.target == datum.person.target:
        return Around.PERSON
    return Around.LINKED if both.linked(table.person.target, datum.person.target) else None


def _links(ruled: Ruled, both: Together) -> Iterator[Link]:
    covered = both.covered(ruled.activity)
    for event in ruled.rule.events:
        near = any(both.around(t, d) is Around.ITSELF for t, _ in both.columns(event.name) for d in covered)
        for table, _ in _columns(event.name, ruled, both):
            # A fallback is for the records that have the event themselves.
            if ruled.fallback and near:
                continue
            apart = [d for d in covered if both.around(table, d) is Around.LINKED]
            yield from _linked(event.name, event.offset, table, apart, both)
    if ruled.activity.basis.kind is BasisKind.CONSENT and not ruled.fallback:
        for columns in both.inventory.consents.get(ruled.activity.basis.consent, ()):
            table = both.inventory.table(columns.table)
            apart = [d for d in covered if _by_person(table, d, both) is Around.LINKED]
            yield from _linked(ruled.activity.basis.consent, 0, table, apart, both)


def _linked(word: str, offset: int, table: Table, data: Iterable[Datum], both: Together) -> Iterator[Link]:
    for datum in data:
        here = both.table(datum.person.target) if datum.person else None
        there = both.table(table.person.target) if table.person else None
        # People that only a third table joins are too far for a reading of texts.
        if here is not None and there is not None and both.shared(here.name, there.name):
            yield Link(word, offset, here.name, there.name)


# — whether it stays —


def _evidence(evidence: Evidence, ruled: Ruled, both: Together, problems: Problems) -> None:
    found, others = _stays(evidence, ruled, both)
    if found is Outlives.YES:
        return
    say = problems.error if found is Outlives.NO else problems.warning
    say(
        "evidence-goes-first" if found is Outlives.NO else "evidence-unproven",
        ruled.at.shifted(evidence.offset),
        activity=ruled.activity.name,
        word=evidence.word,
        place=evidence,
        rule=ruled.rule.text,
        others=_said(others),
    )


def _linking(ruled: Ruled, both: Together, problems: Problems) -> None:
    """Says once for a rule which links it may lose."""
    read = [(link, *_link(link, ruled, both)) for link in dict.fromkeys(_links(ruled, both))]
    weak = [(link, found, others) for link, found, others in read if found is not Outlives.YES]
    if not weak:
        return
    lost = [w for w in weak if w[1] is Outlives.NO]
    say = problems.error if lost else problems.warning
    first = (lost or weak)[0][0]
    say(
        "link-goes-first" if lost else "link-unproven",
        ruled.at.shifted(first.offset),
        activity=ruled.activity.name,
        word=first.word,
        between="; ".join(dict.fromkeys(f"{link.here} and {link.there}" for link, _, _ in lost or weak)),
        kinds=", ".join(
            dict.fromkeys(k for link, _, _ in lost or weak for k in both.shared(link.here, link.there))
        ),
        rule=ruled.rule.text,
        others=_said(a for _, _, others in lost or weak for a in others),
    )


def _link(link: Link, ruled: Ruled, both: Together) -> tuple[Outlives, list[Activity]]:
    """Whether some identifier stays on both sides."""
    best, others = Outlives.NO, list[Activity]()
    tables = [both.inventory.table(name) for name in (link.here, link.there)]
    for kind in both.shared(link.here, link.there):
        ends = [Evidence.at(link.word, link.offset, t, t.identifiers[kind]) for t in tables]
        read = [_stays(end, ruled, both) for end in ends]
        best = max(best, min(found for found, _ in read))
        others += [a for found, activities in read if found is not Outlives.YES for a in activities]
    return best, others


def _stays(evidence: Evidence, ruled: Ruled, both: Together) -> tuple[Outlives, list[Activity]]:
    """Whether the evidence is kept as long as the ground, and by what else if not."""
    table = evidence.table
    stays_as_row = table.when_expired is WhenExpired.ANONYMISE and not (
        table.person and table.person.first in table.cut
    )
    if not evidence.data or (stays_as_row and not evidence.column):
        return Outlives.YES, []
    covering = dict.fromkeys(a for d in evidence.data for a in both.covering(d))
    if not covering or ruled.activity.name in {a.name for a in covering}:
        # What nothing covers is undeclared, and never erased.
        return Outlives.YES, []
    found = [(_kept_by(other, ruled, evidence, both), other) for other in covering]
    best = max(outcome for outcome, _ in found)
    return best, [other for outcome, other in found if outcome is not Outlives.YES]


def _kept_by(other: Activity, ruled: Ruled, evidence: Evidence, both: Together) -> Outlives:
    """Whether the other activity keeps the evidence as long as this ground lives."""
    activity = ruled.activity
    by_consent = isinstance(other.keep.term, ConsentGiven | Withdrawn) and other.basis == activity.basis
    if by_consent and evidence.word == activity.basis.consent and not other.keep.conditions:
        # The yes stays while it stands; this ground asks for it no longer than that.
        return outlives(other, _tail(other.keep), activity, _tail(ruled.rule))
    found = outlives(other, other.keep, activity, ruled.rule)
    kinds = {kind for d in evidence.data for kind in both.kinds(d)} & set(activity.people)
    if found is Outlives.YES and not kinds <= set(other.people):
        found = Outlives.UNKNOWN
    if ruled.fallback and other.if_none is not None and _same_anchors(other.keep, activity.keep):
        # Both fall back in the same records.
        found = max(found, outlives(other, other.if_none, activity, ruled.rule))
    return found


def _tail(rule: Rule) -> Rule:
    """Of a rule on a consent only how long it outlives it."""
    term = rule.term if isinstance(rule.term, Withdrawn) else ConsentGiven()
    return Rule(rule.text, term)


def _same_anchors(one: Rule, other: Rule) -> bool:
    return {e.name for e in one.anchors} == {e.name for e in other.anchors}


def _said(activities: Iterable[Activity]) -> str:
    return "; ".join(f"{a.name}: {a.keep.text}" for a in dict.fromkeys(activities))


# — a no that goes before the yes it ends —


def _withdrawals(both: Together, problems: Problems) -> None:
    for consent, entries in both.inventory.consents.items():
        yes = dict.fromkeys(c.table for c in entries if c.given)
        no = dict.fromkeys(c.table for c in entries if c.withdrawn)
        for name in no:
            for given in yes:
                if given != name and not _no_stays(given, name, both):
                    at = both.at(both.inventory.table(name), "consents", consent)
                    problems.warning("no-before-yes", at, consent=consent, table=name, yes=given)


def _no_stays(given: TableName, withdrawn: TableName, both: Together) -> bool:
    """Whether each rule that keeps the yes has one that keeps the no as long."""
    yes, no = (
        list(dict.fromkeys(a for d in both.data if d.table.name == name for a in both.covering(d)))
        for name in (given, withdrawn)
    )
    if not no:
        return True
    return bool(yes) and all(
        a in no or any(outlives(b, b.keep, a, a.keep) is Outlives.YES for b in no) for a in yes
    )
