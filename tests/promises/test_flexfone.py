"""Flexfone's promises, each kept on its data: telephony with a telephone book, a switch, bills and voices on disk.

Employees numbered from 9001 are put there by these tests; what their dates stand for is said where they are looked at.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest

from ordholden.app import open_organisation
from ordholden.plans.book import PlanState
from tests.swept import CLERK, ON, Swept, ask, content, copied, evidence, proven, sweep, swept, tell


def local(number: int) -> str:
    return f"{number}-100"


def employee(number: int, left: str | None) -> str:
    when = f"'left', '2020-01-01 10:00:00', '{left}'" if left else "'active', '2020-01-01 10:00:00', NULL"
    return (
        f"INSERT INTO employees VALUES ({number}, 'K100000', '{local(number)}', 'Prøve Nummer {number}', 'prø{number}',"
        f" 'p{number}@firma.example', '+45 10 00 {number}', 'Prøveafdelingen', {when}, NULL)"
    )


def usage(number: int, month: str) -> str:
    return f"INSERT INTO usage_months VALUES ({number}, 'K100000', {number}, '{month}', 40, 90, '+45 10 11 {number}')"


def enquiry(number: int, closed: str) -> str:
    return (
        f"INSERT INTO enquiries VALUES ({number}, 1, {number}, 'Prøve Nummer {number}', 'mail', 'Nye koder', 'Tekst',"
        f" 'closed', '2025-12-01 10:00:00', '{closed} 12:00:00')"
    )


def extension(number: int, released: str | None) -> str:
    when = (
        f"'released', '2020-01-01 10:00:00', '{released}'"
        if released
        else "'in use', '2020-01-01 10:00:00', NULL"
    )
    return (
        f"INSERT INTO extensions VALUES ('{local(number)}', 'K100000', 'Prøve Nummer {number}', '+45 10 00 {number}',"
        f" 'SEP{number}', 'bemærkning {number}', {when})"
    )


def call(number: int, of: int, moment: str) -> str:
    return f"INSERT INTO call_records VALUES ({number}, '{local(of)}', 'out', '+45 10 12 {of}', NULL, '{moment}', 60)"


def address(number: int, of: int, moment: str) -> str:
    seen = int(datetime.fromisoformat(f"{moment}+00:00").timestamp())
    return f"INSERT INTO ip_log VALUES ({number}, '{local(of)}', '192.0.2.77', {seen})"


def recording(number: int, moment: str, disk: str | None, ftp: str | None) -> str:
    files = ", ".join(f"'{path}'" if path else "NULL" for path in (disk, ftp))
    return f"INSERT INTO recordings VALUES ({number}, '{local(9009)}', '+45 10 13 9009', '{moment}', 'always', {files}, NULL)"


def billed(number: int, *days: str) -> list[str]:
    return [
        f"INSERT INTO numbers VALUES ('{local(number)}', 1, 'Prøve Nummer {number}', '2020-01-01')",
        *(
            f"INSERT INTO invoice_lines VALUES ({day[:4]}9, {number * 10 + line}, '{local(number)}',"
            f" 'Mobil {local(number)} (Prøve Nummer {number})', 9000, '{day}')"
            for line, day in enumerate(days)
        ),
    ]


def invoice(day: str) -> str:
    return f"INSERT INTO invoices VALUES ({day[:4]}9, 'P-{day[:4]}', 1, 'Prøve', 9000, '{day}', '{day}', '{day}', NULL)"


def planted(folder: Path) -> None:
    tell(
        folder,
        "portal",
        *(employee(n, left) for n, left in _LEFT.items()),
        *(usage(n, "2026-01-01") for n in _LEFT),
        enquiry(9001, "2025-12-05"),
    )
    tell(
        folder,
        "pbx",
        extension(9001, "2026-02-03"),
        call(90010, 9001, "2025-03-05 12:00:00.000000"),
        extension(9003, "2025-06-01"),
        call(90030, 9003, "2025-03-05 22:30:00.000000"),
        call(90031, 9003, "2025-03-05 23:30:00.000000"),
        call(90032, 9003, "2025-05-20 12:00:00.000000"),
        address(90033, 9003, "2025-03-05 22:30:00"),
        address(90034, 9003, "2025-03-05 23:30:00"),
        extension(9009, None),
        *(recording(n, *row) for n, row in _RECORDINGS.items()),
    )
    tell(
        folder,
        "billing",
        invoice("2020-12-31"),
        invoice("2021-01-01"),
        *billed(9001, "2020-12-31"),
        *billed(9003, "2020-12-31", "2021-01-01"),
    )
    for name in (*_OLD, *_RECENT, *_NAMELESS):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"lyd")


# When employees left: 30 days before the day; a day later; long ago; not at all.
_LEFT = {9001: "2026-02-03", 9002: "2026-02-04", 9003: "2025-06-01", 9009: None}

# 90 days before the day, and 89. The third is of half past midnight, which in UTC is the day before. The file of
# the last one is long gone.
_RECORDINGS = {
    9901: ("2025-12-05 12:00:00.000000", "recordings/9009-100/20251205-1.wav", None),
    9902: ("2025-12-06 12:00:00.000000", "recordings/9009-100/20251206-1.wav", None),
    9903: ("2025-12-05 23:30:00.000000", "recordings/9009-100/20251206-2.wav", None),
    9904: ("2025-12-05 12:00:00.000000", None, "9009-100/20251205-1.mp3"),
    9905: ("2025-12-06 12:00:00.000000", None, "9009-100/20251206-1.mp3"),
    9906: ("2025-12-05 12:00:00.000000", "recordings/9009-100/20251205-9.wav", None),
}
# Those numbered 77 and 78 no row knows of; their names say whose they are.
_OLD = (
    "audio/recordings/9009-100/20251205-1.wav",
    "audio/recordings/9009-100/20251205-77.wav",
    "ftp/9009-100/20251205-1.mp3",
    "ftp/9009-100/20251205-78.mp3",
)
_RECENT = (
    "audio/recordings/9009-100/20251206-1.wav",
    "audio/recordings/9009-100/20251206-2.wav",
    "audio/recordings/9009-100/20251206-77.wav",
    "ftp/9009-100/20251206-1.mp3",
    "ftp/9009-100/20251206-78.mp3",
)
_NAMELESS = ("ftp/læs mig.txt",)


@pytest.fixture(scope="module")
def flexfone(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    return swept(tmp_path_factory.mktemp("flexfone"), "flexfone", planted)


@pytest.fixture
def after(flexfone: Swept, tmp_path: Path) -> Path:
    """The organisation after its sweep, to do something more with."""
    return copied(flexfone.after, tmp_path / "flexfone")


def mentions(folder: Path, number: int) -> list[str]:
    """The tables that hold a value of the employee's, whatever the column; keys without meaning do not count."""
    values = (
        local(number),
        f"Prøve Nummer {number}",
        f"prø{number}",
        f"p{number}@",
        *(f"+45 {block} {number}" for block in ("10 00", "10 11", "10 12")),
        f"SEP{number}",
        f"bemærkning {number}",
    )
    return sorted(place for place, found in content(folder).items() if any(v in str(found) for v in values))


