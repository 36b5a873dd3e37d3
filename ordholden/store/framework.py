"""Django, made ready once per process, and one connection name for each store that is open.

Every room with a `models.py` is an app; this room need not know their names. In somebody else's Django
project the settings are theirs, and it is only asked that the rooms are among the installed apps.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import defaultdict
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from ordholden.problems import Refusal

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["connect", "disconnect", "ready", "rooms_with_tables"]

_HOUSE = Path(__file__).parents[1]
_once = threading.Lock()
_numbers = count(1)
# Each thread has its own connection to a store; whoever closes the store must find them all.
_opened: dict[str, WeakSet[BaseDatabaseWrapper]] = defaultdict(WeakSet)


def rooms_with_tables() -> tuple[str, ...]:
    return tuple(sorted(f"{_HOUSE.name}.{models.parent.name}" for models in _HOUSE.glob("*/models.py")))


def ready() -> None:
    import django
    from django.apps import apps
    from django.conf import settings

    with _once:
        if not settings.configured:
            settings.configure(
                INSTALLED_APPS=list(rooms_with_tables()),
                DATABASES={},
                DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
                USE_TZ=True,
                TIME_ZONE="UTC",
                LOGGING_CONFIG=None,
            )
        if not apps.ready:
            django.setup()
        _remember_connections()
    if missing := [room for room in rooms_with_tables() if not apps.is_installed(room)]:
        raise Refusal.of("store-apps", missing=", ".join(missing))
    _allow_notebooks()


def connect(settings: dict[str, Any]) -> str:
    """The name of a new connection; nothing is opened before it is used."""
    from django.db import connections

    alias = f"store-{next(_numbers)}"
    # Kept open until the store is closed.
    settings = {**settings, "CONN_MAX_AGE": None}
    complete = connections.configure_settings({"default": {}, alias: settings})
    connections.settings[alias] = complete[alias]
    return alias


def disconnect(alias: str) -> None:
    """Close the connections of every thread, and forget the name."""
    from django.db import connections

    for connection in list(_opened.pop(alias, ())):
        connection.inc_thread_sharing()
        connection.close()
    with suppress(AttributeError):  # this thread never used it
        del connections[alias]
    connections.settings.pop(alias, None)


def _remember_connections() -> None:
    from django.db.backends.signals import connection_created

    connection_created.connect(_remember, dispatch_uid="ordholden.store")


def _remember(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.alias.startswith("store-"):
        _opened[connection.alias].add(connection)


def _allow_notebooks() -> None:
    """In a notebook a loop is always running, and Django would refuse every query."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
