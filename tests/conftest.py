"""Fixtures that every room may use: real databases; and how skipped tests are counted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import hypothesis
import pytest

from tests import databases, django_once
from tests.databases import Server

# Whoever asks first makes Django's settings; that must not depend on which test runs first.
assert django_once.HOUSE.is_dir()

# How long an example takes says nothing here: it may be the one that waits for a database.
hypothesis.settings.register_profile("ordholden", deadline=None, print_blob=True, max_examples=40)
hypothesis.settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=5_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordholden"))


def _served(start: Callable[[], AbstractContextManager[Server]]) -> Iterator[Server]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start())
        except databases.Unavailable as reason:
            pytest.skip(str(reason))
        yield server


# One server per process: under xdist each worker has its own, and shares nothing.
@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    yield from _served(databases.start_postgresql)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    yield from _served(databases.start_mariadb)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return databases.sqlite_database(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    with databases.fresh_database(postgresql_server) as url:
        yield url


@pytest.fixture(scope="session")
def store_template(postgresql_server: Server) -> Iterator[str]:
    """A database with a store's tables and nobody's rows, to be copied: making them takes longer than most tests."""
    from ordholden.store import address, framework, tables

    with databases.fresh_database(postgresql_server) as url:
        framework.ready()
        alias = framework.connect(address.settings_for(url))
        tables.bring_up_to_date(alias)
        framework.disconnect(alias)
        yield url


@pytest.fixture
def mariadb_url(mariadb_server: Server) -> Iterator[str]:
    with databases.fresh_database(mariadb_server) as url:
        yield url


@pytest.fixture(params=databases.KINDS)
def database(request: pytest.FixtureRequest) -> str:
    """The SQLAlchemy URL of an empty database; the test runs once on each kind.

    `@pytest.mark.parametrize("database", ["sqlite", "mariadb"], indirect=True)` names some of them.
    """
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skipped test is a claim not looked at: say how many, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.write_sep("=", f"{len(skipped)} skipped")
    for reason, number in Counter(map(_reason, skipped)).most_common():
        terminalreporter.write_line(f"{number} × {reason}")


def _reason(report: pytest.TestReport) -> str:
    """Of a skipped test `longrepr` is its place and the reason."""
    return (
        report.longrepr[2].removeprefix("Skipped: ")
        if isinstance(report.longrepr, tuple)
        else "no reason given"
    )
