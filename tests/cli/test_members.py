"""`member`: how the first one comes in, and what the next ones see."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.cli.running import Shell
from tests.cli.test_running import free_port, running, status

CHIEF = "privat@cykel.example"
FIRST = (
    "add",
    CHIEF,
    "--name",
    "Databeskyttelse",
    "--role",
    "administrator",
    "--language",
    "en",
    "--by",
    "it",
)


def added(folder: Path, *more: str, env: dict[str, str] | None = None) -> str:
    """In a process of its own: Django takes its settings once, and this one has the tests' house."""
    with running("member", str(folder), *FIRST, *more, env=env) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    return said


def test_the_first_administrator_comes_in_by_a_link_that_the_served_pages_know(
    cykel: Path, shell: Shell
) -> None:
    house, port = cykel.parent, free_port()
    address = f"http://localhost:{port}"
    said = added(cykel, "--house", str(house), env={"ORDHOLDEN_ADDRESS": address, "COLUMNS": "40"})

    link = re.search(rf"{address}(/accounts/password/reset/key/\S+)", said)
    assert link, "on one line, however narrow"
    with running("serve", str(house), "--port", str(port), "--no-work") as process:
        until = time.monotonic() + 60
        while status(port, "/alive") != 200:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        # The page takes the key out of the address before it shows the form.
        assert status(port, link[1]) == 302
        assert status(port, re.sub(r"-[^-/]+/$", "-0/", link[1])) == 200, "a key that opens nothing"
    [one] = shell("member", cykel, "list", "--json").json["members"]
    assert (one["email"], one["role"], one["confidential"]) == (CHIEF, "administrator", False)


def test_who_is_added_again_changes_role_and_gets_a_new_link(cykel: Path, shell: Shell) -> None:
    house = str(cykel.parent)
    added(cykel, "--house", house)
    said = added(cykel, "--name", "Samme")

    assert "accounts/password/reset/key" in said, "the house is known, since the first one came in there"
    [one] = shell("member", cykel, "list", "--json").json["members"]
    assert (one["member"], one["name"]) == ("M-1", "Samme")


def test_who_is_removed_is_gone_from_the_list_but_the_last_administrator_stays(
    cykel: Path, shell: Shell
) -> None:
    from datetime import date

    from ordholden.app import open_organisation
    from ordholden.staff import Role, admit

    with open_organisation(cykel) as organisation:
        for email, role in ((CHIEF, Role.ADMINISTRATOR), ("disk@cykel.example", Role.AGENT)):
            admit(organisation.store, email=email, name="", role=role, on=date(2026, 11, 22), actor="it")

    assert shell("member", cykel, "remove", "disk@cykel.example").exit == 0
    assert [m["email"] for m in shell("member", cykel, "list", "--json").json["members"]] == [CHIEF]
    assert CHIEF in shell("member", cykel, "list").text
    assert "member-last" in shell("member", cykel, "remove", CHIEF).err
    assert "member-unknown" in shell("member", cykel, "remove", "ingen@cykel.example").err


def test_without_role_address_or_house_it_is_said_what_is_missing(
    cykel: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORDHOLDEN_HOUSE", raising=False)

    assert "member-role" in shell("member", cykel, "add", CHIEF).err
    assert "member-email" in shell("member", cykel, "add", "--role", "agent").err
    assert "member-house" in shell("member", cykel, "add", CHIEF, "--role", "agent").err
    assert shell("member", cykel, "add", CHIEF, "--role", "king").exit == 2
    assert "member DIR add" in shell("member", cykel, "list").text
