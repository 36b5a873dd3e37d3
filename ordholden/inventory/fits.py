"""Whether the policy and the systems fit: all that only both files together tell, each with its place."""

from __future__ import annotations

from ordholden.inventory.checks import every
from ordholden.inventory.system import Inventory
from ordholden.inventory.together import Together
from ordholden.policy.document import Policy
from ordholden.problems import Place, Problem, Problems

__all__ = ["fits"]

_NOWHERE = Place("", 0, 0)


def fits(policy: Policy, inventory: Inventory) -> tuple[Problem, ...]:
    """What is wrong between the two, in the order of the files."""
    both, problems = Together(policy, inventory), Problems()
    for check in every():
        check(both, problems)
    return tuple(sorted(problems.all, key=lambda p: (p.at or _NOWHERE, p.code)))
