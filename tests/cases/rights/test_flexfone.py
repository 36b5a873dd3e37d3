"""FF-08, FF-17 and FF-19 on Flexfone's systems: resellers act for employees, and a deleted employee takes nothing along."""

from __future__ import annotations

from collections.abc import Callable

from ordholden.cases.case import Change, Channel, Outcome, Who
from ordholden.grounds.wishes import Card
from tests.cases.rights.house import House, person

At = Callable[[str], House]


def employee(house: House, *, status: str = "active") -> Card:
    [(number,), *_] = house.ask(
        "portal",
        "SELECT id FROM employees WHERE status = ? AND full_name NOT LIKE 'Medarbejder%' ORDER BY id",
        status,
    )
    return person("portal.employees", number)


def by_reseller(what: str) -> dict[str, object]:
    """As a reseller writes on behalf of a named employee, under a number of its own."""
    return {"channel": Channel.RESELLER, "origin": f"reseller-{what}"}


def test_FF_08_a_reseller_has_an_employees_data_corrected_and_erased(at: At) -> None:
    house = at("flexfone")
    who = employee(house)
    house.whole("rectification", who, changes=(Change("workplace", "", "Lager 2"),), **by_reseller("R-1"))
    assert house.ask("portal", "SELECT department FROM employees WHERE id = ?", who.key) == [("Lager 2",)]

    file = house.whole("erasure", who, words="the employee has left", **by_reseller("R-2"))
    assert house.organisation.desk.corridor.plan(file.case.plan).state == "verified"
    assert house.ask("portal", "SELECT email, department FROM employees WHERE id = ?", who.key) == [
        (None, None)
    ]


def test_FF_08_a_person_can_object(at: At) -> None:
    house = at("flexfone")
    [(number,), *_] = house.ask(
        "portal", "SELECT reseller_id FROM enquiries WHERE closed_at IS NOT NULL ORDER BY id"
    )
    who = person("portal.resellers", number)
    house.begun("objection", who, about=("document agreements", "send the newsletter"))

    assert not house.allowed("document agreements", who)
    assert not house.allowed("send the newsletter", who)
    assert house.promise("FF-08").state == "kept", house.promise("FF-08").evidence


def test_FF_08_access_has_limits_that_the_answer_names(at: At) -> None:
    house = at("flexfone")
    who = employee(house)
    case = house.begun("access", who)
    proposal = house.proposed(case)
    closed = house.organisation.policy.requests.not_disclosed
    withheld = [x for x in proposal.lines if x.category not in closed][:1]
    house.decided(case, withheld=withheld, reason="It is about somebody else, too.")
    file = house.done(case)

    assert file.case.outcome is Outcome.PARTLY
    assert "It is about somebody else, too." in house.letter(file)


def test_FF_17_each_category_has_its_way_to_be_corrected(at: At) -> None:
    house = at("flexfone")
    who = employee(house)
    [(local, name)] = house.ask("portal", "SELECT local, full_name FROM employees WHERE id = ?", who.key)
    changes = (Change("name", str(name), "Prøve Rettet"), Change("local number", str(local), "999-901"))
    case = house.begun("rectification", who, changes=changes)
    proposal = house.proposed(case)
    house.decided(case)
    file = house.done(case)

    assert house.ask("portal", "SELECT full_name FROM employees WHERE id = ?", who.key) == [("Prøve Rettet",)]
    # In the switch the number is the key that calls are joined by: support sees to it.
    by_hand = {t.key: t.state for t in file.tasks if t.key.startswith("correct:")}
    assert by_hand == {"correct:pbx.extensions.local": "done", "correct:billing.numbers.local": "done"}
    assert ("pbx", "by hand") in {(x.system, x.ground) for x in proposal.lines}
    state = house.promise("FF-17")
    ways = {e.facts["category"]: e.facts for e in state.evidence if e.code == "correction-way"}
    assert state.state == "kept"
    assert set(ways) >= {"name", "local number", "email", "phone", "workplace"}
    assert all(w["written"] or w["by_hand"] or w["exempt"] for w in ways.values())


def test_FF_19_after_an_employee_was_deleted_there_is_nothing_to_take_along(at: At) -> None:
    house = at("flexfone")
    who = employee(house)
    assert house.proposed(house.begun("portability", who)).outcome is Outcome.PARTLY
    house.tell("portal", f"UPDATE employees SET status = 'left', left_on = '2025-12-01' WHERE id = {who.key}")
    [(local,)] = house.ask("portal", "SELECT local FROM employees WHERE id = ?", who.key)
    house.tell(
        "pbx",
        f"UPDATE extensions SET state = 'released', released_on = '2025-12-01' WHERE local = '{local}'",
        f"DELETE FROM voicemails WHERE local = '{local}'",
        f"DELETE FROM recordings WHERE local = '{local}'",
    )
    house.clock.later(days=2)
    case = house.begun("portability", who)
    decision = house.decided(case)
    file = house.done(case)

    assert decision.outcome is Outcome.REFUSED
    assert not [d for d in file.documents if d.purpose == "export"]
    assert "ended on 2025-12-01" in house.letter(file)
    assert house.promise("FF-19").state == "kept"


def test_a_request_in_somebodys_name_waits_for_the_mandate(at: At) -> None:
    house = at("flexfone")
    who = Who(name="Prøve Forhandler", email="f@reseller.example")
    case = house.organisation.desk.open_case(_request(who, house, employee(house)), actor="the person")
    assert case.representation.state == "asked"


def _request(by: Who, house: House, card: Card):  # type: ignore[no-untyped-def]
    from ordholden.cases.case import Request

    [(name,)] = house.ask("portal", "SELECT full_name FROM employees WHERE id = ?", card.key)
    return Request("erasure", Channel.PORTAL, by, on_behalf=Who(name=str(name)))
