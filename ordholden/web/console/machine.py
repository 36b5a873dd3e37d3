"""The state of the machine: is anybody at work in the background, which letters did not arrive, which systems are down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ordholden.cases.case import Task, TaskState
from ordholden.problems import Refusal
from ordholden.staff import Deed
from ordholden.web.console.pages import shown
from ordholden.web.visit import Visit, for_staff
from ordholden.web.words import spoken
from ordholden.worker.standing import standing

__all__ = ["letter", "machine"]

SHOWN = 10


@dataclass(frozen=True)
class Stuck:
    """Tasks that the same thing keeps from being done: the same reason, the same system."""

    tasks: tuple[Task, ...]

    @property
    def reason(self) -> str:
        return self.tasks[0].reason

    @property
    def since(self) -> datetime | None:
        return min((task.failing_since for task in self.tasks if task.failing_since), default=None)

    @property
    def next_at(self) -> datetime | None:
        return min((task.next_at for task in self.tasks if task.next_at), default=None)

    @property
    def first(self) -> tuple[Task, ...]:
        return self.tasks[:SHOWN]

    @property
    def others(self) -> int:
        return len(self.tasks) - len(self.first)

    @property
    def given_up(self) -> bool:
        return self.tasks[0].state is TaskState.FAILED


@require_safe
@for_staff(Deed.SEE_FIGURES)
def machine(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return shown(
        request,
        "machine",
        standing=standing(visit.organisation.store),
        letters=visit.desk.letters_in_trouble(),
        stuck=_alike(visit.desk.stuck_tasks()),
        may_settle=visit.may(Deed.WORK_CASES),
    )


def _alike(tasks: Iterable[Task]) -> tuple[Stuck, ...]:
    found: dict[tuple[str, str, str, str], list[Task]] = {}
    for task in tasks:
        found.setdefault((task.state, task.kind, task.system, task.reason), []).append(task)
    return tuple(Stuck(tuple(alike)) for alike in found.values())


@require_POST
@for_staff(Deed.WORK_CASES)
def letter(request: HttpRequest, visit: Visit, letter: int) -> HttpResponseBase:
    """Somebody found out that it arrived; or wants it sent again."""
    arrived = request.POST.get("arrived") == "yes"
    try:
        visit.desk.settle_letter(letter, arrived=arrived, actor=visit.actor)
    except Refusal as refusal:
        for problem in refusal.problems:
            said = spoken().problem(problem)
            messages.error(request, f"{said.says} {said.do}".strip())
    else:
        messages.success(request, spoken()(f"console_done:letter-{'arrived' if arrived else 'again'}"))
    return redirect("console-machine", visit.slug)
