"""The plans' own book: keeps plans, their states, and receipts. Every change and its audit entry are one transaction.

Safety design. A batch's receipt is written, durable, while the company's transaction is still open, and confirmed after it
has committed. So a crash leaves at most one batch's receipts that are `intended`: `unsure()` gives them back, and the executor
asks the company's system which of their records are really gone before anything else happens.

Each durable write waits for the disk, so what may wait for the next one does (`soon`): that a plan has begun is written with
its first receipt, since nothing of the company's has changed before; that it is done, with what verification says. Who dies in
between finds it begun, with receipts that are looked at again, and nothing left to do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Any

from ordholden.connectors.reading import Key
from ordholden.connectors.writing import Taken
from ordholden.inventory.system import Inventory, TableName
from ordholden.plans.keys import key_text, packed
from ordholden.plans.pages import Pages
from ordholden.plans.plan import Operation, Plan, plan_from_json, plan_to_json
from ordholden.problems import Refusal
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden import audit
    from ordholden.plans.models import PlanRow

__all__ = ["Book", "Draft", "Kept", "PlanState", "Receipt"]


class PlanState(StrEnum):
    """Where a plan is. Only `verified` means done."""

    MADE = "made"
    APPROVED = "approved"
    APPLYING = "applying"
    STOPPED = "stopped"  # not done, because; it can be resumed
    APPLIED = "applied"
    VERIFIED = "verified"
    FAILED = "failed"  # verification found something


@dataclass(frozen=True)
class Kept:
    """A plan with what has become of it."""

    plan: Plan
    state: PlanState
    reason: str
    made_at: datetime
    approved_by: str
    approved_at: datetime | None
    applied_at: datetime | None
    verified_at: datetime | None
    findings: tuple[dict[str, Any], ...]

    @property
    def needs_approval(self) -> bool:
        return bool(self.plan.limits) and not self.approved_by

    def __repr__(self) -> str:
        waits = ", waits for a second person" if self.needs_approval else ""
        return f"<{self.plan.id}: {self.state}{waits}, {self.plan.rows:,} rows>"

    def _repr_html_(self) -> str:
        return f"{self.plan._repr_html_()}<p>{escape(repr(self)[1:-1])}</p>"


@dataclass(frozen=True)
class Receipt:
    id: int
    table: TableName
    operation: Operation
    columns: tuple[str, ...]
    keys: dict[str, Any]
    rows: int
    state: str
    at: datetime
    plan: str


@dataclass(frozen=True)
class Draft:
    """A receipt before it is written: what a change took from a table."""

    table: TableName
    operation: Operation
    columns: tuple[str, ...]
    taken: Taken


@dataclass(frozen=True)
class _Move:
    """A plan's next state, and who brought it there."""

    state: PlanState
    actor: str
    reason: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    def entry(self, plan: Plan) -> audit.Draft:
        from ordholden import audit

        facts = {"reason": self.reason} if self.reason else {}
        return audit.Draft(self.actor, f"plan:{self.state}", plan.digest, facts)


