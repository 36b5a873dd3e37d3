"""Makes a plan: a look at the systems in, steps with exact numbers out. Nothing is written anywhere but the spool."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from ordholden.connectors.predicate import FALSE, Predicate, both, negated, weight
from ordholden.connectors.reading import Key
from ordholden.grounds.calendar import cutoff
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Table, TableName
from ordholden.plans.decide import decide
from ordholden.plans.plan import Limit, Operation, Plan, Reason, Scope, ScopeKind, Step, numbered
from ordholden.plans.preflight import preflight
from ordholden.plans.sight import Sight
from ordholden.plans.spool import RECORD, Spool
from ordholden.plans.targets import LONG, Target, targets
from ordholden.policy.document import Activity, Limits
from ordholden.policy.rule import Asked
from ordholden.problems import Problem

__all__ = ["going_predicates", "make", "rule_digest", "to_ask"]

Progress = Callable[[str, int], None]


def make(
    sight: Sight,
    scope: Scope,
    *,
    known_rules: Collection[str] = (),
    problems: tuple[Problem, ...] = (),
    made_by: str = "",
    progress: Progress = lambda what, n: None,
) -> Plan:
    """What would happen on the day. `known_rules` are the digests of rules that have been carried out before."""
    found, blocked = preflight(sight)
    order = targets(sight, scope, blocked)
    spool = Spool()
    try:
        spooled = _spooled(order, sight)
        steps = [
            step
            for t in order
            for step in _steps(t, order, sight, spool if t.name in spooled else None, progress)
        ]
    finally:
        spool.close()
    if scope.kind is ScopeKind.SWEEP:
        steps += _asks(sight)
    plan = Plan(
        organisation=sight.policy.organisation.name,
        on=sight.on,
        scope=scope,
        policy=sight.policy.digest,
        inventory=sight.inventory.digest,
        schemas={name: reader.schema().digest for name, reader in sorted(sight.readers.items())},
        steps=numbered(steps),
        problems=(*problems, *found),
        blocked=tuple(sorted(blocked)),
        made_by=made_by,
        nonce=secrets.token_hex(4),
    )
    return replace(plan, limits=tuple(_limits(plan, sight.policy.limits, known_rules)))


def _steps(
    target: Target, order: tuple[Target, ...], sight: Sight, spool: Spool | None, progress: Progress
) -> Iterator[Step]:
    progress(str(target.name), 0)
    if spool is not None:
        decide(target, sight, spool, lambda n: progress(str(target.name), n))
        _drop_needed(target, sight, spool)
        whole = spool.count(target.name, RECORD)
        fields = [spool.count_without(target.name, index, RECORD) for index in range(len(target.groups))]
    else:
        reader = sight.reader(target.table)
        record = target.whole_record(going_predicates(target, order, sight))
        whole = 0 if record == FALSE else reader.count(target.name, record)
        fields = [_count(target, index, record, sight) for index in range(len(target.groups))]
    size = sight.reader(target.table).size(target.name) if whole or any(fields) else 0
    operation = Operation.ANONYMISE if target.anonymised else Operation.DELETE
    if whole:
        columns = tuple(f.column for f in target.table.fields)
        yield Step(
            0,
            target.name,
            operation,
            columns,
            whole,
            size,
            _reasons(target, range(len(target.groups))),
            not target.told,
        )
    for index, rows in enumerate(fields):
        if rows:
            columns = tuple(f.column for f in target.groups[index].fields)
            yield Step(
                0,
                target.name,
                Operation.CLEAR,
                columns,
                rows,
                size,
                _reasons(target, [index]),
                not target.told,
            )


def _count(target: Target, index: int, record: Predicate, sight: Sight) -> int:
    where = both([target.cleared(index), negated(record)])
    return 0 if where == FALSE else sight.reader(target.table).count(target.name, where)


def _reasons(target: Target, groups: Collection[int] | range) -> tuple[Reason, ...]:
    activities = dict.fromkeys(a for g in groups for a in target.groups[g].activities)
    return tuple(Reason(a.name, a.keep.text, str(a.basis.kind)) for a in activities)


# — records that stay because others need them —


def _spooled(order: tuple[Target, ...], sight: Sight) -> frozenset[TableName]:
    """The tables whose numbers need decisions about single records: those that the database alone cannot tell, or not
    shortly; all that they refer to, since a record is needed or not by what is decided there; and all that refer to these."""
    children = {t.name: _children(t, order, sight) for t in order}
    found: set[TableName] = set()
    for target in order:
        if (
            not target.told
            or weight(target.expired) > LONG
            or any(c.name in found for c in children[target.name])
        ):
            found.add(target.name)
    for target in reversed(order):
        if target.name in found:
            found |= {c.name for c in children[target.name]}
    return frozenset(found)


def _children(target: Target, order: tuple[Target, ...], sight: Sight) -> list[Target]:
    names = {
        TableName(target.name.system, k.table)
        for k in sight.reader(target.table).schema().foreign_keys
        if k.parent == target.name.table and k.on_delete != "SET NULL" and k.table != k.parent
    }
    position = order.index(target)
    return [t for t in order[:position] if t.name in names]


def going_predicates(
    target: Target, order: tuple[Target, ...], sight: Sight
) -> tuple[tuple[str, Predicate], ...]:
    """For each table that refers to this one, its rows that go in the same plan and so do not hold it back."""
    return tuple(
        (child.name.table, child.whole_record(going_predicates(child, order, sight)))
        for child in _children(target, order, sight)
        if _lets_go(child, target, sight)
    )


def _lets_go(child: Target, parent: Target, sight: Sight) -> bool:
    """A deleted child lets go; an anonymised one does where it cuts the link."""
    if not child.anonymised:
        return True
    keys = [
        k
        for k in sight.reader(child.table).schema().foreign_keys
        if (k.table, k.parent) == (child.name.table, parent.name.table)
    ]
    return all(set(k.columns) <= set(child.table.cut) for k in keys)


def _drop_needed(target: Target, sight: Sight, spool: Spool) -> None:
    """Takes back the decision about records that a staying record needs."""
    if target.anonymised or target.table.is_folder:
        return
    reader = sight.reader(target.table)
    for page in spool.pages(target.name, RECORD, 1_000):
        needed: dict[str, list[tuple[Key, Key]]] = {}
        for table, child, mine in reader.references(target.name, page):
            needed.setdefault(table, []).append((child, mine))
        for table, pairs in needed.items():
            name = TableName(target.name.system, table)
            going = spool.known(name, RECORD, [child for child, _ in pairs])
            spool.drop(target.name, RECORD, {mine for child, mine in pairs if child not in going})


# — questions —


def to_ask(sight: Sight, activity: Activity, table: Table) -> Iterator[Card]:
    """People whose data has not been confirmed for the rule's period and who have not been asked since."""
    assert isinstance(activity.keep.term, Asked)
    assert table.person is not None
    last = cutoff(sight.on, activity.keep.term.fresh, None, sight.policy.organisation.year_ends)
    where = sight.compiler.unconfirmed(activity, table)
    if where == FALSE:
        return
    for rows in sight.rows(table, where):
        for row in rows:
            card = Card(table.name, row.links[table.person])
            asked = sight.wishes.asked.get((activity.name, card))
            if asked is None or asked <= last:
                yield card


