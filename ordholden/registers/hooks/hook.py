"""Subscribes addresses, and remembers how far each has been told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ordholden import audit
from ordholden.problems import Refusal
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.registers.hooks.models import HookRow

__all__ = ["HookRecord", "hooks", "remember", "subscribe", "unsubscribe"]

LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class HookRecord:
    """An address that is told. `reason` is why it was not reached the last time."""

    id: str
    url: str
    told: int
    attempts: int
    next_at: datetime | None
    reason: str
    secret: str = field(repr=False)


def subscribe(store: Store, url: str, *, after: int, on: date, actor: str) -> HookRecord:
    """The address, with a new secret that its messages will be signed with. Asked twice it is the same one, anew."""
    host = _host(url)
    if not host:
        raise Refusal.of("hook-address")
    secret = secrets.token_urlsafe(32)
    with store.transaction():
        row, _ = _rows(store).update_or_create(
            organisation=store.organisation,
            url=url,
            defaults={
                "secret": store.seal(secret.encode()),
                "told": after,
                "attempts": 0,
                "next_at": None,
                "reason": "",
                "made_by": actor,
                "made_on": on,
            },
        )
        audit.record(
            store,
            actor=actor,
            action="hook:subscribed",
            subject=f"W-{row.pk}",
            facts={"host": host},
        )
        return _record(store, row)


def _host(url: str) -> str:
    """The host of an address that can be told something; nothing where it is none."""
    try:
        parts = urlsplit(url)
        sound = parts.port != 0 and not parts.username and url.isascii() and url.isprintable()
    except ValueError:
        return ""
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    reached = parts.scheme == "https" or (parts.scheme == "http" and local)
    return parts.hostname or "" if sound and reached and " " not in url else ""


def unsubscribe(store: Store, hook: str, *, actor: str) -> None:
    """It is told nothing any more."""
    key = hook.removeprefix("W-")
    with store.transaction():
        gone = _rows(store).filter(pk=key).delete()[0] if key.isdecimal() else 0
        if not gone:
            raise Refusal.of("hook-unknown", hook=hook)
        audit.record(store, actor=actor, action="hook:unsubscribed", subject=f"W-{key}", facts={})


def hooks(store: Store) -> tuple[HookRecord, ...]:
    return tuple(_record(store, row) for row in _rows(store).order_by("pk"))


def remember(store: Store, hook: HookRecord, *, told: int, reason: str = "") -> None:
    """How far it came; where it did not take something, when to try again: later each time."""
    row = _rows(store).filter(pk=hook.id.removeprefix("W-"))
    if not reason:
        row.update(told=told, attempts=0, next_at=None, reason="")
        return
    pause = min(timedelta(minutes=2**hook.attempts), LONGEST_PAUSE)
    row.update(told=told, attempts=hook.attempts + 1, next_at=store.now() + pause, reason=reason)


def _record(store: Store, row: HookRow) -> HookRecord:
    secret = store.unseal(bytes(row.secret)).decode()
    return HookRecord(f"W-{row.pk}", row.url, row.told, row.attempts, row.next_at, row.reason, secret)


def _rows(store: Store) -> QuerySet[HookRow]:
    from ordholden.registers.hooks.models import HookRow

    return HookRow.objects.using(store.alias).filter(organisation=store.organisation)
