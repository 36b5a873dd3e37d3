"""What people and their requests add to the grounds, as values: holds, restrictions, objections, consents given here,
questions asked.

The engine takes them as they are; the hall reads them from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ordholden.inventory.system import TableName
from ordholden.policy.document import Activity, OnRequest

__all__ = ["Card", "ConsentEntry", "Hold", "MatterKey", "Objection", "Wishes"]


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
    """A veto that somebody placed: on people, on a matter, or on all that an activity covers. A restriction is one, too.

    With an activity beside people or matters it is on what that activity covers of theirs, and on nothing else.
    """

    id: str
    cards: frozenset[Card] = frozenset()
    matters: frozenset[MatterKey] = frozenset()
    activity: str = ""
    restriction: bool = False


@dataclass(frozen=True)
class Objection:
    """People who object to an activity (GDPR art. 21). Until it is decided the use is suspended and nothing goes sooner;
    once it is `upheld`, and for direct marketing at once, the activity's ground ends for them."""

    activity: str
    cards: frozenset[Card]
    upheld: bool = False


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
    objections: tuple[Objection, ...] = ()

    def ended(self, activity: Activity) -> frozenset[Card]:
        """Whose objection has ended the activity's ground."""
        return frozenset(
            c for o in self.objections if o.upheld and o.activity == activity.name for c in o.cards
        )

    def suspended(self, activity: Activity) -> frozenset[Card]:
        """Whose data the activity may not use, though it may keep them: restricted for it, or objected to and undecided."""
        objecting = (o.cards for o in self.objections if not o.upheld and o.activity == activity.name)
        restricted = (
            h.cards
            for h in self.holds
            if h.restriction and not h.matters and h.activity in ("", activity.name)
        )
        return frozenset(card for cards in (*objecting, *restricted) for card in cards)

    def effect(self, activity: Activity) -> OnRequest:
        """What the request does to a ground of this activity, for a requested person."""
        if self.withdrawing:
            return OnRequest.ENDS if activity.basis.consent == self.withdrawing else OnRequest.STAYS
        return self.decided.get(activity.name, activity.on_request)

    def without_request(self) -> Wishes:
        return replace(self, requested=frozenset(), withdrawing="")
