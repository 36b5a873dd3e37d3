"""A promise as it stands on a day: its state, and what was looked at to say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ordholden.lang.html import table
from ordholden.policy.document import Text

__all__ = ["Evidence", "Kind", "PromiseState", "Promises", "Proof", "State", "combined"]


class State(StrEnum):
    """How a promise stands."""

    KEPT = "kept"
    DUE = "due"  # something has to be done, and there is still time
    BROKEN = "broken"
    NOT_PROVABLE = "not provable yet"


# What the whole is when its parts differ: the first of these that occurs.
_GRAVEST = (State.BROKEN, State.DUE, State.NOT_PROVABLE, State.KEPT)


class Kind(StrEnum):
    """Where a promise comes from."""

    POLICY = "policy"  # an entry under `promises`
    KEEP_RULE = "keep rule"  # an activity
    SYSTEM = "system"


@dataclass(frozen=True)
class Evidence:
    """One thing that was looked at, and what it showed; `code` is explained in the docs, like a problem's."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **facts: object) -> Evidence:
        return cls(code, {k: v if isinstance(v, int) else str(v) for k, v in facts.items()})


@dataclass(frozen=True)
class Proof:
    """What one keep rule, capability or duty comes to; `next` is when somebody, or a sweep, has to act."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    since: date | None = None  # broken since
    next: date | None = None
    owner: str = ""


@dataclass(frozen=True)
class PromiseState:
    """A promise, how it stands, and why."""

    id: str
    kind: Kind
    says: Text
    proof: Proof
    looked_at: datetime

    @property
    def state(self) -> State:
        return self.proof.state

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.proof.evidence

    @property
    def since(self) -> date | None:
        return self.proof.since

    @property
    def next(self) -> date | None:
        return self.proof.next

    @property
    def owner(self) -> str:
        return self.proof.owner

    def __repr__(self) -> str:
        return f"<{self.id}: {self.state}>"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "says": {"da": self.says.da, "en": self.says.en},
            "state": self.state.value,
            "since": self.since.isoformat() if self.since else None,
            "next": self.next.isoformat() if self.next else None,
            "owner": self.owner,
            "evidence": [{"code": e.code, "facts": dict(e.facts)} for e in self.evidence],
            "looked_at": self.looked_at.isoformat(),
        }


class Promises(tuple[PromiseState, ...]):
    """All of them, and a table in a notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        rows = [(p.id, p.state.value, p.says.en, p.since or "", len(p.evidence)) for p in self]
        return table(("promise", "state", "says", "broken since", "evidence"), rows)


def combined(proofs: Iterable[Proof]) -> Proof:
    """Several proofs as one: it stands as badly as the worst of them, and for as long."""
    parts = tuple(proofs)
    state = next((s for s in _GRAVEST if any(p.state is s for p in parts)), State.NOT_PROVABLE)
    return Proof(
        state,
        _once(e for p in parts for e in p.evidence),
        since=min((p.since for p in parts if p.since), default=None),
        next=min((p.next for p in parts if p.next), default=None),
        owner=next((p.owner for p in parts if p.owner), ""),
    )


def _once(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for one in evidence:
        if one not in found:
            found.append(one)
    return tuple(found)
