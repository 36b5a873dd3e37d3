"""Objections: raised once, weighed once, absolute where it is marketing; the record knows no names."""

from __future__ import annotations

from datetime import date

import pytest

from ordholden import audit
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.problems import Refusal
from ordholden.registers.objections import (
    ObjectionRecord,
    Standing,
    all_objections,
    pending,
    raise_objection,
    settle,
    standing,
    take_back,
)
from ordholden.store import Store

ON = date(2026, 8, 31)
ANNA, BO = (Card(TableName("crm", "guests"), key) for key in (7, "bo@post.example"))


def raised(
    store: Store, *cards: Card, absolute: bool = False, activity: str = "write to guests"
) -> ObjectionRecord:
    return raise_objection(
        store, activity, cards or (ANNA,), absolute=absolute, on=ON, actor="the person", words="Lad mig være"
    )


def test_an_objection_waits_until_somebody_has_weighed_it(store: Store) -> None:
    record = raised(store)

    assert (record.standing, record.cards, record.absolute) == (Standing.PENDING, frozenset([ANNA]), False)
    assert pending(store) == standing(store) == (record,)
    settled = settle(store, record.id, upheld=True, reason="", on=ON, actor="anna")
    assert (settled.standing, settled.settled_by, settled.settled_on) == (Standing.UPHELD, "anna", ON)
    assert (pending(store), standing(store)) == ((), (settled,))


def test_one_that_is_rejected_has_no_effect_and_a_reason(store: Store) -> None:
    record = raised(store)
    with pytest.raises(Refusal, match="objection-reason"):
        settle(store, record.id, upheld=False, reason=" ", on=ON, actor="anna")
    settled = settle(store, record.id, upheld=False, reason="Det er vores bevis", on=ON, actor="anna")

    assert (settled.standing, settled.reason) == (Standing.REJECTED, "Det er vores bevis")
    assert standing(store) == ()


def test_marketing_is_absolute_and_only_the_person_takes_it_back(store: Store) -> None:
    record = raised(store, absolute=True)

    assert record.standing is Standing.UPHELD
    with pytest.raises(Refusal, match="objection-marketing"):
        settle(store, record.id, upheld=False, reason="we would like to", on=ON, actor="anna")
    assert take_back(store, record.id, on=ON, actor="the person").standing is Standing.TAKEN_BACK
    assert standing(store) == ()


def test_the_same_objection_twice_is_one(store: Store) -> None:
    first, second = raised(store), raised(store, ANNA, BO)

    assert (second.id, second.cards) == (first.id, frozenset([ANNA, BO]))
    assert raised(store, activity="show photos").id != first.id
    settle(store, first.id, upheld=False, reason="Derfor", on=ON, actor="anna")
    assert raised(store).id != first.id


def test_what_was_decided_is_not_decided_otherwise(store: Store) -> None:
    record = raised(store)
    settle(store, record.id, upheld=True, reason="", on=ON, actor="anna")

    assert settle(store, record.id, upheld=True, reason="", on=ON, actor="bo").settled_by == "anna"
    with pytest.raises(Refusal, match="objection-settled"):
        settle(store, record.id, upheld=False, reason="Derfor", on=ON, actor="bo")
    with pytest.raises(Refusal, match="objection-unknown"):
        settle(store, "O-99", upheld=True, reason="", on=ON, actor="bo")
    with pytest.raises(Refusal, match="objection-nobody"):
        raise_objection(store, "x", (), absolute=False, on=ON, actor="bo")


def test_the_audit_names_nobody(store: Store) -> None:
    record = raised(store, ANNA, BO)
    settle(store, record.id, upheld=False, reason="Bo er vigtig", on=ON, actor="anna")

    entries = list(audit.entries(store))
    assert [(e.action, e.subject) for e in entries] == [
        ("objection:raised", "O-1"),
        ("objection:rejected", "O-1"),
    ]
    assert "Bo" not in str([e.facts for e in entries])
    assert "post.example" not in str([e.facts for e in entries])
    assert len(all_objections(store)) == 1
