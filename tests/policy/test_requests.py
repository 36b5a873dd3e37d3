"""What a policy says about requests: limits, forms, partners; with defaults that the law is content with."""

from __future__ import annotations

from pathlib import Path

import pytest

from ordholden.policy.read import read_policy
from ordholden.policy.requests import Requests, may_be_sent_to
from ordholden.policy.rule import Duration, Unit
from ordholden.problems import Level, Problems
from tests.companies import HEAD, HOTEL_POLICY


def read(folder: Path, section: str = "") -> tuple[Requests, Problems]:
    (folder / "policy.yaml").write_text(HEAD + HOTEL_POLICY + section)
    problems = Problems()
    policy = read_policy(folder, problems)
    return (policy.requests if policy else Requests()), problems


def test_without_a_word_the_law_alone_holds(tmp_path: Path) -> None:
    requests, problems = read(tmp_path)

    assert requests == Requests()
    assert requests.own_days("access") is None
    assert problems.all == ()


def test_a_limit_for_one_right_goes_before_that_for_all(tmp_path: Path) -> None:
    requests, _ = read(
        tmp_path,
        "requests: {answer within: 30 days, own limits: {withdrawal: 5 days}, customary days off: yes}",
    )

    assert (requests.own_days("access"), requests.own_days("withdrawal")) == (30, 5)
    assert requests.customary


def test_a_campaign_leads_to_its_controller(tmp_path: Path) -> None:
    requests, _ = read(
        tmp_path,
        "requests: {controllers: {A: {email: a@a.example, campaigns: [K1, K2]}, B: {campaigns: K3}}}",
    )

    found = [
        requests.controller_of(*asked)
        for asked in (("", "K2"), ("", "K3"), ("A", "K3"), ("", ""), ("C", "K1"))
    ]
    assert [c.name if c else None for c in found] == ["A", "B", "A", None, None]


def test_a_form_that_the_law_does_not_ask_for_is_warned_about_at_its_place(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "requests:\n  forms: {access: signed letter}\n")

    [found] = problems.all
    assert (found.code, found.level, dict(found.facts)) == (
        "request-form-strict",
        Level.WARNING,
        {"right": "access"},
    )
    assert found.at is not None


@pytest.mark.parametrize(
    "wrong", ["answer within: soon", "keep cases: for long", "own limits: {access: 2 weeks}"]
)
def test_a_span_that_is_none_is_said_at_its_place(tmp_path: Path, wrong: str) -> None:
    _, problems = read(tmp_path, f"requests:\n  {wrong}\n")

    assert [p.code for p in problems.all] == ["value-form"]


def test_spans_are_as_they_are_written(tmp_path: Path) -> None:
    requests, _ = read(
        tmp_path, "requests: {keep cases: 18 months, keep copies: 2 weeks, remind after: 3 days}"
    )

    assert (requests.keep_case, requests.keep_copies, requests.remind_days) == (
        Duration(18, Unit.MONTH),
        Duration(2, Unit.WEEK),
        3,
    )


def test_what_is_not_given_out_says_why_in_both_languages(tmp_path: Path) -> None:
    requests, _ = read(
        tmp_path, "requests: {not disclosed: {name: {da: Derfor, en: Because}, email: Secret}}"
    )

    assert requests.not_disclosed == {
        "name": {"da": "Derfor", "en": "Because"},
        "email": {"da": "Secret", "en": "Secret"},
    }


KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_a_partner_is_known_by_its_key_whatever_it_does_for_us(tmp_path: Path) -> None:
    other = KEY.replace("AAEC", "AQEC")
    requests, problems = read(
        tmp_path,
        f"""
requests:
  controllers:
    A: {{endpoint: "https://a.example/api/a/partner", key: "{KEY}"}}
  processors:
    B: {{email: b@b.example}}
  known senders:
    C: "{other}"
""",
    )

    found = [requests.partner_by_key(key) for key in (KEY, other, "")]
    assert [p.name if p else None for p in found] == ["A", None, None]
    assert requests.known_keys == {"A": KEY, "C": other}
    assert problems.all == ()


@pytest.mark.parametrize(
    ("partner", "code", "place"),
    [
        ('{endpoint: "https://a.example/x"}', "partner-key-missing", (3, 9)),
        (f'{{endpoint: "http://a.example/x", key: "{KEY}"}}', "partner-address", (3, 19)),
        (f'{{endpoint: "https://me:pw@a.example/x", key: "{KEY}"}}', "partner-address", (3, 19)),
        (f'{{endpoint: "a.example", key: "{KEY}"}}', "partner-address", (3, 19)),
        ('{endpoint: "https://a.example/x", key: "c2hvcnQ="}', "partner-key", (3, 47)),
        ('{endpoint: "https://a.example/x", key: nøgle}', "partner-key", (3, 47)),
        ("{campaigns: [K1]}", "partner-nowhere", (3, 5)),
    ],
)
def test_what_is_wrong_with_a_partner_is_said_at_its_place(
    tmp_path: Path, partner: str, code: str, place: tuple[int, int]
) -> None:
    _, problems = read(tmp_path, f"requests:\n  controllers:\n    A: {partner}\n")

    [found] = problems.all
    before = (HEAD + HOTEL_POLICY).count("\n")
    assert found.at is not None
    assert (found.code, found.at.line - before, found.at.column) == (code, *place)


def test_a_key_is_one_partners(tmp_path: Path) -> None:
    same = f'{{endpoint: "https://a.example/x", key: "{KEY}"}}'
    section = f"""
requests:
  controllers: {{A: {same}}}
  processors: {{A: {same}, B: {same}}}
  known senders: {{A: "{KEY}"}}
"""

    found = [(p.code, p.facts["partner"], p.facts["other"]) for p in read(tmp_path, section)[1].all]
    assert found == [("partner-key-twice", "B", "A")]


def test_without_encryption_nothing_leaves_this_machine(tmp_path: Path) -> None:
    doors = {
        "https://a.example/api/a/partner": True,
        "http://127.0.0.1:8000/api/a/partner": True,
        "http://localhost/api/a/partner": True,
        "http://[::1]/api": True,
        "http://10.0.0.1/api": False,
        "http://127.0.0.1.evil.example/": False,
        "https://a.example/?to=b": False,
        "ftp://a.example/": False,
        "https://[": False,
        "": False,
    }

    assert {door: may_be_sent_to(door) for door in doors} == doors
