"""ALOTTbetter's promises, each kept on its data: four databases that share no key, two years, ten with a yes or a complaint.

People numbered from 9001 are put there by these tests.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ordholden.app import open_organisation
from ordholden.plans.book import PlanState
from tests.swept import CLERK, ON, Swept, ask, carried_out, copied, evidence, proven, sweep, swept, tell

# The day of the last internship's end.
_ENDED = {
    9001: "2024-03-05",  # two years before
    9002: "2024-03-06",  # a day later
    9003: "2023-01-10",  # with a yes to longer storage
    9004: "2023-01-10",  # with a yes that was withdrawn
    9005: "2023-01-10",  # complained on the last day of the two years
    9006: "2023-01-10",  # complained a day too late
    9007: "2023-01-10",  # with a yes, and an invoice
    9008: "2023-01-10",  # with a yes that was withdrawn and given again
    9009: "2016-03-05",  # ten years before, with a yes
}
_CONSENTS = {
    9003: ("2022-12-01", None),
    9004: ("2022-12-01", "2025-01-01"),
    9007: ("2022-12-01", None),
    9009: ("2015-12-01", None),
}
_COMPLAINTS = {9005: "2025-01-10", 9006: "2025-01-11"}


def customer(number: int) -> str:
    return (
        f"INSERT INTO customers VALUES ({number}, 'A{number}', 'Prøve {number}', '2001-02-03', 'F', 'Prøvevej 1', '7100',"
        f" 'Vejle', 'p{number}@post.example', NULL, 'et notat', '2015-01-01 10:00:00.000000', NULL)"
    )


def internship(number: int, ended: str) -> str:
    return (
        f"INSERT INTO internships VALUES ({number}, {number}, 'Medier', 'Redaktionen Vestby', '2015-06-01', '{ended}',"
        " 'finished')"
    )


def consent(number: int, given: str, withdrawn: str | None, row: int) -> str:
    no = f"'{withdrawn} 12:00:00.000000'" if withdrawn else "NULL"
    return f"INSERT INTO consents VALUES ({row}, {number}, 'long_storage', 'mail', '{given} 12:00:00.000000', {no})"


def buyer(number: int) -> list[str]:
    return [
        (
            f"INSERT INTO buyers VALUES ({number}, 'login{number}', 'A{number}', 'Prøve {number}', '2001-02-03', 'F', 'Prøvevej 1',"
            f" '7100', 'Vejle', 'p{number}@post.example', NULL)"
        ),
        f"INSERT INTO bookings VALUES ({number}, {number}, 'B{number}', 'Medier', NULL, '2015-05-01 10:00:00.000000', NULL)",
    ]


def complaint(number: int, filed: str) -> list[str]:
    return [
        f"INSERT INTO contacts VALUES ({number}, 'A{number}', 'Prøve {number}', 'p{number}@post.example', NULL, '{filed}')",
        f"INSERT INTO complaints VALUES ({number}, {number}, NULL, 'en klage', 'decided', '{filed}', '2025-02-01')",
    ]


def planted(folder: Path) -> None:
    tell(
        folder,
        "customers",
        *(customer(n) for n in _ENDED),
        *(internship(n, day) for n, day in _ENDED.items()),
        *(consent(n, given, no, n) for n, (given, no) in _CONSENTS.items()),
        consent(9008, "2022-12-01", "2023-06-01", 90081),
        consent(9008, "2023-09-01", None, 90082),
    )
    invoice = "INSERT INTO invoices VALUES ('F9007', 9007, 'Prøve 9007, Prøvevej 1', 20000, '2023-01-05')"
    tell(folder, "booking", *(line for n in _ENDED for line in buyer(n)), invoice)
    tell(folder, "service", *(line for n, day in _COMPLAINTS.items() for line in complaint(n, day)))
    answered = "INSERT INTO respondents VALUES (9005, 'A9005', 'p9005@post.example', '2023-01-20')"
    tell(folder, "improvement", answered)


@pytest.fixture(scope="module")
def alottbetter(tmp_path_factory: pytest.TempPathFactory) -> Swept:
    return swept(tmp_path_factory.mktemp("alottbetter"), "alottbetter", planted)


@pytest.fixture
def after(alottbetter: Swept, tmp_path: Path) -> Path:
    """The organisation after its sweep, to do something more with."""
    return copied(alottbetter.after, tmp_path / "alottbetter")


def test_AL_06_a_withdrawn_consent_ends_only_what_rests_on_it(after: Path) -> None:
    with open_organisation(after) as organisation:
        plan = organisation.plan_withdrawal("long storage", ["customer number:A9007"], ON, actor=CLERK)
        outcome = carried_out(organisation, plan)
        [state] = organisation.promises(ON, only=["AL-06"])

    assert outcome.kept.state is PlanState.VERIFIED
    assert not ask(after, "customers", "SELECT 1 FROM customers WHERE id = 9007")
    assert not ask(after, "customers", "SELECT 1 FROM internships WHERE id = 9007")
    # What the books need rests on the law.
    assert ask(after, "booking", "SELECT full_name, street, born, email FROM buyers WHERE id = 9007") == [
        ("Prøve 9007", "Prøvevej 1", None, None)
    ]
    assert ask(after, "booking", "SELECT addressee FROM invoices WHERE number = 'F9007'") == [
        ("Prøve 9007, Prøvevej 1",)
    ]
    assert state.state == "kept"
    assert evidence(state, "withdrawal")[0]["plan"] == outcome.kept.plan.id


def test_AL_11_two_years_after_the_internship_everything_is_gone(alottbetter: Swept) -> None:
    for system, table in (("customers", "customers"), ("customers", "internships"), ("booking", "buyers")):
        assert alottbetter.ask(system, f"SELECT id FROM {table} WHERE id IN (9001, 9002)") == [(9002,)]

    assert proven(alottbetter, "AL-11")


def test_AL_12_a_yes_extends_to_ten_years_and_a_no_shortens_again(alottbetter: Swept) -> None:
    question = "SELECT id FROM customers WHERE id IN (9003, 9004, 9008, 9009) ORDER BY id"
    assert alottbetter.ask("customers", question) == [(9003,), (9008,)]
    # The yes is to staying in touch, in the customer database: what that doesn't need goes, and so does the booking.
    assert alottbetter.ask("customers", "SELECT full_name, sex, note FROM customers WHERE id = 9003") == [
        ("Prøve 9003", None, None)
    ]
    assert not alottbetter.ask("booking", "SELECT 1 FROM buyers WHERE id = 9003")

    assert proven(alottbetter, "AL-12")


def test_AL_13_a_complaint_in_time_keeps_everything_everywhere_for_ten_years(
    alottbetter: Swept, after: Path
) -> None:
    assert alottbetter.ask("customers", "SELECT note FROM customers WHERE id = 9005") == [("et notat",)]
    assert alottbetter.ask("booking", "SELECT email FROM buyers WHERE id = 9005") == [("p9005@post.example",)]
    assert alottbetter.ask("service", "SELECT wording FROM complaints WHERE id = 9005") == [("en klage",)]
    assert alottbetter.ask("improvement", "SELECT email FROM respondents WHERE id = 9005") == [
        ("p9005@post.example",)
    ]
    # A day too late: only the complaint itself is kept, for its own three years.
    assert not alottbetter.ask("customers", "SELECT 1 FROM customers WHERE id = 9006")
    assert alottbetter.ask("service", "SELECT wording FROM complaints WHERE id = 9006") == [("en klage",)]
    assert proven(alottbetter, "AL-13")

    with open_organisation(after) as organisation:
        sweep(organisation, ON + timedelta(days=2503))  # 10 January 2033

    assert not ask(after, "customers", "SELECT 1 FROM customers WHERE id = 9005")
    assert not ask(after, "service", "SELECT 1 FROM complaints WHERE id = 9005")
