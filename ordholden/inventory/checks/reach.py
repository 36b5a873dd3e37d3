"""What a rule speaks of and cannot see: no path leads there from what it covers, or round in a ring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ordholden.inventory.system import TableName
from ordholden.inventory.together import BIRTH_DATE, Datum, Ruled, Together
from ordholden.policy.rule import RecordKept, StateHolds, Under, ValueIs
from ordholden.problems import Place, Problems


def check(both: Together, problems: Problems) -> None:
    for ruled in both.rules:
        _events(ruled, both, problems)
        _state(ruled, both, problems)
        _values(ruled, both, problems)
        _kept(ruled, both, problems)
    _rings(both, problems)


def _tables(data: Iterable[Datum]) -> str:
    return ", ".join(dict.fromkeys(str(d.table.name) for d in data))


def _events(ruled: Ruled, both: Together, problems: Problems) -> None:
    covered = both.covered(ruled.activity)
    anchors = {e.name for e in ruled.rule.anchors}
    for event in ruled.rule.events:
        if event.name not in both.inventory.events:
            continue
        blind = [d for d in covered if not any(both.around(t, d) for t, _ in both.columns(event.name))]
        # Several events to stand on: one that is seen is enough.
        if event.name in anchors:
            blind = [d for d in blind if not _sees_any(d, anchors, both)]
        elsewhere = ruled.fallback or (ruled.activity.if_none is not None and event.name in anchors)
        if blind and (len(blind) == len(covered) or not elsewhere):
            _unreachable(ruled, event.name, event.offset, blind=blind, covered=covered, problems=problems)


def _sees_any(datum: Datum, events: Iterable[str], both: Together) -> bool:
    return any(both.around(t, datum) for e in events for t, _ in both.columns(e))


def _unreachable(
    ruled: Ruled,
    word: str,
    offset: int,
    *,
    blind: list[Datum],
    covered: tuple[Datum, ...],
    problems: Problems,
) -> None:
    at = ruled.at.shifted(offset)
    if len(blind) == len(covered):
        problems.error("unreachable", at, activity=ruled.activity.name, word=word)
    else:
        tables = _tables(blind)
        problems.warning("unreachable-from", at, activity=ruled.activity.name, word=word, tables=tables)


def _state(ruled: Ruled, both: Together, problems: Problems) -> None:
    term = ruled.rule.term
    if not isinstance(term, StateHolds) or term.state not in both.inventory.states:
        return
    covered = both.covered(ruled.activity)
    tables = both.inventory.states[term.state]
    blind = [d for d in covered if not any(both.around(t, d) for t in tables)]
    if blind:
        _unreachable(ruled, term.state, term.offset, blind=blind, covered=covered, problems=problems)


def _values(ruled: Ruled, both: Together, problems: Problems) -> None:
    known = {name for t in both.inventory.tables for name in t.values}
    for condition in ruled.rule.conditions:
        match condition:
            case ValueIs(name=name, offset=offset):
                word, place = name, ruled.at.shifted(offset)
            case Under(at=event):
                word, place = BIRTH_DATE, ruled.at.shifted(event.offset)
            case _:
                continue
        if word in known:
            _unanswered(ruled, word, place, both, problems)


def _unanswered(ruled: Ruled, word: str, at: Place, both: Together, problems: Problems) -> None:
    blind = [d for d in both.covered(ruled.activity) if both.answering(word, d) is None]
    if blind:
        tables = _tables(blind)
        problems.warning("condition-unanswered", at, activity=ruled.activity.name, word=word, tables=tables)


def _kept(ruled: Ruled, both: Together, problems: Problems) -> None:
    term = ruled.rule.term
    if not isinstance(term, RecordKept):
        return
    covered = both.covered(ruled.activity)
    known = any((m := t.matter(term.matter)) and m.own for t in both.inventory.tables)
    blind = [d for d in covered if d.table.matter(term.matter) is None]
    if blind and known:
        _unreachable(ruled, term.matter, term.offset, blind=blind, covered=covered, problems=problems)


# — a record that is kept while another is, which is kept while the first is —


def _rings(both: Together, problems: Problems) -> None:
    leads = [(r, t, dict(_leads(r, t, both))) for r in both.rules if isinstance(t := r.rule.term, RecordKept)]
    graph: dict[TableName, set[TableName]] = {}
    for _, _, steps in leads:
        for here, there in steps.items():
            graph.setdefault(here, set()).add(there)
    for ruled, term, steps in leads:
        ring = next((here for here, there in steps.items() if here in _reached(there, graph)), None)
        if ring is not None:
            at, name = ruled.at.shifted(term.offset), ruled.activity.name
            problems.error("kept-in-a-ring", at, activity=name, matter=term.matter, table=ring)


def _leads(ruled: Ruled, term: RecordKept, both: Together) -> Iterator[tuple[TableName, TableName]]:
    """From each table that the rule covers to the one whose record it asks about."""
    for datum in both.covered(ruled.activity):
        matter = datum.table.matter(term.matter)
        if matter is not None:
            yield datum.table.name, matter.path.target


def _reached(start: TableName, graph: dict[TableName, set[TableName]]) -> set[TableName]:
    found, frontier = {start}, {start}
    while frontier:
        frontier = {n for f in frontier for n in graph.get(f, ())} - found
        found |= frontier
    return found
