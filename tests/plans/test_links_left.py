"""A customer's number in emptied records that others need: it may stay while a record elsewhere has to, and is found else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import Organisation, open_organisation, today
from ordholden.plans.book import Kept, PlanState
from ordholden.plans.plan import Operation
from tests.worker.erasing import customers, settled_past


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    """Its interpreters are paid for tasks, so a task's record stays, emptied, when its customer is erased."""
    folder = tmp_path_factory.mktemp("company") / "alles_klar"
    generate("alles_klar", folder, people=30, on=today())
    with open_organisation(folder) as organisation:
        settled_past(organisation)
        yield organisation


def erasures(company: Organisation) -> Iterator[Kept]:
    """Plans for customers of whom the workshop keeps an emptied record, and the books what the law asks for."""
    for address in customers(company, 30):
        (found,) = company.find(address)
        cards = (found.card, *found.links.sure)
        kept = company.plan_erasure([f"{c.table}:{c.key}" for c in cards], actor="somebody")
        emptied = any(
            str(s.table) == "workshop.clients" and s.operation is Operation.CLEAR for s in kept.plan.steps
        )
        if emptied and any(stay.table == "books.accounts" for stay in kept.plan.stays):
            yield kept


def carried_out(company: Organisation, kept: Kept) -> Kept:
    if kept.needs_approval:
        company.approve(kept.plan.id, actor="somebody else")
    return company.apply(kept.plan.id).kept


def forgotten_by_the_books(folder: Path, kept: Kept) -> None:
    (account,) = (str(c.key) for c in kept.plan.scope.cards if str(c.table) == "books.accounts")
    with closing(sqlite3.connect(folder / "books.sqlite3")) as books, books:
        books.execute("UPDATE accounts SET customer_no = NULL, email = NULL WHERE number = ?", [account])


def test_a_number_may_stay_where_it_is_needed_as_long_as_the_law_keeps_it_elsewhere(
    company: Organisation,
) -> None:
    plans = erasures(company)
    assert carried_out(company, next(plans)).state is PlanState.VERIFIED


def test_a_number_that_nobody_has_to_keep_is_found_in_what_others_need(company: Organisation) -> None:
    kept = next(erasures(company))
    forgotten_by_the_books(company.folder, kept)
    done = carried_out(company, kept)

    assert done.state is PlanState.FAILED
    found = {(f["code"], f["facts"]["table"], f["facts"]["column"]) for f in done.findings}
    assert ("verify-found", "workshop.clients", "number") in found