class Book:
    """The book of one organisation's store."""

    def __init__(self, store: Store, inventory: Inventory) -> None:
        self.store = store
        self._inventory = inventory
        self._pages = Pages(store)
        self._unconfirmed: list[int] = []
        self._open_receipts: list[int] = []
        self._waiting: dict[str, list[_Move]] = defaultdict(list)

    # — plans —

    def keep(self, plan: Plan, watched: Sequence[tuple[str, str]] = ()) -> Kept:
        """Writes the plan down. The same plan twice is one."""
        from ordholden import audit

        with self.store.transaction():
            new = self._pages.add_plan(
                {
                    "organisation": self.store.organisation,
                    "digest": plan.digest,
                    "name": plan.id,
                    "body": plan_to_json(plan),
                    "state": PlanState.MADE.value,
                    "reason": "",
                    "made_at": self.store.now(),
                    "made_by": plan.made_by,
                    "approved_by": "",
                    "applied_by": "",
                    "sizes": {},
                    "watched": self.store.seal(json.dumps(list(watched)).encode()) if watched else b"",
                    "findings": [],
                }
            )
            if new:
                audit.record(
                    self.store,
                    actor=plan.made_by,
                    action="plan:made",
                    subject=plan.digest,
                    facts={
                        "rows": plan.rows,
                        "kind": plan.scope.kind.value,
                        "on": plan.on.isoformat(),
                        "policy": plan.policy,
                    },
                )
            return self._now(plan)

    def find(self, name: str) -> Kept:
        """The plan with that name, or whose digest begins so; a Refusal where none or several do."""
        begin = name.rpartition("-")[2]
        # A range, and not a pattern: the digest's own index answers, however many plans there are.
        near = self._rows().filter(digest__gte=begin, digest__lt=f"{begin}g") if len(begin) >= 4 else ()
        rows = [r for r in near if name in (r.name, r.digest) or r.digest.startswith(name)]
        if len(rows) == 1:
            return _kept(rows[0])
        code = "plan-ambiguous" if rows else "plan-unknown"
        raise Refusal.of(code, plan=name, known=", ".join(r.name for r in rows or self._rows()[:5]))

    def all(self) -> tuple[Kept, ...]:
        """Every plan, newest first."""
        return tuple(_kept(r) for r in self._plans())

    def made_since(self, moment: datetime) -> tuple[Kept, ...]:
        """Plans made since then, newest first."""
        return tuple(_kept(r) for r in self._rows().filter(made_at__gte=moment))

    def _plans(self) -> list[PlanRow]:
        return list(self._rows())

    def _rows(self) -> QuerySet[PlanRow]:
        from ordholden.plans.models import PlanRow

        rows = PlanRow.objects.using(self.store.alias).filter(organisation=self.store.organisation)
        return rows.order_by("-made_at", "-id")

    def _now(self, plan: Plan) -> Kept:
        """The plan as it is written down; whoever has it need not read it again."""
        return Kept(plan, **_state(self._pages.plan(plan.digest)))

    def approve(self, plan: Plan, *, actor: str) -> Kept:
        """A second person agrees; whoever made the plan does not."""
        kept = self._now(plan)
        if actor == plan.made_by:
            raise Refusal.of("approve-own", actor=actor, plan=plan.id)
        if kept.state not in (PlanState.MADE, PlanState.APPROVED):
            raise Refusal.of("approve-late", plan=plan.id, state=kept.state)
        return self.move(
            plan, PlanState.APPROVED, actor=actor, approved_by=actor, approved_at=self.store.now()
        )

    def soon(self, plan: Plan, state: PlanState, *, actor: str, reason: str = "", **fields: object) -> None:
        """Changes the plan's state with whatever is written next about it, or with `settle`."""
        self._waiting[plan.digest].append(_Move(state, actor, reason, fields))

    def move(self, plan: Plan, state: PlanState, *, actor: str, reason: str = "", **fields: object) -> Kept:
        """Changes the plan's state and says so in the audit; confirms, in the same write, what has committed."""
        with self._writing(plan, _Move(state, actor, reason, fields)):
            return self._now(plan)

    def sizes(self, plan: Plan) -> dict[str, int]:
        """Rows per table before the plan began."""
        return dict(self._pages.of_plan(plan.digest, "sizes")["sizes"])

    def watched(self, plan: Plan) -> list[tuple[str, str]]:
        """Identifiers of the people whom the plan erases, by kind; empty once verification is done with them."""
        sealed = bytes(self._pages.of_plan(plan.digest, "watched")["watched"])
        return [tuple(pair) for pair in json.loads(self.store.unseal(sealed))] if sealed else []

    # — receipts —

    def intend(self, plan: Plan, drafts: Sequence[Draft]) -> None:
        """Written before the company's commit; confirms, in the same write, what was intended before and has committed."""
        if not drafts:
            return
        at = self.store.now()
        rows: list[dict[str, object]] = [
            {
                "organisation": self.store.organisation,
                "plan": plan.digest,
                "system": draft.table.system,
                "table": draft.table.table,
                "operation": draft.operation.value,
                "columns": list(draft.columns),
                "keys": packed(draft.taken, self.digest(draft.table)),
                "rows": len(draft.taken),
                "state": "intended",
                "at": at,
            }
            for draft in drafts
        ]
        with self._writing(plan):
            receipts = self._pages.add_receipts(rows)
        self._open_receipts = receipts

    def committed(self) -> None:
        """The company's transaction is final; the confirmation is written with the next receipt, or by `settle`."""
        self._unconfirmed += self._open_receipts
        self._open_receipts = []

    def settle(self, plan: Plan) -> None:
        """Writes what is still waiting."""
        if self._unconfirmed or self._waiting.get(plan.digest):
            with self._writing(plan):
                pass

    @contextmanager
    def _writing(self, plan: Plan, *last: _Move) -> Iterator[None]:
        """One transaction with all that waits: what has committed, and the plan's states, each with its entry."""
        from ordholden import audit

        confirmed, moves = list(self._unconfirmed), [*self._waiting.get(plan.digest, ()), *last]
        with self.store.transaction():
            if confirmed:
                self._pages.confirm(confirmed)
            for move in moves:
                state = {"state": move.state.value, "reason": move.reason}
                self._pages.change_plan(plan.digest, state | dict(move.fields))
            if moves:
                audit.record_many(self.store, [move.entry(plan) for move in moves])
            yield
        # Only what is on the disk is forgotten here.
        self._unconfirmed = [number for number in self._unconfirmed if number not in confirmed]
        self._waiting.pop(plan.digest, None)

    def unsure(self, plan: Plan) -> list[Receipt]:
        """Receipts of a run that broke off between the two writes."""
        return [r for r in self.receipts(plan) if r.state == "intended"]

    def correct(self, receipt: Receipt, *, rows: int, keys: Sequence[Key] | None = None) -> None:
        """What the company's system said about an unsure receipt: so many of its records are really gone."""
        from ordholden.plans.models import ReceiptRow

        with self.store.transaction():
            row = ReceiptRow.objects.using(self.store.alias).get(pk=receipt.id)
            row.state, row.rows = ("done" if rows else "void"), rows
            if keys is not None:
                row.keys = packed(Taken(tuple(keys)), self.digest(receipt.table))
            row.save(using=self.store.alias)

    def receipts(self, plan: Plan) -> list[Receipt]:
        """In their order; one whose batch has committed is done, though that may not be written yet."""
        return [
            _receipt({**row, "state": "done"} if row["id"] in self._unconfirmed else row)
            for row in self._pages.receipts(plan.digest)
        ]

    def journal(self, system: str, since: datetime) -> Iterator[Receipt]:
        """Everything erased in a system from a moment on, oldest first."""
        from ordholden.plans.models import ReceiptRow

        rows = ReceiptRow.objects.using(self.store.alias).filter(
            organisation=self.store.organisation, system=system, at__gte=since, state="done"
        )
        yield from (_receipt(r) for r in rows.order_by("id").values().iterator(chunk_size=500))

    def digest(self, table: TableName):  # type: ignore[no-untyped-def]
        """How keys of the table are written down: as they are (None), or by keyed digest where they are personal."""
        declared = self._inventory.table(table)
        personal = {f.column for f in declared.fields} | set(declared.identifiers.values())
        if declared.is_folder or (
            declared.holds_people and declared.person and declared.person.column in personal
        ):
            return lambda key: self.store.digest(str(table), key_text(key), use="journal")
        return None

    # — rules —

    def known_rules(self) -> frozenset[str]:
        return self._pages.rules()

    def remember_rules(self, rules: Sequence[str]) -> None:
        from ordholden.plans.models import RuleRow

        with self.store.transaction():
            RuleRow.objects.using(self.store.alias).bulk_create(
                [
                    RuleRow(organisation=self.store.organisation, rule=r, since=self.store.now())
                    for r in rules
                ],
                ignore_conflicts=True,
            )


def _kept(row: PlanRow) -> Kept:
    return Kept(plan_from_json(row.body), **_state(vars(row)))


def _state(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": PlanState(row["state"]),
        "reason": row["reason"],
        "made_at": row["made_at"],
        "approved_by": row["approved_by"],
        "approved_at": row["approved_at"],
        "applied_at": row["applied_at"],
        "verified_at": row["verified_at"],
        "findings": tuple(row["findings"]),
    }


def _receipt(row: Mapping[str, Any]) -> Receipt:
    return Receipt(
        row["id"],
        TableName(row["system"], row["table"]),
        Operation(row["operation"]),
        tuple(row["columns"]),
        row["keys"],
        row["rows"],
        row["state"],
        row["at"],
        row["plan"],
    )
