"""Files on an FTP server, in the clear (`ftp://`) or by TLS (`ftps://`). Safety design: see the room.

A server that knows MLSD is asked by it, since it gives sizes and times that need no guessing. Whether
something is a link only LIST tells, so both are asked. A server without MLSD (vsftpd) is asked LIST, and SIZE
and MDTM of each file.

The standard library speaks one encoding per connection and stops at a name in another. So it is given
Latin-1, which every byte is, and names are read as UTF-8 here; a byte that isn't is carried through as Python
does for file names.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from ftplib import FTP, FTP_TLS, Error, all_errors, error_perm, error_temp
from pathlib import Path
from socket import create_connection, socket
from types import TracebackType
from typing import Any

from ordholden.connectors.errors import Refused, SystemFailure, Unreachable
from ordholden.connectors.files import FileFact
from ordholden.connectors.files.address import Address, parts_of

__all__ = ["FtpFiles", "open_ftp"]

SECONDS = 30
PIECE = 1 << 16
IMPLICIT_TLS = 990
# A server may show a link as the folder it leads to, even to the folder above.
DEEPEST = 64
# What the server doesn't say counts as a date that can't be, which keeps a file and makes a finding.
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)

# `drwxr-xr-x 2 owner group 4096 Nov 22 04:00 name`, and the form of a Windows server.
_UNIX = re.compile(
    r"(?P<kind>[a-z-])[rwxsStTl-]{9}\S*\s+(?:\S+\s+){2,6}?"
    r"(?:\S{3,5}\s+[0-9]{1,2}|[0-9]{1,2}\.?\s+\S{3,5}|[0-9]{4}-[0-9]{2}-[0-9]{2})\s+[0-9]{1,2}:?[0-9]{2} "
    r"(?P<name>.+)"
)
_WINDOWS = re.compile(r"[0-9-]+\s+[0-9:]+[AP]M\s+(?P<kind><DIR>|[0-9]+)\s+(?P<name>.+)")


def open_ftp(address: Address, base: Path) -> FtpFiles:
    """The files below a folder of an FTP server."""

    def log_in() -> FTP:
        return _logged_in(address, base)

    with _failures(address.system), ExitStack() as opened:
        connection = log_in()
        opened.callback(connection.close)
        root, knows_mlsd = _root(connection, address), _knows_mlsd(connection)
        opened.pop_all()
    return FtpFiles(connection, log_in, root, address.system, knows_mlsd=knows_mlsd)


def _logged_in(address: Address, base: Path) -> FTP:
    connection = _new(address, base)
    with ExitStack() as opened:
        opened.callback(connection.close)
        connection.connect(address.host, address.port or 0)
        connection.login(_wire(address.user), _wire(address.password))
        if isinstance(connection, FTP_TLS):
            connection.prot_p()
        opened.pop_all()
    return connection


def _new(address: Address, base: Path) -> FTP:
    if address.scheme == "ftp":
        # In the clear, as the address says; `encrypted()` tells, and the promises show it.
        return FTP(timeout=SECONDS, encoding="latin-1")  # noqa: S321
    # An authority's signature and the right name, or the very certificate that `?ca=` names. No "never mind".
    context = ssl.create_default_context(cafile=str(base / address.ca) if address.ca else None)
    context.sslsocket_class = _Forgiving
    secure = _SameSession(context=context, timeout=SECONDS, encoding="latin-1")
    secure.implicit = address.port == IMPLICIT_TLS
    return secure


class _Forgiving(ssl.SSLSocket):
    """Many servers close a data connection without TLS's own farewell.

    Whether all of it came is said on the control connection, which is as well protected.
    """

    def unwrap(self) -> socket:
        try:
            return super().unwrap()
        except OSError:
            return self


class _SameSession(FTP_TLS):
    """FTP by TLS whose data connections continue the control connection's session: many servers insist."""

    implicit = False

    def connect(self, host: str = "", port: int = 0, *arguments: Any, **options: Any) -> str:
        if not self.implicit:
            return super().connect(host, port, *arguments, **options)
        self.host, self.port = host, port
        plain = create_connection((host, port), SECONDS)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain, server_hostname=host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket, int | None]:
        plain, size = FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 -- wrapped in TLS by the next lines
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        return self.context.wrap_socket(plain, server_hostname=self.host, session=session), size


