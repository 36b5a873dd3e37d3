"""One pair of hands: what fails waits, says why, and keeps nobody else waiting."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import Organisation, open_organisation, today
from ordholden.app.house import House
from ordholden.cases.case import Case, Decision, State, Task, TaskState
from ordholden.cases.corridor import Corridor
from ordholden.cases.right import Done
from ordholden.problems import Refusal
from ordholden.worker import roster
from ordholden.worker.duty import Duty, seconds
from ordholden.worker.hand import Hand
from tests.worker.noting import known, noting, waiting_cases


class Later:
    """The real time, and as much later as somebody says."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house") / "clienti"
    generate("clienti", folder, people=3, on=today())
    return folder


@pytest.fixture
def house(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "house" / "clienti")
    return tmp_path / "house"


@pytest.fixture
def organisation(house: Path) -> Iterator[Organisation]:
    with open_organisation(house / "clienti") as one:
        one.store.now = Later()
        yield one


def hand(house: Path, *duties: Duty) -> Hand:
    return Hand(house, name="hand", stopping=threading.Event(), duties=duties)


def later(organisation: Organisation, by: timedelta) -> None:
    clock = organisation.store.now
    assert isinstance(clock, Later)
    clock.by += by


def the_task(organisation: Organisation, number: str) -> Task:
    (task,) = organisation.desk.case(number).tasks
    return task


def test_a_system_that_is_down_for_a_week_is_waited_for_in_sight(
    house: Path, organisation: Organisation
) -> None:
    def plan(case: Case, _: Decision, corridor: Corridor) -> Done:
        return Done(plan=corridor.plan_erasure(case.cards, actor="ordholden").plan.id)

    right = replace(noting(house / "notes", 0), carry_out=plan)
    file = next(house.glob("clienti/*.sqlite3"))
    with known(right):
        (number,) = waiting_cases(organisation, 1)
        away = file.rename(file.with_suffix(".away"))
        organisation._systems.close()
        tries, waited = 0, timedelta(0)
        while waited < timedelta(days=7):
            hand(house).visit("clienti", organisation)
            tries += 1
            task = the_task(organisation, number)
            assert task.state is TaskState.WAITING
            assert file.stem in task.reason, "people see which system it is"
            assert task.next_at is not None
            assert organisation.desk.due_tasks() == ()
            pause = task.next_at - organisation.store.now()
            waited += pause
            later(organisation, pause + timedelta(seconds=1))
        assert tries < 15
        away.rename(file)
        hand(house).visit("clienti", organisation)

        assert the_task(organisation, number).state is TaskState.DONE
        assert organisation.desk.case(number).case.state is State.ANSWERING


def test_a_mistake_of_ours_waits_like_the_rest_and_quotes_no_value(
    house: Path, organisation: Organisation, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Done:
        raise ValueError("anna@nordlys.example")

    with known(replace(noting(house / "notes", 0), carry_out=broken)):
        numbers = waiting_cases(organisation, 2)
        with caplog.at_level("INFO"):
            hand(house).visit("clienti", organisation)

        for number in numbers:
            task = the_task(organisation, number)
            assert task.state is TaskState.WAITING
            assert task.reason.startswith("ValueError (tasks.py:")
        assert "nordlys.example" not in caplog.text


def test_a_duty_that_fails_keeps_no_other_waiting(house: Path, organisation: Organisation) -> None:
    def broken(_: Organisation) -> dict[str, object]:
        raise Refusal.of("house-empty", folder="nowhere")

    failing = Duty("failing", seconds(10), broken)
    fine = Duty("fine", seconds(10), lambda _: {"done": 1})

    hand(house, failing, fine).visit("clienti", organisation)

    states = {s.name: s for s in roster.states(organisation.store)}
    assert states["failing"].failures == 1
    assert states["failing"].reason == "No organisation lies in nowhere."
    assert states["fine"].came == {"done": 1}


def test_an_organisation_that_cannot_be_opened_keeps_no_other_waiting(house: Path) -> None:
    shutil.copytree(house / "clienti", house / "broken")
    (house / "broken" / "policy.yaml").write_text("activities: [", encoding="utf-8")
    visited: list[str] = []
    duty = Duty("looked", seconds(10), lambda o: {"seen": visited.append(o.folder.name) or 1})  # type: ignore[func-returns-value]

    with House(house) as here:
        hand(house, duty).round(here)

    assert visited == ["clienti"]
