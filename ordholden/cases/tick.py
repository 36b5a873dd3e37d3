"""What the hour brings: reminders before a date, escalation when it is near or gone, partners who are silent, own records.

Everything here may run twice: each level is reached once, and each letter has a key under which it goes once.
"""

from __future__ import annotations

from datetime import timedelta

from ordholden.cases import handover, letters
from ordholden.cases.case import IdentityState, State, TaskKind, TaskState, Ticked
from ordholden.cases.change import opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.forget import forget
from ordholden.cases.rows import cases_of, day_of, tasks_of
from ordholden.lang import day

__all__ = ["WARNINGS", "tick"]

WARNINGS = ((7, "deadline-near"), (2, "deadline-close"), (-1, "deadline-missed"))
"""Days before the date to work towards, and what is said then. The last two go to those responsible for data protection."""
_AT_ONCE = 500


def tick(corridor: Corridor) -> Ticked:
    """Each kind of thing for itself, each case in a transaction of its own."""
    reminded, escalated = _warn(corridor)
    return Ticked(
        reminded=reminded,
        escalated=escalated,
        resumed=_resume(corridor),
        identity_lapsed=_lapsed(corridor),
        controllers_reminded=_partners(corridor),
        forgotten=forget(corridor, day_of(corridor.store)),
    )


def _warn(corridor: Corridor) -> tuple[int, int]:
    """Nothing is late silently: the owner hears first, then those responsible."""
    on = day_of(corridor.store)
    reminded = escalated = 0
    near = cases_of(corridor.store).filter(
        open=True, paused_since=None, due__lte=on + timedelta(days=WARNINGS[0][0])
    )
    for number in (
        near.filter(warned__lt=len(WARNINGS)).order_by("due").values_list("number", flat=True)[:_AT_ONCE]
    ):
        with opened(corridor, number) as case:
            left = (case.row.due - on).days
            level = sum(left <= days for days, _ in WARNINGS)
            if level <= case.row.warned or not case.row.open:
                continue
            case.row.warned = level
            code = WARNINGS[level - 1][1]
            facts = {"case": number, "due": day(case.row.due, "da"), "legal": day(case.row.legal, "da")}
            letters.to_staff(
                case,
                letters.text(code, "da", facts),
                key=f"warned:{level}:{case.row.due}",
                escalated=level > 1,
            )
            what = "reminded" if level == 1 else "escalated"
            case.record(f"request:deadline:{what}", actor="ordholden", due=case.row.due, days=left)
            reminded += level == 1
            escalated += level > 1
    return reminded, escalated


def _lapsed(corridor: Corridor) -> int:
    """Somebody was asked who they are, and is silent: staff decide, nothing ends by itself."""
    on = day_of(corridor.store)
    before = on - timedelta(days=corridor.policy.requests.identity_days)
    silent = cases_of(corridor.store).filter(
        open=True,
        state=State.IDENTIFYING.value,
        identity=IdentityState.ASKED.value,
        paused_since__lte=before,
        needs_staff=False,
    )
    found = 0
    for number in list(silent.values_list("number", flat=True)[:_AT_ONCE]):
        with opened(corridor, number) as case:
            if case.row.paused_since is None or case.row.needs_staff:
                continue
            case.row.needs_staff = True
            case.record("request:identity:silent", actor="ordholden", since=case.row.paused_since)
            found += 1
    return found


def _partners(corridor: Corridor) -> int:
    on = day_of(corridor.store)
    silent = tasks_of(corridor.store).filter(
        kind=TaskKind.AWAIT_ANSWER.value, state=TaskState.WAITING.value, due__lte=on, case__open=True
    )
    found = 0
    for number, task in list(silent.values_list("case__number", "pk")[:_AT_ONCE]):
        with opened(corridor, number) as case:
            row = tasks_of(corridor.store).select_for_update().get(pk=task)
            if row.state == TaskState.WAITING.value and row.due is not None and row.due <= on:
                handover.remind(case, row)
                found += 1
    return found


def _resume(corridor: Corridor) -> int:
    """Tasks whose worker died are free again."""
    now = corridor.store.now()
    dead = tasks_of(corridor.store).filter(state=TaskState.RUNNING.value, leased_until__lt=now)
    return dead.update(state=TaskState.WAITING.value, next_at=now, leased_by="", leased_until=None)
