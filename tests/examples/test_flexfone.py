"""Flexfone's made-up data: the same every time, with its keys in order, and as messy as promised."""

from __future__ import annotations

import sqlite3
import wave
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from examples import generate
from examples.flexfone import generate as flexfone
from ordholden import identifiers
from ordholden.inventory.read import read_inventory
from ordholden.policy.read import read_policy
from ordholden.problems import Problems

ON = date(2026, 11, 22)
PEOPLE = 400
HERE = Path(flexfone.__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("flexfone")
    generate("flexfone", made, people=PEOPLE, on=ON)
    return made


def ask(folder: Path, system: str, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / f"{system}.sqlite3")) as connection:
        return connection.execute(question).fetchall()


def one(folder: Path, system: str, question: str) -> int:
    value = ask(folder, system, question)[0][0]
    assert isinstance(value, int)
    return value


def test_both_files_are_read_without_a_finding() -> None:
    problems = Problems()

    policy, inventory = read_policy(HERE, problems), read_inventory(HERE, problems, {})

    assert list(problems.all) == []
    assert policy is not None
    assert inventory is not None


def test_every_promise_is_listed() -> None:
    policy = read_policy(HERE, Problems())

    assert policy is not None
    assert list(policy.promises) == [f"FF-{n:02}" for n in range(1, 21)]


def test_every_column_is_listed() -> None:
    inventory = read_inventory(HERE, Problems(), {})
    assert inventory is not None

    unlisted = {
        f"{system}.{table.name}.{column.name}"
        for system, metadata in flexfone.SYSTEMS.items()
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name not in inventory.systems[system].tables[table.name].listed
    }
    unknown = {
        f"{table.name}.{column}"
        for table in inventory.tables
        if not table.is_folder
        for column in table.listed
        if column not in flexfone.SYSTEMS[table.name.system].tables[table.name.table].columns
    }

    assert (unlisted, unknown) == (set(), set())


def test_every_field_has_an_activity() -> None:
    policy, inventory = read_policy(HERE, Problems()), read_inventory(HERE, Problems(), {})
    assert policy is not None
    assert inventory is not None

    uncovered = []
    for table in inventory.tables:
        for field in table.fields:
            home = inventory.table(field.person.target) if field.person else table
            kinds = {kind.people for kind in inventory.kinds(home)[0]}
            covering = [
                a
                for a in policy.activities.values()
                if a.covers(field.category) and a.reaches(table.name.system) and kinds & set(a.people)
            ]
            uncovered += [f"{table.name}.{field.column}"] if not covering else []

    assert uncovered == []


def test_the_same_day_and_seed_make_the_same_rows() -> None:
    once = list(flexfone.rows(60, on=ON, seed=1))

    assert once == list(flexfone.rows(60, on=ON, seed=1))
    assert once != list(flexfone.rows(60, on=ON, seed=2))


def test_batches_are_small_and_parents_come_first() -> None:
    seen: set[tuple[str, str, object]] = set()
    for system, name, batch in flexfone.rows(PEOPLE, on=ON, seed=1):
        table = flexfone.SYSTEMS[system].tables[name]
        for row in batch:
            for key in table.foreign_keys:
                value = row[key.parent.name]
                assert value is None or (system, key.column.table.name, value) in seen
        keys = list(table.primary_key.columns)
        if len(keys) == 1:
            seen |= {(system, name, row[keys[0].name]) for row in batch}
        assert len(batch) < 3_000


def test_people_are_as_many_as_asked_for(folder: Path) -> None:
    levels = [
        one(folder, "portal", f"select count(*) from {table}")
        for table in ("resellers", "customers", "employees")
    ]

    assert levels == [16, 40, 344]
    assert one(folder, "pbx", "select count(*) from call_records") > 2_000


@pytest.mark.parametrize("system", flexfone.SYSTEMS)
def test_foreign_keys_hold(folder: Path, system: str) -> None:
    assert ask(folder, system, "pragma foreign_key_check") == []


