"""Brings the tables to what this release wants, in one transaction: a crash leaves them as they were.

The usual answer is "nothing to do", and costs one query: the migrations on disk against those applied.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ordholden.problems import Refusal

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["bring_up_to_date"]

# Any number that nobody else locks with: the letters "ordh".
_MIGRATING = 0x6F726468


def bring_up_to_date(alias: str) -> None:
    from django.db import connections

    connection = connections[alias]
    if _missing(connection):
        _migrate(connection)


def _missing(connection: BaseDatabaseWrapper) -> frozenset[tuple[str, str]]:
    """Migrations of this release that the store lacks; the store of a later release is refused."""
    from django.db.migrations.recorder import MigrationRecorder

    wanted = _on_disk()
    rooms = {room for room, _ in wanted}
    applied = {
        (room, name) for room, name in MigrationRecorder(connection).applied_migrations() if room in rooms
    }
    if later := applied - wanted:
        raise Refusal.of(
            "store-later", migrations=", ".join(f"{room} {name}" for room, name in sorted(later))
        )
    return frozenset(wanted - applied)


def _on_disk() -> frozenset[tuple[str, str]]:
    from django.apps import apps

    ours = [app for app in apps.get_app_configs() if app.name.startswith("ordholden.")]
    return frozenset(
        (app.label, file.stem) for app in ours for file in Path(app.path, "migrations").glob("[0-9]*.py")
    )


def _migrate(connection: BaseDatabaseWrapper) -> None:
    from django.db import transaction
    from django.db.migrations.executor import MigrationExecutor

    with ExitStack() as stack:
        # SQLite changes tables only with its checks off, and can't switch them off inside a transaction.
        stack.enter_context(connection.constraint_checks_disabled())
        stack.enter_context(transaction.atomic(using=connection.alias))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MIGRATING])
        # SQLite's transaction is a lock by itself. Whoever waited finds the work done.
        missing = _missing(connection)
        executor = MigrationExecutor(connection)
        executor.migrate(
            [node for node in executor.loader.graph.leaf_nodes() if node[0] in {room for room, _ in missing}]
        )
