"""Withdrawal of consent (GDPR art. 7(3)): exactly the grounds that stand on it end, at once; nothing is asked, nothing refused.

What also has another ground stays on that one, and the answer says which. `about` are consents; empty is every one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import backups_table, by_ground
from ordholden.cases.planned import applied, unverified
from ordholden.cases.right import Done, Right
from ordholden.footprints.explain import Datum, Explanation

__all__ = ["RIGHT"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    before = corridor.explain(case.cards)
    lines: list[Line] = []
    doubts: list[str] = []
    for consent in consents(case, corridor):
        # The consent itself ends whatever else keeps the data, so nothing of the request is refused.
        lines.append(Line("", "", consent, "", granted=True))
        found = corridor.explain_request(case.cards, consent=consent)
        resting = _resting(before, consent, corridor)
        part, doubt = by_ground(case, found, partial(_among, resting))
        lines += part
        doubts += doubt
    return Proposal(
        tuple(dict.fromkeys(lines)),
        Outcome.GRANTED if consents(case, corridor) else Outcome.NOTHING_FOUND,
        tuple(dict.fromkeys(doubts)),
        recipients=corridor.recipients_of(case.cards),
    )


def consents(case: Case, corridor: Corridor) -> tuple[str, ...]:
    """The consents that the person takes back, as the policy names them."""
    known = corridor.policy.consents
    named = tuple(c for c in known if c in case.about)
    activities = (corridor.policy.activities.get(a) for a in case.about)
    behind = tuple(a.basis.consent for a in activities if a is not None and a.basis.consent)
    return tuple(dict.fromkeys((*named, *behind))) or (() if case.about else tuple(known))


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
    for consent in consents(case, corridor):
        make = partial(corridor.plan_withdrawal, consent, case.cards, actor=actor)
        kept, stopped = applied(case, corridor, make, actor=actor, name=consent)
        plan = kept.plan.id
        if stopped:
            return Done(plan=plan, settled=False, reason=stopped)
        until |= corridor.backups_until(plan)
    ended = [corridor.policy.consents[c][case.language] for c in consents(case, corridor)]
    return Done(plan=plan, facts={"consents": ended, "backups": backups_table(case, until)})


def verify(case: Case, _: Decision, corridor: Corridor) -> tuple[str, ...]:
    names: Iterable[str] = consents(case, corridor)
    left = [code for consent in names for code in unverified(case, corridor, consent)]
    using = [
        a.name
        for a in corridor.policy.activities.values()
        if a.basis.consent in consents(case, corridor)
        and any(ruled.allowed for ruled in corridor.may_use(a.name, case.cards))
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
