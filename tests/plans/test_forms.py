"""A plan's form is made once for somebody, serves everybody, and is made anew when anything it rests on has changed."""

from __future__ import annotations

from ordholden.app import open_organisation, today
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.plans.book import PlanState
from ordholden.plans.form import formed
from ordholden.plans.plan import Scope, ScopeKind
from tests.plans.club import ON, Club


def _scope(key: int) -> Scope:
    return Scope(ScopeKind.ERASE, (Card(TableName("club", "members"), key),))


def test_the_next_person_is_asked_about_with_the_same_form(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        first = formed(organisation.sight(ON), _scope(3))
        second = formed(organisation.sight(ON), _scope(8))

    assert first is second


def test_a_hold_placed_since_makes_another_form(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        before = formed(organisation.sight(today()), _scope(3))
        organisation.hold(person="club.members:8", reason="a dispute", actor="somebody")
        after = formed(organisation.sight(today()), _scope(3))

    assert before is not after


def test_one_after_the_other_each_loses_their_own_and_nobody_elses(club: Club) -> None:
    before = club.content()
    with open_organisation(club.folder) as organisation:
        states = []
        for key in (7, 9):
            plan = organisation.plan_erasure([f"club.members:{key}"], ON, actor="somebody").plan
            states.append(organisation.apply(plan.id, actor="somebody").kept.state)
            assert organisation.plan_erasure([f"club.members:{key}"], ON, actor="somebody").plan.empty
    after = club.content()

    assert states == [PlanState.VERIFIED, PlanState.VERIFIED]
    for table, whose in (("orders", 1), ("visits", 1)):
        others = [r for r in before[table] if r[whose] not in (7, 9)]
        assert [r for r in after[table] if r[whose] not in (7, 9)] == others


def test_a_held_person_keeps_everything_though_the_form_was_made_for_another(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        organisation.plan_erasure(["club.members:7"], ON, actor="somebody")
        organisation.hold(person="club.members:9", reason="a dispute", actor="somebody")
        plan = organisation.plan_erasure(["club.members:9"], ON, actor="somebody").plan

    assert plan.empty
