"""Each test of what is kept runs on SQLite and on PostgreSQL; mail goes to a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.post.servers import MailServer
from tests.stores import store, url

__all__ = ["store", "url"]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as one:
        yield one
