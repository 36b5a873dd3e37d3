"""Calendar arithmetic of keep rules: days in, days out.

`D + n months` is the same day of the month, or its last day. Calendar addition is monotone, so "n after event is over at
D" is the plain comparison `event ≤ cutoff(D)`: computed once here, every database then compares a column with a constant.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta

from ordholden.policy.rule import Duration, Unit, Year

__all__ = ["add", "cutoff", "end_of_year", "ends_on"]


def add(day: date, duration: Duration) -> date:
    """The day so much later; the last day of the calendar where it would lie beyond."""
    if duration.unit in _DAYS:
        beyond = (date.max - day).days
        return day + timedelta(days=min(duration.count * _DAYS[duration.unit], beyond))
    year, month = divmod(day.year * 12 + day.month - 1 + duration.count * _MONTHS[duration.unit], 12)
    return _day(year, month + 1, day.day)


_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
_MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}


def _day(year: int, month: int, day: int) -> date:
    """The day of that month, or its last."""
    return date.max if year > MAXYEAR else date(year, month, min(day, monthrange(year, month)[1]))


def end_of_year(day: date, year: Year, year_ends: tuple[int, int]) -> date:
    """The last day of the calendar or financial year that the day lies in."""
    month, last = (12, 31) if year is Year.CALENDAR else year_ends
    this = _day(day.year, month, last)
    return this if day <= this else _day(day.year + 1, month, last)


def ends_on(day: date, period: Duration, year: Year | None, year_ends: tuple[int, int]) -> date:
    """The first day without the datum, for an event on that day. A year's last day, and so the period's, is kept."""
    if year is None:
        return add(day, period)
    ending = add(end_of_year(day, year, year_ends), period)
    return ending if ending == date.max else ending + timedelta(days=1)


def cutoff(on: date, period: Duration, year: Year | None, year_ends: tuple[int, int]) -> date:
    """The latest event day that is over on a day: `ends_on(event) ≤ on` exactly when `event ≤ cutoff(on)`."""
    reach = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366}[period.unit] * period.count + 4
    if year is not None:
        reach += 368
    low = date.min if reach >= on.toordinal() else on - timedelta(days=reach)
    high = on
    # Monotone, so bisection: low is over (or before all time), and the answer lies between.
    while low < high:
        middle = low + timedelta(days=((high - low).days + 1) // 2)
        if ends_on(middle, period, year, year_ends) <= on:
            low = middle
        else:
            high = middle - timedelta(days=1)
    return low
