"""`refusals`: a no stands on the law's list, in writing, agreed to by a second person, with the way to complain."""

from __future__ import annotations

from ordholden.cases.standing import refusals
from ordholden.law.refusals import refusal_grounds
from ordholden.promises.keeping import Keeping
from ordholden.promises.letters import complaint_route
from ordholden.promises.promise import Evidence, Proof, State, combined

NAME = "refusals"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    stands = refusals(look.book.store, look.on, refusal_grounds())
    looked = Evidence.of(
        "refusals-looked",
        cases=stands.cases,
        refused=stands.refused,
        alone=stands.alone,
        groundless=stands.groundless,
    )
    wrong = stands.alone or stands.groundless
    own = Proof(State.BROKEN if wrong else State.KEPT, (looked,), next=look.on if wrong else None)
    return combined([own, complaint_route(look, ("refusal",))])
