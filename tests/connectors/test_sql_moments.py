"""Each way of keeping time in a column is read by the database as Python reads it, alone and beside every other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from ordholden.connectors.predicate import TRUE, AtOrAfter, Before, Day, Earlier, Exists, Known, Predicate
from ordholden.connectors.reading import Key, Row
from ordholden.connectors.sql.system import SqlSystem
from ordholden.grounds.calendar import add
from ordholden.inventory.moments import Moment, read_moment
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import EventColumn, System
from ordholden.policy.rule import Duration, Unit
from ordholden.problems import Problems

# Each column, in each of the ways it may be declared.
SYSTEMS = """
clock:
  url: {url}
  backups: none
  tables:
    times:
      people: somebody
      person: id
      not personal: [id]
      events:
        day: day
        naive: naive
        naive in UTC: {{column: naive, zone: UTC}}
        naive in New York: {{column: naive, zone: America/New_York}}
        naive in London: {{column: naive, zone: Europe/London}}
        aware: {{column: aware, as: text}}
        seconds: {{column: seconds, as: seconds}}
        milliseconds: {{column: millis, as: milliseconds}}
        fractions: {{column: fractions, as: seconds}}
        digits: {{column: digits, as: seconds}}
        number as date: {{column: seconds}}
        compact: {{column: compact, as: text, format: YYYYMMDD}}
        text: {{column: iso, as: text}}
        text in UTC: {{column: iso, as: text, zone: UTC}}
        text in Tokyo: {{column: iso, as: text, zone: Asia/Tokyo}}
        danish: {{column: danish, as: text, format: DD-MM-YYYY}}
        text as date: iso
"""

# Moments about changes of the clock, midnights, month ends and the ends of what is plausible; a clock in Denmark, London or
# New York shows each of them.
READINGS = [
    *(datetime(2024, 3, 30, 22, 30) + timedelta(hours=h) for h in (0, 1, 1.75, 5.5, 23.5, 24)),
    *(datetime(2024, 10, 26, 21, 30) + timedelta(hours=h) for h in (0, 1, 2, 3.5, 5, 6.5, 25, 26)),
    *(datetime(2025, 1, 31) + timedelta(hours=h) for h in (-0.5, 0, 8, 14.75, 15, 18, 22, 23, 23.5)),
    datetime(2024, 2, 29, 12),
    datetime(2025, 2, 28, 23, 59, 59),
    datetime(2025, 7, 1, 0, 0, 0, 500_000),
    datetime(1990, 1, 1),
    datetime(1989, 12, 31, 22, 30),
    datetime(2037, 12, 31, 23, 30),
    datetime(2099, 12, 31, 23, 30),
    datetime(9999, 12, 31),
]
ODD_TEXTS = (
    None,
    "",
    "  ",
    "soon",
    "2025-02-31",
    "2025-02-31 12:00",
    "2025-04-31T23:30",
    "0000-00-00",
    "0000-01-01",
    "2025-01-31 24:00",
    "2025-01-31 25:61",
    "2025-01-31 23",
    "2025-01-31T23:15:99",
    "2025-01-31 23:30:00.123456789",
    "2025-01-31T22:30:00+02:00",
    " 2025-01-31",
    "2025-13-01",
    "31-02-2025",
    "2025-1-3",
)
DAYS = [
    date(2024, 3, 30),
    date(2024, 10, 27),
    date(2025, 1, 31),
    date(1990, 1, 1),
    date(2099, 12, 31),
    date.max,
    date.min,
]
PERIODS = (
    None,
    Duration(1, Unit.MONTH),
    Duration(1, Unit.YEAR),
    Duration(2, Unit.WEEK),
    Duration(0, Unit.DAY),
)


@contextmanager
def _clock(url: str, folder: Path) -> Iterator[SqlSystem]:
    (folder / "systems.yaml").write_text(SYSTEMS.format(url=url), encoding="utf-8")
    problems = Problems()
    inventory = read_inventory(folder, problems)
    assert inventory is not None, problems.all
    engine = sa.create_engine(url)
    times = _table(engine.dialect.name)
    times.create(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(times), list(_rows(engine.dialect.name)))
    with ExitStack() as stack:
        yield stack.enter_context(closing(SqlSystem(inventory.systems["clock"], folder)))
    engine.dispose()


def _table(dialect: str) -> sa.Table:
    lite = dialect == "sqlite"
    aware: Any = (
        sa.String(40)
        if lite
        else mysql.TIMESTAMP(fsp=6)
        if dialect == "mysql"
        else sa.DateTime(timezone=True)
    )
    return sa.Table(
        "times",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("day", sa.String(10) if lite else sa.Date()),
        sa.Column(
            "naive", sa.String(40) if lite else sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
        ),
        sa.Column("aware", aware, nullable=True),
        sa.Column("seconds", sa.BigInteger),
        sa.Column("millis", sa.BigInteger),
        sa.Column("fractions", sa.Double),
        sa.Column("digits", sa.String(20)),
        sa.Column("compact", sa.Integer),
        sa.Column("iso", sa.String(40)),
        sa.Column("danish", sa.String(40)),
    )


def _rows(dialect: str) -> Iterator[dict[str, Any]]:
    """Every column walks through all readings, each at its own pace, so that any two columns meet in many ways."""
    forms = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%SZ")
    count = len(READINGS)
    for n in range(4 * count):
        day, naive, aware, seconds, millis, fractions, digits, compact, iso, danish = (
            READINGS[(n * pace + n // count * 3) % count] for pace in (1, 5, 7, 11, 13, 17, 19, 23, 25, 29)
        )
        odd = n % 5 == 0
        yield {
            "id": n + 1,
            "day": None if odd else _held(day.date(), dialect),
            "naive": None if n % 7 == 0 else _held(naive, dialect),
            "aware": None if n % 6 == 0 else _held(_representable(aware, dialect), dialect, aware=True),
            "seconds": None if n % 8 == 0 else int(_since_1970(seconds)),
            "millis": None if n % 9 == 0 else int(_since_1970(millis) * 1000),
            "fractions": None if n % 10 == 0 else _since_1970(fractions),
            "digits": ("", "x1", "-5", "1.5", "12345678901234567890")[n % 5]
            if odd
            else str(int(_since_1970(digits))),
            "compact": 20250231 if odd else int(f"{compact:%Y%m%d}"),
            "iso": ODD_TEXTS[n // 2 % len(ODD_TEXTS)] if n % 2 else iso.strftime(forms[n % len(forms)]),
            "danish": ODD_TEXTS[n % len(ODD_TEXTS)] if odd else danish.strftime("%d-%m-%Y"),
        }


def _since_1970(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()


def _representable(moment: datetime, dialect: str) -> datetime:
    """MariaDB's TIMESTAMP ends in January 2038."""
    return min(moment, datetime(2037, 12, 31)) if dialect == "mysql" else moment


