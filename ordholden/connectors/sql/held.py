"""What has been read of a column at once, kept while it is fresh: once for everybody in this process who has the database open.

Rows are held by what they mean: keyed digests of identifiers and the rows' keys, in a temporary file that has no name and
goes with us.

Whoever must not be kept waiting (a page) reads `ahead`: what was read some minutes ago is used, and read anew behind it.
Who is found is looked at in the database in any case; only a row that was written meanwhile, and in an unusual way, is
found some minutes later.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from ordholden.connectors.errors import SystemFailure
from ordholden.connectors.reading import Key
from ordholden.inventory.system import TableName

__all__ = ["Column", "Columns", "Kept", "Read", "columns_of"]

# What has been read once is read again after so many seconds, or so many times what reading took.
FRESH_SECONDS = 60.0
FRESH_TIMES = 20
# The same where it is read ahead; and after so long nobody uses it any more.
AHEAD_SECONDS = 300.0
AHEAD_TIMES = 100
OLD_SECONDS = 3600.0
SCANS = 3


class Read:
    """Rows of a column by what they mean, under a key that nobody knows."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("CREATE TABLE held (digest INTEGER, key TEXT)")
        self._door = threading.Lock()
        self._began = time.monotonic()
        self._took = 0.0

    def add(self, rows: Iterable[tuple[str, Key]]) -> None:
        self._file.execute("BEGIN")
        said = ((self._digest(value), json.dumps(key)) for value, key in rows)
        self._file.executemany("INSERT INTO held VALUES (?, ?)", said)
        self._file.execute("COMMIT")

    def finish(self) -> None:
        self._file.execute("CREATE INDEX held_by ON held (digest)")
        self._took = time.monotonic() - self._began

    def keys(self, values: Collection[str]) -> list[Key]:
        digests = json.dumps([self._digest(v) for v in values])
        query = "SELECT DISTINCT key FROM held WHERE digest IN (SELECT value FROM json_each(?))"
        with self._door:
            found = self._file.execute(query, (digests,)).fetchall()
        return [tuple(json.loads(key)) for (key,) in found]

    def fresh(self, *, ahead: bool) -> bool:
        seconds, times = (AHEAD_SECONDS, AHEAD_TIMES) if ahead else (FRESH_SECONDS, FRESH_TIMES)
        return self._age < max(seconds, times * self._took)

    @property
    def old(self) -> bool:
        return self._age > max(OLD_SECONDS, 2 * AHEAD_TIMES * self._took)

    @property
    def _age(self) -> float:
        return time.monotonic() - self._began - self._took

    def _digest(self, value: str) -> int:
        digest = hashlib.blake2b(value.encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)

    def close(self) -> None:
        self._file.close()


class Kept:
    """What takes long to read: by one at a time, and the others use what came of it."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._read: Read | None = None

    def now(self, read: Callable[[], Read | None], *, ahead: bool) -> Read | None:
        """What was read, if it is fresh; else it is read now, or behind where `ahead` allows it. None where it can't be."""
        found = self._read
        if found is not None and found.fresh(ahead=ahead):
            return found
        if found is not None and ahead and not found.old:
            self._behind(read)
            return found
        with self._door:
            if self._read is found:
                self._read = read()
            return self._read

    def _behind(self, read: Callable[[], Read | None]) -> None:
        if not self._door.acquire(blocking=False):
            return

        def work() -> None:
            try:
                self._read = read()
            except SystemFailure:
                # It stays as old as it is; who comes when it is too old to be used is told.
                return
            finally:
                self._door.release()

        threading.Thread(target=work, name="reading a column", daemon=True).start()


@dataclass
class Column:
    """What is known of one column: its unusual rows, or all of them, or that it was scanned so many times."""

    odd: Kept = field(default_factory=Kept)
    too_odd: bool = False
    whole: Kept = field(default_factory=Kept)
    scans: int = 0

    @property
    def often_scanned(self) -> bool:
        return self.scans >= SCANS

    def never_whole(self) -> None:
        self.scans = -sys.maxsize


class Columns:
    """Of one database, by table, column and kind of identifier."""

    def __init__(self) -> None:
        self._known: dict[tuple[TableName, str, str], Column] = defaultdict(Column)

    def __getitem__(self, which: tuple[TableName, str, str]) -> Column:
        return self._known[which]


_open: WeakValueDictionary[Hashable, Columns] = WeakValueDictionary()
_door = threading.Lock()


def columns_of(database: Hashable) -> Columns:
    """The same for everybody who has the database open now, and gone with the last of them."""
    with _door:
        found = _open.get(database)
        if found is None:
            found = _open[database] = Columns()
        return found
