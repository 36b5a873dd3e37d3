"""Alles-klar's promises, each kept on its data: translating, interpreting, the books, documents on disk.

People numbered from 90001 are put there by these tests; what their dates stand for is said where they are looked at.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ordholden.app import open_organisation
from ordholden.audit import Verified
from ordholden.plans.book import PlanState
from ordholden.plans.plan import Operation
from ordholden.problems import Refusal
from tests.swept import CLERK, ON, SECOND, Swept, ask, content, copied, evidence, proven, sweep, swept, tell


def no(number: int) -> str:
    return f"K00{number}"


def customer(number: int) -> str:
    return (
        f"INSERT INTO customers VALUES ({number}, '{no(number)}', 'Prøve {number}', NULL, 'Prøvevej 1', '7100', 'Vejle',"
        f" 'p{number}@kunde.example', '+45 10 0{number}', '2020-01-01 10:00:00.000000', NULL, NULL, NULL, NULL, NULL)"
    )


def enquiry(number: int, received: str) -> str:
    return (
        f"INSERT INTO enquiries VALUES ({number}, {number}, '{received} 12:00:00.000000', 'mail', 'et spørgsmål',"
        f" 'et tilbud', '{received}')"
    )


def client(number: int) -> str:
    return (
        f"INSERT INTO clients VALUES ('{no(number)}', 'Prøve {number}', 'p{number}@kunde.example', '+45 10 0{number}',"
        " '2020-01-01')"
    )


def task(number: int, of: int, kind: str, delivered: str) -> str:
    return (
        f"INSERT INTO tasks VALUES ({number}, '{no(of)}', '{kind}', 'Kontrakt for Prøve {of}', '2020-01-02',"
        f" '{delivered}', 'delivered', 100)"
    )


def source(number: int, of: int) -> str:
    """Where a task's document is."""
    return f"{no(of)}/2020-01-02_{number}.txt"


def document(number: int, of: int) -> list[str]:
    return [
        f"INSERT INTO documents VALUES ({number}, {number}, '{source(number, of)}', NULL, '2020-01-02 10:00:00.000000', 1)",
        f"INSERT INTO segments VALUES ({number}, {number}, 'født 31.02.1990', 'born 31.02.1990')",
    ]


def interpretation(number: int, held: str, place: str) -> str:
    return (
        f"INSERT INTO interpretations VALUES ({number}, {number}, '{held} 12:00:00.000000', '{place}', 'de',"
        f" 'Tolket {number}', '1970-01-01', '+45 20 0{number}', 'en samtale')"
    )


def account(number: int, kind: str = "D") -> str:
    other = f"'{no(number)}', NULL" if kind == "D" else f"NULL, 'L{number}'"
    return (
        f"INSERT INTO accounts VALUES ('A{number}', '{kind}', {other}, 'Prøve {number}', 'Prøvevej 1', '7100', 'Vejle',"
        f" 'p{number}@kunde.example', '0000 {number}')"
    )


def invoice(number: int, issued: str, paid: str) -> list[str]:
    return [
        f"INSERT INTO invoices VALUES ({number}, 'A{number}', NULL, '{issued}', '{paid}', 500, 'Att. Prøve {number}')",
        f"INSERT INTO invoice_lines VALUES ({number}, 1, 'oversættelse for Prøve {number}', 500)",
    ]


def fee(number: int, of: int, paid: str) -> str:
    return f"INSERT INTO fees VALUES ({number}, 'A{of}', '{paid}', 900, 'Honorar, Prøve {of}')"


def planted(folder: Path) -> None:
    tell(
        folder,
        "crm",
        customer(90201),
        enquiry(90201, "2026-01-04"),
    )
    tell(
        folder,
        "workshop",
        *(client(n) for n in (90101, 90102, 90201)),
        # Delivered 90 days before the day, and 89.
        task(901011, 90101, "translation", "2025-12-05"),
        *document(901011, 90101),
        task(901021, 90102, "translation", "2025-12-06"),
        *document(901021, 90102),
        task(902011, 90201, "translation", "2025-12-05"),
        *document(902011, 90201),
        task(902012, 90201, "certified", "2025-12-05"),
        *document(902012, 90201),
        task(902013, 90201, "interpreting", "2026-02-03"),
        interpretation(902013, "2026-02-03", "hospital"),
        task(902014, 90201, "interpreting", "2026-02-03"),
        interpretation(902014, "2026-02-03", "court"),
    )
    tell(
        folder,
        "books",
        *(account(n) for n in (90001, 90002, 90201)),
        *invoice(90001, "2020-12-31", "2021-01-09"),
        *invoice(90002, "2021-01-01", "2021-01-09"),
        *invoice(90201, "2025-12-06", "2025-12-15"),
        *(account(n, "K") for n in (90003, 90004)),
        fee(90003, 90003, "2020-12-31"),
        fee(90004, 90004, "2021-01-01"),
        fee(90005, 90004, "2020-12-31"),
    )
    for number, of in _DOCUMENTS.items():
        write(folder, source(number, of))
    for name in _DRAFTS:
        write(folder, name)
    # Somebody has looked at the measures this year.
    policy = folder / "policy.yaml"
    said = policy.read_text(encoding="utf-8")
    looked = said.replace("evidence: docs/measures.md}", "evidence: docs/measures.md, done: 2026-01-15}")
    assert looked != said
    policy.write_text(looked, encoding="utf-8")


