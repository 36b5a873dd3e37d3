"""An identifier of no kind we know: a customer's number, a login, a local number.

Two spellings are one when they differ in case (Unicode case: `SØREN` is `søren`), in white space
or in how an accented letter is composed.
"""

from __future__ import annotations

import unicodedata

SAMPLES: tuple[tuple[str, str | None], ...] = (
    ("K-1029", "k-1029"),
    ("k-1029 ", "k-1029"),
    ("  SØREN   Nord\t2 ", "søren nord 2"),
    ("A\u030arhus\u00a07", "århus 7"),
    ("0042", "0042"),
    ("", None),
    (" \u200b\n", None),
)
EXCLUSIVE = False
WIDTH = 0
DIGITS = 0

# Invisible marks that copying out of a web page or a mail brings along.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def normal(text: str) -> str | None:
    """Trimmed, without case, inner white space folded to one blank."""
    text = unicodedata.normalize("NFD", text.translate(_UNSEEN)).casefold()
    return " ".join(unicodedata.normalize("NFC", text).split()) or None


def spellings(normal: str) -> tuple[str, ...]:
    return (normal,)


def shown(text: str) -> str:
    """The first letter: `k***`."""
    folded = " ".join(text.translate(_UNSEEN).split())
    return f"{folded[0]}***" if len(folded) > 1 else "***"
