"""Time in columns: for each way a column holds a moment, the SQL that compares it with a calendar day in Copenhagen.

A comparison with a day is always between the bare column and constants computed here, so that an index on the column
serves it. Where two columns are compared, each is brought to its day, or its instant in UTC, first: changes of the clock
come from Python's own tables, since a server need not know any time zone. The same values are read in Python by
`inventory/moments.py`, which SQLite even calls; property tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles

from ordholden.inventory.moments import COPENHAGEN, Moment, read_moment, start_of_day
from ordholden.inventory.system import As, EventColumn, TableName
from ordholden.policy.rule import Duration, Unit

__all__ = ["Instant", "TimeColumn", "later", "sqlite_day", "sqlite_instant"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = (As.SECONDS, As.MILLISECONDS)

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
_PARTS = {
    "YYYY-MM-DD": (1, 6, 9),
    "DD-MM-YYYY": (7, 4, 1),
    "DD.MM.YYYY": (7, 4, 1),
    "DD/MM/YYYY": (7, 4, 1),
    "YYYYMMDD": (1, 5, 7),
}
_HOURS_AND_MINUTES = "([01][0-9]|2[0-3]):[0-5][0-9]"
_CLOCK = _HOURS_AND_MINUTES + "(:[0-5][0-9]([.][0-9]{1,6})?)?"


class Instant(sa.types.TypeDecorator[datetime]):
    """MariaDB's TIMESTAMP: an instant that its connections show in the session's zone, which ours set to UTC."""

    impl = sa.TIMESTAMP
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        aware = isinstance(value, datetime) and value.tzinfo is not None
        return value.astimezone(UTC).replace(tzinfo=None) if aware else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


@dataclass(frozen=True)
class TimeColumn:
    """A column of a live table that stands for a moment, with the span in which its days are plausible."""

    column: ColumnElement[Any]
    declared: EventColumn
    plausible: tuple[date, date]
    dialect: str

    @property
    def kind(self) -> str:
        """How the column holds time: date, naive, aware, number, text, digits (of a number, in text) or nothing."""
        type_ = self.column.type
        counted = self.declared.form in _SECONDS
        match type_:
            case Instant():
                return "aware"
            case sa.DateTime():
                return "aware" if type_.timezone else "naive"
            case sa.Date():
                return "date"
            case sa.Integer() | sa.Numeric() | sa.Float():
                return "number" if counted else "text" if self.declared.form is As.TEXT else "nothing"
            case _:
                return "digits" if counted else "text"

    # — compared with a day —

    def known(self) -> ColumnElement[bool]:
        """The column holds a moment whose day is plausible."""
        return self.between(*self.plausible)

    def before(self, day: date) -> ColumnElement[bool]:
        """A plausible moment whose day is this one or earlier."""
        last = min(day, self.plausible[1])
        return sa.false() if last < self.plausible[0] else self.between(self.plausible[0], last)

    def between(self, first: date, last: date) -> ColumnElement[bool]:
        """A moment whose day lies between the two, both included."""
        match self.kind:
            case "nothing":
                return sa.false()
            case "date":
                return sa.and_(self.column >= first, self.column <= last)
            case "text":
                return self._text_between(first, last)
            case kind:
                value = self._number() if kind == "digits" else self.column
                return sa.and_(value >= self.bound(first), value < self.bound(last + timedelta(days=1)))

    def bound(self, day: date) -> Any:
        """The first moment of the day in Copenhagen, as the column would hold it."""
        start = start_of_day(day)
        match self.kind:
            case "date":
                return day
            case "aware":
                return start
            case "naive":
                return start.astimezone(self.zone).replace(tzinfo=None)
            case "text":
                return day.isoformat() if self.local else f"{start.astimezone(self.zone):%Y-%m-%d %H:%M}"
            case _:
                return int((start - _EPOCH).total_seconds()) * self._per_second

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.declared.zone)

    @property
    def local(self) -> bool:
        """Text whose date is already the day in Copenhagen: a time of day in another zone needs the one format."""
        return self.declared.zone == COPENHAGEN.key or self.declared.format != "YYYY-MM-DD"

    @property
    def _per_second(self) -> int:
        return 1000 if self.declared.form is As.MILLISECONDS else 1

    # — text —

    def _text_between(self, first: date, last: date) -> ColumnElement[bool]:
        after = last + timedelta(days=1)
        text = self._written()
        if self.local:
            return sa.and_(self._readable(), text >= first.isoformat(), text < after.isoformat())
        timed = sa.func.replace(text, "T", " ", type_=sa.String)
        by_clock = sa.and_(timed >= self.bound(first), timed < self.bound(after))
        by_day = sa.and_(text >= first.isoformat(), text < after.isoformat())
        clock = self._has_clock()
        return sa.and_(self._readable(), sa.or_(sa.and_(clock, by_clock), sa.and_(sa.not_(clock), by_day)))

    def _raw(self) -> ColumnElement[str]:
        if self.dialect == "sqlite":
            # SQLite keeps dates as text under a date's name; SQLAlchemy must not read them as dates here.
            return sa.type_coerce(self.column, sa.String)
        return self.column if isinstance(self.column.type, sa.String) else sa.cast(self.column, _TEXT)

    def _written(self) -> ColumnElement[str]:
        """The text with its date year first, so that it compares."""
        raw = self._raw()
        if self.declared.format == "YYYY-MM-DD":
            return raw
        year, month, day = (
            _part(raw, s, n) for s, n in zip(_PARTS[self.declared.format], (4, 2, 2), strict=True)
        )
        return year + "-" + month + "-" + day

    def _readable(self) -> ColumnElement[bool]:
        raw, form = self._raw(), self.declared.format
        if self.dialect != "sqlite":
            return raw.regexp_match(_PATTERNS[form])
        _, month, day = _PARTS[form]
        months, days = _part(raw, month, 2).between("01", "12"), _part(raw, day, 2).between("01", "31")
        return sa.and_(raw.bool_op("GLOB")(_GLOBS[form]), months, days)

    def _has_clock(self) -> ColumnElement[bool]:
        raw = self._raw()
        if self.dialect != "sqlite":
            return raw.regexp_match(f"^.{{10}}[ T]{_HOURS_AND_MINUTES}")
        return sa.and_(
            _part(raw, 11, 6).bool_op("GLOB")("[ T][0-2][0-9]:[0-5][0-9]"), _part(raw, 12, 2) <= "23"
        )

    def _number(self) -> ColumnElement[Any]:
        """The number that a text of digits says; null for any other text."""
        raw = self._raw()
        if self.dialect == "sqlite":
            digits = sa.and_(raw.bool_op("GLOB")("[0-9]*"), sa.not_(raw.bool_op("GLOB")("*[^0-9]*")))
            return sa.case((sa.and_(digits, sa.func.length(raw) <= 15), sa.cast(raw, sa.Integer)))
        return sa.case((raw.regexp_match("^[0-9]{1,15}$"), sa.cast(raw, sa.BigInteger)))

    # — compared with another column —

    def day(self) -> ColumnElement[Any]:
        """The calendar day in Copenhagen; null where it is not plausible. On SQLite a text, year first."""
        if self.dialect == "sqlite":
            return sa.func.ordholden_day(*self._for_python(), type_=sa.String)
        if self.kind == "nothing":
            return sa.cast(sa.null(), sa.Date)
        return sa.case((self.known(), self._day()), else_=sa.null())

    def instant(self) -> ColumnElement[Any]:
        """The moment in UTC, as a time stamp; null where it is not plausible. On SQLite a number."""
        if self.dialect == "sqlite":
            return sa.func.ordholden_instant(*self._for_python(), type_=sa.BigInteger)
        if self.kind == "nothing":
            return sa.cast(sa.null(), sa.DateTime)
        return sa.case((self.known(), self._instant()), else_=sa.null())

    def not_before(self, other: TimeColumn) -> ColumnElement[bool]:
        """This column's moment is not earlier than the other's; false where either is not plausible."""
        alike = self.kind == other.kind and self.kind not in ("text", "digits", "nothing")
        if (
            alike
            and (self.kind != "naive" or self.zone == other.zone)
            and self._per_second == other._per_second
        ):
            return sa.and_(self.known(), other.known(), self.column >= other.column)
        return self.instant() >= other.instant()

    def _for_python(self) -> tuple[Any, ...]:
        """A value and its declaration, as arguments of SQLite's own functions, see `sqlite_day`."""
        number = isinstance(self.column.type, sa.Integer | sa.Numeric | sa.Float)
        value = self.column if number else sa.type_coerce(self.column, sa.String)
        declared = self.declared
        return (
            value,
            str(declared.form),
            declared.format,
            declared.zone,
            *(d.isoformat() for d in self.plausible),
        )

    def _day(self) -> ColumnElement[Any]:
        match self.kind:
            case "date":
                return self.column
            case "text" if self.local:
                return self._written_day()
            case "text":
                timed = self._shifted(self._timed(), self.zone, COPENHAGEN)
                return sa.case((self._has_clock(), sa.cast(timed, sa.Date)), else_=self._written_day())
            case _:
                wall, zone = self._wall()
                return sa.cast(self._shifted(wall, zone, COPENHAGEN), sa.Date)

    def _instant(self) -> ColumnElement[Any]:
        match self.kind:
            case "date":
                return self._shifted(self._stamp(self.column), COPENHAGEN, UTC)
            case "text":
                midnight = self._shifted(self._stamp(self._written_day()), COPENHAGEN, UTC)
                if self.declared.format != "YYYY-MM-DD":
                    return midnight
                return sa.case(
                    (self._has_clock(), self._shifted(self._timed(), self.zone, UTC)), else_=midnight
                )
            case _:
                wall, zone = self._wall()
                return self._shifted(wall, zone, UTC)

    def _wall(self) -> tuple[ColumnElement[Any], ZoneInfo]:
        """What a clock shows at the moment, as a naive time stamp, and where that clock hangs."""
        match self.kind:
            case "naive":
                return self.column, self.zone
            case "aware" if self.dialect == "postgresql":
                return sa.func.timezone("UTC", self.column, type_=sa.DateTime), ZoneInfo("UTC")
            case "aware":
                return sa.type_coerce(self.column, sa.DateTime), ZoneInfo("UTC")
        seconds = (self._number() if self.kind == "digits" else self.column) / sa.literal(
            float(self._per_second)
        )
        if self.dialect == "postgresql":
            return sa.func.timezone("UTC", sa.func.to_timestamp(seconds), type_=sa.DateTime), ZoneInfo("UTC")
        epoch = sa.cast(sa.literal("1970-01-01"), _PRECISE)
        micros = sa.func.round(seconds * 1_000_000)
        return sa.func.timestampadd(sa.text("MICROSECOND"), micros, epoch, type_=sa.DateTime), ZoneInfo("UTC")

    def _written_day(self) -> ColumnElement[Any]:
        """The date in the text as a date; a 31st that the month does not have is its last day."""
        text = self._written()
        first, number = _part(text, 1, 8) + "01", sa.cast(_part(text, 9, 2), sa.Integer) - 1
        if self.dialect == "postgresql":
            begin = sa.cast(first, sa.Date)
            end = sa.cast(begin + sa.text("interval '1 month'"), sa.Date) - 1
            return sa.cast(sa.func.least(begin + number, end), sa.Date)
        begin = sa.cast(first, sa.Date)
        return sa.cast(sa.func.least(sa.func.adddate(begin, number), sa.func.last_day(begin)), sa.Date)

    def _timed(self) -> ColumnElement[Any]:
        """Date and time of day in the text, as a naive time stamp."""
        raw, day = self._raw(), self._written_day()
        if self.dialect == "postgresql":
            clock = sa.func.substring(_part(raw, 12, 15), f"^({_CLOCK})", type_=sa.String)
            return sa.cast(day, sa.DateTime) + sa.cast(clock, sa.Interval)
        clock = sa.func.regexp_substr(_part(raw, 12, 15), f"^{_CLOCK}", type_=sa.String)
        return sa.func.addtime(sa.cast(day, _PRECISE), clock, type_=sa.DateTime)

    def _stamp(self, day: ColumnElement[Any]) -> ColumnElement[Any]:
        return sa.cast(day, sa.DateTime if self.dialect == "postgresql" else _PRECISE)

    def _shifted(self, wall: ColumnElement[Any], zone: ZoneInfo, to: Any) -> ColumnElement[Any]:
        """What a clock in `to` shows when one in `zone` shows this."""
        # A day more than the plausible ones on both sides: what is compared has been found plausible.
        steps = _steps(zone, to, self.plausible[0] - timedelta(days=2), self.plausible[1] + timedelta(days=2))
        if len(steps) == 1 and not steps[0][1]:
            return wall
        return _Shifted(wall, steps)


