"""Many keys that are whole numbers: PostgreSQL hands them over packed, and here they are unpacked, or laid together as ranges.

Ten thousand keys as rows take the server longer to send, and us to read, than they took to delete; and letting the server
itself find where one follows the other without a gap takes it as long again.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

__all__ = ["PACKED", "packed", "unpacked", "unpacked_ranges"]

PACKED = "WITH gone AS ({}) SELECT array_send(array_agg(key0::bigint)) FROM gone"
"""Around a statement that returns whole numbers as `key0`: all of them in one value."""

# What stands before the first number: dimensions, flags, the numbers' type, how many, and where counting begins.
_HEAD = 20
# Before each number its length, which is always the same.
_EACH = "4xq"


def packed(number: sa.ColumnElement[Any]) -> sa.ColumnElement[bytes]:
    """All numbers of a group in one value."""
    return sa.func.array_send(sa.func.array_agg(sa.cast(number, sa.BigInteger)), type_=sa.LargeBinary)


def unpacked(packed: bytes | None) -> list[int]:
    """The numbers in one value, in their order."""
    if packed is None:
        return []
    count = (len(packed) - _HEAD) // struct.calcsize(f">{_EACH}")
    return sorted(struct.unpack_from(f">{_EACH * count}", packed, _HEAD))


def unpacked_ranges(packed: bytes | None) -> tuple[tuple[int, int], ...]:
    """First and last of every run of numbers without a gap, in their order."""
    numbers = unpacked(packed)
    if not numbers:
        return ()
    count = len(numbers)
    if numbers[-1] - numbers[0] == count - 1:
        return ((numbers[0], numbers[-1]),)
    ends = [n for n, (one, next_) in enumerate(pairwise(numbers)) if next_ - one != 1]
    firsts, lasts = [0, *(n + 1 for n in ends)], [*ends, count - 1]
    return tuple((numbers[first], numbers[last]) for first, last in zip(firsts, lasts, strict=True))
