"""Erasure (GDPR art. 17): the grounds that the person can end are ended; what still has one stays, and is named.

Where the basis leaves it open, somebody decides: `ends` or `stays`. Until they do it stays, for erasing too early cannot be
mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ordholden.cases.case import Case, Decision, Proposal
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import backups_table, by_ground, outcome_of, why, works_on
from ordholden.cases.planned import applied, unverified
from ordholden.cases.right import Done, Right
from ordholden.policy.document import OnRequest

if TYPE_CHECKING:
    from ordholden.plans.book import Kept

__all__ = ["RIGHT"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    return _proposed(case, corridor, {})


def reconsider(case: Case, corridor: Corridor, decided: Mapping[str, str], _: str) -> Proposal:
    return _proposed(case, corridor, decided)


def _proposed(case: Case, corridor: Corridor, decided: Mapping[str, str]) -> Proposal:
    open_to_choice = {
        name: OnRequest.STAYS.value
        for name in works_on(corridor.explain(case.cards))
        if corridor.policy.activities[name].on_request is OnRequest.DECIDE
    }
    choices = {**open_to_choice, **decided}
    found = corridor.explain_request(case.cards, decided=_words(choices))
    lines, doubts = by_ground(case, found)
    undecided = tuple(why("doubt-decide", case, activity=a) for a in open_to_choice if a not in decided)
    if found.doubtful:
        undecided = (*undecided, why("doubt-same", case))
    return Proposal(
        lines,
        outcome_of(lines),
        (*undecided, *doubts),
        choices,
        recipients=corridor.recipients_of(case.cards),
    )


def _words(choices: Mapping[str, str]) -> dict[str, OnRequest]:
    return {activity: OnRequest(word) for activity, word in choices.items()}


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    def made() -> Kept:
        return corridor.plan_erasure(case.cards, decided=_words(decision.decided), actor=_clerk(decision))

    kept, stopped = applied(case, corridor, made, actor=_clerk(decision))
    return _done(case, corridor, kept.plan.id, stopped)


def carry_out_many(pairs: Sequence[tuple[Case, Decision]], corridor: Corridor) -> Sequence[Done]:
    """Cases that were decided alike are one plan; each of them remembers it."""
    first = pairs[0][1]
    cards = tuple(dict.fromkeys(card for case, _ in pairs for card in case.cards))
    made: list[Kept] = []

    def once() -> Kept:
        if not made:
            made.append(corridor.plan_erasure(cards, decided=_words(first.decided), actor=_clerk(first)))
        return made[0]

    results = [applied(case, corridor, once, actor=_clerk(first)) for case, _ in pairs]
    return [
        _done(case, corridor, kept.plan.id, stopped)
        for (case, _), (kept, stopped) in zip(pairs, results, strict=True)
    ]


def _done(case: Case, corridor: Corridor, plan: str, stopped: str) -> Done:
    if stopped:
        return Done(plan=plan, settled=False, reason=stopped)
    until: Mapping[str, date | None] = corridor.backups_until(plan)
    return Done(plan=plan, facts={"backups": backups_table(case, until)})


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
