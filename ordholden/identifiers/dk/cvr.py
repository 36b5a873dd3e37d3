"""CVR numbers: eight digits and a check, a company's. That of a one-person firm is about a person.

The samples are numbers whose check holds and that nobody would choose.
"""

from __future__ import annotations

from stdnum.dk import cvr

SAMPLES: tuple[tuple[str, str | None], ...] = (
    ("12345674", "12345674"),
    ("DK 12 34 56 74", "12345674"),
    ("dk12345674", "12345674"),
    ("CVR-nr. 12345674", "12345674"),
    ("12345678", None),
    ("02345674", None),
    ("1234567", None),
    ("", None),
)
EXCLUSIVE = False
WIDTH = 8
DIGITS = 8


def normal(text: str) -> str | None:
    """Eight digits, none where the check digit fails."""
    number = cvr.compact(text.strip().upper().removeprefix("CVR-NR.").removeprefix("CVR"))
    return number if number.isascii() and cvr.is_valid(number) else None


def spellings(normal: str) -> tuple[str, ...]:
    return normal, f"DK{normal}", f"DK {normal}"


def shown(text: str) -> str:
    """`12****74`."""
    number = normal(text)
    return f"{number[:2]}****{number[-2:]}" if number else "***"
