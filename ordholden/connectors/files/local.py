"""Files in a folder of this machine, or of a share mounted here. Safety design: the room's first page."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from ordholden.connectors.errors import Refused, Unreachable
from ordholden.connectors.files import FileFact
from ordholden.connectors.files.address import Address, parts_of

__all__ = ["LocalFiles", "open_local"]

PIECE = 1 << 18


def open_local(address: Address, base: Path) -> LocalFiles:
    """The files of a folder; a relative path is relative to `base`."""
    root = (base / address.path).resolve()
    try:
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise Unreachable(address.system, _why(error, "the folder")) from None
    return LocalFiles(root, handle, address.system)


class LocalFiles:
    """The files below an open folder."""

    def __init__(self, root: Path, handle: int, system: str) -> None:
        self._root, self._handle, self._system = root, handle, system
        self._closed = False

    def __enter__(self) -> LocalFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._handle)

    def walk(self) -> Iterator[FileFact]:
        def fail(error: OSError) -> None:
            # A folder that vanished meanwhile holds nothing; one that may not be listed may hold anything.
            if not isinstance(error, FileNotFoundError):
                raise Refused(self._system, _why(error, "a folder")) from None

        for folder, folders, names, handle in os.fwalk(".", dir_fd=self._handle, onerror=fail):
            folders.sort()
            prefix = "" if folder == "." else folder.removeprefix("./") + "/"
            for name in sorted(names):
                with suppress(FileNotFoundError):
                    found = os.stat(name, dir_fd=handle, follow_symlinks=False)
                    if stat.S_ISREG(found.st_mode):
                        yield FileFact(
                            prefix + name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC)
                        )

    def read(self, path: str) -> Iterator[bytes]:
        with self._parent(path) as (parent, name):
            if parent is None:
                raise Refused(self._system, "there is no such file")
            try:
                # Not blocking: opening a pipe would wait for somebody to write into it.
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
            except OSError as error:
                raise Refused(self._system, _why(error, "the file")) from None
        with os.fdopen(handle, "rb") as opened:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Refused(self._system, "it is not a file")
            while piece := opened.read(PIECE):
                yield piece

    def remove(self, path: str) -> bool:
        with self._parent(path) as (parent, name):
            if parent is None:
                return False
            try:
                if not stat.S_ISREG(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                    raise Refused(self._system, "it is not a file")
                os.unlink(name, dir_fd=parent)
                os.fsync(parent)
            except FileNotFoundError:
                return False
            except OSError as error:
                raise Refused(self._system, _why(error, "the file")) from None
        return True

    def exists(self, path: str) -> bool:
        with self._parent(path) as (parent, name):
            if parent is None:
                return False
            try:
                return stat.S_ISREG(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
            except FileNotFoundError:
                return False
            except OSError as error:
                raise Refused(self._system, _why(error, "the file")) from None

    def encrypted(self) -> bool | None:
        return None

    @contextmanager
    def _parent(self, path: str) -> Iterator[tuple[int | None, str]]:
        """A handle on the folder where the file lies, None where there is none; and the file's name in it."""
        *folders, name = parts_of(path, self._system)
        real = (self._root / Path(*folders)).resolve()
        if not real.is_relative_to(self._root):
            raise Refused(self._system, "a link leads out of the root")
        handle = self._down(real.relative_to(self._root).parts)
        try:
            yield handle, name
        finally:
            if handle is not None:
                os.close(handle)

    def _down(self, folders: tuple[str, ...]) -> int | None:
        """Step by step from the root, so that a link that appears just now is met and refused."""
        handle = os.dup(self._handle)
        for folder in folders:
            try:
                step = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise Refused(self._system, _why(error, "a folder")) from None
            finally:
                os.close(handle)
            handle = step
        return handle


def _why(error: OSError, what: str) -> str:
    """Without the file's name, which can be about somebody."""
    match error:
        case FileNotFoundError():
            return f"{what} is not there"
        case NotADirectoryError():
            return f"{what} is not a folder, or a link"
        case PermissionError():
            return f"{what} may not be touched by this account"
        case _:
            return f"{what}: {os.strerror(error.errno) if error.errno else type(error).__name__}"
