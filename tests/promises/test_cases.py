"""Two Danish cases that cost companies fines, as they would go here; the third, a system that everybody forgot, is a check's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ordholden.app import open_organisation
from ordholden.plans.book import PlanState
from ordholden.problems import Refusal
from tests.companies import company, hotel, promised
from tests.swept import CLERK, ON, ask, carried_out, evidence, sweep, tell

# — a taxi company: its own period was two years, only the name was removed, and everything was joined by the phone —

TAXI_POLICY = """
people: {passenger: passenger}
categories: {name: name, phone: phone, ride: ride}
activities:
  drive people:
    purpose: Drive people
    basis: contract
    people: [passenger]
    data: [name, phone, ride]
    keep: 2 years after ride ended
    if none: 2 years after passenger registered
PROMISES
promises:
  TA-01:
    says: Two years after the ride nobody can be known from it
    activities: [drive people]
    capability: erasure
"""
FIVE_YEARS = """
  plan the traffic:
    purpose: Plan the traffic
    basis: legitimate interest
    balancing: docs/balancing.md
    people: [passenger]
    data: [ride]
    keep: 5 years after ride ended
    if none: nothing
"""
TAXI_SYSTEMS = """
dispatch:
  url: sqlite:///dispatch.sqlite3
  backups: kept 30 days
  tables:
    passengers:
      people: passenger
      person: phone
      identifiers: {phone: phone}
      data: {name: name, phone: phone}
      events: {passenger registered: registered_on}
    rides:
      person: phone -> passengers
      matter: {ride: id}
      data: {pickup: {is: ride, filler: ""}}
      not personal: [id]
      events: {ride ended: ended_on}
      WHEN
