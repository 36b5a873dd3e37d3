"""Pages ask their databases a constant number of questions, however many cases there are; and whom staff look for, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import sqlalchemy as sa
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from sqlalchemy import event

from ordholden.cases.case import Channel, Request, Who
from ordholden.staff import Role
from tests.web.test_case_page import opened
from tests.web.town import Town, addresses

FEW, MANY = 3, 30


@contextmanager
def asked(town: Town, name: str = "clienti") -> Iterator[list[str]]:
    """Every statement meanwhile: to the house, to the organisation's records, to the company's systems."""
    said: list[str] = []

    def to_a_system(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    aliases = ("default", town.organisation(name).store.alias)
    with ExitStack() as stack:
        ours = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in aliases]
        event.listen(sa.Engine, "before_cursor_execute", to_a_system)
        try:
            yield said
        finally:
            event.remove(sa.Engine, "before_cursor_execute", to_a_system)
            said += [str(query["sql"]) for one in ours for query in one.captured_queries]


def questions(town: Town, client: Client, path: str, name: str = "clienti") -> int:
    """Of the second look: the first reads what is remembered from then on."""
    assert client.get(path).status_code == 200
    with asked(town, name) as said:
        assert client.get(path).status_code == 200
    return len(said)


def arrive(town: Town, count: int, name: str, *, called: str = "mange") -> list[str]:
    """So many requests of people whom no system knows, each with its letter and its line."""
    desk = town.organisation(name).desk
    numbers = []
    for n in range(count):
        who = Who(name=f"Prøve {called} {n}", email=f"{called}.{n}@mange.example")
        asked_for = Request(right="access", channel=Channel.EMAIL, who=who, words=f"Nummer {n} af {count}")
        numbers.append(desk.open_case(asked_for, actor="test").number)
    return numbers


PAGES: dict[str, Callable[[str], str]] = {
    "start": lambda _: "/console/alottbetter/",
    "cases": lambda _: "/console/alottbetter/cases/",
    "case": lambda number: f"/console/alottbetter/cases/{number}",
    "figures": lambda _: "/console/alottbetter/figures",
}


@pytest.fixture
def counted(town: Town) -> tuple[dict[str, int], dict[str, int]]:
    """Questions for each page with three cases, and with thirty."""
    client = town.signed_in(Role.CASE_WORKER, "alottbetter", known_as="spoerger")
    desk = town.organisation("alottbetter").desk
    [first, *_] = arrive(town, FEW, "alottbetter")
    few = {page: questions(town, client, at(first), "alottbetter") for page, at in PAGES.items()}
    arrive(town, MANY, "alottbetter", called="flere")
    for text in ("a", "b", "c"):
        desk.note(first, text, actor="test")
        desk.receive(first, text)
    many = {page: questions(town, client, at(first), "alottbetter") for page, at in PAGES.items()}
    return few, many


def test_the_console_asks_as_much_for_thirty_cases_as_for_three(
    counted: tuple[dict[str, int], dict[str, int]],
) -> None:
    few, many = counted

    assert many == few
    assert max(many.values()) < 60


def test_a_search_asks_as_much_whomever_it_finds(town: Town) -> None:
    client = town.signed_in(Role.CASE_WORKER, known_as="finder")
    known = addresses(town, "clienti", "crm.contacts")
    found = {questions(town, client, f"/console/clienti/people?q={address}") for address in known[1:20:6]}

    assert max(found) < 40
    assert questions(town, client, f"/console/clienti/people?q={known[2].upper()}") < 40


def test_the_page_behind_a_link_asks_as_much_after_many_messages(town: Town) -> None:
    client, number = opened(town, "lang.traad@post.example")
    few = questions(town, client, "/clienti/case/")
    arrive(town, MANY, "clienti")
    desk = town.organisation().desk
    for n in range(10):
        desk.receive(number, f"Besked {n}")
        desk.write(number, f"Svar {n}", actor="test")

    assert questions(town, client, "/clienti/case/") == few
