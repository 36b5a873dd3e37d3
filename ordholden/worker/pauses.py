"""How long is waited after something failed: longer each time, and never given up."""

from __future__ import annotations

from datetime import timedelta

__all__ = ["PAUSES", "pause"]

PAUSES = tuple(
    timedelta(minutes=m) for m in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)
)  # after the last one, once a day


def pause(failures: int, *, at_most: timedelta | None = None) -> timedelta:
    """The pause after so many failures in a row."""
    found = PAUSES[min(max(failures, 1), len(PAUSES)) - 1]
    return found if at_most is None else min(found, at_most)
