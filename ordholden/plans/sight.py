"""What a plan is made from and carried out on: the policy, the open systems, what people asked for, and the day."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Any, Protocol, TypeVar

from ordholden.connectors.predicate import Given, Predicate, Slot
from ordholden.connectors.reading import Key, Reader, Row
from ordholden.grounds.compile import Compiler
from ordholden.grounds.interpret import Evaluation
from ordholden.grounds.wishes import Wishes
from ordholden.grounds.world import World
from ordholden.inventory.system import Inventory, Table, TableName
from ordholden.policy.document import Policy

__all__ = ["Memory", "Sight", "Surroundings", "keys_of"]

REMEMBERED = 16

T = TypeVar("T")


class Surroundings(Protocol):
    """Loads what the interpreter needs to judge a batch of records: everything about their people and matters."""

    def world_around(self, rows: Sequence[Row]) -> World: ...


@dataclass
class Memory:
    """What was made for one state of everything, while that state lasts; it lives as long as the systems are open."""

    _made: list[tuple[tuple[object, ...], Any]] = field(default_factory=list)
    _said: dict[Hashable, Any] = field(default_factory=dict)

    def recall(self, state: tuple[object, ...], make: Callable[[], T]) -> T:
        """What was made for this very state, or is made now."""
        found = next((made for known, made in self._made if known == state), None)
        if found is None:
            found = make()
            self._made = [(state, found), *self._made[: REMEMBERED - 1]]
        return found

    def once(self, name: Hashable, say: Callable[[], T]) -> T:
        """What is the same in every state, the very same object each time; a connector knows a predicate by that."""
        if name not in self._said:
            self._said[name] = say()
        return self._said[name]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Sight:
    """One look at all systems on one day, knowing what happened through `seen`. `keys` are those of the people whom the
    plan is about, by their slot.
    """

    policy: Policy
    inventory: Inventory
    readers: Mapping[str, Reader]
    surroundings: Surroundings
    on: date
    wishes: Wishes
    whole: bool = True
    memory: Memory = field(default_factory=Memory)
    keys: Mapping[Slot, tuple[object, ...]] = field(default_factory=dict)
    seen: date | None = None

    @cached_property
    def compiler(self) -> Compiler:
        return Compiler(
            self.policy, self.inventory, self.on, self.wishes, cache(self.periods), self.whole, self.seen
        )

    def renewed(self) -> Sight:
        """The same, for a second look while the plan is erasing: absence proves nothing."""
        return replace(self, whole=False)

    def given(self, where: Predicate) -> Given:
        """A predicate that was said for somebody, asked about the plan's people."""
        return Given(where, self.keys)

    def evaluation(self, rows: Sequence[Row]) -> Evaluation:
        return Evaluation(
            self.policy,
            self.surroundings.world_around(rows),
            self.on,
            self.wishes,
            self.whole,
            seen=self.seen,
        )

    def reader(self, table: Table) -> Reader:
        return self.readers[table.name.system]

    def rows(self, table: Table, where: Predicate, *, batch: int = 500) -> Sequence[Sequence[Row]]:
        return self.reader(table).rows(table.name, where, batch=batch)  # type: ignore[return-value]

    def periods(self, table: TableName) -> tuple[int, ...]:
        """The own periods that the table's rows carry now."""
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
