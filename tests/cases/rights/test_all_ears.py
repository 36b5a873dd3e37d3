"""AE-11: on All Ears' own systems each right is a case that is really carried out, and answered."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from ordholden.cases.case import CaseFile, Change, Outcome, State
from ordholden.grounds.wishes import Card
from tests.cases.rights.house import CLERK, House, person

At = Callable[[str], House]


def buyer(house: House) -> Card:
    """Somebody who said yes to an agreement in a campaign that still runs."""
    [(number,), *_] = house.ask(
        "crm",
        "SELECT c.id FROM contacts c JOIN campaigns k ON k.id = c.campaign_id JOIN agreements a"
        " ON a.contact_id = c.id WHERE k.ended_on IS NULL AND c.deleted_at IS NULL AND c.email IS NOT NULL"
        " ORDER BY c.id",
    )
    return person("crm.contacts", number)


def copy(house: House, file: CaseFile) -> dict[str, Any]:
    """The data in the copy that the person was given."""
    [document] = [d for d in file.documents if d.purpose == "export"]
    _, content = house.organisation.desk.document(file.case.number, document.id, actor=CLERK)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found: dict[str, Any] = json.loads(archive.read("data.json"))
    return found


def test_AE_11_access_gives_a_copy_and_what_each_datum_is_for(at: At) -> None:
    house = at("all_ears")
    who = buyer(house)
    file = house.whole("access", who)

    [(name, phone)] = house.ask("crm", "SELECT full_name, phone FROM contacts WHERE id = ?", who.key)
    values = {d["value"] for d in copy(house, file)["data"]}
    assert {name, phone} <= values
    assert (file.case.outcome, file.case.state) == (Outcome.GRANTED, State.CLOSED)
    assert "Conclude" in house.letter(file) or "agreement" in house.letter(file)


def test_AE_11_a_wrong_address_is_put_right(at: At) -> None:
    house = at("all_ears")
    who = buyer(house)
    [(street,)] = house.ask("crm", "SELECT street FROM contacts WHERE id = ?", who.key)
    file = house.whole("rectification", who, changes=(Change("address", street, "Prøvevej 9"),))

    assert house.ask("crm", "SELECT street FROM contacts WHERE id = ?", who.key) == [("Prøvevej 9",)]
    assert file.case.outcome is Outcome.GRANTED
    assert "Prøvevej 9" in house.letter(file)


def test_AE_11_erasure_takes_what_no_other_ground_keeps_and_names_what_stays(at: At) -> None:
    house = at("all_ears")
    who = buyer(house)
    case = house.begun("erasure", who)
    proposal = house.proposed(case)
    house.decided(case)
    file = house.done(case)

    stays = {x.activity for x in proposal.lines if not x.granted}
    assert "conclude agreements" in stays
    assert file.case.outcome is Outcome.PARTLY
    assert house.organisation.desk.corridor.plan(file.case.plan).state == "verified"
    # What only marketing needed has gone; what the agreement needs is there.
    assert house.ask("crm", "SELECT remark FROM contacts WHERE id = ?", who.key) == [(None,)]
    assert house.ask("crm", "SELECT count(*) FROM agreements WHERE contact_id = ?", who.key) == [(1,)]


def test_AE_11_an_objection_to_marketing_is_absolute_and_at_once(at: At) -> None:
    house = at("all_ears")
    who = buyer(house)
    assert house.allowed("run the campaign", who)
    case = house.begun("objection", who, about=("run the campaign",))

    # Nobody has decided anything yet.
    assert not house.allowed("run the campaign", who)
    assert house.allowed("conclude agreements", who)
    house.decided(case)
    file = house.done(case)
    assert file.case.outcome is Outcome.GRANTED
    assert "campaign" in house.letter(file)


def test_AE_11_no_decision_by_machine_alone(at: At) -> None:
    house = at("all_ears")
    who = buyer(house)
    file = house.whole("no-automated-decision", who, about=("sort recordings",))

    assert not house.allowed("sort recordings", who)
    assert house.allowed("conclude agreements", who)
    assert file.case.state is State.CLOSED
    none = house.whole("no-automated-decision", who)
    assert "by a machine alone" in house.letter(none)


def test_AE_11_what_the_person_gave_can_be_taken_along_and_nothing_else(at: At) -> None:
    house = at("all_ears")
    who = buyer(house)
    file = house.whole("portability", who)

    tables = copy(house, file)["tables"]
    columns = {c for rows in tables.values() for row in rows for c in row}
    assert "email" in columns
    # The list is the controller's, the address the register's.
    assert not {"customer_no", "street"} & columns
    assert file.case.outcome is Outcome.PARTLY
    assert "It does not come from you" in house.letter(file)


def test_AE_11_the_promise_is_shown_by_what_was_carried_out(at: At) -> None:
    house = at("all_ears")
    before = house.promise("AE-11")
    house.whole("access", buyer(house))
    after = house.promise("AE-11")

    assert (before.state, after.state) == ("kept", "kept"), (before, after)
    assert [e.facts["cases"] for e in after.evidence if e.code == "rights-carried-out"] == [1]


@pytest.mark.parametrize("right", ["restriction", "complaint", "withdrawal"])
def test_every_other_right_is_answered_as_well(at: At, right: str) -> None:
    house = at("all_ears")
    file = house.whole(right, buyer(house))

    assert file.case.state is State.CLOSED
    assert house.letter(file)
