"""Keeps what arrived, hands it out as often as somebody has to fetch it, and forgets it when they say that they have it."""

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

__all__ = ["ArrivalRecord", "arrivals", "confirm", "fetch", "forget", "keep", "numbers"]

REMEMBERED = timedelta(days=400)
"""So long its number is remembered: far longer than a package is fresh."""


@dataclass(frozen=True)
class ArrivalRecord:
    """A package as the list shows it. `known` is what we call the sender, where their key is known; `sender` is what they
    call themselves. It waits until somebody has said that they have it.
    """

    id: str
    sender: str
    reference: str
    known: str
    size: int
    at: datetime
    waits: bool
    fetched_at: datetime | None = None
    fetched_by: str = ""


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


def fetch(store: Store, arrival: str, *, actor: str) -> tuple[ArrivalRecord, bytes]:
    """The content. It stays until somebody says that it came over whole; a download may break off."""
    with store.transaction():
        row = _waiting(store, arrival)
        row.fetched_at, row.fetched_by = store.now(), actor
        row.save(using=store.alias)
        audit.record(store, actor=actor, action="transfer:fetched", subject=f"A-{row.pk}", facts={})
        return _record(row), store.unseal(bytes(row.sealed))


def confirm(store: Store, arrival: str, *, actor: str) -> ArrivalRecord:
    """Somebody has it; here it is forgotten. Nobody has what nobody fetched."""
    with store.transaction():
        row = _waiting(store, arrival)
        if row.fetched_at is None:
            raise Refusal.of("arrival-unfetched", arrival=arrival)
        row.sealed, row.taken_at, row.taken_by = b"", store.now(), actor
        row.save(using=store.alias)
        audit.record(store, actor=actor, action="transfer:taken", subject=f"A-{row.pk}", facts={})
        return _record(row)


def _waiting(store: Store, arrival: str) -> ArrivalRow:
    key = arrival.removeprefix("A-")
    row = _rows(store).select_for_update().filter(pk=key).first() if key.isdecimal() else None
    if row is None or row.taken_at is not None:
        raise Refusal.of("arrival-unknown", arrival=arrival)
    return row


def forget(store: Store, *, before: datetime) -> int:
    """Packages that came before the moment and that nobody took, and numbers that are old. How many packages that were."""
    now = store.now()
    with store.transaction():
        late = _rows(store).filter(taken_at=None, at__lt=before)
        number = late.update(sealed=b"", taken_at=now, taken_by="ordholden")
        _rows(store).filter(at__lt=now - REMEMBERED).exclude(taken_at=None).delete()
        if number:
            audit.record(
                store, actor="ordholden", action="transfer:forgotten", subject="", facts={"packages": number}
            )
        return number


def _record(row: ArrivalRow) -> ArrivalRecord:
    return ArrivalRecord(
        id=f"A-{row.pk}",
        sender=row.sender,
        reference=row.reference,
        known=row.known,
        size=row.size,
        at=row.at,
        waits=row.taken_at is None,
        fetched_at=row.fetched_at,
        fetched_by=row.fetched_by,
    )


def _rows(store: Store) -> QuerySet[ArrivalRow]:
    from ordholden.registers.arrivals.models import ArrivalRow

    return ArrivalRow.objects.using(store.alias).filter(organisation=store.organisation)
