"""What a person's request cannot end, and why: each ground that lives on, its last day, and whether it deserves a doubt.

GDPR art. 12(4) and 17(3): what is refused is named, with the reason. A contract that is open only because our own date of its
end is missing is no good reason, so it is marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from ordholden.connectors.predicate import KeyIn
from ordholden.connectors.reading import Row
from ordholden.grounds.interpret import OPEN, Evaluation, Ground, filled
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Field, Table
from ordholden.plans.plan import Scope, Stay
from ordholden.plans.sight import Sight
from ordholden.policy.document import BasisKind

__all__ = ["stays"]


def stays(sight: Sight, scope: Scope) -> tuple[Stay, ...]:
    """By table and ground, what of the scope's people stays, with the number of records."""
    found: Counter[tuple[str, str, str, str, str, bool]] = Counter()
    for table in sight.inventory.tables:
        if table.name.system in sight.readers and table.fields:
            for rows in _rows(table, scope, sight):
                evaluation = sight.evaluation(rows)
                for row in rows:
                    found.update(set(_of_row(evaluation, table, row, frozenset(scope.cards))))
    return tuple(Stay(*place, rows) for place, rows in sorted(found.items()))


def _rows(table: Table, scope: Scope, sight: Sight) -> Iterator[Sequence[Row]]:
    for path in dict.fromkeys(p for p in (table.person, *(f.person for f in table.fields)) if p is not None):
        keys = tuple(c.key for c in scope.cards if c.table == path.target)
        if keys:
            yield from sight.rows(table, KeyIn(path, keys))


def _of_row(
    evaluation: Evaluation, table: Table, row: Row, cards: frozenset[Card]
) -> Iterator[tuple[str, str, str, str, str, bool]]:
    for field in table.fields:
        card = evaluation.world.card(row, field.person or table.person)
        if card in cards and filled(row, field):
            for why, rule, until, doubt in _reasons(evaluation, row, field):
                yield (
                    str(table.name),
                    field.category,
                    why,
                    rule,
                    "" if until == OPEN else until.isoformat(),
                    doubt,
                )


def _reasons(evaluation: Evaluation, row: Row, field: Field) -> Iterator[tuple[str, str, date, bool]]:
    """What keeps one datum: holds, grounds, or that nobody declared it."""
    holds = evaluation.holds(row, field)
    yield from ((f"hold {hold.id}", "", OPEN, False) for hold in holds)
    grounds = evaluation.grounds(row, field)
    if not grounds and not holds:
        yield "undeclared", "", OPEN, True
    for ground in grounds:
        if ground.until > evaluation.on:
            yield (
                ground.activity.name,
                ground.activity.keep.text,
                ground.until,
                _doubtful(ground, evaluation.on),
            )


def _doubtful(ground: Ground, on: date) -> bool:
    """An open contract that only a date of ours, missing or impossible, keeps open."""
    unknown = any(s.day is None for s in ground.stands_on)
    to_come = any(s.day is not None and s.day > on for s in ground.stands_on)
    return (
        ground.until == OPEN and ground.activity.basis.kind is BasisKind.CONTRACT and unknown and not to_come
    )
