"""A store, on SQLite unless a test is about what databases do differently; mail goes to a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.post.servers import MailServer
from tests.stores import store

__all__ = ["store"]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str | None:
    """Where the store is: in the organisation's folder, or, for a test `on_each`, also on a server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as one:
        yield one
