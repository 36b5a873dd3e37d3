"""What has to be done for a case, by the machine or by hand; each thing once, whatever dies in between.

A task is made under a key that is unique in its case, so making it again makes none. Whoever runs it holds a lease that
runs out by itself; the work is done outside any transaction and may be repeated without harm; what came of it is written
only while the lease still is ours. What the world does (a system is down, another plan runs) means waiting, with growing
pauses and the reason in sight, for as long as it takes. What we cannot do is given up and shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ordholden.cases import dispatch, handover
from ordholden.cases.case import Case, Decision, Outcome, State, Task, TaskKind, TaskState
from ordholden.cases.change import Opened, attach, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.right import Done, Right, Work, right_of
from ordholden.cases.rows import (
    case_of,
    cases_of,
    decision_of,
    sealed_text,
    task_of,
    tasks_of,
    unsealed_text,
)
from ordholden.connectors.errors import SystemFailure
from ordholden.policy.document import OnRequest
from ordholden.policy.requests import Partner
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.cases.models import TaskRow

__all__ = [
    "as_it_stands",
    "carry_out",
    "done_by_hand",
    "due_tasks",
    "failed",
    "go_on",
    "let_go",
    "make",
    "renew",
    "retry",
    "run",
    "run_many",
    "stuck_tasks",
]

LEASE = timedelta(seconds=60)
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
"""After the last of them every day, without end."""
BUSY = timedelta(seconds=5)
BY_HAND_DAYS = 7
FAILING = "failing"
"""The step of a task that says since when it can't be done."""
_WORLD = ("system-unreachable", "own-records", "schema-changed", "plan-outdated")
_MACHINE = (
    TaskKind.CARRY_OUT,
    TaskKind.TELL_RECIPIENT,
    TaskKind.HAND_OVER,
    TaskKind.LIFT,
    TaskKind.TELL_PARTNER,
)


# — making —


def carry_out(corridor: Corridor, number: str, *, actor: str) -> Case:
    """Makes the tasks of what was decided. Where there is nothing to do, the answer is next."""
    with opened(corridor, number) as case:
        decision = decision_of(case.store, case.row)
        if decision is None or not case.row.decided_by or case.row.waits_for:
            raise Refusal.of("undecided", case=number)
        right = right_of(case.row.right)
        if decision.outcome in (Outcome.NOTHING_FOUND, Outcome.REFUSED):
            case.move("nothing to do")
        else:
            case.move("carry out")
            make(case, [Work(TaskKind.CARRY_OUT, "carry out"), *_elsewhere(case, right)])
            _group(case, right, decision)
        case.record("request:carrying:begun", actor=actor, outcome=decision.outcome.value)
        return case.case


def _elsewhere(case: Opened, right: Right) -> Iterable[Work]:
    """Where no connector reaches, a person sees to it, field by field."""
    if not right.needs_person or right.at_once:
        return
    for place in case.corridor.policy.requests.elsewhere.values():
        yield Work(TaskKind.BY_HAND, f"elsewhere:{place.name}", place.name, place.data or ("everything",))


def _group(case: Opened, right: Right, decision: Decision) -> None:
    """Tasks that one plan can do together are marked alike."""
    if right.carry_out_many is None:
        return
    # What stays unless somebody decides otherwise says nothing about whom it goes together with.
    chosen = [
        (activity, word)
        for activity, word in sorted(decision.decided.items())
        if word != OnRequest.STAYS.value or not _left_open(case, activity)
    ]
    word = case.store.digest(right.code, json.dumps(chosen), use="together")
    tasks_of(case.store).filter(case=case.row, key="carry out").update(together=word)


def _left_open(case: Opened, activity: str) -> bool:
    """The law leaves it to somebody; until they say, it stays."""
    known = case.corridor.policy.activities.get(activity)
    return known is not None and known.on_request is OnRequest.DECIDE


