"""Time in columns: for each way a column holds a moment, the SQL that compares it with a calendar day in Copenhagen.

A comparison is always between the bare column and constants computed here, so that an index on the column serves it.
The interpreter reads the same values in Python (`grounds/moments.py`); the two agree by property test.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from ordholden.inventory.system import As, EventColumn

__all__ = ["TimeColumn"]

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Digits of a date in text, as a pattern of SQLite's GLOB and as a regular expression.
_GLOBS = {
    "YYYY-MM-DD": "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*",
    "DD-MM-YYYY": "[0-3][0-9]-[01][0-9]-[0-9][0-9][0-9][0-9]*",
    "DD.MM.YYYY": "[0-3][0-9].[01][0-9].[0-9][0-9][0-9][0-9]*",
    "DD/MM/YYYY": "[0-3][0-9]/[01][0-9]/[0-9][0-9][0-9][0-9]*",
    "YYYYMMDD": "[0-9][0-9][0-9][0-9][01][0-9][0-3][0-9]*",
}
_PATTERNS = {
    "YYYY-MM-DD": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    "DD-MM-YYYY": "^(0[1-9]|[12][0-9]|3[01])-(0[1-9]|1[0-2])-[0-9]{4}",
    "DD.MM.YYYY": "^(0[1-9]|[12][0-9]|3[01])[.](0[1-9]|1[0-2])[.][0-9]{4}",
    "DD/MM/YYYY": "^(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[0-2])/[0-9]{4}",
    "YYYYMMDD": "^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])",
}
# Where year, month and day stand in the text, from one.
_PARTS = {"YYYY-MM-DD": (1, 6, 9), "DD-MM-YYYY": (7, 4, 1), "DD.MM.YYYY": (7, 4, 1), "DD/MM/YYYY": (7, 4, 1), "YYYYMMDD": (1, 5, 7)}


@dataclass(frozen=True)
class TimeColumn:
    """A column of a live table that stands for a moment, with the span in which its days are plausible."""

    column: ColumnElement[object]
    declared: EventColumn
    plausible: tuple[date, date]
    dialect: str

    @property
    def kind(self) -> str:
        """How the column holds time: date, naive, aware, seconds, milliseconds or text."""
        if self.declared.form is As.SECONDS or self.declared.form is As.MILLISECONDS:
            return str(self.declared.form)
        type_ = self.column.type
        if self.declared.form is As.TEXT or self.dialect == "sqlite":
            return "text"
        if isinstance(type_, sa.DateTime):
            return "aware" if type_.timezone else "naive"
        if isinstance(type_, sa.Date):
            return "date"
        if isinstance(type_, sa.Integer | sa.Numeric):
            return "seconds"
        return "text"

    def known(self) -> ColumnElement[bool]:
        """The column holds a moment whose day is plausible."""
        return self.between(*self.plausible)

    def before(self, day: date) -> ColumnElement[bool]:
        """A plausible moment whose day is this one or earlier."""
        last = min(day, self.plausible[1])
        return sa.false() if last < self.plausible[0] else self.between(self.plausible[0], last)

    def between(self, first: date, last: date) -> ColumnElement[bool]:
        """A moment whose day lies between the two, both included."""
        column = self.column
        if self.kind == "date":
            return sa.and_(column >= first, column <= last)
        if self.kind == "text":
            return self._text_between(first, last)
        low, high = self.bound(first), self.bound(last + timedelta(days=1))
        return sa.and_(column >= low, column < high)

    def bound(self, day: date) -> object:
        """The first moment of the day in Copenhagen, as the column would hold it."""
        start = datetime.combine(day, time(), COPENHAGEN)
        match self.kind:
            case "date":
                return day
            case "aware":
                return start.astimezone(UTC)
            case "naive":
                return start.astimezone(ZoneInfo(self.declared.zone)).replace(tzinfo=None)
            case "seconds":
                return int((start - _EPOCH).total_seconds())
            case "milliseconds":
                return int((start - _EPOCH).total_seconds()) * 1000
            case _:
                if self.local_text:
                    return day.isoformat()
                return start.astimezone(ZoneInfo(self.declared.zone)).strftime("%Y-%m-%d %H:%M:%S")

    @property
    def local_text(self) -> bool:
        """Text whose first ten characters are already the day in Copenhagen."""
        return self.declared.zone == "Europe/Copenhagen" or self.declared.format != "YYYY-MM-DD"

    def _text_between(self, first: date, last: date) -> ColumnElement[bool]:
        text = self.text()
        low = sa.literal(self.bound(first), sa.String)
        high = sa.literal(self.bound(last + timedelta(days=1)), sa.String)
        return sa.and_(*self._readable(), text >= low, text < high)

    def _raw(self) -> ColumnElement[str]:
        raw = self.column
        if isinstance(raw.type, sa.String) and self.dialect != "sqlite":
            return raw  # type: ignore[return-value]
        # SQLite keeps dates as text under a date's name; SQLAlchemy must not read them as dates here.
        return sa.type_coerce(raw, sa.String) if self.dialect == "sqlite" else sa.cast(raw, sa.String)

    def text(self) -> ColumnElement[str]:
        """The date in text, year first, as it compares."""
        raw = self._raw()
        if self.declared.format == "YYYY-MM-DD":
            return raw if self.local_text else sa.func.replace(raw, "T", " ", type_=sa.String)
        year, month, day = _PARTS[self.declared.format]
        return sa.func.substr(raw, year, 4) + "-" + sa.func.substr(raw, month, 2) + "-" + sa.func.substr(raw, day, 2)

    def _readable(self) -> list[ColumnElement[bool]]:
        raw, form = self._raw(), self.declared.format
        if self.dialect != "sqlite":
            return [raw.regexp_match(_PATTERNS[form])]
        _, month, day = _PARTS[form]
        two = lambda start: sa.func.substr(raw, start, 2, type_=sa.String)  # noqa: E731
        return [raw.op("GLOB")(_GLOBS[form]), two(month).between("01", "12"), two(day).between("01", "31")]

    def as_written(self) -> ColumnElement[object]:
        """The day as the column writes it, for a rough comparison of two columns of one row."""
        column = self.column
        match self.kind:
            case "date":
                return column
            case "naive":
                return sa.cast(column, sa.Date)
            case "aware":
                return sa.cast(sa.func.timezone("UTC", column), sa.Date)
            case "text":
                return sa.func.substr(self.text(), 1, 10, type_=sa.String)
            case kind:
                return self._epoch_day(1000 if kind == "milliseconds" else 1)

    def _epoch_day(self, scale: int) -> ColumnElement[object]:
        seconds = self.column / sa.literal(scale) if scale > 1 else self.column
        if self.dialect == "sqlite":
            return sa.func.date(seconds, "unixepoch", type_=sa.String)
        if self.dialect == "postgresql":
            return sa.cast(sa.func.timezone("UTC", sa.func.to_timestamp(seconds)), sa.Date)
        return sa.cast(sa.func.timestampadd(sa.text("SECOND"), seconds, sa.literal("1970-01-01")), sa.Date)

    def instant(self) -> ColumnElement[object]:
        """The moment as something that compares with another of the same kind and zone."""
        if self.kind != "text":
            return self.column
        text = sa.func.replace(self._raw(), "T", " ", type_=sa.String)
        timed = sa.case((sa.func.length(text) <= 10, text + " 00:00:00"), else_=text)
        fraction = sa.case((timed.like("%.%"), timed), else_=timed + ".")
        return sa.func.substr(fraction + "000000", 1, 26, type_=sa.String)
