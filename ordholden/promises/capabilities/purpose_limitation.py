"""`purpose limitation`: the grounds answer whether a purpose may use somebody's data, not always with yes.

Asked of some people who are there, for some of the policy's purposes, others each day, and for a purpose that no
policy has. Whoever asks for people's data is answered on the same road.
"""

from __future__ import annotations

from ordholden.footprints.use import Uses
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.promises.sampled import Sampled

NAME = "purpose limitation"

PURPOSES = 6
NONE_OF_OURS = "sell it all"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    cards = Sampled(look).cards
    uses = Uses(look.footprints, look.policy, look.on, look.sight.wishes)
    purposes = _some(look)
    decisions = [decision for purpose in purposes for decision in uses.may_use(purpose, cards)]
    allowed = sum(d.allowed for d in decisions)
    evidence = Evidence.of(
        "purposes-asked", purposes=len(purposes), allowed=allowed, refused=len(decisions) - allowed
    )
    if any(d.allowed for d in uses.may_use(NONE_OF_OURS, cards)):
        return Proof(State.BROKEN, (evidence,), next=look.on)
    return Proof(State.KEPT if allowed < len(decisions) else State.NOT_PROVABLE, (evidence,))


def _some(look: Look) -> tuple[str, ...]:
    """Purposes of the policy, from another one on each day."""
    names = list(look.policy.activities)
    first = look.on.toordinal() % len(names)
    return tuple((names[first:] + names[:first])[:PURPOSES])
