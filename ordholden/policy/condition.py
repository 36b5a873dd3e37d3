"""A condition on the columns of one table, as an engineer wrote it: all of its tests hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ColumnCondition", "ColumnTest", "Present", "Values", "as_text"]


@dataclass(frozen=True)
class Present:
    """The column has a value (or has none, where `present` is false); an empty text is none."""

    column: str
    present: bool

    def holds(self, row: Mapping[str, object]) -> bool:
        return (row.get(self.column) not in (None, "")) is self.present


@dataclass(frozen=True)
class Values:
    """The column's value, as text without regard to case, is one of these."""

    column: str
    values: tuple[str, ...]

    def holds(self, row: Mapping[str, object]) -> bool:
        value = row.get(self.column)
        return value is not None and as_text(value) in {v.casefold() for v in self.values}


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


def as_text(value: object) -> str:
    """A column's value as conditions compare it: true is 1 on every database, spaces around do not count."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value).strip().casefold()
