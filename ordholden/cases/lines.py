"""What the grounds say of a person's data, as the lines of a decision: granted, or not, because of this ground until then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ordholden.cases.case import Case, Line, Outcome
from ordholden.footprints.explain import Datum, Explanation, State, Why
from ordholden.inventory.system import Inventory
from ordholden.lang import word
from ordholden.policy.document import BasisKind, Policy, Text

__all__ = [
    "backups_table",
    "by_ground",
    "counted",
    "data_table",
    "outcome_of",
    "purpose_of",
    "receivers",
    "why",
    "works_on",
]


def why(name: str, case: Case, **facts: object) -> str:
    """A reason in the person's language."""
    return word(f"right-why.{name}", case.language).format(**facts)


def counted(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Like lines as one, with their number."""
    found: dict[Line, int] = {}
    for line in lines:
        alike = replace(line, count=1)
        found[alike] = found.get(alike, 0) + line.count
    return tuple(replace(line, count=n) for line, n in found.items())


def outcome_of(lines: Sequence[Line]) -> Outcome:
    granted = {line.granted for line in lines}
    if not granted:
        return Outcome.NOTHING_FOUND
    return Outcome.PARTLY if len(granted) > 1 else Outcome.GRANTED if granted == {True} else Outcome.REFUSED


def by_ground(
    case: Case, found: Explanation, wanted: Callable[[Datum], bool] = lambda _: True
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """What would go, and what stays on which ground until when; with the grounds that somebody should look at."""
    lines: list[Line] = []
    doubts: list[str] = []
    for datum in filter(wanted, found.data):
        place = Line(datum.table.system, datum.table.table, datum.category, "", granted=False)
        if datum.holds or datum.restricted:
            lines.append(replace(place, ground="hold", why=why("hold", case)))
        elif not datum.why:
            lines.append(replace(place, ground="undeclared", why=why("undeclared", case)))
            doubts.append(why("doubt-undeclared", case, place=f"{datum.table}.{datum.column}"))
        elif not datum.alive:
            lines.append(replace(place, granted=True))
        else:
            longest = _longest(datum)
            ground = found.purposes[longest.activity].article
            lines.append(replace(place, activity=longest.activity, ground=ground, until=longest.last_day))
            doubts += [
                why("doubt-open", case, activity=found.purposes[w.activity].purpose[case.language])
                for w in datum.alive
                if _doubtful(w, found)
            ]
    return counted(lines), tuple(dict.fromkeys(doubts))


def _longest(datum: Datum) -> Why:
    """The ground that keeps the datum longest; one without an end is longest of all."""
    return max(datum.alive, key=lambda w: w.last_day or date.max)


def _doubtful(ground: Why, found: Explanation) -> bool:
    """A contract that only a missing or impossible date of ours keeps open is no good reason."""
    contract = found.purposes[ground.activity].basis is BasisKind.CONTRACT
    return contract and ground.last_day is None and any(f.unknown for f in ground.stands_on)


def works_on(found: Explanation) -> Mapping[str, tuple[Datum, ...]]:
    """Per activity the data that it has a living ground for."""
    using: dict[str, list[Datum]] = {}
    for datum in found.data:
        for ground in datum.alive:
            using.setdefault(ground.activity, []).append(datum)
    return {name: tuple(data) for name, data in using.items()}


def data_table(case: Case, found: Explanation, words: Mapping[str, Text]) -> list[list[Any]]:
    """What we know: category, purposes, sources, recipients, last day; like data as one row (GDPR art. 15(1))."""
    rows: dict[tuple[str, ...], list[Datum]] = {}
    language = case.language
    for datum in found.data:
        purposes = "; ".join(dict.fromkeys(found.purposes[w.activity].purpose[language] for w in datum.alive))
        place = (
            datum.category_text[language],
            purposes or why(f"state-{datum.state.value}", case),
            ", ".join(_source(s, case, words) for s in datum.sources),
            ", ".join(r.text[language] for r in found.recipients(datum)) or why("nobody", case),
        )
        rows.setdefault(place, []).append(datum)
    return [[*place, _until(alike, case)] for place, alike in rows.items()]


def _until(alike: Sequence[Datum], case: Case) -> str:
    """The last day; where none is known yet, what decides it (GDPR art. 15(1)(d))."""
    if any(datum.state is State.HELD for datum in alike):
        return why("until-held", case)
    alive = [ground for datum in alike for ground in datum.alive]
    if not alive:
        return why(f"until-{alike[0].state.value}", case)
    rules = dict.fromkeys(w.says[case.language] for w in alive if w.last_day is None)
    if rules:
        return why("until-open", case, rule="; ".join(rules))
    return max(w.last_day for w in alive if w.last_day is not None).isoformat()


def receivers(found: Explanation, affected: Iterable[Datum]) -> tuple[str, ...]:
    """Who was given this data, by what it was used for and by what was noted (GDPR art. 19); nobody else hears of it."""
    activities = dict.fromkeys(w.activity for datum in affected for w in datum.why)
    named = (r.name for activity in activities for r in found.purposes[activity].recipients)
    return tuple(dict.fromkeys((*named, *(d.recipient for d in found.disclosed))))


def purpose_of(activity: str, case: Case, policy: Policy) -> str:
    """An activity as people know it: by its purpose, in the language of the case."""
    return policy.activities[activity].purpose[case.language]


def _source(source: str, case: Case, words: Mapping[str, Text]) -> str:
    if source == "the person":
        return why("the-person", case)
    return words[source][case.language] if source in words else source


def backups_table(case: Case, until: Mapping[str, date | None], inventory: Inventory) -> list[list[str]]:
    """Where, and the last day on which a backup may still hold it."""

    def where(system: str) -> str:
        known = inventory.words(system)
        return known[case.language] if known else system

    return [
        [
            where(system),
            (first - timedelta(days=1)).isoformat() if first else why("backups-unsaid", case),
        ]
        for system, first in until.items()
    ]
