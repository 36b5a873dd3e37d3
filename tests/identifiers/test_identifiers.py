"""Every identifier passes its own samples and has one normal form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordholden import identifiers
from ordholden.identifiers import KINDS
from ordholden.identifiers.dk import cpr

SAMPLES = [
    pytest.param(kind, spelling, normal, id=f"{kind}:{spelling!r}")
    for kind, module in sorted(KINDS.items())
    for spelling, normal in module.SAMPLES
]
SPELLINGS = [spelling for module in KINDS.values() for spelling, _ in module.SAMPLES]

# Text that looks like an identifier finds more than text of any kind.
texts = st.one_of(
    st.text(max_size=40),
    st.text("0123456789+-. ()/;ext=Dlok#DK", max_size=24),
    st.from_regex(r"[^@\s]{0,6}@[^@\s]{0,6}\.[a-zæøå]{0,4}", fullmatch=True),
    st.from_regex(r"[0-9]{6}-?[0-9]{4}", fullmatch=True),
    st.sampled_from(SPELLINGS),
)


def test_every_kind_is_found_by_its_file() -> None:
    assert set(KINDS) == {"email", "phone", "cpr", "cvr", "plain"}


@pytest.mark.parametrize(("kind", "spelling", "normal"), SAMPLES)
def test_an_identifier_passes_its_own_samples(kind: str, spelling: str, normal: str | None) -> None:
    assert identifiers.normal(kind, spelling) == normal


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_samples_that_are_one_and_that_are_none(kind: str) -> None:
    normals = [normal for _, normal in KINDS[kind].SAMPLES]

    assert None in normals
    assert len(set(normals) - {None}) < len([n for n in normals if n]), "no two spellings of one value"


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(text=texts)
def test_the_normal_form_of_a_normal_form_is_itself(kind: str, text: str) -> None:
    once = identifiers.normal(kind, text)

    assert once is None or identifiers.normal(kind, once) == once


@pytest.mark.parametrize("kind", ["email", "plain"])
@given(text=texts)
def test_case_and_outer_white_space_never_tell_two_apart(kind: str, text: str) -> None:
    once = identifiers.normal(kind, text)

    assert identifiers.normal(kind, f"\u00a0{text.casefold()}\n") == once


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(text=texts)
def test_what_is_shown_never_is_the_value(kind: str, text: str) -> None:
    masked = identifiers.shown(kind, text)

    assert "**" in masked
    assert identifiers.normal(kind, masked) is None or identifiers.normal(kind, masked) != identifiers.normal(
        kind, text
    )


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("email", "Søren@nordlys.example", "s***@nordlys.example"),
        ("email", "a@nordlys.example", "***@nordlys.example"),
        ("email", "ingen mail", "***"),
        ("phone", "12345678", "+45 12 ** ** 78"),
        ("phone", "+46 8 123 456 78", "+46 81 ** ** *7 8"),
        ("phone", "ved ikke", "***"),
        ("cpr", "311257-5000", "311257-****"),
        ("cpr", 101575001, "010157-****"),
        ("cpr", "311357-5000", "******-****"),
        ("cvr", "12345674", "12****74"),
        ("customer number", "K-1029", "K***"),
        ("customer number", 7, "***"),
        ("local number", None, "***"),
    ],
)
def test_a_masked_value_shows_enough_to_recognise(kind: str, value: object, masked: str) -> None:
    assert identifiers.shown(kind, value) == masked


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("customer number", 1029, "1029"),
        ("customer number", "1029 ", "1029"),
        ("customer number", 1029.0, "1029"),
        ("customer number", Decimal("1029.00"), "1029"),
        ("customer number", Decimal("NaN"), "nan"),
        ("customer number", float("inf"), "inf"),
        ("customer number", b"K-1029", "k-1029"),
        ("phone", 12345678, "+4512345678"),
        ("cpr", 101575001, "0101575001"),
        ("cpr", "101575001", None),
        ("email", None, None),
    ],
)
def test_a_value_may_be_of_any_column_type(kind: str, value: object, normal: str | None) -> None:
    assert identifiers.normal(kind, value) == normal


def test_only_a_number_that_nobody_has_twice_proves_two_people() -> None:
    assert [kind for kind in sorted(KINDS) if identifiers.exclusive(kind)] == ["cpr"]
    assert not identifiers.exclusive("customer number")


# Sixty on the day where the year is one that people were born in: such a number is nobody's.
@pytest.mark.parametrize(
    ("number", "day"),
    [
        ("311236-4000", date(2036, 12, 31)),
        ("911237-4000", date(1937, 12, 31)),
        ("911299-0000", date(1999, 12, 31)),
        ("311236-9000", date(2036, 12, 31)),
        ("311257-5000", date(2057, 12, 31)),
        ("911258-8000", date(1858, 12, 31)),
        ("911257-5000", date(2057, 12, 31)),
        ("890200-4000", date(2000, 2, 29)),
        ("890200-0000", None),
        ("610057-5000", None),
    ],
)
def test_the_seventh_digit_tells_the_century(number: str, day: date | None) -> None:
    assert cpr.born(number) == day


def test_a_number_that_fails_the_check_digit_is_a_number() -> None:
    failing = [f"311257-50{n:02}" for n in range(100) if not cpr.modulus_11(f"311257-50{n:02}")]

    assert len(failing) > 80
    assert all(cpr.normal(number) for number in failing)


def test_ten_digits_in_a_text_are_certain_by_check_digit_or_by_new_years_day() -> None:
    holding = next(f"311257-50{n:02}" for n in range(100) if cpr.modulus_11(f"311257-50{n:02}"))
    failing = next(f"311257-50{n:02}" for n in range(100) if not cpr.modulus_11(f"311257-50{n:02}"))
    new_year = next(f"010157-50{n:02}" for n in range(100) if not cpr.modulus_11(f"010157-50{n:02}"))

    assert [cpr.certain(n) for n in (holding, failing, new_year, "311357-5000")] == [True, False, True, False]
