"""`gated collection`: what a person gives away is asked for only when they know why, and want the agreement."""

from __future__ import annotations

from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.registers.calls import counted

NAME = "gated collection"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    calls = look.policy.calls
    if calls is None or not calls.gated:
        return Proof(State.NOT_PROVABLE, (Evidence.of("nothing-gated"),))
    said = counted(look.book.store)
    evidence = Evidence.of(
        "gated", data=", ".join(calls.gated), wanted=said.get("wants", 0), declined=said.get("declined", 0)
    )
    return Proof(State.KEPT, (evidence,))
