"""The product's own road, as its hall walks it: plan, write down, apply with receipts, verify. No shortcuts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType

from bench.measure import Wrong
from ordholden.connectors.sql.system import SqlSystem
from ordholden.footprints import Footprints
from ordholden.grounds.wishes import Card, Wishes
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import TableName
from ordholden.plans.book import Book, Kept, PlanState
from ordholden.plans.execute import Hands, execute
from ordholden.plans.make import make
from ordholden.plans.plan import Operation, Scope, ScopeKind
from ordholden.plans.sight import Memory, Sight
from ordholden.plans.spool import Spool
from ordholden.plans.verify import Finding, identifiers_of, verify
from ordholden.policy.read import read_policy
from ordholden.problems import Problems
from ordholden.store import open_store

__all__ = ["DAY", "Road"]

DAY = date(2026, 11, 22)
_ORGANISATIONS = Path(__file__).parent / "organisations"


class Road:
    """One organisation, open on a database, with a store of its own on the disk."""

    def __init__(self, name: str, url: str, folder: Path) -> None:
        problems = Problems()
        policy = read_policy(_ORGANISATIONS / name, problems)
        inventory = read_inventory(_ORGANISATIONS / name, problems, {"BENCH_URL": url})
        if policy is None or inventory is None:
            raise Wrong(str(problems.all))
        self.policy, self.inventory = policy, inventory
        self._open = ExitStack()
        self.readers = {n: self._opened(SqlSystem(s, folder)) for n, s in inventory.systems.items()}
        self.writers = {
            n: self._opened(SqlSystem(s, folder, write=True)) for n, s in inventory.systems.items()
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.store = self._open.enter_context(open_store(folder, organisation=policy.organisation.name))
        self.book = Book(self.store, inventory)
        self.footprints = Footprints(inventory, self.readers, policy)
        self.memory = Memory()

    def _opened(self, system: SqlSystem) -> SqlSystem:
        self._open.callback(system.close)
        return system

    def __enter__(self) -> Road:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def sight(self, scope: Scope, wishes: Wishes) -> Sight:
        if scope.of_people:
            wishes = replace(
                wishes, requested=frozenset(scope.cards), decided=scope.decided, withdrawing=scope.consent
            )
        return Sight(
            self.policy, self.inventory, self.readers, self.footprints, DAY, wishes, memory=self.memory
        )

    def plan(self, scope: Scope, wishes: Wishes = Wishes()) -> Kept:
        sight = self.sight(scope, wishes)
        plan = make(sight, scope, known_rules=self.book.known_rules(), made_by="bench")
        watched = identifiers_of(scope.cards, sight) if scope.kind is ScopeKind.ERASE else []
        return self.book.keep(plan, watched)

    def apply(self, kept: Kept, wishes: Wishes = Wishes()) -> None:
        plan = kept.plan
        sight = self.sight(plan.scope, wishes)
        sizes = {} if plan.scope.of_people else self._sizes(kept)
        self.book.soon(plan, PlanState.APPLYING, actor="bench", sizes=sizes)
        if not plan.scope.of_people:
            self.book.settle(plan)
        path = self.folder / f"{plan.digest}.spool"
        spool = Spool(path)
        try:
            execute(plan, sight, Hands(self.writers, {}, lambda activity, cards: None), self.book, spool)
        finally:
            spool.close()
        now = self.store.now()
        self.book.soon(plan, PlanState.APPLIED, actor="bench", applied_at=now, applied_by="bench")
        if not plan.scope.of_people:
            self.book.settle(plan)
        path.unlink(missing_ok=True)

    def _sizes(self, kept: Kept) -> dict[str, int]:
        deleted = [s.table for s in kept.plan.steps if s.operation is Operation.DELETE]
        return {str(t): self.readers[t.system].size(t) for t in deleted}

    def verify(self, kept: Kept, wishes: Wishes = Wishes()) -> tuple[Finding, ...]:
        plan = kept.plan
        found = verify(
            plan,
            self.sight(plan.scope, wishes),
            receipts=self.book.receipts(plan),
            sizes=self.book.sizes(plan),
            watched=self.book.watched(plan),
        )
        if found:
            raise Wrong(str(found))
        self.book.move(
            plan, PlanState.VERIFIED, actor="bench", watched=b"", verified_at=self.store.now(), findings=[]
        )
        return found

    def done(self, kept: Kept) -> dict[str, int]:
        """Rows per operation and table, as the receipts say."""
        found: dict[str, int] = {}
        for receipt in self.book.receipts(kept.plan):
            if receipt.state != "done":
                raise Wrong(f"a receipt is {receipt.state}")
            place = f"{receipt.operation} {receipt.table.table}"
            found[place] = found.get(place, 0) + receipt.rows
        return found


def erasure(table: TableName, keys: Sequence[object]) -> Scope:
    return Scope(ScopeKind.ERASE, tuple(Card(table, k) for k in keys))
