"""What people get wrong, and what the world does: a clear message, what to do, nothing lost, nothing told."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from ordholden.cli.door import Exit
from tests.cli.running import AKSEL, DAY, Ran, Shell

SECRET = "hemmelig-kode-7"


def edited(file: Path, old: str, new: str) -> None:
    written = file.read_text(encoding="utf-8")
    assert old in written
    file.write_text(written.replace(old, new, 1), encoding="utf-8")


def place_of(file: Path, text: str) -> str:
    """`policy.yaml:9:11` of the text in the file."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if text in line:
            return f"{file.name}:{number}:{line.index(text) + 1}"
    raise AssertionError(text)


def says(ran: Ran, *wanted: str, code: int = Exit.MISTAKE) -> None:
    assert ran.exit == code, ran.text
    for text in wanted:
        assert text in ran.text
    assert "Do:" in ran.text


def content(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "shop.sqlite3")) as shop:
        return list(shop.iterdump())


# — the files —


def test_a_wrong_type_is_said_with_what_was_wanted(shell: Shell, cykel: Path) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, "    people: [customer]\n", "    people: {customer: yes}\n")

    says(shell("check", cykel), place_of(policy, "{customer: yes}"), "value-form")


def test_an_unknown_word_is_said_with_the_near_one(shell: Shell, cykel: Path) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, "    keep: 2 years after order placed", "    kepe: 2 years after order placed")

    says(shell("check", cykel), place_of(policy, "kepe"), "key-unknown", "keep")


def test_a_rule_that_cannot_be_parsed_is_pointed_at(shell: Shell, cykel: Path) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, "2 years after order placed", "2 yaers after order placed")
    ran = shell("check", cykel)

    says(ran, place_of(policy, "yaers"), "year")
    lines = ran.out.splitlines()
    shown = next(n for n, line in enumerate(lines) if "│" in line and "yaers" in line)
    assert lines[shown].index("yaers") == lines[shown + 1].index("^")


def test_an_event_nobody_defines_is_said(shell: Shell, cykel: Path) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, "2 years after order placed", "2 years after order plaiced")

    says(shell("check", cykel), place_of(policy, "order plaiced"), "event-unknown", "order placed")


def test_a_category_no_table_has_is_said(shell: Shell, cykel: Path) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, "  order: {da", "  shoe size: {da: skonummer, en: shoe size}\n  order: {da")
    edited(policy, "data: [name, email, phone, order]", "data: [name, email, phone, order, shoe size]")
    ran = shell("check", cykel)

    says(ran, "category-nowhere", "shoe size", code=Exit.FOUND)


def test_a_category_that_a_table_invents_is_said(shell: Shell, cykel: Path) -> None:
    systems = cykel / "systems.yaml"
    edited(systems, "note: order", "note: ordre")

    says(shell("check", cykel), "category-unknown", "ordre", "order")


def test_a_table_nobody_declared_is_said(shell: Shell, cykel: Path) -> None:
    with closing(sqlite3.connect(cykel / "shop.sqlite3")) as shop:
        shop.execute("CREATE TABLE visitors (id INTEGER PRIMARY KEY, email TEXT)")
    found = shell("check", cykel)
    edited(cykel / "systems.yaml", "  backups:", "  without personal data: [visitors]\n  backups:")

    says(found, "tables-undeclared", "visitors", code=Exit.FOUND)
    assert shell("check", cykel).exit == Exit.FINE


def test_a_table_that_is_not_there_is_said(shell: Shell, cykel: Path) -> None:
    edited(cykel / "systems.yaml", "    orders:", "    ordres:")

    says(shell("check", cykel), "ordres")


def test_a_person_key_that_is_not_unique_is_said(shell: Shell, cykel: Path) -> None:
    systems = cykel / "systems.yaml"
    edited(systems, "      person: id\n", "      person: name\n")
    edited(systems, "customer_id -> customers", "note -> customers")

    says(shell("check", cykel), "name")


def test_yaml_that_is_none_is_said(shell: Shell, cykel: Path) -> None:
    (cykel / "policy.yaml").write_text("organisation: {name: [\n", encoding="utf-8")

    says(shell("check", cykel), "yaml-broken", "policy.yaml:")
    says(shell("plan", cykel), "yaml-broken")


def test_no_folder_and_no_file_are_said(shell: Shell, tmp_path: Path) -> None:
    says(shell("check", tmp_path / "nowhere"), "folder-missing")
    says(shell("plan", tmp_path), "file-missing", "policy.yaml")


def test_every_mistake_is_found_not_only_the_first(shell: Shell, cykel: Path) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, "2 years after order placed", "2 yaers after order placed")
    edited(policy, "5 years after end", "5 yeras after end")
    codes = [p["code"] for p in shell("check", cykel, "--json").json["problems"] if p["level"] == "error"]

    assert len(codes) >= 2


