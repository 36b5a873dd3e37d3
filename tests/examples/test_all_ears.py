"""All Ears TM as its README says it is: the same every time, whole, and as untidy as promised."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from examples import generate
from examples.all_ears import generate as all_ears
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
    made = tmp_path_factory.mktemp("all_ears")
    generate("all_ears", made, people=PEOPLE, on=ON)
    return made


def ask(folder: Path, system: str, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / f"{system}.sqlite3") as connection:
        return connection.execute(question).fetchall()


def count(folder: Path, system: str, rest: str) -> int:
    [(number,)] = ask(folder, system, f"SELECT count(*) FROM {rest}")
    return int(str(number))


def test_same_people_day_and_seed_give_the_same_rows() -> None:
    first, second, other = (list(all_ears.rows(60, on=ON, seed=seed)) for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_the_same_files_are_there_every_time(folder: Path, tmp_path: Path) -> None:
    all_ears.files(tmp_path, PEOPLE, on=ON, seed=1)

    names = [{f.relative_to(at).as_posix() for f in at.rglob("*.wav")} for at in (folder, tmp_path)]
    assert names[0] == names[1]
    assert len(names[0]) > 100


def test_both_files_read_without_a_finding(folder: Path) -> None:
    problems = Problems()

    assert read_policy(folder, problems)
    assert read_inventory(folder, problems)
    assert not problems.all


def test_every_column_is_listed_and_exists(folder: Path) -> None:
    inventory = read_inventory(folder, Problems())

    assert inventory
    for system, tables in all_ears.SYSTEMS.items():
        declared = inventory.systems[system].tables
        assert set(declared) == set(tables.tables)
        for name, table in tables.tables.items():
            assert declared[name].listed == set(table.columns.keys()), name


def test_every_foreign_key_leads_to_a_row(folder: Path) -> None:
    for system in all_ears.SYSTEMS:
        assert ask(folder, system, "PRAGMA foreign_key_check") == []


def test_there_are_as_many_people_as_asked_for(folder: Path) -> None:
    assert count(folder, "crm", "contacts") == PEOPLE
    assert count(folder, "crm", "calls") > PEOPLE
    assert count(folder, "dialler", "leads") > PEOPLE // 4


def test_some_campaigns_are_over_some_nearly_and_some_run(folder: Path) -> None:
    days = f"(julianday('{ON}') - julianday(ended_on) - keep_days)"
    ended = f"campaigns WHERE ended_on < '2100-01-01' AND {days}"

    assert count(folder, "crm", f"{ended} >= 0") > 0
    assert count(folder, "crm", f"{ended} BETWEEN -7 AND -1") > 0
    assert count(folder, "crm", f"{ended} < -7") > 0
    assert count(folder, "crm", "campaigns WHERE ended_on IS NULL AND status = 'open'") > 0


def test_end_dates_are_missing_or_never_come(folder: Path) -> None:
    untidy = "status = 'closed' AND (ended_on IS NULL OR ended_on > '2100-01-01')"

    assert count(folder, "crm", f"campaigns WHERE {untidy}") > 0
    assert count(folder, "dialler", "jobs WHERE closed = 0") > 0
    assert count(folder, "dialler", "leads WHERE loaded IN ('', '00-00-0000')") > 0


def test_old_dialler_has_orphans(folder: Path) -> None:
    assert count(folder, "dialler", "leads WHERE job_no NOT IN (SELECT job_no FROM jobs)") > 0
    assert count(folder, "dialler", "cdr WHERE lead_no NOT IN (SELECT lead_no FROM leads)") > 0


def test_one_person_is_spelt_two_ways(folder: Path) -> None:
    spellings: dict[str | None, set[object]] = {}
    for (written,) in ask(folder, "crm", "SELECT phone FROM contacts"):
        spellings.setdefault(phone.normal(str(written)), set()).add(written)
    for (written,) in ask(folder, "dialler", "SELECT tel FROM leads"):
        spellings.setdefault(phone.normal(str(written)), set()).add(written)
    addresses = [str(e) for (e,) in ask(folder, "crm", "SELECT email FROM contacts WHERE email > ''")]

    assert None not in spellings
    assert sum(len(s) > 1 for s in spellings.values()) > 50
    assert len({email.normal(a) for a in addresses}) < len(set(addresses))


def test_people_without_email_and_rows_hidden_but_not_deleted(folder: Path) -> None:
    assert count(folder, "crm", "contacts WHERE email IS NULL") > 0
    assert count(folder, "crm", "contacts WHERE deleted_at IS NOT NULL") > 0


def test_no_cpr_number_is_in_use(folder: Path) -> None:
    written = ask(folder, "crm", "SELECT cpr FROM agreements WHERE cpr > ''")
    written += ask(folder, "hr", "SELECT cpr FROM employees")

    births = [cpr.born(str(number)) for (number,) in written]
    assert all(born and born.year >= 2037 for born in births)


def test_recordings_are_on_disk_known_and_unknown(folder: Path) -> None:
    known = {name for (name,) in ask(folder, "crm", "SELECT recording_file FROM calls")} - {None}
    there = {f.relative_to(folder / "recordings").as_posix() for f in folder.rglob("*.wav")}

    assert known & there
    assert known - there
    assert len(there - known) > 3


@pytest.mark.parametrize("server", ["postgresql_server", "mariadb_server"])
def test_same_rows_on_a_server(server: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    started: Server = request.getfixturevalue(server)
    progress: dict[str, int] = {}

    def add(system: str, table: str, rows: int) -> None:
        progress[f"{system}.{table}"] = progress.get(f"{system}.{table}", 0) + rows

    generate("all_ears", tmp_path, people=60, on=ON, at=started.admin, progress=add)

    assert progress["crm.contacts"] == 60
    assert set(all_ears.VARIABLES.values()) == {
        line.split("=")[0] for line in (tmp_path / ".env").read_text().splitlines()
    }
    problems = Problems()
    assert read_inventory(tmp_path, problems, {})
    assert not problems.all
