"""`complaints`: people are told whom they can complain to, and each complaint is followed up in time."""

from __future__ import annotations

from ordholden.cases.standing import answering
from ordholden.promises.keeping import Keeping
from ordholden.promises.letters import complaint_route
from ordholden.promises.promise import Evidence, Proof, State, combined

NAME = "complaints"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    stands = answering(look.book.store, look.on, right="complaint")
    looked = Evidence.of("complaints-looked", cases=stands.cases, open=stands.open, late=stands.promised_late)
    state = State.BROKEN if stands.promised_late else State.KEPT
    own = Proof(state, (looked,), since=stands.first_late, next=stands.next_due)
    return combined([own, complaint_route(look)])
