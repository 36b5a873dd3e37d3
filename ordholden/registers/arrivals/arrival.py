"""Keeps what arrived, hands it out, and forgets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.problems import Refusal
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.registers.arrivals.models import ArrivalRow

__all__ = ["ArrivalRecord", "arrivals", "forget", "keep", "numbers", "take"]

WAITS = timedelta(days=30)
"""So long a package waits for somebody; nobody keeps what nobody wanted."""
REMEMBERED = timedelta(days=400)
"""So long its number is remembered: far longer than a package is fresh."""


@dataclass(frozen=True)
class ArrivalRecord:
    """A package as the list shows it. `known` is the sender's name where their key is known."""

    id: str
    sender: str
    reference: str
    known: str
    size: int
    at: datetime
    waits: bool


def keep(
    store: Store, *, nonce: str, sender: str, reference: str, known: str, content: bytes
) -> ArrivalRecord:
    """Keeps a checked package. One with the same number is a Refusal `transfer-twice`."""
    with store.transaction():
        if _rows(store).filter(nonce=nonce).exists():
            raise Refusal.of("transfer-twice", sender=sender, reference=reference)
        row = _rows(store).create(
            organisation=store.organisation,
            nonce=nonce,
            sender=sender,
            reference=reference,
            known=known,
            size=len(content),
            at=store.now(),
            sealed=store.seal(content),
        )
        facts = {"bytes": len(content), "known": bool(known)}
        audit.record(store, actor="ordholden", action="transfer:arrived", subject=f"A-{row.pk}", facts=facts)
        return _record(row)


def numbers(store: Store) -> frozenset[str]:
    """The numbers that were taken before."""
    return frozenset(_rows(store).values_list("nonce", flat=True))


def arrivals(store: Store) -> tuple[ArrivalRecord, ...]:
    """The newest first."""
    return tuple(_record(row) for row in _rows(store).defer("sealed").order_by("-pk")[:200])


def take(store: Store, arrival: str, *, actor: str) -> tuple[ArrivalRecord, bytes]:
    """The content, for somebody who takes it over. Here it is forgotten then."""
    key = arrival.removeprefix("A-")
    with store.transaction():
        row = _rows(store).select_for_update().filter(pk=key).first() if key.isdecimal() else None
        if row is None or row.taken_at is not None:
            raise Refusal.of("arrival-unknown", arrival=arrival)
        content = store.unseal(bytes(row.sealed))
        row.sealed, row.taken_at, row.taken_by = b"", store.now(), actor
        row.save(using=store.alias)
        audit.record(store, actor=actor, action="transfer:taken", subject=f"A-{row.pk}", facts={})
        return _record(row), content


def forget(store: Store) -> int:
    """Packages that nobody took in time, and numbers that are old. How many packages that were."""
    now = store.now()
    with store.transaction():
        late = _rows(store).filter(taken_at=None, at__lt=now - WAITS)
        number = late.update(sealed=b"", taken_at=now, taken_by="ordholden")
        _rows(store).filter(at__lt=now - REMEMBERED).delete()
        if number:
            audit.record(
                store, actor="ordholden", action="transfer:forgotten", subject="", facts={"packages": number}
            )
        return number


def _record(row: ArrivalRow) -> ArrivalRecord:
    return ArrivalRecord(
        f"A-{row.pk}", row.sender, row.reference, row.known, row.size, row.at, row.taken_at is None
    )


def _rows(store: Store) -> QuerySet[ArrivalRow]:
    from ordholden.registers.arrivals.models import ArrivalRow

    return ArrivalRow.objects.using(store.alias).filter(organisation=store.organisation)
