"""Everything that is known about one person, and why: each datum with purpose, basis, source, recipients
and last day.

What GDPR art. 15(1) asks for, read from the systems as they stand on a day. Days shown are the last day
kept: one before the engine's first day without. Values are masked unless they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from ordholden import identifiers
from ordholden.connectors.reading import Key, Row
from ordholden.footprints.people import Footprints
from ordholden.grounds.interpret import NEVER, OPEN, Evaluation, Ground, filled
from ordholden.grounds.wishes import Card, Hold, Wishes
from ordholden.inventory.moments import Moment, Unknown
from ordholden.inventory.system import Field, Table, TableName
from ordholden.lang.html import table as as_table
from ordholden.policy.document import THE_PERSON, Activity, BasisKind, Policy, Recipient, Sensitivity, Text
from ordholden.policy.rule import Rule
from ordholden.policy.spoken import spoken
from ordholden.problems import Problem, Problems

__all__ = ["Datum", "Disclosed", "Explanation", "Fact", "Purpose", "State", "Why", "explain", "last_day"]


class State(StrEnum):
    """How a datum stands on the day."""

    KEPT = "kept"  # to a day that is known
    OPEN = "open"  # as long as something goes on whose end is not known
    HELD = "held"  # somebody placed a hold or a restriction
    EXPIRED = "expired"  # its time is over: the next sweep takes it
    UNDECLARED = "undeclared"  # no activity covers it


@dataclass(frozen=True)
class Purpose:
    """A processing activity as people are told of it."""

    activity: str
    purpose: Text
    basis: BasisKind
    article: str
    reference: str
    consent: Text | None
    controller: str
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True)
class Fact:
    """What a ground stands on: an event, its day or why there is none, and the record that says so."""

    event: str
    day: date | None
    unknown: str
    table: TableName
    key: Key


@dataclass(frozen=True)
class Why:
    """One ground for keeping a datum: an activity, its rule, what the rule stands on, and the last day."""

    activity: str
    rule: str
    says: Text  # the rule as a sentence
    alive: bool
    last_day: date | None  # None while it is open
    stands_on: tuple[Fact, ...]
    by_fallback: bool


@dataclass(frozen=True)
class Datum:
    """One field of one record about the person. `file` is folder and path of the file that it stands for."""

    table: TableName
    key: Key
    column: str
    value: object
    masked: bool
    category: str
    category_text: Text
    sensitivity: Sensitivity
    sources: tuple[str, ...]
    own_source: str  # what the field itself says, else nothing
    state: State
    last_day: date | None
    why: tuple[Why, ...]
    holds: tuple[str, ...]
    restricted: bool
    file: tuple[TableName, str] | None
    suspended: tuple[
        str, ...
    ] = ()  # activities that keep it and may not use it: restricted for them, or objected to

    @property
    def alive(self) -> tuple[Why, ...]:
        return tuple(w for w in self.why if w.alive)

    @property
    def usable(self) -> tuple[Why, ...]:
        """The grounds on which it may be used, and not only kept."""
        return () if self.restricted else tuple(w for w in self.alive if w.activity not in self.suspended)


@dataclass(frozen=True)
class Disclosed:
    """Data really handed over: to whom, when, what. Who keeps such a register hands it in."""

    recipient: str
    on: date
    what: str


@dataclass(frozen=True)
class Explanation:
    """All data about one person on a day. `doubtful` cards may be the same person's, and are left out."""

    organisation: str
    on: date
    cards: tuple[Card, ...]
    doubtful: tuple[Card, ...]
    purposes: Mapping[str, Purpose]
    data: tuple[Datum, ...]
    disclosed: tuple[Disclosed, ...]
    findings: tuple[Problem, ...]
    words: Mapping[str, Text]  # how the policy's own names read in a sentence

    def __repr__(self) -> str:
        return f"<Explanation: {len(self.data)} data in {len(self.tables)} tables on {self.on}>"

    def _repr_html_(self) -> str:
        rows = [
            (
                str(d.table),
                ", ".join(map(str, d.key)),
                d.column,
                str(d.value),
                d.category_text.en,
                d.state.value,
                d.last_day or "",
                "; ".join(self.purposes[w.activity].purpose.en for w in d.alive),
                ", ".join(d.sources),
                ", ".join(r.text.en for r in self.recipients(d)),
            )
            for d in self.data
        ]
        head = ("table", "record", "field", "value", "category", "state", "kept through", "for", "from", "to")
        return as_table(head, rows, caption=f"{self.organisation} · {self.on}")

    @cached_property
    def tables(self) -> Mapping[TableName, tuple[Datum, ...]]:
        found: dict[TableName, list[Datum]] = {}
        for datum in self.data:
            found.setdefault(datum.table, []).append(datum)
        return {name: tuple(data) for name, data in found.items()}

    @property
    def received_by(self) -> tuple[str, ...]:
        """Everybody who gets some of the data, by name."""
        named = (r.name for purpose in self.purposes.values() for r in purpose.recipients)
        return tuple(dict.fromkeys((*named, *(d.recipient for d in self.disclosed))))

    def recipients(self, datum: Datum) -> tuple[Recipient, ...]:
        """Who gets the datum, by the activities whose grounds live."""
        return tuple(dict.fromkeys(r for w in datum.alive for r in self.purposes[w.activity].recipients))

    def as_json(self) -> dict[str, Any]:
        return {
            "organisation": self.organisation,
            "on": self.on.isoformat(),
            "person": [{"table": str(c.table), "key": plain(c.key)} for c in self.cards],
            "doubtful": [{"table": str(c.table), "key": plain(c.key)} for c in self.doubtful],
            "purposes": {name: _purpose_json(p) for name, p in self.purposes.items()},
            "data": [self._datum_json(d) for d in self.data],
            "disclosed": [
                {"recipient": d.recipient, "on": d.on.isoformat(), "what": d.what} for d in self.disclosed
            ],
            "findings": [{"code": p.code, "facts": dict(p.facts)} for p in self.findings],
        }

    def _datum_json(self, datum: Datum) -> dict[str, Any]:
        return {
            "system": datum.table.system,
            "table": datum.table.table,
            "key": [plain(k) for k in datum.key],
            "field": datum.column,
            "value": plain(datum.value),
            "masked": datum.masked,
            "category": {"name": datum.category, **_text_json(datum.category_text)},
            "sensitivity": datum.sensitivity.value,
            "sources": list(datum.sources),
            "recipients": [r.name for r in self.recipients(datum)],
            "state": datum.state.value,
            "kept_until": _day(datum.last_day),
            "why": [_why_json(w) for w in datum.why],
            "holds": list(datum.holds),
            "restricted": datum.restricted,
            "suspended": list(datum.suspended),
            **({"file": {"folder": str(datum.file[0]), "path": datum.file[1]}} if datum.file else {}),
        }


