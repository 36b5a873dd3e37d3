"""The API as programs call it: a house of two examples, and tokens for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from ordholden.app.organisation import today
from ordholden.app.programs import let_in
from ordholden.staff import Deed
from tests.web.town import Town, built


@pytest.fixture(scope="session")
def town_of_two() -> Iterator[Town]:
    yield from built(("clienti", "alles_klar"))


@pytest.fixture
def town(town_of_two: Town) -> Town:
    town_of_two.forget_attempts()
    return town_of_two


@pytest.fixture
def client(town: Town) -> Client:
    return Client()


Program = Callable[..., Client]


@pytest.fixture
def program(town: Town) -> Program:
    """A client that signs in with a token for the deeds named; all of them, where none is."""

    def signed_in(*deeds: Deed, name: str = "clienti") -> Client:
        words = key(town, *deeds, name=name)
        return Client(headers={"authorization": f"Bearer {words}"}, raise_request_exception=False)

    return signed_in


def key(town: Town, *deeds: Deed, name: str = "clienti") -> str:
    """A new token's words."""
    may = [deed.value for deed in deeds or Deed]
    until = today() + timedelta(days=30)
    return let_in(town.organisation(name), "a program", may, until=until, actor="test")[1]
