"""What a column says about when: a value as a database gives it in, a `Moment` out.

Days are calendar days in Europe/Copenhagen, whatever the column holds. A moment outside the system's plausible span, or
one that cannot be read, is impossible; so is a number where the column is declared as a date. Text carries the zone that
its column declares; an offset in the text is ignored, since a database that compares text ignores it, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ordholden.inventory.system import As, EventColumn
from ordholden.policy.condition import blank

__all__ = ["COPENHAGEN", "Moment", "Unknown", "end_of_day", "read_moment", "start_of_day"]

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Text that holds a date: how to find year, month and day in it. The database side knows the same forms.
_FORMATS = {
    "YYYY-MM-DD": re.compile(r"(?P<y>[0-9]{4})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12][0-9]|3[01])"),
    "DD-MM-YYYY": re.compile(r"(?P<d>0[1-9]|[12][0-9]|3[01])-(?P<m>0[1-9]|1[0-2])-(?P<y>[0-9]{4})"),
    "DD.MM.YYYY": re.compile(r"(?P<d>0[1-9]|[12][0-9]|3[01])\.(?P<m>0[1-9]|1[0-2])\.(?P<y>[0-9]{4})"),
    "DD/MM/YYYY": re.compile(r"(?P<d>0[1-9]|[12][0-9]|3[01])/(?P<m>0[1-9]|1[0-2])/(?P<y>[0-9]{4})"),
    "YYYYMMDD": re.compile(r"(?P<y>[0-9]{4})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])"),
}
_CLOCK = re.compile(
    r"[ T](?P<h>[01][0-9]|2[0-3]):(?P<min>[0-5][0-9])(?::(?P<s>[0-5][0-9])(?:\.(?P<f>[0-9]{1,6}))?)?"
)
_DIGITS = re.compile(r"[0-9]{1,15}")


class Unknown(StrEnum):
    """Why there is no moment."""

    MISSING = "missing"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, order=True)
class Moment:
    """An instant (aware, UTC) and its calendar day in Copenhagen."""

    instant: datetime
    day: date


def start_of_day(day: date) -> datetime:
    """The first instant of the day, in UTC."""
    return datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first instant after the day, in UTC."""
    return start_of_day(day + timedelta(days=1))


def read_moment(value: object, column: EventColumn, plausible: tuple[date, date]) -> Moment | Unknown:
    """What the value says, read as the column is declared."""
    if blank(value):
        return Unknown.MISSING
    try:
        instant = _instant(value, column)
        day = None if instant is None else instant.astimezone(COPENHAGEN).date()
    except (OverflowError, ValueError):
        return Unknown.IMPOSSIBLE
    if instant is None or day is None or not plausible[0] <= day <= plausible[1]:
        return Unknown.IMPOSSIBLE
    return Moment(instant.astimezone(UTC), day)


def _instant(value: object, column: EventColumn) -> datetime | None:
    match value:
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(column.zone))
        case date():
            return datetime.combine(value, time(), COPENHAGEN)
        case bool():
            return None
        case _ if column.form in (As.SECONDS, As.MILLISECONDS):
            return _since_1970(value, column.form)
        case str() | int():
            # A date written as a number (20240131) is text; a number where a date is declared is nothing that we know.
            readable = isinstance(value, str) or column.form is As.TEXT
            return _from_text(str(value), column) if readable else None
    return None


def _since_1970(value: object, form: As) -> datetime | None:
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        return None
    seconds = float(value) / (1000 if form is As.MILLISECONDS else 1)  # type: ignore[arg-type]
    return _EPOCH + timedelta(seconds=seconds)


def _from_text(value: str, column: EventColumn) -> datetime | None:
    found = _FORMATS[column.format].match(value)
    if found is None:
        return None
    day = _day(int(found["y"]), int(found["m"]), int(found["d"]))
    clock = _CLOCK.match(value[found.end() :]) if column.format == "YYYY-MM-DD" else None
    if clock is None:
        return datetime.combine(day, time(), COPENHAGEN)
    fraction = int((clock["f"] or "0").ljust(6, "0"))
    at = time(int(clock["h"]), int(clock["min"]), int(clock["s"] or 0), fraction)
    return datetime.combine(day, at, ZoneInfo(column.zone))


def _day(year: int, month: int, day: int) -> date:
    """A 31st that the month does not have is its last day: databases compare text and cannot know better."""
    while day > 28:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
    return date(year, month, day)
