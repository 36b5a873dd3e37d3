"""Opens a company database and reads its live schema. Reading connections are read-only where the database can."""

from __future__ import annotations

import hashlib
import inspect
import re
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pymysql
import sqlalchemy as sa
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader
from sqlalchemy import event
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError, OperationalError

from ordholden import identifiers
from ordholden.connectors.errors import Busy, Refused, SystemFailure, Unreachable
from ordholden.connectors.reading import Column, ForeignKey, Schema, TableSchema
from ordholden.connectors.sql.moments import Instant, sqlite_day, sqlite_instant
from ordholden.connectors.sql.spelling import digits_of
from ordholden.inventory.system import System
from ordholden.policy.condition import as_text

__all__ = ["engine_for", "failures", "reflect"]

CONNECT_SECONDS = 10
LOCK_SECONDS = 20
PAUSE_SECONDS = 5


def engine_for(system: System, base: Path, *, write: bool) -> Engine:
    """An engine for the system's address; relative SQLite paths are relative to the organisation's folder."""
    try:
        url = make_url(system.url)
    except (ArgumentError, ValueError):
        # Not a number for a port is said by an error that quotes the address.
        raise Unreachable(
            system.name,
            "the address cannot be read; it looks like postgresql+psycopg://…, "
            "mysql+pymysql://… or sqlite:///path",
        ) from None
    try:
        match url.get_backend_name():
            case "sqlite":
                return _sqlite(system, url, base, write=write)
            case "postgresql":
                return _postgresql(url, write=write)
            case "mysql" | "mariadb":
                return _mariadb(system.name, url, write=write)
            case name:
                raise Unreachable(system.name, f"no connector for {name}")
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise Unreachable(system.name, f"the driver is not installed ({error})") from None


