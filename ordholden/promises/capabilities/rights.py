"""`rights`: each right that the policy promises is a case that is really carried out, and answered in time.

Each is tried in memory on some people who are there, on the road that a case takes; what was asked for and carried out is
counted. A case that is late, or whose deed was given up, breaks the promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ordholden.cases.case import State as CaseState
from ordholden.cases.case import TaskState
from ordholden.cases.right import rights
from ordholden.cases.rows import cases_of, tasks_of
from ordholden.promises.capabilities import access, erasure, portability, rectification, restriction
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State, combined

NAME = "rights"

_ROADS = (access, rectification, erasure, restriction, portability)


def proof(keeping: Keeping) -> Proof:
    tried = combined(road.proof(keeping) for road in _ROADS)
    evidence = (Evidence.of("rights-there", rights=len(rights())), *_carried_out(keeping), *tried.evidence)
    trouble = tuple(_trouble(keeping))
    if trouble:
        return Proof(State.BROKEN, (*trouble, *evidence), next=keeping.look.on)
    return Proof(tried.state, evidence, since=tried.since, next=tried.next)


def _carried_out(keeping: Keeping) -> Iterator[Evidence]:
    """Per right, the cases that were answered."""
    closed = cases_of(keeping.look.book.store).filter(state=CaseState.CLOSED.value)
    for right, cases in sorted(Counter(closed.values_list("right", flat=True)).items()):
        yield Evidence.of("rights-carried-out", right=right, cases=cases)


def _trouble(keeping: Keeping) -> Iterator[Evidence]:
    store, on = keeping.look.book.store, keeping.look.on
    late = cases_of(store).filter(open=True, legal__lt=on, paused_since=None).count()
    if late:
        yield Evidence.of("cases-late", cases=late)
    given_up = tasks_of(store).filter(state=TaskState.FAILED.value).count()
    if given_up:
        yield Evidence.of("tasks-given-up", tasks=given_up)
