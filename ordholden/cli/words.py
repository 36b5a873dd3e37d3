"""What the command line says, in the reader's language: sentences, days, numbers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ordholden import lang
from ordholden.lang import LANGUAGES
from ordholden.lang.texts import texts
from ordholden.policy.document import THE_PERSON
from ordholden.problems import Problem

__all__ = ["LANGUAGES", "Words", "language_asked"]

FILES = ("commands", "demo")


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


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str

    def __call__(self, key: str, **facts: object) -> str:
        return self._found(key).format(**{k: self._plain(v) for k, v in facts.items()})

    def known(self, key: str) -> bool:
        group, name = _split(key)
        return name in texts(self.language, *FILES).get(group, {})

    def either(self, key: str, otherwise: str) -> str:
        return self._found(key) if self.known(key) else otherwise

    def _found(self, key: str) -> str:
        group, name = _split(key)
        return texts(self.language, *FILES)[group][name]

    def count(self, key: str, number: int, **facts: object) -> str:
        """A sentence about so many: `key:one` where there is one."""
        form = f"{key}:one" if number == 1 and self.known(f"{key}:one") else key
        return self(form, n=number, **facts)

    def word(self, group: str, value: str) -> str:
        """A value that the engine speaks of, as people read it."""
        return lang.translated(group, value, self.language)

    def problem(self, problem: Problem) -> lang.Message:
        return lang.say(problem.code, problem.facts, self.language)

    def evidence(self, code: str, facts: Mapping[str, object]) -> str:
        return lang.say(code, facts, self.language).says

    def ground(self, name: str) -> str:
        """What keeps a datum: an activity by its name, a hold, or that nobody declared it."""
        kind, _, rest = name.partition(" ")
        if name == "undeclared":
            return self("undeclared")
        return self("on hold", hold=rest) if kind == "hold" and rest.startswith("H-") else name

    def sources(self, names: Sequence[str]) -> str:
        return self.listed([self("explain:the person") if n == THE_PERSON else n for n in names])

    def article(self, article: str) -> str:
        return lang.article(article, self.language)

    def number(self, number: int) -> str:
        return lang.number(number, self.language)

    def share(self, part: int, whole: int) -> str:
        return lang.share(part / whole, self.language) if whole else ""

    def day(self, day: date) -> str:
        return lang.day(day, self.language)

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


def _split(key: str) -> tuple[str, str]:
    """`help:plan:on` is the text `plan.on` under the heading `help`."""
    group, colon, name = key.partition(":")
    return (group, name.replace(":", ".")) if colon else ("say", key)
