"""Who has which duty in hand. A duty is leased: whoever dies holds it for a minute longer, and then somebody else begins.

Taking, keeping and settling are each one statement with its condition in it, so that two workers on one database can't
both succeed, and whoever lost a duty meanwhile changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from ordholden.store import Store
from ordholden.worker.duty import DUTIES, Duty, DutyState
from ordholden.worker.pauses import pause

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.worker.models import DutyRow

__all__ = ["LEASE", "due", "enlist", "failed", "give_back", "renew", "settle", "states", "take"]

LEASE = timedelta(seconds=60)
"""So long a duty is nobody else's after its holder was last heard of."""


def enlist(store: Store, duties: Sequence[Duty] = DUTIES) -> None:
    """Writes down the duties that this release has; those that are there stay as they are."""
    from ordholden.worker.models import DutyRow

    now = store.now()
    rows = [
        DutyRow(organisation=store.organisation, name=d.name, next_at=now if d.at_once else d.next_after(now))
        for d in duties
    ]
    DutyRow.objects.using(store.alias).bulk_create(rows, ignore_conflicts=True)


def due(store: Store, duties: Sequence[Duty] = DUTIES) -> tuple[Duty, ...]:
    """Duties whose time has come and that nobody has in hand. Looks only."""
    names = set(_free(store).values_list("name", flat=True))
    return tuple(d for d in duties if d.name in names)


def take(store: Store, duty: Duty, *, worker: str) -> bool:
    """Whether it is this worker's now."""
    return _free(store).filter(name=duty.name).update(holder=worker, until=store.now() + LEASE) == 1


def renew(store: Store, *, worker: str) -> int:
    """Says that the worker lives: what it has in hand stays its own."""
    return _rows(store).filter(holder=worker).update(until=store.now() + LEASE)


def give_back(store: Store, duty: Duty, *, worker: str) -> None:
    """Taken and not begun."""
    _mine(store, duty, worker).update(holder="", until=None)


def settle(store: Store, duty: Duty, *, worker: str, came: Mapping[str, object]) -> bool:
    """It is done. False: the worker was thought dead, somebody else has it, and what they write counts."""
    now = store.now()
    return bool(
        _mine(store, duty, worker).update(
            holder="",
            until=None,
            last_at=now,
            next_at=duty.next_after(now),
            came=dict(came),
            failures=0,
            failing_since=None,
            reason="",
        )
    )


def failed(store: Store, duty: Duty, *, worker: str, reason: str) -> DutyState | None:
    """It could not be done; it is tried again after a pause that grows, and says why until it works."""
    now = store.now()
    with store.transaction():
        row = _mine(store, duty, worker).select_for_update().first()
        if row is None:
            return None
        row.failures += 1
        row.holder, row.until, row.reason = "", None, reason
        row.failing_since = row.failing_since or now
        row.next_at = now + pause(row.failures, at_most=duty.patience)
        row.save(using=store.alias)
        return _state(row)


def states(store: Store) -> tuple[DutyState, ...]:
    """How every duty of the organisation stands."""
    return tuple(_state(row) for row in _rows(store).order_by("name"))


def _rows(store: Store) -> QuerySet[DutyRow]:
    from ordholden.worker.models import DutyRow

    return DutyRow.objects.using(store.alias).filter(organisation=store.organisation)


def _free(store: Store) -> QuerySet[DutyRow]:
    from django.db.models import Q

    now = store.now()
    return _rows(store).filter(Q(until=None) | Q(until__lt=now), next_at__lte=now)


def _mine(store: Store, duty: Duty, worker: str) -> QuerySet[DutyRow]:
    return _rows(store).filter(name=duty.name, holder=worker)


def _state(row: DutyRow) -> DutyState:
    return DutyState(
        name=row.name,
        next_at=row.next_at,
        holder=row.holder,
        last_at=row.last_at,
        came=row.came,
        failures=row.failures,
        failing_since=row.failing_since,
        reason=row.reason,
    )
