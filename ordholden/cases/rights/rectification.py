"""Rectification and completion (GDPR art. 16): what is wrong is put right by a plan, in every system; by hand where it must be.

Per category there is a way: written by us where the system lets us; by a person where the value is a key, a file or does
not fit; by nobody where a record is to say what was said (a recording), which the answer explains.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal, TaskKind
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import counted, outcome_of, why
from ordholden.cases.planned import applied, plan_of, unverified
from ordholden.cases.right import Done, Right, Work
from ordholden.lang import say
from ordholden.plans.correct import Route

if TYPE_CHECKING:
    from ordholden.plans.plan import Plan

__all__ = ["RIGHT"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    if not case.changes:
        return Proposal(outcome=Outcome.GRANTED, doubts=(why("doubt-changes", case),))
    plan = corridor.look_correction(case.cards, case.changes)
    lines = counted(_lines(case, plan, corridor))
    doubts = tuple(say(p.code, p.facts, case.language).says for p in plan.problems)
    if not lines:
        lines = tuple(
            Line("", "", change.what, "", granted=False, why=why("correction-nowhere", case))
            for change in case.changes
        )
    return Proposal(lines, outcome_of(lines), doubts, recipients=corridor.recipients_of(case.cards))


def _lines(case: Case, plan: Plan, corridor: Corridor) -> list[Line]:
    found = []
    for step in plan.steps:
        field = corridor.inventory.table(step.table).field(step.columns[0])
        category = field.category if field else step.columns[0]
        found.append(Line(step.table.system, step.table.table, category, "", granted=True, count=step.rows))
    for stay in plan.stays:
        system, _, table = stay.table.partition(".")
        by_hand = stay.ground == Route.BY_HAND
        text = why("correction-by-hand" if by_hand else "correction-exempt", case)
        found.append(Line(system, table, stay.category, "", by_hand, stay.ground, None, text, stay.rows))
    return found


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    actor = decision.by.split(", ")[0]
    make = partial(corridor.plan_correction, case.cards, case.changes, actor=actor)
    kept, stopped = applied(case, corridor, make, actor=actor)
    if stopped:
        return Done(plan=kept.plan.id, settled=False, reason=stopped)
    changed = [[_what(c.what, case, corridor), c.old or "–", c.new] for c in case.changes]
    return Done(plan=kept.plan.id, still=_by_hand(kept.plan), facts={"changed": changed})


def _what(category: str, case: Case, corridor: Corridor) -> str:
    known = corridor.policy.categories.get(category)
    return known.text[case.language] if known else category


def _by_hand(plan: Plan) -> tuple[Work, ...]:
    """What the plan could not write: a task for each column, with a receipt."""
    return tuple(
        Work(TaskKind.BY_HAND, f"correct:{stay.table}", stay.table.partition(".")[0], (stay.table,))
        for stay in plan.stays
        if stay.ground == Route.BY_HAND
    )


def verify(case: Case, _: Decision, corridor: Corridor) -> tuple[str, ...]:
    return unverified(case, corridor) if plan_of(case, corridor) else ()


RIGHT = Right(
    "rectification",
    "GDPR art. 16",
    "rectification",
    propose,
    carry_out,
    verify,
    needs_plan=True,
    tells_recipients=True,
    letters={Outcome.PARTLY: "answer-rectification"},
)
