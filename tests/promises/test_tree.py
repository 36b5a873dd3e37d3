"""Flexfone's tree outside, told by `promises`: FF-01, FF-08 and FF-11 on what was registered and asked for through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ordholden.app import tree as verbs
from ordholden.cases.case import Change, Channel, Request, Who
from ordholden.problems import Refusal
from ordholden.promises import PromiseState
from ordholden.staff import Member, Role, admit
from ordholden.staff.tree import OPERATOR, Level, Party, register
from tests.cases.rights.house import CLERK, House, house
from tests.swept import ON, made, sweep

At = Callable[[str], House]
SALG = {
    "name": "Tale og Co",
    "contact": "salgschefen",
    "phone": "+45 12 00 00 01",
    "email": "salg@tale.example",
}
FIRM = {"name": "Bageriet", "contact": "kontoret", "email": "kontor@bageri.example"}


@pytest.fixture(scope="module")
def flexfone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("tree"), "flexfone")


@pytest.fixture
def at(flexfone: Path, tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        yield stack.enter_context(house(flexfone, tmp_path / "flexfone"))


def planted(house: House) -> tuple[Member, Party, Party]:
    """A reseller who signs in, its customer, and an employee whom the systems know."""
    store = house.organisation.store
    [(local, name), *_] = house.ask(
        "portal", "SELECT local, full_name FROM employees WHERE status = 'active' ORDER BY id"
    )
    top = register(store, Level.RESELLER, SALG, above=OPERATOR, by=OPERATOR, on=ON, actor="operator")
    firm = register(store, Level.CUSTOMER, FIRM, above=top, by=top, on=ON, actor="reseller")
    person = {"name": str(name), "local number": str(local)}
    anna = register(store, Level.EMPLOYEE, person, above=firm, by=firm, on=ON, actor="customer")
    who = admit(
        store,
        email=SALG["email"],
        name="Salgschefen",
        role=Role.RESELLER,
        on=ON,
        actor="operator",
        party=top.id,
    )
    return who, firm, anna


def told(state: PromiseState, code: str) -> dict[str, object]:
    [facts] = [dict(e.facts) for e in state.evidence if e.code == code]
    return facts


def test_FF_01_the_tree_is_told_with_who_stands_in_it(at: House) -> None:
    assert at.promise("FF-01").state != "kept"
    planted(at)

    state = at.promise("FF-01")
    assert state.state == "kept", state.evidence
    assert told(state, "delegation-registered") == {
        "resellers": 1,
        "customers": 1,
        "employees": 1,
        "incomplete": 0,
        "misplaced": 0,
    }
    assert told(state, "self-service-levels")["astray"] == 0


def test_FF_11_a_reseller_acts_for_a_named_employee_and_not_for_the_administrator(at: House) -> None:
    who, firm, anna = planted(at)
    organisation = at.organisation
    case = verbs.ask(organisation, who, anna, "access", language="da")
    with pytest.raises(Refusal, match="tree-may-not"):
        verbs.ask(organisation, who, firm, "access", language="da")

    state = at.promise("FF-11")
    assert state.state == "kept", state.evidence
    assert told(state, "delegation-cases") == {"cases": 1, "beyond": 0}
    assert [c.number for c in verbs.asked(organisation, who).items] == [case.number]


def test_FF_11_a_case_beyond_what_a_level_may_breaks_the_promise(at: House) -> None:
    who, firm, _ = planted(at)
    beyond = Request(
        "access", Channel.RESELLER, Who(name="Kontoret"), asked_by=who.party or 0, asked_for=firm.id
    )
    at.organisation.desk.open_case(beyond, actor=who.actor)

    state = at.promise("FF-11")
    assert state.state == "broken"
    assert told(state, "delegation-cases") == {"cases": 1, "beyond": 1}


def test_FF_08_what_a_reseller_asks_to_be_put_right_is_put_right(at: House) -> None:
    who, _, anna = planted(at)
    change = Change("workplace", "", "Lager 2")
    case = verbs.ask(at.organisation, who, anna, "rectification", changes=(change,), language="da")
    local, name = anna.details["local number"], anna.name
    cards = at.organisation.person(f"local number:{local} name:{name}")
    desk = at.organisation.desk
    desk.confirm_identity(case.number, cards=cards, how="local number and full name", actor=CLERK)
    at.decided(case)
    at.done(case)

    assert at.ask("portal", "SELECT department FROM employees WHERE local = ?", local) == [("Lager 2",)]
    state = at.promise("FF-08")
    assert state.state == "kept", state.evidence
    assert told(state, "self-service-cases")["cases"] == 1


def test_AK_08_asking_whether_details_are_right_is_told_with_what_was_tried(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    made_once = made(tmp_path_factory.mktemp("asked"), "alles_klar")
    with house(made_once, tmp_path / "alles_klar") as klar:
        sweep(klar.organisation)
        state = klar.promise("AK-08")

    assert state.state == "kept", state.evidence
    tried = told(state, "correction-tried")
    assert tried["people"]
    assert tried["rows"]
