"""`erasure`: a request is decided for each datum, in every system: what goes, what stays, and why."""

from __future__ import annotations

from dataclasses import replace

from ordholden.plans.book import PlanState
from ordholden.plans.make import make
from ordholden.plans.plan import Scope, ScopeKind
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.promises.sampled import Sampled

NAME = "erasure"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    erasures = [k for k in look.plans if k.plan.scope.kind is ScopeKind.ERASE]
    carried_out = [
        Evidence.of("erasure-verified", plan=k.plan.id, on=k.plan.on, rows=k.plan.rows)
        for k in erasures
        if k.state is PlanState.VERIFIED
    ][:1]
    unkept = next((k for k in erasures if k.state in (PlanState.FAILED, PlanState.STOPPED)), None)
    if unkept is not None:
        evidence = Evidence.of(
            "erasure-unfinished", plan=unkept.plan.id, reason=unkept.reason or unkept.findings[0]["code"]
        )
        return Proof(State.BROKEN, (evidence,), since=unkept.plan.on, next=look.on)
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    return _tried(look, carried_out)


def _tried(look: Look, carried_out: list[Evidence]) -> Proof:
    """What the request of some people who are there would come to; nothing of it is kept."""
    people = Sampled(look)
    scope = Scope(ScopeKind.ERASE, people.cards)
    sight = replace(look.sight, wishes=replace(look.sight.wishes, requested=frozenset(people.cards)))
    plan = make(sight, scope)
    judged = people.evaluation(requested=True)
    goes = stays = undecided = 0
    for datum in people.data:
        if not judged.covering(datum.row, datum.field):
            undecided += 1
        elif judged.keep_until(datum.row, datum.field) <= look.on:
            goes += 1
        else:
            stays += 1
    tried = Evidence.of(
        "erasure-tried", people=len(look.people), goes=goes, stays=stays, undecided=undecided, rows=plan.rows
    )
    blocked = [Evidence.of("table-blocked", table=name) for name in plan.blocked]
    state = State.NOT_PROVABLE if not people.data else State.DUE if blocked or undecided else State.KEPT
    return Proof(state, (*carried_out, tried, *blocked), next=look.on if state is State.DUE else None)
