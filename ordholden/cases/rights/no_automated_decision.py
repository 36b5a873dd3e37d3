"""No automated decision (GDPR art. 22): a person looks at it, hears the other side and decides; the machine may not meanwhile.

`about` are the activities in question. Their use of the data rests until somebody lifts it; what a person decided is the
case's own reason. Where nothing is decided by machine, the answer says so.
"""

from __future__ import annotations

from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import purpose_of, why
from ordholden.cases.right import Done, Right
from ordholden.cases.rights.restriction import restricted, verify

__all__ = ["RIGHT"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    wanted = [a for a in case.about if a in corridor.policy.activities]
    lines = tuple(Line("", "", a, a, granted=True) for a in wanted)
    doubts = tuple(
        why("doubt-automated", case, activity=purpose_of(a, case, corridor.policy)) for a in wanted
    )
    return Proposal(lines, Outcome.GRANTED, doubts)


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    entries, limited = restricted(case, decision, corridor)
    said = "automated-rests" if limited else "automated-none"
    facts = {
        "decision": why(said, case, purposes=", ".join(limited)),
        "reason": decision.reason or why("automated-person", case),
    }
    return Done(entries=entries, facts=facts)


def nothing_used(case: Case, decision: Decision, corridor: Corridor) -> tuple[str, ...]:
    return verify(case, decision, corridor) if decision.lines else ()


RIGHT = Right(
    "no-automated-decision",
    "GDPR art. 22",
    "automated",
    propose,
    carry_out,
    nothing_used,
    letters={Outcome.PARTLY: "answer-automated"},
)
