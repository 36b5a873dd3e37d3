"""A hold as it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ordholden.grounds.wishes import Card, MatterKey

__all__ = ["HoldRecord", "Scope"]


class Scope(StrEnum):
    """What a hold is about."""

    PERSON = "person"
    MATTER = "matter"
    ACTIVITY = "activity"


@dataclass(frozen=True)
class HoldRecord:
    """Stands from the day it was placed until the day of its release, on which it no longer holds.

    A restriction on a person may be for one activity: then it is on what that activity covers of theirs.

    `identifiers` are what the people are known by (kind and value), so that cards found later can be covered.
    """

    id: str
    scope: Scope
    reason: str
    placed_by: str
    placed_on: date
    review_on: date
    cards: frozenset[Card] = frozenset()
    matters: frozenset[MatterKey] = frozenset()
    activity: str = ""
    identifiers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    restriction: bool = False
    released_on: date | None = None
    released_by: str = ""
    release_reason: str = ""
    told_on: date | None = (
        None  # when the person was told that a restriction would be lifted (GDPR art. 18(3))
    )

    def stands(self, on: date) -> bool:
        return self.placed_on <= on and (self.released_on is None or on < self.released_on)
