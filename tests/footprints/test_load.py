"""What is loaded around records is all that a judgement of them looks at, and no table is asked once per person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from examples import ORGANISATIONS, generate
from ordholden.connectors.files import open_files
from ordholden.connectors.files.reader import FilesReader
from ordholden.connectors.predicate import TRUE
from ordholden.connectors.reading import Reader, Row
from ordholden.connectors.sql.system import SqlSystem
from ordholden.footprints import Footprints
from ordholden.grounds.interpret import Evaluation
from ordholden.grounds.world import World
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import Inventory, TableName
from ordholden.policy.document import Policy
from ordholden.policy.read import read_policy
from ordholden.problems import Problems
from tests.footprints.making import card, filled_database, footprints_of

ON = date(2026, 11, 22)


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Policy, Inventory, Mapping[str, Reader]]]:
    problems = Problems()
    policy, inventory = read_policy(folder, problems), read_inventory(folder, problems, {})
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


def everything(inventory: Inventory, readers: Mapping[str, Reader]) -> list[Row]:
    return [
        row
        for table in inventory.tables
        for page in readers[table.name.system].rows(table.name, TRUE)
        for row in page
    ]


@pytest.mark.parametrize("name", ORGANISATIONS)
@pytest.mark.parametrize("with_policy", [True, False])
def test_a_batch_is_judged_as_if_all_records_were_there(name: str, with_policy: bool, tmp_path: Path) -> None:
    generate(name, tmp_path, people=25, on=ON)
    with opened(tmp_path) as (policy, inventory, readers):
        footprints = Footprints(inventory, readers, policy if with_policy else None)
        rows = everything(inventory, readers)
        cards = {c for row in rows for c in World(inventory, [row]).people_of(row)}
        links = footprints.linked(tuple(cards))
        whole = Evaluation(policy, World(inventory, rows, lambda c: links[c].all), ON)

        for start in range(0, len(rows), 97):
            some = rows[start : start + 97 : 4]
            around = Evaluation(policy, footprints.world_around(some), ON)
            for row in some:
                assert around.verdict(row) == whole.verdict(row), (row.table, row.key)
                assert around.record_until(row) == whole.record_until(row), (row.table, row.key)