def write(folder: Path, name: str) -> None:
    path = folder / "documents" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Prøvve Prøvessen, født 31.02.1990\n", encoding="utf-8")


_DOCUMENTS = {901011: 90101, 901021: 90102, 902011: 90201, 902012: 90201}
# No task knows of these: filed 90 days before the day, and 89.
_DRAFTS = ("K0090103/2025-12-05_udkast.txt", "K0090104/2025-12-06_udkast.txt")


@pytest.fixture(scope="module")
def alles_klar(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    return swept(tmp_path_factory.mktemp("alles_klar"), "alles_klar", planted)


def documents(folder: Path) -> list[str]:
    """Which of the documents planted here are there."""
    names = [*(source(n, of) for n, of in _DOCUMENTS.items()), *_DRAFTS]
    return [n for n in names if (folder / "documents" / n).exists()]


def test_AK_04_what_the_law_wants_kept_is_a_ground_of_its_own(alles_klar: Swept) -> None:
    numbers = "('A90001', 'A90002', 'A90003', 'A90004')"
    # Five years after the end of the financial year: 2020 is over, 2021 is not. No more than the books need.
    assert alles_klar.ask(
        "books",
        f"SELECT number, name, street, email, bank_account FROM accounts WHERE number IN {numbers} ORDER BY 1",
    ) == [
        ("A90002", "Prøve 90002", "Prøvevej 1", None, "0000 90002"),
        ("A90004", "Prøve 90004", "Prøvevej 1", None, "0000 90004"),
    ]
    assert alles_klar.ask("books", "SELECT id, reference FROM invoices WHERE id IN (90001, 90002)") == [
        (90002, "Att. Prøve 90002")
    ]
    assert alles_klar.ask(
        "books", "SELECT invoice_id FROM invoice_lines WHERE invoice_id IN (90001, 90002)"
    ) == [(90002,)]
    assert alles_klar.ask("books", "SELECT id FROM fees WHERE id > 90000") == [(90004,)]

    reasons = {
        r for s in alles_klar.outcome.kept.plan.steps if str(s.table) == "books.invoices" for r in s.reasons
    }
    assert ("bookkeeping", "5 years after end of financial year of invoice issued") in {
        (r.activity, r.rule) for r in reasons
    }
    [bases] = evidence(proven(alles_klar, "AK-04"), "bases")
    assert "legal obligation 4" in str(bases["kinds"])


def test_AK_07_nobody_corrects_the_material_and_yet_it_goes(alles_klar: Swept) -> None:
    assert documents(alles_klar.after) == [source(901021, 90102), source(902012, 90201), _DRAFTS[1]]
    assert alles_klar.ask("workshop", "SELECT id FROM documents WHERE id IN (901011, 901021)") == [(901021,)]
    # No birthday is the 31st of February; that is the customer's business.
    for name in documents(alles_klar.after):
        assert (alles_klar.after / "documents" / name).read_bytes() == (
            alles_klar.before / "documents" / name
        ).read_bytes()
    assert alles_klar.ask(
        "workshop", "SELECT id, source_text, target_text FROM segments WHERE id IN (901011, 901021)"
    ) == [(901021, "født 31.02.1990", "born 31.02.1990")]

    with open_organisation(alles_klar.after) as organisation:
        said = [p for p in organisation.check() if p.facts.get("table") in _EXEMPT]
    assert said == []

    exempt = {e["table"]: e["overdue"] for e in evidence(proven(alles_klar, "AK-07"), "exempt")}
    assert exempt == dict.fromkeys(_EXEMPT, 0)


_EXEMPT = ("workshop.segments", "files.documents")


def test_AK_09_what_one_customer_left_goes_at_different_times(alles_klar: Swept, tmp_path: Path) -> None:
    after = copied(alles_klar.after, tmp_path / "alles_klar")

    # Sixty days after the enquiry, ninety after the translation, thirty after a day at the hospital.
    assert ask(after, "crm", "SELECT text, quote FROM enquiries WHERE id = 90201") == [("", "et tilbud")]
    assert documents(after) == [source(901021, 90102), source(902012, 90201), _DRAFTS[1]]
    assert ask(
        after, "workshop", "SELECT id, full_name, phone, subject FROM interpretations WHERE id > 902000"
    ) == [(902014, "Tolket 902014", None, None)]
    assert ask(after, "crm", "SELECT full_name, email FROM customers WHERE id = 90201") == [
        ("Prøve 90201", "p90201@kunde.example")
    ]
    assert proven(alles_klar, "AK-09")

    with open_organisation(after) as organisation:
        # Two years after the task: what was certified, and what the books need.
        sweep(organisation, date(2028, 2, 3))
        assert not ask(after, "crm", "SELECT 1 FROM customers WHERE id = 90201")
        assert ask(after, "workshop", "SELECT id FROM tasks WHERE id > 902000 AND id < 902020") == [(902012,)]
        assert documents(after) == [source(902012, 90201)]
        assert ask(after, "books", "SELECT name, email FROM accounts WHERE number = 'A90201'") == [
            ("Prøve 90201", None)
        ]
        # Five years after the translation was certified: the books' year is not over yet.
        sweep(organisation, date(2030, 12, 5))
        assert not ask(after, "workshop", "SELECT 1 FROM clients WHERE number = 'K0090201'")
        assert documents(after) == []
        assert ask(after, "books", "SELECT id FROM invoices WHERE id = 90201") == [(90201,)]
        sweep(organisation, date(2031, 1, 1))
    assert not ask(after, "books", "SELECT 1 FROM accounts WHERE number = 'A90201'")
    assert [place for place, found in content(after).items() if "90201" in str(found)] == []


def test_AK_12_nothing_goes_that_was_not_planned_and_agreed_to(alles_klar: Swept, tmp_path: Path) -> None:
    folder = copied(alles_klar.before, tmp_path / "alles_klar")
    with open_organisation(folder) as organisation:
        kept = organisation.plan(ON, actor=CLERK)
        assert kept.needs_approval
        assert content(folder) == content(alles_klar.before)
        with pytest.raises(Refusal) as alone:
            organisation.apply(kept.plan.id, actor=CLERK)
        with pytest.raises(Refusal) as own:
            organisation.approve(kept.plan.id, actor=CLERK)
        assert content(folder) == content(alles_klar.before)
        organisation.approve(kept.plan.id, actor=SECOND)
        outcome = organisation.apply(kept.plan.id, actor=CLERK, batch=25)
        receipts = organisation.book.receipts(kept.plan)
        chain = organisation.audit()
        recorded = [(e.action, e.actor) for e in organisation.audit_entries(last=50)]

    assert [p.code for r in (alone, own) for p in r.value.problems] == ["approval-needed", "approve-own"]
    assert outcome.kept.state is PlanState.VERIFIED
    assert outcome.kept.approved_by == SECOND
    assert sum(r.rows for r in receipts) == kept.plan.rows
    assert {r.state for r in receipts} == {"done"}
    bounded = {s.table for s in kept.plan.steps if not s.judged}
    assert max(r.rows for r in receipts if r.table in bounded) == 25
    assert isinstance(chain, Verified)
    assert recorded[-5:] == [
        ("plan:made", CLERK),
        ("plan:approved", SECOND),
        ("plan:applying", CLERK),
        ("plan:applied", CLERK),
        ("plan:verified", CLERK),
    ]

    steps = kept.plan.steps
    for path in sorted(folder.glob("*.sqlite3")):
        for table, (key, columns) in tables(path).items():
            place = f"{path.stem}.{table}"
            was, now = (keyed(root / path.name, table, key) for root in (alles_klar.before, folder))
            gone = was.keys() - now.keys()
            planned = [s for s in steps if str(s.table) == place]
            assert len(gone) == sum(s.rows for s in planned if s.operation is Operation.DELETE), place
            assert now.keys() <= was.keys(), place
            changed = {
                c for k in now for c, old, new in zip(columns, was[k], now[k], strict=True) if old != new
            }
            assert changed <= {c for s in planned if s.operation is Operation.CLEAR for c in s.columns}, place
    files = [
        {n: b for n, b in content(root).items() if isinstance(b, bytes)}
        for root in (alles_klar.before, folder)
    ]
    assert files[1].items() <= files[0].items()

    state = proven(alles_klar, "AK-12")
    [carried] = evidence(state, "plan-verified")
    assert carried["done"] == carried["planned"] == alles_klar.outcome.kept.plan.rows
    assert evidence(state, "plan-approved")
    assert evidence(state, "audit-whole")


def tables(path: Path) -> dict[str, tuple[list[int], list[str]]]:
    """The database's tables: where in a row its key is, and what the columns are called."""
    with closing(sqlite3.connect(path)) as connection:
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {n: connection.execute(f'PRAGMA table_info("{n}")').fetchall() for n in names}
    return {n: ([c[0] for c in cs if c[5]], [c[1] for c in cs]) for n, cs in found.items()}


def keyed(path: Path, table: str, key: list[int]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    return {tuple(row[i] for i in key): row for row in rows}
