"""The web as tests see it: a house of examples, a client in this process, and for browsers a server beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.web.town import Town, built


@pytest.fixture(scope="session")
def house_of_examples() -> Iterator[Town]:
    yield from built()


@pytest.fixture
def town(house_of_examples: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("ORDHOLDEN_ADDRESS", "http://testserver")
    house_of_examples.forget_attempts()
    return house_of_examples


@pytest.fixture
def client(town: Town) -> Client:
    return Client()
