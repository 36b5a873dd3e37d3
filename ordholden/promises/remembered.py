"""What was seen when the promises were last looked at. A look asks every system, so a page shows the last one.

The newest look of each day is kept for a year: it shows since when a promise stands as it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ordholden.policy.document import Text
from ordholden.promises.promise import Evidence, Kind, Promises, PromiseState, Proof, State
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.promises.models import LookRow

__all__ = ["last_look", "remember"]

KEPT = timedelta(days=366)


def remember(store: Store, found: Promises) -> None:
    """Keeps a look, instead of an earlier one of the same day."""
    now = store.now()
    local = now.astimezone(ZoneInfo("Europe/Copenhagen"))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    with store.transaction():
        _looks(store).filter(at__gte=midnight).delete()
        _looks(store).filter(at__lt=now - KEPT).delete()
        _looks(store).create(
            organisation=store.organisation, at=now, content=[state.as_json() for state in found]
        )


def last_look(store: Store) -> Promises | None:
    """The promises as they were last seen; None where nobody has looked yet."""
    row = _looks(store).order_by("-id").first()
    return None if row is None else Promises(_state(one) for one in row.content)


def _state(written: Mapping[str, Any]) -> PromiseState:
    proof = Proof(
        State(written["state"]),
        tuple(Evidence(e["code"], e["facts"]) for e in written["evidence"]),
        since=_day(written["since"]),
        next=_day(written["next"]),
        owner=written["owner"],
    )
    says = Text(written["says"]["da"], written["says"]["en"])
    looked_at = datetime.fromisoformat(written["looked_at"])
    return PromiseState(written["id"], Kind(written["kind"]), says, proof, looked_at)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _looks(store: Store) -> QuerySet[LookRow]:
    from ordholden.promises.models import LookRow

    return LookRow.objects.using(store.alias).filter(organisation=store.organisation)
