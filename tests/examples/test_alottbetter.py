"""ALOTTbetter as its README says it is: the same every time, whole, and as untidy as promised."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from examples import generate
from examples.alottbetter import generate as alottbetter
from ordholden.identifiers import email, phone
from ordholden.identifiers.dk import cpr
from ordholden.inventory.read import read_inventory
from ordholden.policy.read import read_policy
from ordholden.problems import Level, Problems
from tests.databases import Server

ON = date(2026, 3, 5)
PEOPLE = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("alottbetter")
    generate("alottbetter", made, people=PEOPLE, on=ON)
    return made


def ask(folder: Path, system: str, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / f"{system}.sqlite3") as connection:
        return connection.execute(question).fetchall()


def count(folder: Path, system: str, rest: str) -> int:
    [(number,)] = ask(folder, system, f"SELECT count(*) FROM {rest}")
    return int(str(number))


def test_same_people_day_and_seed_give_the_same_rows() -> None:
    first, second, other = (list(alottbetter.rows(60, on=ON, seed=seed)) for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_both_files_read_with_one_finding_the_letter_that_the_law_does_not_ask_for(folder: Path) -> None:
    problems = Problems()

    assert read_policy(folder, problems)
    assert read_inventory(folder, problems)
    assert [(p.code, p.level) for p in problems.all] == [("request-form-strict", Level.WARNING)]


def test_every_promise_is_listed(folder: Path) -> None:
    policy = read_policy(folder, Problems())

    assert policy
    assert list(policy.promises) == [f"AL-{n:02}" for n in range(1, 22)]


def test_every_column_is_listed_and_exists(folder: Path) -> None:
    inventory = read_inventory(folder, Problems())

    assert inventory
    for system, tables in alottbetter.SYSTEMS.items():
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
    for system in alottbetter.SYSTEMS:
        assert ask(folder, system, "PRAGMA foreign_key_check") == []


def test_there_are_as_many_people_as_asked_for(folder: Path) -> None:
    assert count(folder, "customers", "customers") == PEOPLE
    assert count(folder, "customers", "internships") > PEOPLE
    assert count(folder, "booking", "bookings") > PEOPLE
    assert count(folder, "service", "contacts") > PEOPLE // 4
    assert count(folder, "improvement", "answers") > PEOPLE // 2


def test_some_internships_are_over_for_ten_years_some_nearly_for_two_and_some_run(folder: Path) -> None:
    ended = "internships WHERE ended_on BETWEEN"

    assert count(folder, "customers", f"{ended} '2000-01-01' AND date('{ON}', '-10 years')") > 0
    assert count(folder, "customers", f"{ended} date('{ON}', '-5 years') AND date('{ON}', '-2 years')") > 0
    assert count(folder, "customers", f"{ended} date('{ON}', '-2 years') AND date('{ON}', '-23 months')") > 0
    assert (
        count(folder, "customers", "internships WHERE status = 'running' AND ended_on IS NULL") > PEOPLE // 20
    )
    assert count(folder, "customers", f"internships WHERE started_on > '{ON}'") > 0


def test_internships_ended_on_no_day_on_the_last_or_before_they_began(folder: Path) -> None:
    finished = "internships WHERE status = 'finished' AND"

    assert count(folder, "customers", f"{finished} ended_on IS NULL") > 0
    assert count(folder, "customers", f"{finished} ended_on = '9999-12-31'") > 0
    assert count(folder, "customers", f"{finished} ended_on < started_on") > 0
    assert count(folder, "improvement", "old_ratings WHERE rated_on = '00.00.0000'") > 0


def test_one_person_has_several_internships(folder: Path) -> None:
    several = "(SELECT 1 FROM internships GROUP BY customer_id HAVING count(*) > 1)"

    assert count(folder, "customers", several) > PEOPLE // 10


def test_consents_stand_are_withdrawn_and_given_again(folder: Path) -> None:
    again = "(SELECT 1 FROM consents GROUP BY customer_id, kind HAVING count(*) > 1)"

    assert count(folder, "customers", "consents WHERE kind = 'long_storage' AND withdrawn_at IS NULL") > 0
    assert count(folder, "customers", "consents WHERE kind = 'long_storage' AND withdrawn_at > ''") > 0
    assert count(folder, "customers", again) > 0


def test_complaints_came_in_time_on_the_last_day_and_too_late(folder: Path) -> None:
    complained = ask(
        folder, "service", "SELECT customer_no, filed_on FROM complaints JOIN contacts c ON c.id = contact_id"
    )
    ends = ask(
        folder,
        "customers",
        "SELECT customer_no, max(ended_on) FROM customers c JOIN internships ON customer_id = c.id"
        " WHERE ended_on < '2100-01-01' GROUP BY 1",
    )

    last = {no: str(day) for no, day in ends}
    late = [
        (date.fromisoformat(str(filed)) - date.fromisoformat(last[no])).days
        for no, filed in complained
        if no in last
    ]
    assert any(days <= 730 for days in late)
    assert any(days > 731 for days in late)
    assert count(folder, "service", "complaints WHERE decided_on IS NULL") > 0


def test_siblings_share_an_address_and_one_person_is_spelt_two_ways(folder: Path) -> None:
    known = [str(e) for (e,) in ask(folder, "customers", "SELECT email FROM customers WHERE email > ''")]
    booked = [str(e) for (e,) in ask(folder, "booking", "SELECT email FROM buyers WHERE email > ''")]
    asked = [str(e) for (e,) in ask(folder, "service", "SELECT email FROM contacts WHERE email > ''")]

    same = {email.normal(e) for e in known}
    assert len(same) < len(known)
    assert sum(e not in known and email.normal(e) in same for e in (*booked, *asked)) > 50


def test_who_has_no_number_here_is_found_by_telephone(folder: Path) -> None:
    unnumbered = ask(folder, "booking", "SELECT phone FROM buyers WHERE customer_no IS NULL")
    known = ask(folder, "customers", "SELECT phone FROM customers WHERE phone > ''")

    assert {phone.normal(str(p)) for (p,) in unnumbered} & {phone.normal(str(p)) for (p,) in known}


def test_minors_have_guardians(folder: Path) -> None:
    young = "customers c JOIN internships i ON i.customer_id = c.id JOIN guardians ON internship_id = i.id"

    assert count(folder, "customers", f"{young} WHERE date(born, '+18 years') > started_on") > 0
    assert count(folder, "customers", "customers WHERE born IS NULL") > 0


def test_health_is_told_without_a_consent_and_by_strangers(folder: Path) -> None:
    assert count(folder, "service", "health_notes") > 5
    told = "health_notes JOIN contacts c ON c.id = contact_id WHERE customer_no IS NULL"
    assert count(folder, "service", told) > 0
    assert count(folder, "booking", "bookings WHERE wishes LIKE '%diabetes%'") > 0


def test_people_without_email_hidden_rows_orphans_and_strangers(folder: Path) -> None:
    customers = {no for (no,) in ask(folder, "customers", "SELECT customer_no FROM customers")}
    rated = {no for (no,) in ask(folder, "improvement", "SELECT customer_no FROM old_ratings")}

    assert count(folder, "customers", "customers WHERE email IS NULL") > 0
    assert count(folder, "customers", "customers WHERE deleted_at IS NOT NULL") > 0
    assert count(folder, "improvement", "portal_use WHERE customer_no IS NULL") > 0
    assert rated & customers
    assert rated - customers


def test_no_cpr_number_in_free_text_is_in_use(folder: Path) -> None:
    told = ask(folder, "service", "SELECT body FROM ticket_messages WHERE body LIKE '%cpr-nummer er %'")

    births = [cpr.born(str(text).split("cpr-nummer er ")[1].rstrip(".")) for (text,) in told]
    assert births
    assert all(born and born.year >= 2037 for born in births)


@pytest.mark.parametrize("server", ["postgresql_server", "mariadb_server"])
def test_same_rows_on_a_server(server: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    started: Server = request.getfixturevalue(server)
    progress: dict[str, int] = {}

    def add(system: str, table: str, rows: int) -> None:
        progress[f"{system}.{table}"] = progress.get(f"{system}.{table}", 0) + rows

    generate("alottbetter", tmp_path, people=60, on=ON, at=started.admin, progress=add)

    assert progress["customers.customers"] == 60
    assert set(alottbetter.VARIABLES.values()) == {
        line.split("=")[0] for line in (tmp_path / ".env").read_text().splitlines()
    }
    problems = Problems()
    assert read_inventory(tmp_path, problems, {})
    assert not problems.all
