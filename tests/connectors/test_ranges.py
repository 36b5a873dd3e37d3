"""Keys packed by PostgreSQL become ranges."""

from __future__ import annotations

from itertools import pairwise

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordholden.connectors.sql.ranges import PACKED, unpacked_ranges
from tests.databases import Server


@given(numbers=st.sets(st.integers(-20, 20) | st.integers(-(2**63), 2**63 - 1)))
@settings(suppress_health_check=list(HealthCheck), max_examples=50, deadline=None)
def test_ranges_hold_every_number_that_was_taken_and_no_other(
    postgresql_server: Server, numbers: set[int]
) -> None:
    taken = PACKED.replace("{}", "SELECT unnest(%s::bigint[]) AS key0")
    with psycopg.connect(postgresql_server.admin.replace("+psycopg", "")) as connection:
        packed = connection.execute(taken, [list(numbers)]).fetchone()

    assert packed is not None
    ranges = unpacked_ranges(packed[0])
    assert sum(last - first + 1 for first, last in ranges) == len(numbers)
    assert all(any(first <= n <= last for first, last in ranges) for n in numbers)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges))