def _root(connection: FTP, address: Address) -> str:
    """The folder that the address names, as the server itself calls it."""
    below_home = address.path[1:]
    try:
        if below_home:
            connection.cwd(_wire(below_home))
    except error_perm:
        raise Unreachable(address.system, "there is no such folder on the server") from None
    return _read(connection.pwd()).rstrip("/")


def _knows_mlsd(connection: FTP) -> bool:
    try:
        features = connection.sendcmd("FEAT")
    except error_perm:
        return False
    # MLST in the list stands for both (RFC 3659).
    return any(line.strip().upper().startswith("MLST") for line in features.splitlines())


class _Kind(StrEnum):
    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


@dataclass(frozen=True)
class _Entry:
    kind: _Kind
    size: int = 0
    modified: datetime = UNKNOWN


class FtpFiles:
    """The files below a folder of an FTP server, logged in."""

    def __init__(
        self, connection: FTP, log_in: Callable[[], FTP], root: str, system: str, *, knows_mlsd: bool
    ) -> None:
        self._ftp, self._log_in, self._root, self._system = connection, log_in, root, system
        self._knows_mlsd = knows_mlsd
        # Folders that a listing has shown to be folders: some servers follow a link and do not say so.
        self._plain: set[tuple[str, ...]] = set()

    def __enter__(self) -> FtpFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with suppress(*all_errors):
            if self._ftp.sock is not None:
                self._ftp.quit()
        self._ftp.close()

    def walk(self) -> Iterator[FileFact]:
        waiting: list[tuple[str, ...]] = [()]
        while waiting:
            folder = waiting.pop()
            if len(folder) > DEEPEST:
                raise Refused(self._system, "folders without end: one of them seems to be a link back")
            with self._asking():
                found = self._listing(folder) or {}
            for name, entry in sorted(found.items()):
                if entry.kind is _Kind.FILE:
                    yield FileFact("/".join((*folder, name)), entry.size, entry.modified)
            folders = (name for name, entry in found.items() if entry.kind is _Kind.FOLDER)
            waiting += [(*folder, name) for name in sorted(folders, reverse=True)]

    def read(self, path: str) -> Iterator[bytes]:
        with self._asking():
            *folder, name = parts_of(path, self._system, foreign=True)
            if not self._entered(tuple(folder)) or self._kind(name) is not _Kind.FILE:
                raise Refused(self._system, "there is no such file")
            self._ftp.voidcmd("TYPE I")
            data = self._ftp.transfercmd(f"RETR {_wire(name)}")
        whole = False
        try:
            while True:
                with self._asking():
                    piece = data.recv(PIECE)
                if not piece:
                    break
                yield piece
            whole = True
        finally:
            data.close()
            self._end_of_transfer(whole=whole)

    def remove(self, path: str) -> bool:
        with self._asking():
            *folder, name = parts_of(path, self._system, foreign=True)
            if not self._entered(tuple(folder)):
                return False
            kind = self._kind(name)
            if kind is None:
                return False
            if kind is not _Kind.FILE:
                raise Refused(self._system, "it is not a file")
            try:
                self._ftp.delete(_wire(name))
            except error_perm:
                # Somebody was faster, or the server won't.
                if self._kind(name) is not None:
                    raise Refused(self._system, "the server does not remove the file") from None
                return False
        return True

    def exists(self, path: str) -> bool:
        with self._asking():
            *folder, name = parts_of(path, self._system, foreign=True)
            return self._entered(tuple(folder)) and self._kind(name) is _Kind.FILE

    def encrypted(self) -> bool | None:
        return isinstance(self._ftp.sock, ssl.SSLSocket)

    # — where we are —

    def _entered(self, folder: tuple[str, ...]) -> bool:
        """Goes there, by way of folders and not of links; False when there is no such folder."""
        if folder and folder not in self._plain and not self._is_plain(folder):
            return False
        try:
            self._change(_wire("/".join((self._root, *folder)) or "/"))
        except error_perm:
            if not folder:
                raise Unreachable(self._system, "the folder is not there any more") from None
            self._plain.discard(folder)
            if self._is_plain(folder):
                raise Refused(self._system, "a folder may not be entered by this account") from None
            return False
        # Most servers name the place behind a link that was made since.
        there = _read(self._ftp.pwd()).rstrip("/")
        if there != self._root and not there.startswith(f"{self._root}/"):
            raise Refused(self._system, "a link leads out of the root")
        return True

    def _change(self, folder: str) -> None:
        """Each verb begins here. A server that hung up while nobody asked anything is rung up again, once."""
        try:
            if self._ftp.sock is not None:
                self._ftp.cwd(folder)
                return
        except (error_temp, EOFError, OSError):
            pass
        self._ftp.close()
        self._ftp = self._log_in()
        self._ftp.cwd(folder)

    def _is_plain(self, folder: tuple[str, ...]) -> bool:
        """Whether the folder above shows it; refused where it shows something else by that name."""
        above = self._listing(folder[:-1])
        if above is None or folder[-1] not in above:
            return False
        if folder not in self._plain:
            raise Refused(self._system, "a part of the path is not a folder, or a link")
        return True

    # — what is there —

    def _listing(self, folder: tuple[str, ...]) -> dict[str, _Entry] | None:
        """What is in a folder by name; None when there is no such folder."""
        if not self._entered(folder):
            return None
        found = self._by_mlsd() if self._knows_mlsd else self._by_list()
        found.pop(".", None), found.pop("..", None)
        if any("/" in name for name in found):
            raise Refused(self._system, "the server's listing cannot be read")
        self._plain |= {(*folder, name) for name, entry in found.items() if entry.kind is _Kind.FOLDER}
        return found

    def _by_mlsd(self) -> dict[str, _Entry]:
        found = {}
        for written, facts in self._ftp.mlsd():
            if facts.get("type", "").lower() not in ("cdir", "pdir"):
                found[_read(written)] = _from_facts(facts)
        for name in list(self._no_files("LIST", found)):
            found[name] = _Entry(_Kind.OTHER)
        return found

    def _no_files(self, command: str, names: Iterable[str]) -> Iterator[str]:
        """Names of links, pipes and the like, as far as the server tells; `names` are those known already."""
        lines: list[str] = []
        self._ftp.retrlines(command, lines.append)
        shown = (m for line in lines if (m := _UNIX.fullmatch(_read(line))))
        for tail in [m["name"] for m in shown if m["kind"] not in "-d"]:
            # `link -> where it leads`, and either may have an arrow in its name.
            known = [n for n in names if tail == n or tail.startswith(f"{n} -> ")]
            yield max(known, key=len, default=tail.partition(" -> ")[0])

    def _by_list(self) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        for line in self._lines():
            if line.startswith("total ") or not line.strip():
                continue
            name, kind = self._understood(line)
            if kind is _Kind.FILE:
                found[name] = _Entry(kind, self._size(name), self._modified(name))
            else:
                found.setdefault(name, _Entry(kind))
        return found

    def _lines(self) -> list[str]:
        lines: list[str] = []
        # Without -a many servers leave out names that begin with a dot; some take it for a name.
        for command in ("LIST -a", "LIST"):
            with suppress(error_perm):
                self._ftp.retrlines(command, lines.append)
            if lines:
                break
        return [_read(line) for line in lines]

    def _understood(self, line: str) -> tuple[str, _Kind]:
        if unix := _UNIX.fullmatch(line):
            name = unix["name"].partition(" -> ")[0] if unix["kind"] == "l" else unix["name"]
            return name, {"-": _Kind.FILE, "d": _Kind.FOLDER}.get(unix["kind"], _Kind.OTHER)
        if windows := _WINDOWS.fullmatch(line):
            return windows["name"], _Kind.FOLDER if windows["kind"] == "<DIR>" else _Kind.FILE
        # To pass over a line is to pass over a file.
        raise Refused(self._system, "the server's listing cannot be read")

    def _size(self, name: str) -> int:
        self._ftp.voidcmd("TYPE I")
        try:
            return self._ftp.size(_wire(name)) or 0
        except error_perm:
            return 0

    def _modified(self, name: str) -> datetime:
        try:
            return _moment(self._ftp.sendcmd(f"MDTM {_wire(name)}")[4:])
        except error_perm:
            return UNKNOWN

    def _kind(self, name: str) -> _Kind | None:
        """What the name is in the folder where we are; None when it isn't there."""
        if not self._knows_mlsd:
            entry = self._by_list().get(name)
            return entry.kind if entry else None
        try:
            answer = self._ftp.sendcmd(f"MLST {_wire(name)}")
        except error_perm:
            # Either it is not there or we may not know; the listing tells which.
            entry = self._by_mlsd().get(name)
            return entry.kind if entry else None
        facts = next((line for line in answer.splitlines() if line.startswith(" ")), "").strip()
        kind = _from_facts(
            dict(fact.lower().split("=", 1) for fact in facts.partition(" ")[0].split(";") if "=" in fact)
        ).kind
        here = (name, f"./{name}")
        odd = kind is _Kind.FILE and not set(here).isdisjoint(self._no_files(f"LIST ./{_wire(name)}", here))
        return _Kind.OTHER if odd else kind

    def _end_of_transfer(self, *, whole: bool) -> None:
        """Only the server knows whether that was all of the file."""
        if whole:
            with self._asking():
                self._ftp.voidresp()
            return
        try:
            if self._ftp.sock is not None:
                self._ftp.voidresp()
        except (error_temp, error_perm):
            # It complains that we hung up. So we did.
            pass
        except all_errors:
            self._ftp.close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with _failures(self._system):
                yield
        except Unreachable:
            # An answer may still be under way, and would be taken for that to the next question.
            self._ftp.close()
            raise


