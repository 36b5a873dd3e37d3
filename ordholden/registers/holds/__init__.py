"""Holds: somebody said, with a reason, that data is not to be deleted; a restriction also stops its use.

In: people, matters or an activity, and why. Out: the holds that stand on a day, and those due for review.
"""

from ordholden.registers.holds.change import cover, forget, place, release, review
from ordholden.registers.holds.hold import HoldRecord, Scope
from ordholden.registers.holds.stand import all_holds, due_for_review, standing

__all__ = [
    "HoldRecord",
    "Scope",
    "all_holds",
    "cover",
    "due_for_review",
    "forget",
    "place",
    "release",
    "review",
    "standing",
]
