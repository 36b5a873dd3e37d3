"""`representation`: whoever acts for somebody else shows an authority, and it is looked at before the case goes on."""

from __future__ import annotations

from ordholden.cases.standing import mandates
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "representation"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    stands = mandates(look.book.store)
    looked = Evidence.of(
        "mandates-looked",
        cases=stands.cases,
        accepted=stands.accepted,
        waiting=stands.waiting,
        unchecked=stands.unchecked,
    )
    if stands.unchecked:
        return Proof(State.BROKEN, (looked,), next=look.on)
    return Proof(State.KEPT if stands.cases else State.NOT_PROVABLE, (looked,))
