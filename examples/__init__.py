"""Five example organisations: a policy, the systems it is about, and made-up data to fill them with.

In comes the name of an organisation and a day; out goes a folder that ordholden can be run on.
"""

import importlib
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

ORGANISATIONS = ("all_ears", "alles_klar", "clienti", "alottbetter", "flexfone")

# What a folder gets from the organisation's own; the rest of it makes data and is of no use there.
COPIED = ("policy.yaml", "systems.yaml", "look.yaml", "docs")

Progress = Callable[[str, str, int], None]


def generate(
    name: str,
    folder: Path,
    *,
    people: int = 400,
    at: str | None = None,
    on: date,
    seed: int = 1,
    progress: Progress | None = None,
) -> None:
    """Fill `folder` with the organisation `name` as it could look on the day `on`.

    Without `at` the databases are SQLite files in the folder. With `at` (the address of a server,
    without a database) there is one database for each system, made afresh, and `folder/.env` says where.
    `progress` is told system, table and number of rows after each batch.
    """
    made = importlib.import_module(f"examples.{name}.generate")
    folder.mkdir(parents=True, exist_ok=True)
    copy_description(Path(made.__file__ or "").parent, folder)
    addresses = {system: address(name, system, folder, at) for system in made.SYSTEMS}
    engines = {system: empty_database(url) for system, url in addresses.items()}
    try:
        fill(engines, made.SYSTEMS, made.rows(people, on=on, seed=seed), progress)
    finally:
        for engine in engines.values():
            engine.dispose()
    if hasattr(made, "files"):
        made.files(folder, people, on=on, seed=seed)
    write_environment(folder, made.VARIABLES, addresses, at)


def copy_description(origin: Path, folder: Path) -> None:
    for name in COPIED:
        if (origin / name).is_dir():
            shutil.copytree(origin / name, folder / name, dirs_exist_ok=True)
        elif (origin / name).exists():
            shutil.copyfile(origin / name, folder / name)


def address(name: str, system: str, folder: Path, at: str | None) -> sa.URL:
    database = system.replace(" ", "_")
    if at is None:
        return sa.URL.create("sqlite", database=str(folder / f"{database}.sqlite3"))
    return sa.make_url(at).set(database=f"{name}_{database}")


def write_environment(
    folder: Path, variables: dict[str, str], addresses: dict[str, sa.URL], at: str | None
) -> None:
    """The addresses for ${VAR} in systems.yaml; SQLite needs none, its addresses are the defaults there."""
    environment = folder / ".env"
    if at is None:
        environment.unlink(missing_ok=True)
        return
    lines = [
        f"{variables[system]}={url.render_as_string(hide_password=False)}\n"
        for system, url in addresses.items()
    ]
    environment.write_text("".join(lines), encoding="utf-8")
    environment.chmod(0o600)


def empty_database(url: sa.URL) -> sa.Engine:
    """An engine on a new database; one of that name that was there before is gone."""
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").unlink(missing_ok=True)
    else:
        recreate(url)
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", keep_foreign_keys)
    return engine


def recreate(url: sa.URL) -> None:
    postgresql = url.get_backend_name() == "postgresql"
    server = sa.create_engine(
        url.set(database="postgres" if postgresql else ""), isolation_level="AUTOCOMMIT"
    )
    quoted = server.dialect.identifier_preparer.quote_identifier(url.database or "")
    with server.connect() as connection:
        connection.exec_driver_sql(
            f"DROP DATABASE IF EXISTS {quoted}" + (" WITH (FORCE)" if postgresql else "")
        )
        connection.exec_driver_sql(
            f"CREATE DATABASE {quoted}" + ("" if postgresql else " CHARACTER SET utf8mb4")
        )
    server.dispose()


def keep_foreign_keys(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def fill(
    engines: dict[str, sa.Engine],
    systems: dict[str, sa.MetaData],
    batches: Iterable[tuple[str, str, list[dict[str, Any]]]],
    progress: Progress | None,
) -> None:
    for system, engine in engines.items():
        systems[system].create_all(engine)
    connections = {system: engine.connect() for system, engine in engines.items()}
    try:
        for system, name, batch in batches:
            table = systems[system].tables[name]
            connections[system].execute(table.insert(), in_database_time(batch, table, engines[system]))
            if progress:
                progress(system, name, len(batch))
        for connection in connections.values():
            connection.commit()
    finally:
        for connection in connections.values():
            connection.close()


def in_database_time(batch: list[dict[str, Any]], table: sa.Table, engine: sa.Engine) -> list[dict[str, Any]]:
    """Time stamps with a zone in UTC, and without it where the database's columns can't carry one."""
    zoned = [c.name for c in table.columns if isinstance(c.type, sa.DateTime) and c.type.timezone]
    if not zoned:
        return batch
    carries_zone = engine.dialect.name == "postgresql"
    return [row | {name: in_utc(row.get(name), carries_zone=carries_zone) for name in zoned} for row in batch]


def in_utc(stamp: datetime | None, *, carries_zone: bool) -> datetime | None:
    if stamp is None:
        return None
    utc = stamp.astimezone(UTC)
    return utc if carries_zone else utc.replace(tzinfo=None)
