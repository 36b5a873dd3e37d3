"""Programs are let in by a command, for certain deeds and until a day, and shut out again."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.test import Client

from ordholden.app.organisation import today
from ordholden.cli import main
from ordholden.staff import tokens
from tests.api.conftest import Program
from tests.web.town import Town


def by_command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def status(key: object) -> int:
    headers = {"authorization": f"Bearer {key}"}
    return Client(headers=headers).get("/api/clienti/figures").status_code


def test_a_program_is_let_in_and_shut_out(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(town.folder / "clienti")
    until = (today() + timedelta(days=30)).isoformat()
    code, made = by_command(capsys, "token", folder, "webshop", "--may", "see figures", "--until", until)
    assert code == 0
    assert made["last day"] == until
    assert status(made["key"]) == 200
    _, listed = by_command(capsys, "tokens", folder)
    known = {one["token"]: one for one in listed["tokens"]}  # type: ignore[attr-defined]
    assert known[made["token"]]["last used"] == today().isoformat()
    assert str(made["key"]) not in json.dumps(listed)

    assert by_command(capsys, "revoke", folder, str(made["token"]))[0] == 0
    assert status(made["key"]) == 401
    assert by_command(capsys, "revoke", folder, "T-999999")[0] == 2


def test_a_deed_that_nobody_knows_and_a_day_too_far_off_are_refused(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(town.folder / "clienti")
    for deed, until, code in (
        ("see figure", today() + timedelta(days=3), "token-deed"),
        ("see figures", date(2099, 1, 1), "token-expires"),
        ("see figures", today() - timedelta(days=3), "token-expires"),
    ):
        exit_code, said = by_command(
            capsys, "token", folder, "x", "--may", deed, "--until", until.isoformat()
        )
        assert exit_code == 2
        assert said["problems"][0]["code"] == code  # type: ignore[index]


def test_a_token_opens_nothing_from_the_day_it_expires(town: Town) -> None:
    store = town.organisation().store
    before = today() - timedelta(days=10)
    _, key = tokens.make(store, "x", ["see figures"], on=before, expires_on=today(), actor="test")

    assert status(key) == 401


def test_who_tries_many_tokens_has_to_wait(town: Town) -> None:
    answers = [status(f"oh_{n}") for n in range(32)]

    assert answers[0] == 401
    assert answers[-1] == 429


def test_what_is_refused_is_said_in_the_language_asked_for(town: Town, program: Program) -> None:
    answer = program().get("/api/clienti/cases/2026-999999", headers={"accept-language": "da"})

    assert answer.status_code == 404
    assert answer.json()["problems"][0]["code"] == "case-unknown"
    assert "sag" in answer.json()["problems"][0]["says"].lower()
