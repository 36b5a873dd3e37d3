"""Organisations for tests: a `systems.yaml` in text and rows, in real databases, opened for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from ordholden.connectors.files import open_files
from ordholden.connectors.files.reader import FilesReader
from ordholden.connectors.predicate import TRUE
from ordholden.connectors.reading import Reader
from ordholden.connectors.sql.system import SqlSystem
from ordholden.footprints import Footprints
from ordholden.grounds.wishes import Card
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import Inventory, Table, TableName
from ordholden.policy.document import Policy
from ordholden.policy.read import read_policy
from ordholden.problems import Problems

Rows = Sequence[Mapping[str, object]]


def filled_database(url: str, *tables: tuple[sa.Table, Rows]) -> None:
    """Creates the tables and fills them."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for table, rows in tables:
            table.create(connection)
            if rows:
                connection.execute(table.insert(), list(rows))
    engine.dispose()


def inventory_of(folder: Path, systems: str, url: str) -> Inventory:
    """The inventory that a `systems.yaml` says; `URL` in it is the database."""
    (folder / "systems.yaml").write_text(systems.replace("URL", url), encoding="utf-8")
    problems = Problems()
    inventory = read_inventory(folder, problems, {})
    assert inventory is not None, problems.all
    return inventory


def footprints_of(folder: Path, systems: str, url: str) -> Footprints:
    inventory = inventory_of(folder, systems, url)
    return Footprints(
        inventory, {name: SqlSystem(system, folder) for name, system in inventory.systems.items()}
    )


def card(table: str, key: object) -> Card:
    return Card(TableName(*table.split(".")), key)


@contextmanager
def counted(footprints: Footprints) -> Iterator[list[str]]:
    """The statements that reach the databases."""
    said: list[str] = []

    def note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    engines = [r.engine for r in footprints.readers.values() if isinstance(r, SqlSystem)]
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    yield said
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", note)


@contextmanager
def opened(
    folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Policy, Inventory, Mapping[str, Reader]]]:
    problems = Problems()
    policy, inventory = read_policy(folder, problems), read_inventory(folder, problems, environment or {})
    assert policy is not None
    assert inventory is not None
    readers: dict[str, Reader] = {}
    entered = []
    for system in inventory.systems.values():
        if system.is_files:
            entered.append(open_files(system.url, folder))
            readers[system.name] = FilesReader(system, entered[-1].__enter__())
        else:
            readers[system.name] = SqlSystem(system, folder)
    yield policy, inventory, readers
    for files in entered:
        files.__exit__(None, None, None)
    for reader in readers.values():
        if isinstance(reader, SqlSystem):
            reader.close()


def everybody(footprints: Footprints, table: Table) -> list[Card]:
    """The people of a table."""
    pages = footprints.readers[table.name.system].rows(table.name, TRUE)
    found = (row.links.get(table.person) for page in pages for row in page if table.person)
    return [Card(table.name, key) for key in dict.fromkeys(found) if key is not None]