def make(case: Opened, works: Iterable[Work]) -> None:
    """Tasks of the case; those that are there already stay as they are."""
    from ordholden.cases.models import TaskRow

    now = case.store.now()
    TaskRow.objects.using(case.store.alias).bulk_create(
        [
            TaskRow(
                organisation=case.store.organisation,
                case=case.row,
                kind=work.kind.value,
                key=work.key,
                system=work.system,
                state=(TaskState.WAITING if work.kind in _MACHINE else TaskState.BY_HAND).value,
                due=min(case.on + timedelta(days=BY_HAND_DAYS), case.row.due),
                next_at=now if work.kind in _MACHINE else None,
                fields=list(work.fields or (("done",) if work.kind not in _MACHINE else ())),
            )
            for work in works
        ],
        ignore_conflicts=True,
    )


# — taking —


def due_tasks(corridor: Corridor, limit: int) -> tuple[Task, ...]:
    """What a machine may do now, the longest waiting first."""
    rows = _ready(corridor).select_related("case").order_by("next_at", "id")[:limit]
    return tuple(task_of(corridor.store, row, row.case.number) for row in rows)


def stuck_tasks(corridor: Corridor, limit: int) -> tuple[Task, ...]:
    """What was tried and could not be done yet, and what was given up; the longest tried first."""
    from django.db.models import Q

    tried = Q(state=TaskState.WAITING.value, next_at__isnull=False) & ~Q(reason="")
    rows = tasks_of(corridor.store).filter(tried | Q(state=TaskState.FAILED.value))
    found = rows.select_related("case").order_by("id")[:limit]
    return tuple(task_of(corridor.store, row, row.case.number) for row in found)


def _ready(corridor: Corridor):  # type: ignore[no-untyped-def]
    from django.db.models import Q

    now = corridor.store.now()
    waiting = Q(state=TaskState.WAITING.value, next_at__lte=now)
    abandoned = Q(state=TaskState.RUNNING.value, leased_until__lt=now)
    return tasks_of(corridor.store).filter(waiting | abandoned)


def _taken(corridor: Corridor, ids: Sequence[int], worker: str) -> list[TaskRow]:
    """Those of the tasks that were free, now ours. Of two who want one, the other passes on."""
    from django.db import connections

    store = corridor.store
    skips = connections[store.alias].features.has_select_for_update_skip_locked
    with store.transaction():
        free = (
            _ready(corridor)
            .filter(pk__in=ids)
            .select_for_update(skip_locked=skips, of=("self",) if skips else ())
        )
        rows = list(free.order_by("id"))
        now = store.now()
        for row in rows:
            row.state, row.leased_by = TaskState.RUNNING.value, worker
            row.leased_until, row.attempts = now + LEASE, row.attempts + 1
            row.save(using=store.alias)
        return rows


def renew(corridor: Corridor, worker: str) -> int:
    """A long piece of work keeps its lease as long as its worker lives."""
    until = corridor.store.now() + LEASE
    mine = tasks_of(corridor.store).filter(leased_by=worker, state=TaskState.RUNNING.value)
    return mine.update(leased_until=until)


def let_go(corridor: Corridor, worker: str) -> int:
    """A worker that stops gives back what it holds."""
    mine = tasks_of(corridor.store).filter(leased_by=worker, state=TaskState.RUNNING.value)
    return mine.update(
        state=TaskState.WAITING.value, next_at=corridor.store.now(), leased_by="", leased_until=None
    )


# — doing —


def run(corridor: Corridor, task: int, *, worker: str) -> Task:
    """Takes the task unless somebody holds it, does it, and writes what came of it."""
    taken = _taken(corridor, [task], worker)
    for row in taken:
        _run(corridor, row, worker)
    return as_it_stands(corridor, task)


