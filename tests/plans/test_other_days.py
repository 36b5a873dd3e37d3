"""A plan of another day: one to come is only looked at, one that waited for approval knows what happened meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from ordholden.app import open_organisation, today
from ordholden.app.organisation import Organisation
from ordholden.problems import Refusal
from tests.docs.pages import tutorial
from tests.plans.club import Club


def test_a_plan_for_a_day_to_come_is_not_carried_out(club: Club) -> None:
    before = club.content()
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(today() + timedelta(days=4000), actor="somebody").plan
        with pytest.raises(Refusal) as refusal:
            organisation.apply(plan.id, actor="somebody")

    assert plan.rows
    assert [p.code for p in refusal.value.problems] == ["plan-early"]
    assert club.content() == before


def test_a_hold_placed_while_a_plan_waited_holds(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(today() - timedelta(days=3), actor="somebody").plan
        organisation.hold(person="club.members:50", reason="sag 12", actor="somebody")
        before = club.content()
        outcome = organisation.apply(plan.id, actor="somebody")
    after = club.content()

    assert not outcome.findings
    assert sum(outcome.changed.values())
    for table in ("members", "visits"):
        column = 0 if table == "members" else 1
        assert [r for r in after[table] if r[column] == 50] == [r for r in before[table] if r[column] == 50]


@pytest.fixture
def cykel(tmp_path: Path) -> Path:
    """The bicycle shop, that also keeps whatever was complained about within three years of an order."""
    tutorial(tmp_path)
    folder = tmp_path / "cykel"
    _write(folder / "policy.yaml", COMPLAINTS, "")
    _write(
        folder / "systems.yaml",
        "      events: {order placed: placed_on",
        ", complaint filed: {column: complained_on, when: complained_on is present}",
    )
    _run(folder, "ALTER TABLE orders ADD complained_on DATE")
    return folder


COMPLAINTS = """  handle complaints:
    purpose: {da: Behandle klager, en: Handle complaints}
    basis: legal obligation (an act § 1)
    people: [customer]
    data: everything
    sources: [the person]
    keep: 10 years after order placed, if complaint filed within 10 years of order placed
    if none: nothing
limits: {rows: 99, share of a table: 100%, first run of a rule: allow}
"""


def _write(file: Path, text: str, more: str) -> None:
    written = file.read_text("utf-8")
    file.write_text(written.replace(text, text + more) if more else written + text, "utf-8")


def _run(folder: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "shop.sqlite3")) as shop, shop:
        return [row for statement in statements for row in shop.execute(statement).fetchall()]


def _gone(organisation: Organisation, plan: str, folder: Path, key: int) -> bool:
    assert not organisation.apply(plan, actor="somebody").findings
    return not _run(folder, f"SELECT 1 FROM customers WHERE id = {key}")


@pytest.mark.parametrize(
    "happened",
    [
        "UPDATE customers SET newsletter_since = '{yesterday} 10:00' WHERE id = 2",
        "UPDATE orders SET complained_on = '{yesterday}' WHERE customer_id = 2",
    ],
)
@pytest.mark.parametrize("on", [3, 0], ids=["waited", "today"])
def test_what_happened_while_a_plan_waited_counts(cykel: Path, happened: str, on: int) -> None:
    with open_organisation(cykel) as organisation:
        plan = organisation.plan(today() - timedelta(days=on), actor="somebody").plan.id
        _run(cykel, happened.format(yesterday=date.isoformat(today() - timedelta(days=min(on, 1)))))

        assert not _gone(organisation, plan, cykel, 2)


def test_what_did_not_happen_saves_nobody(cykel: Path) -> None:
    with open_organisation(cykel) as organisation:
        plan = organisation.plan(today() - timedelta(days=3), actor="somebody").plan.id

        assert _gone(organisation, plan, cykel, 2)