def explain(
    footprints: Footprints,
    policy: Policy,
    cards: Sequence[Card],
    *,
    on: date,
    wishes: Wishes | None = None,
    disclosed: Iterable[Disclosed] = (),
    reveal: bool = False,
    words: Mapping[str, Text] | None = None,
) -> Explanation:
    """All data about the person of these cards, with what is said of each (GDPR art. 15(1))."""
    walk = footprints.walk()
    links = footprints.linked(cards, walk=walk)
    ours = tuple(dict.fromkeys([*cards, *(c for card in cards for c in links[card].sure)]))
    doubtful = tuple(dict.fromkeys(c for card in cards for c in links[card].doubtful if c not in ours))
    evaluation = Evaluation(policy, footprints.world(ours, walk=walk), on, wishes or Wishes())
    person = _Person(evaluation, frozenset(ours), words or {}, reveal=reveal)
    data = tuple(person.data())
    used = dict.fromkeys(w.activity for d in data for w in d.why)
    return Explanation(
        organisation=policy.organisation.name,
        on=on,
        cards=ours,
        doubtful=doubtful,
        purposes={name: _purpose(policy.activities[name], policy) for name in used},
        data=data,
        disclosed=tuple(disclosed),
        findings=person.findings(data, doubtful),
        words=words or {},
    )


