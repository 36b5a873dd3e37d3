"""Where copies of people's data arrive from other organisations, at the person's wish: checked, kept, handed out, forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ordholden.cases import transfer
from ordholden.grounds.calendar import add
from ordholden.registers.arrivals import ArrivalRecord, arrivals, confirm, fetch, keep, numbers

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.cases.transfer import Receipt

__all__ = ["arrive", "arrived", "fetch_arrival", "have_arrival", "kept_until"]


def arrive(organisation: Organisation, body: bytes, *, ours: str) -> Receipt:
    """Checks a package against its signed manifest and keeps it. A Refusal says why it is not taken.

    Who sends it is known by a key that the policy names; what the package says of its sender is only shown as that.
    """
    store = organisation.store
    known = organisation.policy.requests.known_keys
    found = transfer.receive(body, ours=ours, now=store.now(), known=known, seen=numbers(store))
    keep(
        store,
        nonce=found.manifest.nonce,
        sender=found.manifest.sender,
        reference=found.manifest.reference,
        known=found.known,
        content=found.content,
    )
    return found.receipt


def arrived(organisation: Organisation) -> tuple[ArrivalRecord, ...]:
    return arrivals(organisation.store)


def fetch_arrival(organisation: Organisation, arrival: str, *, actor: str) -> tuple[ArrivalRecord, bytes]:
    """The packed copy. It is kept here until somebody says that they have it."""
    return fetch(organisation.store, arrival, actor=actor)


def have_arrival(organisation: Organisation, arrival: str, *, actor: str) -> ArrivalRecord:
    """Somebody has it, so it is no longer kept here."""
    return confirm(organisation.store, arrival, actor=actor)


def kept_until(organisation: Organisation, arrival: ArrivalRecord) -> date:
    """The last day on which it is here, if nobody says before that they have it."""
    day = arrival.at.astimezone(ZoneInfo("Europe/Copenhagen")).date()
    return add(day, organisation.policy.requests.keep_arrivals) - timedelta(days=1)
