"""When a duty is next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ordholden.worker.duty import DUTIES, hourly, nightly, seconds


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-11-22T01:29", "2026-11-22T01:30"),  # half past two in winter
        ("2026-11-22T01:30", "2026-11-23T01:30"),
        ("2026-07-01T12:00", "2026-07-02T00:30"),  # half past two in summer
        (
            "2026-03-28T12:00",
            "2026-03-29T01:30",
        ),  # there is no half past two this night, and it is not left out
        ("2026-10-24T12:00", "2026-10-25T00:30"),  # there are two, and only the first counts
        ("2026-10-25T00:30", "2026-10-26T01:30"),
    ],
)
def test_the_night_is_half_past_two_in_copenhagen(now: str, night: str) -> None:
    assert nightly(at(now)) == at(night)


def test_the_hour_is_full() -> None:
    assert hourly(at("2026-11-22T23:00")) == at("2026-11-23T00:00")


def test_seconds_are_counted_from_now() -> None:
    assert seconds(10)(at("2026-11-22T23:59:55")) == at("2026-11-23T00:00:05")


def test_every_duty_has_a_name_of_its_own() -> None:
    assert len({d.name for d in DUTIES}) == len(DUTIES)
