"""The web as tests see it: a house of examples, a client in this process, and for browsers a server beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser

from tests.web.browser import Site, chromium, copied, served
from tests.web.desk import Office, served_here
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


# For a module only: while its loop runs, no test beside it could have one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


@pytest.fixture(scope="module")
def site(
    house_of_examples: Town, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Site]:
    """The examples, served to browsers."""
    house = copied(house_of_examples.folder, tmp_path_factory.mktemp("served") / "house")
    with served(house) as address:
        yield Site(house, address)


@pytest.fixture(scope="module")
def address(house_of_examples: Town) -> Iterator[str]:
    """Of this process's own web."""
    with served_here() as one:
        yield one


@pytest.fixture
def office(browser: Browser, address: str, town: Town) -> Iterator[Office]:
    one = Office(browser, address, town)
    yield one
    one.leave()
