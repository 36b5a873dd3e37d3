"""Whatever an outside hand changes in the chain is found, and the first entry that isn't sound is named."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections

from ordholden.audit import Broken, Draft, Link, Verified, entries, head, record_many, verify
from ordholden.audit.append import seal_of
from ordholden.audit.entry import hash_of
from ordholden.store import Store
from tests.stores import folder_of, opened

COLUMNS = ("organisation", "at", "actor", "action", "subject", "facts", "previous", "hash")


def put(store: Store, number: int) -> None:
    record_many(store, [Draft("anna", "plan:applied", f"plan {n}", {"rows": n}) for n in range(number)])


def tamper(store: Store, *statements: str) -> None:
    """As somebody would who owns the database: first the triggers go, then what they guard."""
    with connections[store.alias].cursor() as cursor:
        for table in ("audit_entry", "audit_head"):
            for action in ("update", "delete", "insert"):
                if connections[store.alias].vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{action}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{action} ON {table}")
        for statement in statements:
            cursor.execute(statement)


def test_a_chain_that_nobody_touched_is_verified(store: Store) -> None:
    assert verify(store) == Verified(Link(0, "0" * 64))

    put(store, 5)
    assert verify(store) == Verified(head(store))


def test_a_long_chain_is_verified_in_pages(store: Store) -> None:
    put(store, 4500)

    assert verify(store) == Verified(head(store))


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found(store: Store, column: str) -> None:
    put(store, 5)

    # From the last to the first, since the first that is not sound is the one that is named.
    for number in (5, 3, 1):
        tamper(
            store,
            f"UPDATE audit_entry SET {column} = replace({column}, substr({column}, 1, 1), 'z')"
            f" WHERE number = {number}",
        )
        found = verify(store)
        assert isinstance(found, Broken)
        assert found.number == number


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("DELETE FROM audit_entry WHERE number = 1", Broken(1, "missing")),
        ("DELETE FROM audit_entry WHERE number = 3", Broken(3, "missing")),
        ("DELETE FROM audit_entry WHERE number = 5", Broken(5, "missing")),
        ("DELETE FROM audit_entry WHERE number > 1", Broken(2, "missing")),
        ("DELETE FROM audit_entry", Broken(1, "missing")),
        ("UPDATE audit_entry SET number = 99 WHERE number = 3", Broken(3, "missing")),
        ("UPDATE audit_entry SET facts = ' ' || facts WHERE number = 4", Broken(4, "changed")),
        ("UPDATE audit_entry SET actor = '' WHERE number = 4", Broken(4, "changed")),
        ("DELETE FROM audit_head", Broken(1, "head")),
        ("UPDATE audit_head SET number = 4", Broken(5, "head")),
        ("UPDATE audit_head SET number = 6", Broken(6, "missing")),
        ("UPDATE audit_head SET hash = 'x'", Broken(5, "head")),
        ("UPDATE audit_head SET seal = 'x'", Broken(5, "head")),
        ("UPDATE audit_head SET organisation = 'x'", Broken(1, "head")),
    ],
)
def test_the_first_entry_that_is_not_sound_is_named(store: Store, statement: str, broken: Broken) -> None:
    put(store, 5)

    tamper(store, statement)

    assert verify(store) == broken


def test_a_chain_computed_anew_without_the_secret_is_found(store: Store) -> None:
    """The whole of it is consistent: only the seal shows that it isn't ours."""
    put(store, 1)
    [entry] = entries(store)
    forged = hash_of(
        organisation=store.organisation,
        number=1,
        at="2026-11-22T12:00:02.000000Z",
        actor="bo",
        action=entry.action,
        subject=entry.subject,
        facts='{"rows":0}',
        previous=entry.previous,
    )

    tamper(
        store,
        f"UPDATE audit_entry SET actor = 'bo', hash = '{forged}'",
        f"UPDATE audit_head SET hash = '{forged}'",
    )

    assert verify(store) == Broken(1, "head")


def test_a_chain_put_back_to_an_earlier_day_is_found_by_a_note(store: Store) -> None:
    put(store, 3)
    early = head(store)
    put(store, 2)
    late = head(store)

    tamper(
        store,
        "DELETE FROM audit_entry WHERE number > 3",
        f"UPDATE audit_head SET number = 3, hash = '{early.hash}', seal = '{seal_of(store, early)}'",
    )

    assert verify(store, noted=[early]) == Verified(early)
    assert verify(store, noted=[late]) == Broken(4, "missing")
    assert verify(store, noted=[Link(2, "another")]) == Broken(2, "noted")


def test_a_chain_that_grows_meanwhile_is_sound_all_the_time(store: Store) -> None:
    found: list[Verified | Broken] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            found.append(verify(store))

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(200):
        put(store, 3)
    over.set()
    reader.join()

    assert found
    assert [state for state in found if isinstance(state, Broken)] == []


def cells(file: Path) -> Iterator[tuple[str, str, int, bytes]]:
    with closing(sqlite3.connect(file)) as connection:
        for table in ("audit_entry", "audit_head"):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for name in names:
                query = f"SELECT rowid, CAST({name} AS BLOB) FROM {table}"
                for row, content in connection.execute(query).fetchall():
                    yield table, name, row, content


@pytest.mark.parametrize("flip", [0x01, 0x80])
def test_any_byte_of_any_cell_is_found(tmp_path: Path, flip: int) -> None:
    """Also bytes that are no text any more, in a row of every kind."""
    with opened(folder_of(tmp_path)) as store:
        put(store, 2)
        tamper(store)
        file = store.folder / ".ordholden" / "store.sqlite3"
        unseen = []
        for table, name, row, content in cells(file):
            for place in range(len(content)):
                changed = bytearray(content)
                changed[place] ^= flip
                with closing(sqlite3.connect(file)) as hand:
                    value = f"CAST(x'{changed.hex()}' AS TEXT)"
                    hand.execute(f"UPDATE {table} SET {name} = {value} WHERE rowid = {row}")
                    hand.commit()
                    if not isinstance(verify(store), Broken):
                        unseen.append((table, name, row, place))
                    back = f"CAST(x'{content.hex()}' AS TEXT)"
                    hand.execute(f"UPDATE {table} SET {name} = {back} WHERE rowid = {row}")
                    hand.commit()

        assert unseen == []
        assert isinstance(verify(store), Verified)


def test_text_kept_as_bytes_is_found(tmp_path: Path) -> None:
    with opened(folder_of(tmp_path)) as store:
        put(store, 3)

        tamper(store, "UPDATE audit_entry SET actor = CAST(actor AS BLOB) WHERE number = 2")

        assert verify(store) == Broken(2, "changed")
