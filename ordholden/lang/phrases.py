"""What a door says, in the reader's language: sentences with facts, days, moments, numbers, lists.

A door names its files of words; a key is `group:name` in them, and a key without a group stands under `say`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ordholden.lang.message import Message, say
from ordholden.lang.texts import texts
from ordholden.lang.words import article, day, number, share, translated

__all__ = ["COPENHAGEN", "Coded", "Words"]

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class Coded(Protocol):
    """What is said by a code with its facts: a problem."""

    @property
    def code(self) -> str: ...

    @property
    def facts(self) -> Mapping[str, object]: ...


@dataclass(frozen=True)
class Words:
    """The words of one language, in these files."""

    language: str
    files: tuple[str, ...]

    def __call__(self, key: str, **facts: object) -> str:
        group, name = _split(key)
        return self._all(group)[name].format(**{k: self._plain(v) for k, v in facts.items()})

    def known(self, key: str) -> bool:
        group, name = _split(key)
        return name in self._all(group)

    def names(self, group: str) -> tuple[str, ...]:
        return tuple(self._all(group))

    def either(self, key: str, otherwise: str) -> str:
        return self(key) if self.known(key) else otherwise

    def count(self, key: str, number: int, **facts: object) -> str:
        """A sentence about so many: `key.one` where there is one."""
        one = f"{key}.one"
        return self(one if number == 1 and self.known(one) else key, n=number, **facts)

    def word(self, group: str, value: str) -> str:
        """A value that the engine speaks of, else the door, as people read it."""
        key = f"{group}:{value}"
        of_engine = group in texts(self.language, "words")
        return self(key) if not of_engine and self.known(key) else translated(group, value, self.language)

    def coded(self, code: str, facts: Mapping[str, object]) -> str:
        return say(code, facts, self.language).says

    def problem(self, problem: Coded) -> Message:
        return say(problem.code, problem.facts, self.language)

    def article(self, cited: str) -> str:
        return article(cited, self.language)

    def number(self, value: float) -> str:
        return number(value, self.language)

    def share(self, part: int, whole: int) -> str:
        return share(part / whole, self.language) if whole else ""

    def day(self, on: date) -> str:
        if isinstance(on, datetime):
            on = on.astimezone(COPENHAGEN).date()
        return day(on, self.language)

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
        return self("and", first=", ".join(words[:-1]), last=words[-1])

    def _all(self, group: str) -> Mapping[str, str]:
        return texts(self.language, *self.files).get(group, {})

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
