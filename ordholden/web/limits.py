"""How often something may be tried: by network address, and by what is tried (an account, a mailbox).

Counted in the house's database, so every process counts the same. Addresses are kept as digests and for as long as the
window lasts.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

__all__ = ["TooOften", "count_attempt"]

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds: from one network address, and about one thing."""

    seconds: int
    by_address: int
    by_subject: int


LIMITS = {
    "request": Limit(HOUR, by_address=40, by_subject=10),
    "link": Limit(HOUR, by_address=10, by_subject=3),
    "token": Limit(HOUR, by_address=30, by_subject=30),
    "message": Limit(HOUR, by_address=60, by_subject=30),
}


class TooOften(Exception):
    """Tried more often than the limit; `seconds` until it may be tried again, at the latest."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


def count_attempt(request: HttpRequest, what: str, subject: str = "") -> None:
    limit = LIMITS[what]
    _count(what, "address", get_adapter().get_client_ip(request), limit.by_address, limit.seconds)
    if subject:
        _count(what, "subject", subject.strip().casefold(), limit.by_subject, limit.seconds)


def _count(what: str, kind: str, value: str, most: int, seconds: int) -> None:
    digest = hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()
    key = f"attempts:{what}:{kind}:{digest}"
    cache.add(key, 0, timeout=seconds)
    try:
        so_far = cache.incr(key)
    except ValueError:
        # It lapsed in this very moment, so this is the first again.
        cache.set(key, 1, timeout=seconds)
        so_far = 1
    if so_far > most:
        raise TooOften(seconds)
