"""References to records, as the journal keeps them: enough to erase again after a restore, not enough to know who it was.

Whole numbers become ranges. A key that is itself personal (a phone number, a file's name) becomes a keyed digest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from ordholden.connectors.reading import Key
from ordholden.connectors.writing import Taken

__all__ = ["matches", "packed", "unpacked"]

Digest = Callable[[Key], str]


def packed(taken: Taken, digest: Digest | None) -> dict[str, Any]:
    """Keys as JSON; `digest` is given where the table's keys are personal."""
    if digest is not None:
        return {"digests": [digest(k) for k in taken.keys]}
    if taken.ranges:
        return {"ranges": [list(ends) for ends in taken.ranges]}
    keys = taken.listed
    if all(len(k) == 1 and isinstance(k[0], int) and not isinstance(k[0], bool) for k in keys):
        return {"ranges": _ranges(sorted(k[0] for k in keys))}  # type: ignore[misc]
    return {"keys": [[v if isinstance(v, int | str) else str(v) for v in k] for k in keys]}


def _ranges(numbers: Iterable[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def unpacked(stored: dict[str, Any]) -> Iterable[Key]:
    """The keys again, where they were not personal."""
    for first, last in stored.get("ranges", ()):
        yield from ((n,) for n in range(first, last + 1))
    for key in stored.get("keys", ()):
        yield tuple(key)


def matches(stored: dict[str, Any]) -> frozenset[str]:
    """The digests, where they were."""
    return frozenset(stored.get("digests", ()))


def key_text(key: Key) -> str:
    return json.dumps([v if isinstance(v, int | str) else str(v) for v in key], ensure_ascii=False)
