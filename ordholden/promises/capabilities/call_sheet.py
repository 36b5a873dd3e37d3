"""`call sheet`: each call says on whose behalf it is made, and how they can be reached (GDPR art. 14)."""

from __future__ import annotations

from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.registers.calls import counted

NAME = "call sheet"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    calls, requests = look.policy.calls, look.policy.requests
    campaigns = {c: partner for partner in requests.controllers.values() for c in partner.campaigns}
    mute = sorted(name for name, partner in campaigns.items() if not partner.email)
    told = counted(look.book.store)
    evidence = Evidence.of("call-sheets", campaigns=len(campaigns), told=told.get("told", 0))
    if calls is None or not campaigns:
        return Proof(State.NOT_PROVABLE, (evidence,))
    if mute:
        return Proof(
            State.BROKEN,
            (evidence, *(Evidence.of("call-sheet-mute", campaign=c) for c in mute)),
            next=look.on,
        )
    return Proof(State.KEPT, (evidence,))
