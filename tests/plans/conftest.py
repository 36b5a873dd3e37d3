"""A club per kind of database: its members in that database, its complaints in another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import databases
from tests.plans.club import Club, found_club


@pytest.fixture(params=databases.KINDS)
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    kind = request.param
    with ExitStack() as stack:
        if kind == "sqlite":
            urls = [f"sqlite:///{tmp_path}/{name}.sqlite3" for name in ("club", "desk")]
        else:
            server = request.getfixturevalue(f"{kind}_server")
            urls = [stack.enter_context(databases.fresh_database(server)) for _ in range(2)]
        yield found_club(tmp_path / "klubben", *urls)
