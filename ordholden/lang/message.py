"""A code with its facts, as a sentence in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ordholden.lang.texts import LANGUAGES, texts
from ordholden.lang.words import counted, day, duration, number, translated

__all__ = ["EVIDENCE", "FILES", "Message", "codes", "placeholders", "say"]

EVIDENCE = "evidence"
"""The file of what was looked at to say how a promise stands; there is nothing to do about it."""

FILES = (
    "files",
    "policy",
    "fits",
    "law",
    "live",
    "plans",
    "people",
    "cases",
    "post",
    "store",
    "doors",
    "staff",
    EVIDENCE,
)

# {name}, {name:group} for a word of that group, {name:#thing} for so many of them.
_PLACE = re.compile(r"\{(?P<name>\w+)(?::(?P<form>#?\w+))?\}")
# [Left out where one of its facts is empty.]
_MAYBE = re.compile(r" ?\[(?P<part>[^\[\]]*)\]")


@dataclass(frozen=True)
class Message:
    """What is wrong, what to do about it, and the article of law where there is one."""

    says: str
    do: str = ""
    law: str = ""


def say(code: str, facts: Mapping[str, object], language: str) -> Message:
    """The code in words. One that this release does not know (from an older plan) is said as it is."""
    found = texts(language, *FILES).get(code)
    if found is None:
        return Message(
            ": ".join([code, *([", ".join(f"{k} {v}" for k, v in facts.items())] if facts else [])])
        )
    says, do = (_filled(found.get(part, ""), facts, language) for part in ("says", "do"))
    return Message(says, do, found.get("law", ""))


def codes() -> tuple[str, ...]:
    """Every code that has words."""
    return tuple(sorted({code for language in LANGUAGES for code in texts(language, *FILES)}))


def placeholders(text: str) -> frozenset[tuple[str, str]]:
    """The facts that a text speaks of, each with its form."""
    return frozenset((m["name"], m["form"] or "") for m in _PLACE.finditer(text))


def _filled(text: str, facts: Mapping[str, object], language: str) -> str:
    def part(match: re.Match[str]) -> str:
        inner = match["part"]
        known = all(str(facts.get(name, "")) for name, _ in placeholders(inner))
        return match[0].replace(f"[{inner}]", inner) if known else ""

    def place(match: re.Match[str]) -> str:
        return _form(facts.get(match["name"], ""), match["form"] or "", language)

    return _PLACE.sub(place, _MAYBE.sub(part, text))


def _form(value: object, form: str, language: str) -> str:
    written = str(value)
    if form.startswith("#"):
        return counted(int(written), form[1:], language) if written.isdecimal() else written
    match form:
        case "":
            return written
        case "number":
            return number(int(written), language) if written.isdecimal() else written
        case "day":
            return day(date.fromisoformat(written), language) if written else ""
        case "duration":
            return duration(written, language)
        case _:
            return translated(form, written, language)