def whole(folder: Path) -> bool:
    """Whether every foreign key of every database leads somewhere."""
    for path in folder.glob("*.sqlite3"):
        with closing(sqlite3.connect(path)) as connection:
            if connection.execute("PRAGMA foreign_key_check").fetchall():
                return False
    return True


def test_FF_13_who_left_is_renamed_to_nobody(flexfone: Swept, after: Path) -> None:
    assert len(mentions(flexfone.before, 9001)) == 7
    assert mentions(flexfone.after, 9001) == []
    assert flexfone.ask(
        "portal", "SELECT local, full_name, login, email, mobile, department FROM employees WHERE id = 9001"
    ) == [("x9001", "Medarbejder 9001", "slettet9001", None, None, None)]
    # The statistics stay, and lead to nobody; so does the letter that named the employee.
    assert flexfone.ask(
        "portal", "SELECT employee_id, calls, minutes, most_called FROM usage_months WHERE id = 9001"
    ) == [(None, 40, 90, None)]
    assert flexfone.ask("portal", "SELECT employee_name, body FROM enquiries WHERE id = 9001") == [
        (None, "Tekst")
    ]
    assert whole(flexfone.after)

    # A day later, and not at all: untouched.
    for number in (9002, 9009):
        question = f"SELECT * FROM employees WHERE id = {number}"
        assert flexfone.ask("portal", question) == flexfone.was("portal", question)

    with open_organisation(after) as organisation:
        for words in (local(9001), "p9001@firma.example", "+45 10 00 9001"):
            assert not organisation.find(words)
        assert organisation.find("p9002@firma.example")
        again = organisation.plan(ON, actor=CLERK).plan
    assert again.empty

    # What the product itself wrote down does not lead back either.
    for path in (p for p in (after / ".ordholden").rglob("*") if p.is_file()):
        held = path.read_bytes()
        assert not any(v.encode() in held for v in (local(9001), "p9001@firma.example", "Nummer 9001")), path

    looked = {e["table"]: e["personal"] for e in evidence(proven(flexfone, "FF-13"), "anonymised")}
    assert looked["portal.employees"] == looked["portal.usage_months"] == 0


