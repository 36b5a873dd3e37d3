"""A thousand people asked to be erased, all are decided, and the night comes: how long one takes among them, and alone.

On an example company as `make run` has it: its files of SQLite, its store, the worker's own hand. What is measured is the
carrying out, each case's own record of it with it; that they were opened and decided before is not counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

from bench.measure import Bar, Measured, Wrong
from bench.place import Place
from examples import generate
from ordholden.app import Organisation, open_organisation, today
from ordholden.cases.case import Task, TaskKind, TaskState
from ordholden.plans.book import PlanState
from ordholden.worker.hand import Hand
from tests.worker.erasing import customers, decided_erasures, settled_past

__all__ = ["night"]

ALONE = 10
MOST = 1_000
SHARE = 0.5


def night(place: Place) -> Iterator[Measured]:
    folder = place.folder / "night" / "clienti"
    cases = min(MOST, place.sizes.people // 100)
    generate("clienti", folder, people=3 * (cases + ALONE), on=today())
    with open_organisation(folder) as organisation:
        settled_past(organisation)
        found = customers(organisation, 2 * (cases + ALONE))
        alone = [_carried_out(organisation, [one]) for one in found[:ALONE]]
        seconds, done = _carried_out(organisation, found[ALONE : ALONE + 2 * cases])
        plans = [k for k in organisation.plans() if k.plan.scope.of_people]
    if any(kept.state is not PlanState.VERIFIED for kept in plans):
        raise Wrong(f"plans are {', '.join(sorted({k.state.value for k in plans}))}")
    one = sum(took for took, _ in alone) / max(1, sum(n for _, n in alone))
    what = f"a case of {done:,} in {len(plans) - sum(n for _, n in alone)} plans, against one alone"
    yield Measured("night", what, seconds / done, one, seconds / done / one, Bar(SHARE))


def _carried_out(organisation: Organisation, addresses: Sequence[str]) -> tuple[float, int]:
    """Seconds for all that was due, and how many cases that was."""
    numbers = decided_erasures(organisation, list(addresses))
    hand = Hand(organisation.folder, name="night", stopping=threading.Event(), duties=())
    begin = time.perf_counter()
    while any(_waits(t) for t in organisation.desk.due_tasks(MOST)):
        hand.visit("clienti", organisation)
    took = time.perf_counter() - begin
    for number in numbers:
        (task,) = (t for t in organisation.desk.case(number).tasks if t.kind is TaskKind.CARRY_OUT)
        if task.state is not TaskState.DONE:
            raise Wrong(f"{number} is {task.state.value}: {task.reason}")
    return took, len(numbers)


def _waits(task: Task) -> bool:
    return task.kind is TaskKind.CARRY_OUT
