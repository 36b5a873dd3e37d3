"""Where is measured: a durable PostgreSQL of its own, and databases that are filled once and copied for each run."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.databases import Server, start_postgresql

__all__ = ["Place", "Sizes", "opened_place"]

# What a server for such tables would be set to. Both sides get the same; fsync and synchronous_commit stay on.
_SETTINGS = {
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "maintenance_work_mem": "512MB",
}


@dataclass(frozen=True)
class Sizes:
    """How much: `rows` of the great table (a tenth of them is due), `people` in the shop."""

    rows: int
    people: int


@dataclass
class Place:
    """A server, a folder for the product's own store, and the sizes."""

    server: Server
    folder: Path
    sizes: Sizes
    quiet: bool = False
    _filled: dict[str, str] = field(default_factory=dict)

    def say(self, words: str) -> None:
        if not self.quiet:
            print(words, file=sys.stderr, flush=True)

    def connect(self, url: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(url.replace("+psycopg", ""), autocommit=autocommit)

    def filled(self, name: str, fill: Callable[[psycopg.Connection[tuple[object, ...]]], None]) -> str:
        """The name of a database that `fill` has filled, with statistics and without a trace of the filling."""
        if name not in self._filled:
            begin = time.perf_counter()
            database = f"bench_{name}_{secrets.token_hex(3)}"
            self._admin(f"CREATE DATABASE {database}")
            with self._careless(), self.connect(self.server.url(database), autocommit=True) as connection:
                fill(connection)
                connection.execute("VACUUM (ANALYZE, FREEZE)")
            self._admin("CHECKPOINT")
            self._filled[name] = database
            self.say(f"  filled {name} in {time.perf_counter() - begin:.0f} s")
        return self._filled[name]

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """A copy of a filled database, byte for byte, dropped afterwards."""
        database = f"bench_copy_{secrets.token_hex(6)}"
        with self._careless():
            self._admin(f"CREATE DATABASE {database} TEMPLATE {self._filled[name]} STRATEGY FILE_COPY")
        self._admin("CHECKPOINT")
        try:
            yield self.server.url(database)
        finally:
            self._admin(f"DROP DATABASE {database} WITH (FORCE)")

    def drop(self, name: str) -> None:
        """A filled database that is not needed any more."""
        if database := self._filled.pop(name, None):
            self._admin(f"DROP DATABASE {database} WITH (FORCE)")

    def url(self, name: str) -> str:
        return self.server.url(self._filled[name])

    @contextmanager
    def _careless(self) -> Iterator[None]:
        """While tables are filled, not while anything is measured."""
        self._admin(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "SELECT pg_reload_conf()",
        )
        try:
            yield
        finally:
            self._admin(
                "ALTER SYSTEM RESET fsync", "ALTER SYSTEM RESET synchronous_commit", "SELECT pg_reload_conf()"
            )
            self._wait_for("fsync", "on")

    def _wait_for(self, setting: str, value: str) -> None:
        for _ in range(500):
            with self.connect(self.server.admin) as connection:
                if connection.execute(f"SHOW {setting}").fetchone() == (value,):
                    return
            time.sleep(0.01)
        raise TimeoutError(f"{setting} is not {value}")

    def _admin(self, *statements: str) -> None:
        with self.connect(self.server.admin, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def opened_place(folder: Path, sizes: Sizes, *, quiet: bool = False) -> Iterator[Place]:
    with start_postgresql(durable=True) as server:
        place = Place(server, folder, sizes, quiet)
        place._admin(
            *(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in _SETTINGS.items()),
            "SELECT pg_reload_conf()",
        )
        yield place
