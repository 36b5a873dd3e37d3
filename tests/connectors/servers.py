"""Servers for files, started in a thread of the test: FTP by pyftpdlib, SFTP by paramiko.

And an FTP server that says what a test tells it to say, by TLS, too.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import paramiko
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

USER = "anna"
PASSWORD = "hemmelig#1/2@æ"
QUOTED = "hemmelig%231%2F2%40%C3%A6"


@dataclass
class Ftp:
    port: int
    authorizer: DummyAuthorizer
    stop: Callable[[], None]
    hang_up: Callable[[], None]

    def url(self, path: str = "", *, password: str = QUOTED) -> str:
        return f"ftp://{USER}:{password}@127.0.0.1:{self.port}{path}"


@contextmanager
def ftp_server(
    root: Path, *, without: tuple[str, ...] = (), **overridden: Callable[..., Any]
) -> Iterator[Ftp]:
    """`without`: commands that the server does not know; `overridden`: methods of its handler."""
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(root), perm="elradfmwMT")
    known = {k: v for k, v in FTPHandler.proto_cmds.items() if k not in without}
    handler = type("Handler", (FTPHandler,), {"proto_cmds": known, "authorizer": authorizer, **overridden})
    # A wrong password is answered after three seconds otherwise.
    handler.auth_failed_timeout = 0.1
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=IOLoop())
    stopped, ended = threading.Event(), threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            server.ioloop.loop(timeout=0.02, blocking=False)
            if ended.is_set():
                for one in list(server.ioloop.socket_map.values()):
                    if isinstance(one, FTPHandler):
                        one.close()
                ended.clear()
        server.close_all()

    thread = threading.Thread(target=serve, daemon=True)

    def hang_up() -> None:
        ended.set()
        while ended.is_set():
            stopped.wait(0.01)

    def stop() -> None:
        stopped.set()
        thread.join(5)

    thread.start()
    try:
        yield Ftp(server.socket.getsockname()[1], authorizer, stop, hang_up)
    finally:
        stop()


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        return "password"


def _sftp_folder(root: Path) -> type[paramiko.SFTPServerInterface]:
    """A server that shows the real file system; absolute paths are its own, others begin at `root`."""

    class Folder(paramiko.SFTPServerInterface):
        def canonicalize(self, path: str) -> str:
            return os.path.realpath(root / path)

        def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
            try:
                return [
                    paramiko.SFTPAttributes.from_stat(entry.lstat(), entry.name)
                    for entry in Path(path).iterdir()
                ]
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno or 0)

        def stat(self, path: str) -> paramiko.SFTPAttributes | int:
            return self._fact(os.stat, path)

        def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
            return self._fact(os.lstat, path)

        def _fact(self, ask: Callable[[str], os.stat_result], path: str) -> paramiko.SFTPAttributes | int:
            try:
                return paramiko.SFTPAttributes.from_stat(ask(path))
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno or 0)

        def remove(self, path: str) -> int:
            try:
                Path(path).unlink()
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno or 0)
            return paramiko.SFTP_OK

        def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Any:  # noqa: ARG002
            handle = paramiko.SFTPHandle(flags)
            try:
                # The library closes it.
                handle.readfile = Path(path).open("rb")  # noqa: SIM115
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno or 0)
            return handle

    return Folder


@dataclass
class Sftp:
    port: int
    known_hosts: str

    def url(self, path: str = "", *, password: str = QUOTED) -> str:
        return f"sftp://{USER}:{password}@127.0.0.1:{self.port}{path}"


@contextmanager
def sftp_server(root: Path) -> Iterator[Sftp]:
    key = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                transport = paramiko.Transport(connection)
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _sftp_folder(root))
                transports.append(transport)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=_Door())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Sftp(port, f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for transport in transports:
            transport.close()
        thread.join(5)


# Said after a second.
LATE = "late"

# What a told server answers where a test says nothing: enough to log in and look around.
MANNERS = {
    "USER": "331 who are you",
    "PASS": "230 come in",
    "PBSZ": "200 ok",
    "PROT": "200 ok",
    "FEAT": "211-has\r\n MLST type*;size*;modify*;\r\n211 end",
    "CWD": "250 there",
    "PWD": '257 "/home"',
    "TYPE": "200 ok",
    "QUIT": "221 bye",
    "LIST": ("150 here", b"", "226 done"),
    "MLSD": ("150 here", b"", "226 done"),
}


@contextmanager
def told_server(
    answers: Mapping[str, object], *, certificate: Path | None = None
) -> Iterator[tuple[int, list[str]]]:
    """An FTP server for one connection that answers by the book given; gives its port and what it was asked.

    An answer is a line; three of them (before, bytes on a data connection, after); or None, to hang up.
    A list is answered one by one, the last for good.
    """
    said: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
    if context and certificate:
        context.load_cert_chain(certificate)

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(OSError, ValueError):
                _converse(connection, {**MANNERS, **answers}, context, said)
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], said
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _converse(
    connection: socket.socket, answers: Mapping[str, object], context: ssl.SSLContext | None, said: list[str]
) -> None:
    data = socket.create_server(("127.0.0.1", 0))
    secure = False

    def say(line: str) -> None:
        connection.sendall(f"{line}\r\n".encode())

    say("220 hello")
    lines = connection.makefile("rb")
    while line := lines.readline():
        command = os.fsdecode(line).rstrip("\r\n")
        said.append(command)
        verb = command.split(" ")[0].upper()
        if verb == "AUTH" and context:
            say("234 go on")
            connection, secure = context.wrap_socket(connection, server_side=True), True
            lines = connection.makefile("rb")
        elif verb == "EPSV":
            say("500 what")
        elif verb == "PASV":
            port = data.getsockname()[1]
            say(f"227 at (127,0,0,1,{port // 256},{port % 256})")
        else:
            answer = answers.get(verb, "500 what")
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            if answer is None:
                connection.shutdown(socket.SHUT_RDWR)
                return
            if isinstance(answer, tuple):
                before, content, after = answer
                say(before)
                channel, _ = data.accept()
                if secure and context:
                    channel = context.wrap_socket(channel, server_side=True)
                channel.sendall(content)
                channel.close()
                if after is LATE:
                    time.sleep(1)
                    after = "226 done"
                say(after)
            else:
                say(str(answer))


def make_certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(written + certificate.public_bytes(serialization.Encoding.PEM))
    return path
