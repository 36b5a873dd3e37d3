"""A parent with two children: all three go, with full counts for each table, where a cascade only counts parents."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.measure import Bar, Measured, Stopwatch, Wrong, interleaved
from bench.place import Place
from bench.road import Road
from ordholden.plans.plan import Scope, ScopeKind

__all__ = ["parents"]

SWEEP = Scope(ScopeKind.SWEEP)
BATCH = 10_000
DRIVERS, MESSAGES = 2, 3


def _fill(connection: psycopg.Connection[tuple[object, ...]], rows: int) -> None:
    people = max(rows // 10, 100)
    connection.execute("CREATE TABLE customers (id bigint NOT NULL, name text, registered_on date NOT NULL)")
    connection.execute(
        "INSERT INTO customers SELECT g, 'Kunde nummer ' || g, '2024-01-01' FROM generate_series(1, %s) g",
        [people],
    )
    connection.execute("ALTER TABLE customers ADD PRIMARY KEY (id)")
    connection.execute("CREATE INDEX ON customers (registered_on)")
    connection.execute(
        "CREATE TABLE bookings (id bigint NOT NULL, customer_id bigint NOT NULL, ended_on date NOT NULL, price int, place text, note text)"
    )
    connection.execute(
        """INSERT INTO bookings
           SELECT g, 1 + (g::bigint * 7919) %% %(people)s,
                  CASE WHEN g <= %(due)s THEN date '2024-11-23' - 1 - ((%(due)s - g) * 300 / %(due)s)::int
                       ELSE date '2024-11-23' + ((g - %(due)s) * 600 / %(rows)s)::int END,
                  g %% 5000, 'Sted nummer ' || g %% 977, 'Bemærkning ' || md5(g::text)
           FROM generate_series(1, %(rows)s) g""",
        {"people": people, "due": rows // 10, "rows": rows},
    )
    connection.execute(
        "CREATE TABLE drivers (id bigint NOT NULL, booking_id bigint NOT NULL, name text, licence text)"
    )
    connection.execute(
        "INSERT INTO drivers SELECT (g - 1) * %(n)s + k, g, 'Fører ' || g || '-' || k, md5((g * k)::text)"
        " FROM generate_series(1, %(rows)s) g, generate_series(1, %(n)s) k",
        {"rows": rows, "n": DRIVERS},
    )
    connection.execute(
        "CREATE TABLE messages (id bigint NOT NULL, booking_id bigint NOT NULL, written_at timestamptz, text text)"
    )
    connection.execute(
        "INSERT INTO messages SELECT (g - 1) * %(n)s + k, g, now(), 'Besked ' || md5((g * k)::text) || md5(g::text)"
        " FROM generate_series(1, %(rows)s) g, generate_series(1, %(n)s) k",
        {"rows": rows, "n": MESSAGES},
    )
    for table in ("bookings", "drivers", "messages"):
        connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
    connection.execute("CREATE INDEX ON bookings (customer_id)")
    connection.execute("CREATE INDEX ON bookings (ended_on, id)")
    connection.execute("ALTER TABLE bookings ADD FOREIGN KEY (customer_id) REFERENCES customers")
    for child in ("drivers", "messages"):
        connection.execute(f"CREATE INDEX ON {child} (booking_id)")
        connection.execute(
            f"ALTER TABLE {child} ADD FOREIGN KEY (booking_id) REFERENCES bookings ON DELETE CASCADE"
        )


_CONTENT = " UNION ALL ".join(
    f"(SELECT '{table}', count(*), sum(id), sum(hashtextextended({table}::text, 0)) FROM {table})"
    for table in ("bookings", "customers", "drivers", "messages")
)


def parents(place: Place) -> Iterator[Measured]:
    rows = max(place.sizes.rows // 4, 1_000)
    due_rows = rows // 10
    name = f"bookings_{rows}"
    place.filled(name, lambda connection: _fill(connection, rows))
    left = set()
    expected = {
        "delete bookings": due_rows,
        "delete drivers": due_rows * DRIVERS,
        "delete messages": due_rows * MESSAGES,
    }

    def content(url: str) -> tuple[object, ...]:
        with place.connect(url) as connection:
            return tuple(connection.execute(_CONTENT).fetchall())

    def ours(number: int) -> Stopwatch:
        watch = Stopwatch()
        with place.copy(name) as url, Road("bookings", url, place.folder / f"{name}-{number}") as road:
            with watch.part("plan"):
                kept = road.plan(SWEEP)
            with watch.part("apply"):
                road.apply(kept)
            left.add(content(url))
            planned = {f"{s.operation} {s.table.table}": s.rows for s in kept.plan.steps}
            if road.done(kept) != expected or planned != expected:
                raise Wrong(f"receipts say {road.done(kept)}, the plan {planned}, and {expected} is right")
        return watch

    def by_hand(number: int) -> float:
        with place.copy(name) as url, place.connect(url, autocommit=True) as connection:
            begin = time.perf_counter()
            gone = _cascade(connection)
            took = time.perf_counter() - begin
            left.add(content(url))
        if gone != due_rows:
            raise Wrong(f"by hand {gone} parents went, and not {due_rows}")
        return took

    mine, best = interleaved(3, ours, by_hand)
    if len(left) != 1:
        raise Wrong(f"different rows are left: {left}")
    place.drop(name)
    what = f"{due_rows:,} parents, {due_rows * (DRIVERS + MESSAGES):,} children, against a cascading DELETE in batches"
    yield Measured.times("parents", what, mine, best, Bar(0.85, at_least=True))


def _cascade(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """Batches by a range of the indexed date and key: its upper end is looked up in the index, then a pure range goes."""
    gone, low = 0, ("1990-01-01", 0)
    due = "ended_on < '2024-11-23' AND (ended_on, id) > (%s, %s)"
    while True:
        end = connection.execute(
            f"SELECT ended_on, id FROM bookings WHERE {due} ORDER BY ended_on, id OFFSET {BATCH - 1} LIMIT 1",
            low,
        ).fetchone()
        if end is None:
            return gone + connection.execute(f"DELETE FROM bookings WHERE {due}", low).rowcount
        gone += connection.execute(
            f"DELETE FROM bookings WHERE {due} AND (ended_on, id) <= (%s, %s)", (*low, *end)
        ).rowcount
        low = end  # type: ignore[assignment]
