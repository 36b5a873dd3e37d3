"""Files: folders on this machine, on an FTP server, on an SFTP server, behind one small socket.

An address comes in (`file:audio`, `ftps://user:password@host/path`, `sftp://…`), out goes a `Files` that
lists what is there, reads it, and removes it one file at a time.

Safety design. Removing is the one thing here that can't be taken back, so it can reach only what a
listing could have shown:

- A path is relative to the root, and is taken apart before it is used: an absolute one, `..`, an empty
  part or a control character is refused before anything is asked of the system.
- Nothing outside the root is touched, links or no links. On this machine the path is resolved, compared
  with the root, and then walked down from the root's open handle without following a link, so that a
  folder that is swapped for a link in between is refused, too. A server is asked where the folder really
  is, and the answer is compared.
- Only a regular file is removed: never a folder, a link, a device. A folder that becomes empty stays.
- What it is, is asked at the moment of removing, not remembered from a listing.
- Removing twice is removing once: a file that is gone already gives `False`, so that a run that died can
  be run again. Every other answer than "done" is an error, never silence.
- On this machine the folder is written through to the disk before `True` is said, so that no crash
  brings back a file that somebody was told is gone.

What it cannot know: a second hard link to a file, a server's own backup, a link that an FTP server
hides. Give the account of a server its root as its home.

Links are neither listed nor followed. A folder that may not be listed is an error, not an empty folder.
Messages hold neither passwords nor the paths of files, which can be about somebody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol

from ordholden.connectors.errors import Refused, Unreachable
from ordholden.connectors.files.address import read_address

__all__ = ["FileFact", "Files", "Refused", "Unreachable", "open_files"]


@dataclass(frozen=True)
class FileFact:
    """A file: its path below the root, with `/` between the parts, and what the system says of it."""

    path: str
    size: int
    modified: datetime


class Files(Protocol):
    """A root with files below it, open; a context manager that closes it."""

    def __enter__(self) -> Files: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def close(self) -> None:
        """Gives the connection back; twice is once."""
        ...

    def walk(self) -> Iterator[FileFact]:
        """Every regular file, folder by folder in order of their names; one folder is in memory at a time.

        Files may be read and removed while it goes on.
        """
        ...

    def read(self, path: str) -> Iterator[bytes]:
        """What is in a file, in pieces. Until it is used up or closed, nothing else may be asked here."""
        ...

    def remove(self, path: str) -> bool:
        """Removes a regular file; False when there is none of that name any more."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a regular file of that name."""
        ...

    def encrypted(self) -> bool | None:
        """Whether the connection is; None for what needs no connection."""
        ...


def open_files(url: str, base: Path, *, name: str = "") -> Files:
    """The files at an address; `file:PATH` is relative to `base`. `name` is what errors call the system.

    A path on an FTP server is relative to the folder that logging in leads to, one on an SFTP server is
    absolute (or begins with `/~/`). `?ca=FILE` names the certificate of an `ftps://` server that no authority
    vouches for, `?key=FILE` the private key for an `sftp://` server; a file `known_hosts` in `base` counts
    beside the user's own.
    """
    address = read_address(url, name)
    match address.scheme:
        case "file":
            from ordholden.connectors.files.local import open_local

            return open_local(address, base)
        case "ftp" | "ftps":
            from ordholden.connectors.files.ftp import open_ftp

            return open_ftp(address, base)
        case "sftp":
            from ordholden.connectors.files.sftp import open_sftp

            return open_sftp(address, base)
        case _:
            raise Unreachable(address.system, "files have an address with file:, ftp://, ftps:// or sftp://")