def last_day(until: date) -> date | None:
    """The last day kept, as people are shown it; None where no end is known."""
    return None if until in (OPEN, NEVER) else until - timedelta(days=1)


def plain(value: object) -> Any:
    """A value as JSON has it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


class _Person:
    """Reads one person's records."""

    def __init__(
        self, evaluation: Evaluation, ours: frozenset[Card], words: Mapping[str, Text], *, reveal: bool
    ) -> None:
        self._evaluation, self._ours, self._words, self._reveal = evaluation, ours, words, reveal
        self._policy, self._world = evaluation.policy, evaluation.world

    @property
    def rows(self) -> tuple[Row, ...]:
        """The records, in the order of `systems.yaml` and of their keys."""
        found = {(r.table, r.key): r for card in self._ours for r in self._world.about(card)}
        order = {table.name: n for n, table in enumerate(self._world.inventory.tables)}
        return tuple(sorted(found.values(), key=lambda r: (order[r.table], [_sortable(k) for k in r.key])))

    def data(self) -> Iterator[Datum]:
        for row in self.rows:
            table = self._world.inventory.table(row.table)
            for field in table.fields:
                whose = self._world.card(row, field.person or table.person)
                if whose in self._ours and filled(row, field):
                    yield self._datum(table, row, field)

    def _datum(self, table: Table, row: Row, field: Field) -> Datum:
        grounds, holds = self._evaluation.grounds(row, field), self._evaluation.holds(row, field)
        until = self._evaluation.keep_until(row, field)
        category = self._policy.categories.get(field.category)
        hidden = not self._reveal
        return Datum(
            table=row.table,
            key=row.key,
            column=field.column,
            value=_masked(table, field, row.values[field.column]) if hidden else row.values[field.column],
            masked=hidden,
            category=field.category,
            category_text=category.text if category else Text(field.category, field.category),
            sensitivity=category.sensitivity if category else Sensitivity.ORDINARY,
            sources=_sources(field, grounds),
            own_source=field.source,
            state=self._state(grounds, holds, until),
            last_day=last_day(until),
            why=tuple(self._why(g) for g in grounds),
            holds=tuple(h.id for h in holds if not h.restriction),
            restricted=any(h.restriction and not h.activity for h in holds),
            file=_file(table, row, field),
            suspended=tuple(
                self._suspended(grounds, holds, self._world.card(row, field.person or table.person))
            ),
        )

    def _suspended(
        self, grounds: Sequence[Ground], holds: Sequence[Hold], card: Card | None
    ) -> Iterator[str]:
        for activity in (g.activity for g in grounds):
            restricted = any(h.restriction and h.activity == activity.name for h in holds)
            if restricted or card in self._evaluation.wishes.suspended(activity):
                yield activity.name

    def _state(self, grounds: Sequence[Ground], holds: Sequence[Hold], until: date) -> State:
        if holds:
            return State.HELD
        if not grounds:
            return State.UNDECLARED
        if until <= self._evaluation.on:
            return State.EXPIRED
        return State.OPEN if until == OPEN else State.KEPT

    def _why(self, ground: Ground) -> Why:
        activity = ground.activity
        rule = activity.if_none if ground.by_fallback and activity.if_none else activity.keep
        facts = (
            Fact(s.event, s.day, s.unknown.value if s.unknown else "", s.row.table, s.row.key)
            for s in ground.stands_on
        )
        return Why(
            activity=activity.name,
            rule=rule.text,
            says=self._says(rule),
            alive=ground.until > self._evaluation.on,
            last_day=last_day(ground.until),
            stands_on=tuple(dict.fromkeys(facts)),
            by_fallback=ground.by_fallback,
        )

    def _says(self, rule: Rule) -> Text:
        """The rule for the person it is about, who never reads the policy's own language (GDPR art. 12(1))."""

        def name(language: str) -> Callable[[str], str]:
            known = {**self._policy.people, **self._words}
            return lambda word: known[word][language] if word in known else word

        return Text(*(spoken(rule, language, name(language)) for language in ("da", "en")))

    # — what is wrong with it —

    def findings(self, data: Sequence[Datum], doubtful: Sequence[Card]) -> tuple[Problem, ...]:
        found = Problems()
        for card in doubtful:
            found.note("link-doubtful", None, table=card.table)
        for datum in data:
            if datum.state is State.UNDECLARED:
                found.note("datum-undeclared", None, table=datum.table, column=datum.column)
            for fact in (f for w in datum.why for f in w.stands_on if f.unknown == Unknown.IMPOSSIBLE):
                found.note("moment-impossible", None, table=fact.table, event=fact.event)
        for table, event in self._unended():
            found.note("end-missing", None, table=table, event=event)
        return found.all

    def _unended(self) -> Iterator[tuple[TableName, str]]:
        """Ends that the record's own state says have come, and that have no day, or one to come."""
        for row in self.rows:
            table = self._world.inventory.table(row.table)
            if (
                table.quality_exempt
                or table.should_have_ended is None
                or not table.should_have_ended.holds(row.values)
            ):
                continue
            for column in table.events:
                if column.event == table.begins or (column.when and not column.when.holds(row.values)):
                    continue
                moment = self._world.moment(row, column)
                if moment is Unknown.MISSING or (
                    isinstance(moment, Moment) and moment.day > self._evaluation.on
                ):
                    yield row.table, column.event


