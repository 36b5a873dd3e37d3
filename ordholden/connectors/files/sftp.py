"""Files on an SFTP server. Safety design: the room's first page.

A server's key must be known beforehand, in the user's `known_hosts` or in one beside the policy: whoever
answers in a server's place would be told the password and could show us an empty folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ordholden.connectors.errors import Refused, SystemFailure, Unreachable
from ordholden.connectors.files import FileFact
from ordholden.connectors.files.address import Address, parts_of

if TYPE_CHECKING:
    from paramiko import SFTPAttributes, SFTPClient, SSHClient

__all__ = ["SftpFiles", "open_sftp"]

SECONDS = 30
PIECE = 1 << 15
KNOWN_HOSTS = "known_hosts"
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def open_sftp(address: Address, base: Path) -> SftpFiles:
    """The files below a folder of an SFTP server."""
    with _failures(address.system), ExitStack() as opened:
        client = _client(address, base)
        opened.callback(client.close)
        _connect(client, address, base)
        sftp = client.open_sftp()
        # A night's run may leave it in silence for long.
        client.get_transport().set_keepalive(SECONDS)  # type: ignore[union-attr]
        sftp.get_channel().settimeout(SECONDS)  # type: ignore[union-attr]
        files = SftpFiles(client, sftp, _root(sftp, address), address.system)
        opened.pop_all()
    return files


def _client(address: Address, base: Path) -> SSHClient:
    try:
        import paramiko
    except ModuleNotFoundError:
        reason = "SFTP needs one part more: pip install 'ordholden[sftp]'"
        raise Unreachable(address.system, reason) from None
    client = paramiko.SSHClient()
    client.load_system_host_keys()
    if (base / KNOWN_HOSTS).is_file():
        client.load_host_keys(str(base / KNOWN_HOSTS))
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    return client


def _connect(client: SSHClient, address: Address, base: Path) -> None:
    own_keys = not address.password and not address.key
    client.connect(
        address.host,
        address.port or 22,
        address.user or None,
        # With a key of its own the password opens the key.
        password=None if address.key else address.password or None,
        passphrase=address.password or None if address.key else None,
        key_filename=str(base / address.key) if address.key else None,
        allow_agent=own_keys,
        look_for_keys=own_keys,
        timeout=SECONDS,
        banner_timeout=SECONDS,
        auth_timeout=SECONDS,
    )


def _root(sftp: SFTPClient, address: Address) -> str:
    home = address.path in ("", "/~") or address.path.startswith("/~/")
    path = "." + address.path[2:] if home and address.path else address.path or "."
    try:
        root = sftp.normalize(path)
        if stat.S_ISDIR(sftp.stat(root).st_mode or 0):
            return root.rstrip("/")
    except OSError:
        pass
    raise Unreachable(address.system, "there is no such folder on the server")


class SftpFiles:
    """The files below a folder of an SFTP server, logged in."""

    def __init__(self, client: SSHClient, sftp: SFTPClient, root: str, system: str) -> None:
        self._client, self._sftp, self._root, self._system = client, sftp, root, system

    def __enter__(self) -> SftpFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def walk(self) -> Iterator[FileFact]:
        waiting: list[tuple[str, ...]] = [()]
        while waiting:
            folder = waiting.pop()
            found = self._listing(folder)
            for name, entry in sorted(found.items()):
                if stat.S_ISREG(entry.st_mode or 0):
                    yield FileFact("/".join((*folder, name)), entry.st_size or 0, _modified(entry))
            folders = (name for name, entry in found.items() if stat.S_ISDIR(entry.st_mode or 0))
            waiting += [(*folder, name) for name in sorted(folders, reverse=True)]

    def read(self, path: str) -> Iterator[bytes]:
        with _failures(self._system):
            place = self._place(path)
            if place is None or not self._is_file(place):
                raise Refused(self._system, "there is no such file")
            opened = self._sftp.open(place, "rb")
        with opened:
            while True:
                with _failures(self._system):
                    piece = opened.read(PIECE)
                if not piece:
                    return
                yield piece

    def remove(self, path: str) -> bool:
        with _failures(self._system):
            place = self._place(path)
            if place is None:
                return False
            try:
                if not self._is_file(place):
                    raise Refused(self._system, "it is not a file")
                self._sftp.remove(place)
            except FileNotFoundError:
                return False
        return True

    def exists(self, path: str) -> bool:
        with _failures(self._system):
            place = self._place(path)
            try:
                return place is not None and self._is_file(place)
            except FileNotFoundError:
                return False

    def encrypted(self) -> bool | None:
        return True

    def _listing(self, folder: tuple[str, ...]) -> dict[str, SFTPAttributes]:
        with _failures(self._system):
            try:
                listed = self._sftp.listdir_attr("/".join((self._root, *folder)) or "/")
            except FileNotFoundError:
                if folder:
                    return {}
                raise Unreachable(self._system, "the folder is not there any more") from None
            found = {entry.filename: entry for entry in listed}
            if any("/" in name for name in found):
                raise Refused(self._system, "the server's listing cannot be read")
            return {name: entry for name, entry in found.items() if name not in (".", "..")}

    def _place(self, path: str) -> str | None:
        """The file's full path, its folder without links; None when there is no such folder."""
        *folder, name = parts_of(path, self._system, foreign=True)
        try:
            real = self._sftp.normalize("/".join((self._root, *folder)) or "/").rstrip("/")
            self._sftp.stat(real or "/")
        except FileNotFoundError:
            return None
        if real != self._root and not real.startswith(f"{self._root}/"):
            raise Refused(self._system, "a link leads out of the root")
        return f"{real}/{name}"

    def _is_file(self, place: str) -> bool:
        return stat.S_ISREG(self._sftp.lstat(place).st_mode or 0)


def _modified(entry: SFTPAttributes) -> datetime:
    return UNKNOWN if entry.st_mtime is None else datetime.fromtimestamp(entry.st_mtime, UTC)


@contextmanager
def _failures(system: str) -> Iterator[None]:
    """What the library raises, as one of the few errors that everybody knows."""
    try:
        yield
    except SystemFailure:
        raise
    except (OSError, EOFError) as error:
        raise _of_the_world(system, error) from None
    except Exception as error:
        # Loaded only where there is a connection, so it can't be named above.
        import paramiko

        if isinstance(error, paramiko.AuthenticationException):
            raise Unreachable(system, "the log-in was not accepted") from None
        if isinstance(error, paramiko.SSHException):
            raise Unreachable(system, _said(error)) from None
        raise


def _of_the_world(system: str, error: OSError | EOFError) -> SystemFailure:
    if isinstance(error, FileNotFoundError):
        return Refused(system, "there is no such file")
    if isinstance(error, PermissionError):
        return Refused(system, "this account may not")
    if type(error) is OSError and error.errno is None:
        # The protocol's plain "failure" has no number.
        return Refused(system, "the server said no")
    said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
    return Unreachable(system, f"no answer, or the connection was lost ({said})")


def _said(error: Exception) -> str:
    if "known_hosts" in str(error) or "host key" in str(error).lower():
        return f"the server's key is not in a {KNOWN_HOSTS} file, or is another one now"
    return "the connection was lost, or was never understood"
