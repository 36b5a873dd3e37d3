"""The tree outside: operator, resellers, customers, employees; and what each level may do to another, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ordholden import audit
from ordholden.problems import Refusal
from ordholden.staff.tree import (
    OPERATOR,
    Act,
    Level,
    Party,
    below,
    employee,
    end,
    may_act,
    must_act,
    party,
    register,
    resellers,
)
from ordholden.store import Store
from tests.stores import folder_of, opened

ON = date(2026, 11, 22)
RESELLER = {
    "name": "Tale & Co",
    "contact": "salgschefen",
    "phone": "+45 12 00 00 01",
    "email": "salg@tale.example",
}
CUSTOMER = {"name": "Bageriet", "contact": "kontoret", "email": "kontor@bageri.example"}
EMPLOYEE = {"name": "Anna Prøve Hansen", "local number": "204"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(folder_of(tmp_path)) as one:
        yield one


def reseller(store: Store, name: str = "Tale & Co") -> Party:
    details = RESELLER | {"name": name}
    return register(store, Level.RESELLER, details, above=OPERATOR, by=OPERATOR, on=ON, actor="operator")


def customer(store: Store, above: Party, by: Party | None = None, name: str = "Bageriet") -> Party:
    details = CUSTOMER | {"name": name}
    return register(store, Level.CUSTOMER, details, above=above, by=by or above, on=ON, actor="someone")


def member(store: Store, above: Party, by: Party | None = None, **details: str) -> Party:
    told = EMPLOYEE | {k.replace("_", " "): v for k, v in details.items()}
    return register(store, Level.EMPLOYEE, told, above=above, by=by or above, on=ON, actor="someone")


def test_FF_01_a_reseller_is_registered_with_contact_phone_and_email(store: Store) -> None:
    one = reseller(store)

    [found] = resellers(store)
    assert dict(found.details) == RESELLER
    assert found.id == one.id
    for missing in ("contact", "phone", "email"):
        with pytest.raises(Refusal, match="tree-missing"):
            register(
                store,
                Level.RESELLER,
                RESELLER | {missing: " "},
                above=OPERATOR,
                by=OPERATOR,
                on=ON,
                actor="o",
            )


def test_FF_01_employees_are_registered_by_the_customer_or_by_its_reseller(store: Store) -> None:
    above = reseller(store)
    firm = customer(store, above)
    member(store, firm)
    member(store, firm, by=above, name="Bo Prøve", local_number="205")

    assert [e.details["local number"] for e in below(store, firm)] == ["204", "205"]
    other = reseller(store, "En Anden")
    with pytest.raises(Refusal, match="tree-may-not"):
        member(store, firm, by=other, name="Carl", local_number="206")


def test_FF_01_each_level_may_do_what_its_row_says_and_nothing_else(store: Store) -> None:
    above, other = reseller(store), reseller(store, "En Anden")
    firm = customer(store, above)
    anna = member(store, firm)
    allowed = {
        (actor.level, act, on.level)
        for actor in (OPERATOR, above, firm, anna)
        for act in Act
        for on in (above, firm, anna)
        if may_act(actor, act, on)
    }

    assert allowed == {
        (Level.OPERATOR, Act.REGISTER, Level.RESELLER),
        (Level.OPERATOR, Act.SEE, Level.RESELLER),
        (Level.OPERATOR, Act.END, Level.RESELLER),
        (Level.OPERATOR, Act.REGISTER, Level.CUSTOMER),
        (Level.OPERATOR, Act.SEE, Level.CUSTOMER),
        (Level.OPERATOR, Act.END, Level.CUSTOMER),
        (Level.RESELLER, Act.REGISTER, Level.CUSTOMER),
        (Level.RESELLER, Act.SEE, Level.CUSTOMER),
        (Level.RESELLER, Act.REGISTER, Level.EMPLOYEE),
        (Level.RESELLER, Act.SEE, Level.EMPLOYEE),
        (Level.RESELLER, Act.ACT_FOR, Level.EMPLOYEE),
        (Level.CUSTOMER, Act.REGISTER, Level.EMPLOYEE),
        (Level.CUSTOMER, Act.SEE, Level.EMPLOYEE),
        (Level.CUSTOMER, Act.ACT_FOR, Level.EMPLOYEE),
        (Level.CUSTOMER, Act.END, Level.EMPLOYEE),
        (Level.EMPLOYEE, Act.ACT_FOR, Level.EMPLOYEE),
    }
    assert not any(may_act(other, act, on) for act in Act for on in (firm, anna))
    with pytest.raises(Refusal, match="tree-may-not"):
        must_act(above, Act.ACT_FOR, firm)


def test_an_employee_acts_for_themselves_and_for_no_colleague(store: Store) -> None:
    firm = customer(store, reseller(store))
    anna, bo = member(store, firm), member(store, firm, name="Bo Prøve", local_number="205")

    assert may_act(anna, Act.ACT_FOR, anna)
    assert not may_act(anna, Act.ACT_FOR, bo)


def test_an_employee_is_known_by_local_number_and_full_name_together(store: Store) -> None:
    firm = customer(store, reseller(store))
    anna = member(store, firm)

    found = employee(store, firm, local_number=" 204", name="anna  prøve HANSEN")
    assert found is not None
    assert found.id == anna.id
    assert employee(store, firm, local_number="204", name="Anna Hansen") is None
    assert employee(store, firm, local_number="205", name="Anna Prøve Hansen") is None


def test_who_leaves_takes_those_below_along(store: Store) -> None:
    above = reseller(store)
    anna = member(store, customer(store, above))
    end(store, above, by=OPERATOR, on=ON, actor="operator")

    assert resellers(store) == ()
    assert party(store, anna.id) is None


def test_the_same_is_not_registered_twice(store: Store) -> None:
    above = reseller(store)
    customer(store, above)

    with pytest.raises(Refusal, match="tree-twice"):
        customer(store, above, name="BAGERIET ")


@pytest.mark.parametrize(
    ("level", "kind"), [(Level.RESELLER, "phone"), (Level.RESELLER, "email"), (Level.CUSTOMER, "email")]
)
def test_what_is_no_address_or_number_is_not_taken(store: Store, level: Level, kind: str) -> None:
    above = OPERATOR if level is Level.RESELLER else reseller(store, "Før")
    details = (RESELLER if level is Level.RESELLER else CUSTOMER) | {kind: "ingen"}

    with pytest.raises(Refusal, match="tree-form"):
        register(store, level, details, above=above, by=OPERATOR, on=ON, actor="o")


def test_nobody_stands_in_the_wrong_place(store: Store) -> None:
    with pytest.raises(Refusal, match="tree-place"):
        register(store, Level.EMPLOYEE, EMPLOYEE, above=reseller(store), by=OPERATOR, on=ON, actor="o")


def test_a_party_is_sealed_in_the_store_and_not_named_in_the_audit(store: Store) -> None:
    member(store, customer(store, reseller(store)))
    from ordholden.staff.models import PartyRow

    for row in PartyRow.objects.using(store.alias).all():
        assert b"Anna" not in bytes(row.sealed)
    assert "Anna" not in str(list(audit.entries(store)))