def _held(value: Any, dialect: str, *, aware: bool = False) -> Any:
    if dialect == "sqlite":
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return value.replace(tzinfo=UTC) if aware else value


@pytest.fixture
def clock(database: str, tmp_path: Path) -> Iterator[SqlSystem]:
    with _clock(database, tmp_path) as opened:
        yield opened


@pytest.fixture
def columns(clock: SqlSystem) -> tuple[EventColumn, ...]:
    return clock.system.tables["times"].events


def _read(clock: SqlSystem) -> list[Row]:
    name = clock.system.tables["times"].name
    return [row for batch in clock.rows(name, TRUE) for row in batch]


def _keys(clock: SqlSystem, where: Predicate) -> set[Key]:
    name = clock.system.tables["times"].name
    return {k for batch in clock.keys(name, where) for k in batch}


def _partners(columns: tuple[EventColumn, ...], index: int) -> list[EventColumn]:
    """Itself and some others: all pairs take minutes."""
    return [columns[(index + step) % len(columns)] for step in (0, 1, 4, 9)]


def _moments(system: System, rows: list[Row], column: EventColumn) -> dict[Key, Moment]:
    read = {r.key: read_moment(r.values[column.column], column, system.plausible) for r in rows}
    return {key: moment for key, moment in read.items() if isinstance(moment, Moment)}


def test_a_column_is_compared_with_a_day_as_python_reads_it(
    clock: SqlSystem, columns: tuple[EventColumn, ...]
) -> None:
    rows = _read(clock)
    for column in columns:
        moments = _moments(clock.system, rows, column)

        assert _keys(clock, Known(column)) == set(moments), column.event
        for day in DAYS:
            before = {key for key, moment in moments.items() if moment.day <= day}
            assert _keys(clock, Before(column, day)) == before, (column.event, day)


def test_two_columns_are_compared_by_day_as_python_reads_them(
    clock: SqlSystem, columns: tuple[EventColumn, ...]
) -> None:
    rows = _read(clock)
    read = {c: _moments(clock.system, rows, c) for c in columns}
    for index, early in enumerate(columns):
        for late in _partners(columns, index):
            plus = PERIODS[index % len(PERIODS)]
            both = read[early].keys() & read[late].keys()
            later: Callable[[date], date] = (lambda d: d) if plus is None else (lambda d, p=plus: add(d, p))

            found = _keys(clock, Earlier(Day(early, plus), Day(late)))

            truth = {k for k in both if later(read[early][k].day) < read[late][k].day}
            assert found == truth, (early.event, plus, late.event)


def test_two_columns_are_compared_by_instant_as_python_reads_them(
    clock: SqlSystem, columns: tuple[EventColumn, ...]
) -> None:
    table = clock.system.tables["times"]
    assert table.person is not None
    rows = _read(clock)
    read = {c: _moments(clock.system, rows, c) for c in columns}
    for index, inner in enumerate(columns):
        for outer in _partners(columns, index):
            both = read[inner].keys() & read[outer].keys()

            found = _keys(clock, Exists(table.name, table.person, table.person, AtOrAfter(inner, outer)))

            truth = {k for k in both if read[inner][k].instant >= read[outer][k].instant}
            assert found == truth, (inner.event, outer.event)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_infinity_is_read_as_no_plausible_day(clock: SqlSystem, columns: tuple[EventColumn, ...]) -> None:
    with clock.engine.connect() as connection:
        connection.execute(sa.text("SET TRANSACTION READ WRITE"))
        for row, far in ((2, "'infinity'"), (3, "'-infinity'")):
            changed = f"UPDATE times SET day = {far}, naive = {far}, aware = {far} WHERE id = {row}"
            connection.execute(sa.text(changed))
        connection.commit()

    found = {r.key: r.values for r in _read(clock)}

    assert found[(2,)]["day"] == date.max
    assert found[(3,)]["naive"] == datetime.min
    known = _keys(clock, Known(next(c for c in columns if c.event == "aware")))
    assert not {(2,), (3,)} & known


def test_a_wider_plausible_span_is_the_callers(clock: SqlSystem, columns: tuple[EventColumn, ...]) -> None:
    day = next(c for c in columns if c.event == "day")
    span = (date(1850, 1, 1), date(2099, 12, 31))
    rows = _read(clock)

    wide = replace(clock.system, plausible=span)
    assert _keys(clock, Known(day, span)) == set(_moments(wide, rows, day)) > _keys(clock, Known(day))
