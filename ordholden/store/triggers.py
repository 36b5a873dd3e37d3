"""Migration steps that make the database itself refuse what the code never does: change what was written.

SQLite loses a table's triggers when a later migration builds the table anew; such a migration ends with these
steps again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

__all__ = ["append_only", "refused"]

_FUNCTION = """
CREATE OR REPLACE FUNCTION ordholden_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% of % is refused: what was written down stays', TG_OP, TG_TABLE_NAME; END $$
"""


def append_only(table: str, *key: str, changes: str = "") -> tuple[migrations.RunPython, ...]:
    """No row is removed, replaced by another one with its key, or changed.

    With `changes`, a condition on `OLD` and `NEW`, only such changes are refused.
    """
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    # To SQLite, INSERT OR REPLACE is no DELETE; elsewhere the primary key itself refuses.
    replaced = _sqlite(table, "INSERT", f"EXISTS (SELECT 1 FROM {table} WHERE {same})")
    return (
        refused(table, "UPDATE", changes),
        refused(table, "DELETE"),
        _step(sqlite=(replaced,), postgresql=(_postgresql(table, "TRUNCATE", ""),)),
    )


def refused(table: str, action: str, when: str = "") -> migrations.RunPython:
    """The action on the table, or only the rows for which the condition is true of `OLD` and `NEW`."""
    return _step(sqlite=(_sqlite(table, action, when),), postgresql=(_postgresql(table, action, when),))


def _sqlite(table: str, action: str, when: str) -> str:
    condition = f"WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table} {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{action} of {table} is refused: what was written down stays'); END"
    )


def _postgresql(table: str, action: str, when: str) -> str:
    each = "STATEMENT" if action == "TRUNCATE" else "ROW"
    condition = f"WHEN ({when})" if when else ""
    return (
        f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table}"
        f" FOR EACH {each} {condition} EXECUTE FUNCTION ordholden_refuse()"
    )


def _step(**statements: Sequence[str]) -> migrations.RunPython:
    def install(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        for statement in (_FUNCTION, *statements[vendor]) if vendor == "postgresql" else statements[vendor]:
            editor.execute(statement, params=None)

    return migrations.RunPython(install, migrations.RunPython.noop)
