"""`delegation`: who stands where in the tree outside, and that each level acts for nobody but those it may act for.

The tree as it is registered is looked at: every reseller with contact person, telephone number and address, every customer
under a reseller, every employee under a customer. Then every case that came through it is held against the table of levels:
one that a reseller opened for anybody but an employee of its own would be a broken promise.
"""

from __future__ import annotations

from collections import Counter

from ordholden.cases.standing import delegated
from ordholden.promises.capabilities.self_service import reach
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.staff.tree import Act, Level, Party, may_act, places, resellers, wanted
from ordholden.store import Store

NAME = "delegation"

_DEPTH = {Level.RESELLER: 1, Level.CUSTOMER: 2, Level.EMPLOYEE: 3}


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    store = look.book.store
    known, now = places(store), places(store, standing=True)
    pairs, astray = reach()
    levels = Evidence.of("self-service-levels", pairs=pairs, astray=astray)
    if not known:
        state = State.BROKEN if astray else State.NOT_PROVABLE
        return Proof(state, (Evidence.of("delegation-nobody"), levels), next=look.on if astray else None)
    counted = Counter(one.level for one in now.values())
    incomplete = _incomplete(store)
    misplaced = sum(len(one.way) != _DEPTH[one.level] for one in known.values())
    asked = delegated(store)
    beyond = sum(not _allowed(known.get(by), known.get(about)) for by, about in asked)
    evidence = (
        Evidence.of(
            "delegation-registered",
            resellers=counted[Level.RESELLER],
            customers=counted[Level.CUSTOMER],
            employees=counted[Level.EMPLOYEE],
            incomplete=incomplete,
            misplaced=misplaced,
        ),
        Evidence.of("delegation-cases", cases=len(asked), beyond=beyond),
        levels,
    )
    broken = incomplete or misplaced or beyond or astray
    return Proof(State.BROKEN if broken else State.KEPT, evidence, next=look.on if broken else None)


def _incomplete(store: Store) -> int:
    needed = wanted(Level.RESELLER)
    return sum(not all(one.details.get(w, "").strip() for w in needed) for one in resellers(store))


def _allowed(by: Party | None, about: Party | None) -> bool:
    return by is not None and about is not None and may_act(by, Act.ACT_FOR, about)
