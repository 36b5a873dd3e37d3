"""What was decided about single records, on disk: keys by table, so that memory stays flat whatever the number.

A decision is taken once, on one state of all systems, before anything changes; a plan that was interrupted goes on with
the decisions that it took, since the evidence for them may be gone by then.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ordholden.connectors.reading import Key
from ordholden.inventory.system import TableName

__all__ = ["RECORD", "Spool"]

RECORD = -1
"""The decision that the whole record goes; other decisions are numbers of field groups."""


class Spool:
    """A small SQLite file; `path` None keeps it in memory until it grows, then in a temporary file of SQLite's own."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @cached_property
    def _file(self) -> sqlite3.Connection:
        """Opened for the first decision: many plans need none."""
        file = sqlite3.connect(self._path or "", isolation_level=None, check_same_thread=False)
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL" if self._path else "PRAGMA synchronous=OFF")
        file.execute(
            "CREATE TABLE IF NOT EXISTS decision (place TEXT, key TEXT, what INTEGER, PRIMARY KEY (place, key, what)) WITHOUT ROWID"
        )
        file.execute("CREATE TABLE IF NOT EXISTS done (place TEXT PRIMARY KEY)")
        return file

    def close(self) -> None:
        if "_file" in self.__dict__:
            self._file.close()

    def add(self, table: TableName, what: int, keys: Iterable[Key]) -> None:
        place = str(table)
        self._file.execute("BEGIN")
        self._file.executemany(
            "INSERT OR IGNORE INTO decision (place, what, key) VALUES (?, ?, ?)",
            ((place, what, _text(k)) for k in keys),
        )
        self._file.execute("COMMIT")

    def finish(self, table: TableName) -> None:
        """All decisions about the table have been taken."""
        self._file.execute("INSERT OR IGNORE INTO done VALUES (?)", (str(table),))

    def finished(self, table: TableName) -> bool:
        return self._file.execute("SELECT 1 FROM done WHERE place = ?", (str(table),)).fetchone() is not None

    def forget(self, table: TableName) -> None:
        """Drops decisions of a table that were being taken when something broke off."""
        self._file.execute("DELETE FROM decision WHERE place = ?", (str(table),))

    def count(self, table: TableName, what: int) -> int:
        return int(
            self._file.execute(
                "SELECT count(*) FROM decision WHERE place = ? AND what = ?", (str(table), what)
            ).fetchone()[0]
        )

    def count_without(self, table: TableName, what: int, other: int) -> int:
        """How many keys have the one decision and not the other."""
        query = """SELECT count(*) FROM decision a WHERE a.place = ? AND a.what = ? AND NOT EXISTS
                   (SELECT 1 FROM decision b WHERE b.place = a.place AND b.what = ? AND b.key = a.key)"""
        return int(self._file.execute(query, (str(table), what, other)).fetchone()[0])

    def drop(self, table: TableName, what: int, keys: Iterable[Key]) -> None:
        self._file.executemany(
            "DELETE FROM decision WHERE place = ? AND what = ? AND key = ?",
            ((str(table), what, _text(k)) for k in keys),
        )

    def pages(self, table: TableName, what: int, size: int) -> Iterator[tuple[Key, ...]]:
        last = ""
        while True:
            rows = self._file.execute(
                "SELECT key FROM decision WHERE place = ? AND what = ? AND key > ? ORDER BY key LIMIT ?",
                (str(table), what, last, size),
            ).fetchall()
            if not rows:
                return
            yield tuple(_key(r[0]) for r in rows)
            last = rows[-1][0]

    def decisions(self, table: TableName, size: int) -> Iterator[Mapping[Key, frozenset[int]]]:
        """Page by page, every key with all that was decided about it."""
        last = ""
        while True:
            rows = self._file.execute(
                "SELECT key, json_group_array(what) FROM decision WHERE place = ? AND key > ? GROUP BY key ORDER BY key LIMIT ?",
                (str(table), last, size),
            ).fetchall()
            if not rows:
                return
            yield {_key(key): frozenset(json.loads(decided)) for key, decided in rows}
            last = rows[-1][0]

    def records(self, table: TableName) -> int:
        """About how many records anything was decided."""
        query = "SELECT count(DISTINCT key) FROM decision WHERE place = ?"
        return int(self._file.execute(query, (str(table),)).fetchone()[0])

    def known(self, table: TableName, what: int, keys: Sequence[Key]) -> set[Key]:
        """Which of the keys have this decision."""
        rows = self._file.execute(
            "SELECT key FROM decision WHERE place = ? AND what = ? AND key IN (SELECT value FROM json_each(?))",
            (str(table), what, json.dumps([_text(k) for k in keys])),
        )
        return {_key(r[0]) for r in rows}


def _text(key: Key) -> str:
    """A key as text that sorts whole numbers by value."""
    return json.dumps(
        [f"{v:+020d}" if isinstance(v, int) and not isinstance(v, bool) else ["s", str(v)] for v in key]
    )


def _key(text: str) -> Key:
    return tuple(v[1] if isinstance(v, list) else int(v) for v in json.loads(text))
