"""The book's own statements, written out: through the model layer a receipt would take longer than the disk.

What is written or read while a plan is carried out comes this way; whoever looks through the plans takes the models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, TypeAlias

from ordholden.store import Store

__all__ = ["Pages"]

# Of Django; without its types, since each driver's values are its own.
_Cursor: TypeAlias = Any

_STATE = ("state", "reason", "made_at", "approved_by", "approved_at", "applied_at", "verified_at", "findings")
_RECEIPT = ("id", "system", "table", "operation", "columns", "keys", "rows", "state", "at", "plan")


class Pages:
    """The tables of one store's plans and receipts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # — plans —

    def add_plan(self, values: Mapping[str, object]) -> bool:
        """Writes a plan down; whether it is new."""
        found = self._insert("plans_plan", [values], "ON CONFLICT (organisation, digest) DO NOTHING")
        return bool(found)

    def plan(self, digest: str) -> dict[str, Any]:
        """What has become of a plan, without its body: about many people that is long."""
        return self.of_plan(digest, *_STATE)

    def of_plan(self, digest: str, *columns: str) -> dict[str, Any]:
        found = self._select("plans_plan", columns, "digest = %s", digest)
        if not found:
            raise LookupError(f"no plan {digest}")
        return found[0]

    def change_plan(self, digest: str, values: Mapping[str, object]) -> None:
        said = ", ".join(f'"{column}" = %s' for column in values)
        with self._cursor() as cursor:
            cursor.execute(
                f"UPDATE plans_plan SET {said} WHERE organisation = %s AND digest = %s",
                (*self._written(values), self._store.organisation, digest),
            )

    # — receipts —

    def add_receipts(self, rows: Sequence[Mapping[str, object]]) -> list[int]:
        return self._insert("plans_receipt", rows)

    def confirm(self, receipts: Sequence[int]) -> None:
        places = ", ".join(["%s"] * len(receipts))
        with self._cursor() as cursor:
            cursor.execute(
                f"UPDATE plans_receipt SET state = 'done' WHERE id IN ({places})",
                tuple(receipts),
            )

    def receipts(self, plan: str) -> list[dict[str, Any]]:
        """In the order in which they were written."""
        return self._select("plans_receipt", _RECEIPT, "plan = %s ORDER BY id", plan)

    # — rules —

    def rules(self) -> frozenset[str]:
        return frozenset(row["rule"] for row in self._select("plans_rule", ("rule",), "true"))

    # — how both kinds of store want it —

    def _cursor(self) -> AbstractContextManager[_Cursor]:
        from django.db import connections

        return connections[self._store.alias].cursor()

    def _select(
        self, table: str, columns: Sequence[str], where: str, *values: object
    ) -> list[dict[str, Any]]:
        names = ", ".join(f'"{c}"' for c in columns)
        query = f"SELECT {names} FROM {table} WHERE organisation = %s AND {where}"
        with self._cursor() as cursor:
            cursor.execute(query, (self._store.organisation, *values))
            rows = cursor.fetchall()
        return [{c: _read(c, v) for c, v in zip(columns, row, strict=True)} for row in rows]

    def _insert(self, table: str, rows: Sequence[Mapping[str, object]], otherwise: str = "") -> list[int]:
        columns = list(rows[0])
        names = ", ".join(f'"{c}"' for c in columns)
        places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        values = [v for row in rows for v in self._written(row)]
        with self._cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES {places} {otherwise} RETURNING id", values)
            return [int(number) for (number,) in cursor.fetchall()]

    def _written(self, values: Mapping[str, object]) -> list[object]:
        from django.db import connections

        words = connections[self._store.alias].ops

        def said(column: str, value: object) -> object:
            if column in _JSON:
                return words.adapt_json_value(value, None)
            return words.adapt_datetimefield_value(value) if isinstance(value, datetime) else value

        return [said(column, value) for column, value in values.items()]


_JSON = frozenset({"body", "sizes", "findings", "columns", "keys"})


def _read(column: str, value: Any) -> Any:
    if column in _JSON:
        return json.loads(value) if isinstance(value, str) else value
    if (column == "at" or column.endswith("_at")) and isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value