def test_FF_14_of_who_left_only_what_the_law_demands_stays_and_goes_by_itself(
    flexfone: Swept, after: Path
) -> None:
    # Left last summer. The telephone book and the apparatus know nothing any more.
    assert flexfone.ask("portal", "SELECT full_name FROM employees WHERE id = 9003") == [
        ("Medarbejder 9003",)
    ]
    assert flexfone.ask(
        "pbx", "SELECT name, mobile, device, note FROM extensions WHERE local = '9003-100'"
    ) == [("Prøve Nummer 9003", None, None, None)]
    # A year to the day; the second was half an hour after midnight, in UTC the day before.
    assert flexfone.ask("pbx", "SELECT id FROM call_records WHERE local = '9003-100' ORDER BY id") == [
        (90031,),
        (90032,),
    ]
    assert flexfone.ask("pbx", "SELECT id FROM ip_log WHERE local = '9003-100'") == [(90034,)]
    # Who has only calls of a year ago is gone with the last of them.
    assert not flexfone.ask("pbx", "SELECT 1 FROM extensions WHERE local = '9001-100'")
    # Five years after the end of the financial year: 2020 is over, 2021 is not.
    assert flexfone.ask("billing", "SELECT billed_on FROM invoice_lines WHERE local = '9003-100'") == [
        ("2021-01-01",)
    ]
    assert flexfone.ask("billing", "SELECT user_name FROM numbers WHERE local = '9003-100'") == [
        ("Prøve Nummer 9003",)
    ]
    assert proven(flexfone, "FF-14")

    with open_organisation(after) as organisation:
        assert sweep(organisation, date(2026, 12, 31)).kept.state is PlanState.VERIFIED
        assert mentions(after, 9003) == ["billing.invoice_lines", "billing.numbers"]
        assert sweep(organisation, date(2027, 1, 1)).kept.state is PlanState.VERIFIED
    assert mentions(after, 9003) == []
    assert ask(after, "portal", "SELECT full_name FROM employees WHERE id = 9009") == [("Prøve Nummer 9009",)]
    assert whole(after)


def test_FF_20_recordings_go_after_ninety_days_file_and_record_together(flexfone: Swept) -> None:
    assert flexfone.ask("pbx", "SELECT id FROM recordings WHERE id > 9900 ORDER BY id") == [
        (9902,),
        (9903,),
        (9905,),
    ]
    assert [n for n in _OLD if (flexfone.after / n).exists()] == []
    assert [n for n in (*_RECENT, *_NAMELESS) if not (flexfone.after / n).exists()] == []

    [done] = evidence(proven(flexfone, "FF-20"), "sweep-verified")
    assert int(done["rows"]) >= len(_OLD)
