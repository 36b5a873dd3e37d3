"""Clienti's promises, each kept on its data: an agency with a CRM, a newsletter, invoices, events, customers' lists.

People numbered from 9001 are put there by these tests; what their dates stand for is said where they are looked at.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ordholden.app import open_organisation
from ordholden.consents import ask as ask_people
from ordholden.consents import asked
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.plans.book import PlanState
from ordholden.policy.document import OnRequest
from ordholden.registers.holds import place, release
from tests.swept import CLERK, ON, Swept, ask, carried_out, copied, evidence, proven, sweep, swept, tell

CONTACTS = TableName("crm", "contacts")
DEBTORS = TableName("invoices", "debtors")


def company(number: int, until: str | None) -> str:
    left = f"'{until}', 'closed'" if until else "NULL, 'customer'"
    return (
        f"INSERT INTO companies VALUES ({number}, 'K{number}', 'Prøvefirma {number}', 'A/S', NULL, 'Vestby',"
        f" '2018-01-01', {left}, '2018-01-01 10:00:00.000000')"
    )


def contact(number: int, of: int | None = None) -> str:
    return (
        f"INSERT INTO contacts VALUES ({number}, {of or 'NULL'}, 'Prøve {number}', 'indkøber', 'p{number}@firma.example',"
        f" '+45 10 00 {number}', 'et notat', '2018-02-01 10:00:00.000000', NULL)"
    )


def upkeep(number: int, confirmed: str) -> str:
    return f"INSERT INTO contact_upkeep VALUES ({number}, {number}, 'confirmed', 'mail', '{confirmed} 10:00:00.000000')"


def message(number: int, of: int, by: int, about: str) -> str:
    return (
        f"INSERT INTO messages VALUES ({number}, {of}, {by}, {by}, '{about}', 'p{by}@firma.example', 'Emne', 'Tekst',"
        " '2020-02-01 10:00:00.000000')"
    )


def agreement(number: int, signed: str) -> str:
    return f"INSERT INTO agreements VALUES ('A-{number}', {number}, {number}, 'Prøve {number}', 'aftalen', '{signed}')"


def subscriber(number: int, left: str | None) -> list[str]:
    found = [
        (
            f"INSERT INTO subscribers VALUES ({number}, 'p{number}@firma.example', 'Prøve {number}', NULL,"
            " '2024-05-01 10:00:00.000000', NULL)"
        ),
        f"INSERT INTO consent_log VALUES ({number}, {number}, 'in', '2024-05-01 11:00:00.000000', 'v1', '192.0.2.1')",
        f"INSERT INTO interests VALUES ({number}, 'annoncer', 1)",
    ]
    if left:
        found.append(
            f"INSERT INTO consent_log VALUES ({number}9, {number}, 'out', '{left} 12:00:00.000000', 'v1', '192.0.2.1')"
        )
    return found


def debtor(number: int) -> str:
    return (
        f"INSERT INTO debtors VALUES ('D-{number}', 'Prøve {number}', 'Prøve {number}', 'Prøvevej 1', '7100', 'Vejle',"
        f" 'p{number}@firma.example', '+45 10 00 {number}', '2017-01-01')"
    )


def invoice(number: int, issued: str, paid: str | None) -> list[str]:
    when = f"'{paid}'" if paid else "NULL"
    return [
        (
            f"INSERT INTO invoices VALUES ({number}, 'D-{number}', '{number}-1', 'Prøve {number}', NULL, 80000, '{issued}',"
            f" '{issued}', {when}, NULL, 0)"
        ),
        f"INSERT INTO invoice_lines VALUES ({number}, 1, 'arbejde for Prøve {number}', 80000)",
    ]


def enquiry(number: int, answered: str) -> str:
    return (
        f"INSERT INTO enquiries VALUES ({number}, 'mail', 'Prøve {number}', 'p{number}@firma.example', NULL, NULL,"
        f" 'et spørgsmål', '2025-08-01 10:00:00.000000', '{answered} 12:00:00.000000')"
    )


def planted(folder: Path) -> None:
    tell(
        folder,
        "crm",
        *(company(n, until) for n, until in _LEFT.items()),
        *(contact(n, n) for n in _LEFT),
        *(message(n, n, n, "offer") for n in (9101, 9102)),
        agreement(9103, "2020-02-01"),
        message(9103, 9103, 9103, "agreement"),
        message(9113, 9103, 9103, "offer"),
        agreement(9104, "2020-02-01"),
        message(9104, 9104, 9104, "agreement"),
        *(contact(n) for n in _CONFIRMED),
        *(upkeep(n, day) for n, day in _CONFIRMED.items()),
        enquiry(9001, "2025-09-05"),
        enquiry(9002, "2025-09-06"),
    )
    tell(
        folder,
        "newsletter",
        *subscriber(9301, "2026-02-28"),
        *subscriber(9302, "2026-03-01"),
        *subscriber(9303, None),
        *subscriber(9401, None),
        *subscriber(9105, None),
    )
    tell(
        folder,
        "invoices",
        *(debtor(n) for n in (9201, 9202, 9203, 9401)),
        *invoice(9201, "2017-06-01", None),
        *invoice(9202, "2017-06-01", "2017-07-01"),
        *invoice(9203, "2017-06-01", "2017-07-01"),
        *invoice(9401, "2025-06-10", "2025-07-01"),
    )
    with open_organisation(folder) as organisation:
        asked_of = {
            9212: ON - timedelta(days=30),
            9213: ON - timedelta(days=29),
            9214: ON - timedelta(days=30),
        }
        for number, day in asked_of.items():
            card = Card(CONTACTS, number)
            ask_people(organisation.store, "keep contacts up to date", [card], on=day, actor=CLERK)
        place(
            organisation.store,
            reason="tvist om fakturaen",
            actor=CLERK,
            on=ON,
            cards=[Card(DEBTORS, "D-9203")],
        )


# When customers left. 24 months before the day, and a day later; three years before; five years; not at all.
_LEFT = {9101: "2024-03-05", 9102: "2024-03-06", 9103: "2023-01-10", 9104: "2021-03-05", 9105: None}
# When contacts of nobody's were last confirmed: a year ago; long ago; long ago; since they were asked.
_CONFIRMED = {9211: "2025-03-05", 9212: "2025-01-01", 9213: "2025-01-01", 9214: "2026-02-20"}


@pytest.fixture(scope="module")
def clienti(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    return swept(tmp_path_factory.mktemp("clienti"), "clienti", planted)


@pytest.fixture
def after(clienti: Swept, tmp_path: Path) -> Path:
    """The organisation after its sweep, to do something more with."""
    return copied(clienti.after, tmp_path / "clienti")


def there(found: Swept, system: str, table: str, *keys: object, key: str = "id") -> list[object]:
    """Which of the records are there after the sweep."""
    marks = ", ".join("?" * len(keys))
    return [
        k
        for (k,) in found.ask(system, f"SELECT {key} FROM {table} WHERE {key} IN ({marks}) ORDER BY 1", *keys)
    ]


def test_CL_01_a_sweep_erases_what_is_no_longer_needed(clienti: Swept) -> None:
    # Six months after the answer; the second is answered a day later.
    assert there(clienti, "crm", "enquiries", 9001, 9002) == [9002]
    assert clienti.outcome.kept.state is PlanState.VERIFIED

    [carried] = evidence(proven(clienti, "CL-01"), "plan-verified")
    assert carried["done"] == carried["planned"] == clienti.outcome.kept.plan.rows
    assert proven(clienti, "CL-02")


def test_CL_11_a_contact_is_asked_after_twelve_months_and_gone_thirty_days_later(clienti: Swept) -> None:
    assert there(clienti, "crm", "contacts", *_CONFIRMED) == [9211, 9213, 9214]

    with open_organisation(clienti.after) as organisation:
        questions = asked(organisation.store)
    assert questions["keep contacts up to date", Card(CONTACTS, 9211)] == ON
    assert questions["keep contacts up to date", Card(CONTACTS, 9213)] == ON - timedelta(days=29)
    assert proven(clienti, "CL-11")


def test_CL_12_two_years_after_the_customer_left_everything_is_erased(clienti: Swept) -> None:
    assert there(clienti, "crm", "contacts", 9101, 9102) == [9102]
    assert there(clienti, "crm", "messages", 9101, 9102) == [9102]

    assert proven(clienti, "CL-12")


def test_CL_13_unsubscribing_deletes_within_five_days(clienti: Swept) -> None:
    assert there(clienti, "newsletter", "subscribers", 9301, 9302, 9303) == [9302, 9303]
    assert not clienti.ask("newsletter", "SELECT 1 FROM consent_log WHERE subscriber_id = 9301")
    assert not clienti.ask("newsletter", "SELECT 1 FROM interests WHERE subscriber_id = 9301")

    # The next goes on its own fifth day.
    assert str(proven(clienti, "CL-13").next) == "2026-03-06"


def test_CL_14_what_proves_an_agreement_stays_five_years_and_all_else_goes(clienti: Swept) -> None:
    # Left three years ago: who signed, what was signed, and the letter about it.
    assert clienti.ask(
        "crm", "SELECT full_name, job_title, email, phone, note FROM contacts WHERE id = 9103"
    ) == [("Prøve 9103", None, None, None, None)]
    assert clienti.ask("crm", "SELECT signatory, wording FROM agreements WHERE number = 'A-9103'") == [
        ("Prøve 9103", "aftalen")
    ]
    assert there(clienti, "crm", "messages", 9103, 9113) == [9103]
    # Left five years ago: nothing.
    assert there(clienti, "crm", "contacts", 9104) == []
    assert there(clienti, "crm", "agreements", "A-9104", key="number") == []
    assert there(clienti, "crm", "messages", 9104) == []

    assert proven(clienti, "CL-14")


def test_CL_15_an_unpaid_balance_and_a_hold_keep_what_a_claim_needs(clienti: Swept, after: Path) -> None:
    keys = ("D-9201", "D-9202", "D-9203")
    assert there(clienti, "invoices", "debtors", *keys, key="customer_no") == ["D-9201", "D-9203"]
    assert there(clienti, "invoices", "invoices", 9201, 9202, 9203) == [9201, 9203]
    state = proven(clienti, "CL-15")
    assert evidence(state, "holds-standing") == [{"holds": 1, "restrictions": 0}]
    assert evidence(state, "hold-tried")[0]["held"] == 0

    tell(after, "invoices", "UPDATE invoices SET paid_on = '2020-01-01' WHERE id = 9201")
    with open_organisation(after) as organisation:
        release(organisation.store, "H-1", on=ON + timedelta(days=1), actor=CLERK, reason="forlig")
        sweep(organisation, ON + timedelta(days=1))

    assert not ask(after, "invoices", "SELECT 1 FROM debtors WHERE customer_no IN ('D-9201', 'D-9203')")


def test_CL_21_an_erasure_says_for_each_datum_what_goes_and_what_stays(after: Path) -> None:
    with open_organisation(after) as organisation:
        wanted = organisation.plan_erasure(["p9401@firma.example"], ON, actor=CLERK)
        outcome = carried_out(organisation, wanted)
        [state] = organisation.promises(ON, only=["CL-21"])

    assert outcome.kept.state is PlanState.VERIFIED
    assert not ask(after, "newsletter", "SELECT 1 FROM subscribers WHERE id = 9401")
    # The books are kept five years: the name, the address, the invoice, and no more.
    assert ask(
        after, "invoices", "SELECT name, street, email, phone FROM debtors WHERE customer_no = 'D-9401'"
    ) == [("Prøve 9401", "Prøvevej 1", None, None)]
    assert ask(after, "invoices", "SELECT number FROM invoices WHERE id = 9401") == [("9401-1",)]
    assert state.state == "kept"
    assert [e["plan"] for e in evidence(state, "erasure-verified")] == [outcome.kept.plan.id]


def test_CL_21_what_the_law_leaves_open_is_decided_by_somebody(after: Path) -> None:
    question = "SELECT 1 FROM enquiries WHERE id = 9002"
    with open_organisation(after) as organisation:
        carried_out(organisation, organisation.plan_erasure(["p9002@firma.example"], ON, actor=CLERK))
        undecided = ask(after, "crm", question)
        decided = {"answer enquiries": OnRequest.ENDS}
        carried_out(
            organisation, organisation.plan_erasure(["p9002@firma.example"], ON, decided=decided, actor=CLERK)
        )

    assert undecided
    assert not ask(after, "crm", question)


def test_CL_24_a_withdrawn_consent_ends_what_rests_on_it_and_nothing_else(after: Path) -> None:
    with open_organisation(after) as organisation:
        person = ["p9105@firma.example"]
        outcome = carried_out(
            organisation, organisation.plan_withdrawal("newsletter", person, ON, actor=CLERK)
        )
        [state] = organisation.promises(ON, only=["CL-24"])

    assert outcome.kept.state is PlanState.VERIFIED
    assert not ask(after, "newsletter", "SELECT 1 FROM subscribers WHERE id = 9105")
    assert ask(after, "crm", "SELECT full_name, email FROM contacts WHERE id = 9105") == [
        ("Prøve 9105", "p9105@firma.example")
    ]
    assert state.state == "kept"
    assert evidence(state, "withdrawal")[0]["plan"] == outcome.kept.plan.id
