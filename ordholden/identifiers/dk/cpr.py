"""CPR numbers: DDMMYY and four digits, given to people in Denmark and never given twice.

The check digit (modulus 11) rejects nothing: since October 2007 numbers are given out that do not
fulfil it, and the CPR office demands that they be accepted. It is a score, for those who look for
numbers in free text (`modulus_11`, `certain`). The century is read from the seventh digit. A
hospital's replacement number, sixty added to the day, is known by the same rules.

The samples are people who are not born yet.
"""

from __future__ import annotations

import re
from datetime import date

SAMPLES: tuple[tuple[str, str | None], ...] = (
    ("311257-5000", "3112575000"),
    ("3112575000", "3112575000"),
    (" 31 12 57 - 5000 ", "3112575000"),
    ("311257\u20135000", "3112575000"),
    ("010157-5001", "0101575001"),
    ("911257-5000", "9112575000"),
    ("290257-5000", None),
    ("000057-5000", None),
    ("311357-5000", None),
    ("31125-75000", None),
    ("311257-500", None),
    ("311257-****", None),
    ("ukendt", None),
    ("", None),
)
EXCLUSIVE = True
WIDTH = 10
# A number column may have lost the zero in front.
DIGITS = 9

_FORM = re.compile(r"([0-9]{2})[ ./]?([0-9]{2})[ ./]?([0-9]{2})\s*[-\u2010-\u2015]?\s*([0-9]{4})")
_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_REPLACEMENT = 60

# Seventh digit → (two-digit years up to here, their century, the century of later ones).
_CENTURIES = {
    **dict.fromkeys("0123", (99, 1900, 1900)),
    **dict.fromkeys("49", (36, 2000, 1900)),
    **dict.fromkeys("5678", (57, 2000, 1800)),
}


def normal(text: str) -> str | None:
    """Ten digits."""
    digits = _digits(text)
    return digits if digits and born(digits) else None


def spellings(normal: str) -> tuple[str, ...]:
    return normal, f"{normal[:6]}-{normal[6:]}", f"{normal[:6]} {normal[6:]}"


def shown(text: str) -> str:
    """`010203-****`: the day of birth, none of what tells one from another."""
    digits = normal(text)
    return f"{digits[:6]}-****" if digits else "******-****"


def born(text: str) -> date | None:
    """The day of birth that the number says."""
    digits = _digits(text)
    if digits is None:
        return None
    day, month, year = (int(digits[i : i + 2]) for i in (0, 2, 4))
    last, century, later = _CENTURIES[digits[6]]
    try:
        return date(
            year + (century if year <= last else later),
            month,
            day - _REPLACEMENT if day > _REPLACEMENT else day,
        )
    except ValueError:
        return None


def modulus_11(text: str) -> bool:
    """Whether the check digit holds, as it does for every number given before October 2007."""
    digits = _digits(text)
    return digits is not None and sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 11 == 0


def certain(text: str) -> bool:
    """Whether ten digits found in free text are a CPR number without a word beside them saying so.

    Numbers that fail the check digit were given for first of January birthdays only, where the
    other numbers had run out.
    """
    day = born(text)
    return day is not None and (modulus_11(text) or (day.day, day.month) == (1, 1))


def _digits(text: str) -> str | None:
    form = _FORM.fullmatch(text.strip())
    return "".join(form.groups()) if form else None
