"""A month is counted as regulation 1182/71 counts it, on the Danish calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordholden.law.deadline import after_hours, answer_due, extended_due, holiday, months_after


@pytest.mark.parametrize(
    ("received", "nominal", "legal"),
    [
        ("2026-03-05", "2026-04-05", "2026-04-07"),  # Easter Sunday, and the Monday after it
        ("2026-01-31", "2026-02-28", "2026-03-02"),  # no 31 February; a Saturday
        ("2024-08-31", "2024-09-30", "2024-09-30"),
        ("2023-04-05", "2023-05-05", "2023-05-08"),  # Store Bededag, the last one
        ("2024-03-26", "2024-04-26", "2024-04-26"),  # the same day a year later is none
        ("2026-05-05", "2026-06-05", "2026-06-05"),  # Grundlovsdag is no statutory holiday
        ("2026-11-24", "2026-12-24", "2026-12-24"),  # nor is Christmas Eve
        ("2026-11-25", "2026-12-25", "2026-12-28"),  # Christmas Day, Boxing Day, Sunday
        ("2026-12-01", "2027-01-01", "2027-01-04"),
    ],
)
def test_an_answer_is_due_a_month_after_receipt_on_a_working_day(
    received: str, nominal: str, legal: str
) -> None:
    due = answer_due(date.fromisoformat(received))

    assert (due.nominal, due.legal) == (date.fromisoformat(nominal), date.fromisoformat(legal))


@pytest.mark.parametrize(
    ("received", "legal"),
    [("2026-05-05", "2026-06-08"), ("2026-11-24", "2026-12-28"), ("2026-11-30", "2026-12-30")],
)
def test_days_that_are_closed_by_custom_count_only_where_somebody_says_so(received: str, legal: str) -> None:
    assert answer_due(date.fromisoformat(received), customary=True).legal == date.fromisoformat(legal)


def test_an_extension_counts_from_the_day_of_receipt() -> None:
    due = extended_due(date(2026, 1, 31))

    assert (due.nominal, due.legal) == (date(2026, 4, 30), date(2026, 4, 30))


def test_a_promise_of_fewer_days_is_the_day_to_work_towards() -> None:
    promised = answer_due(date(2026, 3, 5), own_days=30)
    february = answer_due(date(2026, 1, 31), own_days=30)

    assert (promised.own, promised.first) == (date(2026, 4, 4), date(2026, 4, 4))
    assert (february.own, february.first) == (date(2026, 3, 2), date(2026, 3, 2))


def test_whoever_aims_at_the_working_day_before_is_right_under_every_reading() -> None:
    assert answer_due(date(2026, 3, 5)).internal == date(2026, 4, 1)


def test_a_pause_moves_every_date_and_lands_on_a_working_day_again() -> None:
    due = answer_due(date(2026, 3, 5), own_days=30).later(6)

    assert (due.nominal, due.own, due.legal) == (date(2026, 4, 11), date(2026, 4, 10), date(2026, 4, 13))


def test_hours_run_through_nights_weekends_and_the_change_of_clocks() -> None:
    known = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)

    assert after_hours(known, 72) == datetime(2026, 3, 30, 15, 0, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 12))
def test_a_period_ends_on_a_working_day_not_before_its_calendar_day(received: date, months: int) -> None:
    due = answer_due(received, months=months)

    assert due.internal is not None
    assert due.internal <= due.nominal == months_after(received, months) <= due.legal
    assert (due.legal - due.nominal).days <= 6
    assert due.legal.weekday() < 5
    assert not holiday(due.legal)
