"""Opens an organisation's systems, each once: readers for everybody, writers for plans alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from ordholden.connectors.errors import SystemFailure
from ordholden.connectors.files import Files, open_files
from ordholden.connectors.files.reader import FilesReader
from ordholden.connectors.reading import Reader
from ordholden.connectors.sql.system import SqlSystem
from ordholden.connectors.writing import Writer
from ordholden.inventory.system import Inventory, System
from ordholden.problems import Problem

__all__ = ["Systems"]


class Systems:
    """Open systems of one organisation; `unreachable` says which do not answer, and why.

    Opened `ahead` by those who must not be kept waiting: what has been read of a column is read anew behind them.
    """

    def __init__(self, inventory: Inventory, base: Path, *, ahead: bool = False) -> None:
        self._inventory, self._base, self._ahead = inventory, base, ahead
        self._readers: dict[str, Reader] = {}
        self._writers: dict[str, SqlSystem] = {}
        self._files: dict[str, Files] = {}
        self._open = ExitStack()
        self._since = time.monotonic()
        self.unreachable: tuple[Problem, ...] = ()

    def older_than(self, seconds: float) -> bool:
        """Whether the live schemas were read longer ago."""
        return time.monotonic() - self._since > seconds

    def readers(self) -> Mapping[str, Reader]:
        """A reader for every system that answers. The live schema is read once for each."""
        problems = []
        if not self._readers:
            self._since = time.monotonic()
        for system in self._inventory.systems.values():
            if system.name in self._readers:
                continue
            try:
                self._readers[system.name] = self._reader(system)
            except SystemFailure as failure:
                facts = {"system": system.name, "reason": failure.reason}
                problems.append(Problem("system-unreachable", system.at, facts))
        self.unreachable = tuple(problems)
        return self._readers

    def _reader(self, system: System) -> Reader:
        if system.is_files:
            return FilesReader(system, self.files(system))
        return SqlSystem(system, self._base, ahead=self._ahead)

    def files(self, system: System) -> Files:
        if system.name not in self._files:
            self._files[system.name] = self._open.enter_context(
                open_files(system.url, self._base, name=system.name)
            )
        return self._files[system.name]

    def writers(self) -> Mapping[str, Writer]:
        """Writers of the databases. Handed to plans only."""
        for system in self._inventory.systems.values():
            if not system.is_files and system.name not in self._writers:
                self._writers[system.name] = SqlSystem(
                    system, self._base, write=True, like=self._database(system.name)
                )
        return self._writers

    def _database(self, name: str) -> SqlSystem | None:
        reader = self._readers.get(name)
        return reader if isinstance(reader, SqlSystem) else None

    def removers(self) -> Mapping[str, Files]:
        """File systems, for removing. Handed to plans only."""
        return {s.name: self.files(s) for s in self._inventory.systems.values() if s.is_files}

    def look_anew(self) -> bool:
        """Reads the live schemas again. Systems that changed, or fell silent, are closed; whether any was.

        A database that is as it was stays open, with all that was said to it: saying it again would take longer.
        """
        self._since = time.monotonic()
        gone = [name for name, reader in self._readers.items() if not _as_it_was(reader)]
        for name in gone:
            for opened in (self._readers.pop(name), self._writers.pop(name, None)):
                if isinstance(opened, SqlSystem):
                    opened.close()
        if any(name not in self._writers and self._inventory.systems[name].is_files for name in gone):
            # A line to a server of files does not outlive a long pause.
            self._open.close()
            self._open, self._files = ExitStack(), {}
        return bool(gone)

    def close(self) -> None:
        for opened in (*self._readers.values(), *self._writers.values()):
            if isinstance(opened, SqlSystem):
                opened.close()
        self._open.close()
        self._readers, self._writers, self._files = {}, {}, {}


def _as_it_was(reader: Reader) -> bool:
    if not isinstance(reader, SqlSystem):
        return False
    try:
        return reader.reread() == reader.schema().digest
    except SystemFailure:
        return False
