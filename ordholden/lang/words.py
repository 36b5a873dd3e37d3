"""Single words, days, numbers and counted things, as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from ordholden.lang.texts import texts

__all__ = ["article", "counted", "day", "duration", "number", "share", "translated", "word"]

_DURATION = re.compile(r"(?P<n>[0-9]+) (?P<unit>day|week|month|year)s?")


def word(key: str, language: str) -> str:
    """The word under `group.name`."""
    group, _, name = key.partition(".")
    return texts(language, "words")[group][name]


def translated(group: str, value: str, language: str) -> str:
    """A value that the engine speaks of, as people read it; several, divided by commas, each by itself."""
    known = texts(language, "words").get(group, {})
    if value in known:
        return known[value]
    before, colon, after = value.partition(": ")
    if colon and after in known:
        return f"{before}: {known[after]}"
    return ", ".join(_numbered(part, known) for part in value.split(", "))


def _numbered(part: str, known: Mapping[str, str]) -> str:
    """The word; or, of `contract 2`, the word with its number."""
    head, _, last = part.rpartition(" ")
    return f"{known.get(head, head)} {last}" if last.isdecimal() and head else known.get(part, part)


def day(on: date, language: str) -> str:
    """`22. november 2026`, `22 November 2026`."""
    dot = "." if language == "da" else ""
    return f"{on.day}{dot} {word(f'month.{on.month}', language)} {on.year}"


def number(value: float, language: str) -> str:
    """`12.345` and `0,5` in Danish, `12,345` and `0.5` in English."""
    written = f"{value:,}"
    return written.translate(str.maketrans(",.", ".,")) if language == "da" else written


def share(part: float, language: str) -> str:
    """`25 %` in Danish, `25%` in English."""
    return f"{part:.0%}".replace("%", " %") if language == "da" else f"{part:.0%}"


def counted(count: int, what: str, language: str) -> str:
    """`1 record`, `12,345 records`."""
    one, many = word(f"count.{what}", language).split("|")
    return f"{number(count, language)} {one if count == 1 else many}"


_ARTICLE = re.compile(r"art\. (\d+)\((\d+)\)(?:\(([a-z])\))?")


def article(cited: str, language: str) -> str:
    """`GDPR art. 6(1)(f)` as lawyers of the language write it: `GDPR art. 6, stk. 1, litra f`."""
    if language != "da":
        return cited
    return _ARTICLE.sub(lambda m: f"art. {m[1]}, stk. {m[2]}" + (f", litra {m[3]}" if m[3] else ""), cited)


def duration(text: str, language: str) -> str:
    """A duration as the policy writes it (`2 years`), as people read it."""
    return _DURATION.sub(lambda m: counted(int(m["n"]), m["unit"], language), text)
