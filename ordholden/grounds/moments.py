"""What a column says about when: a value as a database gives it in, a `Moment` out.

Days are calendar days in Europe/Copenhagen, whatever the column holds. A moment outside the system's plausible span, or
one that cannot be read, is impossible. Text carries the zone that its column declares; an offset in the text is ignored,
since a database that compares text ignores it, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ordholden.inventory.system import As, EventColumn

__all__ = ["COPENHAGEN", "Moment", "Unknown", "end_of_day", "read_moment"]

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

# Text that holds a date: how to find year, month and day in it. The database side knows the same forms.
_FORMATS = {
    "YYYY-MM-DD": re.compile(r"(?P<y>[0-9]{4})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12][0-9]|3[01])"),
    "DD-MM-YYYY": re.compile(r"(?P<d>0[1-9]|[12][0-9]|3[01])-(?P<m>0[1-9]|1[0-2])-(?P<y>[0-9]{4})"),
    "DD.MM.YYYY": re.compile(r"(?P<d>0[1-9]|[12][0-9]|3[01])\.(?P<m>0[1-9]|1[0-2])\.(?P<y>[0-9]{4})"),
    "DD/MM/YYYY": re.compile(r"(?P<d>0[1-9]|[12][0-9]|3[01])/(?P<m>0[1-9]|1[0-2])/(?P<y>[0-9]{4})"),
    "YYYYMMDD": re.compile(r"(?P<y>[0-9]{4})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])"),
}
_CLOCK = re.compile(r"[ T](?P<h>[01][0-9]|2[0-3]):(?P<min>[0-5][0-9])(?::(?P<s>[0-5][0-9])(?:\.(?P<f>[0-9]{1,6}))?)?")


class Unknown(StrEnum):
    """Why there is no moment."""

    MISSING = "missing"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, order=True)
class Moment:
    """An instant (aware, UTC) and its calendar day in Copenhagen."""

    instant: datetime
    day: date


def end_of_day(day: date) -> datetime:
    """The first instant after the day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), COPENHAGEN).astimezone(UTC)


def read_moment(value: object, column: EventColumn, plausible: tuple[date, date]) -> Moment | Unknown:
    """What the value says, read as the column is declared."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Unknown.MISSING
    instant = _instant(value, column)
    if instant is None:
        return Unknown.IMPOSSIBLE
    try:
        day = instant.astimezone(COPENHAGEN).date()
    except (OverflowError, ValueError):
        return Unknown.IMPOSSIBLE
    return Moment(instant.astimezone(UTC), day) if plausible[0] <= day <= plausible[1] else Unknown.IMPOSSIBLE


def _instant(value: object, column: EventColumn) -> datetime | None:
    match value:
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(column.zone))
        case date():
            return datetime.combine(value, time(), COPENHAGEN)
        case str():
            if column.form in (As.SECONDS, As.MILLISECONDS):
                return _since_1970(value, column.form) if value.strip().lstrip("-").isdigit() else None
            return _from_text(value.strip(), column)
        case bool():
            return None
        case _:
            return _since_1970(value, column.form)


def _since_1970(value: object, form: As) -> datetime | None:
    try:
        seconds = float(value)  # type: ignore[arg-type]
        seconds = seconds / 1000 if form is As.MILLISECONDS else seconds
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except (OverflowError, ValueError, TypeError):
        return None


def _from_text(value: str, column: EventColumn) -> datetime | None:
    found = _FORMATS[column.format].match(value)
    if found is None:
        return None
    year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    if year == 0:
        return None
    # A 31st that the month does not have is its last day: databases compare text and cannot know better.
    while day > 28:
        try:
            date(year, month, day)
            break
        except ValueError:
            day -= 1
    clock = _CLOCK.match(value[found.end() :]) if column.format == "YYYY-MM-DD" else None
    if clock is None:
        return datetime(year, month, day, tzinfo=COPENHAGEN)
    fraction = int((clock["f"] or "0").ljust(6, "0"))
    zone = ZoneInfo(column.zone)
    return datetime(year, month, day, int(clock["h"]), int(clock["min"]), int(clock["s"] or 0), fraction, tzinfo=zone)
