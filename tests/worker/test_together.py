"""Erasures that are due together: one plan, each case its own answer; and whoever dies in the middle, effect once."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import Organisation, open_organisation, today
from ordholden.cases.case import TaskKind, TaskState
from ordholden.cases.rights.erasure import _rows
from ordholden.connectors.reading import Row
from ordholden.grounds.interpret import Evaluation
from ordholden.plans.book import PlanState
from ordholden.plans.sight import Sight
from ordholden.worker.hand import Hand
from tests.stores import ROOT
from tests.worker.erasing import customers, decided_erasures, settled_past


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house") / "clienti"
    generate("clienti", folder, people=12, on=today())
    with open_organisation(folder) as organisation:
        settled_past(organisation)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "clienti")


def visit(organisation: Organisation) -> None:
    Hand(organisation.folder, name="hand", stopping=threading.Event(), duties=()).visit(
        "clienti", organisation
    )


def carried_out(organisation: Organisation, number: str) -> tuple[TaskState, str]:
    file = organisation.desk.case(number)
    (task,) = (t for t in file.tasks if t.kind is TaskKind.CARRY_OUT)
    return task.state, file.case.plan


def plans_of_people(organisation: Organisation) -> dict[str, PlanState]:
    return {k.plan.id: k.state for k in organisation.plans() if k.plan.scope.of_people}


def test_cases_that_are_due_together_are_one_plan_and_each_knows_it(folder: Path) -> None:
    with open_organisation(folder) as organisation:
        addresses = customers(organisation, 5)
        numbers = decided_erasures(organisation, addresses)
        assert len(numbers) > 2

        visit(organisation)

        plans = plans_of_people(organisation)
        assert list(plans.values()) == [PlanState.VERIFIED]
        assert {carried_out(organisation, n) for n in numbers} == {(TaskState.DONE, *plans)}


def test_records_are_not_judged_case_by_case(tmp_path: Path) -> None:
    """What is judged together grows with the tables that people are in: a thousand cases of one night are as many questions."""
    large = tmp_path / "large" / "clienti"
    generate("clienti", large, people=40, on=today())
    with open_organisation(large) as organisation:
        settled_past(organisation)
    judged: dict[int, list[int]] = {}
    for many in (8, 24):
        folder = shutil.copytree(large, tmp_path / str(many) / "clienti")
        with open_organisation(folder) as organisation:
            numbers = decided_erasures(organisation, customers(organisation, many))
            with judging() as judged[len(numbers)]:
                visit(organisation)
            assert list(plans_of_people(organisation).values()) == [PlanState.VERIFIED]
    few, more = sorted(judged)

    assert more >= 2.5 * few
    assert sum(judged[more]) > 2 * sum(judged[few]), "there was more to judge"
    assert len(judged[more]) - len(judged[few]) < more - few


@contextmanager
def judging() -> Iterator[list[int]]:
    """How many records were judged together, each time."""
    found: list[int] = []
    whole = Sight.evaluation

    def counted(sight: Sight, rows: Sequence[Row]) -> Evaluation:
        found.append(len(rows))
        return whole(sight, rows)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sight, "evaluation", counted)
        yield found


def test_a_limit_of_rows_makes_more_plans_and_asks_nobody(folder: Path) -> None:
    with open_organisation(folder) as organisation:
        numbers = decided_erasures(organisation, customers(organisation, 6))
        rows = [_rows(d) for n in numbers if (d := organisation.desk.case(n).decision)]
    most = max(rows) + 3
    assert sum(rows) > most
    file = folder / "policy.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("  rows: 5000", f"  rows: {most}"), encoding="utf-8"
    )
    with open_organisation(folder) as organisation:
        visit(organisation)

        plans = plans_of_people(organisation)
        assert len(plans) > 1
        assert set(plans.values()) == {PlanState.VERIFIED}
        assert {carried_out(organisation, n)[0] for n in numbers} == {TaskState.DONE}


@pytest.mark.parametrize("moment", ["made", "changed", "applied"])
def test_whoever_is_killed_in_the_middle_the_effect_is_there_once(folder: Path, moment: str) -> None:
    with open_organisation(folder) as organisation:
        addresses = customers(organisation, 3)
        numbers = decided_erasures(organisation, addresses)
    died = subprocess.run(
        [sys.executable, "-m", "tests.worker.erasing", str(folder), moment],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr

    with open_organisation(folder) as organisation:
        assert organisation.desk.due_tasks() == (), "nobody takes it up before its lease has run out"
        organisation.store.now = lambda: datetime.now(UTC) + timedelta(minutes=2)
        visit(organisation)

        plans = plans_of_people(organisation)
        assert list(plans.values()) == [PlanState.VERIFIED], "the plan that was begun was brought to its end"
        assert {carried_out(organisation, n) for n in numbers} == {(TaskState.DONE, *plans)}
        for number in numbers:
            what = [e.what for e in organisation.desk.case(number).entries]
            assert what.count("request:task:done") == 1
