"""What is wrong, as a value with a place.

In: a room that found something. Out: a `Problem`, which a door prints in the reader's language or as JSON. A mistake in
what a user wrote is never an exception on its way to the user: checks collect problems and go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

__all__ = ["Level", "Place", "Problem", "Problems", "Refusal", "nearest"]


class Level(StrEnum):
    """How much a problem weighs: an error stops, a warning is shown, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a user's file; line and column count from one."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def shifted(self, columns: int) -> Place:
        """The place that many characters further on the same line."""
        return Place(self.file, self.line, self.column + columns)


@dataclass(frozen=True)
class Problem:
    """One finding: a code that the docs explain, the place, and the facts that its sentence needs."""

    code: str
    at: Place | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    level: Level = Level.ERROR


class Problems:
    """Collects problems while a file is read; nothing stops at the first."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def error(self, code: str, at: Place | None, **facts: object) -> None:
        self.add(Problem(code, at, {k: str(v) for k, v in facts.items()}))

    def warning(self, code: str, at: Place | None, **facts: object) -> None:
        self.add(Problem(code, at, {k: str(v) for k, v in facts.items()}, Level.WARNING))

    def note(self, code: str, at: Place | None, **facts: object) -> None:
        self.add(Problem(code, at, {k: str(v) for k, v in facts.items()}, Level.NOTE))

    def add(self, problem: Problem) -> None:
        if problem not in self._found:
            self._found.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.add(problem)

    @property
    def all(self) -> tuple[Problem, ...]:
        return tuple(self._found)

    @property
    def broken(self) -> bool:
        return any(p.level is Level.ERROR for p in self._found)


class Refusal(Exception):
    """The user asked for something that cannot be done as asked; the problems say why and what to do instead."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(p.code for p in problems))
        self.problems = problems

    @classmethod
    def of(cls, code: str, at: Place | None = None, **facts: object) -> Refusal:
        return cls(Problem(code, at, {k: str(v) for k, v in facts.items()}))


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that the user probably meant, or nothing."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
