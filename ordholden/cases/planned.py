"""A case's plan: made once, remembered before anything is done, gone on with after a crash, made anew when it is outdated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ordholden.cases.case import Case
from ordholden.cases.change import opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import cases_of, content_of
from ordholden.plans.book import PlanState
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.plans.book import Kept

__all__ = ["applied", "applied_together", "plan_of", "unverified"]

_AGAIN = (PlanState.FAILED,)
_UNTOUCHED = (PlanState.MADE, PlanState.APPROVED)


def applied(
    case: Case, corridor: Corridor, make: Callable[[], Kept], *, actor: str, name: str = ""
) -> tuple[Kept, str]:
    """Makes the plan unless it is there, carries it out, and gives it as it stands with the reason why it stopped, if so."""
    plan = plan_of(case, corridor, name)
    if not plan or _worn_out(corridor, plan):
        plan = make().plan.id
        _remember(case, corridor, plan, name)
    kept = corridor.apply(plan, actor=actor).kept
    return kept, kept.reason if kept.state is PlanState.STOPPED else ""


def applied_together(
    cases: Sequence[Case], corridor: Corridor, make: Callable[[Sequence[Case]], Kept], *, actor: str
) -> Mapping[str, tuple[Kept, str]]:
    """One plan for all of them, by case number. After a crash each goes on with the plan that it remembers.

    A plan over the policy's limits, which no single case would be, is remembered by none: a Refusal, and each goes alone.
    """
    by_plan: dict[str, list[Case]] = {}
    for case in cases:
        plan = plan_of(case, corridor)
        by_plan.setdefault("" if plan and _worn_out(corridor, plan) else plan, []).append(case)
    if fresh := by_plan.pop("", []):
        kept = make(fresh)
        if kept.needs_approval and len(fresh) > 1:
            raise Refusal.of("approval-needed", plan=kept.plan.id, limits=str(kept.plan.rows))
        # All of them know it before anything is done, so that none is planned twice.
        for case in fresh:
            _remember(case, corridor, kept.plan.id, "")
        by_plan[kept.plan.id] = fresh
    found = {}
    for plan, those in by_plan.items():
        kept = corridor.apply(plan, actor=actor).kept
        reason = kept.reason if kept.state is PlanState.STOPPED else ""
        found.update({case.number: (kept, reason) for case in those})
    return found


def plan_of(case: Case, corridor: Corridor, name: str = "") -> str:
    """The case's newest plan of that name."""
    row = cases_of(corridor.store).get(number=case.number)
    found = [entry for entry in content_of(corridor.store, row).registered if entry.startswith(_mark(name))]
    return found[-1].removeprefix(_mark(name)) if found else ""


def _mark(name: str) -> str:
    return f"plan {name}: " if name else "plan: "


def _worn_out(corridor: Corridor, plan: str) -> bool:
    """One that failed is made anew from what the systems say now; so is one made under other files, if nothing was done."""
    kept = corridor.plan(plan)
    files = (kept.plan.policy, kept.plan.inventory) == (corridor.policy.digest, corridor.inventory.digest)
    return kept.state in _AGAIN or (kept.state in _UNTOUCHED and not files)


def _remember(case: Case, corridor: Corridor, plan: str, name: str) -> None:
    with opened(corridor, case.number) as held:
        held.row.plan = plan
        held.know(registered=(*held.content.registered, _mark(name) + plan))
        held.record("request:plan:made", actor="ordholden", plan=plan)


def unverified(case: Case, corridor: Corridor, name: str = "") -> tuple[str, ...]:
    """What verification found in the case's plan, as codes; empty when it is done."""
    plan = plan_of(case, corridor, name)
    if not plan:
        return ("plan-missing",)
    kept = corridor.plan(plan)
    if kept.state is PlanState.VERIFIED:
        return ()
    return tuple(dict.fromkeys(f["code"] for f in kept.findings)) or (f"plan-{kept.state.value}",)