def run_many(corridor: Corridor, tasks: Sequence[int], *, worker: str) -> tuple[Task, ...]:
    """Those that one plan can do are done by one plan; the others one by one."""
    groups: dict[str, list[TaskRow]] = {}
    for row in _taken(corridor, tasks, worker):
        groups.setdefault(row.together or f"alone {row.pk}", []).append(row)
    for rows in groups.values():
        if len(rows) == 1 or not _run_together(corridor, rows, worker):
            for row in rows:
                _run(corridor, row, worker)
    found = {r.pk: r for r in tasks_of(corridor.store).filter(pk__in=tasks).select_related("case")}
    return tuple(task_of(corridor.store, found[t], found[t].case.number) for t in tasks if t in found)


def as_it_stands(corridor: Corridor, task: int) -> Task:
    row = tasks_of(corridor.store).filter(pk=task).select_related("case").first()
    if row is None:
        raise Refusal.of("task-unknown", task=task)
    return task_of(corridor.store, row, row.case.number)


def _run(corridor: Corridor, row: TaskRow, worker: str) -> None:
    try:
        _DEEDS[TaskKind(row.kind)](corridor, row, worker)
    except SystemFailure as failure:
        _wait(corridor, row, worker, f"{failure.system}: {failure.reason}")
    except OSError as failure:
        _wait(corridor, row, worker, failure.strerror or type(failure).__name__)
    except Refusal as refusal:
        _refused(corridor, row, worker, refusal)


def _refused(corridor: Corridor, row: TaskRow, worker: str, refusal: Refusal) -> None:
    problem = refusal.problems[0]
    facts = ", ".join(f"{k} {v}" for k, v in problem.facts.items())
    reason = f"{problem.code}: {facts}" if facts else problem.code
    if problem.code == "apply-busy":
        _wait(corridor, row, worker, reason, pause=BUSY, counts=False)
    elif problem.code == "approval-needed":
        _wait_for_second(corridor, row, worker, problem.facts.get("plan", ""), reason)
    elif problem.code in _WORLD:
        _wait(corridor, row, worker, reason)
    else:
        _settle(corridor, row, worker, lambda _, task: _give_up(task, reason))


def _give_up(task: TaskRow, reason: str) -> None:
    task.state, task.reason, task.next_at = TaskState.FAILED.value, reason, None


def failed(corridor: Corridor, task: int, reason: str, *, worker: str) -> Task:
    """What went wrong was our own mistake: tried again like the rest, and visible."""
    row = tasks_of(corridor.store).filter(pk=task).select_related("case").first()
    if row is None:
        raise Refusal.of("task-unknown", task=task)
    _wait(corridor, row, worker, reason)
    return as_it_stands(corridor, task)


def _wait(
    corridor: Corridor,
    row: TaskRow,
    worker: str,
    reason: str,
    *,
    pause: timedelta | None = None,
    counts: bool = True,
) -> None:
    def waits(case: Opened, task: TaskRow) -> None:
        if not counts:
            task.attempts -= 1
        length = pause or PAUSES[min(max(task.attempts, 1), len(PAUSES)) - 1]
        if task.reason != reason and counts:
            case.record("request:task:waits", actor="ordholden", task=task.key, note=reason)
        task.state, task.reason = TaskState.WAITING.value, reason
        task.next_at = corridor.store.now() + length
        if counts:
            task.steps = {FAILING: corridor.store.now().isoformat(), **task.steps}

    _settle(corridor, row, worker, waits)


def _wait_for_second(corridor: Corridor, row: TaskRow, worker: str, plan: str, reason: str) -> None:
    def waits(case: Opened, task: TaskRow) -> None:
        task.state, task.reason, task.next_at = TaskState.WAITING.value, reason, None
        case.row.waits_for, case.row.plan = "plan", plan
        case.row.proposed_by = case.row.decided_by.split(", ")[0]
        case.record("request:plan:waits", actor="ordholden", plan=plan)

    _settle(corridor, row, worker, waits)


