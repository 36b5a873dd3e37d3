"""Calendar arithmetic of keep rules: clamped, monotone, and turned round exactly by `cutoff`."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordholden.grounds.calendar import add, cutoff, end_of_year, ends_on
from ordholden.policy.rule import Duration, Unit, Year

DECEMBER = (12, 31)
# A year that ends on 28 February is read as one that ends on the last of February.
YEAR_ENDS = [DECEMBER, (6, 30), (4, 30), (9, 30), (2, 29), (3, 15), (1, 1)]
PERIODS = [
    Duration(count, unit)
    for unit, counts in {
        Unit.DAY: (0, 1, 5, 30, 90, 365, 366),
        Unit.WEEK: (1, 2, 52),
        Unit.MONTH: (1, 2, 6, 11, 12, 13, 18, 24),
        Unit.YEAR: (1, 2, 4, 5, 10, 30, 100),
    }.items()
    for count in counts
]
YEARS = [None, *Year]

days = st.dates(date(1850, 1, 1), date(2150, 12, 31))
durations = st.one_of(
    st.builds(Duration, st.integers(0, 36_525), st.just(Unit.DAY)),
    st.builds(Duration, st.integers(0, 5_218), st.just(Unit.WEEK)),
    st.builds(Duration, st.integers(0, 1_200), st.just(Unit.MONTH)),
    st.builds(Duration, st.integers(0, 100), st.just(Unit.YEAR)),
)
year_ends = st.one_of(
    st.sampled_from(YEAR_ENDS),
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda d: (d.month, d.day)),
)


def of(text: str) -> Duration:
    count, unit = text.split()
    return Duration(int(count), Unit(unit.rstrip("s")))


@pytest.mark.parametrize(
    ("day", "period", "expected"),
    [
        ("2024-01-31", "1 month", "2024-02-29"),
        ("2023-01-31", "1 month", "2023-02-28"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2024-02-29", "4 years", "2028-02-29"),
        ("2024-02-29", "12 months", "2025-02-28"),
        ("2024-08-31", "6 months", "2025-02-28"),
        ("2024-12-31", "2 months", "2025-02-28"),
        ("2025-02-28", "1 month", "2025-03-28"),
        ("2025-03-30", "1 day", "2025-03-31"),
        ("2024-12-30", "2 weeks", "2025-01-13"),
        ("2025-06-15", "0 days", "2025-06-15"),
        ("9990-01-01", "20 years", "9999-12-31"),
    ],
)
def test_so_much_later_is_the_same_day_of_the_month_or_its_last(day: str, period: str, expected: str) -> None:
    assert add(date.fromisoformat(day), of(period)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "year", "ends", "expected"),
    [
        ("2025-01-01", Year.CALENDAR, (6, 30), "2025-12-31"),
        ("2025-12-31", Year.CALENDAR, (6, 30), "2025-12-31"),
        ("2025-06-30", Year.FINANCIAL, (6, 30), "2025-06-30"),
        ("2025-07-01", Year.FINANCIAL, (6, 30), "2026-06-30"),
        ("2025-03-01", Year.FINANCIAL, (2, 29), "2026-02-28"),
        ("2024-02-29", Year.FINANCIAL, (2, 29), "2024-02-29"),
        ("2023-03-01", Year.FINANCIAL, (2, 29), "2024-02-29"),
    ],
)
def test_a_year_ends_on_its_last_day(day: str, year: Year, ends: tuple[int, int], expected: str) -> None:
    assert end_of_year(date.fromisoformat(day), year, ends) == date.fromisoformat(expected)


def test_a_year_that_ends_beyond_the_calendar_ends_with_it() -> None:
    assert end_of_year(date(9999, 7, 1), Year.FINANCIAL, (6, 30)) == date.max
    assert ends_on(date(9999, 7, 1), of("1 day"), Year.FINANCIAL, (6, 30)) == date.max


def test_the_last_day_of_a_year_and_of_its_period_is_kept() -> None:
    # Issued in the year that ended 30 June 2020, kept five years: through 30 June 2025.
    assert ends_on(date(2019, 9, 1), of("5 years"), Year.FINANCIAL, (6, 30)) == date(2025, 7, 1)
    assert cutoff(date(2025, 6, 30), of("5 years"), Year.FINANCIAL, (6, 30)) == date(2019, 6, 30)
    assert cutoff(date(2025, 7, 1), of("5 years"), Year.FINANCIAL, (6, 30)) == date(2020, 6, 30)


@pytest.mark.parametrize("period", PERIODS, ids=str)
@pytest.mark.parametrize(
    ("year", "ends"),
    [(None, DECEMBER), (Year.CALENDAR, DECEMBER), *((Year.FINANCIAL, ends) for ends in YEAR_ENDS)],
    ids=str,
)
def test_the_cutoff_parts_the_days_about_every_month_end(
    period: Duration, year: Year | None, ends: tuple[int, int]
) -> None:
    """Each event's own first day without it is where the cutoff passes it."""
    events = [date(2023, 1, 1) + timedelta(days=n) for n in range(731)]

    for event in (e for e in events if e.day in (1, 15, 16, 28, 29, 30, 31)):
        gone = ends_on(event, period, year, ends)
        assert event <= cutoff(gone, period, year, ends)
        assert event > cutoff(gone - timedelta(days=1), period, year, ends)


@given(event=days, on=days, period=durations, year=st.sampled_from(YEARS), ends=year_ends)
@example(date(2024, 2, 29), date(2025, 2, 28), Duration(1, Unit.YEAR), None, DECEMBER)
@example(date(2024, 2, 29), date(2025, 2, 28), Duration(12, Unit.MONTH), None, DECEMBER)
@example(date(2023, 2, 28), date(2025, 3, 1), Duration(1, Unit.YEAR), Year.FINANCIAL, (2, 29))
def test_over_on_a_day_is_at_or_before_its_cutoff(
    event: date, on: date, period: Duration, year: Year | None, ends: tuple[int, int]
) -> None:
    assert (ends_on(event, period, year, ends) <= on) == (event <= cutoff(on, period, year, ends))


@given(first=days, apart=st.integers(0, 800), period=durations, year=st.sampled_from(YEARS), ends=year_ends)
def test_a_later_event_never_ends_earlier(
    first: date, apart: int, period: Duration, year: Year | None, ends: tuple[int, int]
) -> None:
    second = first + timedelta(days=apart)

    assert add(first, period) <= add(second, period)
    assert ends_on(first, period, year, ends) <= ends_on(second, period, year, ends)
    assert cutoff(first, period, year, ends) <= cutoff(second, period, year, ends)


@given(day=days, year=st.sampled_from(list(Year)), ends=year_ends)
def test_a_day_lies_in_the_year_that_ends_next(day: date, year: Year, ends: tuple[int, int]) -> None:
    last = end_of_year(day, year, ends)

    assert timedelta(0) <= last - day < timedelta(days=366)
    assert end_of_year(last, year, ends) == last
    assert end_of_year(last + timedelta(days=1), year, ends) > last


@given(day=days, unit=st.sampled_from(list(Unit)))
def test_a_longer_period_never_ends_earlier(day: date, unit: Unit) -> None:
    ends = [add(day, Duration(n, unit)) for n in range(40)]

    assert all(a < b for a, b in pairwise(ends))
