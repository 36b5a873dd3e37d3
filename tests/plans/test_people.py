"""A person's request: what goes, what stays on which ground, and that nobody else is touched."""

from __future__ import annotations

import pytest

from ordholden.app import open_organisation
from ordholden.plans.book import PlanState
from ordholden.problems import Refusal
from tests.plans.club import ON, Club


def test_an_erasure_says_what_stays_on_which_ground_and_until_when(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan_erasure(["email:medlem5@klub.example"], ON, actor="somebody").plan
        outcome = organisation.apply(plan.id, actor="somebody")
    after = club.content()

    order = [r for r in after["orders"] if r[1] == 5]
    assert {(s.ground, s.until, s.doubt) for s in plan.stays if s.table == "club.orders"} == {
        ("bookkeeping", "2032-01-01", False)
    }
    assert order
    assert next(r for r in after["members"] if r[0] == 5)[1:4] == ("Medlem 5", "gone-5@club.invalid", None)
    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings


def test_an_erasure_touches_nobody_else(club: Club) -> None:
    before = club.content()
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan_erasure(
            ["email:medlem25@klub.example", "email:MEDLEM26@klub.example"], ON, actor="somebody"
        ).plan
        organisation.apply(plan.id, actor="somebody")
    after = club.content()

    # The door's visits are a legitimate interest: only those that had expired anyway go with a request.
    def others(content: dict[str, list[tuple[object, ...]]]) -> list[tuple[object, ...]]:
        people = [r for r in content["members"] if r[0] not in (25, 26)]
        return (
            people
            + [r for t in ("orders", "visits") for r in content[t] if r[1] not in (25, 26)]
            + content["complaints"]
        )

    assert others(after) == others(before)
    assert len(after["visits"]) < len(before["visits"])


def test_a_contract_that_only_our_own_missing_date_keeps_open_is_doubted(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan_erasure(["email:medlem17@klub.example"], ON, actor="somebody").plan

    assert ("membership", "", True) in {
        (s.ground, s.until, s.doubt) for s in plan.stays if s.category == "email"
    }


def test_erasing_twice_is_erasing_once(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        organisation.apply(
            organisation.plan_erasure(["club.members:5"], ON, actor="somebody").plan.id, actor="somebody"
        )
        first = club.content()
        again = organisation.plan_erasure(["club.members:5"], ON, actor="somebody").plan
        organisation.apply(again.id, actor="somebody")

    assert again.empty
    assert club.content() == first


def test_a_hold_keeps_everything_of_a_person_until_the_day_of_its_release(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        hold = organisation.hold(person="club.members:50", reason="sag 12", actor="somebody")
        organisation.apply(organisation.plan(ON, actor="somebody").plan.id, actor="somebody")
        held = club.content()
        organisation.release(hold.id, reason="forlig", actor="somebody")
        organisation.apply(organisation.plan(ON, actor="somebody").plan.id, actor="somebody")
    released = club.content()

    assert next(r for r in held["members"] if r[0] == 50)[1] == "Medlem 50"
    assert sum(1 for r in held["visits"] if r[1] == 50) == 5
    assert [r for r in released["members"] if r[0] == 50] != [r for r in held["members"] if r[0] == 50]
    assert sum(1 for r in released["visits"] if r[1] == 50) < 5


def test_nobody_or_several_are_never_guessed(club: Club) -> None:
    club.run("desk", "INSERT INTO complaints VALUES (901, 'to@klub.example', 'x', '2026-01-01')")
    club.run("desk", "INSERT INTO complaints VALUES (902, 'TO@klub.example', 'y', '2026-01-01')")
    with open_organisation(club.folder) as organisation:
        with pytest.raises(Refusal) as nobody:
            organisation.plan_erasure(["email:ingen@klub.example"], ON, actor="somebody")
        with pytest.raises(Refusal) as several:
            organisation.plan_erasure(["email:to@klub.example"], ON, actor="somebody")

    assert [p.code for p in nobody.value.problems] == ["person-unknown"]
    assert [p.code for p in several.value.problems] == ["person-ambiguous"]
    assert "ingen@" not in str(nobody.value.problems)


def test_after_a_restore_the_erased_are_erased_again(club: Club) -> None:
    before = club.content()
    with open_organisation(club.folder) as organisation:
        organisation.apply(organisation.plan(ON, actor="somebody").plan.id, actor="somebody")
        erased = club.content()
        lost = [r for r in before["visits"] if r not in erased["visits"]]
        for id_, member, gate, made_at in lost:
            club.run("club", f"INSERT INTO visits VALUES ({id_}, {member}, '{gate}', '{made_at}')")
        member = next(r for r in before["members"] if r[0] == 50)
        club.run("club", f"UPDATE members SET phone = '{member[3]}' WHERE id = 50")
        replay = organisation.plan_replay("club", actor="somebody").plan
        outcome = organisation.apply(replay.id, actor="somebody")

    assert replay.rows == len(lost) + 1
    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert club.content() == erased
