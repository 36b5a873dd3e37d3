"""Links that are about a mailbox, not about a case: they work once, for half an hour, and only their digest is kept.

What they open is sealed with the organisation's key, and lies in the house's database until it is used or has lapsed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse

from ordholden.app.people import Link
from ordholden.problems import Refusal
from ordholden.web.look import look_of
from ordholden.web.visit import Visit

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation

__all__ = ["LASTS", "link_maker", "link_to_choices", "made", "opened", "seen"]

LASTS = timedelta(minutes=30)


def made(visit: Visit, email: str, *, lasts: timedelta = LASTS) -> tuple[str, datetime]:
    """A token, and until when it works."""
    token = secrets.token_urlsafe(32)
    sealed = visit.organisation.store.seal(json.dumps({"email": email}).encode())
    cache.set(_key(visit, token), b64encode(sealed).decode(), timeout=int(lasts.total_seconds()))
    return token, visit.organisation.store.now() + lasts


def link_to_choices(visit: Visit, email: str) -> tuple[str, datetime]:
    """For a letter that asks whether details are still right; it may lie unread for a while."""
    token, until = made(visit, email, lasts=timedelta(days=30))
    return settings.ORDHOLDEN_ADDRESS + reverse("choices link", args=[visit.slug, token]), until


def link_maker(organisation: Organisation) -> Link:
    """The same where nobody visits. A Refusal where the pages' database keeps no links: nobody should get a dead one."""
    visit = Visit(organisation.folder.resolve().name, organisation, look_of(organisation))
    try:
        works = opened(visit, made(visit, "trial@ordholden.example")[0])
    except DatabaseError:
        works = ""
    if not works:
        raise Refusal.of("pages-none")
    return lambda email: link_to_choices(visit, email)


def seen(visit: Visit, token: str) -> str:
    """Whose link it is, without using it; nothing where it works no longer."""
    sealed = cache.get(_key(visit, token))
    if not sealed:
        return ""
    email: str = json.loads(visit.organisation.store.unseal(b64decode(sealed)))["email"]
    return email


def opened(visit: Visit, token: str) -> str:
    """Uses it. Of two who do in the same moment one gets nothing."""
    email = seen(visit, token)
    return email if email and cache.delete(_key(visit, token)) else ""


def _key(visit: Visit, token: str) -> str:
    return f"key:{visit.slug}:{hashlib.sha256(token.encode()).hexdigest()}"
