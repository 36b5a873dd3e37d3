"""What was measured: times of both, their ratio, and the bar that it is held against."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

__all__ = ["Bar", "Measured", "Stopwatch", "Wrong", "interleaved"]


class Wrong(Exception):
    """What was done is not what the hand-written statements do."""


@dataclass(frozen=True)
class Bar:
    """How near is near enough: `at_least` a share of the limit's speed, or at most so many times its time."""

    value: float
    at_least: bool = False

    def reached(self, ratio: float) -> bool:
        return ratio >= self.value if self.at_least else ratio <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}"


@dataclass(frozen=True)
class Measured:
    """One line of the table. `ours` and `limit` are medians in seconds, unless `unit` says otherwise."""

    work: str
    what: str  # of how much, against what
    ours: float
    limit: float
    ratio: float
    bar: Bar
    unit: str = "s"
    runs: int = 1
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        return self.bar.reached(self.ratio)

    @classmethod
    def times(cls, work: str, what: str, ours: list[Stopwatch], limit: list[float], bar: Bar) -> Measured:
        """Two lists of times; the ratio is speed where the bar is a share, and time where it is a multiple."""
        mine, best = median(w.total for w in ours), median(limit)
        names = dict.fromkeys(name for w in ours for name in w.parts)
        parts = {name: median(w.parts.get(name, 0.0) for w in ours) for name in names}
        ratio = best / mine if bar.at_least else mine / best
        return cls(work, what, mine, best, ratio, bar, runs=len(ours), parts=parts)

    def as_json(self) -> dict[str, object]:
        return {
            "work": self.work,
            "what": self.what,
            "ours": self.ours,
            "limit": self.limit,
            "unit": self.unit,
            "ratio": self.ratio,
            "bar": str(self.bar),
            "reached": self.reached,
            "runs": self.runs,
            "parts": self.parts,
        }


@dataclass
class Stopwatch:
    """Time by part; what is not in a part is not counted."""

    parts: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return sum(self.parts.values())

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.parts[name] = self.parts.get(name, 0.0) + time.perf_counter() - begin


def interleaved(
    runs: int, ours: Callable[[int], Stopwatch], limit: Callable[[int], float], *, warm: int = 0
) -> tuple[list[Stopwatch], list[float]]:
    """A B A B …; the first `warm` pairs are thrown away. Who begins alternates, too."""
    mine: list[Stopwatch] = []
    best: list[float] = []
    for number in range(runs + warm):
        gc.collect() if number % 20 == 0 else None
        for which in ("ours", "limit") if number % 2 else ("limit", "ours"):
            if which == "ours":
                mine.append(ours(number))
            else:
                best.append(limit(number))
    return mine[warm:], best[warm:]
