"""What the command line says, in the reader's language: sentences, days, numbers."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from ordholden.problems import Problem

__all__ = ["LANGUAGES", "Said", "Words", "language_asked"]

LANGUAGES = ("da", "en")

_MONTHS = {
    "da": "januar februar marts april maj juni juli august september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def language_asked(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """The language named on the line, else the one of the environment; Danish where that begins with da."""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--language":
            asked = value if equals else "".join(arguments[index + 1 : index + 2])
            if asked in LANGUAGES:
                return asked
    for variable in ("ORDHOLDEN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(variable):
            return "da" if environment[variable].lower().startswith("da") else "en"
    return "en"


@cache
def _sentences(language: str) -> Mapping[str, str]:
    module = importlib.import_module(f"ordholden.lang.{language}.commands")
    return cast(Mapping[str, str], module.WORDS)


class Said(NamedTuple):
    """A problem in words: what is wrong, what to do, and the article of law where there is one."""

    sentence: str
    suggestion: str = ""
    article: str = ""


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str

    def __call__(self, key: str, **facts: object) -> str:
        return _sentences(self.language)[key].format(**{k: self._plain(v) for k, v in facts.items()})

    def known(self, key: str) -> bool:
        return key in _sentences(self.language)

    def either(self, key: str, otherwise: str) -> str:
        return _sentences(self.language).get(key, otherwise)

    def count(self, key: str, number: int, **facts: object) -> str:
        """A sentence about so many: `key:one` where there is one."""
        form = f"{key}:one" if number == 1 and self.known(f"{key}:one") else key
        return self(form, n=number, **facts)

    def problem(self, problem: Problem) -> Said:
        return Said(f"{problem.code} {dict(problem.facts)}")

    def evidence(self, code: str, facts: Mapping[str, object]) -> str:
        return f"{code} {dict(facts)}"

    def number(self, number: int) -> str:
        return f"{number:,}".replace(",", "." if self.language == "da" else ",")

    def share(self, part: int, whole: int) -> str:
        percent = f"{part / whole:.0%}" if whole else ""
        return percent.replace("%", " %") if self.language == "da" else percent

    def day(self, day: date) -> str:
        dot = "." if self.language == "da" else ""
        return f"{day.day}{dot} {_MONTHS[self.language][day.month - 1]} {day.year}"

    def through(self, until: date) -> str:
        """The last day with, of a first day without: the only one people are shown."""
        return self.day(until - timedelta(days=1))

    def moment(self, moment: datetime) -> str:
        here = moment.astimezone(ZoneInfo("Europe/Copenhagen"))
        clock = f"{here:%H.%M}" if self.language == "da" else f"{here:%H:%M}"
        return f"{self.day(here.date())}, {clock}"

    def listed(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            return "".join(words)
        return self("and", first=", ".join(words[:-1]), last=words[-1])

    def _plain(self, value: object) -> object:
        match value:
            case bool():
                return value
            case int():
                return self.number(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case _:
                return value
