"""`backups`: of what was erased it can be said when the last backup with it is gone, and it stays erased.

The journal says what was erased; after a restore it is erased again from there.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from ordholden.plans.book import PlanState
from ordholden.plans.plan import Operation, ScopeKind
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

NAME = "backups"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    unsaid = [s.name for s in look.inventory.systems.values() if s.backup_days is None]
    if unsaid:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("backups-unsaid", system=name) for name in unsaid))
    replays = [
        k for k in look.plans if k.plan.scope.kind is ScopeKind.REPLAY and k.state is not PlanState.MADE
    ]
    if replays and replays[0].state in (PlanState.STOPPED, PlanState.FAILED):
        newest = replays[0]
        evidence = Evidence.of("replay-unfinished", plan=newest.plan.id, system=newest.plan.scope.system)
        return Proof(State.BROKEN, (evidence,), since=newest.plan.on, next=look.on)
    said = [
        Evidence.of("backups-said", system=s.name, days=s.backup_days)
        for s in look.inventory.systems.values()
    ]
    replayed = [
        Evidence.of("replay-verified", plan=k.plan.id, system=k.plan.scope.system, rows=k.plan.rows)
        for k in replays[:1]
        if k.state is PlanState.VERIFIED
    ]
    return Proof(State.KEPT, (*said, *_gone(look), *replayed))


def _gone(look: Look) -> list[Evidence]:
    """Per system, what the journal holds of the newest plan, and the first day when no backup has it."""
    done = next((k for k in look.plans if k.applied_at and k.plan.scope.kind is not ScopeKind.REPLAY), None)
    if done is None or done.applied_at is None:
        return [Evidence.of("journal-empty")]
    applied = done.applied_at.astimezone(ZoneInfo("Europe/Copenhagen")).date()
    found: dict[str, int] = {}
    for receipt in look.book.receipts(done.plan):
        if receipt.state == "done" and receipt.operation is not Operation.ASK:
            found[receipt.table.system] = found.get(receipt.table.system, 0) + receipt.rows
    return [
        Evidence.of(
            "gone-from-backups",
            system=name,
            rows=rows,
            plan=done.plan.id,
            by=applied + timedelta(days=_days(look, name)),
        )
        for name, rows in found.items()
    ]


def _days(look: Look, system: str) -> int:
    return look.inventory.systems[system].backup_days or 0
