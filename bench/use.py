"""May these people be written to? A list of a million, as before a newsletter goes out."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.measure import Bar, Measured, Stopwatch, Wrong, interleaved
from bench.place import Place
from bench.road import DAY, Road
from ordholden.footprints.use import Ruling, Uses
from ordholden.inventory.system import TableName

__all__ = ["may_use"]

READERS = TableName("letters", "readers")
A_SECOND = 200_000


def _fill(connection: psycopg.Connection[tuple[object, ...]], people: int) -> None:
    connection.execute("CREATE TABLE readers (id bigint NOT NULL, email text)")
    connection.execute(
        "INSERT INTO readers SELECT g, 'laeser' || g || '@post.example' FROM generate_series(1, %s) g",
        [people],
    )
    connection.execute("ALTER TABLE readers ADD PRIMARY KEY (id)")
    connection.execute("CREATE INDEX ON readers (email)")
    connection.execute(
        "CREATE TABLE signups (id bigint NOT NULL, reader_id bigint NOT NULL, source text, given_at timestamptz,"
        " withdrawn_at timestamptz)"
    )
    # Three of four have said yes, and a fifth of these no later on.
    connection.execute(
        """INSERT INTO signups SELECT g, g, 'hjemmeside', timestamptz '2026-01-01' + (g %% 9000) * interval '1 minute',
           CASE WHEN g %% 5 = 0 THEN timestamptz '2026-06-01' + (g %% 9000) * interval '1 minute' END
           FROM generate_series(1, %s) g WHERE g %% 4 <> 0""",
        [people],
    )
    connection.execute("ALTER TABLE signups ADD PRIMARY KEY (id)")
    connection.execute("CREATE INDEX ON signups (reader_id)")
    connection.execute("ALTER TABLE signups ADD FOREIGN KEY (reader_id) REFERENCES readers")


_BY_HAND = """
SELECT k FROM unnest(%s::bigint[]) k JOIN readers r ON r.id = k
WHERE EXISTS (SELECT FROM signups s WHERE s.reader_id = r.id AND s.given_at < '2026-11-23'
              AND NOT EXISTS (SELECT FROM signups n WHERE n.reader_id = r.id AND n.withdrawn_at < '2026-11-23'
                              AND n.withdrawn_at >= s.given_at))
"""


def may_use(place: Place) -> Iterator[Measured]:
    people = max(place.sizes.rows // 2, 1_000)
    name = f"letters_{people}"
    place.filled(name, lambda connection: _fill(connection, people))
    # In no order, and some whom nobody knows.
    asked = [1 + (n * 7919) % (people + people // 100) for n in range(people)]
    allowed: set[frozenset[object]] = set()
    with (
        Road("letters", place.url(name), place.folder / "letters") as road,
        place.connect(place.url(name), autocommit=True) as connection,
    ):

        def ours(number: int) -> Stopwatch:
            watch = Stopwatch()
            may: set[object] = set()
            decisions = 0
            with watch.part("decide"):
                uses = Uses(road.footprints, road.policy, DAY)
                for page in uses.may_use_keys("send newsletter", READERS, asked):
                    decisions += len(page)
                    may.update(k for k, r in zip(page.keys, page.rulings, strict=True) if r is Ruling.ALLOWED)
            if decisions != len(asked):
                raise Wrong(f"{decisions} decisions about {len(asked)} people")
            allowed.add(frozenset(may))
            return watch

        def by_hand(number: int) -> float:
            begin = time.perf_counter()
            found = connection.execute(_BY_HAND, [asked]).fetchall()
            took = time.perf_counter() - begin
            allowed.add(frozenset(key for (key,) in found))
            return took

        mine, best = interleaved(3, ours, by_hand)
    if len(allowed) != 1:
        raise Wrong(f"different people are allowed: {sorted(map(len, allowed))}")
    place.drop(name)
    found = Measured.times("may use", "", mine, best, Bar(1))
    rate, by_hand_rate = people / found.ours, people / found.limit
    what = f"decisions about {people:,} people; {by_hand_rate:,.0f} a second by one statement"
    yield Measured(
        "may use", what, rate, A_SECOND, rate / A_SECOND, Bar(1, at_least=True), "/s", found.runs, found.parts
    )
