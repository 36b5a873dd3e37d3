"""`forwarding`: what belongs to a controller is passed on and followed until it is answered (GDPR art. 28(3)(e))."""

from __future__ import annotations

from ordholden.cases.standing import forwarded
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "forwarding"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    requests = look.policy.requests
    partners = {**requests.controllers, **requests.processors}
    reached = sum(bool(p.email or p.endpoint) for p in partners.values())
    register = Evidence.of("partners-known", partners=len(partners), reached=reached)
    stands = forwarded(look.book.store, look.on)
    tracked = Evidence.of(
        "forwarding-looked",
        cases=stands.cases,
        sent=stands.sent,
        received=stands.received,
        answered=stands.answered,
        reminded=stands.reminded,
    )
    if stands.unsent:
        unsent = Evidence.of("forwarding-unsent", tasks=stands.unsent)
        return Proof(State.BROKEN, (register, tracked, unsent), next=look.on)
    if not reached:
        return Proof(State.NOT_PROVABLE, (register, tracked))
    if stands.silent:
        # The partner is late, not we; somebody should ask again.
        return Proof(State.DUE, (register, tracked), next=stands.first_silent)
    return Proof(State.KEPT if stands.sent else State.NOT_PROVABLE, (register, tracked))
