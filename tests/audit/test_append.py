"""Entries are added in the caller's transaction, one writer at a time; the database refuses all else."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connections

from ordholden.audit import Draft, Verified, entries, head, record, record_many, verify
from ordholden.audit.models import AuditEntry
from ordholden.store import Store
from tests.stores import finished, folder_of, opened, program


def put(store: Store, number: int = 1) -> None:
    drafts = [
        Draft("anna", "plan:applied", f"plan {n}", {"rows": n, "table": "gæster"}) for n in range(number)
    ]
    record_many(store, drafts)


def execute(store: Store, statement: str) -> None:
    with connections[store.alias].cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_is_read_as_it_was_recorded(store: Store) -> None:
    record(
        store,
        actor="anna",
        action="hold:placed",
        subject="H-7",
        facts={"scope": "person", "cards": 2, "until": date(2027, 1, 1), "tables": ("guests", "mails")},
    )

    [entry] = entries(store)
    assert (entry.number, entry.actor, entry.action, entry.subject) == (1, "anna", "hold:placed", "H-7")
    assert entry.at == datetime(2026, 11, 22, 12, 0, 2, tzinfo=UTC)
    assert entry.facts == {
        "scope": "person",
        "cards": 2,
        "until": "2027-01-01",
        "tables": ["guests", "mails"],
    }
    assert entry.previous == "0" * 64


def test_anybody_can_compute_the_hash_with_a_json_printer(store: Store) -> None:
    record(
        store, actor='Åse "the clerk"', action="plan:applied", subject="ab\ncd", facts={"b": "ø", "a": [1]}
    )
    row = AuditEntry.objects.using(store.alias).values().get()

    stated = row.pop("hash")
    row["facts"] = json.loads(row["facts"])
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(text.encode()).hexdigest() == stated


def test_each_entry_is_linked_to_the_one_before(store: Store) -> None:
    put(store, 3)
    put(store, 2)

    chain = list(entries(store))
    assert [entry.number for entry in chain] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in chain] == ["0" * 64, *(entry.hash for entry in chain[:-1])]
    assert head(store).hash == chain[-1].hash


def test_entries_about_a_subject_are_found(store: Store) -> None:
    put(store, 3)
    put(store, 3)

    assert [entry.number for entry in entries(store, subject="plan 1")] == [2, 5]
    assert [entry.number for entry in entries(store, subject="plan 1", after=2)] == [5]


def test_many_entries_are_read_in_pages(store: Store) -> None:
    put(store, 2001)

    assert [entry.number for entry in entries(store)] == list(range(1, 2002))


def test_no_entries_are_no_change(store: Store) -> None:
    record_many(store, [])

    assert head(store).number == 0


def test_what_is_taken_back_leaves_no_entry(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            put(store, 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    put(store)

    assert [entry.number for entry in entries(store)] == [1]
    assert isinstance(verify(store), Verified)


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}, b"bytes"])
def test_what_has_no_one_text_is_no_fact(store: Store, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        record(store, actor="anna", action="plan:applied", subject="x", facts={"a": value})

    assert head(store).number == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'bo'",
        "UPDATE audit_entry SET number = number",
        "DELETE FROM audit_entry WHERE number = 2",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET number = 1",
        "UPDATE audit_head SET hash = 'x'",
    ],
)
def test_the_database_refuses_to_change_what_was_written(store: Store, statement: str) -> None:
    put(store, 2)

    with pytest.raises(DatabaseError, match="what was written down stays"):
        execute(store, statement)

    assert isinstance(verify(store), Verified)


@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_postgresql_refuses_to_empty_a_table(tmp_path: Path, postgresql_url: str, table: str) -> None:
    with opened(folder_of(tmp_path), postgresql_url) as store:
        put(store)

        with pytest.raises(DatabaseError, match="what was written down stays"):
            execute(store, f"TRUNCATE {table}")


@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_sqlite_refuses_to_replace_a_row(tmp_path: Path, table: str) -> None:
    with opened(folder_of(tmp_path)) as store:
        put(store)

        with pytest.raises(DatabaseError, match="what was written down stays"):
            execute(store, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_organisations_that_share_a_database_have_their_own_chains(
    tmp_path: Path, postgresql_url: str
) -> None:
    with (
        opened(folder_of(tmp_path, "nordlys"), postgresql_url) as one,
        opened(folder_of(tmp_path, "sydvind"), postgresql_url) as other,
    ):
        put(one, 3)
        put(other, 2)
        put(one)

        assert [entry.number for entry in entries(one)] == [1, 2, 3, 4]
        assert [entry.number for entry in entries(other)] == [1, 2]
        assert verify(one) != verify(other)


def test_threads_that_write_at_once_make_one_chain(store: Store) -> None:
    def write() -> None:
        for _ in range(20):
            put(store, 2)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verify(store) == Verified(head(store))
    assert head(store).number == 160


WRITER = """
import sys
from pathlib import Path
from ordholden.audit import record
from ordholden.store import open_store

store = open_store(Path(sys.argv[1]), sys.argv[2] or None)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    with store.transaction():
        record(store, actor=sys.argv[4], action="test:written", subject=str(number), facts={})
        record(store, actor=sys.argv[4], action="test:written", subject=str(number), facts={"half": 2})
    print(number, flush=True)
"""


def test_processes_that_write_at_once_make_one_chain(tmp_path: Path, url: str | None) -> None:
    folder = folder_of(tmp_path)
    writers = [program(WRITER, folder, url, 50, name) for name in ("anna", "bo")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"

    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        finished(writer)

    with opened(folder, url) as store:
        assert verify(store) == Verified(head(store))
        assert head(store).number == 200


def test_a_killed_writer_leaves_a_whole_chain(tmp_path: Path, url: str | None) -> None:
    folder = folder_of(tmp_path)
    known = 0
    for _ in range(5):
        writer = program(WRITER, folder, url, 1_000_000, "anna")
        assert writer.stdout is not None
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
        for _ in range(30):
            said = writer.stdout.readline()
        writer.kill()
        writer.communicate()

        # What was said to be done is there, whole transactions only, and the next one goes on from it.
        known += 2 * (int(said) + 1)
        with opened(folder, url) as store:
            assert verify(store) == Verified(head(store))
            assert head(store).number >= known
            assert head(store).number % 2 == 0
            known = head(store).number
