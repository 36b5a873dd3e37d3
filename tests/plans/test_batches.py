"""Batches by a date: small ones, many of one day, and none of them locks the next one out."""

from __future__ import annotations

from ordholden.app import open_organisation
from ordholden.plans.book import PlanState
from tests.plans.club import ON, POLICY, Club

# Without the other database's complaints the club's own database can tell all by itself.
ALONE = POLICY[: POLICY.index("  complaints:\n")] + POLICY[POLICY.index("limits:\n") :]


def test_many_small_batches_of_different_days_and_of_one_day(club: Club) -> None:
    (club.folder / "policy.yaml").write_text(
        ALONE.replace("  complaint: {da: klage, en: complaint}\n", ""), encoding="utf-8"
    )
    systems = (club.folder / "systems.yaml").read_text(encoding="utf-8")
    (club.folder / "systems.yaml").write_text(systems[: systems.index("desk:\n")], encoding="utf-8")
    club.run("club", "UPDATE visits SET made_at = '2026-01-01 12:00:00' WHERE member_id > 40")
    before = club.content()["visits"]
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
        outcome = organisation.apply(plan.id, actor="somebody", batch=5)
    visits = next(s for s in plan.steps if str(s.table) == "club.visits")

    assert not visits.judged
    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert outcome.changed["delete club.visits"] == visits.rows >= 100
    assert len(club.content()["visits"]) == len(before) - visits.rows
