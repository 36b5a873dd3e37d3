"""What people and their requests add to the grounds, as values: holds, restrictions, consents given here, questions asked.

The engine takes them as they are; the hall reads them from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ordholden.inventory.system import TableName
from ordholden.policy.document import Activity, OnRequest

__all__ = ["Card", "ConsentEntry", "Hold", "MatterKey", "Wishes"]


@dataclass(frozen=True)
class Card:
    """One person as one people table knows them."""

    table: TableName
    key: object


@dataclass(frozen=True)
class MatterKey:
    """One matter: the table where it is, and its key there."""

    table: TableName
    name: str
    key: object


@dataclass(frozen=True)
class Hold:
    """A veto that somebody placed: on people, on a matter, or on all that an activity covers. A restriction is one, too."""

    id: str
    cards: frozenset[Card] = frozenset()
    matters: frozenset[MatterKey] = frozenset()
    activity: str = ""
    restriction: bool = False


@dataclass(frozen=True)
class ConsentEntry:
    """A yes (`given`) or a no, told to us rather than found in a system."""

    consent: str
    at: datetime
    given: bool
    by_request: bool = False  # a request ends the ground at once, without the tail that a rule gives


@dataclass(frozen=True)
class Wishes:
    """All of it, for one evaluation.

    `requested` are the cards whose erasure is asked for; `decided` says, per activity, what somebody decided where the
    basis leaves it open. `withdrawing` is a consent that the requested cards withdraw: then only it ends.
    """

    holds: tuple[Hold, ...] = ()
    consents: Mapping[Card, tuple[ConsentEntry, ...]] = field(default_factory=dict)
    asked: Mapping[tuple[str, Card], date] = field(default_factory=dict)
    requested: frozenset[Card] = frozenset()
    decided: Mapping[str, OnRequest] = field(default_factory=dict)
    withdrawing: str = ""

    def effect(self, activity: Activity) -> OnRequest:
        """What the request does to a ground of this activity, for a requested person."""
        if self.withdrawing:
            return OnRequest.ENDS if activity.basis.consent == self.withdrawing else OnRequest.STAYS
        return self.decided.get(activity.name, activity.on_request)

    def without_request(self) -> Wishes:
        return replace(self, requested=frozenset(), withdrawing="")