_TEXT = sa.Text().with_variant(sa.CHAR(255), "mysql", "mariadb")
_PRECISE = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def _part(text: ColumnElement[str], start: int, length: int) -> ColumnElement[str]:
    return sa.func.substr(text, start, length, type_=sa.String)


def later(day: ColumnElement[Any], duration: Duration, dialect: str) -> ColumnElement[Any]:
    """The day so much later: the same day of the month, or its last."""
    count = duration.count * (7 if duration.unit is Unit.WEEK else 12 if duration.unit is Unit.YEAR else 1)
    unit = "month" if duration.unit in (Unit.MONTH, Unit.YEAR) else "day"
    match dialect:
        case "postgresql":
            return sa.cast(day + sa.text(f"interval '{count} {unit}'"), sa.Date)
        case "sqlite" if unit == "month":
            # Beyond the end of the month SQLite goes on into the next; the month's last day is then the earlier one.
            last = sa.func.date(day, "start of month", f"+{count + 1} months", "-1 day")
            return sa.func.min(sa.func.date(day, f"+{count} months"), last, type_=sa.String)
        case "sqlite":
            return sa.func.date(day, f"+{count} days", type_=sa.String)
        case _:
            return sa.func.date_add(day, sa.text(f"INTERVAL {count} {unit.upper()}"), type_=sa.Date)


