"""Every door of the web and of the API is tried by everybody, and opens to those whom the table names (`doors.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from ruamel.yaml import YAML

from ordholden.app.organisation import today
from ordholden.staff import Deed, Role, may
from ordholden.staff.tokens import make
from tests.web.town import Town, built

TABLE: Mapping[str, Mapping[str, str]] = YAML(typ="safe").load(
    Path(__file__).with_name("doors.yaml").read_text("utf-8")
)
HERE, ELSEWHERE = "clienti", "alles_klar"
ANYBODY, SIGNED_IN = "anybody", "signed in"
DEEDS = {deed.value for deed in Deed}

# Where only the door matters, what is asked for is not there.
WORDS = {
    "organisation": HERE,
    "number": "2026-999999",
    "plan": "nothing",
    "document": "999999",
    "task": "999999",
    "right": "access",
    "step": "who",
    "hook": "W-999999",
    "token": "nothing",
}


@dataclass(frozen=True)
class DoorOfTheWeb:
    """An address, what it is called, and the deed that its view names."""

    name: str
    route: str
    deed: str

    def at(self, organisation: str = HERE) -> str:
        """The address with something in each of its places."""
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", self.route).replace("^", "").replace("$", "")
        words = {**WORDS, "organisation": organisation}
        filled = re.sub(r"<int:\w+>", "999999", plain)
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: words.get(found[1], "nothing"), filled)


@dataclass(frozen=True)
class Operation:
    """An operation of the API."""

    name: str
    method: str
    path: str
    deed: str

    def called(self, client: Client, token: str = "", organisation: str = HERE) -> int:
        words = {**WORDS, "organisation": organisation}
        path = re.sub(r"{(\w+)}", lambda found: words[found[1]], self.path)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        more = {} if self.method == "GET" else {"data": "{}", "content_type": "application/json"}
        answer = client.generic(self.method, f"/api{path}?words=nothing", headers=headers, **more)
        return answer.status_code


def doors_of_the_web() -> tuple[DoorOfTheWeb, ...]:
    return tuple(_walked(get_resolver().url_patterns, ""))


def _walked(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[DoorOfTheWeb]:
    from ordholden.web.visit import DEED

    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walked(one.url_patterns, route)
        # The API's operations are doors of their own: several stand at one address.
        elif not route.startswith("api/<"):
            deed = getattr(one.callback, DEED, None)
            yield DoorOfTheWeb(one.name or route, route, deed.value if deed else "")


def operations() -> tuple[Operation, ...]:
    from ordholden.api.door import deeds
    from ordholden.api.urls import ROUTERS

    found = deeds(*ROUTERS)
    return tuple(
        Operation(name, one.methods[0], path, deed.value if (deed := found[name]) else ANYBODY)
        for router in ROUTERS
        for path, view in router.path_operations.items()
        for one in view.operations
        for name in [one.view_func.__name__]
    )


def listed() -> dict[str, str]:
    """To whom each door of the web opens. One that the table lacks is told by one test, and by that only."""
    return {name: to for part, doors in TABLE.items() if part != "api" for name, to in doors.items()}


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    from ordholden.promises import Promises
    from ordholden.promises.remembered import remember

    for town in built((HERE, ELSEWHERE)):
        # To look at every promise anew is much work, and no matter of the door.
        remember(town.organisation(HERE).store, Promises())
        yield town


@pytest.fixture(autouse=True)
def _anew(town: Town) -> None:
    town.forget_attempts()


def test_every_address_is_in_the_table_and_names_its_deed(town: Town) -> None:
    found = {door.name: door.deed for door in doors_of_the_web()}

    assert found.keys() == listed().keys()
    assert {name: to for name, to in found.items() if to} == {n: t for n, t in listed().items() if t in DEEDS}


def test_every_operation_is_in_the_table_and_names_its_deed(town: Town) -> None:
    assert {one.name: one.deed for one in operations()} == TABLE["api"]


def tried(client: Client, path: str, *, methods: tuple[str, ...] = ("GET", "POST")) -> list[int]:
    """By each method; one that a door does not know says nothing about who may come in."""
    answers = [client.generic(method, path) for method in methods]
    return [a.status_code for a in answers if a.status_code != 405]


@pytest.mark.parametrize("role", Role)
def test_a_door_of_the_console_opens_to_roles_that_may_do_its_deed(town: Town, role: Role) -> None:
    client = town.signed_in(role, HERE)
    client.raise_request_exception = False
    wrong = {}
    for door in doors_of_the_web():
        if listed().get(door.name) not in DEEDS:
            continue
        opens = may(role, Deed(listed()[door.name]))
        # By POST every promise is looked at anew, which is tried where the console is.
        methods = ("GET",) if opens and door.name == "console-promises" else ("GET", "POST")
        answers = tried(client, door.at(), methods=methods)
        if not answers or any(not _fits(status, opens) for status in answers):
            wrong[door.name] = answers

    assert wrong == {}


def _fits(status: int, opens: bool) -> bool:
    """Whoever may not is told so; whoever may is shown it, or that it is not there, or what is missing."""
    return status in (200, 302, 400, 404, 409, 422) if opens else status == 403


def test_to_members_of_another_organisation_a_console_is_not_there(town: Town) -> None:
    client = town.signed_in(Role.DATA_PROTECTION, ELSEWHERE)
    names = [door for door in doors_of_the_web() if listed().get(door.name) in DEEDS]

    assert {
        door.name: tried(client, door.at()) for door in names if set(tried(client, door.at())) != {404}
    } == {}
    assert client.get(f"/console/{HERE}/confidentiality").status_code == 404
    assert client.get(f"/console/{ELSEWHERE}/").status_code == 200


def test_who_is_not_signed_in_is_asked_to(town: Town) -> None:
    wrong = {}
    for door in doors_of_the_web():
        if listed().get(door.name, ANYBODY) == ANYBODY:
            continue
        answers = [a for a in _answers(Client(), door.at()) if a.status_code != 405]
        if any(a.status_code != 302 or "/accounts/login/" not in a["Location"] for a in answers):
            wrong[door.name] = [a.status_code for a in answers]

    assert wrong == {}


def _answers(client: Client, path: str) -> list:  # type: ignore[type-arg]
    return [client.get(path), client.post(path)]


def test_a_console_opens_to_nobody_without_confidentiality_or_second_factor(
    town: Town, settings_that_ask_for_two: None
) -> None:
    newcomer = town.signed_in(Role.DATA_PROTECTION, HERE, bound=False, known_as="newcomer")
    single = town.signed_in(Role.APPROVER, HERE, factor=False, known_as="single")
    wrong = {}
    for door in doors_of_the_web():
        if listed().get(door.name) not in DEEDS:
            continue
        for client, to in ((newcomer, "/confidentiality"), (single, "/accounts/2fa/")):
            answers = [a for a in _answers(client, door.at()) if a.status_code != 405]
            if any(a.status_code != 302 or to not in a["Location"] for a in answers):
                wrong[door.name] = [a.status_code for a in answers]

    assert wrong == {}


@pytest.fixture
def settings_that_ask_for_two() -> Iterator[None]:
    from django.test import override_settings

    with override_settings(ORDHOLDEN_SECOND_FACTOR="required"):
        yield


def test_what_is_for_anybody_breaks_for_nobody(town: Town) -> None:
    """Not signed in, and signed in as somebody from elsewhere; by both methods, with nothing filled in."""
    wrong = {}
    for client in (Client(), town.signed_in(Role.AGENT, ELSEWHERE)):
        client.raise_request_exception = False
        for door in doors_of_the_web():
            if listed().get(door.name) == ANYBODY:
                town.forget_attempts()
                answers = tried(client, door.at())
                if any(status == 403 or status >= 500 for status in answers):
                    wrong[door.name] = answers

    assert wrong == {}


def test_an_organisation_that_is_not_here_has_no_doors(town: Town) -> None:
    client = town.signed_in(Role.DATA_PROTECTION, HERE)
    doors = [door for door in doors_of_the_web() if ":organisation>" in door.route]

    assert len(doors) > 60
    assert {door.name for door in doors if set(tried(client, door.at("nowhere"))) != {404}} == set()


@pytest.fixture(scope="module")
def tokens(town: Town) -> Mapping[str, tuple[str, str]]:
    """For each deed a token that names it alone, and one that names all but it."""
    return {
        deed: (token(town, [deed]), token(town, DEEDS - {deed}))
        for deed in TABLE["api"].values()
        if deed in DEEDS
    }


def token(town: Town, deeds: Collection[str]) -> str:
    store, until = town.organisation(HERE).store, today() + timedelta(days=30)
    return make(store, "a program", deeds, on=today(), expires_on=until, actor="test")[1]


def test_an_operation_is_open_to_tokens_that_name_its_deed(
    town: Town, tokens: Mapping[str, tuple[str, str]]
) -> None:
    """Whoever may not learns nothing else: not even what the operation would have wanted."""
    client = Client(raise_request_exception=False)
    wrong = {}
    for one in operations():
        if one.deed == ANYBODY:
            continue
        its_own, all_others = tokens[one.deed]
        if (status := one.called(client, its_own)) not in (200, 201, 404, 409, 422):
            wrong[f"{one.name} with its own deed"] = status
        if (status := one.called(client, all_others)) != 403:
            wrong[f"{one.name} with every other deed"] = status

    assert wrong == {}


def test_a_token_is_asked_for_and_belongs_to_one_organisation(
    town: Town, tokens: Mapping[str, tuple[str, str]]
) -> None:
    client = Client()
    wrong = {}
    for one in operations():
        town.forget_attempts()
        statuses = [
            one.called(client),
            one.called(client, "oh_nothing"),
            one.called(client, tokens.get(one.deed, ("",))[0], ELSEWHERE),
        ]
        fits = {200, 400, 404, 409, 422} if one.deed == ANYBODY else {401}
        if not set(statuses) <= fits:
            wrong[one.name] = statuses

    assert wrong == {}
    assert operations()[0].called(client, tokens["take calls"][0], "nowhere") == 401
