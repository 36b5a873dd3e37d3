"""The form of a plan: its tables and predicates, with a place where its people stand. Made once, used for everybody.

Saying what a policy means for a table takes a hundred times longer than a database needs to answer about one person. So it
is said about *somebody*, a slot in place of the people's keys, and kept while the systems are open. The next plan, its
carrying out and its verification ask the same with other keys.

A form serves only while all that it was made from is the same: the policy, the inventory, the live schemas, the day, the
wishes of everybody but those whom the plan is about, and the periods that rows carry.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ordholden.connectors.predicate import Slot
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.plans.plan import Scope
from ordholden.plans.preflight import preflight
from ordholden.plans.sight import Sight
from ordholden.plans.targets import Target, targets
from ordholden.problems import Problem

__all__ = ["Form", "about", "formed"]

T = TypeVar("T")


@dataclass(frozen=True)
class Form:
    """What stands in the way, what must not be touched, and every table that may change, in its order."""

    problems: tuple[Problem, ...]
    blocked: frozenset[TableName]
    order: tuple[Target, ...]
    _said: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: Hashable, say: Callable[[], T]) -> T:
        """What was said under the name, the very same object each time; a connector knows a predicate by that."""
        if name not in self._said:
            self._said[name] = say()
        return self._said[name]  # type: ignore[no-any-return]


def formed(sight: Sight, scope: Scope) -> Form:
    """The form for such a scope, made now or remembered."""
    somebody = _somebody(sight, scope)
    scoped = replace(scope, cards=tuple(Card(slot.table, slot) for slot in _slots(scope).values()))
    state = (
        (
            sight.policy.digest,
            sight.inventory.digest,
            sight.on,
            sight.seen,
            sight.whole,
            scope.kind,
            scoped.cards,
        ),
        {name: reader.schema() for name, reader in sight.readers.items()},
        {
            t.name: sight.periods(t.name)
            for t in sight.inventory.tables
            if t.own_period and _open(sight, t.name)
        },
        somebody.wishes,
    )
    return sight.memory.recall(state, lambda: _made(somebody, scoped))


def _made(sight: Sight, scope: Scope) -> Form:
    problems, blocked = preflight(sight)
    return Form(problems, blocked, targets(sight, scope, blocked))


def about(sight: Sight, scope: Scope) -> Sight:
    """The sight, with the keys of the scope's people for the slots of its form."""
    keys = {
        slot: tuple(c.key for c in scope.cards if c.table == name) for name, slot in _slots(scope).items()
    }
    return replace(sight, keys=keys)


def somebody(sight: Sight) -> Sight:
    """The sight in which slots stand for those who ask, so that what is compiled in it is about anybody."""
    if not sight.keys:
        return sight
    return replace(sight, wishes=replace(sight.wishes, requested=_cards(sight.keys)))


def _somebody(sight: Sight, scope: Scope) -> Sight:
    return somebody(about(sight, scope))


def _slots(scope: Scope) -> Mapping[TableName, Slot]:
    if not scope.of_people:
        return {}
    return {name: Slot("people", name) for name in sorted({c.table for c in scope.cards})}


def _cards(slots: Mapping[Slot, object]) -> frozenset[Card]:
    return frozenset(Card(slot.table, slot) for slot in slots)


def _open(sight: Sight, table: TableName) -> bool:
    return table.system in sight.readers
