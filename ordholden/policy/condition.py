"""A condition on the columns of one table, as an engineer wrote it: all of its tests hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["ColumnCondition", "ColumnTest", "Present", "Values", "as_text", "blank", "comparable", "numbers"]

# A number as databases write it; 007 is a code.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass(frozen=True)
class Present:
    """The column has a value (or has none, where `present` is false); an empty text, or one of spaces, is none."""

    column: str
    present: bool

    def holds(self, row: Mapping[str, object]) -> bool:
        return blank(row.get(self.column)) is not self.present


@dataclass(frozen=True)
class Values:
    """The column's value, as text without regard to case, is one of these."""

    column: str
    values: tuple[str, ...]

    def holds(self, row: Mapping[str, object]) -> bool:
        value = row.get(self.column)
        return value is not None and as_text(value) in comparable(self.values)


ColumnTest = Present | Values


@dataclass(frozen=True)
class ColumnCondition:
    text: str
    tests: tuple[ColumnTest, ...]

    def holds(self, row: Mapping[str, object]) -> bool:
        return all(test.holds(row) for test in self.tests)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(test.column for test in self.tests)


def blank(value: object) -> bool:
    """Nothing is there: null, an empty text, or one of spaces (which some databases cannot tell from an empty one)."""
    return value is None or (isinstance(value, str) and not value.strip(" "))


def as_text(value: object) -> str:
    """A column's value as conditions compare it: true is 1 on every database, 1.50 is 1.5, spaces around do not count."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | Decimal):
        return _plain(str(value))
    return str(value).strip(" ").casefold()


def comparable(values: Iterable[str]) -> frozenset[str]:
    """What a condition's values are, compared as `as_text` gives a column's."""
    folded = {v.strip(" ").casefold() for v in values}
    return frozenset(folded | {_plain(v) for v in folded})


def numbers(values: Iterable[str]) -> tuple[Decimal, ...]:
    """Those of the values that are numbers."""
    return tuple(sorted({Decimal(v) for v in comparable(values) if _NUMBER.fullmatch(v)}))


def _plain(text: str) -> str:
    """A number without the zeros that say nothing; other text as it is."""
    if not _NUMBER.fullmatch(text):
        return text
    bare = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if bare == "-0" else bare