def go_on(case: Opened) -> None:
    """What waited for the second person may be done now."""
    waiting = tasks_of(case.store).filter(case=case.row, state=TaskState.WAITING.value, next_at=None)
    waiting.exclude(kind=TaskKind.AWAIT_ANSWER.value).update(next_at=case.store.now())


def _settle(corridor: Corridor, row: TaskRow, worker: str, change: Callable[[Opened, TaskRow], None]) -> bool:
    """Writes what came of it, while the lease still is ours."""
    with opened(corridor, row.case.number) as case:
        task = tasks_of(corridor.store).select_for_update().get(pk=row.pk)
        if task.state != TaskState.RUNNING.value or task.leased_by != worker:
            return False
        task.leased_by, task.leased_until = "", None
        change(case, task)
        task.save(using=corridor.store.alias)
        _finished(case)
        return True


def _case(corridor: Corridor, row: TaskRow) -> tuple[Case, Decision]:
    fresh = cases_of(corridor.store).get(pk=row.case_id)
    decision = decision_of(corridor.store, fresh)
    if decision is None:
        raise Refusal.of("undecided", case=fresh.number)
    return case_of(corridor.store, fresh), decision


def _carry_out(corridor: Corridor, row: TaskRow, worker: str) -> None:
    case, decision = _case(corridor, row)
    right = right_of(case.right)
    done = right.carry_out(case, decision, corridor)
    _keep(corridor, row, worker, right, done)


def _keep(corridor: Corridor, row: TaskRow, worker: str, right: Right, done: Done) -> None:
    if not done.settled:
        _wait(corridor, row, worker, done.reason)
        return
    case, decision = _case(corridor, row)
    wrong = right.verify(case, decision, corridor)

    def settled(opened_case: Opened, task: TaskRow) -> None:
        _registered(opened_case, done)
        make(opened_case, [*done.still, *_recipients(opened_case, right, decision)])
        if wrong:
            _give_up(task, ", ".join(wrong))
            return
        _done(task, "ordholden", opened_case.store.now())
        opened_case.record("request:task:done", actor="ordholden", task=task.key, plan=done.plan)

    _settle(corridor, row, worker, settled)


def _registered(case: Opened, done: Done) -> None:
    """What was done, for the answer: the plan, the entries in registers, the files for the person."""
    case.row.plan = done.plan or case.row.plan
    files = attach(case, done.files, incoming=False)
    case.know(
        done={**case.content.done, **done.facts},
        registered=tuple(dict.fromkeys((*case.content.registered, *done.entries))),
        files=(*case.content.files, *files),
    )


def _recipients(case: Opened, right: Right, decision: Decision) -> Iterable[Work]:
    """Whoever was given the data is told (GDPR art. 19): by mail where the policy knows an address, else by hand."""
    if not right.tells_recipients:
        return
    for name in decision.recipients:
        reached = handover.partner(case.corridor, name)
        kind = TaskKind.TELL_RECIPIENT if reached and reached.email else TaskKind.BY_HAND
        yield Work(kind, f"tell:{name}", name, ("told",) if kind is TaskKind.BY_HAND else ())


def _done(task: TaskRow, actor: str, at: datetime) -> None:
    task.state, task.reason, task.next_at = TaskState.DONE.value, "", None
    task.steps = {step: when for step, when in task.steps.items() if step != FAILING}
    task.done_at, task.done_by = at, actor


def _tell(corridor: Corridor, row: TaskRow, worker: str) -> None:
    def told(case: Opened, task: TaskRow) -> None:
        handover.tell_recipient(case, task.system)
        _done(task, "ordholden", case.store.now())
        case.record("request:recipient:told", actor="ordholden", recipient=task.system)

    _settle(corridor, row, worker, told)


