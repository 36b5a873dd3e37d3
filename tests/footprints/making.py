"""Organisations for tests: a `systems.yaml` in text and rows, in real databases, opened for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from ordholden.connectors.sql.system import SqlSystem
from ordholden.footprints import Footprints
from ordholden.grounds.wishes import Card
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import Inventory, TableName
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
