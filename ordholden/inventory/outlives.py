"""Whether what one rule keeps stays at least as long as what another keeps, as far as their texts tell."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum

from ordholden.policy.document import Activity, BasisKind
from ordholden.policy.rule import (
    After,
    Also,
    Asked,
    Condition,
    ConsentGiven,
    Duration,
    Event,
    NoEvent,
    OwnPeriod,
    Rule,
    Under,
    Unit,
    ValueIs,
    Withdrawn,
    Within,
)

__all__ = ["Outlives", "outlives"]


YEAR = 367
"""The end of a year is no more days away, and its last day is kept."""


class Outlives(IntEnum):
    """What can be said of two periods; the larger, the safer."""

    NO = 0  # certainly shorter
    UNKNOWN = 1
    YES = 2


def outlives(other: Activity, rule: Rule, activity: Activity, kept: Rule) -> Outlives:
    """Whether `rule` of the other activity keeps at least as long as `kept` does under this one.

    Both are read for the same person or matter: the same events, on the same days.
    """
    found = _terms(other, rule, activity, kept)
    if found is not Outlives.YES:
        return found
    conditions = {_bare(c) for c in kept.conditions}
    opens = None if rule.opens is None else rule.opens.name
    if any(_bare(c) not in conditions for c in rule.conditions):
        return Outlives.UNKNOWN
    if opens is not None and (kept.opens is None or kept.opens.name != opens):
        return Outlives.UNKNOWN
    consented = other.basis.kind is BasisKind.CONSENT
    return Outlives.UNKNOWN if consented and other.basis.consent != activity.basis.consent else Outlives.YES


def _terms(other: Activity, rule: Rule, activity: Activity, kept: Rule) -> Outlives:
    match kept.term, rule.term:
        case After() as mine, After() as theirs:
            return _after(mine, theirs)
        case (After(year=None) as mine, Asked() as theirs) if isinstance(mine.period, Duration):
            same = {e.name for e in mine.events} == {theirs.event.name}
            return (
                Outlives.YES
                if same and _compared(mine.period, theirs.fresh) is Outlives.YES
                else Outlives.UNKNOWN
            )
        case Asked() as mine, Asked() as theirs:
            same = mine.event.name == theirs.event.name
            both = (_compared(mine.fresh, theirs.fresh), _compared(mine.answer, theirs.answer))
            return Outlives.YES if same and min(both) is Outlives.YES else Outlives.UNKNOWN
        case ConsentGiven() | Withdrawn(), ConsentGiven() | Withdrawn():
            mine_tail = kept.term.tail if isinstance(kept.term, Withdrawn) else Duration(0, Unit.DAY)
            their_tail = rule.term.tail if isinstance(rule.term, Withdrawn) else Duration(0, Unit.DAY)
            return _compared(mine_tail, their_tail) if other.basis == activity.basis else Outlives.UNKNOWN
        case mine, theirs if mine == theirs:
            return Outlives.YES
    return Outlives.UNKNOWN


def _after(mine: After, theirs: After) -> Outlives:
    my_events, their_events = {e.name for e in mine.events}, {e.name for e in theirs.events}
    if not my_events <= their_events:
        return Outlives.UNKNOWN
    if isinstance(mine.period, OwnPeriod) or isinstance(theirs.period, OwnPeriod):
        same = mine.period == theirs.period and mine.year == theirs.year
        return Outlives.YES if same else Outlives.UNKNOWN
    found = _dated(mine, mine.period, theirs, theirs.period)
    # The last of more events may be later, so a shorter period after it proves nothing.
    return Outlives.UNKNOWN if found is Outlives.NO and my_events != their_events else found


def _dated(mine: After, my_period: Duration, theirs: After, their_period: Duration) -> Outlives:
    """Both after the same day, or the end of the year it lies in."""
    if mine.year is theirs.year:
        return _compared(my_period, their_period)
    if mine.year is None and _compared(my_period, their_period) is Outlives.YES:
        return Outlives.YES
    if theirs.year is None and _compared(their_period, my_period) is Outlives.YES:
        return Outlives.NO
    low, high = _span(their_period)
    least, most = _span(my_period)
    if low >= most + (YEAR if mine.year else 0):
        return Outlives.YES
    return Outlives.NO if high + (YEAR if theirs.year else 0) < least else Outlives.UNKNOWN


def _compared(mine: Duration, theirs: Duration) -> Outlives:
    """Whether theirs is as long as mine; NO where it is certainly shorter. Months have 28 to 31 days."""
    if _months(mine) is not None and _months(theirs) is not None:
        return Outlives.YES if (_months(theirs) or 0) >= (_months(mine) or 0) else Outlives.NO
    if _span(theirs)[0] >= _span(mine)[1]:
        return Outlives.YES
    return Outlives.NO if _span(theirs)[1] < _span(mine)[0] else Outlives.UNKNOWN


def _months(duration: Duration) -> int | None:
    months = {Unit.MONTH: 1, Unit.YEAR: 12}.get(duration.unit)
    if duration.count == 0:
        return 0
    return None if months is None else duration.count * months


def _span(duration: Duration) -> tuple[int, int]:
    """The fewest and the most days that it can be."""
    low, high = {Unit.DAY: (1, 1), Unit.WEEK: (7, 7), Unit.MONTH: (28, 31), Unit.YEAR: (365, 366)}[
        duration.unit
    ]
    return duration.count * low, duration.count * high


def _bare(condition: Condition) -> Condition:
    """The condition without where it stands."""
    match condition:
        case Within(event=event, duration=duration, of=of):
            return Within(Event(event.name), duration, Event(of.name))
        case NoEvent(event=event):
            return NoEvent(Event(event.name))
        case Under(age=age, at=at):
            return Under(age, Event(at.name))
        case ValueIs() | Also():
            return replace(condition, offset=0)
