"""`restriction`: what is restricted or objected to is not used for that purpose; what is restricted is not erased either.

Tried in memory on some people who are there: each purpose that may use their data may not once they object or restrict it,
while others still may (GDPR art. 18 and 21). An objection that waits longer than a month for its decision is due.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ordholden.footprints.use import Uses
from ordholden.grounds.wishes import Card, Hold, Objection, Wishes
from ordholden.promises.capabilities.holds import held_back
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.promises.sampled import Sampled
from ordholden.registers.holds import standing
from ordholden.registers.objections import all_objections, pending

NAME = "restriction"

PURPOSES = 3
MONTH = timedelta(days=31)


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    store = look.book.store
    restricted = sum(h.restriction for h in standing(store, look.on))
    waiting = pending(store)
    register = Evidence.of(
        "restrictions-standing",
        restrictions=restricted,
        objections=len(all_objections(store)),
        waiting=len(waiting),
    )
    cards = Sampled(look).cards
    used, left, others = _tried(look, cards)
    tried = Evidence.of("restriction-tried", people=len(look.people), used=used, left=left, others=others)
    goes = held_back(look, cards)
    if left or goes:
        return Proof(State.BROKEN, (register, tried), next=look.on)
    late = [o for o in waiting if o.raised_on + MONTH < look.on]
    if late:
        told = tuple(Evidence.of("objection-late", objection=o.id, raised=o.raised_on) for o in late)
        return Proof(State.DUE, (register, tried, *told), next=look.on)
    return Proof(State.KEPT if used else State.NOT_PROVABLE, (register, tried))


def _tried(look: Look, cards: tuple[Card, ...]) -> tuple[int, int, int]:
    """Uses allowed now; how many of them still were under an objection or a restriction; how many others were disturbed."""
    now = {name: _allowed(look, look.sight.wishes, name, cards) for name in look.policy.activities}
    purposes = [name for name, allowed in now.items() if allowed]
    first = look.on.toordinal() % len(purposes) if purposes else 0
    some = (purposes[first:] + purposes[:first])[:PURPOSES]
    left = others = 0
    for name in some:
        for wishes in _wishes(look, name, cards):
            left += _allowed(look, wishes, name, cards)
        other = next((p for p in purposes if p != name), name)
        objecting, *_ = _wishes(look, name, cards)
        others += other != name and _allowed(look, objecting, other, cards) < now[other]
    return sum(now[name] for name in some), left, others


def _wishes(look: Look, activity: str, cards: tuple[Card, ...]) -> tuple[Wishes, ...]:
    """As if all of them objected, with and without success, or restricted this one purpose."""
    whose, now = frozenset(cards), look.sight.wishes
    return (
        replace(now, objections=(*now.objections, Objection(activity, whose))),
        replace(now, objections=(*now.objections, Objection(activity, whose, upheld=True))),
        replace(now, holds=(*now.holds, Hold("tried", whose, activity=activity, restriction=True))),
    )


def _allowed(look: Look, wishes: Wishes, activity: str, cards: tuple[Card, ...]) -> int:
    uses = Uses(look.footprints, look.policy, look.on, wishes)
    return sum(decision.allowed for decision in uses.may_use(activity, cards))
