"""Tells other systems what happened to cases: in order, at least once, signed, and nothing about the person.

Each address has come to a certain line of the timelines; what is after it is sent line by line, and the next only when the
one before was taken. An address that does not answer is asked again, later each time; nothing is lost meanwhile.
"""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from ordholden.registers.hooks import HookRecord, hooks, remember, subscribe, unsubscribe

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.app.organisation import Organisation
    from ordholden.cases.models import EntryRow
    from ordholden.store import Store

__all__ = ["SIGNATURE", "deliver", "signature", "tell_from_now_on", "tell_no_more", "told"]

SIGNATURE = "X-Ordholden-Signature"
AT_ONCE = 100
TIMEOUT = 10.0
SETTLED = timedelta(seconds=10)


def deliver(store: Store) -> int:
    """Sends what has not been taken yet. How many lines were."""
    now = store.now()
    waiting = [hook for hook in hooks(store) if hook.next_at is None or hook.next_at <= now]
    return sum(_deliver_to(store, hook) for hook in waiting)


def tell_from_now_on(organisation: Organisation, url: str, *, actor: str) -> HookRecord:
    """Subscribes an address: it is told what comes after the newest line."""
    store = organisation.store
    newest = _all(store).order_by("-pk").values_list("pk", flat=True).first()
    return subscribe(store, url, after=int(newest or 0), on=store.now().date(), actor=actor)


def tell_no_more(organisation: Organisation, hook: str, *, actor: str) -> None:
    unsubscribe(organisation.store, hook, actor=actor)


def told(organisation: Organisation) -> tuple[HookRecord, ...]:
    """Every address, with how it stands."""
    return hooks(organisation.store)


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA256 over the body, as hexadecimal digits."""
    return hmac.digest(secret.encode(), body, "sha256").hex()


def _deliver_to(store: Store, hook: HookRecord) -> int:
    import httpx

    last, sent = hook.told, 0
    lines = list(_lines(store, hook.told).select_related("case").order_by("pk")[:AT_ONCE])
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
        for line in lines:
            body = json.dumps(_message(store, line), ensure_ascii=False).encode()
            headers = {"Content-Type": "application/json", SIGNATURE: signature(hook.secret, body)}
            try:
                answer = client.post(hook.url, content=body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                # An address that is none keeps nobody else from being told.
                remember(store, hook, told=last, reason=type(error).__name__)
                return sent
            if not answer.is_success:
                remember(store, hook, told=last, reason=f"HTTP {answer.status_code}")
                return sent
            last, sent = line.pk, sent + 1
    if sent or hook.reason:
        remember(store, hook, told=last)
    return sent


def _message(store: Store, line: EntryRow) -> dict[str, object]:
    return {
        "id": line.pk,
        "organisation": store.organisation,
        "case": line.case.number,
        "right": line.case.right,
        "state": line.case.state,
        "outcome": line.case.outcome,
        "happened": line.what,
        "at": line.at.isoformat(),
        "answer_by": line.case.legal.isoformat(),
    }


def _lines(store: Store, after: int) -> QuerySet[EntryRow]:
    # A line gets its number before its transaction ends, and lines may end in another order. So the newest wait a moment.
    return _all(store).filter(pk__gt=after, at__lte=store.now() - SETTLED)


def _all(store: Store) -> QuerySet[EntryRow]:
    from ordholden.cases.models import EntryRow

    return EntryRow.objects.using(store.alias).filter(organisation=store.organisation)
