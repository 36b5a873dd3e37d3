"""Per table, what would change and how it is told: by the database alone, or record by record.

A `Target` is a table with its predicates for one plan. `direct` targets are told by a predicate that their own system
evaluates at the moment of change. The others are decided beforehand, once, and their keys wait in the spool: where another
system takes part in the decision, or where the plan itself erases the evidence first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ordholden.connectors.certain import knowing
from ordholden.connectors.predicate import (
    FALSE,
    TRUE,
    Both,
    Either,
    Exists,
    Filled,
    KeyIn,
    Not,
    Predicate,
    Referenced,
    Test,
    assuming,
    at_most,
    both,
    either,
    exact,
    negated,
    settled,
    weight,
)
from ordholden.connectors.reading import ForeignKey, Schema
from ordholden.grounds.compile import Group
from ordholden.inventory.system import Field, Path, Table, TableName, WhenExpired
from ordholden.plans.plan import Scope
from ordholden.plans.sight import Sight
from ordholden.policy.condition import ColumnCondition, Present

__all__ = ["Target", "targets"]

LONG = 120
"""Terms of a predicate beyond which its statement is asked once, not at every batch."""


@dataclass(frozen=True)
class Target:
    """A table in a plan. `expired` and the groups' `dead` are already bounded to the plan's scope."""

    table: Table
    groups: tuple[Group, ...]
    expired: Predicate  # the whole record has, and it is in scope
    of_record: Predicate  # whose records the plan is about
    scopes: tuple[Predicate, ...]  # per group, whose data the plan is about
    told: bool  # the database alone can tell
    evidence: frozenset[TableName]  # other tables that the predicates look at
    by_itself: bool  # they look at other rows of the table, too
    in_key: frozenset[str]  # columns of the live primary key, which cannot be cleared
    schema: Schema | None  # of the live system; a folder has none
    frozen: bool = (
        False  # decided beforehand, since the plan erases evidence for it, or the statement would be too long
    )

    @property
    def name(self) -> TableName:
        return self.table.name

    @property
    def direct(self) -> bool:
        return self.told and not self.frozen

    @property
    def anonymised(self) -> bool:
        return self.table.when_expired is WhenExpired.ANONYMISE

    def clearable(self, groups: Iterable[int]) -> tuple[Field, ...]:
        """The groups' fields that can be cleared in a record that stays."""
        return tuple(f for g in groups for f in self.groups[g].fields if f.column not in self.in_key)

    def cleared(self, index: int) -> Predicate:
        """Data of a group that have expired and are there."""
        return self.known(both([self.groups[index].dead, self.left(index), self.scopes[index]]))

    def left(self, index: int) -> Predicate:
        """Something in the group's fields could be cleared."""
        return either(Filled(f.column, f.filler) for f in self.clearable([index]))

    @property
    def personal(self) -> Predicate:
        """Something personal, or a link to somebody, is in the record."""
        links = [Test(ColumnCondition(f"{c} is present", (Present(c, True),))) for c in self.table.cut]
        return either(
            [*(Filled(f.column, f.filler) for f in self.clearable(range(len(self.groups)))), *links]
        )

    def whole_record(self, going: Iterable[tuple[str, Predicate]] = ()) -> Predicate:
        """The records that go as a whole: expired, and no record that stays needs them."""
        if self.anonymised:
            return both([self.expired, self.personal])
        return self.known(both([self.expired, negated(Referenced(tuple(going)))]))

    def known(self, part: Predicate) -> Predicate:
        """The same, without what the live schema makes certain."""
        return part if self.schema is None else knowing(part, self.name, self.schema)

    @cached_property
    def expiring(self) -> Predicate:
        """Records in which anything of those whom the plan is about has expired."""
        return either(both([g.dead, scope]) for g, scope in zip(self.groups, self.scopes, strict=True))

    @cached_property
    def candidates(self) -> Predicate:
        """Records in which anything could have. A record expires only where some of its data do."""
        return either(
            at_most(both([g.dead, scope])) for g, scope in zip(self.groups, self.scopes, strict=True)
        )

    @cached_property
    def marks(self) -> tuple[Predicate, ...]:
        """What is asked of each record in which anything has expired: all that decides about it."""
        fates = [p for g in self.groups for p in (g.dead, g.filled, g.covered)]
        left = [self.left(index) for index in range(len(self.groups))]
        return (*fates, *self.scopes, *left, self.of_record, self.personal)

    def staying(self, index: int, record: Predicate) -> Predicate:
        """Data of a group that have expired, in records that `record`, which tells those that go as a whole, does not."""
        # Where something could be cleared, something personal is left: an expired record is anonymised.
        stays = negated(self.expired if self.anonymised else record)
        return settled(both([self.cleared(index), stays]))


