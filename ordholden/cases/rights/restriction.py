"""Restriction (GDPR art. 18): the data is kept and not used, as a whole or for some purposes, until the person was told.

`about` are activities; empty is everything. It is lifted by a task of its own, after the letter that says so.
"""

from __future__ import annotations

from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import counted, outcome_of, works_on
from ordholden.cases.right import Done, Right

__all__ = ["RIGHT", "restricted"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    found = corridor.explain(case.cards)
    wanted = [a for a in case.about if a in corridor.policy.activities]
    if wanted:
        using = works_on(found)
        places = [(d, a) for a in wanted for d in using.get(a, ())]
        lines = [Line(d.table.system, d.table.table, d.category, a, granted=True) for d, a in places]
        lines += [Line("", "", a, a, granted=True) for a in wanted if a not in using]
    else:
        lines = [Line(d.table.system, d.table.table, d.category, "", granted=True) for d in found.data]
    counted_lines = counted(lines)
    return Proposal(counted_lines, outcome_of(counted_lines), recipients=found.received_by)


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    entries, limited = restricted(case, decision, corridor)
    return Done(entries=entries, facts={"limited": limited, "stopped": limited})


def restricted(case: Case, decision: Decision, corridor: Corridor) -> tuple[tuple[str, ...], list[str]]:
    """Places what was granted: the entries, and what is limited in words."""
    activities = corridor.policy.activities
    purposes = dict.fromkeys(x.activity for x in decision.lines if x.granted)
    entries = tuple(
        corridor.restrict(
            case.cards, activity=name, reason=f"case {case.number}", actor=decision.by.split(", ")[0]
        )
        for name in purposes
    )
    categories = corridor.policy.categories
    whole = dict.fromkeys(
        categories[x.category].text[case.language] if x.category in categories else x.category
        for x in decision.lines
        if x.granted and not x.activity
    )
    named = [activities[name].purpose[case.language] for name in purposes if name in activities]
    return entries, [*named, *whole]


def verify(case: Case, decision: Decision, corridor: Corridor) -> tuple[str, ...]:
    """No purpose that was limited may use the data."""
    named = {x.activity for x in decision.lines if x.granted}
    purposes = corridor.policy.activities if "" in named else named
    using = [a for a in purposes if any(ruled.allowed for ruled in corridor.may_use(a, case.cards))]
    return ("use-allowed",) if using else ()


RIGHT = Right(
    "restriction",
    "GDPR art. 18",
    "restriction",
    propose,
    carry_out,
    verify,
    tells_recipients=True,
    letters={Outcome.PARTLY: "answer-restriction"},
)