def _sources(field: Field, grounds: Sequence[Ground]) -> tuple[str, ...]:
    """Where the datum comes from: what the field says, else what the activities that cover it say."""
    if field.source:
        return (field.source,)
    return tuple(dict.fromkeys(s for g in grounds for s in g.activity.sources)) or (THE_PERSON,)


def _file(table: Table, row: Row, field: Field) -> tuple[TableName, str] | None:
    if field.file_in is None:
        return None
    return field.file_in, str(row.key[0] if table.is_folder else row.values[field.column])


def _masked(table: Table, field: Field, value: object) -> str:
    kind = next((k for k, column in table.identifiers.items() if column == field.column), field.category)
    return identifiers.shown(kind, value)


def _purpose(activity: Activity, policy: Policy) -> Purpose:
    return Purpose(
        activity=activity.name,
        purpose=activity.purpose,
        basis=activity.basis.kind,
        article=activity.basis.kind.article,
        reference=activity.basis.reference,
        consent=policy.consents.get(activity.basis.consent),
        controller=activity.controller,
        recipients=tuple(
            policy.recipients.get(r) or Recipient(r, Text(r, r), "", "", "", "") for r in activity.recipients
        ),
    )


def _sortable(key: object) -> tuple[int, Any]:
    return (0, key) if isinstance(key, int) else (1, str(key))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _text_json(text: Text) -> dict[str, str]:
    return {"da": text.da, "en": text.en}


def _purpose_json(purpose: Purpose) -> dict[str, Any]:
    return {
        "purpose": _text_json(purpose.purpose),
        "basis": purpose.basis.value,
        "article": purpose.article,
        "reference": purpose.reference,
        "consent": _text_json(purpose.consent) if purpose.consent else None,
        "controller": purpose.controller,
        "recipients": [
            {"name": r.name, **_text_json(r.text), "kind": r.kind, "country": r.country}
            for r in purpose.recipients
        ],
    }


def _why_json(why: Why) -> dict[str, Any]:
    return {
        "activity": why.activity,
        "rule": why.rule,
        "says": _text_json(why.says),
        "alive": why.alive,
        "kept_until": _day(why.last_day),
        "by_fallback": why.by_fallback,
        "stands_on": [
            {
                "event": f.event,
                "day": _day(f.day),
                "unknown": f.unknown,
                "table": str(f.table),
                "key": [plain(k) for k in f.key],
            }
            for f in why.stands_on
        ],
    }
