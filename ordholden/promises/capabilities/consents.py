"""`consents`: each yes and no is on record, and nothing that rests on a consent outlives it (GDPR art. 7)."""

from __future__ import annotations

from ordholden.plans.book import PlanState
from ordholden.plans.plan import ScopeKind
from ordholden.policy.document import BasisKind
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State, combined

NAME = "consents"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if not look.policy.consents:
        return Proof(State.NOT_PROVABLE, (Evidence.of("consents-none"),))
    return combined(
        [
            *(_recorded(consent, look) for consent in look.policy.consents),
            *_resting(look, keeping),
            *_withdrawn(look),
        ]
    )


def _recorded(consent: str, look: Look) -> Proof:
    """Where a yes and a no to it are written down."""
    columns = look.inventory.consents.get(consent, ())
    if not any(c.given for c in columns):
        return Proof(State.NOT_PROVABLE, (Evidence.of("consent-unrecorded", consent=consent),))
    tables = ", ".join(dict.fromkeys(str(c.table) for c in columns))
    told = sum(1 for entries in look.sight.wishes.consents.values() for e in entries if e.consent == consent)
    return Proof(State.KEPT, (Evidence.of("consent-recorded", consent=consent, tables=tables, told=told),))


def _resting(look: Look, keeping: Keeping) -> list[Proof]:
    """The keep rules that end with a consent."""
    return [keeping.proof(a) for a in look.policy.activities.values() if a.basis.kind is BasisKind.CONSENT]


def _withdrawn(look: Look) -> list[Proof]:
    """The newest withdrawal that was carried out."""
    newest = next(
        (k for k in look.plans if k.plan.scope.kind is ScopeKind.WITHDRAW and k.state is not PlanState.MADE),
        None,
    )
    if newest is None:
        return []
    kept = newest.state is PlanState.VERIFIED
    evidence = Evidence.of(
        "withdrawal",
        plan=newest.plan.id,
        consent=newest.plan.scope.consent,
        rows=newest.plan.rows,
        state=newest.state,
    )
    failed = newest.state in (PlanState.FAILED, PlanState.STOPPED)
    return [
        Proof(
            State.KEPT if kept else State.BROKEN if failed else State.DUE,
            (evidence,),
            since=newest.plan.on if failed else None,
        )
    ]