def _hand_over(corridor: Corridor, row: TaskRow, worker: str) -> None:
    """To their installation, where they have one; by mail where they have none, or it does not take it."""
    found = handover.partner(corridor, row.system)
    if found is not None and found.endpoint:
        if not _written_down(corridor, row, found, worker):
            return
        try:
            number = dispatch.deliver(corridor, row.case, row.key)
        except (SystemFailure, Refusal) as trouble:
            if not found.email or not (isinstance(trouble, Refusal) or row.attempts >= handover.MAIL_AFTER):
                _unreached(corridor, row, worker, trouble)
                raise
        else:

            def taken(case: Opened, task: TaskRow) -> None:
                handover.sent_over(case, task, number)
                _done(task, "ordholden", case.store.now())

            _settle(corridor, row, worker, taken)
            return

    def sent(case: Opened, task: TaskRow) -> None:
        handover.send(case, task)
        _done(task, "ordholden", case.store.now())

    _settle(corridor, row, worker, sent)


def _written_down(corridor: Corridor, row: TaskRow, to: Partner, worker: str) -> bool:
    """Before it is sent. False where the task is not ours any more: the case was withdrawn in this moment."""
    if dispatch.is_written(corridor, row.case, row.key):
        return True
    with opened(corridor, row.case.number) as case:
        task = tasks_of(corridor.store).select_for_update().get(pk=row.pk)
        if task.state != TaskState.RUNNING.value or task.leased_by != worker:
            return False
        dispatch.ask(case, to, row.key)
        return True


def _tell_partner(corridor: Corridor, row: TaskRow, worker: str) -> None:
    """Written down already; they say that they have it."""
    try:
        number = dispatch.deliver(corridor, row.case, row.key)
    except (SystemFailure, Refusal) as trouble:
        _unreached(corridor, row, worker, trouble)
        raise

    def told(case: Opened, task: TaskRow) -> None:
        dispatch.settled(case, task, number)
        _done(task, "ordholden", case.store.now())
        case.record("request:partner:told", actor="ordholden", to=task.system, task=task.key)

    _settle(corridor, row, worker, told)


def _unreached(corridor: Corridor, row: TaskRow, worker: str, trouble: SystemFailure | Refusal) -> None:
    """Somebody is told once: when they will not have it, or have not taken it after so many tries."""
    if not isinstance(trouble, Refusal) and row.attempts != handover.MAIL_AFTER:
        return
    with opened(corridor, row.case.number) as case:
        task = tasks_of(corridor.store).select_for_update().get(pk=row.pk)
        if task.leased_by == worker:
            reason = trouble.reason if isinstance(trouble, SystemFailure) else trouble.problems[0].code
            handover.unreached(case, task, reason)


def _lift(corridor: Corridor, row: TaskRow, worker: str) -> None:
    """A restriction is lifted once the person has been told so (GDPR art. 18(3)): the letter is in the post by then."""
    corridor.lift(row.system, reason=row.key, actor="ordholden", told_on=corridor.today())

    def lifted(case: Opened, task: TaskRow) -> None:
        _done(task, "ordholden", case.store.now())
        case.record("request:restriction:lifted", actor="ordholden", restriction=task.system)

    _settle(corridor, row, worker, lifted)


_DEEDS: Mapping[TaskKind, Callable[[Corridor, TaskRow, str], None]] = {
    TaskKind.CARRY_OUT: _carry_out,
    TaskKind.TELL_RECIPIENT: _tell,
    TaskKind.HAND_OVER: _hand_over,
    TaskKind.LIFT: _lift,
    TaskKind.TELL_PARTNER: _tell_partner,
}


def _run_together(corridor: Corridor, rows: Sequence[TaskRow], worker: str) -> bool:
    """One plan for all of them. False where that cannot be: then each is done alone, and says for itself what is wrong."""
    pairs = [_case(corridor, row) for row in rows]
    right = right_of(pairs[0][0].right)
    if right.carry_out_many is None:
        return False
    try:
        found = right.carry_out_many(pairs, corridor)
    except SystemFailure as failure:
        for row in rows:
            _wait(corridor, row, worker, f"{failure.system}: {failure.reason}")
        return True
    except Refusal as refusal:
        if refusal.problems[0].code != "apply-busy":
            return False
        for row in rows:
            _refused(corridor, row, worker, refusal)
        return True
    for row, done in zip(rows, found, strict=True):
        _keep(corridor, row, worker, right, done)
    return True


