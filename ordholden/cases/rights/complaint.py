"""Complaint (GDPR art. 77): to the organisation, answered like any request; or an authority's case, with the evidence for it.

`about` containing `authority` makes the evidence: the person's cases as they went, what was decided and done, and how the
audit chain stands. Nothing about anybody else is in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal, Upload
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import why
from ordholden.cases.right import Done, Right
from ordholden.cases.rows import case_of, cases_of, decision_of, entry_of

if TYPE_CHECKING:
    from ordholden.cases.models import CaseRow
    from ordholden.store import Store

__all__ = ["AUTHORITY", "RIGHT"]

AUTHORITY = "authority"


def propose(case: Case, corridor: Corridor) -> Proposal:  # noqa: ARG001 – what every right is asked
    return Proposal(outcome=Outcome.GRANTED, doubts=(why("doubt-complaint", case),))


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    files = (_evidence(case, corridor),) if AUTHORITY in case.about else ()
    done = [why("complaint-evidence", case)] if files else [why("complaint-heard", case)]
    facts = {"decision": decision.reason or why("complaint-read", case), "done": done}
    return Done(files=files, facts=facts)


def _evidence(case: Case, corridor: Corridor) -> Upload:
    """Every case about the same cards, with its timeline: who did what when, and the state of the audit chain."""
    store = corridor.store
    ours = set(case.cards)
    rows = cases_of(store).exclude(cards=b"").order_by("received_at")
    about = [row for row in rows if ours & set(case_of(store, row).cards)] if ours else []
    if not any(row.number == case.number for row in about):
        about.append(cases_of(store).get(number=case.number))
    chain = audit.verify(store)
    found = {
        "organisation": corridor.policy.organisation.name,
        "cases": [_told(store, row) for row in about],
        "audit": {"whole": isinstance(chain, audit.Verified), "entries": audit.head(store).number},
    }
    content = json.dumps(found, ensure_ascii=False, indent=1).encode()
    return Upload(f"{case.number}-evidence.json", content, "application/json", "evidence")


def _told(store: Store, row: CaseRow) -> dict[str, object]:
    case, decision = case_of(store, row), decision_of(store, row)
    return {
        "case": case.number,
        "right": case.right,
        "received": case.received_on.isoformat(),
        "due": case.due.legal.isoformat(),
        "closed": case.closed_at.isoformat() if case.closed_at else None,
        "outcome": case.outcome.value if case.outcome else None,
        "decided by": decision.by if decision else None,
        "reason": decision.reason if decision else None,
        "lines": [_line(x) for x in decision.lines] if decision else [],
        "plan": case.plan or None,
        "timeline": [
            {"at": e.at.isoformat(), "by": e.actor, "what": e.what, "facts": dict(e.facts)}
            for e in (entry_of(store, r) for r in row.entries.using(store.alias).order_by("id"))
        ],
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "system": line.system,
        "category": line.category,
        "granted": line.granted,
        "ground": line.ground or line.activity,
        "until": line.until.isoformat() if line.until else None,
        "why": line.why,
    }


RIGHT = Right("complaint", "GDPR art. 77", "complaint", propose, carry_out, needs_person=False)
