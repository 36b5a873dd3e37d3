"""Stores for workers' tests: an organisation's own file, and one PostgreSQL that several share."""

from tests.stores import store, url

__all__ = ["store", "url"]
