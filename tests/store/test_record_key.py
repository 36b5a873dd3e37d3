"""A record's key as text: equal keys, one text; the number 7 and the text "7", two."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ordholden.store import key_from_text, key_to_text

SCALARS = some.one_of(
    some.integers(),
    some.text(),
    some.uuids(),
    some.dates(),
    some.binary(),
    some.decimals(allow_nan=False, allow_infinity=False),
)
KEYS = some.one_of(SCALARS, some.tuples(SCALARS, SCALARS))


@given(KEYS)
def test_a_key_is_read_as_it_was_written(key: object) -> None:
    assert key_from_text(key_to_text(key)) == key


@given(KEYS, KEYS)
def test_two_keys_have_one_text_exactly_when_they_are_equal(one: object, other: object) -> None:
    assert (key_to_text(one) == key_to_text(other)) == (one == other)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (7, "7"),
        ("7", '"7"'),
        ("Søren", '"Søren"'),
        (Decimal("7.00"), "7"),
        (Decimal("7.50"), '{"decimal": "7.50"}'),
        (UUID(int=7), '{"uuid": "00000000-0000-0000-0000-000000000007"}'),
        (date(2026, 7, 1), '{"date": "2026-07-01"}'),
        (b"\x07", '{"bytes": "07"}'),
        ((7, "7"), '{"tuple": ["7", "\\"7\\""]}'),
    ],
)
def test_the_text_stays_what_it_is(key: object, text: str) -> None:
    assert key_to_text(key) == text


@pytest.mark.parametrize("key", [None, 7.0, object(), [7]])
def test_what_can_be_no_key_is_not_written(key: object) -> None:
    with pytest.raises(TypeError):
        key_to_text(key)