def _from_facts(facts: dict[str, str]) -> _Entry:
    kind = facts.get("type", "").lower()
    if kind == "file":
        return _Entry(_Kind.FILE, int(facts.get("size") or 0), _moment(facts.get("modify", "")))
    if kind in ("dir", "cdir", "pdir"):
        return _Entry(_Kind.FOLDER)
    return _Entry(_Kind.OTHER)


def _moment(written: str) -> datetime:
    """`20261122040000` or with fractions; always UTC (RFC 3659)."""
    try:
        return datetime.strptime(written.strip()[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return UNKNOWN


def _wire(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("latin-1")


def _read(name: str) -> str:
    return name.encode("latin-1").decode("utf-8", "surrogateescape")


@contextmanager
def _failures(system: str) -> Iterator[None]:
    """What the library raises, as one of the few errors that everybody knows.

    Servers repeat names in what they say, so only their codes are passed on.
    """
    try:
        yield
    except SystemFailure:
        raise
    except error_perm as error:
        code = str(error)[:3]
        if code in ("530", "532", "331", "332"):
            raise Unreachable(system, "the log-in was not accepted") from None
        raise Refused(system, f"the server said no ({code})") from None
    except error_temp as error:
        raise Unreachable(system, f"the server said not now ({str(error)[:3]})") from None
    except (Error, EOFError):
        raise Unreachable(system, "the connection was lost, or was not understood") from None
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(system, f"the server's certificate is not good: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise Unreachable(system, f"no encrypted connection ({error.reason})") from None
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else type(error).__name__
        raise Unreachable(system, f"no answer, or the connection was lost ({said})") from None
