"""`written requests`: where the policy asks for a signed letter, one is there, or it says why it was not waited for."""

from __future__ import annotations

from ordholden.cases.standing import signed_letters
from ordholden.policy.requests import SIGNED_LETTER
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "written requests"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    rights = [right for right, form in look.policy.requests.forms.items() if form == SIGNED_LETTER]
    if not rights:
        return Proof(State.NOT_PROVABLE, (Evidence.of("letters-unasked"),))
    stands = signed_letters(look.book.store, rights)
    looked = Evidence.of(
        "signed-letters",
        cases=stands.cases,
        signed=stands.signed,
        waived=stands.waived,
        waiting=stands.waiting,
        without=stands.without,
    )
    if stands.without:
        return Proof(State.BROKEN, (looked,), next=look.on)
    return Proof(State.KEPT if stands.signed or stands.waived else State.NOT_PROVABLE, (looked,))