def _asks(sight: Sight) -> Iterator[Step]:
    for activity in sight.policy.activities.values():
        if not isinstance(activity.keep.term, Asked):
            continue
        for table in sight.inventory.people_tables:
            if table.name.system not in sight.readers or table.is_folder:
                continue
            people = sum(1 for _ in to_ask(sight, activity, table))
            if people:
                reason = Reason(activity.name, activity.keep.text, str(activity.basis.kind))
                yield Step(
                    0,
                    table.name,
                    Operation.ASK,
                    (),
                    people,
                    sight.reader(table).size(table.name),
                    (reason,),
                    False,
                )


# — limits —


def rule_digest(reason: Reason) -> str:
    return f"{reason.activity}: {reason.rule}"


def _limits(plan: Plan, limits: Limits, known_rules: Collection[str]) -> Iterator[Limit]:
    if plan.rows > limits.rows:
        yield Limit("rows", "", str(plan.rows), str(limits.rows))
    if plan.scope.of_people:
        return
    for step in plan.steps:
        if step.operation is Operation.ASK or not step.of:
            continue
        share = step.rows / step.of
        if share > limits.share:
            yield Limit("share", f"{step.operation} {step.table}", f"{share:.0%}", f"{limits.share:.0%}")
    if limits.ask_first_run and plan.scope.kind is ScopeKind.SWEEP:
        rules = dict.fromkeys(
            rule_digest(r) for s in plan.steps for r in s.reasons if s.operation is not Operation.ASK
        )
        for rule in rules:
            if rule not in known_rules:
                yield Limit("first run", rule, "0", "1")