def _sqlite(system: System, url: URL, base: Path, *, write: bool) -> Engine:
    path = (base / (url.database or "")).resolve()
    if not path.is_file():
        raise Unreachable(system.name, f"there is no database file {url.database}")
    mode = "rw" if write else "ro"
    # A folder may be called `a?b` or `100%`.
    address = URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": mode, "uri": "true"})
    engine = sa.create_engine(
        address,
        connect_args={"timeout": LOCK_SECONDS},
        poolclass=sa.pool.QueuePool,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.create_function("ordholden_fold", 1, _fold, deterministic=True)
        connection.create_function("ordholden_day", 6, sqlite_day, deterministic=True)
        connection.create_function("ordholden_instant", 6, sqlite_instant, deterministic=True)
        connection.create_function("ordholden_normal", 2, identifiers.normal, deterministic=True)
        connection.create_function("ordholden_digits", 1, digits_of, deterministic=True)
        connection.execute("PRAGMA foreign_keys=ON")
        # The driver would begin transactions late; ours begin when we say so.
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _fold(value: object) -> str | None:
    return None if value is None else as_text(value)


def _postgresql(url: URL, *, write: bool) -> Engine:
    options = f"-c lock_timeout={LOCK_SECONDS}s -c TimeZone=UTC"
    if not write:
        options += " -c default_transaction_read_only=on"
    if write:
        # A batch is a range of an index. Where the planner thinks otherwise, each batch would read the whole table, or the
        # whole index of what belongs to it: batches follow each other through the same pages, so that a page is at hand.
        options += " -c enable_seqscan=off -c jit=off -c random_page_cost=1.1"
    arguments = {"connect_timeout": CONNECT_SECONDS, "options": options, "application_name": "ordholden"}
    engine = sa.create_engine(url, connect_args=arguments, isolation_level="READ COMMITTED")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for name, loader in _ENDLESS.items():
            connection.adapters.register_loader(name, loader)

    @event.listens_for(engine, "checkin")
    def returned(_: object, record: Any) -> None:
        record.info["returned"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def alive(connection: Any, record: Any, _: object) -> None:
        # Whether somebody still listens is asked after a pause, or where something has been said unasked: a farewell.
        paused = time.monotonic() - record.info.get("returned", time.monotonic()) > PAUSE_SECONDS
        if paused or _spoken(connection):
            try:
                connection.execute("SELECT 1")
                connection.rollback()
            except psycopg.Error:
                raise sa.exc.DisconnectionError from None

    return engine


def _spoken(connection: Any) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _endless(loader: type[Any], last: Any, first: Any) -> type[Any]:
    """Reads `infinity`, and days beyond Python's calendar, as its last or first: no plausible date, but not a failure."""

    class Endless(loader):  # type: ignore[misc]
        def load(self, data: Any) -> Any:
            try:
                return super().load(data)
            except (psycopg.DataError, ValueError):
                text = bytes(data)
                return first if text.startswith(b"-") or text.endswith(b"BC") else last

    return Endless


class _IsoDate(DateLoader):
    """Most dates are four digits, two and two: those Python reads at once."""

    def load(self, data: Any) -> date:
        if len(data) == len("2026-11-22") and data[4] == data[7] == _DASH:
            return date.fromisoformat(str(data, "ascii"))
        return super().load(data)


_DASH = ord("-")

_ENDLESS = {
    "date": _endless(_IsoDate, date.max, date.min),
    "timestamp": _endless(TimestampLoader, datetime.max, datetime.min),  # noqa: DTZ901
    "timestamptz": _endless(
        TimestamptzLoader, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    ),
}


def _mariadb(system: str, url: URL, *, write: bool) -> Engine:
    mode = "READ WRITE" if write else "READ ONLY"
    start = (
        f"SET SESSION time_zone='+00:00', innodb_lock_wait_timeout={LOCK_SECONDS}, SESSION TRANSACTION {mode}"
    )
    known = inspect.signature(pymysql.connections.Connection.__init__).parameters
    if unknown := sorted(set(url.query) - set(known)):
        raise Unreachable(system, f"the driver knows no {', '.join(unknown)}")
    engine = sa.create_engine(
        url.update_query_dict({"charset": "utf8mb4"}),
        connect_args={"connect_timeout": CONNECT_SECONDS},
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            first, second = start.rsplit(", ", 1)
            cursor.execute(first)
            cursor.execute("SET " + second)

    return engine


@contextmanager
def failures(system: str) -> Iterator[None]:
    """Turns what a driver raises into the few errors that everybody knows; values and secrets stay out of the text."""
    try:
        yield
    except SystemFailure:
        raise
    except DBAPIError as error:
        raise _failure(system, error) from None
    except psycopg.Error as error:
        # What the driver was asked without SQLAlchemy between.
        raise _failure(system, _as_dbapi(error)) from None
    except NoSuchTableError as error:
        raise Refused(system, f"there is no table {error}") from None


def _as_dbapi(error: psycopg.Error) -> DBAPIError:
    kind = sa.exc.IntegrityError if isinstance(error, psycopg.IntegrityError) else sa.exc.OperationalError
    lost = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    return kind(None, None, error, connection_invalidated=lost)


_LOCKED = re.compile(r"lock timeout|lock wait|locked|deadlock|could not serialize", re.IGNORECASE)
_FULL = re.compile(r"disk (is )?full|no space|table .* is full|could not extend", re.IGNORECASE)
_NO_RIGHT = re.compile(
    r"permission denied|command denied|access denied for user .* to|readonly|read-only|not authorized",
    re.IGNORECASE,
)
_NO_LOGIN = re.compile(
    r"password|authentication|access denied for user|role .* does not exist|unknown database|database .* does not exist",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"server closed|connection|gone away|terminat|refused|timed? ?out|could not translate|shut", re.IGNORECASE
)
_CONSTRAINT = re.compile(
    r"constraint [`\"]?([\w.]+)|CONSTRAINT `(\w+)`|constraint failed: ([\w., ]+)|column [`\"'](\w+)",
    re.IGNORECASE,
)


def _failure(system: str, error: DBAPIError) -> SystemFailure:
    text = str(error.orig)
    if _LOCKED.search(text):
        return Busy(system, "somebody else holds a lock on these rows")
    if _FULL.search(text):
        return Refused(system, "the disk is full")
    if isinstance(error, sa.exc.IntegrityError):
        found = _CONSTRAINT.search(text)
        name = next((g for g in found.groups() if g), "") if found else ""
        return Refused(system, f"a constraint forbids it: {name}" if name else "a constraint forbids it")
    if _NO_RIGHT.search(text):
        return Refused(system, "this account has no right to do it")
    if _NO_LOGIN.search(text):
        return Unreachable(system, "the log-in was not accepted, or the database is not there")
    if error.connection_invalidated or (isinstance(error, OperationalError) and _LOST.search(text)):
        return Unreachable(system, "no connection")
    # The first line may quote a value; the error's class and code do not.
    number = error.orig.args[0] if error.orig and error.orig.args else ""
    code = getattr(error.orig, "sqlstate", None) or (number if isinstance(number, int) else "")
    return Refused(system, f"{type(error.orig).__name__} {code}".strip())


def reflect(engine: Engine, system: System) -> tuple[dict[str, sa.Table], Schema]:
    """The declared tables as they are, and every enforced reference that touches them; absent tables are left out."""
    inspector = sa.inspect(engine)
    existing = set(inspector.get_table_names())
    wanted = [t for t in system.tables if t in existing]
    metadata = sa.MetaData()
    foreign_keys = _foreign_keys(inspector, existing, _checked(engine))
    touching = {k.table for k in foreign_keys if k.parent in wanted} | set(wanted)
    for name in sorted(touching):
        sa.Table(name, metadata, autoload_with=inspector, resolve_fks=False)  # type: ignore[call-overload]
    tables = {name: metadata.tables[name] for name in sorted(touching)}
    for table in tables.values():
        declared = _declared(engine, table.name) if engine.dialect.name == "sqlite" else {}
        # Our own aliases carry no reference of their own.
        for column in table.columns:
            if engine.dialect.name == "sqlite":
                column.type = _plain(column.type, declared[column.name])
            elif isinstance(column.type, mysql.TIMESTAMP):
                column.type = Instant()
    schemas = {name: _table_schema(inspector, engine, tables[name]) for name in wanted}
    relevant = tuple(k for k in foreign_keys if k.parent in wanted or k.table in wanted)
    unspoken = sorted(existing - set(wanted) - set(system.without_personal_data))
    return tables, Schema(schemas, relevant, _digest(schemas, relevant), tuple(unspoken))


def _digest(schemas: dict[str, TableSchema], foreign_keys: tuple[ForeignKey, ...]) -> str:
    """The same for the same schema in every process. An index more or less is no other schema."""
    said = [
        (name, sorted(s.columns.items()), s.primary_key, sorted(s.unique), sorted(s.triggers))
        for name, s in sorted(schemas.items())
    ]
    return hashlib.sha256(repr((said, sorted(map(repr, foreign_keys)))).encode()).hexdigest()


def _declared(engine: Engine, table: str) -> dict[str, str]:
    """The words that SQLite's columns are declared with, whatever a library makes of them."""
    with engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT name, type FROM pragma_table_xinfo(:table)"), {"table": table}
        )
        return {str(name): str(type_).upper() for name, type_ in found}


_NUMBERS = ("NUM", "DEC", "MONEY", "BIT")


def _plain(type_: sa.types.TypeEngine[Any], declared: str) -> sa.types.TypeEngine[Any]:
    """SQLite holds whatever was put there under any type's name: read it as it is."""
    match type_:
        case sa.DateTime() | sa.Date() | sa.Time():
            return sa.String()
        case sa.Boolean():
            return sa.Integer()
        case sa.Numeric() if any(word in declared for word in _NUMBERS):
            return sa.Numeric(asdecimal=False)
        case sa.Numeric():
            # `STRING`, `EMAIL`, `GUID`: what SQLite has no type for is no number because SQLAlchemy thinks so.
            return sa.String()
        case _:
            return type_


def _checked(engine: Engine) -> frozenset[tuple[str, str]]:
    """The references that hold for every row, by table and name. SQLite and MariaDB let anybody switch theirs off."""
    if engine.dialect.name != "postgresql":
        return frozenset()
    query = """SELECT relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
               WHERE contype = 'f' AND convalidated AND pg_table_is_visible(conrelid)"""
    with engine.connect() as connection:
        return frozenset((str(table), str(name)) for table, name in connection.execute(sa.text(query)))


def _foreign_keys(
    inspector: sa.Inspector, existing: set[str], checked: frozenset[tuple[str, str]]
) -> tuple[ForeignKey, ...]:
    found = []
    for table in sorted(existing):
        for key in inspector.get_foreign_keys(table):
            options = key.get("options") or {}
            parent = key["referred_table"]
            found.append(
                ForeignKey(
                    table=table,
                    columns=tuple(key["constrained_columns"]),
                    parent=parent,
                    parent_columns=tuple(
                        key["referred_columns"] or inspector.get_pk_constraint(parent)["constrained_columns"]
                    ),
                    on_delete=str(options.get("ondelete") or "NO ACTION").upper(),
                    on_update=str(options.get("onupdate") or "NO ACTION").upper(),
                    checked=(table, str(key["name"])) in checked,
                )
            )
    return tuple(found)


def _table_schema(inspector: sa.Inspector, engine: Engine, table: sa.Table) -> TableSchema:
    indexes = inspector.get_indexes(table.name)
    unique = [tuple(c for c in i["column_names"] if c) for i in indexes if i.get("unique")]
    unique += [tuple(u["column_names"]) for u in inspector.get_unique_constraints(table.name)]
    primary = tuple(c.name for c in table.primary_key.columns)
    leading = {i["column_names"][0] for i in indexes if i["column_names"] and i["column_names"][0]}
    leading |= {u[0] for u in unique if u} | set(primary[:1])
    columns = {
        c.name: Column(
            c.name, str(c.type), bool(c.nullable), getattr(c.type, "length", None), c.computed is not None
        )
        for c in table.columns
    }
    return TableSchema(
        table.name,
        columns,
        primary,
        tuple(sorted(set(unique))),
        frozenset(leading),
        _triggers(engine, table.name),
    )


_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(quote_ident(:table)) AND NOT tgisinternal",
    "mysql": "SELECT trigger_name FROM information_schema.triggers"
    " WHERE event_object_schema = DATABASE() AND event_object_table = :table",
}


def _triggers(engine: Engine, table: str) -> tuple[str, ...]:
    statement = _TRIGGERS.get(engine.dialect.name, _TRIGGERS["mysql"])
    with engine.connect() as connection:
        return tuple(
            sorted(str(name) for (name,) in connection.execute(sa.text(statement), {"table": table}))
        )
