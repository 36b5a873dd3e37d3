"""What the pages say, in the reader's language: sentences, days, moments, numbers.

A key is `group:name`, as it stands in a file `lang/<code>/web*.yaml`; a room of pages brings its own file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from django.utils import translation

from ordholden import lang
from ordholden.lang.texts import texts
from ordholden.problems import Problem

__all__ = ["COPENHAGEN", "Words", "files_of_words", "spoken"]

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@cache
def files_of_words() -> tuple[str, ...]:
    folder = files("ordholden.lang").joinpath("da")
    return tuple(
        sorted(
            f.name.removesuffix(".yaml")
            for f in folder.iterdir()
            if f.name.startswith("web") and f.name.endswith(".yaml")
        )
    )


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str

    def __call__(self, key: str, **facts: object) -> str:
        group, _, name = key.partition(":")
        return self._all(group)[name].format(**{k: self._plain(v) for k, v in facts.items()})

    def known(self, key: str) -> bool:
        group, _, name = key.partition(":")
        return name in self._all(group)

    def names(self, group: str) -> tuple[str, ...]:
        return tuple(self._all(group))

    def either(self, key: str, otherwise: str) -> str:
        return self(key) if self.known(key) else otherwise

    def count(self, key: str, number: int, **facts: object) -> str:
        """A sentence about so many: `key.one` where there is one."""
        one = f"{key}.one"
        return self(one if number == 1 and self.known(one) else key, n=number, **facts)

    def _all(self, group: str) -> Mapping[str, str]:
        return texts(self.language, *files_of_words()).get(group, {})

    def word(self, group: str, value: str) -> str:
        """A value that the engine or the pages speak of, as people read it."""
        key = f"{group}:{value}"
        return self(key) if self.known(key) else lang.translated(group, value, self.language)

    def problem(self, problem: Problem) -> lang.Message:
        return lang.say(problem.code, problem.facts, self.language)

    def number(self, number: float) -> str:
        return lang.number(number, self.language)

    def day(self, day: date) -> str:
        if isinstance(day, datetime):
            day = day.astimezone(COPENHAGEN).date()
        return lang.day(day, self.language)

    def through(self, until: date) -> str:
        """The last day with, of a first day without: the only one people are shown."""
        return self.day(until - timedelta(days=1))

    def moment(self, moment: datetime) -> str:
        here = moment.astimezone(COPENHAGEN)
        clock = f"{here:%H.%M}" if self.language == "da" else f"{here:%H:%M}"
        return f"{self.day(here.date())}, {clock}"

    def listed(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            return "".join(words)
        return self("say:and", first=", ".join(words[:-1]), last=words[-1])

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


def spoken() -> Words:
    """The words of the language that this request is answered in."""
    return Words((translation.get_language() or "da")[:2])
