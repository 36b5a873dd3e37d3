"""`access`: of each datum it can be told what, why, whence, how long and for whom (GDPR art. 15(1))."""

from __future__ import annotations

from ordholden.grounds.interpret import NEVER, Evaluation
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.promises.sampled import Datum, Sampled

NAME = "access"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    people = Sampled(look)
    if not people.data:
        return Proof(State.NOT_PROVABLE, (Evidence.of("nobody-there"),))
    judged = people.evaluation()
    unanswered = [d for d in people.data if not _answered(d, judged)]
    told = Evidence.of(
        "access-tried", people=len(look.people), data=len(people.data), unanswered=len(unanswered)
    )
    places = {f"{d.row.table}.{d.field.column}" for d in unanswered}
    missing = [Evidence.of("access-unanswered", field=place) for place in sorted(places)]
    return Proof(State.BROKEN if missing else State.KEPT, (told, *missing), next=look.on if missing else None)


def _answered(datum: Datum, judged: Evaluation) -> bool:
    """All five are known. That nobody gets it is an answer, too; so is that it should be gone already."""
    covering = judged.covering(datum.row, datum.field)
    why = all(a.purpose.en and a.purpose.da for a in covering)
    source = bool(datum.field.source) or all(a.sources for a in covering)
    return bool(covering) and why and source and judged.keep_until(datum.row, datum.field) >= NEVER
