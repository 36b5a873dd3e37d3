"""Files that are made once and never half: of two processes that try, one wins, and both find it whole."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

__all__ = ["database_file", "own_folder", "put_once"]


def own_folder(folder: Path) -> Path:
    """The product's folder inside the organisation's: for this account only, never in version control."""
    own = folder / ".ordholden"
    own.mkdir(mode=0o700, exist_ok=True)
    if own.stat().st_mode & 0o077:
        own.chmod(0o700)
    put_once(own / ".gitignore", b"*\n")
    return own


def put_once(file: Path, content: bytes) -> None:
    """Write a file that only this account can read, unless it is there already."""
    if file.exists():
        return
    draft = _draft_beside(file)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    _publish(draft, file)


def database_file(file: Path) -> None:
    """Make an empty SQLite database whose readers don't wait for its writer, unless it is there already.

    The kind of journal is a property of the file; two connections that both change it can fail each other.
    """
    if file.exists():
        return
    draft = _draft_beside(file)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    _publish(draft, file)


def _draft_beside(file: Path) -> Path:
    return file.with_name(f".{file.name}.{secrets.token_hex(6)}")


def _publish(draft: Path, file: Path) -> None:
    """Unlike a rename, a link never replaces what somebody else has put there meanwhile."""
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