def test_nothing_is_planned_on_a_policy_with_a_mistake(shell: Shell, cykel: Path) -> None:
    edited(cykel / "policy.yaml", "2 years after order placed", "2 years after order plaiced")
    before = content(cykel)
    ran = shell("plan", cykel, "--json")

    assert ran.exit == Exit.MISTAKE
    assert ran.json["problems"][0]["code"] == "event-unknown"
    assert content(cykel) == before


# — the systems —


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port on which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def at(folder: Path, url: str) -> None:
    (folder / ".env").write_text(f"SHOP_URL={url}\n", encoding="utf-8")


def test_an_address_that_does_not_answer_is_said_and_keeps_its_password(shell: Shell, cykel: Path) -> None:
    with deaf_port() as port:
        at(cykel, f"postgresql+psycopg://erik:{SECRET}@127.0.0.1:{port}/shop")
        for words in (("check", cykel), ("plan", cykel), ("explain", cykel, AKSEL), ("promises", cykel)):
            for more in ((), ("--json",), ("--debug",)):
                ran = shell(*words, *more)
                assert ran.exit == Exit.SYSTEM, ran.text
                assert "system-unreachable" in ran.text
                assert SECRET not in ran.out + ran.err


def test_wrong_credentials_are_said_and_kept(shell: Shell, cykel: Path, postgresql_url: str) -> None:
    url = sa.make_url(postgresql_url).set(username="erik", password=SECRET)
    at(cykel, url.render_as_string(hide_password=False))
    ran = shell("check", cykel)

    assert ran.exit == Exit.SYSTEM
    assert "system-unreachable" in ran.text
    assert "shop" in ran.text
    assert SECRET not in ran.out + ran.err + shell("plan", cykel, "--json").out


def test_an_address_that_is_none_is_said_without_being_repeated(shell: Shell, cykel: Path) -> None:
    at(cykel, f"postgres//erik:{SECRET}@nowhere")
    ran = shell("plan", cykel)

    assert ran.exit == Exit.SYSTEM
    assert SECRET not in ran.out + ran.err


def test_a_password_in_the_file_is_blotted_out_where_the_line_is_shown(shell: Shell, cykel: Path) -> None:
    with deaf_port() as port:
        systems = cykel / "systems.yaml"
        edited(
            systems,
            "${SHOP_URL:-sqlite:///shop.sqlite3}",
            f"postgresql+psycopg://e:{SECRET}@127.0.0.1:{port}/x",
        )
        assert SECRET not in shell("check", cykel).text
        edited(systems, "  url:", "  ulr:")
        ran = shell("check", cykel)

    assert "ulr" in ran.text
    assert SECRET not in ran.text


def test_a_schema_that_changed_since_the_plan_stops_it(shell: Shell, cykel: Path) -> None:
    name = shell.plan(cykel)
    shell("approve", name, "--in", cykel, "--by", "erik")
    with closing(sqlite3.connect(cykel / "shop.sqlite3")) as shop:
        shop.execute("ALTER TABLE customers ADD COLUMN shoe_size INTEGER")
    before = content(cykel)

    says(shell("apply", name, "--in", cykel), "schema-changed", "shop")
    assert content(cykel) == before


def test_a_plan_of_an_older_policy_is_stopped(shell: Shell, cykel: Path) -> None:
    name = shell.plan(cykel)
    shell("approve", name, "--in", cykel, "--by", "erik")
    edited(cykel / "policy.yaml", "2 years after order placed", "3 years after order placed")
    before = content(cykel)

    says(shell("apply", name, "--in", cykel), "plan-outdated")
    assert content(cykel) == before


# — people and plans —


@pytest.mark.parametrize("language", ["en", "da"])
def test_a_person_who_is_not_found_is_said_masked(shell: Shell, cykel: Path, language: str) -> None:
    for words in (
        ("explain", cykel, "petrine@nowhere.example"),
        ("export", cykel, "petrine@nowhere.example", "--access", "--to", cykel.parent / "copy"),
        ("plan", cykel, "--erase", "petrine@nowhere.example"),
        ("hold", cykel, "--person", "petrine@nowhere.example", "--reason", "x"),
    ):
        ran = shell(*words, "--language", language)
        assert ran.exit == Exit.MISTAKE
        assert "person-unknown" in ran.text
        assert "petrine@nowhere" not in ran.text
    assert not (cykel.parent / "copy").exists()


def test_people_who_cannot_be_told_apart_are_listed_never_guessed(shell: Shell, cykel: Path) -> None:
    with closing(sqlite3.connect(cykel / "shop.sqlite3")) as shop:
        shop.execute("UPDATE customers SET email = 'aksel@cykel.example' WHERE id = 5")
        shop.commit()
    ran = shell("plan", cykel, "--erase", AKSEL)

    says(ran, "person-ambiguous", "shop.customers:1", "shop.customers:5")
    assert AKSEL not in ran.text
    assert shell("plans", cykel, "--json").json == {"plans": []}


