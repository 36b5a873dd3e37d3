"""`self-service`: people object and have their data corrected by themselves, and whoever stands above may do it for them.

Tried on the same roads as a case takes, in memory, on some people who are there. In a tree of resellers, customers and
employees the table of levels is asked about every pair: who may act for whom, and that nobody acts for those beside or above.
"""

from __future__ import annotations

from itertools import product

from ordholden.cases.case import Channel
from ordholden.cases.case import State as CaseState
from ordholden.cases.rows import cases_of
from ordholden.promises.capabilities import rectification, restriction
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State, combined
from ordholden.staff.tree import Act, Level, Party, may_act

NAME = "self-service"

_OWN = (Channel.PORTAL.value, Channel.RESELLER.value, Channel.API.value)
_LEVELS = (Level.RESELLER, Level.CUSTOMER, Level.EMPLOYEE)


def proof(keeping: Keeping) -> Proof:
    tried = combined([restriction.proof(keeping), rectification.proof(keeping)])
    done = cases_of(keeping.look.book.store).filter(state=CaseState.CLOSED.value, channel__in=_OWN).count()
    levels, astray = reach()
    evidence = (
        Evidence.of("self-service-cases", cases=done),
        Evidence.of("self-service-levels", pairs=levels, astray=astray),
        *tried.evidence,
    )
    if astray:
        return Proof(State.BROKEN, evidence, next=keeping.look.on)
    return Proof(tried.state, evidence, since=tried.since, next=tried.next)


def reach() -> tuple[int, int]:
    """How many pairs of levels let one act for the other; how many of them reach beside or above themselves."""
    allowed = astray = 0
    for actor, other in product(_LEVELS, _LEVELS):
        above = _party(actor, 1)
        allowed += may_act(above, Act.ACT_FOR, _party(other, 1))
        # Somebody else's branch of the tree, and whoever stands higher.
        astray += may_act(above, Act.ACT_FOR, _party(other, 2))
        higher = _LEVELS.index(other) < _LEVELS.index(actor)
        astray += higher and may_act(above, Act.ACT_FOR, _party(other, 1))
    return allowed, astray


def _party(level: Level, branch: int) -> Party:
    """Somebody made up, so far down in that branch."""
    way = tuple(branch * 10 + step for step in range(_LEVELS.index(level) + 1))
    return Party(way[-1], level, way, {"name": ""})
