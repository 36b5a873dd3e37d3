"""What the schema has answered need not be asked: without it, a predicate is about the same records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path as File

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordholden.connectors.certain import knowing, knowing_parent
from ordholden.connectors.predicate import (
    FALSE,
    TRUE,
    Before,
    Exists,
    Filled,
    KeyIn,
    Known,
    Missing,
    Predicate,
    Referenced,
    alternatives,
    both,
    either,
    negated,
)
from ordholden.connectors.reading import Key
from ordholden.connectors.sql.system import SqlSystem
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import EventColumn, Hop, Path, TableName
from ordholden.problems import Problems
from tests import databases

SYSTEMS = """
rental:
  url: {url}
  backups: none
  tables:
    customers: {{people: customer, person: id, data: {{name: name}}, not personal: [id]}}
    bookings:
      person: customer_id -> customers
      matter: {{booking: id}}
      data: {{place: booking}}
      not personal: [id]
      events: {{booking ended: ended_on}}
    drivers: {{matter: {{booking: booking_id -> bookings}}, data: {{name: booking}}, not personal: [id]}}
    notes: {{matter: {{booking: booking_id -> bookings}}, data: {{text: booking}}, not personal: [id]}}
"""
CREATE = (
    "CREATE TABLE customers (id integer PRIMARY KEY, name varchar(20))",
    (
        "CREATE TABLE bookings (id integer PRIMARY KEY, customer_id integer NOT NULL, ended_on date, place varchar(20),"
        " FOREIGN KEY (customer_id) REFERENCES customers (id))"
    ),
    (
        "CREATE TABLE drivers (id integer PRIMARY KEY, booking_id integer NOT NULL, name varchar(20),"
        " FOREIGN KEY (booking_id) REFERENCES bookings (id) ON DELETE CASCADE)"
    ),
    (
        "CREATE TABLE notes (id integer PRIMARY KEY, booking_id integer, text varchar(20),"
        " FOREIGN KEY (booking_id) REFERENCES bookings (id))"
    ),
)
FILL = (
    "INSERT INTO customers VALUES (1, 'Kunde'), (2, NULL), (3, 'Kunde')",
    (
        "INSERT INTO bookings VALUES (1, 1, '2024-01-01', 'Sted'), (2, 1, NULL, NULL), (3, 2, '2025-01-01', 'Sted'),"
        " (4, 2, '2024-06-01', NULL), (5, 1, '9999-12-31', 'Sted')"
    ),
    "INSERT INTO drivers VALUES (1, 1, 'Fører'), (2, 1, NULL), (3, 2, 'Fører'), (4, 3, NULL), (5, 5, 'Fører')",
    "INSERT INTO notes VALUES (1, 1, 'Note'), (2, NULL, 'Note'), (3, 2, NULL), (4, 4, 'Note')",
)
CUSTOMERS, BOOKINGS, DRIVERS, NOTES = (
    TableName("rental", t) for t in ("customers", "bookings", "drivers", "notes")
)
ENDED = EventColumn("booking ended", BOOKINGS, "ended_on")
OVER_BOOKING = (Hop("booking_id", "bookings", None),)
# From each table: the paths that lead to a customer's key, and those to a booking's.
TO_CUSTOMER = {
    CUSTOMERS: Path("id", CUSTOMERS, own=True),
    BOOKINGS: Path("customer_id", CUSTOMERS),
    DRIVERS: Path("customer_id", CUSTOMERS, OVER_BOOKING),
    NOTES: Path("customer_id", CUSTOMERS, OVER_BOOKING),
}
TO_BOOKING = {
    BOOKINGS: Path("id", BOOKINGS, own=True),
    DRIVERS: Path("booking_id", BOOKINGS),
    NOTES: Path("booking_id", BOOKINGS),
}
FILLED = {CUSTOMERS: "name", BOOKINGS: "place", DRIVERS: "name", NOTES: "text"}
DAYS: list[Predicate] = [Before(ENDED, date(2024, 1, 1)), Before(ENDED, date(2024, 12, 31)), Known(ENDED)]


def _opened(url: str, folder: File) -> SqlSystem:
    (folder / "systems.yaml").write_text(SYSTEMS.format(url=url), encoding="utf-8")
    inventory = read_inventory(folder, Problems(), {})
    assert inventory is not None
    return SqlSystem(inventory.systems["rental"], folder)


@pytest.fixture(scope="module", params=databases.KINDS)
def rental(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlSystem]:
    folder = tmp_path_factory.mktemp("rental")
    if request.param == "sqlite":
        url = databases.sqlite_database(folder)
        _execute(url, *CREATE, *FILL)
        with closing(_opened(url, folder)) as system:
            yield system
        return
    with databases.fresh_database(request.getfixturevalue(f"{request.param}_server")) as url:
        _execute(url, *CREATE, *FILL)
        with closing(_opened(url, folder)) as system:
            yield system


def _execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def _keys(system: SqlSystem, table: TableName, where: Predicate) -> set[Key]:
    return {k for page in system.keys(table, where) for k in page}


@st.composite
def predicates(draw: st.DrawFn, rows: tuple[TableName, ...], deep: int = 3) -> Predicate:
    """About the last of the rows, inside the others."""
    here = rows[-1]
    kinds = ["filled", "missing", "key", *(["day"] * 3 if here == BOOKINGS else [])]
    kinds += ["exists", "exists", "both", "either", "not"] if deep else []
    match draw(st.sampled_from(kinds)):
        case "filled":
            return Filled(FILLED[here])
        case "day":
            return draw(st.sampled_from(DAYS))
        case "key":
            return KeyIn(draw(st.sampled_from(_paths(here))), draw(st.sampled_from([(1,), (1, 2)])))
        case "missing":
            up = draw(st.integers(0, len(rows) - 1))
            return Missing(draw(st.sampled_from(_paths(rows[-1 - up]))), up)
        case "exists":
            up = draw(st.integers(0, len(rows) - 1))
            paths = draw(st.sampled_from([p for p in (TO_CUSTOMER, TO_BOOKING) if rows[-1 - up] in p]))
            there = draw(st.sampled_from(list(paths)))
            where = draw(predicates((*rows, there), deep - 1))
            return FALSE if where == FALSE else Exists(there, paths[there], paths[rows[-1 - up]], where, up)
        case "not":
            return negated(draw(predicates(rows, deep - 1)))
        case kind:
            parts = draw(st.lists(predicates(rows, deep - 1), min_size=2, max_size=3))
            return both(parts) if kind == "both" else either(parts)


def _paths(table: TableName) -> list[Path]:
    return [paths[table] for paths in (TO_CUSTOMER, TO_BOOKING) if table in paths]


@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck), max_examples=40)
def test_without_what_is_certain_a_predicate_says_the_same(rental: SqlSystem, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from([CUSTOMERS, BOOKINGS, DRIVERS, NOTES]))
    said = data.draw(predicates((table,)))

    assert _keys(rental, table, knowing(said, table, rental.schema())) == _keys(rental, table, said)


@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck), max_examples=30)
def test_alternatives_together_find_what_the_predicate_finds_a_page_at_a_time_or_all_at_once(
    rental: SqlSystem, data: st.DataObject
) -> None:
    table = data.draw(st.sampled_from([CUSTOMERS, BOOKINGS, DRIVERS, NOTES]))
    said = data.draw(predicates((table,)))
    found = [page for one in alternatives(said) for page in rental.keys(table, one, batch=50_000)]

    assert {k for page in found for k in page} == _keys(rental, table, said)


def test_many_keys_are_the_same_however_they_travel(postgresql_url: str, tmp_path: File) -> None:
    numbers = [*range(-70_000, -69_997), -3, -1, 0, 49_999, 50_000, 149_999, 2_000_000_000]
    values = ", ".join(f"({n}, 'Kunde')" for n in numbers)
    _execute(postgresql_url, *CREATE, f"INSERT INTO customers VALUES {values}")
    with closing(_opened(postgresql_url, tmp_path)) as system:
        pages = list(system.keys(CUSTOMERS, TRUE, batch=50_000))
        few = list(system.keys(CUSTOMERS, TRUE, batch=2))

    assert len(pages) > 1
    assert [k for page in pages for k in page] == [k for page in few for k in page] == [(n,) for n in numbers]


@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck), max_examples=30)
def test_records_that_wait_for_their_parent_are_asked_what_the_parent_has_not_answered(
    rental: SqlSystem, data: st.DataObject
) -> None:
    schema = rental.schema()
    child = data.draw(st.sampled_from([DRIVERS, NOTES]))
    parent = data.draw(st.lists(predicates((BOOKINGS,), 1), min_size=1, max_size=2).map(both))
    of_parent = (
        parent
        if parent in (TRUE, FALSE)
        else Exists(BOOKINGS, TO_BOOKING[BOOKINGS], TO_BOOKING[child], parent)
    )
    going = data.draw(st.sampled_from([both, either]))([of_parent, data.draw(predicates((child,), 1))])
    key = next(k for k in schema.foreign_keys if k.table == child.table)
    known = both([parent, negated(Referenced(((child.table, knowing_parent(going, key, parent, schema)),)))])
    said = both([parent, negated(Referenced(((child.table, going),)))])

    assert _keys(rental, BOOKINGS, knowing(known, BOOKINGS, schema)) == _keys(rental, BOOKINGS, said)


def test_what_belongs_to_an_ended_booking_is_looked_for_by_its_end(rental: SqlSystem) -> None:
    if rental.engine.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL answers for its references")
    running = Exists(BOOKINGS, TO_BOOKING[BOOKINGS], TO_BOOKING[DRIVERS], negated(DAYS[1]))
    ended = Exists(BOOKINGS, TO_BOOKING[BOOKINGS], TO_BOOKING[DRIVERS], DAYS[1])

    assert knowing(negated(running), DRIVERS, rental.schema()) == ended
    assert knowing(Referenced(), DRIVERS, rental.schema()) == FALSE
    assert knowing(negated(running), NOTES, rental.schema()) == negated(running)


def test_a_reference_may_lead_nowhere_where_it_was_never_checked(postgresql_url: str, tmp_path: File) -> None:
    late = "ALTER TABLE drivers ADD FOREIGN KEY (booking_id) REFERENCES bookings (id) NOT VALID"
    loose = CREATE[2].replace(", FOREIGN KEY (booking_id) REFERENCES bookings (id) ON DELETE CASCADE", "")
    _execute(
        postgresql_url,
        CREATE[0],
        CREATE[1],
        loose,
        "INSERT INTO drivers VALUES (9, 9, 'Fører')",
        late,
        CREATE[3],
    )
    orphaned = negated(Exists(BOOKINGS, TO_BOOKING[BOOKINGS], TO_BOOKING[DRIVERS], TRUE))
    with closing(_opened(postgresql_url, tmp_path)) as system:
        found = _keys(system, DRIVERS, knowing(orphaned, DRIVERS, system.schema()))

    assert found == {(9,)}
