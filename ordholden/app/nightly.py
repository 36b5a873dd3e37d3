"""The night's sweep: the day's plan, carried out by itself only where the house has said so and the policy's limits allow.

`ORDHOLDEN_SWEEP=apply` says so; without it the plan is made and waits for a person, and so does one over the limits. A
plan that broke off is gone on with, and none is made twice on one day.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from ordholden.app.organisation import Organisation, day_start, today
from ordholden.plans.book import Kept, PlanState
from ordholden.plans.plan import ScopeKind
from ordholden.problems import Problem, Refusal

__all__ = ["SWEEP_VARIABLE", "sweep"]

SWEEP_VARIABLE = "ORDHOLDEN_SWEEP"
_ACTOR = "ordholden"
_ANEW = {"schema-changed", "plan-outdated"}


def sweep(organisation: Organisation, *, by_itself: bool | None = None) -> Mapping[str, object]:
    """What the night came to. A Refusal with the findings where the plan is not done; called again, it goes on."""
    if by_itself is None:
        by_itself = os.environ.get(SWEEP_VARIABLE) == "apply"
    kept = _todays(organisation) or organisation.plan(actor=_ACTOR)
    found: dict[str, object] = {"plan": kept.plan.id, "rows": kept.plan.rows}
    if kept.plan.empty or kept.state is PlanState.VERIFIED:
        return found
    if not by_itself or kept.needs_approval:
        return {**found, "waits for": "approval" if kept.needs_approval else "somebody"}
    return {**found, "plan": _applied(organisation, kept).plan.id}


def _todays(organisation: Organisation) -> Kept | None:
    """The newest plan of today's that still fits the policy."""
    fitting = (organisation.policy.digest, organisation.inventory.digest)
    on = today()
    for kept in organisation.book.made_since(day_start(on)):
        plan = kept.plan
        if plan.scope.kind is ScopeKind.SWEEP and plan.on == on and (plan.policy, plan.inventory) == fitting:
            return kept
    return None


def _applied(organisation: Organisation, kept: Kept) -> Kept:
    try:
        outcome = organisation.apply(kept.plan.id, actor=_ACTOR)
    except Refusal as refusal:
        if not any(p.code in _ANEW for p in refusal.problems):
            raise
        # A table got a column since: the plan is made again, on the systems as they are.
        outcome = organisation.apply(organisation.plan(actor=_ACTOR).plan.id, actor=_ACTOR)
    if outcome.findings:
        raise Refusal(*(Problem(f.code, None, f.facts) for f in outcome.findings))
    return outcome.kept
