"""Words of keep rules that no table defines, each at its character; what tables define for nothing."""

from __future__ import annotations

from ordholden.inventory.together import BIRTH_DATE, Ruled, Together
from ordholden.lang.spoken_by import COUNTRY, LANGUAGE
from ordholden.policy.rule import After, OwnPeriod, RecordKept, StateHolds, Under, ValueIs
from ordholden.problems import Place, Problems, nearest


def check(both: Together, problems: Problems) -> None:
    for ruled in both.rules:
        _events(ruled, both, problems)
        _term(ruled, both, problems)
        _values(ruled, both, problems)
    _unused(both, problems)


def _events(ruled: Ruled, both: Together, problems: Problems) -> None:
    known = both.inventory.events
    for event in ruled.rule.events:
        if event.name not in known:
            at = ruled.at.shifted(event.offset)
            problems.error("event-unknown", at, word=event.name, nearest=nearest(event.name, known))


def _term(ruled: Ruled, both: Together, problems: Problems) -> None:
    match ruled.rule.term:
        case StateHolds(state=state, offset=offset) if state not in both.inventory.states:
            near = nearest(state, both.inventory.states)
            problems.error("state-unknown", ruled.at.shifted(offset), word=state, nearest=near)
        case RecordKept(matter=matter, offset=offset):
            _matter(matter, ruled.at.shifted(offset), both, problems)
        case After(period=OwnPeriod(matter=matter)) as after:
            at = ruled.at.shifted(max(ruled.rule.text.find(f"{matter}'s"), 0))
            owners = [t for t in both.inventory.tables if t.own_period and (m := t.matter(matter)) and m.own]
            seen = any(table in owners for e in after.events for table, _ in both.columns(e.name))
            if not seen and _matter(matter, at, both, problems):
                problems.error("own-period-missing", at, matter=matter)


def _matter(matter: str, at: Place, both: Together, problems: Problems) -> bool:
    known = {m.name for t in both.inventory.tables for m in t.matters if m.own}
    if matter not in known:
        problems.error("matter-unknown", at, word=matter, nearest=nearest(matter, known))
    return matter in known


def _values(ruled: Ruled, both: Together, problems: Problems) -> None:
    known = {name for t in both.inventory.tables for name in t.values}
    for condition in ruled.rule.conditions:
        match condition:
            case ValueIs(name=name, offset=offset) if name not in known:
                at = ruled.at.shifted(offset)
                problems.error("condition-value-unknown", at, word=name, nearest=nearest(name, known))
            case Under(at=event) if BIRTH_DATE not in known:
                problems.error("birth-date-missing", ruled.at.shifted(event.offset), rule=ruled.rule.text)


def _unused(both: Together, problems: Problems) -> None:
    rules = [r.rule for r in both.rules]
    events = {e.name for r in rules for e in r.events}
    states = {r.term.state for r in rules if isinstance(r.term, StateHolds)}
    values = {c.name for r in rules for c in r.conditions if isinstance(c, ValueIs)}
    if any(isinstance(c, Under) for r in rules for c in r.conditions):
        values.add(BIRTH_DATE)
    for table in both.inventory.tables:
        for event in sorted({e.event for e in table.events} - events - {table.begins}):
            problems.note("event-unused", both.at(table, "events", event), word=event)
        for state in sorted(table.states.keys() - states):
            problems.note("state-unused", both.at(table, "states", state), word=state)
        for value in sorted(table.values.keys() - values - {LANGUAGE, COUNTRY}):
            problems.note("condition-value-unused", both.at(table, "values", value), word=value)