# — changes of the clock —

_Steps = tuple[tuple[datetime, int], ...]


@cache
def _steps(zone: ZoneInfo, to: Any, first: date, last: date) -> _Steps:
    """From which reading of a clock in `zone` on how many seconds are added for one in `to`, in order."""
    begin, end = datetime.combine(first, time()), datetime.combine(last, time())
    found = [(begin, _between_clocks(begin, zone, to))]
    while begin < end:
        if any(_changes(z, begin) for z in (zone, to)):
            for quarter in range(7 * 96):
                reading = begin + timedelta(minutes=15 * quarter)
                seconds = _between_clocks(reading, zone, to)
                if seconds != found[-1][1]:
                    found.append((reading, seconds))
        begin += timedelta(days=7)
    return tuple(found)


def _changes(zone: Any, begin: datetime) -> bool:
    """A clock there is changed in this week, or a day before or after it."""
    return len({_between_clocks(begin + timedelta(days=d), zone, UTC) for d in (-1, 8)}) > 1


def _between_clocks(reading: datetime, zone: Any, to: Any) -> int:
    there = reading.replace(tzinfo=zone).astimezone(to).replace(tzinfo=None)
    return round((there - reading).total_seconds())


class _Shifted(sa.sql.functions.FunctionElement[datetime]):
    """A reading of a clock plus the seconds of the last step that is not after it.

    Written as text, since a tree of two hundred expressions takes long to put together.
    """

    type = sa.DateTime()
    inherit_cache = False

    def __init__(self, wall: ColumnElement[Any], steps: _Steps) -> None:
        super().__init__(wall)
        self.steps = steps


