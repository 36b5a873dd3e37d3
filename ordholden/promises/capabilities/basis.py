"""`basis`: every activity has a purpose, a legal basis, and what that basis needs (GDPR art. 6)."""

from __future__ import annotations

from collections.abc import Iterator

from ordholden.policy.document import Activity, BasisKind
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

NAME = "basis"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    missing = tuple(e for activity in look.policy.activities.values() for e in _missing(activity, look))
    kinds = [a.basis.kind for a in look.policy.activities.values()]
    counted = ", ".join(f"{kind} {kinds.count(kind)}" for kind in BasisKind if kind in kinds)
    said = Evidence.of("bases", activities=len(kinds), kinds=counted)
    return Proof(State.BROKEN if missing else State.KEPT, (said, *missing), next=look.on if missing else None)


def _missing(activity: Activity, look: Look) -> Iterator[Evidence]:
    if activity.purpose.en == activity.name == activity.purpose.da:
        yield Evidence.of("purpose-missing", activity=activity.name)
    if activity.basis.kind is BasisKind.LEGITIMATE_INTEREST and not activity.balancing:
        yield Evidence.of("balancing-missing", activity=activity.name)
    if activity.basis.kind is BasisKind.LEGAL_OBLIGATION and not activity.basis.reference:
        yield Evidence.of("law-missing", activity=activity.name)
    for document in (activity.balancing, activity.instruction):
        if document and not look.has(document):
            yield Evidence.of("document-missing", activity=activity.name, document=document)
