"""A store opens from anywhere, quickly, and never with the wrong secret."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from ordholden.problems import Refusal
from ordholden.store import Store, framework, open_store
from ordholden.store.models import Organisation
from tests.stores import finished, folder_of, opened, program


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refused(folder: Path, url: str | None = None, *, organisation: str = "") -> str:
    with pytest.raises(Refusal) as refusal:
        open_store(folder, url, organisation=organisation)
    return refusal.value.problems[0].code


def test_the_package_does_not_load_django() -> None:
    said = finished(program("import sys, ordholden, ordholden.store; print('django' in sys.modules)"))

    assert said == "False"


def test_a_plain_script_opens_a_store(tmp_path: Path, url: str | None) -> None:
    script = (
        "import sys; from pathlib import Path; from ordholden.store import open_store\n"
        "with open_store(Path(sys.argv[1]), sys.argv[2] or None) as store: print(store.organisation)"
    )

    assert finished(program(script, folder_of(tmp_path), url)) == "nordlys"


def test_only_this_account_can_read_it(tmp_path: Path) -> None:
    own = folder_of(tmp_path) / ".ordholden"

    with opened(own.parent) as store, store.transaction():
        Organisation.objects.using(store.alias).update(since=store.now())
        made = {file.name: mode(file) for file in own.iterdir()}

    assert mode(own) == 0o700
    assert {"key", "store.sqlite3", "store.sqlite3-wal"} <= made.keys()
    assert set(made.values()) == {0o600}


def test_a_folder_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    own = folder_of(tmp_path) / ".ordholden"
    own.mkdir(mode=0o755)

    open_store(own.parent).close()

    assert mode(own) == 0o700


def test_version_control_does_not_see_it(tmp_path: Path) -> None:
    open_store(folder_of(tmp_path)).close()

    assert (tmp_path / "nordlys" / ".ordholden" / ".gitignore").read_text() == "*\n"


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    with opened(folder_of(tmp_path)) as store, connections[store.alias].cursor() as cursor:
        said = []
        for setting in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout"):
            cursor.execute(f"PRAGMA {setting}")
            said += cursor.fetchone()

    assert said == ["wal", 2, 1, 1, 30_000]


def test_the_second_opening_is_quick(tmp_path: Path, url: str | None) -> None:
    folder = folder_of(tmp_path)
    open_store(folder, url).close()
    durations = []

    for _ in range(5):
        start = time.perf_counter()
        open_store(folder, url).close()
        durations.append(time.perf_counter() - start)

    assert min(durations) < 0.05


def test_an_address_in_the_environment_is_used(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDHOLDEN_STORE", postgresql_url)

    with open_store(folder_of(tmp_path)) as store:
        assert connections[store.alias].vendor == "postgresql"
    assert not (tmp_path / "nordlys" / ".ordholden" / "store.sqlite3").exists()


def test_a_sqlite_address_is_used(tmp_path: Path, sqlite_url: str) -> None:
    with open_store(folder_of(tmp_path), sqlite_url):
        assert Path(sqlite_url.removeprefix("sqlite:///")).exists()


def test_two_organisations_are_open_at_once(tmp_path: Path, url: str | None) -> None:
    with (
        opened(folder_of(tmp_path, "nordlys"), url) as one,
        opened(folder_of(tmp_path, "sydvind"), url) as other,
    ):
        names = {store.organisation for store in (one, other)}
        seen = Organisation.objects.using(other.alias).count()

    assert names == {"nordlys", "sydvind"}
    assert seen == (1 if url is None else 2)


def test_a_renamed_folder_is_still_the_same_organisation(tmp_path: Path, url: str | None) -> None:
    with opened(folder_of(tmp_path), url) as store:
        before = store.organisation, store.secret()
    (tmp_path / "nordlys").rename(tmp_path / "polarlys")

    with opened(tmp_path / "polarlys", url) as store:
        assert (store.organisation, store.secret()) == before


def test_a_lost_secret_is_refused_rather_than_made_anew(tmp_path: Path, url: str | None) -> None:
    folder = folder_of(tmp_path)
    open_store(folder, url).close()
    key = folder / ".ordholden" / "key"
    key.rename(tmp_path / "saved")

    assert refused(folder, url) == "store-key-other"
    assert not key.exists()

    (tmp_path / "saved").rename(key)
    open_store(folder, url).close()


def test_another_secret_is_refused(tmp_path: Path, url: str | None) -> None:
    folder = folder_of(tmp_path)
    open_store(folder, url).close()
    key = folder / ".ordholden" / "key"

    key.write_bytes(bytes(32))
    assert refused(folder, url) == "store-key-other"
    key.write_bytes(b"short")
    assert refused(folder, url) == "store-key-broken"


def test_a_name_that_another_organisation_has_is_refused(tmp_path: Path, postgresql_url: str) -> None:
    open_store(folder_of(tmp_path), postgresql_url).close()
    other = folder_of(tmp_path, "elsewhere")

    assert refused(other, postgresql_url, organisation="nordlys") == "store-key-other"
    assert not (other / ".ordholden" / "key").exists()


def test_a_store_of_a_later_release_is_refused(tmp_path: Path, url: str | None) -> None:
    folder = folder_of(tmp_path)
    with opened(folder, url) as store, connections[store.alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('store', '9999_from_the_future', '2030-01-01 00:00:00')"
        )

    assert refused(folder, url) == "store-later"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("mysql://root@127.0.0.1/x", "store-kind"),
        ("sqlite:///:memory:", "store-kind"),
        ("nonsense", "store-kind"),
        ("postgresql://127.0.0.1", "store-address"),
        ("postgresql://127.0.0.1:many/x", "store-address"),
        ("postgresql://somebody:never-shown@127.0.0.1:1/x", "store-unreachable"),
    ],
)
def test_a_wrong_address_is_refused_without_its_password(tmp_path: Path, address: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        open_store(folder_of(tmp_path), address)

    assert refusal.value.problems[0].code == code
    assert "never-shown" not in str(refusal.value.problems)


def test_options_in_the_address_reach_the_driver(tmp_path: Path, postgresql_url: str) -> None:
    with opened(
        folder_of(tmp_path), f"{postgresql_url}?application_name=nightly&prepare_threshold=0"
    ) as store:
        connections[store.alias].ensure_connection()
        driver = connections[store.alias].connection

        assert driver.prepare_threshold is None
        assert driver.info.get_parameters()["application_name"] == "nightly"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / ".ordholden").mkdir()
    (folder / ".ordholden" / "store.sqlite3").write_text("this is a letter, and no database\n" * 100)

    assert refused(folder) == "store-unreachable"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere") == "store-folder"


def test_what_fails_inside_a_transaction_takes_all_of_it_back(store: Store) -> None:
    rows = Organisation.objects.using(store.alias)

    def fail() -> None:
        with store.transaction():
            rows.create(name="one", fingerprint="1", since=store.now())
            with store.transaction():
                rows.create(name="two", fingerprint="2", since=store.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert rows.count() == 1


def test_threads_share_a_store_and_all_their_connections_are_closed(store: Store) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(Organisation.objects.using(store.alias).count())
        waiting.wait()
        closed.wait()

    waiting, closed = threading.Barrier(4), threading.Event()
    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    waiting.wait(timeout=60)
    connected = [connection for connection in framework._opened[store.alias] if connection.connection]
    store.close()
    store.close()

    assert seen == [1, 1, 1]
    assert len(connected) == 4
    assert all(connection.connection is None for connection in connected)
    closed.set()
    for thread in threads:
        thread.join()


def test_a_connection_that_broke_is_opened_anew(tmp_path: Path, postgresql_url: str) -> None:
    with opened(folder_of(tmp_path), postgresql_url) as store:
        rows = Organisation.objects.using(store.alias)
        with opened(store.folder, postgresql_url) as other, connections[other.alias].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        with pytest.raises(OperationalError):
            rows.count()

        with store.transaction():
            assert rows.count() == 1


def test_a_notebook_with_its_running_loop_opens_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Set, so that it is put back to nothing afterwards.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "")
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")

    async def cell() -> int:
        with opened(folder_of(tmp_path)) as store:
            return Organisation.objects.using(store.alias).count()

    assert asyncio.run(cell()) == 1


def test_processes_that_open_a_new_store_at_once_find_the_same(tmp_path: Path, url: str | None) -> None:
    script = (
        "import sys; from pathlib import Path; from ordholden.store import framework, open_store\n"
        "framework.ready(); print('ready', flush=True); sys.stdin.readline()\n"
        "with open_store(Path(sys.argv[1]), sys.argv[2] or None) as store: print(store.secret().hex())"
    )
    folder = folder_of(tmp_path)
    processes = [program(script, folder, url) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", finished(process)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()

    said = {finished(process) for process in processes}

    with opened(folder, url) as store:
        assert said == {store.secret().hex()}


def test_a_crash_while_tables_are_made_leaves_nothing_half(tmp_path: Path, url: str | None) -> None:
    script = (
        "import os, sys; from pathlib import Path; from ordholden.store import framework, open_store\n"
        "framework.ready()\n"
        "from django.db.migrations.executor import MigrationExecutor as E\n"
        "done = []; apply = E.apply_migration\n"
        "def dies(*a, **k):\n"
        "    done.append(apply(*a, **k))\n"
        "    os.kill(os.getpid(), 9)\n"
        "E.apply_migration = dies\n"
        "open_store(Path(sys.argv[1]), sys.argv[2] or None)"
    )
    folder = folder_of(tmp_path)
    process = program(script, folder, url)
    process.communicate(timeout=60)

    assert process.returncode == -9
    with opened(folder, url) as store:
        assert Organisation.objects.using(store.alias).count() == 1


def test_an_opened_store_that_was_copied_whole_is_a_store(tmp_path: Path) -> None:
    with opened(folder_of(tmp_path)) as store:
        secret = store.secret()
    shutil.copytree(tmp_path / "nordlys", tmp_path / "copy")

    with opened(tmp_path / "copy") as store:
        assert store.secret() == secret


def test_deleted_rows_are_overwritten(tmp_path: Path) -> None:
    with opened(folder_of(tmp_path)) as store:
        rows = Organisation.objects.using(store.alias)
        rows.create(name="a name that must be gone", fingerprint="1", since=store.now())
        rows.filter(fingerprint="1").delete()
    file = tmp_path / "nordlys" / ".ordholden" / "store.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert b"must be gone" not in file.read_bytes()