def targets(sight: Sight, scope: Scope, blocked: frozenset[TableName]) -> tuple[Target, ...]:
    """Every table the plan may change, in the order in which it does: children before parents, evidence last."""
    found = [
        _target(sight, scope, table)
        for table in sight.inventory.tables
        if table.fields and table.name not in blocked and table.name.system in sight.readers
    ]
    found = [t for t in found if t.expired != FALSE or any(g.dead != FALSE for g in t.groups)]
    return _ordered(found, sight)


def _target(sight: Sight, scope: Scope, table: Table) -> Target:
    folder = table.is_folder
    schema = None if folder else sight.reader(table).schema()

    def known(part: Predicate) -> Predicate:
        return part if schema is None else knowing(part, table.name, schema)

    compiled = sight.compiler.groups(table)
    of_record = _in_scope(scope, table.person)
    scopes = tuple(_in_scope(scope, g.fields[0].person or table.person) for g in compiled)
    # What ends for whoever asks needs no look at what would keep it for the others.
    groups = tuple(
        replace(g, covered=known(g.covered), stays=assuming(known(g.stays), whose))
        for g, whose in zip(compiled, scopes, strict=True)
    )
    expired = settled(both([of_record, known(sight.compiler.expired(table))]))
    whole = [expired, *(g.dead for g in groups)]
    evidence = frozenset(name for p in whole for name in _tables(p))
    live = schema.tables.get(table.name.table) if schema else None
    in_key = frozenset(live.primary_key) if live else frozenset()
    return Target(
        table,
        groups,
        expired,
        of_record,
        scopes,
        not folder and all(exact(p) for p in whole),
        evidence - {table.name},
        table.name in evidence,
        in_key,
        schema,
    )


def _in_scope(scope: Scope, path: Path | None) -> Predicate:
    if not scope.of_people:
        return TRUE
    keys = () if path is None else tuple(c.key for c in scope.cards if c.table == path.target)
    return KeyIn(path, keys) if path is not None and keys else FALSE


def _tables(predicate: Predicate) -> Iterator[TableName]:
    """The tables that a predicate looks at beside its own."""
    match predicate:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _tables(part)
        case Not(part):
            yield from _tables(part)
        case Exists(table, inner, outer, where):
            yield table
            yield from (TableName(table.system, hop.table) for path in (inner, outer) for hop in path.hops)
            yield from _tables(where)
        case _:
            return


def _ordered(found: Sequence[Target], sight: Sight) -> tuple[Target, ...]:
    """Children before parents always; a table before the evidence for it where references allow, else frozen."""
    by_name = {t.name: t for t in found}
    parents = {t.name: set[TableName]() for t in found}  # a table waits for its children
    for child, parent in _references(sight, by_name):
        parents[parent].add(child)
    for target in found:
        for column in target.table.fields:
            # The record that knows a file goes with it, so before the folder is looked through for strays.
            if column.file_in in by_name and column.file_in != target.name:
                parents[column.file_in].add(target.name)
    placed: list[TableName] = []
    waiting = dict(parents)
    while waiting:
        free = [n for n, children in waiting.items() if not (children & waiting.keys())] or list(waiting)
        # Prefer a table that is no evidence for one still waiting.
        needed = {e for n in waiting for e in by_name[n].evidence}
        choice = next((n for n in sorted(free) if n not in needed), min(free))
        placed.append(choice)
        del waiting[choice]
    position = {name: index for index, name in enumerate(placed)}
    return tuple(
        replace(
            by_name[n],
            frozen=any(position.get(e, index) < index for e in by_name[n].evidence)
            or _beforehand(by_name[n]),
        )
        for index, n in enumerate(placed)
    )


def _beforehand(target: Target) -> bool:
    """Rows of a ledger are evidence for each other: a no that went first would bring an old yes to life. And where many
    rules meet, asking each once and remembering beats statements that say all of them again and again."""
    return bool(target.table.consents and target.by_itself) or weight(target.expired) > LONG


def _references(sight: Sight, by_name: dict[TableName, Target]) -> Iterator[tuple[TableName, TableName]]:
    for system, reader in sight.readers.items():
        for key in _enforced(reader.schema().foreign_keys):
            child, parent = TableName(system, key.table), TableName(system, key.parent)
            if child != parent and child in by_name and parent in by_name:
                yield child, parent


def _enforced(keys: Iterable[ForeignKey]) -> Iterator[ForeignKey]:
    return (k for k in keys if k.on_delete != "SET NULL")
