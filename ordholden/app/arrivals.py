"""Where copies of people's data arrive from other organisations, at the person's wish: checked, kept once, handed out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordholden.cases import transfer
from ordholden.registers.arrivals import ArrivalRecord, arrivals, keep, numbers, take

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.cases.transfer import Receipt

__all__ = ["arrive", "arrived", "take_over"]


def arrive(organisation: Organisation, body: bytes, *, ours: str) -> Receipt:
    """Checks a package against its signed manifest and keeps it. A Refusal says why it is not taken."""
    store = organisation.store
    found = transfer.receive(body, ours=ours, now=store.now(), seen=numbers(store))
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


def take_over(organisation: Organisation, arrival: str, *, actor: str) -> tuple[ArrivalRecord, bytes]:
    """The packed copy; from then on it is no longer kept here."""
    return take(organisation.store, arrival, actor=actor)
