"""The door for partners' installations: what it says to whom it knows, and that it says nothing to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from ordholden.api import partner as door
from ordholden.cases.between import MEDIA_TYPE, Asked, written
from ordholden.cases.case import Who
from ordholden.policy.requests import Partner
from ordholden.post.envelope import Envelope, enclose, public_key
from ordholden.problems import Place
from ordholden.store import Store, open_store
from tests.web.town import Town

EARS = "https://all-ears.example/api/all_ears/partner"
HERE = "http://testserver/api/clienti/partner"


@pytest.fixture
def ears(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        yield store


@pytest.fixture
def known(town: Town, ears: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clienti knows All Ears."""
    clienti = town.organisation()
    one = Partner("All Ears", "", EARS, (), (), Place("policy.yaml", 1, 1), key=public_key(ears))
    requests = replace(clienti.policy.requests, processors={"All Ears": one})
    monkeypatch.setattr(clienti, "policy", replace(clienti.policy, requests=requests))


def message(store: Store, *, case: str = "2026-000017", content: bytes = b"", words: str = "") -> Envelope:
    who = Who(name="Prøve Person", email=f"{case}@post.example")
    asked = Asked(case, EARS, "access", who, datetime.now(UTC), words=words)
    return enclose(
        store,
        content or written(asked),
        form="ordholden-request/1",
        sender="All Ears",
        receiver=HERE,
        reference=case,
        nonce=case,
    )


def put(client: Client, body: bytes, organisation: str = "clienti") -> tuple[int, str]:
    answer = client.post(f"/api/{organisation}/partner", body, content_type=MEDIA_TYPE)
    said = answer.json()
    return answer.status_code, said["problems"][0]["code"] if "problems" in said else said["case"]


def test_a_partners_request_is_a_case_and_put_in_again_the_same_one(
    known: None, client: Client, town: Town, ears: Store
) -> None:
    body = message(ears, case="2026-000101", words="æ" * 9_000).to_bytes()
    first = put(client, body)
    again = put(client, message(ears, case="2026-000101", words="andre ord").to_bytes())

    assert first[0] == 200
    assert again == first
    assert town.organisation().desk.case(first[1]).case.words == "æ" * 9_000
    assert put(client, body) == first


def test_whoever_is_not_known_learns_nothing(known: None, client: Client, tmp_path: Path) -> None:
    """Of a good signature nobody knows, of a case that is there, of one that is not: one answer."""
    (tmp_path / "stranger").mkdir()
    with open_store(tmp_path / "stranger") as stranger:
        answers = {put(client, message(stranger, case=f"2026-{n:06d}").to_bytes()) for n in (1, 101, 999999)}

    assert answers == {(403, "partner-stranger")}


def test_whoever_tries_keys_has_only_so_many(client: Client, tmp_path: Path, town: Town) -> None:
    with open_store(tmp_path) as stranger:
        body = message(stranger).to_bytes()
        answers = [put(client, body)[0] for _ in range(32)]

    assert (answers[0], answers[-1]) == (403, 429)


def test_what_is_not_what_was_signed_is_not_taken(
    known: None, client: Client, town: Town, ears: Store
) -> None:
    good = message(ears, case="2026-000102")
    other = replace(good.manifest, reference="2026-000103")

    assert put(client, replace(good, manifest=other).to_bytes()) == (401, "transfer-signature")
    for content in (good.content + b" ", good.content[:-1], b""):
        assert put(client, replace(good, content=content).to_bytes()) == (422, "transfer-changed")
    assert put(client, message(ears, case="2026-000102", content=b"[]").to_bytes()) == (422, "transfer-form")
    assert put(client, b"") == (422, "transfer-form")
    assert put(client, b"{" * 100_000) == (422, "transfer-form")
    town.forget_attempts()
    assert put(client, good.to_bytes(), "alles_klar") == (403, "partner-stranger")


def test_what_says_that_it_is_too_large_is_not_read(
    known: None, client: Client, ears: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MOST", 100)

    assert put(client, message(ears, case="2026-000104").to_bytes()) == (413, "transfer-large")


def test_a_message_larger_than_a_form_may_be_reaches_the_door(client: Client) -> None:
    large = b"x" * (60 * 1024 * 1024)

    assert put(client, large) == (422, "transfer-form")


def test_which_cases_there_are_is_no_partners_matter(known: None, client: Client, town: Town) -> None:
    """The door opens nothing by GET."""
    assert client.get("/api/clienti/partner").status_code == 405