@compiles(_Shifted, "postgresql")
def _shifted_on_postgresql(shifted: _Shifted, compiler: Any, **words: Any) -> str:
    wall = compiler.process(shifted.clauses, **words)
    return f"({wall} + ({_found(wall, shifted.steps)}) * INTERVAL '1 second')"


@compiles(_Shifted, "mysql", "mariadb")
def _shifted_on_mariadb(shifted: _Shifted, compiler: Any, **words: Any) -> str:
    wall = compiler.process(shifted.clauses, **words)
    return f"({wall} + INTERVAL ({_found(wall, shifted.steps)}) SECOND)"


def _found(wall: str, steps: Sequence[tuple[datetime, int]]) -> str:
    """A tree, so that a row is compared a few times only."""
    if len(steps) == 1:
        return str(steps[0][1])
    middle = len(steps) // 2
    before, after = _found(wall, steps[:middle]), _found(wall, steps[middle:])
    return f"CASE WHEN {wall} < TIMESTAMP '{steps[middle][0]}' THEN {before} ELSE {after} END"


# — what SQLite asks Python —


def sqlite_day(value: object, form: str, text: str, zone: str, first: str, last: str) -> str | None:
    """The day in Copenhagen of a column's value, read as the column is declared."""
    moment = _read(value, form, text, zone, first, last)
    return None if moment is None else moment.day.isoformat()


def sqlite_instant(value: object, form: str, text: str, zone: str, first: str, last: str) -> int | None:
    """The microseconds since 1970 of a column's value."""
    moment = _read(value, form, text, zone, first, last)
    return None if moment is None else (moment.instant - _EPOCH) // timedelta(microseconds=1)


def _read(value: object, form: str, text: str, zone: str, first: str, last: str) -> Moment | None:
    column = EventColumn("", TableName("", ""), "", As(form), text, zone)
    moment = read_moment(value, column, (date.fromisoformat(first), date.fromisoformat(last)))
    return moment if isinstance(moment, Moment) else None
