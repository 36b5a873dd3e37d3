"""What a plan is made from and carried out on: the policy, the open systems, what people asked for, and the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from ordholden.connectors.predicate import Predicate
from ordholden.connectors.reading import Key, Reader, Row
from ordholden.grounds.compile import Compiler
from ordholden.grounds.interpret import Evaluation
from ordholden.grounds.wishes import Wishes
from ordholden.grounds.world import World
from ordholden.inventory.system import Inventory, Table, TableName
from ordholden.policy.document import Policy

__all__ = ["Sight", "Surroundings"]


class Surroundings(Protocol):
    """Loads what the interpreter needs to judge a batch of records: everything about their people and matters."""

    def world_around(self, rows: Sequence[Row]) -> World: ...


@dataclass(frozen=True)
class Sight:
    """One look at all systems on one day."""

    policy: Policy
    inventory: Inventory
    readers: Mapping[str, Reader]
    surroundings: Surroundings
    on: date
    wishes: Wishes
    whole: bool = True

    @cached_property
    def compiler(self) -> Compiler:
        return Compiler(self.policy, self.inventory, self.on, self.wishes, self._periods, self.whole)

    def renewed(self) -> Sight:
        """The same, for a second look while the plan is erasing: absence proves nothing."""
        return Sight(
            self.policy, self.inventory, self.readers, self.surroundings, self.on, self.wishes, whole=False
        )

    def evaluation(self, rows: Sequence[Row]) -> Evaluation:
        return Evaluation(self.policy, self.surroundings.world_around(rows), self.on, self.wishes, self.whole)

    def reader(self, table: Table) -> Reader:
        return self.readers[table.name.system]

    def rows(self, table: Table, where: Predicate, *, batch: int = 500) -> Sequence[Sequence[Row]]:
        return self.reader(table).rows(table.name, where, batch=batch)  # type: ignore[return-value]

    def _periods(self, table: TableName) -> tuple[int, ...]:
        own = self.inventory.table(table).own_period
        if own is None:
            return ()
        values = self.readers[table.system].distinct(table, own.column)
        return tuple(n for n in map(_whole, values) if n is not None)


def _whole(value: object) -> int | None:
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return None


def keys_of(rows: Sequence[Row]) -> tuple[Key, ...]:
    return tuple(r.key for r in rows)
