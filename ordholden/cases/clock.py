"""The clock of a case: when the answer is due, by the law and by the organisation's own promise.

It stands still while somebody is asked who they are, because there was a doubt in this one case; the date that would
hold without that is kept beside it. An extension counts from the day of receipt.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ordholden.law.deadline import ANSWER_MONTHS, EXTENDED_MONTHS, Due, answer_due
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.cases.models import CaseRow

__all__ = ["EXTENDED", "MONTHS", "dues", "extend", "pause", "reckon", "resume"]

MONTHS = ANSWER_MONTHS
EXTENDED = EXTENDED_MONTHS


def dues(row: CaseRow, on: date) -> tuple[Due, Due]:
    """The due dates as they stand on a day, and as they would had the clock never stood still."""
    # Whether customary days off count was settled when the row's dates were reckoned.
    unpaused = answer_due(row.received_on, months=row.months, own_days=row.own_days, customary=row.customary)
    return unpaused.later(_paused(row, on), customary=row.customary), unpaused


def reckon(row: CaseRow) -> None:
    """Writes the dates that lists and reminders look at. A pause that still lasts is counted when it ends."""
    due = answer_due(row.received_on, months=row.months, own_days=row.own_days, customary=row.customary)
    due = due.later(row.paused_days, customary=row.customary)
    row.due, row.legal = due.first, due.legal


def pause(row: CaseRow, on: date) -> None:
    row.paused_since = row.paused_since or on


def resume(row: CaseRow, on: date) -> int:
    """So many days the clock stood still; none where it didn't."""
    if row.paused_since is None:
        return 0
    days = (on - row.paused_since).days
    row.paused_days += days
    row.paused_since = None
    reckon(row)
    return days


def extend(row: CaseRow, on: date) -> None:
    """Two more months; the notice has to leave within the first (GDPR art. 12(3))."""
    due, _ = dues(row, on)
    if row.months > MONTHS:
        raise Refusal.of("extended-already", case=row.number)
    if on > due.legal:
        raise Refusal.of("extension-late", case=row.number, until=due.legal)
    row.months = EXTENDED
    # The promise of a shorter limit was about answers that need no extension; what is told now is the law's date.
    row.own_days = None
    row.warned = 0
    reckon(row)


def _paused(row: CaseRow, on: date) -> int:
    lasting = max(0, (on - row.paused_since).days) if row.paused_since else 0
    return row.paused_days + lasting
