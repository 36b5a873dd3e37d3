"""A keep rule as it was written: the nouns that the grammar gives and that grounds give meaning to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "After",
    "Also",
    "Asked",
    "Condition",
    "ConsentGiven",
    "Duration",
    "Event",
    "NoEvent",
    "OwnPeriod",
    "RecordKept",
    "Rule",
    "StateHolds",
    "Term",
    "Under",
    "Unit",
    "ValueIs",
    "Withdrawn",
    "Within",
    "Year",
]


class Unit(StrEnum):
    """What a duration counts; weeks are seven days, years are calendar years."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Year(StrEnum):
    """Which year's end an anchor moves to."""

    FINANCIAL = "financial"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Duration:
    """So many days, weeks, months or years; never negative."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


NO_TIME = Duration(0, Unit.DAY)


@dataclass(frozen=True)
class Event:
    """An event's name as a rule uses it, with the column where it stands in the rule's text (from zero)."""

    name: str
    offset: int = 0

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class OwnPeriod:
    """The duration that a matter carries itself, because a controller instructs it per campaign."""

    matter: str

    def __str__(self) -> str:
        return f"{self.matter}'s own period"


@dataclass(frozen=True)
class After:
    """Ends a period after each event; `year` first moves the event to that year's end, whose last day is kept."""

    period: Duration | OwnPeriod
    events: tuple[Event, ...]
    year: Year | None = None


@dataclass(frozen=True)
class ConsentGiven:
    """Lives while the consent of the activity's basis stands."""


@dataclass(frozen=True)
class Withdrawn:
    """Lives while the consent stands, and so long after its withdrawal."""

    tail: Duration


@dataclass(frozen=True)
class StateHolds:
    """Lives while a state holds for the matter or the person."""

    state: str
    offset: int = 0


@dataclass(frozen=True)
class RecordKept:
    """Lives as long as the record of that matter is kept."""

    matter: str
    offset: int = 0


@dataclass(frozen=True)
class Asked:
    """Fresh for a period after the event; then the person is asked, and it ends a second period after the question."""

    fresh: Duration
    event: Event
    answer: Duration


Term = After | ConsentGiven | Withdrawn | StateHolds | RecordKept | Asked


@dataclass(frozen=True)
class Within:
    """Another event lies between the matter's beginning and a duration after a second event, that day included."""

    event: Event
    duration: Duration
    of: Event


@dataclass(frozen=True)
class NoEvent:
    """No such event, whatever its date."""

    event: Event


@dataclass(frozen=True)
class ValueIs:
    """A value of the record is one of these; compared as text without regard to case."""

    name: str
    values: tuple[str, ...]
    offset: int = 0


@dataclass(frozen=True)
class Under:
    """The person was younger than so many years when the event happened."""

    age: int
    at: Event


@dataclass(frozen=True)
class Also:
    """The person is of another kind, too, in any system."""

    people: str
    offset: int = 0


Condition = Within | NoEvent | ValueIs | Under | Also


@dataclass(frozen=True)
class Rule:
    """One keep rule: when it opens, what ends it, and under which conditions it holds at all."""

    text: str
    term: Term
    conditions: tuple[Condition, ...] = ()
    opens: Event | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event that the rule speaks of."""
        return (*self.anchors, *([self.opens] if self.opens else []), *self.condition_events)

    @property
    def anchors(self) -> tuple[Event, ...]:
        """The events whose dates end the ground: what the ground stands on."""
        match self.term:
            case After(events=events):
                return events
            case Asked(event=event):
                return (event,)
            case _:
                return ()

    @property
    def condition_events(self) -> tuple[Event, ...]:
        found: list[Event] = []
        for condition in self.conditions:
            match condition:
                case Within(event=event, of=of):
                    found += [event, of]
                case NoEvent(event=event) | Under(at=event):
                    found.append(event)
                case _:
                    pass
        return tuple(found)
