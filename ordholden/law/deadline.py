"""When an answer is due: months and days as regulation 1182/71 counts them, on a country's calendar.

The day of receipt does not count. A period of months ends with the last hour of the same day of the month, or of
the month's last day (art. 3(2)(c)); one that would end on a Saturday, a Sunday or a public holiday ends with the
next working day (art. 3(4)). Hours are hours: no day off prolongs them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

__all__ = ["CUSTOMARY", "Due", "after_hours", "answer_due", "extended_due", "holiday", "months_after"]

ANSWER_MONTHS = 1
EXTENDED_MONTHS = 3
"""From receipt, not from the notice: GDPR art. 12(3) adds two months to the one."""

CUSTOMARY = ((6, 5), (12, 24), (12, 31))
"""Days on which much is closed though no act makes them holidays. Whether they count is nowhere settled: off by default."""


@dataclass(frozen=True)
class Due:
    """When an answer has to be there: `nominal` by the calendar, `legal` by the law, `own` by the organisation's promise.

    `internal` is the last working day at or before the nominal date: who aims at it is right under every reading.
    """

    nominal: date
    legal: date
    own: date | None = None
    internal: date | None = None

    @property
    def first(self) -> date:
        """The day to work towards: the organisation's own promise where that is earlier."""
        return min(d for d in (self.own, self.legal) if d is not None)

    def later(self, days: int, *, customary: bool = False, country: str = "DK") -> Due:
        """The same after the clock stood still for so many days."""
        if not days:
            return self
        pause = timedelta(days=days)
        own = None if self.own is None else self.own + pause
        return _due(self.nominal + pause, own, customary=customary, country=country)


def answer_due(
    received_on: date,
    *,
    months: int = ANSWER_MONTHS,
    own_days: int | None = None,
    customary: bool = False,
    country: str = "DK",
) -> Due:
    """The answer to a request that arrived on a day; `own_days` is what the organisation promises beyond the law."""
    own = None if own_days is None else received_on + timedelta(days=own_days)
    return _due(months_after(received_on, months), own, customary=customary, country=country)


def extended_due(
    received_on: date, *, own_days: int | None = None, customary: bool = False, country: str = "DK"
) -> Due:
    """The answer that was extended by two further months: three in all, whenever the notice was sent."""
    return answer_due(
        received_on, months=EXTENDED_MONTHS, own_days=own_days, customary=customary, country=country
    )


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    from calendar import monthrange

    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def after_hours(moment: datetime, hours: int) -> datetime:
    """So many hours later, by the clock: nights, weekends and holidays count."""
    from datetime import UTC

    return moment.astimezone(UTC) + timedelta(hours=hours)


def holiday(day: date, *, customary: bool = False, country: str = "DK") -> bool:
    """Whether it is a public holiday; with `customary` also where much is closed by custom."""
    return day in _holidays(country, day.year) or (customary and (day.month, day.day) in CUSTOMARY)


def _due(nominal: date, own: date | None, *, customary: bool, country: str) -> Due:
    def off(day: date) -> bool:
        return day.weekday() >= _SATURDAY or holiday(day, customary=customary, country=country)

    legal, internal = nominal, nominal
    while off(legal):
        legal += timedelta(days=1)
    while off(internal):
        internal -= timedelta(days=1)
    return Due(nominal, legal, own, internal)


_SATURDAY = 5


@cache
def _holidays(country: str, year: int) -> Collection[date]:
    from holidays import country_holidays

    return frozenset(country_holidays(country, years=year))
