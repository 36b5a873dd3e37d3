"""Every promise has a state, and a state has its evidence: by the day, by what answers, by what nobody has declared."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from examples import ORGANISATIONS
from ordholden import lang
from ordholden.app import open_organisation
from ordholden.promises import Kind, State, as_json, summary
from ordholden.promises.capabilities import capabilities
from tests.companies import HOTEL_SYSTEMS, hotel, promised
from tests.swept import CLERK, ON, carried_out, evidence, sweep, tell

ROOM = Path(__file__).parents[2] / "ordholden" / "promises"


def promise(line: str, name: str = "HO-02") -> str:
    return f"  {name}:\n    says: Something\n    {line}\n"


# When it was last done, and how that stands on 5 March 2026 where it has to be done every year.
DUTIES = {
    "2025-05-05": ("kept", None, "2026-05-05"),
    "2025-04-04": ("due", None, "2026-04-04"),
    "2025-03-05": ("due", None, "2026-03-05"),
    "2025-03-04": ("broken", "2026-03-05", "2026-03-04"),
    "2027-01-01": ("due", None, "2026-03-05"),
}


@pytest.mark.parametrize("done", DUTIES)
def test_a_duty_stands_by_the_day_it_was_done(done: str, tmp_path: Path) -> None:
    said = promise(f"duty: {{owner: data protection, every: 12 months, done: {done}}}")
    with open_organisation(hotel(tmp_path, said)) as organisation:
        state = promised(organisation, "HO-02")

    assert (state.state.value, _written(state.since), _written(state.next)) == DUTIES[done]
    assert state.owner == "data protection"


def test_a_duty_that_nobody_has_done_is_due_now_and_says_whose_it_is(tmp_path: Path) -> None:
    with open_organisation(
        hotel(tmp_path, promise("duty: {owner: the desk, every: 6 months}"))
    ) as organisation:
        state = promised(organisation, "HO-02")

    assert (state.state, state.owner, state.next) == (State.DUE, "the desk", ON)


def test_a_capability_that_this_version_lacks_is_not_provable_yet(tmp_path: Path) -> None:
    with open_organisation(hotel(tmp_path, promise("capability: mind reading"))) as organisation:
        state = promised(organisation, "HO-02")

    assert state.state is State.NOT_PROVABLE
    assert evidence(state, "capability-unknown") == [{"capability": "mind reading"}]


def test_every_promise_rule_and_system_is_listed_and_goes_into_json(tmp_path: Path) -> None:
    with open_organisation(hotel(tmp_path)) as organisation:
        found = organisation.promises(ON)

    assert [(p.id, p.kind) for p in found] == [
        ("HO-01", Kind.POLICY),
        ("keep: host guests", Kind.KEEP_RULE),
        ("system: desk", Kind.SYSTEM),
    ]
    read = json.loads(json.dumps(as_json(found)))
    assert read["summary"] == {"kept": 0, "due": 0, "broken": 2, "not provable yet": 1}
    assert sum(summary(found).values()) == 3
    assert read["promises"][0]["since"] == "2025-05-31"


def test_a_system_that_does_not_answer_proves_nothing(tmp_path: Path) -> None:
    folder = hotel(tmp_path, promise("capability: coverage"))
    (folder / "desk.sqlite3").unlink()
    with open_organisation(folder) as organisation:
        states = {p.id: p.state for p in organisation.promises(ON)}

    assert set(states.values()) == {State.NOT_PROVABLE}


def test_a_table_that_no_plan_may_touch_is_overdue_all_the_same(tmp_path: Path) -> None:
    folder = hotel(tmp_path, promise("capability: coverage"))
    tell(folder, "desk", "ALTER TABLE guests ADD COLUMN passport VARCHAR(20)")
    with open_organisation(folder) as organisation:
        late, covered = promised(organisation, "HO-01"), promised(organisation, "HO-02")

    assert (late.state, late.since) == (State.BROKEN, date(2025, 5, 31))
    assert evidence(late, "blocked") == [{"table": "desk.guests", "rows": 2}]
    assert covered.state is State.BROKEN
    assert evidence(covered, "column-unlisted")[0]["column"] == "passport"


def test_a_table_that_nobody_speaks_of_leaves_coverage_unproven(tmp_path: Path) -> None:
    folder = hotel(
        tmp_path, promise("capability: coverage"), more=["CREATE TABLE old_guests (id INTEGER, name TEXT)"]
    )
    with open_organisation(folder) as organisation:
        state = promised(organisation, "HO-02")

    assert state.state is State.NOT_PROVABLE
    assert evidence(state, "tables-undeclared")[0]["tables"] == "old_guests"


def test_a_value_that_no_activity_speaks_of_breaks_minimisation(tmp_path: Path) -> None:
    systems = HOTEL_SYSTEMS.replace(
        "email: email}\n      not personal", "email: email, likes: taste}\n      not personal"
    )
    folder = hotel(tmp_path, promise("capability: minimisation"), systems)
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("email: e-mail}", "email: e-mail, taste: taste}"))
    tell(folder, "desk", "ALTER TABLE guests ADD COLUMN likes VARCHAR(80)")
    with open_organisation(folder) as organisation:
        nothing_there = promised(organisation, "HO-02")
    tell(folder, "desk", "UPDATE guests SET likes = 'the sea' WHERE id = 3")
    with open_organisation(folder) as organisation:
        something = promised(organisation, "HO-02")

    assert nothing_there.state is State.KEPT
    assert something.state is State.BROKEN
    assert evidence(something, "undeclared") == [{"table": "desk.guests", "rows": 1}]


def test_backups_that_nobody_speaks_of_are_not_provable(tmp_path: Path) -> None:
    systems = HOTEL_SYSTEMS.replace("  backups: kept 30 days\n", "")
    with open_organisation(hotel(tmp_path, promise("capability: backups"), systems)) as organisation:
        state, system = promised(organisation, "HO-02"), promised(organisation, "system: desk")

    assert state.state is system.state is State.NOT_PROVABLE
    assert evidence(state, "backups-unsaid") == evidence(system, "backups-unsaid") == [{"system": "desk"}]


def test_a_hold_that_nobody_has_looked_at_again_is_due(tmp_path: Path) -> None:
    with open_organisation(hotel(tmp_path, promise("capability: holds"))) as organisation:
        fresh = promised(organisation, "HO-02")
        held = organisation.hold(person="et@post.example", reason="a claim", actor=CLERK)
        late = promised(organisation, "HO-02", held.review_on)

    assert fresh.state is State.KEPT
    assert evidence(fresh, "hold-tried")[0]["held"] == 0
    assert late.state is State.DUE
    assert evidence(late, "hold-review-late")[0]["hold"] == held.id


def test_a_plan_agreed_to_by_its_own_maker_breaks_what_is_said_of_plans(tmp_path: Path) -> None:
    folder = hotel(tmp_path, promise("capability: plans"))
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("rows: 5000", "rows: 1"))
    with open_organisation(folder) as organisation:
        carried_out(organisation, organisation.plan(ON, actor=CLERK))
        kept = promised(organisation, "HO-02")
        # Whoever has the store's own database can write this; the product refuses it.
        from ordholden.plans.models import PlanRow

        PlanRow.objects.using(organisation.store.alias).update(approved_by=CLERK)
        broken = promised(organisation, "HO-02")

    assert kept.state is State.KEPT
    assert evidence(kept, "plan-approved")[0]["limits"] == 1
    assert broken.state is State.BROKEN


def test_how_much_is_asked_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    for folder, number in ((few, 10), (many, 400)):
        folder.mkdir()
        rows = [
            f"INSERT INTO guests VALUES ({n}, 'Gæst', 'g{n}@post.example', '2024-05-31')"
            for n in range(10, 10 + number)
        ]
        hotel(folder, more=rows)

    assert _questions(few) == _questions(many) > 0


def test_what_is_promised_of_a_sweep_comes_after_it_and_not_before(tmp_path: Path) -> None:
    with open_organisation(hotel(tmp_path, promise("capability: plans"))) as organisation:
        before = promised(organisation, "HO-02")
        sweep(organisation)
        after = promised(organisation, "HO-02")

    assert before.state is State.DUE
    assert after.state is State.KEPT


def test_every_capability_has_a_name_a_proof_and_words_in_both_languages() -> None:
    written = {
        code
        for path in ROOM.rglob("*.py")
        for code in re.findall(r'Evidence\.of\(\s*"([a-z-]+)"', path.read_text())
    }

    assert len(capabilities()) == len(list((ROOM / "capabilities").glob("[!_]*.py")))
    assert written
    assert not written - set(lang.codes())


def test_the_examples_use_every_capability() -> None:
    root = Path(__file__).parents[2] / "examples"
    used = "\n".join((root / name / "policy.yaml").read_text() for name in ORGANISATIONS)

    assert [name for name in capabilities() if f"capability: {name}\n" not in used] == []


def _questions(folder: Path) -> int:
    """How many statements a look at the promises sends to the systems."""
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    with open_organisation(folder) as organisation:
        organisation.promises(ON)
        sa.event.listen(sa.Engine, "before_cursor_execute", count)
        try:
            organisation.promises(ON)
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", count)
    return asked


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None
