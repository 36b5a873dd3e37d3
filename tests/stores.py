"""Open stores for tests, on SQLite and on PostgreSQL; and programs that run beside a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ordholden.store import Store, framework, open_store
from tests.databases import fresh_database

# A test may then import tables at its top.
framework.ready()

ROOT = Path(__file__).parents[1]
KINDS = ("sqlite", "postgresql")
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    """A second later each time it is looked at."""

    def __init__(self) -> None:
        self._now = START

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def folder_of(tmp_path: Path, name: str = "nordlys") -> Path:
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def opened(folder: Path, url: str | None = None) -> Iterator[Store]:
    with open_store(folder, url, clock=Clock()) as store:
        yield store


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the store is: in the organisation's folder, or on a server, its tables made."""
    if request.param == "sqlite":
        yield None
        return
    server, template = (request.getfixturevalue(name) for name in ("postgresql_server", "store_template"))
    with fresh_database(server, like=template) as address:
        yield address


@pytest.fixture
def store(tmp_path: Path, url: str | None) -> Iterator[Store]:
    with opened(folder_of(tmp_path), url) as one:
        yield one


def program(text: str, *arguments: object) -> subprocess.Popen[str]:
    """Python in a process of its own; `sys.argv[1:]` are the arguments."""
    command = [sys.executable, "-c", text, *("" if a is None else str(a) for a in arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process: subprocess.Popen[str]) -> str:
    said, complained = process.communicate(timeout=120)
    assert process.returncode == 0, complained
    return said.strip()
