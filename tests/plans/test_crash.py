"""A plan that is killed at any moment goes on where it was: nothing twice, nothing half, no living row lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ordholden import audit
from ordholden.app import open_organisation
from ordholden.connectors.sql.system import SqlSystem
from ordholden.plans.book import PlanState
from ordholden.plans.plan import Operation
from tests.plans.club import ON, Club, found_club

ROOT = Path(__file__).parents[2]
MOMENTS = [
    ("decided", 2),
    ("changed", 1),
    ("intended", 1),
    ("committed", 1),
    ("changed", 9),
    ("intended", 8),
    ("committed", 14),
]


def die(club: Club, plan: str, moment: str, count: int) -> int:
    command = [sys.executable, "-m", "tests.plans.dying", str(club.folder), plan, moment, str(count)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=120).returncode


def test_killed_at_every_moment_and_resumed(club: Club, tmp_path: Path) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
    before = club.content()
    planned = {
        (str(s.table), s.operation, s.columns if s.operation is Operation.CLEAR else ()): s.rows
        for s in plan.steps
    }

    deaths = [die(club, plan.id, moment, count) for moment, count in MOMENTS]
    with open_organisation(club.folder) as organisation:
        outcome = organisation.apply(plan.id, actor="somebody", batch=7)
        again = organisation.plan(ON, actor="somebody").plan
        receipts = organisation.book.receipts(plan)

    assert deaths.count(-signal.SIGKILL) >= 5, deaths
    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert again.empty
    done: dict[object, int] = {}
    for receipt in receipts:
        place = (
            str(receipt.table),
            receipt.operation,
            receipt.columns if receipt.operation is Operation.CLEAR else (),
        )
        done[place] = done.get(place, 0) + receipt.rows
    assert all(r.state in ("done", "void") for r in receipts)
    assert {k: n for k, n in done.items() if n} == planned
    after = club.content()
    for table in ("orders", "order_lines", "visits"):
        gone = len(before[table]) - len(after[table])
        assert gone == sum(
            n for (name, op, _), n in planned.items() if name == f"club.{table}" and op is Operation.DELETE
        )
        assert set(after[table]) <= set(before[table])
    assert len(after["members"]) == len(before["members"])
    assert after["complaints"] == before["complaints"]


def test_applying_twice_is_applying_once(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
        organisation.apply(plan.id, actor="somebody")
        first = club.content()
        outcome = organisation.apply(plan.id, actor="somebody")

    assert outcome.kept.state is PlanState.VERIFIED
    assert club.content() == first


def test_a_row_that_changed_since_the_plan_is_judged_again(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
        first = club.content()
        doomed = next(s for s in plan.steps if str(s.table) == "club.visits")
        club.run("club", f"UPDATE visits SET made_at = '{ON.isoformat()} 08:00:00' WHERE member_id = 7")
        outcome = organisation.apply(plan.id, actor="somebody")
    left = [r for r in club.content()["visits"] if r[1] == 7]

    assert doomed.rows > 0
    assert outcome.kept.state is PlanState.VERIFIED
    assert len(left) == len([r for r in first["visits"] if r[1] == 7]) == 5


def test_a_complaint_that_came_since_the_plan_keeps_the_member(club: Club) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
        club.run(
            "desk", f"INSERT INTO complaints VALUES (900, 'medlem50@klub.example', 'sen', '{ON.isoformat()}')"
        )
        outcome = organisation.apply(plan.id, actor="somebody")
    member = next(r for r in club.content()["members"] if r[0] == 50)

    assert outcome.kept.state is PlanState.VERIFIED
    assert member[1:4] == ("Medlem 50", "medlem50@klub.example", "10000050")


def test_a_constraint_that_nobody_declared_stops_the_plan_visibly(club: Club) -> None:
    club.run(
        "club",
        "CREATE TABLE badges (id integer PRIMARY KEY, visit_id integer NOT NULL, FOREIGN KEY (visit_id) REFERENCES visits (id))",
    )
    doomed = max(r[0] for r in club.content()["visits"] if r[3].date() < ON and (ON - r[3].date()).days >= 90)
    club.run("club", f"INSERT INTO badges VALUES (1, {doomed})")
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
        outcome = organisation.apply(plan.id, actor="somebody")
    visit = next(r for r in club.content()["visits"] if r[0] == doomed)

    # The badge needs the visit: it stays, and what is personal in it goes.
    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert visit[2] is None


def test_a_lock_held_by_somebody_else_is_waited_for_then_said(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlalchemy as sa

    from ordholden.connectors.sql import open as opening
    from ordholden.plans import execute

    monkeypatch.setattr(opening, "LOCK_SECONDS", 1)
    monkeypatch.setattr(execute, "TRIES", 1)
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
        other = sa.create_engine(club.urls["club"])
        with other.connect() as connection:
            if other.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.execute(sa.text("UPDATE visits SET gate = gate WHERE member_id > 0"))
            stopped = organisation.apply(plan.id, actor="somebody")
            connection.rollback()
        other.dispose()
        resumed = organisation.apply(plan.id, actor="somebody")

    assert stopped.kept.state is PlanState.STOPPED
    assert "lock" in stopped.kept.reason
    assert resumed.kept.state is PlanState.VERIFIED


def test_no_cascade_takes_a_living_row(club: Club) -> None:
    if club.urls["club"].startswith("sqlite"):
        pytest.skip("SQLite cannot add a reference to a table that is there")
    system = "club"
    club.run(
        system,
        "CREATE TABLE notes (id integer PRIMARY KEY, order_id integer NOT NULL, "
        "FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)",
    )
    doomed = [r[0] for r in club.content()["orders"] if r[3] is not None and r[3].year < 2020]
    club.run(system, f"INSERT INTO notes VALUES (1, {doomed[0]})")
    with open_organisation(club.folder) as organisation:
        outcome = organisation.apply(organisation.plan(ON, actor="somebody").plan.id, actor="somebody")
    order = [r for r in club.content()["orders"] if r[0] == doomed[0]]

    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert order
    assert order[0][2] is None


def test_a_lost_connection_leaves_the_plan_resumable(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    if club.urls["club"].startswith("sqlite"):
        pytest.skip("SQLite has no connection to lose")
    import sqlalchemy as sa

    def kill_others() -> None:
        engine = sa.create_engine(club.urls["club"])
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            else:
                mine = connection.execute(sa.text("SELECT connection_id()")).scalar()
                for (other,) in connection.execute(
                    sa.text("SELECT id FROM information_schema.processlist WHERE db = DATABASE()")
                ):
                    if other != mine:
                        connection.execute(sa.text(f"KILL {other}"))
        engine.dispose()

    seen = [0]
    delete = SqlSystem.transaction

    def losing(self: SqlSystem):  # type: ignore[no-untyped-def]
        seen[0] += 1
        found = delete(self)
        if seen[0] == 4:
            entered = found.__enter__()
            kill_others()

            class Lost:
                def __enter__(self):  # type: ignore[no-untyped-def]
                    return entered

                def __exit__(self, *error):  # type: ignore[no-untyped-def]
                    return found.__exit__(*error)

            return Lost()
        return found

    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
        monkeypatch.setattr(SqlSystem, "transaction", losing)
        stopped = organisation.apply(plan.id, actor="somebody", batch=7)
        resumed = organisation.apply(plan.id, actor="somebody", batch=7)

    assert stopped.kept.state is PlanState.STOPPED
    assert resumed.kept.state is PlanState.VERIFIED, resumed.findings


def test_a_full_disk_stops_the_plan_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    club = found_club(
        tmp_path / "klubben",
        f"sqlite:///{tmp_path}/club.sqlite3",
        f"sqlite:///{tmp_path}/desk.sqlite3",
        members=400,
    )
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan(ON, actor="somebody").plan
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, ({kib} * 1024, {kib} * 1024)); "
        "from ordholden.cli import main; raise SystemExit(main(['apply', '{plan}', '--in', '{folder}']))"
    )

    tries = [
        subprocess.run(
            [sys.executable, "-c", code.format(kib=kib, plan=plan.id, folder=club.folder)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        for kib in (40, 120, 250)
    ]
    with open_organisation(club.folder) as organisation:
        outcome = organisation.apply(plan.id, actor="somebody")

    assert any(t.returncode != 0 for t in tries)
    assert not any(
        "Traceback" in t.stdout + t.stderr or "fault of the program" in t.stdout + t.stderr for t in tries
    )
    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings


@pytest.mark.parametrize("moment", ["changed", "intended", "committed", "verified"])
def test_an_erasure_that_dies_at_any_moment_is_written_down_and_goes_on(club: Club, moment: str) -> None:
    with open_organisation(club.folder) as organisation:
        plan = organisation.plan_erasure(["email:medlem5@klub.example"], ON, actor="somebody").plan

    death = die(club, plan.id, moment, 1)
    with open_organisation(club.folder) as organisation:
        left = organisation.book.find(plan.id)
        written = organisation.book.receipts(plan)
        outcome = organisation.apply(plan.id, actor="somebody")
        receipts = organisation.book.receipts(plan)
        log = [e.action for e in audit.entries(organisation.store, subject=plan.digest)]

    assert death == -signal.SIGKILL
    # A receipt belongs to a plan that has begun; before the first one nothing of the company's has changed.
    assert bool(written) is (moment != "changed")
    assert left.state is PlanState.APPLYING or not written
    assert outcome.kept.state is PlanState.VERIFIED, outcome.findings
    assert {r.state for r in receipts} <= {"done", "void"}
    assert sum(r.rows for r in receipts) == plan.rows
    assert log == ["plan:made", "plan:applying", "plan:applied", "plan:verified"]
