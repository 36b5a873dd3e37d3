"""Each test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.office import Office, office_of
from tests.stores import store, url

__all__ = ["office", "store", "url"]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None) -> Iterator[Office]:
    with office_of(tmp_path / "hotel", monkeypatch, url=url) as one:
        yield one
