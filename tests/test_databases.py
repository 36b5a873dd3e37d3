"""The servers that other tests stand on: they start, know Unicode and time zones, and leave nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests import databases
from tests.databases import Server

ROOT = Path(__file__).parents[1]

OLDEST = {"postgresql": (13,), "mariadb": (10, 6)}


def ask(url: str, question: str) -> object:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(question)).scalar_one()
    finally:
        engine.dispose()


def test_a_database_is_empty_and_takes_any_letter(database: str) -> None:
    engine = create_engine(database)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE person (name varchar(50))"))
        connection.execute(text("INSERT INTO person VALUES ('Søren Ærø 🙂')"))

    assert ask(database, "SELECT name FROM person") == "Søren Ærø 🙂"
    engine.dispose()


def test_two_databases_know_nothing_of_each_other(postgresql_url: str, postgresql_server: Server) -> None:
    with databases.fresh_database(postgresql_server) as other:
        assert other != postgresql_url
        assert ask(other, "SELECT current_database()") == make_url(other).database


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_the_version_is_one_that_is_still_kept(kind: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(f"{kind}_server")

    said = databases.version(server).split("-")[0].split(" ")[0]

    assert tuple(map(int, said.split(".")))[: len(OLDEST[kind])] >= OLDEST[kind]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_database_is_gone_afterwards_even_with_somebody_in_it(
    kind: str, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue(f"{kind}_server")

    with databases.fresh_database(server) as url:
        engine = create_engine(url)
        left_open = engine.connect()
        left_open.execute(text("CREATE TABLE person (name varchar(50))"))
        left_open.execute(text("INSERT INTO person VALUES ('Ida')"))

    with pytest.raises(OperationalError):
        create_engine(url).connect()
    left_open.invalidate()
    engine.dispose()


def test_postgresql_knows_copenhagen(postgresql_url: str) -> None:
    late = "SELECT (timestamptz '2026-07-01 22:30Z' AT TIME ZONE 'Europe/Copenhagen')::date::text"

    assert ask(postgresql_url, "SHOW timezone") == "UTC"
    assert ask(postgresql_url, late) == "2026-07-02"


def test_mariadb_knows_no_named_zones_as_debian_leaves_it(mariadb_url: str) -> None:
    assert ask(mariadb_url, "SELECT @@session.time_zone") == "+00:00"
    assert ask(mariadb_url, "SELECT CONVERT_TZ('2026-07-01 22:30', 'UTC', 'Europe/Copenhagen')") is None


def test_postgresql_lowers_danish_letters(postgresql_url: str) -> None:
    assert ask(postgresql_url, "SELECT lower('SØREN ÆRØ')") == "søren ærø"


def test_an_address_in_the_environment_comes_first(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(databases.POSTGRESQL_VARIABLE, postgresql_server.admin)

    with databases.start_postgresql() as server:
        assert server == postgresql_server
    assert databases.version(postgresql_server)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_durable_server_starts_and_stops(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"ORDHOLDEN_TEST_{kind.upper()}", raising=False)
    start = databases.start_postgresql if kind == "postgresql" else databases.start_mariadb

    try:
        with start(durable=True) as server:
            assert databases.version(server)
            setting = "SHOW fsync" if kind == "postgresql" else "SELECT @@innodb_flush_log_at_trx_commit"
            assert ask(server.admin, setting) in {"on", 1}
    except databases.Unavailable as reason:
        pytest.skip(str(reason))

    with pytest.raises(OperationalError):
        create_engine(server.admin).connect()


def test_a_server_does_not_outlive_a_killed_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(databases.POSTGRESQL_VARIABLE, raising=False)
    program = (
        "import time; from tests.databases import start_postgresql\n"
        "with start_postgresql() as server: print(server.admin, flush=True); time.sleep(300)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    admin = process.stdout.readline().strip()
    data = Path(str(ask(admin, "SHOW data_directory")))

    process.send_signal(signal.SIGKILL)
    process.communicate()

    deadline = time.monotonic() + 30
    while data.parent.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not data.parent.exists()
    with pytest.raises(OperationalError):
        create_engine(admin).connect()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_skipped_tests_are_counted_by_reason(workers: str, tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('n', range(3))\n"
        "def test_one(n, mariadb_url): pass\n"
        "@pytest.mark.skip(reason='not yet')\n"
        "def test_two(): pass\n"
        "def test_three(): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-n", workers, str(tmp_path)]
    command += [f"--rootdir={tmp_path}", "-c", os.devnull, "-p", "no:cacheprovider"]
    without = os.environ | {databases.MARIADB_VARIABLE: "none"}

    said = subprocess.run(command, cwd=ROOT, env=without, capture_output=True, text=True, check=True).stdout

    *_, title, most, least, closing = said.splitlines()
    assert " 4 skipped " in title
    assert (most, least) == ("3 × ORDHOLDEN_TEST_MARIADB says none", "1 × not yet")
    assert "1 passed, 4 skipped" in closing
