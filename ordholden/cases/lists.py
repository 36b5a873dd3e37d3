"""Cases as lists, tasks and figures: each a fixed number of questions, however many cases there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ordholden import identifiers
from ordholden.cases.case import (
    Case,
    CaseFile,
    Figures,
    Page,
    RightFigures,
    State,
    TaskKind,
    TaskLine,
    TaskState,
)
from ordholden.cases.change import contact_digest
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import (
    case_of,
    cases_of,
    content_of,
    day_of,
    decision_of,
    document_of,
    entry_of,
    message_of,
    task_of,
    tasks_of,
)
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.cases.models import CaseRow

__all__ = ["case_file", "cases", "figures", "my_tasks"]

LARGEST = 500
_YEAR = timedelta(days=365)


def case_file(corridor: Corridor, number: str) -> CaseFile:
    """Everything about one case: five questions, and one more for each kind of thing it has."""
    store = corridor.store
    row = (
        cases_of(store)
        .filter(number=number.strip())
        .prefetch_related("entries", "tasks", "messages", "documents")
        .first()
    )
    if row is None:
        raise Refusal.of("case-unknown", case=number)
    return CaseFile(
        case=case_of(store, row),
        entries=tuple(entry_of(store, e) for e in sorted(row.entries.all(), key=_by_id)),
        tasks=tuple(task_of(store, t, row.number) for t in sorted(row.tasks.all(), key=_by_id)),
        messages=tuple(message_of(store, m) for m in sorted(row.messages.all(), key=_by_id)),
        documents=tuple(document_of(store, d) for d in sorted(row.documents.all(), key=_by_id)),
        decision=decision_of(store, row),
    )


def _by_id(row) -> int:  # type: ignore[no-untyped-def]
    return int(row.pk)


def cases(
    corridor: Corridor,
    *,
    states: Sequence[State] = (),
    right: str = "",
    owner: str = "",
    due_before: date | None = None,
    words: str = "",
    asked_by: int = 0,
    after: str = "",
    size: int = 50,
) -> Page[Case]:
    """A page by keys: the soonest due first, and the next page begins after the last line of this one."""
    store = corridor.store
    found = cases_of(store)
    if states:
        found = found.filter(state__in=[s.value for s in states])
        if State.CLOSED not in states:
            found = found.filter(open=True)
    elif not words and not asked_by:
        found = found.filter(open=True)
    if asked_by:
        found = found.filter(asked_by=asked_by)
    if right:
        found = found.filter(right=right)
    if owner:
        found = found.filter(owner=owner)
    if due_before:
        found = found.filter(due__lt=due_before)
    if words.strip():
        found = _answering_to(corridor, found, words.strip())
    if after:
        found = _after(found, after)
    wanted = max(1, min(size, LARGEST))
    rows = list(found.order_by("due", "id")[: wanted + 1])
    on = day_of(store)
    more = len(rows) > wanted
    last = rows[wanted - 1] if more else None
    return Page(
        tuple(case_of(store, row, on) for row in rows[:wanted]),
        f"{last.due.isoformat()}:{last.pk}" if last else "",
    )


def _answering_to(corridor: Corridor, found: QuerySet[CaseRow], words: str) -> QuerySet[CaseRow]:
    """By number, or by something that somebody in the case is known by, in full."""
    if words[:4].isdigit() and words[4:5] == "-":
        return found.filter(number__startswith=words)
    kind, colon, value = words.partition(":")
    tried = [(kind, value)] if colon else [("email", words), ("phone", words)]
    tried += [] if colon else [(k, words) for k in identifiers.KINDS if k not in ("email", "phone")]
    digests = {d for k, v in tried for d in contact_digest(corridor, k.strip(), v.strip())}
    return found.filter(pk__in=_with_contact(corridor, digests))


def _with_contact(corridor: Corridor, digests: set[str]):  # type: ignore[no-untyped-def]
    from ordholden.cases.models import ContactRow

    ours = ContactRow.objects.using(corridor.store.alias).filter(organisation=corridor.store.organisation)
    return ours.filter(digest__in=sorted(digests)).values("case_id")


def _after(found: QuerySet[CaseRow], after: str) -> QuerySet[CaseRow]:
    from django.db.models import Q

    day, _, key = after.partition(":")
    try:
        due = date.fromisoformat(day)
        number = int(key)
    except ValueError:
        raise Refusal.of("page-unknown", after=after) from None
    return found.filter(due__gte=due).filter(Q(due__gt=due) | Q(id__gt=number))


def my_tasks(corridor: Corridor, actor: str, *, days: int, size: int) -> tuple[TaskLine, ...]:
    """What awaits somebody: their own cases and those that nobody has taken. Two questions."""
    on = day_of(corridor.store)
    horizon = on + timedelta(days=days)
    lines = [
        *_case_lines(corridor, actor, on, horizon, size),
        *_task_lines(corridor, actor, on, horizon, size),
    ]
    return tuple(sorted(lines, key=lambda x: (not x.overdue, x.due, x.case, x.task or 0))[:size])


def _case_lines(corridor: Corridor, actor: str, on: date, horizon: date, size: int) -> list[TaskLine]:
    from django.db.models import Q

    store = corridor.store
    mine = Q(owner="") | Q(owner=actor)
    near = Q(due__lte=horizon) | Q(needs_staff=True)
    to_approve = ~Q(waits_for="") & ~Q(proposed_by=actor)
    rows = cases_of(store).filter(open=True).filter((mine & near & Q(waits_for="")) | to_approve)
    return [
        TaskLine(
            case=row.number,
            right=row.right,
            what=_what(row),
            due=row.due,
            overdue=row.due < on,
            state=row.state,
            name=content_of(store, row).who.name,
        )
        for row in rows.order_by("due", "id")[:size]
    ]


def _what(row: CaseRow) -> str:
    if row.waits_for:
        return "approve"
    if row.needs_staff and row.version > 1:
        return "message"
    return {State.IDENTIFYING.value: "identity", State.HANDED_OVER.value: "await answer"}.get(
        row.state, "answer"
    )


def _task_lines(corridor: Corridor, actor: str, on: date, horizon: date, size: int) -> list[TaskLine]:
    from django.db.models import Q

    store = corridor.store
    by_hand = Q(state=TaskState.BY_HAND.value, due__lte=horizon) | Q(state=TaskState.FAILED.value)
    rows = (
        tasks_of(store)
        .filter(by_hand)
        .exclude(kind=TaskKind.AWAIT_ANSWER.value)
        .filter(Q(case__owner="") | Q(case__owner=actor))
        .select_related("case")
        .order_by("due", "id")[:size]
    )
    return [
        TaskLine(
            case=row.case.number,
            right=row.case.right,
            what=row.kind,
            due=row.due or row.case.due,
            overdue=(row.due or row.case.due) < on,
            state=row.state,
            name=content_of(store, row.case).who.name,
            task=row.pk,
            system=row.system,
            reason=row.reason,
        )
        for row in rows
    ]


def figures(corridor: Corridor, on: date) -> Figures:
    """Three questions: open cases by right, answers of the last twelve months by right and length, tasks."""
    from django.db.models import Count, F, Q

    store = corridor.store
    late = Q(legal__lt=on, paused_since=None)
    opened = list(
        cases_of(store)
        .filter(open=True)
        .values("right")
        .annotate(
            all=Count("id"),
            late=Count("id", filter=late),
            paused=Count("id", filter=~Q(paused_since=None)),
            soon=Count("id", filter=Q(due__lte=on + timedelta(days=7), paused_since=None)),
        )
    )
    answered = list(
        cases_of(store)
        .filter(open=False, closed_on__gt=on - _YEAR, closed_on__lte=on)
        .values("right", "answer_days")
        .annotate(all=Count("id"), late=Count("id", filter=Q(closed_on__gt=F("legal"))))
    )
    tasks = tasks_of(store).aggregate(
        waiting=Count("id", filter=Q(state__in=(TaskState.WAITING.value, TaskState.RUNNING.value))),
        failed=Count("id", filter=Q(state=TaskState.FAILED.value)),
    )
    names = sorted({*(r["right"] for r in opened), *(r["right"] for r in answered)})
    by_right = tuple(_of_right(name, opened, answered) for name in names)
    return Figures(
        on=on,
        open=sum(r["all"] for r in opened),
        late=sum(r["late"] for r in opened),
        paused=sum(r["paused"] for r in opened),
        due_in_7_days=sum(r["soon"] for r in opened),
        closed=sum(r["all"] for r in answered),
        closed_late=sum(r["late"] for r in answered),
        median_days=_median(_lengths(answered)),
        rights=by_right,
        waiting_tasks=tasks["waiting"],
        failed_tasks=tasks["failed"],
    )


def _of_right(name: str, opened: Sequence[dict], answered: Sequence[dict]) -> RightFigures:  # type: ignore[type-arg]
    now = [r for r in opened if r["right"] == name]
    then = [r for r in answered if r["right"] == name]
    return RightFigures(
        name,
        open=sum(r["all"] for r in now),
        late=sum(r["late"] for r in now),
        closed=sum(r["all"] for r in then),
        median_days=_median(_lengths(then)),
    )


def _lengths(answered: Sequence[dict]) -> dict[int, int]:  # type: ignore[type-arg]
    found: dict[int, int] = {}
    for row in answered:
        found[row["answer_days"]] = found.get(row["answer_days"], 0) + row["all"]
    return found


def _median(lengths: dict[int, int]) -> float | None:
    """Of so many answers of each length."""
    total = sum(lengths.values())
    if not total:
        return None

    def at(place: int) -> int:
        seen = 0
        for days in sorted(lengths):
            seen += lengths[days]
            if place < seen:
                return days
        return max(lengths)

    return (at((total - 1) // 2) + at(total // 2)) / 2
