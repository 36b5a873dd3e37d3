"""`portability`: what people provided under consent or contract is told from the rest (GDPR art. 20(1))."""

from __future__ import annotations

from ordholden.grounds.interpret import Evaluation
from ordholden.policy.document import THE_PERSON, Activity, BasisKind
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.promises.sampled import Datum, Sampled

NAME = "portability"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    people = Sampled(look)
    judged = people.evaluation()
    portable = [d for d in people.data if _provided(d, judged)]
    files = sum(1 for d in portable if d.field.file_in or look.inventory.table(d.row.table).is_folder)
    evidence = Evidence.of(
        "portability-tried",
        people=len(look.people),
        data=len(people.data),
        portable=len(portable),
        files=files,
    )
    return Proof(State.KEPT if portable else State.NOT_PROVABLE, (evidence,))


def _provided(datum: Datum, judged: Evaluation) -> bool:
    return any(_rests_on_the_person(a, datum) for a in judged.covering(datum.row, datum.field))


def _rests_on_the_person(activity: Activity, datum: Datum) -> bool:
    source = (datum.field.source,) if datum.field.source else activity.sources
    return activity.basis.kind in (BasisKind.CONSENT, BasisKind.CONTRACT) and THE_PERSON in source
