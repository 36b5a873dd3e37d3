"""`sources`: of every activity it is said where the data comes from, and nobody's data is acted on for them unasked."""

from __future__ import annotations

from ordholden.cases.standing import mandates
from ordholden.policy.document import THE_PERSON
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "sources"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    activities = look.policy.activities.values()
    others = [a for a in activities if set(a.sources) - {THE_PERSON}]
    fields = [f for t in look.inventory.tables for f in t.fields if f.source]
    told = Evidence.of(
        "sources-told", activities=len(look.policy.activities), others=len(others), fields=len(fields)
    )
    stands = mandates(look.book.store)
    looked = Evidence.of(
        "mandates-looked",
        cases=stands.cases,
        accepted=stands.accepted,
        waiting=stands.waiting,
        unchecked=stands.unchecked,
    )
    unsaid = [a.name for a in activities if not a.sources]
    missing = [Evidence.of("source-unsaid", activity=name) for name in unsaid]
    state = State.BROKEN if unsaid or stands.unchecked else State.KEPT
    return Proof(state, (told, looked, *missing), next=look.on if state is State.BROKEN else None)
