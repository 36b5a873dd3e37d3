"""Rectification: the right value stands where the wrong one did, in every system, and nobody else's record changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import pytest

from ordholden.app import Organisation, open_organisation
from ordholden.plans.book import Kept, PlanState
from ordholden.plans.correct import Wrong
from ordholden.problems import Refusal
from tests.plans.club import ON, Club

CLERK = "the clerk"
NEW = "ny11@klub.example"


def planned(organisation: Organisation, person: str, *wrongs: Wrong) -> Kept:
    cards = organisation.person(person)
    return organisation.plan_correction(cards, wrongs, ON, actor=CLERK)


def member(club: Club, number: int) -> tuple[object, ...]:
    return next(r for r in club.content()["members"] if r[0] == number)


def others(club: Club, number: int) -> Sequence[object]:
    content = club.content()
    return [r for r in content["members"] if r[0] != number] + [
        r for r in content["complaints"] if r[0] != number
    ]


def test_CL_20_a_wrong_address_is_put_right_in_every_system_whatever_its_spelling(club: Club) -> None:
    before = others(club, 11)
    with open_organisation(club.folder) as organisation:
        kept = planned(
            organisation, "email:medlem11@klub.example", Wrong("email", "Medlem11@klub.example", NEW)
        )
        outcome = organisation.apply(kept.plan.id, actor=CLERK)

    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert outcome.changed == {"correct club.members": 1, "correct desk.complaints": 1}
    assert member(club, 11)[2] == NEW
    assert [r[1] for r in club.content()["complaints"] if r[0] == 11] == [NEW]
    assert others(club, 11) == before


def test_what_is_missing_is_completed_where_it_is_said_who_somebody_is(club: Club) -> None:
    assert member(club, 3)[3] is None
    with open_organisation(club.folder) as organisation:
        kept = planned(organisation, "email:medlem3@klub.example", Wrong("phone", "", "70 10 20 30"))
        outcome = organisation.apply(kept.plan.id, actor=CLERK)

    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert member(club, 3)[3] == "70 10 20 30"


def test_a_spelling_alone_can_be_what_is_wrong(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        kept = planned(organisation, "email:medlem5@klub.example", Wrong("name", "Medlem 5", "MEDLEM 5"))
        outcome = organisation.apply(kept.plan.id, actor=CLERK)

    assert (outcome.kept.state, member(club, 5)[1]) == (PlanState.VERIFIED, "MEDLEM 5")


def test_what_has_changed_meanwhile_is_left_as_it_is_and_told(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        kept = planned(organisation, "email:medlem5@klub.example", Wrong("name", "Medlem 5", "Marie"))
        club.run("club", "UPDATE members SET name = 'Malene' WHERE id = 5")
        outcome = organisation.apply(kept.plan.id, actor=CLERK)

        assert [f.code for f in outcome.findings] == ["verify-uncorrected"]
        assert outcome.kept.state is PlanState.FAILED
        assert member(club, 5)[1] == "Malene"


def test_a_value_that_cannot_be_written_is_said_before_and_done_by_hand(club: Club) -> None:
    person = "email:medlem5@klub.example"
    with open_organisation(club.folder) as organisation:
        tried = [
            planned(organisation, person, Wrong(*wrong)).plan
            for wrong in (
                ("email", "", "medlem6@klub.example"),  # somebody else has it, and it has to be unique
                ("name", "", "x" * 41),
                ("name", "", " "),
                ("name", "Ane", "Anne"),
            )
        ]

    assert [[p.code for p in plan.problems] for plan in tried] == [
        ["correction-taken"],
        ["correction-length"],
        ["correction-empty"],
        ["correction-nowhere"],
    ]
    assert all(plan.empty for plan in tried)
    assert [[(s.table, s.ground) for s in plan.stays] for plan in tried[:2]] == [
        [("club.members.email", "by hand")],
        [("club.members.name", "by hand")],
    ]


def test_a_correction_done_twice_is_done_once(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        kept = planned(organisation, "email:medlem5@klub.example", Wrong("name", "", "Marie"))
        organisation.apply(kept.plan.id, actor=CLERK)
        again = organisation.apply(kept.plan.id, actor=CLERK)
        nothing = planned(organisation, "email:medlem5@klub.example", Wrong("name", "", "Marie"))

        assert again.changed == {"correct club.members": 1}
        assert organisation.verify(kept.plan.id).kept.state is PlanState.VERIFIED
        assert nothing.plan.empty


def test_no_journal_and_no_plan_holds_a_value(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        kept = planned(organisation, "email:medlem5@klub.example", Wrong("name", "", "Marie Prøve"))
        organisation.apply(kept.plan.id, actor=CLERK)
        entries = [e.facts for e in organisation.audit_entries(last=100)]

    store = sqlite3.connect(club.folder / ".ordholden" / "store.sqlite3")
    written = json.dumps(store.execute("SELECT body FROM plans_plan").fetchall())
    receipts = store.execute("SELECT operation, columns, keys FROM plans_receipt").fetchall()
    left = store.execute("SELECT count(*) FROM plans_correction").fetchone()[0]
    store.close()
    assert "Marie" not in written + str(receipts) + str(entries)
    assert "Medlem 5" not in written + str(receipts)
    assert [(r[0], json.loads(r[1])) for r in receipts] == [("correct", ["name"])]
    assert left == 0


def test_a_changed_value_is_no_longer_the_plan(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        one = planned(organisation, "email:medlem5@klub.example", Wrong("name", "", "Marie"))
        other = planned(organisation, "email:medlem5@klub.example", Wrong("name", "", "Mette"))
        with sqlite3.connect(club.folder / ".ordholden" / "store.sqlite3") as store:
            store.execute(
                "UPDATE plans_correction SET sealed ="
                " (SELECT sealed FROM plans_correction WHERE plan = ?) WHERE plan = ?",
                (other.plan.digest, one.plan.digest),
            )
        store.close()

        with pytest.raises(Refusal) as refusal:
            organisation.apply(one.plan.id, actor=CLERK)
    assert [p.code for p in refusal.value.problems] == ["correction-gone"]
