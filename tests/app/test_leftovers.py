"""What the store knows of people who have gone goes with them, and not before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import ordholden
from ordholden.consents import tell, told
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from tests.docs.pages import tutorial

ON = date(2026, 11, 22)
CUSTOMERS = TableName("shop", "customers")
CARL, EMIL = Card(CUSTOMERS, 3), Card(CUSTOMERS, 5)


@pytest.fixture
def cykel(tmp_path: Path) -> Path:
    tutorial(tmp_path)
    policy = tmp_path / "cykel" / "policy.yaml"
    policy.write_text(
        policy.read_text("utf-8")
        + "limits: {rows: 99, share of a table: 100%, first run of a rule: allow}\n",
        "utf-8",
    )
    return tmp_path / "cykel"


def test_what_an_erased_person_said_is_not_inherited_by_the_next_of_that_key(cykel: Path) -> None:
    with ordholden.open(cykel) as shop:
        said = datetime(2026, 11, 21, tzinfo=UTC)
        tell(shop.store, EMIL, "newsletter", at=said, given=True, actor="post")
        kept = shop.plan_erasure(["emil@cykel.example"], on=ON)
        assert not shop.apply(kept.plan.id).findings

        with closing(sqlite3.connect(cykel / "shop.sqlite3")) as customers, customers:
            assert customers.execute("SELECT count(*) FROM customers WHERE id = 5").fetchone() == (0,)
            customers.execute(
                "INSERT INTO customers VALUES (5, 'Freja', 'freja@cykel.example', NULL, '2026-11-22', NULL, NULL)"
            )
        assert EMIL not in told(shop.store)
        freja = shop.may_use("send the newsletter", ["freja@cykel.example"])
        assert not any(decision.allowed for decision in freja.values())


def test_a_no_stays_while_the_card_stays(cykel: Path) -> None:
    with ordholden.open(cykel) as shop:
        tell(shop.store, CARL, "newsletter", at=datetime(2026, 1, 1, tzinfo=UTC), given=False, actor="post")
        kept = shop.plan(ON)
        assert not shop.apply(kept.plan.id).findings

        assert CARL in told(shop.store)
