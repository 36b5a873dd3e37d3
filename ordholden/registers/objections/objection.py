"""An objection as it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ordholden.grounds.wishes import Card

__all__ = ["ObjectionRecord", "Standing"]


class Standing(StrEnum):
    """What has become of an objection."""

    PENDING = "pending"  # the use is suspended until somebody has weighed the interests (GDPR art. 18(1)(d))
    UPHELD = "upheld"  # the activity's ground has ended for this person
    REJECTED = "rejected"  # compelling grounds were shown, and the person was told which
    TAKEN_BACK = "taken back"  # by the person


@dataclass(frozen=True)
class ObjectionRecord:
    """`absolute` is one to direct marketing: nobody weighs anything, and only the person can take it back."""

    id: str
    activity: str
    cards: frozenset[Card]
    standing: Standing
    absolute: bool
    raised_by: str
    raised_on: date
    settled_by: str = ""
    settled_on: date | None = None
    reason: str = ""  # of the decision