"""
TAXI_TABLES = (
    "CREATE TABLE passengers (phone VARCHAR(20) PRIMARY KEY, name VARCHAR(80), registered_on DATE NOT NULL)",
    (
        "CREATE TABLE rides (id INTEGER PRIMARY KEY, phone VARCHAR(20) NOT NULL REFERENCES passengers,"
        " pickup VARCHAR(80) NOT NULL, ended_on DATE NOT NULL)"
    ),
    "INSERT INTO passengers VALUES ('10001234', 'Prøve Passager', '2020-01-01')",
    "INSERT INTO rides VALUES (1, '10001234', 'Prøvevej 1', '2023-06-01')",
)

# — a hotel: its own period was a year, and deletions failed without a word —

FAILURES = {
    "nothing happens": (
        "CREATE TRIGGER no BEFORE DELETE ON guests BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER neither BEFORE UPDATE ON guests BEGIN SELECT RAISE(IGNORE); END",
    ),
    "it is undone": (
        (
            "CREATE TRIGGER no AFTER DELETE ON guests BEGIN"
            " INSERT INTO guests VALUES (OLD.id, OLD.name, OLD.email, OLD.last_stay); END"
        ),
        (
            "CREATE TRIGGER neither AFTER UPDATE ON guests BEGIN"
            " UPDATE guests SET name = OLD.name, email = OLD.email WHERE id = OLD.id; END"
        ),
    ),
    "it stops": ("CREATE TRIGGER no BEFORE DELETE ON guests BEGIN SELECT RAISE(ABORT, 'not in here'); END",),
}


def taxi(folder: Path, *, five_years: bool, when: str = "") -> Path:
    policy = TAXI_POLICY.replace("PROMISES\n", FIVE_YEARS if five_years else "")
    return company(folder, policy, TAXI_SYSTEMS.replace("WHEN", when), "dispatch", TAXI_TABLES)


def test_CA_02_a_link_by_the_phone_number_is_no_anonymity_and_is_refused(tmp_path: Path) -> None:
    folder = taxi(tmp_path, five_years=False, when="when expired: anonymise")
    with open_organisation(folder) as organisation, pytest.raises(Refusal) as refused:
        organisation.plan(ON, actor=CLERK)

    assert "link-uncut" in {p.code for p in refused.value.problems}


def test_CA_02_a_name_removed_while_the_phone_stays_as_key_is_not_erased(tmp_path: Path) -> None:
    with open_organisation(taxi(tmp_path, five_years=True)) as organisation:
        outcome = sweep(organisation)
        state = promised(organisation, "TA-01")

    assert ask(tmp_path, "dispatch", "SELECT name, phone FROM passengers") == [(None, "10001234")]
    assert outcome.kept.state is PlanState.FAILED
    assert [(f.code, f.facts["table"], f.facts["column"]) for f in outcome.findings] == [
        ("verify-key", "dispatch.passengers", "phone")
    ]
    assert state.state == "broken"
    assert state.since == date(2025, 6, 1)


def test_CA_02_verify_finds_the_erased_person_again_by_the_phone(tmp_path: Path) -> None:
    with open_organisation(taxi(tmp_path, five_years=True)) as organisation:
        erased = organisation.plan_erasure(["+45 10 00 12 34"], ON, actor=CLERK)
        outcome = carried_out(organisation, erased)
        state = promised(organisation, "TA-01")

    assert outcome.kept.state is PlanState.FAILED
    assert ("verify-found", "dispatch.passengers", "phone") in {
        (f.code, f.facts["table"], f.facts.get("column")) for f in outcome.findings
    }
    assert state.state == "broken"


def test_CA_02_a_ride_that_goes_with_its_passenger_leaves_nothing(tmp_path: Path) -> None:
    with open_organisation(taxi(tmp_path, five_years=False)) as organisation:
        outcome = sweep(organisation)
        state = promised(organisation, "TA-01")

    assert outcome.kept.state is PlanState.VERIFIED
    assert not ask(tmp_path, "dispatch", "SELECT 1 FROM passengers UNION SELECT 1 FROM rides")
    assert [p.state for p in [state]] == [
        "not provable yet"
    ]  # nobody is left on whom an erasure could be tried


@pytest.mark.parametrize("failure", FAILURES)
def test_CA_03_a_deletion_that_silently_failed_breaks_the_promise_and_says_since_when(
    failure: str, tmp_path: Path
) -> None:
    folder = hotel(tmp_path)
    tell(folder, "desk", *FAILURES[failure])
    with open_organisation(folder) as organisation:
        outcome = sweep(organisation)
        state = promised(organisation, "HO-01")

    assert len(ask(folder, "desk", "SELECT id FROM guests")) == 3
    assert outcome.kept.state in (PlanState.FAILED, PlanState.STOPPED)
    assert state.state == "broken"
    assert state.since == date(2025, 5, 31)
    [overdue] = evidence(state, "overdue")
    assert (overdue["table"], overdue["rows"], overdue["since"]) == ("desk.guests", 2, "2025-05-31")
    assert evidence(state, "sweep-stopped" if failure == "it stops" else "sweep-failed")


def test_CA_03_an_own_period_that_nobody_enforces_is_broken_from_its_day_on(tmp_path: Path) -> None:
    with open_organisation(hotel(tmp_path)) as organisation:
        states = {day: promised(organisation, "HO-01", day) for day in map(date.fromisoformat, _DAYS)}

    assert {str(day): (state.state.value, str(state.since)) for day, state in states.items()} == _DAYS


# Nothing near; falls due in less than a month, and nothing was ever swept; falls due today; stayed.
_DAYS = {
    "2025-04-30": ("kept", "None"),
    "2025-05-02": ("due", "None"),
    "2025-05-31": ("due", "None"),
    "2025-06-01": ("broken", "2025-05-31"),
    "2026-03-05": ("broken", "2025-05-31"),
}


def test_CA_03_once_it_is_erased_and_verified_the_promise_is_kept_again(tmp_path: Path) -> None:
    folder = hotel(tmp_path)
    tell(folder, "desk", *FAILURES["nothing happens"])
    with open_organisation(folder) as organisation:
        sweep(organisation)
    tell(folder, "desk", "DROP TRIGGER no", "DROP TRIGGER neither")
    with open_organisation(folder) as organisation:
        outcome = sweep(organisation)
        state = promised(organisation, "HO-01")

    assert outcome.kept.state is PlanState.VERIFIED
    assert state.state == "kept"
    assert evidence(state, "sweep-verified")[0]["plan"] == outcome.kept.plan.id
