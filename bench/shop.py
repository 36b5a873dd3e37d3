"""People who ask to be erased from eight tables with foreign keys: one, one with thousands of rows, a thousand at once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import psycopg

from bench.measure import Bar, Measured, Stopwatch, Wrong, interleaved
from bench.place import Place
from bench.road import Road, erasure
from ordholden.inventory.system import TableName

__all__ = ["many", "one"]

CUSTOMERS = TableName("shop", "customers")
HEAVY, HEAVY_ROWS = 12, 5_000
RUNS, WARM = 100, 20
MANY, GROUP = 1_000, 100

Connection = psycopg.Connection[tuple[object, ...]]

_TABLES = ("order_lines", "payments", "orders", "addresses", "signups", "logins", "messages", "customers")
_CREATE = """
CREATE TABLE customers (id bigint NOT NULL, name text NOT NULL, email text NOT NULL, phone text, registered_on date NOT NULL);
CREATE TABLE addresses (id bigint NOT NULL, customer_id bigint NOT NULL, street text, city text);
CREATE TABLE orders (id bigint NOT NULL, customer_id bigint NOT NULL, placed_on date NOT NULL, note text);
CREATE TABLE order_lines (id bigint NOT NULL, order_id bigint NOT NULL, goods text, amount int NOT NULL);
CREATE TABLE payments (id bigint NOT NULL, order_id bigint NOT NULL, reference text, paid_on date);
CREATE TABLE signups (id bigint NOT NULL, customer_id bigint NOT NULL, source text, given_at timestamptz, withdrawn_at timestamptz);
CREATE TABLE logins (id bigint NOT NULL, customer_id bigint NOT NULL, at timestamptz NOT NULL, address text);
CREATE TABLE messages (id bigint NOT NULL, customer_id bigint NOT NULL, text text, written_on date);
"""
# What a customer has, spread over the whole table, as it is where customers stay for years. `k` counts rounds.
_ROWS = {
    "addresses": (2, "(k - 1) * {n} + c, c, 'Gade ' || c % 8971, 'By ' || c % 97"),
    "orders": (3, "(k - 1) * {n} + c, c, date '2026-01-01' + (c % 300)::int, 'Ordre ' || md5((c * k)::text)"),
    "order_lines": (9, "(k - 1) * {n} + c, ((k - 1) % 3) * {n} + c, 'Vare ' || (c * k) % 7919, (k + c) % 5"),
    "payments": (
        3,
        "(k - 1) * {n} + c, (k - 1) * {n} + c, md5((c + k)::text), date '2026-02-01' + (c % 200)::int",
    ),
    "signups": (
        2,
        "(k - 1) * {n} + c, c, 'hjemmeside', timestamptz '2026-01-01' + (c % 9000) * interval '1 minute', NULL",
    ),
    "logins": (
        10,
        "(k - 1) * {n} + c, c, timestamptz '2026-09-01' + ((c + k) % 90000) * interval '1 minute', '2001:db8::' || c % 9999",
    ),
    "messages": (
        3,
        "(k - 1) * {n} + c, c, 'Besked ' || md5((c * k)::text), date '2026-03-01' + (c % 200)::int",
    ),
}
_KEYS = {
    "addresses": "customer_id",
    "orders": "customer_id",
    "order_lines": "order_id",
    "payments": "order_id",
}
_KEYS |= dict.fromkeys(("signups", "logins", "messages"), "customer_id")


def _fill(connection: Connection, people: int) -> None:
    connection.execute(_CREATE)
    connection.execute(
        "INSERT INTO customers SELECT c, 'Kunde ' || c, 'kunde' || c || '@post.example', '+45 00 ' || lpad(c::text, 8, '0'),"
        f" date '2025-12-01' + (c % 30)::int FROM generate_series(1, {people}) c"
    )
    for table, (each, values) in _ROWS.items():
        connection.execute(
            f"INSERT INTO {table} SELECT {values.format(n=people)} FROM generate_series(1, {each}) k, generate_series(1, {people}) c"
        )
    connection.execute(
        f"INSERT INTO logins SELECT {people} * 10 + (c - 1) * {HEAVY_ROWS} + k, c, timestamptz '2026-09-01' + k * interval '1 minute',"
        f" '2001:db8::' || k FROM generate_series(1, {HEAVY}) c, generate_series(1, {HEAVY_ROWS}) k"
    )
    for table in _TABLES:
        connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
    for table, column in _KEYS.items():
        parent = "orders" if column == "order_id" else "customers"
        connection.execute(f"CREATE INDEX ON {table} ({column})")
        connection.execute(f"ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {parent}")
    connection.execute("CREATE INDEX ON customers (email)")
    connection.execute("CREATE INDEX ON customers (phone)")
    connection.execute("CREATE INDEX ON customers (registered_on)")
    connection.execute("CREATE INDEX ON orders (placed_on)")
    connection.execute("CREATE INDEX ON logins (at)")


_ORDERS = "order_id = ANY(ARRAY(SELECT id FROM orders WHERE customer_id = ANY(%s)))"
_WHOSE = {"order_lines": _ORDERS, "payments": _ORDERS, "customers": "id = ANY(%s)"}


def _by_hand(connection: Connection, keys: Sequence[int]) -> None:
    """Children first, all statements sent at once, one durable commit."""
    with connection.pipeline(), connection.transaction():
        for table in _TABLES:
            connection.execute(
                f"DELETE FROM {table} WHERE {_WHOSE.get(table, 'customer_id = ANY(%s)')}", [list(keys)]
            )


def one(place: Place) -> Iterator[Measured]:
    name, people = _filled(place)
    with place.copy(name) as url, _Pair(place, url, "one") as pair:
        ordinary = _spread(people, 2 * (RUNS + WARM))
        heavy = list(range(1, HEAVY + 1))
        pair.expect([*ordinary, *heavy])
        yield pair.measured(
            "person",
            f"one of {people:,} people, eight tables, against one transaction",
            ordinary,
            1,
            Bar(3),
            RUNS,
            WARM,
        )
        found = pair.measured("", "", heavy, 1, Bar(3), HEAVY // 2 - 1, 1)
        what = f"one person with {HEAVY_ROWS:,} rows more; {found.limit * 1000:.1f} ms by hand, {found.ratio:.2f} ×"
        yield Measured(
            "heavy person",
            what,
            found.ours,
            0.2,
            found.ours / 0.2,
            Bar(1),
            runs=found.runs,
            parts=found.parts,
        )
        pair.check()


def many(place: Place) -> Iterator[Measured]:
    name, people = _filled(place)
    runs = 3
    number = min(MANY, people // (2 * runs + 3))
    with place.copy(name) as url, _Pair(place, url, "many") as pair:
        chosen = _spread(people, 2 * runs * number)
        pair.expect(chosen)
        what = f"{number:,} of {people:,} people in one plan, against {GROUP} a statement"
        yield pair.measured("people", what, chosen, number, Bar(2), runs, 0)
        pair.check()
    place.drop(name)


def _filled(place: Place) -> tuple[str, int]:
    people = max(place.sizes.people, 1_000)
    name = f"shop_{people}"
    place.filled(name, lambda connection: _fill(connection, people))
    return name, people


def _spread(people: int, number: int) -> list[int]:
    """So many different people, all over the tables; none of the heavy ones."""
    step = (people - HEAVY) // number
    return [HEAVY + 1 + step * i for i in range(number)]


class _Pair:
    """Ours and the hand-written transactions on one database, each with people of its own; afterwards both are checked."""

    def __init__(self, place: Place, url: str, name: str) -> None:
        self._place, self._url, self._folder = place, url, place.folder / name
        self._ours: list[int] = []
        self._hand: list[int] = []
        self._rest: tuple[object, ...] = ()

    def __enter__(self) -> _Pair:
        self._road = Road("shop", self._url, self._folder).__enter__()
        self._connection = self._place.connect(self._url, autocommit=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._road.__exit__(None, None, None)
        self._connection.close()

    def measured(
        self, work: str, what: str, chosen: Sequence[int], size: int, bar: Bar, runs: int, warm: int
    ) -> Measured:
        groups = [chosen[i : i + size] for i in range(0, len(chosen), size)]

        def ours(number: int) -> Stopwatch:
            keys = groups[2 * number]
            watch = Stopwatch()
            with watch.part("plan"):
                kept = self._road.plan(erasure(CUSTOMERS, keys))
            with watch.part("apply"):
                self._road.apply(kept)
            with watch.part("verify"):
                self._road.verify(kept)
            self._ours += keys
            done = self._road.done(kept)
            if done["delete customers"] != len(keys) or sum(done.values()) != kept.plan.rows:
                raise Wrong(f"the plan said {kept.plan.rows} rows, receipts say {done}")
            return watch

        def by_hand(number: int) -> float:
            keys = groups[2 * number + 1]
            begin = time.perf_counter()
            for start in range(0, len(keys), GROUP):
                _by_hand(self._connection, keys[start : start + GROUP])
            took = time.perf_counter() - begin
            self._hand += keys
            return took

        mine, best = interleaved(runs, ours, by_hand, warm=warm)
        return Measured.times(work, what, mine, best, bar)

    def expect(self, chosen: Sequence[int]) -> None:
        """Notes what is there of everybody else."""
        self._chosen = list(chosen)
        self._rest = self._content(self._chosen)

    def check(self) -> None:
        """Nothing is left of those who went, and all of everybody else."""
        gone = [*self._ours, *self._hand]
        for table in _TABLES:
            left = self._connection.execute(
                f"SELECT count(*) FROM {table} WHERE {_WHOSE.get(table, 'customer_id = ANY(%s)')}", [gone]
            ).fetchone()
            if left != (0,):
                raise Wrong(f"{left} rows are left in {table}")
        if self._content(self._chosen) != self._rest:
            raise Wrong("rows of others have changed")

    def _content(self, without: Sequence[int]) -> tuple[object, ...]:
        own = {t: _WHOSE.get(t, "customer_id = ANY(%s)") for t in _TABLES}
        asked = (
            f"SELECT count(*), sum(hashtextextended({t}::text, 0)) FROM {t} WHERE NOT ({w})"
            for t, w in own.items()
        )
        return tuple(self._connection.execute(query, [list(without)]).fetchone() for query in asked)
