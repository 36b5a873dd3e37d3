"""Each test runs on SQLite and on PostgreSQL."""

from tests.stores import store, url

__all__ = ["store", "url"]
