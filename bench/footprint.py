"""Everything about one person, in twenty tables."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.measure import Bar, Measured, Stopwatch, Wrong, interleaved
from bench.place import Place
from bench.road import Road
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName

__all__ = ["footprint"]

CUSTOMERS = TableName("archive", "customers")
TABLES = tuple(f"history_{n:02}" for n in range(1, 20))
EACH = 10


def _fill(connection: psycopg.Connection[tuple[object, ...]], rows: int) -> None:
    people = max(rows // EACH, 100)
    connection.execute("CREATE TABLE customers (id bigint NOT NULL, name text)")
    connection.execute(
        "INSERT INTO customers SELECT g, 'Kunde ' || g FROM generate_series(1, %s) g", [people]
    )
    connection.execute("ALTER TABLE customers ADD PRIMARY KEY (id)")
    for table in TABLES:
        connection.execute(
            f"CREATE TABLE {table} (id bigint NOT NULL, customer_id bigint NOT NULL, happened_on date, amount int, text text)"
        )
        connection.execute(
            f"INSERT INTO {table} SELECT g, 1 + g %% %(people)s, date '2026-01-01' + (g %% 300)::int, g %% 500, 'Hændelse ' || g"
            " FROM generate_series(1, %(rows)s) g",
            {"people": people, "rows": rows},
        )
        connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
        connection.execute(f"CREATE INDEX ON {table} (customer_id)")


def footprint(place: Place) -> Iterator[Measured]:
    rows = max(place.sizes.rows // 10, 1_000)
    name = f"archive_{rows}"
    place.filled(name, lambda connection: _fill(connection, rows))
    found: dict[int, set[tuple[str, object]]] = {}
    people = max(rows // EACH, 100)
    asked = [
        f"SELECT id, happened_on, amount, text, customer_id FROM {t} WHERE customer_id = %s" for t in TABLES
    ]
    asked.append("SELECT id, name FROM customers WHERE id = %s")

    def person(number: int) -> int:
        return 1 + (number * 7919) % people

    with (
        Road("footprints", place.url(name), place.folder / "footprint") as road,
        place.connect(place.url(name), autocommit=True) as connection,
    ):

        def ours(number: int) -> Stopwatch:
            watch = Stopwatch()
            with watch.part("world"):
                world = road.footprints.world([Card(CUSTOMERS, person(number))])
            here = {(r.table.table, r.key[0]) for some in world.rows.values() for r in some}
            if found.setdefault(number, here) != here or len(here) != EACH * len(TABLES) + 1:
                raise Wrong(f"{len(here)} rows were found, not those that are there")
            return watch

        def by_hand(number: int) -> float:
            key = person(number)
            begin = time.perf_counter()
            with connection.pipeline():
                cursors = [connection.execute(query, [key]) for query in asked]
            rows = [cursor.fetchall() for cursor in cursors]
            took = time.perf_counter() - begin
            here = {(t, r[0]) for t, some in zip((*TABLES, "customers"), rows, strict=True) for r in some}
            if found.setdefault(number, here) != here:
                raise Wrong("by hand other rows were found")
            return took

        mine, best = interleaved(150, ours, by_hand, warm=20)
    place.drop(name)
    what = f"one person in 20 tables of {rows:,} rows, {EACH * len(TABLES) + 1} rows found, against 20 pipelined selects"
    yield Measured.times("footprint", what, mine, best, Bar(1.5))
