"""AK-14 on Alles-klar's systems: a mail is enough, and what it asks for is carried out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ordholden.cases.case import Change, Channel, State
from ordholden.grounds.wishes import Card
from tests.cases.rights.house import House, person

At = Callable[[str], House]


def customer(house: House) -> Card:
    table = next(
        t for t in house.organisation.inventory.people_tables if "customer" in {k.people for k in t.kinds}
    )
    path = table.person
    assert path is not None
    email = table.identifiers["email"]
    query = f"SELECT {path.column}, {email} FROM {table.name.table} WHERE {email} <> '' ORDER BY 1"
    for key, _ in house.ask(table.name.system, query):
        card = person(str(table.name), key)
        if house.allowed("carry out tasks", card):
            return card
    raise AssertionError("nobody has a task")


@pytest.mark.parametrize(
    ("right", "more"),
    [
        ("access", {}),
        ("objection", {}),
        ("withdrawal", {}),
        ("rectification", {"changes": (Change("phone", "", "70 10 20 30"),)}),
        ("erasure", {}),
    ],
)
def test_AK_14_what_a_mail_asks_for_is_carried_out(at: At, right: str, more: dict[str, object]) -> None:
    house = at("alles_klar")
    who = customer(house)
    file = house.whole(right, who, channel=Channel.EMAIL, **more)

    assert file.case.state is State.CLOSED
    assert house.letter(file)
    if right == "access":
        state = house.promise("AK-14")
        assert state.state == "kept", state.evidence
        assert {"channel": "email", "cases": 1} in [e.facts for e in state.evidence]
    if right == "rectification":
        phones = {
            d.value for d in house.organisation.desk.corridor.explain([who], reveal=True, actor="t").data
        }
        assert "70 10 20 30" in phones
    if right == "objection":
        objected = house.organisation.desk.corridor.objections([who])
        assert not any(house.allowed(activity, who) for activity in objected)
    if right == "erasure":
        assert house.organisation.desk.corridor.plan(file.case.plan).state == "verified"
