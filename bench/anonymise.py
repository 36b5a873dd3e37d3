"""Rows that stay, without the people in them: six columns of each, by one UPDATE or by us; and once again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.measure import Bar, Measured, Stopwatch, Wrong, interleaved
from bench.place import Place
from bench.road import Road
from ordholden.plans.plan import Scope, ScopeKind

__all__ = ["anonymise"]

SWEEP = Scope(ScopeKind.SWEEP)


def _fill(connection: psycopg.Connection[tuple[object, ...]], rows: int) -> None:
    connection.execute(
        "CREATE TABLE members (id bigint NOT NULL, name text NOT NULL, street text, city text, email text NOT NULL,"
        " phone text, note text, fee int, left_on date)"
    )
    connection.execute(
        """INSERT INTO members SELECT g, 'Medlem ' || g, 'Gade ' || g %% 8971, 'By ' || g %% 97, 'medlem' || g || '@post.example',
           '+45 00 ' || lpad((g %% 1000000)::text, 6, '0'), 'Note ' || md5(g::text), g %% 500, date '2020-01-01' + (g * 1000 / %(rows)s)::int
           FROM generate_series(1, %(rows)s) g""",
        {"rows": rows},
    )
    connection.execute("ALTER TABLE members ADD PRIMARY KEY (id)")
    connection.execute("CREATE UNIQUE INDEX ON members (email)")
    connection.execute("CREATE INDEX ON members (left_on)")


_BY_HAND = """
UPDATE members SET name = '-', street = NULL, city = NULL, email = 'erased-' || id || '@invalid.example', phone = NULL, note = NULL
WHERE left_on <= '2024-11-22'
"""
_CONTENT = "SELECT count(*), sum(hashtextextended(members::text, 0)) FROM members"


def anonymise(place: Place) -> Iterator[Measured]:
    rows = max(place.sizes.rows // 10, 1_000)
    name = f"members_{rows}"
    place.filled(name, lambda connection: _fill(connection, rows))
    there = set()
    again: list[Stopwatch] = []

    def content(url: str) -> tuple[object, ...]:
        with place.connect(url) as connection:
            return tuple(connection.execute(_CONTENT).fetchone() or ())

    def ours(number: int) -> Stopwatch:
        watch, second = Stopwatch(), Stopwatch()
        with place.copy(name) as url, Road("people", url, place.folder / f"{name}-{number}") as road:
            with watch.part("plan"):
                kept = road.plan(SWEEP)
            with watch.part("apply"):
                road.apply(kept)
            if road.done(kept) != {"anonymise members": rows} or kept.plan.rows != rows:
                raise Wrong(f"receipts say {road.done(kept)}, the plan {kept.plan.rows}")
            there.add(content(url))
            with place.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE members")
            with second.part("again"):
                kept = road.plan(SWEEP)
                road.apply(kept)
            if road.done(kept):
                raise Wrong(f"a second run did {road.done(kept)}")
            again.append(second)
        return watch

    def by_hand(number: int) -> float:
        with place.copy(name) as url, place.connect(url, autocommit=True) as connection:
            begin = time.perf_counter()
            connection.execute(_BY_HAND)
            took = time.perf_counter() - begin
            there.add(content(url))
        return took

    mine, best = interleaved(3, ours, by_hand)
    if len(there) != 1:
        raise Wrong(f"different rows are there: {there}")
    place.drop(name)
    yield Measured.times(
        "anonymise", f"{rows:,} rows, six columns, against one UPDATE", mine, best, Bar(0.9, at_least=True)
    )
    yield Measured.times(
        "again", "a second run, against the first", again, [w.total for w in mine], Bar(0.02)
    )
