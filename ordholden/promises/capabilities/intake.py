"""`intake`: requests are taken by every channel, and each has its number and its dates (GDPR art. 12(2))."""

from __future__ import annotations

from ordholden.cases.standing import answering
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "intake"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    stands = answering(look.book.store, look.on)
    if not stands.cases:
        return Proof(State.NOT_PROVABLE, (Evidence.of("cases-none"),))
    evidence = [
        Evidence.of("cases-arrived", channel=channel, cases=number)
        for channel, number in stands.by_channel.items()
    ]
    return Proof(State.KEPT, tuple(evidence), next=stands.next_due)
