"""The product's own records of people go as well: papers at the end of the case, copies soon after, the case itself last.

The policy says how long (`requests: keep cases, keep copies, keep arrivals`). What remains is the audit chain, in which a case is a
number and nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ordholden import audit
from ordholden.cases import dispatch
from ordholden.cases.case import FROM_PARTNER
from ordholden.cases.change import Opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import cases_of
from ordholden.grounds.calendar import cutoff
from ordholden.registers import arrivals
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.cases.models import DocumentRow

__all__ = ["COPIES", "PAPERS", "forget", "papers"]

PAPERS = ("identity",)
"""Shown once, to be sure who somebody is."""
COPIES = ("export", "answer", "attachment", "receipt", "evidence", "blank", FROM_PARTNER)
"""Copies of the person's data, which they have fetched by then."""
_PAGE = 500


def papers(case: Opened) -> None:
    _documents(case.store).filter(case=case.row, purpose__in=PAPERS).delete()


def forget(corridor: Corridor, on: date) -> int:
    """What the keep rules say is over by the day; how many cases and files that were."""
    requests, store = corridor.policy.requests, corridor.store
    arrivals_before = _moment(cutoff(on, requests.keep_arrivals, None, (12, 31)))
    copies_before = cutoff(on, requests.keep_copies, None, (12, 31))
    cases_before = cutoff(on, requests.keep_case, None, (12, 31))
    with store.transaction():
        closed = cases_of(store).filter(open=False)
        over = closed.filter(closed_on__lte=copies_before)
        files = _removed(_documents(store).filter(case__in=over, purpose__in=COPIES))
        files += dispatch.forget(corridor, over)
        numbers = list(closed.filter(closed_on__lte=cases_before).values_list("number", flat=True)[:_PAGE])
        drafts = [audit.Draft("ordholden", "request:case:forgotten", number) for number in numbers]
        if files:
            drafts.append(audit.Draft("ordholden", "request:copies:forgotten", "", {"files": files}))
        for part in _parts(numbers):
            cases_of(store).filter(number__in=part).delete()
        audit.record_many(store, drafts)
        letters = _letters(store, _moment(copies_before))
        return len(numbers) + files + letters + arrivals.forget(store, before=arrivals_before)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo("Europe/Copenhagen"))


def _letters(store: Store, before: datetime) -> int:
    """What letters and mails said lies in the case's thread; on their own way they are needed no longer than copies are."""
    from ordholden.post import mailbox, outbox

    return outbox.forget(store, before=before) + mailbox.forget_mail(store, before=before)


def _removed(documents: QuerySet[DocumentRow]) -> int:
    """The files, their sealed content first; of the rows as many as went, whatever else the database counted."""
    ids = list(documents.values_list("pk", flat=True)[:_PAGE])
    if ids:
        documents.model.objects.using(documents.db).filter(pk__in=ids).delete()
    return len(ids)


def _documents(store: Store) -> QuerySet[DocumentRow]:
    from ordholden.cases.models import DocumentRow

    return DocumentRow.objects.using(store.alias).filter(organisation=store.organisation)


def _parts(numbers: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(numbers), 100):
        yield numbers[start : start + 100]