@pytest.mark.parametrize(
    ("system", "mess"),
    [
        ("portal", "employees where left_on = '9999-12-31'"),
        ("portal", "employees where left_on = '1970-01-01'"),
        ("portal", "employees where status = 'left' and left_on is null"),
        ("portal", "employees where email is null and status = 'active'"),
        ("portal", "employees where deleted_at is not null"),
        ("portal", "employees where full_name like 'Medarbejder %'"),
        ("portal", "employees where left_on between date('2026-11-22', '-29 days') and '2026-11-22'"),
        ("portal", "employees where left_on = date('2026-11-22', '-30 days')"),
        ("portal", "employees where left_on < date('2026-11-22', '-31 days') and left_on > '1990-01-01'"),
        ("portal", "resellers where signed_on is null and created_at < date('2026-11-22', '-6 months')"),
        ("portal", "resellers where signed_on is null and created_at > date('2026-11-22', '-6 months')"),
        ("portal", "resellers where status = 'ended' and ended_on is null"),
        ("portal", "customers where admin_email like '%Ø%' or admin_email = upper(admin_email)"),
        ("portal", "usage_months where employee_id is null"),
        ("portal", "enquiries where status = 'closed' and closed_at is null"),
        ("portal", "enquiries where body like '%cpr-nr.%'"),
        ("portal", "enquiries where body like '%sygemeldt%'"),
        ("portal", "newsletter_log where choice = 'no' and chosen_at > date('2026-11-22', '-30 days')"),
        ("pbx", "ip_log where local not in (select local from extensions)"),
        ("pbx", "ip_log where seen < cast(strftime('%s', '2026-11-22', '-1 year') as integer)"),
        ("pbx", "call_records where started_at < date('2026-11-22', '-1 year', '-1 day')"),
        ("pbx", "voicemails where received = ''"),
        ("pbx", "recordings where deleted_at is not null"),
        ("pbx", "recordings where started_at < date('2026-11-22', '-90 days')"),
        ("pbx", "recordings where time(started_at) > '22:30'"),
        ("pbx", "extensions where name = 'Mødelokale'"),
        ("billing", "invoices where paid_on is null and written_off_on is null and issued_on < '2020-12-31'"),
        ("billing", "invoices where written_off_on is not null"),
        ("billing", "invoice_lines where billed_on < '2021-01-01'"),
    ],
)
def test_the_mess_is_there(folder: Path, system: str, mess: str) -> None:
    assert one(folder, system, f"select count(*) from {mess}") > 0


def test_one_person_is_spelt_differently_and_still_one(folder: Path) -> None:
    portal = ask(folder, "portal", "select code, admin_email from customers where admin_email is not null")
    billing = dict(ask(folder, "billing", "select customer_code, email from accounts"))

    spelt_apart = [c for c, email in portal if email != billing[c]]

    assert spelt_apart
    assert all(identifiers.normal("email", e) == identifiers.normal("email", billing[c]) for c, e in portal)


def test_an_administrator_can_be_an_employee_too(folder: Path) -> None:
    shared = ask(
        folder,
        "portal",
        "select 1 from customers join employees on lower(admin_email) = lower(email) limit 1",
    )

    assert shared


def test_no_telephone_book_knows_a_name_twice(folder: Path) -> None:
    names = Counter(ask(folder, "portal", "select customer_code, lower(full_name) from employees"))

    assert max(names.values()) == 1


def test_files_fit_their_rows_but_for_the_mess(folder: Path) -> None:
    on_disk = {str(p.relative_to(folder / "audio")) for p in (folder / "audio").rglob("*.*")}
    on_ftp = {str(p.relative_to(folder / "ftp")) for p in (folder / "ftp").rglob("*.*")}
    disk_rows = {
        *(p for (p,) in ask(folder, "pbx", "select file from voicemails")),
        *(p for (p,) in ask(folder, "pbx", "select disk_file from recordings where disk_file is not null")),
    }
    ftp_rows = {
        p for (p,) in ask(folder, "pbx", "select ftp_file from recordings where ftp_file is not null")
    }

    assert len(disk_rows & on_disk) > 300
    assert len(ftp_rows & on_ftp) > 30
    assert disk_rows - on_disk, "some rows have lost their file"
    assert {p.count("/") for p in on_disk - disk_rows} == {1, 2}, (
        "strays with and without a number in their name"
    )
    assert any(p.startswith("læs mig") for p in on_ftp - ftp_rows)


def test_audio_is_audio_and_as_old_as_its_name_says(folder: Path) -> None:
    sound = next((folder / "audio/recordings").glob("*/*.wav"))
    message = next((folder / "audio/voicemails").glob("*/*.mp3"))

    with wave.open(str(sound)) as opened:
        assert opened.getnframes() == 400
    assert message.read_bytes()[:4] == b"\xff\xfb\x18\xc0"
    modified = datetime.fromtimestamp(message.stat().st_mtime, UTC).astimezone(flexfone.COPENHAGEN)
    assert message.name.startswith(f"{modified:%Y%m%d}-")


@pytest.mark.parametrize("server", ["postgresql_server", "mariadb_server"])
def test_a_server_takes_every_row_and_the_folder_says_where(
    server: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    started = request.getfixturevalue(server)
    sent: Counter[tuple[str, str]] = Counter()

    def add(system: str, table: str, rows: int) -> None:
        sent[system, table] += rows

    generate("flexfone", tmp_path, people=60, on=ON, at=started.admin, progress=add)

    said = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert set(said) == set(flexfone.VARIABLES.values())
    for system, variable in flexfone.VARIABLES.items():
        engine = sa.create_engine(said[variable])
        with engine.connect() as connection:
            for name, table in flexfone.SYSTEMS[system].tables.items():
                rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                assert (system, name, rows) == (system, name, sent[system, name])
        engine.dispose()
