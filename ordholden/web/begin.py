"""Django with the web's own settings, ready before anything else asks for it; and the house's database, up to date.

The house's database holds accounts, sessions and counted attempts, nothing of any organisation: those have their
stores. Only the tables of Django and of the sign-in library are made here, since the store looks after its own.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["SETTINGS", "begin", "bring_up_to_date"]

SETTINGS = "ordholden.web.settings"


def begin(house: Path | None = None) -> None:
    """Once per process, and before a store is opened: whoever configures Django first has configured it."""
    if house is not None:
        os.environ["ORDHOLDEN_HOUSE"] = str(house.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()


def bring_up_to_date() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from ordholden.store.framework import rooms_with_tables

    rooms = {room.rpartition(".")[2] for room in rooms_with_tables()}
    executor = MigrationExecutor(connection)
    theirs = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in rooms]
    if executor.migration_plan(theirs):
        executor.migrate(theirs)
    call_command("createcachetable", verbosity=0)
