"""`no fees`: nothing is charged unless two people decided it on the law's grounds (GDPR art. 12(5))."""

from __future__ import annotations

from ordholden.cases.standing import refusals
from ordholden.law.refusals import refusal_grounds
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "no fees"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    stands = refusals(look.book.store, look.on, refusal_grounds())
    looked = Evidence.of("fees-looked", cases=stands.cases, fees=stands.fees, alone=stands.fees_alone)
    state = State.BROKEN if stands.fees_alone else State.KEPT
    return Proof(state, (looked,), next=look.on if stands.fees_alone else None)
