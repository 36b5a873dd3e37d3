"""Clienti as its README says it is: the same every time, whole, and as untidy as promised."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from examples import generate
from examples.clienti import generate as clienti
from ordholden.identifiers import email, phone
from ordholden.identifiers.dk import cpr
from ordholden.inventory.read import read_inventory
from ordholden.policy.read import read_policy
from ordholden.problems import Problems
from tests.databases import Server

ON = date(2026, 3, 5)
PEOPLE = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("clienti")
    generate("clienti", made, people=PEOPLE, on=ON)
    return made


def ask(folder: Path, system: str, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / f"{system}.sqlite3") as connection:
        return connection.execute(question).fetchall()


def count(folder: Path, system: str, rest: str) -> int:
    [(number,)] = ask(folder, system, f"SELECT count(*) FROM {rest}")
    return int(str(number))


def test_same_people_day_and_seed_give_the_same_rows() -> None:
    first, second, other = (list(clienti.rows(60, on=ON, seed=seed)) for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_both_files_read_without_a_finding(folder: Path) -> None:
    problems = Problems()

    assert read_policy(folder, problems)
    assert read_inventory(folder, problems)
    assert not problems.all


def test_every_promise_is_listed(folder: Path) -> None:
    policy = read_policy(folder, Problems())

    assert policy
    assert list(policy.promises) == [f"CL-{n:02}" for n in range(1, 26)]


def test_every_column_is_listed_and_exists(folder: Path) -> None:
    inventory = read_inventory(folder, Problems())

    assert inventory
    for system, tables in clienti.SYSTEMS.items():
        declared = inventory.systems[system].tables
        assert set(declared) == set(tables.tables)
        for name, table in tables.tables.items():
            assert declared[name].listed == set(table.columns.keys()), name


def test_every_category_in_a_table_has_an_activity_there(folder: Path) -> None:
    policy, inventory = read_policy(folder, Problems()), read_inventory(folder, Problems())

    assert policy
    assert inventory
    for table in inventory.tables:
        kinds, _ = inventory.kinds(table)
        for field in table.fields:
            for kind in kinds:
                assert any(
                    activity.covers(field.category)
                    and activity.reaches(table.name.system)
                    and kind.people in activity.people
                    for activity in policy.activities.values()
                ), f"{table.name}.{field.column}"


def test_every_foreign_key_leads_to_a_row(folder: Path) -> None:
    for system in clienti.SYSTEMS:
        assert ask(folder, system, "PRAGMA foreign_key_check") == []


def test_there_are_as_many_people_as_asked_for(folder: Path) -> None:
    assert count(folder, "crm", "contacts WHERE company_id IS NOT NULL") == PEOPLE
    assert count(folder, "crm", "messages") > PEOPLE
    assert count(folder, "newsletter", "subscribers") > PEOPLE // 2
    assert count(folder, "invoices", "invoices") > PEOPLE
    assert count(folder, "events", "attendees") > PEOPLE // 4
    assert count(folder, "lists", "list_members") > PEOPLE // 10


def test_some_customers_left_long_ago_some_just_long_enough_and_many_are_there(folder: Path) -> None:
    left = "companies WHERE customer_until BETWEEN"

    assert count(folder, "crm", f"{left} '2015-01-01' AND date('{ON}', '-5 years')") > 0
    assert count(folder, "crm", f"{left} date('{ON}', '-5 years') AND date('{ON}', '-2 years')") > 0
    assert count(folder, "crm", f"{left} date('{ON}', '-2 years') AND date('{ON}', '-23 months')") > 0
    assert (
        count(folder, "crm", "companies WHERE status = 'customer' AND customer_until IS NULL") > PEOPLE // 8
    )


def test_relationships_ended_on_no_day_or_on_an_impossible_one(folder: Path) -> None:
    assert count(folder, "crm", "companies WHERE status = 'closed' AND customer_until IS NULL") > 0
    assert count(folder, "crm", "companies WHERE customer_until IN ('9999-12-31', '1970-01-01')") > 0
    assert count(folder, "crm", "call_log WHERE called_on = '00-00-0000'") > 0
    assert count(folder, "invoices", "invoices WHERE due_on = '9999-12-31'") > 0


def test_subscribers_left_today_five_days_ago_and_long_ago(folder: Path) -> None:
    left = "consent_log WHERE answer = 'out' AND date(at)"

    assert count(folder, "newsletter", f"{left} > date('{ON}', '-5 days')") > 0
    assert count(folder, "newsletter", f"{left} = date('{ON}', '-5 days')") > 0
    assert count(folder, "newsletter", f"{left} < date('{ON}', '-5 days')") > 0
    again = "(SELECT subscriber_id FROM consent_log WHERE answer = 'in' GROUP BY 1 HAVING count(*) > 1)"
    assert count(folder, "newsletter", again) > 0


def test_invoices_are_unpaid_disputed_and_older_than_the_law_asks(folder: Path) -> None:
    assert count(folder, "invoices", "invoices WHERE paid_on IS NULL AND written_off_on IS NULL") > 0
    assert count(folder, "invoices", "invoices WHERE disputed") > 0
    assert count(folder, "invoices", f"invoices WHERE issued_on < date('{ON}', '-6 years')") > 0


def test_one_person_is_spelt_two_ways_in_several_systems(folder: Path) -> None:
    known = {str(e) for (e,) in ask(folder, "crm", "SELECT email FROM contacts WHERE email > ''")}
    elsewhere = [str(e) for (e,) in ask(folder, "newsletter", "SELECT email FROM subscribers")]
    elsewhere += [str(e) for (e,) in ask(folder, "events", "SELECT email FROM attendees WHERE email > ''")]
    elsewhere += [str(e) for (e,) in ask(folder, "invoices", "SELECT email FROM debtors WHERE email > ''")]
    numbers = [
        phone.normal(str(p)) for (p,) in ask(folder, "crm", "SELECT phone FROM contacts WHERE phone > ''")
    ]

    same = {email.normal(e) for e in known}
    assert sum(e not in known and email.normal(e) in same for e in elsewhere) > 20
    assert len(set(numbers)) < len(numbers)


def test_people_without_email_hidden_rows_orphans_and_strangers(folder: Path) -> None:
    assert count(folder, "crm", "contacts WHERE email IS NULL") > 0
    assert count(folder, "crm", "contacts WHERE deleted_at IS NOT NULL") > 0
    assert count(folder, "crm", "call_log WHERE contact_no NOT IN (SELECT id FROM contacts)") > 0
    assert count(folder, "crm", "web_visits WHERE contact_id IS NULL") > 0
    assert count(folder, "crm", "messages WHERE written_by_id <> contact_id") > 0


def test_no_cpr_number_in_free_text_is_in_use(folder: Path) -> None:
    told = ask(folder, "crm", "SELECT wording FROM enquiries WHERE wording LIKE '%cpr-nummer er %'")

    births = [cpr.born(str(text).split("cpr-nummer er ")[1].rstrip(".")) for (text,) in told]
    assert births
    assert all(born and born.year >= 2037 for born in births)


@pytest.mark.parametrize("server", ["postgresql_server", "mariadb_server"])
def test_same_rows_on_a_server(server: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    started: Server = request.getfixturevalue(server)
    progress: dict[str, int] = {}

    def add(system: str, table: str, rows: int) -> None:
        progress[f"{system}.{table}"] = progress.get(f"{system}.{table}", 0) + rows

    generate("clienti", tmp_path, people=60, on=ON, at=started.admin, progress=add)

    assert progress["crm.contacts"] >= 60
    assert set(clienti.VARIABLES.values()) == {
        line.split("=")[0] for line in (tmp_path / ".env").read_text().splitlines()
    }
    problems = Problems()
    assert read_inventory(tmp_path, problems, {})
    assert not problems.all
