"""Stores for the tests of this room: here the tables are made by whoever opens."""

from __future__ import annotations

import pytest

from tests.stores import KINDS, store

__all__ = ["store", "url"]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> str | None:
    """Where the store is: in the organisation's folder, or in an empty database on a server."""
    if request.param == "sqlite":
        return None
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address