def test_of_a_file_every_line_nobody_answers_to_is_said(shell: Shell, cykel: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.txt"
    people.write_text(f"{AKSEL}\none@nowhere.example\ntwo@nowhere.example\n", encoding="utf-8")
    ran = shell("plan", cykel, "--erase-file", people, "--json")

    assert ran.exit == Exit.MISTAKE
    assert [p["code"] for p in ran.json["problems"]] == ["person-unknown", "person-unknown"]
    says(shell("plan", cykel, "--erase-file", tmp_path / "none.txt"), "people-file")


def test_a_plan_nobody_made_is_said(shell: Shell, cykel: Path) -> None:
    known = shell.plan(cykel)
    says(shell("apply", "2026-11-22-sweep-00000000", "--in", cykel), "plan-unknown", known)
    says(shell("apply", known, "--in", cykel.parent / "nowhere"), "folder-missing")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("plan", "--on", "22-11-2026"), "day-form"),
        (("plan", "somebody"), "folder-missing"),
        (("plan", ".", "somebody@x.example"), "people-without-wish"),
        (("plan", ".", "--withdraw", "newsletter"), "wish-without-people"),
        (("plan", ".", "--withdraw", "newsleter", AKSEL), "consent-unknown"),
        (("plan", ".", "--erase", AKSEL, "--withdraw", "newsletter"), "erase-and-withdraw"),
        (("plan", ".", "--erase", AKSEL, "--decide", "bookkeeping"), "decision-form"),
        (("plan", ".", "--erase", AKSEL, "--decide", "bokkeeping=ends"), "activity-unknown"),
        (("plan", ".", "--decide", "bookkeeping=ends"), "decide-without-erase"),
        (("may-use", ".", "bokkeeping", AKSEL), "activity-unknown"),
        (("may-use", ".", "bookkeeping"), "nobody-asked"),
        (("may-use", ".", "bookkeeping", "1", "--table", "shop.customer"), "people-table-unknown"),
        (("export", ".", AKSEL, "--to", "copy"), "export-kind"),
        (("export", ".", AKSEL, "--access"), "usage-missing"),
        (("hold", ".", "--reason", "x"), "hold-scope"),
        (("hold", ".", "--activity", "bokkeeping", "--reason", "x"), "activity-unknown"),
        (("hold", ".", "--matter", "internship:1", "--reason", "x"), "matter-unknown"),
        (("release", ".", "H-9", "--reason", "x"), "hold-unknown"),
        (("replay", ".", "shopp"), "system-unknown"),
        (("replay", ".", "shop", "--since", "yesterday"), "moment-form"),
        (("audit", ".", "--noted", "abc"), "noted-form"),
        (("example", "clientti"), "example-unknown"),
        (("explain", ".", "shoe size:44"), "identifier-unknown"),
        (("chekc",), "usage-command"),
        (("check", "--ofline"), "usage-option"),
        (("explain", "."), "usage-missing"),
        (("check", "--language", "fr"), "usage"),
    ],
)
def test_a_command_that_cannot_be_read_is_said(
    shell: Shell, cykel: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: str
) -> None:
    monkeypatch.chdir(cykel)

    says(shell(*words), f"error {code}:")
    danish = shell(*words, "--language", "da")
    assert f"fejl {code}:" in danish.text or code == "usage"
    assert shell(*words, "--json").json["problems"][0]["code"] == code


def test_day_after_day_the_wrong_store_is_no_trace_back(
    shell: Shell, cykel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deaf_port() as port:
        monkeypatch.setenv("ORDHOLDEN_STORE", f"postgresql://erik:{SECRET}@127.0.0.1:{port}/own")
        ran = shell("plans", cykel)

    assert ran.exit == Exit.SYSTEM
    assert "store-unreachable" in ran.text
    assert SECRET not in ran.out + ran.err
    assert DAY not in ran.out


@pytest.mark.parametrize(
    ("old", "new"), [("people: [customer]", "people: []"), ("data: [name, email]", "data: []")]
)
def test_an_activity_about_nobody_or_nothing_is_said(shell: Shell, cykel: Path, old: str, new: str) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, old, new)

    says(shell("check", cykel), "activity-covers-nothing", "policy.yaml:")


def test_everything_is_a_near_word_too(shell: Shell, cykel: Path) -> None:
    policy = cykel / "policy.yaml"
    edited(policy, "data: [name, email, phone, order]", "data: everthing")

    says(shell("check", cykel), place_of(policy, "everthing"), "category-unknown", "“everything”")
