"""The web as tests see it: a house of examples in a folder of its own, a client in this process, and a server beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.web.town import Town, built


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One house for every test of this process; who changes it says so in names of their own."""
    yield from built(tmp_path_factory.mktemp("house"))


@pytest.fixture
def client(town: Town) -> Client:
    town.forget_attempts()
    return Client()


@pytest.fixture
def folder(town: Town) -> Path:
    return town.folder
