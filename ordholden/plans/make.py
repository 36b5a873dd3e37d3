"""Makes a plan: a look at the systems in, steps with exact numbers out. Nothing is written anywhere but the spool."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ordholden.connectors.certain import knowing_parent
from ordholden.connectors.predicate import FALSE, Predicate, weight
from ordholden.connectors.reading import ForeignKey, Key
from ordholden.grounds.calendar import cutoff
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import Table, TableName
from ordholden.plans.decide import decide
from ordholden.plans.form import Form, about, formed
from ordholden.plans.plan import Limit, Operation, Plan, Reason, Scope, ScopeKind, Step, numbered
from ordholden.plans.sight import Sight
from ordholden.plans.spool import RECORD, Spool
from ordholden.plans.targets import LONG, Target
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
    form = formed(sight, scope)
    sight = about(sight, scope)
    spool = Spool()
    try:
        counting = _Counting(form, sight, spool, progress)
        decide([t for t in form.order if t.name in counting.spooled], sight, spool, progress)
        counted = counting.together() if scope.of_people else map(counting.one, form.order)
        steps = [
            step
            for target, rows in zip(form.order, counted, strict=True)
            for step in _steps(target, rows, _size(target, rows, scope, sight))
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
        problems=(*problems, *form.problems),
        blocked=tuple(sorted(form.blocked)),
        made_by=made_by,
        nonce=secrets.token_hex(4),
    )
    return replace(plan, limits=tuple(_limits(plan, sight.policy.limits, known_rules)))


@dataclass(frozen=True)
class _Counting:
    """How many records of each table go as a whole, and then for each group of fields, in how many others it is cleared."""

    form: Form
    sight: Sight
    spool: Spool
    progress: Progress

    def together(self) -> Iterator[Sequence[int]]:
        """All tables, those that their database can tell in one journey to each."""
        asked: dict[str, list[tuple[Target, Predicate]]] = defaultdict(list)
        for target in self.form.order:
            if target.name not in self.spooled:
                asked[target.name.system] += [(target, w) for w in self._wanted(target) if w != FALSE]
        told = {system: iter(self._counts(system, pairs)) for system, pairs in asked.items()}
        for target in self.form.order:
            if target.name in self.spooled:
                yield self.one(target)
            else:
                found = told[target.name.system]
                yield [0 if where == FALSE else next(found) for where in self._wanted(target)]

    def one(self, target: Target) -> Sequence[int]:
        """One table."""
        self.progress(str(target.name), 0)
        if target.name in self.spooled:
            return self._decided(target)
        wanted = self._wanted(target)
        found = iter(self._counts(target.name.system, [(target, w) for w in wanted if w != FALSE]))
        return [0 if where == FALSE else next(found) for where in wanted]

    def _wanted(self, target: Target) -> tuple[Predicate, ...]:
        def say() -> tuple[Predicate, ...]:
            record = target.whole_record(going_predicates(target, self.form.order, self.sight))
            return (record, *(target.staying(index, record) for index in range(len(target.groups))))

        return self.form.once(("counted", target.name), say)

    def _counts(self, system: str, wanted: Sequence[tuple[Target, Predicate]]) -> Sequence[int]:
        if not wanted:
            return ()
        return self.sight.readers[system].counts([(t.name, self.sight.given(where)) for t, where in wanted])

    def _decided(self, target: Target) -> Sequence[int]:
        spool, name = self.spool, target.name
        _drop_needed(target, self.sight, spool)
        groups = range(len(target.groups))
        return [spool.count(name, RECORD), *(spool.count_without(name, i, RECORD) for i in groups)]

    @property
    def spooled(self) -> frozenset[TableName]:
        return self.form.once("spooled", lambda: _spooled(self.form.order, self.sight))


def _size(target: Target, rows: Sequence[int], scope: Scope, sight: Sight) -> int:
    """Rows in the table: what a sweep is looked at with. Beside one person's records it says nothing, and it takes time."""
    return sight.reader(target.table).size(target.name) if any(rows) and not scope.of_people else 0


def _steps(target: Target, rows: Sequence[int], size: int) -> Iterator[Step]:
    whole, *fields = rows
    operation = Operation.ANONYMISE if target.anonymised else Operation.DELETE
    judged = not target.told
    if whole:
        columns = tuple(f.column for f in target.table.fields)
        reasons = _reasons(target, range(len(target.groups)))
        yield Step(0, target.name, operation, columns, whole, size, reasons, judged)
    for index, cleared in enumerate(fields):
        if cleared:
            columns = tuple(f.column for f in target.groups[index].fields)
            reasons = _reasons(target, [index])
            yield Step(0, target.name, Operation.CLEAR, columns, cleared, size, reasons, judged)


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
        (child.name.table, _going(child, target, order, sight))
        for child in _children(target, order, sight)
        if _lets_go(child, target, sight)
    )


def _going(child: Target, parent: Target, order: tuple[Target, ...], sight: Sight) -> Predicate:
    """The child's rows that go, of those that refer to a row of the parent which has expired: only these are asked about."""
    going = child.whole_record(going_predicates(child, order, sight))
    keys = _links(child, parent, sight)
    # By two references a row may belong to two parents, of which one has expired.
    schema = sight.reader(child.table).schema()
    return knowing_parent(going, keys[0], parent.expired, schema) if len(keys) == 1 else going


def _lets_go(child: Target, parent: Target, sight: Sight) -> bool:
    """A deleted child lets go; an anonymised one does where it cuts the link."""
    return not child.anonymised or all(
        set(k.columns) <= set(child.table.cut) for k in _links(child, parent, sight)
    )


def _links(child: Target, parent: Target, sight: Sight) -> list[ForeignKey]:
    keys = sight.reader(child.table).schema().foreign_keys
    return [k for k in keys if (k.table, k.parent) == (child.name.table, parent.name.table)]


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
    # Whoever objects, or has the use restricted, is left in peace.
    silent = sight.wishes.suspended(activity) | sight.wishes.ended(activity)
    for rows in sight.rows(table, where):
        for row in rows:
            card = Card(table.name, row.links[table.person])
            asked = sight.wishes.asked.get((activity.name, card))
            if card not in silent and (asked is None or asked <= last):
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
