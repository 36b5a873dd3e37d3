"""A duty: what an organisation has done for it again and again, and when it is next.

A new duty is a line in `DUTIES`. It must bear being done twice, since whoever does it may die before saying so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ordholden.app import Organisation

__all__ = ["DUTIES", "Duty", "DutyState", "hourly", "nightly", "seconds"]

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NIGHT = time(2, 30)
"""After the day's last backups usually, before anybody comes to work. On the night with no such time it is an hour later."""

Next = Callable[[datetime], datetime]


@dataclass(frozen=True)
class Duty:
    """`next_after` says when it is to be done again; `patience` bounds the pause after a failure."""

    name: str
    next_after: Next
    run: Callable[[Organisation], Mapping[str, object]]
    patience: timedelta = timedelta(hours=1)
    at_once: bool = True  # the first time when the organisation is first opened, else at its hour


@dataclass(frozen=True)
class DutyState:
    """How a duty stands: when it was done and what came of it; or since when it fails, why, and when it is tried again."""

    name: str
    next_at: datetime
    holder: str = ""
    last_at: datetime | None = None
    came: Mapping[str, object] = field(default_factory=dict)
    failures: int = 0
    failing_since: datetime | None = None
    reason: str = ""


def seconds(number: int) -> Next:
    return lambda now: now + timedelta(seconds=number)


def hourly(now: datetime) -> datetime:
    """At the next full hour."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def nightly(now: datetime) -> datetime:
    """The next half past two in Copenhagen."""
    local = now.astimezone(COPENHAGEN)
    day = local.date() if local.time() < NIGHT else local.date() + timedelta(days=1)
    return datetime.combine(day, NIGHT, COPENHAGEN).astimezone(now.tzinfo)


# — what is done —


def _tick(organisation: Organisation) -> Mapping[str, object]:
    """Reminders, escalation, notices, and our own records' keep rules."""
    return {name: n for name, n in asdict(organisation.desk.tick()).items() if n}


def _sweep(organisation: Organisation) -> Mapping[str, object]:
    from ordholden.app.nightly import sweep

    return sweep(organisation)


def _send(organisation: Organisation) -> Mapping[str, object]:
    return organisation.desk.send_post()


def _fetch(organisation: Organisation) -> Mapping[str, object]:
    return organisation.desk.fetch_post()


def _look(organisation: Organisation) -> Mapping[str, object]:
    """How the promises stand, for the pages that show it."""
    from ordholden.promises import summary

    return {state.value: n for state, n in summary(organisation.look_at_promises()).items() if n}


def _tell(organisation: Organisation) -> Mapping[str, object]:
    """Other systems that want to know when a case changes."""
    from ordholden.app.hooks import deliver

    told = deliver(organisation.store)
    return {"told": told} if told else {}


def _ask(organisation: Organisation) -> Mapping[str, object]:
    """Letters to those whom a keep rule asks, each with a link to their details."""
    from django.apps import apps

    # The links open pages, and are kept in the pages' database: without their settings there is nothing to link to.
    if not apps.is_installed("ordholden.web"):
        return {}
    from ordholden.app.organisation import today
    from ordholden.app.people import write_to_asked
    from ordholden.web.portal.keys import link_maker

    asked = write_to_asked(organisation, since=today() - WRITTEN_TO, link=link_maker(organisation))
    return {"asked": asked} if asked else {}


WRITTEN_TO = timedelta(days=30)
"""A plan may wait for its approval for so long: its questions are dated the day that it was made for."""

DUTIES = (
    Duty("send", seconds(10), _send, patience=timedelta(minutes=5)),
    Duty("fetch", seconds(60), _fetch, patience=timedelta(minutes=15)),
    Duty("tell", seconds(15), _tell, patience=timedelta(minutes=5)),
    Duty("tick", hourly, _tick),
    Duty("look", hourly, _look, at_once=False),
    Duty("sweep", nightly, _sweep, patience=timedelta(hours=4), at_once=False),
    Duty("ask", nightly, _ask, patience=timedelta(hours=4), at_once=False),
)
