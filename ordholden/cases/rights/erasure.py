"""Erasure (GDPR art. 17): the grounds that the person can end are ended; what still has one stays, and is named.

Where the basis leaves it open, somebody decides: `ends` or `stays`. Until they do it stays, for erasing too early cannot be
mended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ordholden.cases.case import Case, Decision, Proposal
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import backups_table, by_ground, outcome_of, purpose_of, receivers, why, works_on
from ordholden.cases.planned import applied, applied_together, unverified
from ordholden.cases.right import Done, Right
from ordholden.footprints.explain import Datum, Explanation
from ordholden.policy.document import OnRequest

if TYPE_CHECKING:
    from ordholden.plans.book import Kept

__all__ = ["RIGHT"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    return _proposed(case, corridor, {})


def reconsider(case: Case, corridor: Corridor, decided: Mapping[str, str], _: str) -> Proposal:
    return _proposed(case, corridor, decided)


def _proposed(case: Case, corridor: Corridor, decided: Mapping[str, str]) -> Proposal:
    known = corridor.explain(case.cards)
    open_to_choice = {
        name: OnRequest.STAYS.value
        for name in works_on(known)
        if corridor.policy.activities[name].on_request is OnRequest.DECIDE
    }
    choices = {**open_to_choice, **decided}
    found = corridor.explain_request(case.cards, decided=_words(choices))
    lines, doubts = by_ground(case, found)
    undecided = tuple(
        why("doubt-decide", case, activity=purpose_of(a, case, corridor.policy))
        for a in open_to_choice
        if a not in decided
    )
    if found.doubtful:
        undecided = (*undecided, why("doubt-same", case))
    return Proposal(
        lines,
        outcome_of(lines),
        (*undecided, *doubts),
        choices,
        recipients=receivers(known, _gone(known, found)),
    )


def _gone(before: Explanation, after: Explanation) -> Iterator[Datum]:
    """What the person's wish takes: who had only what stays is not told of them."""
    stays = {
        (d.table, d.key, d.column) for d in after.data if d.alive or d.holds or d.restricted or not d.why
    }
    return (d for d in before.data if (d.table, d.key, d.column) not in stays)


def _words(choices: Mapping[str, str]) -> dict[str, OnRequest]:
    return {activity: OnRequest(word) for activity, word in choices.items()}


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    def made() -> Kept:
        return corridor.plan_erasure(case.cards, decided=_words(decision.decided), actor=_clerk(decision))

    kept, stopped = applied(case, corridor, made, actor=_clerk(decision))
    return _done(case, corridor, kept.plan.id, stopped)


def carry_out_many(pairs: Sequence[tuple[Case, Decision]], corridor: Corridor) -> Sequence[Done]:
    """Cases that were decided alike are one plan, or as few as the policy's limit of rows allows; each remembers its own."""
    decided = {activity: word for _, decision in pairs for activity, word in decision.decided.items()}
    clerk = _clerk(pairs[0][1])

    def made(cases: Sequence[Case]) -> Kept:
        cards = tuple(dict.fromkeys(card for case in cases for card in case.cards))
        return corridor.plan_erasure(cards, decided=_words(decided), actor=clerk)

    found: dict[str, tuple[Kept, str]] = {}
    for some in _within_limits(pairs, corridor.policy.limits.rows):
        found.update(applied_together(some, corridor, made, actor=clerk))
    return [_done(case, corridor, found[case.number][0].plan.id, found[case.number][1]) for case, _ in pairs]


def _within_limits(pairs: Sequence[tuple[Case, Decision]], most: int) -> Iterator[Sequence[Case]]:
    """Each case was decided by somebody; what they come to together must not look like a mishap."""
    some: list[Case] = []
    rows = 0
    for case, decision in pairs:
        more = _rows(decision)
        if some and rows + more > most:
            yield tuple(some)
            some, rows = [], 0
        some.append(case)
        rows += more
    yield tuple(some)


def _rows(decision: Decision) -> int:
    """So many rows about the person go, as far as the decision shows: a table's rows have each category once, mostly."""
    most: dict[tuple[str, str], int] = {}
    for line in decision.lines:
        if line.granted:
            place = line.system, line.table
            most[place] = max(most.get(place, 0), line.count)
    return sum(most.values())


def _done(case: Case, corridor: Corridor, plan: str, stopped: str) -> Done:
    if stopped:
        return Done(plan=plan, settled=False, reason=stopped)
    until: Mapping[str, date | None] = corridor.backups_until(plan)
    return Done(plan=plan, facts={"backups": backups_table(case, until, corridor.inventory)})


def _clerk(decision: Decision) -> str:
    return decision.by.split(", ")[0]


def verify(case: Case, _: Decision, corridor: Corridor) -> tuple[str, ...]:
    return unverified(case, corridor)


RIGHT = Right(
    "erasure",
    "GDPR art. 17",
    "erasure",
    propose,
    carry_out,
    verify,
    reconsider=reconsider,
    needs_plan=True,
    tells_recipients=True,
    carry_out_many=carry_out_many,
)
