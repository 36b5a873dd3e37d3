"""One pair of hands: goes from organisation to organisation, does what is due, and rests when nothing is.

Each has its own house, open for itself, because carrying out a plan closes and opens systems. What fails stays where it is,
with its reason and the time of the next try, and never stops the rest: not the next task, not the next organisation.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from ordholden.app import Organisation
from ordholden.app.house import House
from ordholden.cases.case import Task, TaskState
from ordholden.connectors.errors import SystemFailure
from ordholden.lang import say
from ordholden.problems import Refusal
from ordholden.worker import roster
from ordholden.worker.duty import DUTIES, Duty
from ordholden.worker.pauses import pause

__all__ = ["Hand"]

log = logging.getLogger("ordholden.work")

TASKS = 2_000
"""So many of an organisation's tasks are looked at in one visit: erasures among them that are alike become one plan."""
FAIR = 20
"""So many plans or single tasks before the next organisation has its turn."""


class Hand:
    """Works until `stopping` is set; what it has begun it brings to an end."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        stopping: threading.Event,
        duties: Sequence[Duty] = DUTIES,
        language: str = "en",
    ) -> None:
        self.name = name
        self.doing = ""
        self._folder, self._stopping, self._duties, self._language = folder, stopping, duties, language
        self._enlisted: set[int] = set()
        self._resting: dict[str, tuple[int, float]] = {}
        self._last = ""

    def work(self, *, rest: float = 0.25) -> None:
        """Rounds without end. After one that found nothing a rest: somebody at a desk waits for what they clicked, so it is
        short, and long enough that looking costs a tenth of the time."""
        with House(self._folder) as house:
            while not self._stopping.is_set():
                began = time.monotonic()
                if not self.round(house):
                    took = time.monotonic() - began
                    self._stopping.wait(min(max(rest, 10 * took), 2.0))

    def round(self, house: House) -> int:
        """Visits every organisation once; how much was done."""
        done = 0
        for name in house.names:
            if self._stopping.is_set():
                break
            if self._is_resting(name):
                continue
            try:
                done += self.visit(name, house.organisation(name))
                self._resting.pop(name, None)
            except Refusal as refusal:
                self._let_rest(name, self._said(refusal))
            except Exception as error:  # noqa: BLE001 – the worker's loop: one organisation's trouble is not the others'
                self._let_rest(name, _place_of(error))
        return done

    def visit(self, name: str, organisation: Organisation) -> int:
        """What is due in one organisation now."""
        store = organisation.store
        if id(store) not in self._enlisted:
            roster.enlist(store, self._duties)
            self._enlisted.add(id(store))
        done = 0
        for duty in roster.due(store, self._duties):
            if self._stopping.is_set():
                return done
            done += self._duty(name, organisation, duty)
        return done + self._tasks(name, organisation)

    # — duties —

    def _duty(self, name: str, organisation: Organisation, duty: Duty) -> int:
        store = organisation.store
        if not roster.take(store, duty, worker=self.name):
            return 0
        began = time.monotonic()
        try:
            with self._busy(f"{name}: {duty.name}"):
                came = duty.run(organisation)
        except (Refusal, SystemFailure, OSError) as error:
            self._failed(name, organisation, duty, self._reason(error))
        except Exception as error:  # noqa: BLE001 – the worker's loop: it is tried again, and says where it broke
            self._failed(name, organisation, duty, _place_of(error))
        else:
            roster.settle(store, duty, worker=self.name, came=came)
            if came:
                log.info("%s: %s, %.1f s, %s", name, duty.name, time.monotonic() - began, _facts(came))
        return 1

    def _failed(self, name: str, organisation: Organisation, duty: Duty, reason: str) -> None:
        state = roster.failed(organisation.store, duty, worker=self.name, reason=reason)
        if state is not None:
            log.warning(
                "%s: %s failed %d times, next %s: %s",
                name,
                duty.name,
                state.failures,
                f"{state.next_at:%Y-%m-%d %H:%M:%S}",
                reason,
            )

    # — tasks —

    def _tasks(self, name: str, organisation: Organisation) -> int:
        tasks = organisation.desk.due_tasks(TASKS)
        alike: dict[str, list[Task]] = {}
        for task in tasks:
            alike.setdefault(task.together or str(task.id), []).append(task)
        done = 0
        for group in list(alike.values())[:FAIR]:
            if self._stopping.is_set():
                break
            if len(group) > 1:
                done += self._together(name, organisation, group)
            else:
                done += self._one(name, organisation, group[0])
        return done

    def _together(self, name: str, organisation: Organisation, tasks: Sequence[Task]) -> int:
        """Many by one plan; where that breaks, one by one, so that one bad case keeps nobody waiting."""
        desk = organisation.desk
        try:
            with self._busy(f"{name}: {len(tasks)} tasks"):
                came = desk.run_tasks([t.id for t in tasks], worker=self.name)
        except Exception as error:  # noqa: BLE001 – the worker's loop: each is tried for itself
            log.warning("%s: %d tasks together: %s", name, len(tasks), self._reason(error))
            desk.let_go(self.name)
            return sum(self._one(name, organisation, t) for t in tasks if not self._stopping.is_set())
        return sum(self._told(name, task) for task in came)

    def _one(self, name: str, organisation: Organisation, task: Task) -> int:
        desk = organisation.desk
        try:
            with self._busy(f"{name}: {task.kind} of {task.case}"):
                came = desk.run_task(task.id, worker=self.name)
        except Exception as error:  # noqa: BLE001 – the worker's loop: it waits for its next try, and says why
            reason = self._reason(error)
            log.error("%s: %s of %s: %s", name, task.kind, task.case, reason)
            desk.task_failed(task.id, reason, worker=self.name)
            return 1
        return self._told(name, came)

    def _told(self, name: str, task: Task) -> int:
        if task.state is TaskState.RUNNING:
            return 0  # somebody else has it
        why = f", {task.reason}" if task.reason else ""
        log.info("%s: %s of %s is %s%s", name, task.kind, task.case, task.state, why)
        return 1

    # — what went wrong, said without a personal value —

    def _reason(self, error: Exception) -> str:
        match error:
            case Refusal():
                return self._said(error)
            case SystemFailure():
                return str(error)
            case OSError(strerror=str() as strerror):
                return strerror
            case _:
                return _place_of(error)

    def _said(self, refusal: Refusal) -> str:
        return " ".join(say(p.code, p.facts, self._language).says for p in refusal.problems)

    def _let_rest(self, name: str, reason: str) -> None:
        """Its store does not answer, or its files are wrong: it is visited again after a pause."""
        failures = self._resting.get(name, (0, 0.0))[0] + 1
        seconds = pause(failures).total_seconds() / 12  # 5 s, 25 s, 75 s, 5 min, …: nothing but a look
        self._resting[name] = (failures, time.monotonic() + min(seconds, 300.0))
        log.warning("%s: not visited for %.0f s: %s", name, min(seconds, 300.0), reason)

    def _is_resting(self, name: str) -> bool:
        return name in self._resting and time.monotonic() < self._resting[name][1]

    def _busy(self, what: str) -> _Busy:
        return _Busy(self, what)


class _Busy:
    """While it lasts, the hand says what it is doing; that is whom a clean stop waits for."""

    def __init__(self, hand: Hand, what: str) -> None:
        self._hand, self._what = hand, what

    def __enter__(self) -> None:
        self._hand.doing = self._what

    def __exit__(self, *_: object) -> None:
        self._hand.doing = ""


def _facts(came: Mapping[str, object]) -> str:
    return ", ".join(f"{k} {v}" for k, v in came.items())


def _place_of(error: BaseException) -> str:
    """Where in our code it happened. Its words could quote a value."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = next((f for f in reversed(frames) if "ordholden" in f.filename), frames[-1] if frames else None)
    place = f" ({Path(ours.filename).name}:{ours.lineno} {ours.name})" if ours else ""
    return f"{type(error).__name__}{place}"
