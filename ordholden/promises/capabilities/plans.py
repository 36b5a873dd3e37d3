"""`plans`: what is erased was planned, is in bounds or agreed to by a second person, verified, on record."""

from __future__ import annotations

from ordholden import audit
from ordholden.plans.book import Kept, PlanState
from ordholden.plans.plan import Operation
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

NAME = "plans"

_BEGUN = (PlanState.APPLYING, PlanState.STOPPED, PlanState.APPLIED, PlanState.VERIFIED, PlanState.FAILED)


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    begun = [k for k in look.plans if k.state in _BEGUN]
    chain = audit.verify(look.book.store)
    if isinstance(chain, audit.Broken):
        return Proof(
            State.BROKEN, (Evidence.of("audit-broken", number=chain.number, why=chain.why),), next=look.on
        )
    alone = [k for k in begun if k.plan.limits and k.approved_by in ("", k.plan.made_by)]
    if alone:
        evidence = tuple(Evidence.of("plan-unapproved", plan=k.plan.id) for k in alone)
        return Proof(State.BROKEN, evidence, since=min(k.plan.on for k in alone), next=look.on)
    if not begun:
        state = State.DUE if keeping.now else State.NOT_PROVABLE
        return Proof(state, (Evidence.of("sweep-never"),), next=look.on)
    newest = begun[0]
    recorded = Evidence.of("audit-whole", entries=chain.head.number)
    if newest.state is PlanState.FAILED:
        evidence = tuple(
            Evidence.of("sweep-failed", plan=newest.plan.id, finding=f["code"], **f["facts"])
            for f in newest.findings
        )
        return Proof(State.BROKEN, (*evidence, recorded), since=newest.plan.on, next=look.on)
    if newest.state is not PlanState.VERIFIED:
        unfinished = Evidence.of("sweep-stopped", plan=newest.plan.id, reason=newest.reason)
        return Proof(State.DUE, (unfinished, recorded), next=look.on)
    return Proof(State.KEPT, (_carried_out(newest, look), *_approved(begun), recorded))


def _carried_out(kept: Kept, look: Look) -> Evidence:
    """What was planned beside what the receipts say was done."""
    planned = sum(s.rows for s in kept.plan.steps if s.operation is not Operation.ASK)
    done = sum(r.rows for r in look.book.receipts(kept.plan) if r.state == "done")
    return Evidence.of("plan-verified", plan=kept.plan.id, on=kept.plan.on, planned=planned, done=done)


def _approved(begun: list[Kept]) -> list[Evidence]:
    """The newest plan that was over the limits, and that a second person agreed to."""
    found = next((k for k in begun if k.approved_by), None)
    return [Evidence.of("plan-approved", plan=found.plan.id, limits=len(found.plan.limits))] if found else []
