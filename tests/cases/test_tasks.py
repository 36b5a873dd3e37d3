"""What was decided is done: once, with patience, in sight, by whoever lives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ordholden.cases.case import State, TaskState
from ordholden.problems import Refusal
from tests.cases.office import ANNA, BO, Office, ask, granted


def begun(office: Office, right: str = "erasure", **more: object):  # type: ignore[no-untyped-def]
    return office.desk.carry_out(granted(office, right, **more).number, actor=ANNA)


def test_a_place_without_a_connector_is_a_task_with_a_receipt_for_each_field(office: Office) -> None:
    case = begun(office)
    office.run()
    machine, archive = office.desk.case(case.number).tasks

    assert (machine.state, archive.state) == (TaskState.DONE, TaskState.BY_HAND)
    assert (archive.system, archive.fields) == ("paper archive", ("name", "email"))
    half = office.desk.done_by_hand(archive.id, receipts={"name": "sheet 12 shredded"}, actor=BO)
    assert half.state is TaskState.BY_HAND
    assert office.desk.case(case.number).case.state is State.CARRYING_OUT
    whole = office.desk.done_by_hand(archive.id, receipts={"email": "was not there"}, actor=BO)
    assert (whole.state, whole.done_by) == (TaskState.DONE, BO)
    assert whole.receipts == {"name": "sheet 12 shredded", "email": "was not there"}
    file = office.desk.case(case.number)
    assert (file.case.state, file.done, file.wanted) == (State.ANSWERING, 2, 2)
    with pytest.raises(Refusal, match="task-not-by-hand"):
        office.desk.done_by_hand(archive.id, receipts={"name": "x"}, actor=BO)


def test_a_receipt_for_something_else_is_refused(office: Office) -> None:
    case = begun(office)
    [archive] = [t for t in office.desk.case(case.number).tasks if t.state == "by hand"]

    with pytest.raises(Refusal, match="task-field"):
        office.desk.done_by_hand(archive.id, receipts={"shoe size": "42"}, actor=BO)


def test_a_system_that_is_down_for_a_week_is_waited_for_with_growing_pauses_and_in_sight(
    office: Office,
) -> None:
    case = begun(office)
    office.world.down = True
    pauses, tried = [], []
    for _ in range(9):
        [task] = office.desk.due_tasks()
        waiting = office.desk.run_task(task.id, worker="w1")
        assert waiting.next_at is not None
        pauses.append(round((waiting.next_at - office.clock.now).total_seconds() / 60))
        assert (waiting.state, waiting.reason) == (TaskState.WAITING, "desk: connection refused")
        assert office.desk.due_tasks() == ()
        tried += [t.failing_since for t in office.desk.stuck_tasks()]
        office.clock.now = waiting.next_at
    office.world.down = False
    office.run()
    assert len(set(tried)) == 1
    assert tried[0] is not None
    assert [t for t in office.desk.stuck_tasks() if t.state == "waiting"] == []

    assert pauses == [1, 5, 15, 60, 240, 720, 1440, 1440, 1440]
    assert office.world.carried_out == [case.number]
    whats = [e.what for e in office.desk.case(case.number).entries]
    assert (whats.count("request:task:waits"), whats.count("request:task:done")) == (1, 1)


def test_a_task_is_never_done_by_two_at_once(office: Office) -> None:
    begun(office)
    [task] = office.desk.due_tasks()
    from ordholden.cases import tasks

    taken = tasks._taken(office.desk.corridor, [task.id], "w1")
    other = office.desk.run_task(task.id, worker="w2")

    assert len(taken) == 1
    assert (other.state, other.attempts) == (TaskState.RUNNING, 1)
    assert office.world.carried_out == []


def test_a_task_whose_worker_died_is_taken_up_and_what_the_dead_one_says_later_is_not_believed(
    office: Office,
) -> None:
    case = begun(office)
    [task] = office.desk.due_tasks()
    from ordholden.cases import tasks

    [held] = tasks._taken(office.desk.corridor, [task.id], "w1")
    office.clock.now += tasks.LEASE
    assert [t.id for t in office.desk.due_tasks()] == [task.id]
    office.desk.run_task(task.id, worker="w2")
    tasks._wait(office.desk.corridor, held, "w1", "late news")

    found = office.desk.task(task.id)
    assert (found.state, found.reason, office.world.carried_out) == (TaskState.DONE, "", [case.number])


def test_a_living_worker_keeps_its_lease_and_a_stopping_one_gives_it_back(office: Office) -> None:
    begun(office)
    [task] = office.desk.due_tasks()
    from ordholden.cases import tasks

    tasks._taken(office.desk.corridor, [task.id], "w1")
    office.clock.now += tasks.LEASE - timedelta(seconds=5)
    assert office.desk.renew("w1") == 1
    office.clock.now += timedelta(seconds=20)
    assert office.desk.due_tasks() == ()
    assert (office.desk.let_go("w2"), office.desk.let_go("w1")) == (0, 1)
    assert [t.id for t in office.desk.due_tasks()] == [task.id]


def test_another_plan_that_runs_is_no_failure(office: Office) -> None:
    begun(office)
    office.world.refuses = "apply-busy"
    [task] = office.desk.due_tasks()
    waiting = office.desk.run_task(task.id, worker="w1")

    assert (waiting.state, waiting.attempts) == (TaskState.WAITING, 0)
    assert waiting.next_at is not None
    assert waiting.next_at - office.clock.now <= timedelta(seconds=5)


def test_what_cannot_be_done_is_given_up_in_sight_and_tried_again_when_somebody_says_so(
    office: Office,
) -> None:
    case = begun(office)
    office.world.refuses = "policy-empty"
    office.run()
    [task] = [t for t in office.desk.case(case.number).tasks if t.kind == "carry out"]
    assert (task.state, task.reason) == (TaskState.FAILED, "policy-empty: plan P-1")
    assert [x.task for x in office.desk.my_tasks(ANNA) if x.state == "failed"] == [task.id]
    assert office.desk.figures().failed_tasks == 1
    office.world.refuses = ""
    office.desk.retry(task.id, actor=ANNA)
    office.run()

    assert office.desk.task(task.id).state is TaskState.DONE


def test_our_own_mistake_is_tried_again_and_visible(office: Office) -> None:
    begun(office)
    [task] = office.desk.due_tasks()
    from ordholden.cases import tasks

    tasks._taken(office.desk.corridor, [task.id], "w1")
    found = office.desk.task_failed(task.id, "KeyError", worker="w1")

    assert (found.state, found.reason) == (TaskState.WAITING, "KeyError")


def test_cases_that_are_due_together_are_one_plan(office: Office) -> None:
    from ordholden.cases.case import Who

    numbers = []
    for n in range(3):
        who = Who(name=f"Gæst {n}", email=f"g{n}@post.example")
        numbers.append(begun(office, who=who).number)
    other = begun(office, "access").number
    due = office.desk.due_tasks()
    assert [bool(t.together) for t in due] == [True, True, True, False]
    found = office.desk.run_tasks([t.id for t in due], worker="w1")

    assert office.world.together == [tuple(numbers)]
    assert sorted(office.world.carried_out) == sorted([*numbers, other])
    assert {t.state for t in found} == {TaskState.DONE}


def test_a_plan_beyond_the_limits_waits_for_a_second_person(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = begun(office)
    office.world.refuses = "approval-needed"
    office.run()
    waiting = office.desk.case(case.number).case
    assert (waiting.waits_for, waiting.plan) == ("plan", "P-1")
    assert "approve" in [x.what for x in office.desk.my_tasks(BO) if x.case == case.number]
    approved = []
    monkeypatch.setattr(
        type(office.desk.corridor), "approve", lambda _, plan, actor: approved.append((plan, actor))
    )
    with pytest.raises(Refusal, match="second-person"):
        office.desk.approve(case.number, actor=ANNA)
    office.world.refuses = ""
    office.desk.approve(case.number, actor=BO)
    office.run()

    assert approved == [("P-1", BO)]
    assert office.world.carried_out == [case.number]


def test_making_the_same_task_twice_makes_one(office: Office) -> None:
    from ordholden.cases.case import TaskKind
    from ordholden.cases.change import opened
    from ordholden.cases.right import Work
    from ordholden.cases.tasks import make

    case = ask(office)
    for _ in range(2):
        with opened(office.desk.corridor, case.number) as held:
            make(held, [Work(TaskKind.BY_HAND, "elsewhere:attic", "attic")])

    assert [t.key for t in office.desk.case(case.number).tasks] == ["elsewhere:attic"]


def test_recipients_are_told_and_those_without_an_address_by_hand(office: Office) -> None:
    office.world.recipients = ("laundry", "tourist office")
    case = begun(office)
    office.run()
    tell = {t.system: t for t in office.desk.case(case.number).tasks if t.key.startswith("tell:")}

    assert (tell["laundry"].state, tell["tourist office"].state) == (TaskState.DONE, TaskState.BY_HAND)
    [letter] = [m for m in office.desk.case(case.number).messages if m.kind == "recipient-told"]
    assert "Gæst Tre" in letter.body


def test_a_request_withdrawn_half_way_leaves_done_what_was_done_and_drops_the_rest(office: Office) -> None:
    case = begun(office)
    office.run()
    closed = office.desk.withdraw(case.number, actor="the person", reason="Fortrudt")
    tasks = office.desk.case(case.number).tasks

    assert (closed.state, closed.outcome, closed.open) == (State.CLOSED, "withdrawn", False)
    assert [t.state for t in tasks] == [TaskState.DONE, TaskState.DROPPED]
    assert office.desk.due_tasks() == ()
    assert "taget din anmodning tilbage" in office.desk.case(case.number).messages[-1].body
