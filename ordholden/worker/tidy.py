"""What the house itself keeps of those who signed in, gone when it is over: sessions, with their addresses and browsers.

It may be done by any number of workers at once, since what is over stays over.
"""

from __future__ import annotations

from datetime import datetime

__all__ = ["tidy"]


def tidy(now: datetime) -> int:
    """How much went. Nothing where this process has no pages' settings: then there is no such database."""
    from django.apps import apps
    from django.db import transaction

    if not (apps.is_installed("django.contrib.sessions") and apps.is_installed("allauth.usersessions")):
        return 0
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    with transaction.atomic():
        over, _ = Session.objects.filter(expire_date__lt=now).delete()
        seen, _ = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return int(over + seen)
