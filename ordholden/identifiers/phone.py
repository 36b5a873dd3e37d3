"""Telephone numbers, in E.164; a number without a country is Danish.

Possible is enough. Which series are in use changes, and a number that a company holds is one that
somebody gave it. An extension is part of the number: two people behind one switchboard are two.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

SAMPLES: tuple[tuple[str, str | None], ...] = (
    ("+45 12 34 56 78", "+4512345678"),
    ("12345678", "+4512345678"),
    ("12 34 56 78", "+4512345678"),
    ("0045 12345678", "+4512345678"),
    ("4512345678", "+4512345678"),
    ("(+45) 12-34-56-78", "+4512345678"),
    ("tlf. 12.34.56.78", "+4512345678"),
    ("+46 8 123 456 78", "+46812345678"),
    ("12345678 ext. 9", "+4512345678;ext=9"),
    ("12 34 56 78 lok. 9", "+4512345678;ext=9"),
    ("12 34 56 78 (Anna, efter kl. 16)", "+4512345678"),
    ("", None),
    ("112", None),
    ("ukendt", None),
    ("12345678 / 12345679", None),
    ("1234 FEM 8", None),
)
EXCLUSIVE = False
WIDTH = 0
# Not eight: with its country the shortest number in the world has seven.
DIGITS = 7
COUNTRY = "DK"

# What nearly every number here looks like: read at once. The library takes fifty times as long.
_DANISH = re.compile(r"(?:\+45|0045|45(?=[0-9]{8}$))?([1-9][0-9]{7})", re.ASCII)
_DANISH_EXTENSION = re.compile(r"\b(?:lokalnr|lokal|lok)\b\.?", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def normal(text: str) -> str | None:
    """`+4512345678`; with an extension `+4512345678;ext=9`."""
    plain = _DANISH.fullmatch(text.replace(" ", ""))
    if plain is not None:
        return f"+45{plain[1]}"
    number = _parsed(text)
    if number is None:
        return None
    spelt = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{spelt};ext={number.extension}" if number.extension else spelt


def spellings(normal: str) -> tuple[str, ...]:
    """With and without the country, in one piece and in pairs."""
    digits = normal.removeprefix("+45")
    if ";" in normal or len(digits) != 8:
        return normal, f"00{normal[1:]}"
    bodies = (digits, " ".join(digits[i : i + 2] for i in range(0, 8, 2)), f"{digits[:4]} {digits[4:]}")
    countries = ("+45", "", "+45 ", "0045", "0045 ", "45", "45 ")
    return tuple(country + body for country in countries for body in bodies)


def shown(text: str) -> str:
    """`+45 12 ** ** 78`: the first and the last two digits."""
    number = _parsed(text)
    if number is None:
        return "***"
    digits = phonenumbers.national_significant_number(number)
    hidden = digits[:2] + "*" * (len(digits) - 4) + digits[-2:] if len(digits) > 5 else "*" * len(digits)
    pairs = " ".join(hidden[i : i + 2] for i in range(0, len(hidden), 2))
    return f"+{number.country_code} {pairs}"


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    if not any(map(str.isalpha, text)):
        return _whole(text)
    # Somebody's remark stands beside it ("Anna, efter kl. 16"). Two numbers in one field are none:
    # whose would it be?
    text = _DANISH_EXTENSION.sub(" ext. ", text)
    found = list(phonenumbers.PhoneNumberMatcher(text, COUNTRY, phonenumbers.Leniency.POSSIBLE))
    return found[0].number if len(found) == 1 else None


def _whole(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
