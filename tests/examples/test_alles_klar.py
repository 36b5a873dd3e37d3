"""Alles-klar as its README says it is: the same every time, whole, and as untidy as promised."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from examples import generate
from examples.alles_klar import generate as alles_klar
from ordholden.identifiers import email
from ordholden.identifiers.dk import cpr
from ordholden.inventory.read import read_inventory
from ordholden.policy.read import read_policy
from ordholden.problems import Problems
from tests.databases import Server

ON = date(2026, 3, 5)
PEOPLE = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("alles_klar")
    generate("alles_klar", made, people=PEOPLE, on=ON)
    return made


def ask(folder: Path, system: str, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / f"{system}.sqlite3") as connection:
        return connection.execute(question).fetchall()


def count(folder: Path, system: str, rest: str) -> int:
    [(number,)] = ask(folder, system, f"SELECT count(*) FROM {rest}")
    return int(str(number))


def test_same_people_day_and_seed_give_the_same_rows() -> None:
    first, second, other = (list(alles_klar.rows(60, on=ON, seed=seed)) for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_the_same_files_are_there_every_time(folder: Path, tmp_path: Path) -> None:
    alles_klar.files(tmp_path, PEOPLE, on=ON, seed=1)

    texts = [
        {f.relative_to(at): f.read_bytes() for f in (at / "documents").rglob("*.txt")}
        for at in (folder, tmp_path)
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 400


def test_both_files_read_without_a_finding(folder: Path) -> None:
    problems = Problems()

    assert read_policy(folder, problems)
    assert read_inventory(folder, problems)
    assert not problems.all


def test_every_column_is_listed_and_exists(folder: Path) -> None:
    inventory = read_inventory(folder, Problems())

    assert inventory
    for system, tables in alles_klar.SYSTEMS.items():
        declared = inventory.systems[system].tables
        assert set(declared) == set(tables.tables)
        for name, table in tables.tables.items():
            assert declared[name].listed == set(table.columns.keys()), name


def test_every_foreign_key_leads_to_a_row(folder: Path) -> None:
    for system in alles_klar.SYSTEMS:
        assert ask(folder, system, "PRAGMA foreign_key_check") == []


def test_there_are_as_many_people_as_asked_for(folder: Path) -> None:
    assert count(folder, "crm", "customers") == PEOPLE
    assert count(folder, "workshop", "tasks") > PEOPLE
    assert count(folder, "books", "accounts WHERE kind = 'K'") == count(folder, "workshop", "translators")


def test_some_customers_are_long_gone_some_nearly_and_some_are_here(folder: Path) -> None:
    paid = "SELECT account_no, max(paid_on) AS paid FROM invoices WHERE paid_on < '2100-01-01'"
    last = f"({paid} GROUP BY account_no)"
    two_years = ON - timedelta(days=730)

    assert count(folder, "books", f"{last} WHERE paid < '{two_years}'") > 10
    soon = f"BETWEEN '{two_years}' AND '{two_years + timedelta(days=9)}'"
    assert count(folder, "books", f"{last} WHERE paid {soon}") > 10
    assert count(folder, "books", f"{last} WHERE paid > '{ON - timedelta(days=365)}'") > 10
    assert count(folder, "workshop", "tasks WHERE status = 'in work' AND delivered_on IS NULL") > 10


def test_dates_are_missing_or_impossible(folder: Path) -> None:
    assert count(folder, "workshop", "tasks WHERE status = 'delivered' AND delivered_on IS NULL") > 0
    assert count(folder, "workshop", "translators WHERE active AND left_on = '9999-12-31'") > 0
    assert count(folder, "workshop", "archive_orders WHERE ordered = '00.00.0000'") > 0
    assert count(folder, "workshop", "archive_orders WHERE delivered = 0") > 0
    assert count(folder, "books", "invoices WHERE paid_on = '9999-12-31'") > 0


def test_one_person_is_spelt_two_ways(folder: Path) -> None:
    written: dict[str | None, set[str]] = {}
    for system, column in (("crm", "email FROM customers"), ("books", "email FROM accounts")):
        for (address,) in ask(folder, system, f"SELECT {column} WHERE email IS NOT NULL"):
            written.setdefault(email.normal(str(address)), set()).add(str(address))

    assert sum(len(spellings) > 1 for spellings in written.values()) > 50


def test_a_consent_is_taken_back_and_given_again(folder: Path) -> None:
    told = ask(folder, "crm", "SELECT customer_id, subject, answer, answered_at FROM consents ORDER BY id")
    stories: dict[tuple[object, object], list[object]] = {}
    moments: dict[tuple[object, object], list[str]] = {}
    for who, subject, answer, moment in told:
        stories.setdefault((who, subject), []).append(answer)
        moments.setdefault((who, subject), []).append(str(moment))

    assert {("yes",), ("no",), ("yes", "no"), ("yes", "no", "yes")} == {tuple(s) for s in stories.values()}
    assert all(m == sorted(set(m)) and m[-1] < str(ON) for m in moments.values())


def test_customers_were_told_in_time_late_or_never(folder: Path) -> None:
    late = "julianday(told_on) - julianday(obtained_on) > 10"

    assert count(folder, "crm", "customers WHERE obtained_on IS NOT NULL AND told_on IS NULL") > 0
    assert count(folder, "crm", f"customers WHERE {late}") > 0
    assert count(folder, "crm", f"customers WHERE NOT {late}") > 0


def test_people_without_email_and_rows_hidden_but_not_deleted(folder: Path) -> None:
    assert count(folder, "crm", "customers WHERE email IS NULL") > 0
    assert count(folder, "crm", "customers WHERE deleted_at IS NOT NULL") > 0


def test_no_cpr_number_is_in_use(folder: Path) -> None:
    births = [cpr.born(str(number)) for (number,) in ask(folder, "workshop", "SELECT cpr FROM translators")]

    assert all(born and born.year >= 2037 for born in births)


def test_documents_are_on_disk_known_and_unknown(folder: Path) -> None:
    columns = "SELECT source_file FROM documents UNION SELECT target_file FROM documents"
    known = {name for (name,) in ask(folder, "workshop", columns)} - {None}
    there = {f.relative_to(folder / "documents").as_posix() for f in folder.rglob("*.txt")}

    assert known <= there
    assert len(there - known) > 3


@pytest.mark.parametrize("server", ["postgresql_server", "mariadb_server"])
def test_same_rows_on_a_server(server: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    started: Server = request.getfixturevalue(server)
    progress: dict[str, int] = {}

    def add(system: str, table: str, rows: int) -> None:
        progress[f"{system}.{table}"] = progress.get(f"{system}.{table}", 0) + rows

    generate("alles_klar", tmp_path, people=60, on=ON, at=started.admin, progress=add)

    assert progress["crm.customers"] == 60
    problems = Problems()
    assert read_inventory(tmp_path, problems, {})
    assert not problems.all
