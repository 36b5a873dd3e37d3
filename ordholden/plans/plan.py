"""A plan: what would change on which systems, how many records, and for each the activity and rule behind it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.lang.html import table
from ordholden.policy.document import OnRequest
from ordholden.problems import Level, Place, Problem

__all__ = [
    "Limit",
    "Operation",
    "Plan",
    "Reason",
    "Scope",
    "ScopeKind",
    "Stay",
    "Step",
    "plan_from_json",
    "plan_to_json",
]


class Operation(StrEnum):
    """What a step does to its records."""

    DELETE = "delete"  # the record goes, and a file that belongs to it goes first
    ANONYMISE = "anonymise"  # the record stays, nothing in it leads to anybody
    CLEAR = "clear"  # some fields of a living record
    CORRECT = "correct"  # a wrong or missing value is replaced by the right one
    ASK = "ask"  # nothing changes; people are asked whether their data is still right


class ScopeKind(StrEnum):
    SWEEP = "sweep"  # everything that is due on the day
    ERASE = "erase"  # a request of people to be erased (GDPR art. 17)
    WITHDRAW = "withdraw"  # a consent withdrawn (GDPR art. 7(3))
    CORRECT = "correct"  # people's wrong or missing data put right (GDPR art. 16)
    REPLAY = "replay"  # a backup was restored: erase again what was erased since


@dataclass(frozen=True)
class Scope:
    """Which records a plan is about: all that are due, or those of some people."""

    kind: ScopeKind
    cards: tuple[Card, ...] = ()
    consent: str = ""
    decided: Mapping[str, OnRequest] = field(default_factory=dict)
    system: str = ""
    since: str = ""

    @property
    def of_people(self) -> bool:
        return self.kind in (ScopeKind.ERASE, ScopeKind.WITHDRAW)


@dataclass(frozen=True)
class Reason:
    """Why the records of a step go: an activity that covered them, and its keep rule."""

    activity: str
    rule: str
    basis: str


@dataclass(frozen=True)
class Step:
    """One operation on one table. `rows` is what it would change; `kept` are records that it must leave, with why."""

    number: int
    table: TableName
    operation: Operation
    columns: tuple[str, ...]
    rows: int
    of: int  # rows in the table, where counted
    reasons: tuple[Reason, ...]
    judged: bool  # by the interpreter, record by record, since other systems decide too

    @property
    def title(self) -> str:
        return f"{self.operation} {self.table}"


@dataclass(frozen=True)
class Stay:
    """Data of the plan's people that stay: on which ground and until when ("" where no end is known).

    `doubt` marks a reason that somebody should look at: a missing date of our own, or data that nobody declared.
    """

    table: str
    category: str
    ground: str
    rule: str
    until: str
    doubt: bool
    rows: int


@dataclass(frozen=True)
class Limit:
    """A limit that the plan exceeds, and so needs a second person: `rows`, `share` or `first run`."""

    kind: str
    what: str
    found: str
    allowed: str


@dataclass(frozen=True)
class Plan:
    """Stored under its digest; the digest changes with anything in it."""

    organisation: str
    on: date
    scope: Scope
    policy: str
    inventory: str
    schemas: Mapping[str, str]
    steps: tuple[Step, ...]
    limits: tuple[Limit, ...] = ()
    problems: tuple[Problem, ...] = ()
    blocked: tuple[TableName, ...] = ()
    stays: tuple[Stay, ...] = ()
    made_by: str = ""
    nonce: str = ""  # tells two equal plans of one day apart

    @property
    def rows(self) -> int:
        return sum(s.rows for s in self.steps if s.operation is not Operation.ASK)

    @property
    def empty(self) -> bool:
        return all(s.rows == 0 for s in self.steps)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(plan_to_json(self), sort_keys=True).encode()).hexdigest()

    @property
    def id(self) -> str:
        """What people call it: the day, what it is, and the beginning of its digest."""
        return f"{self.on.isoformat()}-{self.scope.kind}-{self.digest[:8]}"

    def __repr__(self) -> str:
        return f"<Plan {self.id}: {self.rows:,} rows in {len(self.steps)} steps>"

    def _repr_html_(self) -> str:
        rows = [
            (
                str(s.table),
                s.operation.value,
                ", ".join(s.columns),
                s.rows,
                s.of,
                "; ".join(r.activity for r in s.reasons),
            )
            for s in self.steps
        ]
        head = ("table", "operation", "fields", "rows", "of", "because of")
        return table(head, rows, caption=f"{self.organisation} · {self.id}")


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The plan as JSON; people are in it as references to records only."""
    return {
        "organisation": plan.organisation,
        "on": plan.on.isoformat(),
        "scope": {
            "kind": plan.scope.kind.value,
            "cards": [[c.table.system, c.table.table, c.key] for c in plan.scope.cards],
            "consent": plan.scope.consent,
            "decided": {k: v.value for k, v in plan.scope.decided.items()},
            "system": plan.scope.system,
            "since": plan.scope.since,
        },
        "policy": plan.policy,
        "inventory": plan.inventory,
        "schemas": dict(plan.schemas),
        "steps": [
            {
                "number": s.number,
                "system": s.table.system,
                "table": s.table.table,
                "operation": s.operation.value,
                "columns": list(s.columns),
                "rows": s.rows,
                "of": s.of,
                "reasons": [{"activity": r.activity, "rule": r.rule, "basis": r.basis} for r in s.reasons],
                "judged": s.judged,
            }
            for s in plan.steps
        ],
        "limits": [
            {"kind": x.kind, "what": x.what, "found": x.found, "allowed": x.allowed} for x in plan.limits
        ],
        "problems": [
            {
                "code": p.code,
                "at": [p.at.file, p.at.line, p.at.column] if p.at else None,
                "facts": dict(p.facts),
                "level": p.level.value,
            }
            for p in plan.problems
        ],
        "blocked": [[t.system, t.table] for t in plan.blocked],
        "stays": [asdict(s) for s in plan.stays],
        "made_by": plan.made_by,
        "nonce": plan.nonce,
    }


def plan_from_json(found: Mapping[str, Any]) -> Plan:
    scope = found["scope"]
    return Plan(
        organisation=found["organisation"],
        on=date.fromisoformat(found["on"]),
        scope=Scope(
            ScopeKind(scope["kind"]),
            tuple(Card(TableName(s, t), k) for s, t, k in scope["cards"]),
            scope["consent"],
            {k: OnRequest(v) for k, v in scope["decided"].items()},
            scope["system"],
            scope["since"],
        ),
        policy=found["policy"],
        inventory=found["inventory"],
        schemas=found["schemas"],
        steps=tuple(
            Step(
                s["number"],
                TableName(s["system"], s["table"]),
                Operation(s["operation"]),
                tuple(s["columns"]),
                s["rows"],
                s["of"],
                tuple(Reason(**r) for r in s["reasons"]),
                s["judged"],
            )
            for s in found["steps"]
        ),
        limits=tuple(Limit(**x) for x in found["limits"]),
        problems=tuple(
            Problem(p["code"], Place(*p["at"]) if p["at"] else None, p["facts"], Level(p["level"]))
            for p in found["problems"]
        ),
        blocked=tuple(TableName(*t) for t in found["blocked"]),
        stays=tuple(Stay(**s) for s in found["stays"]),
        made_by=found["made_by"],
        nonce=found["nonce"],
    )


def numbered(steps: list[Step]) -> tuple[Step, ...]:
    return tuple(replace(step, number=n) for n, step in enumerate(steps, 1))