# — by hand —


def done_by_hand(corridor: Corridor, task: int, *, receipts: Mapping[str, str], actor: str) -> Task:
    """Somebody did it, and says so for each field. A field without a receipt is not done."""
    row = tasks_of(corridor.store).filter(pk=task).select_related("case").first()
    if row is None:
        raise Refusal.of("task-unknown", task=task)
    with opened(corridor, row.case.number) as case:
        held = tasks_of(corridor.store).select_for_update().get(pk=task)
        if held.state not in (TaskState.BY_HAND.value, TaskState.FAILED.value):
            raise Refusal.of("task-not-by-hand", task=task, state=held.state)
        unknown = [f for f in receipts if f and f not in held.fields]
        if unknown:
            raise Refusal.of("task-field", field=", ".join(unknown), fields=", ".join(held.fields))
        known: dict[str, str] = json.loads(unsealed_text(case.store, held.receipts) or "{}")
        known.update({f: text.strip() for f, text in receipts.items() if text.strip()})
        held.receipts = sealed_text(case.store, json.dumps(known))
        missing = [f for f in held.fields if f not in known]
        if not missing:
            _done(held, actor, case.store.now())
            case.record("request:task:done", actor=actor, task=held.key, fields=len(held.fields))
        else:
            case.record("request:task:receipted", actor=actor, task=held.key, missing=len(missing))
        held.save(using=case.store.alias)
        if held.key.startswith("post:"):
            _posted(case, held)
        _finished(case)
    return as_it_stands(corridor, task)


def _posted(case: Opened, task: TaskRow) -> None:
    from ordholden.cases.models import MessageRow

    ours = MessageRow.objects.using(case.store.alias).filter(
        case=case.row, pk=int(task.key.partition(":")[2])
    )
    ours.update(delivery="posted")


def retry(corridor: Corridor, task: int, *, actor: str) -> Task:
    """What was given up, or waits for long, is tried now."""
    row = tasks_of(corridor.store).filter(pk=task).select_related("case").first()
    if row is None:
        raise Refusal.of("task-unknown", task=task)
    with opened(corridor, row.case.number) as case:
        held = tasks_of(corridor.store).select_for_update().get(pk=task)
        if held.state not in (TaskState.FAILED.value, TaskState.WAITING.value) or case.row.waits_for:
            raise Refusal.of("task-not-retried", task=task, state=held.state)
        held.state, held.next_at = TaskState.WAITING.value, case.store.now()
        held.save(using=case.store.alias)
        case.record("request:task:retried", actor=actor, task=held.key)
    return as_it_stands(corridor, task)


# — the end of all tasks —


_OVER = (TaskState.DONE.value, TaskState.DROPPED.value)


def _finished(case: Opened) -> None:
    """When the last task is done the answer is next. A letter to be posted does not hold the answer up."""
    if case.state is not State.CARRYING_OUT:
        return
    ours = tasks_of(case.store).filter(case=case.row)
    if not ours.filter(key="carry out", state=TaskState.DONE.value).exists():
        return
    left = ours.exclude(state__in=_OVER).exclude(kind=TaskKind.TELL_PARTNER.value)
    if left.exclude(key__startswith="post:").exists():
        return
    case.move("carried out")
    case.row.needs_staff = True
    case.record("request:carrying:done", actor="ordholden")


def drop(case: Opened) -> int:
    """What has not been done for a case that is over is not done any more."""
    left = tasks_of(case.store).filter(case=case.row).exclude(state__in=_OVER)
    return left.exclude(key__startswith="post:").update(
        state=TaskState.DROPPED.value, next_at=None, leased_by="", leased_until=None
    )
