"""Withdrawal of consent (GDPR art. 7(3)): exactly the grounds that stand on it end, at once; nothing is asked, nothing refused.

What also has another ground stays on that one, and the answer says which. `about` are consents, or purposes that rest on
one; empty is every one that stands.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import backups_table, by_ground, works_on
from ordholden.cases.planned import applied, unverified
from ordholden.cases.right import Done, Right
from ordholden.footprints.explain import Datum, Explanation

__all__ = ["RIGHT"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    before = corridor.explain(case.cards)
    lines: list[Line] = []
    doubts: list[str] = []
    wanted = consents(case, corridor)
    for consent in wanted:
        # The consent itself ends whatever else keeps the data, so nothing of the request is refused.
        lines.append(Line("", "", consent, "", granted=True))
        found = corridor.explain_request(case.cards, consent=consent)
        resting = _resting(before, consent, corridor)
        part, doubt = by_ground(case, found, partial(_among, resting))
        lines += part
        doubts += doubt
    ended = [a for a in corridor.policy.activities.values() if a.basis.consent in wanted]
    return Proposal(
        tuple(dict.fromkeys(lines)),
        Outcome.GRANTED if wanted else Outcome.NOTHING_FOUND,
        tuple(dict.fromkeys(doubts)),
        recipients=tuple(dict.fromkeys(r for activity in ended for r in activity.recipients)),
    )


def consents(case: Case, corridor: Corridor) -> tuple[str, ...]:
    """The consents that the person takes back: those named, or the consents of the purposes named; else all that stand."""
    activities = corridor.policy.activities
    if not case.about:
        using = works_on(corridor.explain(case.cards))
        return tuple(dict.fromkeys(c for name in using if (c := activities[name].basis.consent)))
    behind = (activities[a].basis.consent for a in case.about if a in activities)
    return tuple(
        dict.fromkeys((*(c for c in corridor.policy.consents if c in case.about), *filter(None, behind)))
    )


def _decided(decision: Decision, corridor: Corridor) -> tuple[str, ...]:
    """The same as it was decided: a consent is a line without a system."""
    return tuple(
        x.category for x in decision.lines if not x.system and x.category in corridor.policy.consents
    )


def _resting(found: Explanation, consent: str, corridor: Corridor) -> frozenset[tuple[object, ...]]:
    activities = corridor.policy.activities
    return frozenset(
        (d.table, d.key, d.column)
        for d in found.data
        if any(activities[w.activity].basis.consent == consent for w in d.why)
    )


def _among(resting: frozenset[tuple[object, ...]], datum: Datum) -> bool:
    return (datum.table, datum.key, datum.column) in resting


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    actor = decision.by.split(", ")[0]
    until: dict[str, date | None] = {}
    plan = ""
    for consent in _decided(decision, corridor):
        make = partial(corridor.plan_withdrawal, consent, case.cards, actor=actor)
        kept, stopped = applied(case, corridor, make, actor=actor, name=consent)
        plan = kept.plan.id
        if stopped:
            return Done(plan=plan, settled=False, reason=stopped)
        until |= corridor.backups_until(plan)
    ended = [corridor.policy.consents[c][case.language] for c in _decided(decision, corridor)]
    return Done(
        plan=plan, facts={"consents": ended, "backups": backups_table(case, until, corridor.inventory)}
    )


def verify(case: Case, decision: Decision, corridor: Corridor) -> tuple[str, ...]:
    names = _decided(decision, corridor)
    left = [code for consent in names for code in unverified(case, corridor, consent)]
    using = [
        a.name
        for a in corridor.policy.activities.values()
        if a.basis.consent in names and any(ruled.allowed for ruled in corridor.may_use(a.name, case.cards))
    ]
    return tuple(dict.fromkeys([*left, *("use-allowed" for _ in using)]))


RIGHT = Right(
    "withdrawal",
    "GDPR art. 7(3)",
    "withdrawal",
    propose,
    carry_out,
    verify,
    needs_plan=True,
    tells_recipients=True,
    letters={Outcome.PARTLY: "answer-withdrawal"},
)
