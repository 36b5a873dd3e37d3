"""Every promise with its state: those of the policy, each keep rule, each system."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ordholden.policy.document import Activity, Promise, Text
from ordholden.promises.capabilities import capabilities
from ordholden.promises.duties import duty_proof
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Kind, Promises, PromiseState, Proof, State, combined
from ordholden.promises.systems import system_proofs

__all__ = ["as_json", "promises", "summary"]


def promises(look: Look, only: Collection[str] = ()) -> Promises:
    """All promises as they stand: the policy's own first, then keep rules, then systems. Or `only` those of these ids."""
    return Promises(_all(look, frozenset(only)))


class _Rules(dict[str, Proof]):
    """How each keep rule stands; looked at when somebody asks, and once."""

    def __init__(self, keeping: Keeping) -> None:
        super().__init__()
        self._keeping = keeping

    def __missing__(self, name: str) -> Proof:
        self[name] = self._keeping.proof(self._keeping.look.policy.activities[name])
        return self[name]


def _all(look: Look, only: frozenset[str]) -> Iterator[PromiseState]:
    keeping = Keeping(look)
    rules = _Rules(keeping)
    proved: dict[str, Proof] = {}
    for promise in look.policy.promises.values():
        if only and promise.id not in only:
            continue
        parts = [rules[name] for name in promise.activities]
        if promise.capability:
            parts.append(_capability(promise.capability, keeping, proved))
        if promise.duty:
            parts.append(duty_proof(promise.duty, look))
        yield PromiseState(promise.id, Kind.POLICY, promise.says, _whole(promise, parts), look.now)
    for activity in look.policy.activities.values():
        place = f"keep: {activity.name}"
        if not only or place in only:
            yield PromiseState(place, Kind.KEEP_RULE, _rule(activity), rules[activity.name], look.now)
    for system in look.inventory.systems.values():
        if only and f"system: {system.name}" not in only:
            continue
        proof = combined(system_proofs(system, look))
        yield PromiseState(f"system: {system.name}", Kind.SYSTEM, system.about, proof, look.now)


def _capability(name: str, keeping: Keeping, proved: dict[str, Proof]) -> Proof:
    """What the capability comes to; shown once however many promises rest on it."""
    if name not in proved:
        found = capabilities().get(name)
        unknown = Proof(State.NOT_PROVABLE, (Evidence.of("capability-unknown", capability=name),))
        proved[name] = unknown if found is None else found(keeping)
    return proved[name]


def _whole(promise: Promise, parts: Iterable[Proof]) -> Proof:
    found = tuple(parts)
    return (
        combined(found)
        if found
        else Proof(State.NOT_PROVABLE, (Evidence.of("nothing-named", promise=promise.id),))
    )


def _rule(activity: Activity) -> Text:
    return Text(
        f"{activity.purpose.da}: {activity.keep.text}", f"{activity.purpose.en}: {activity.keep.text}"
    )


def summary(states: Iterable[PromiseState]) -> Mapping[State, int]:
    """How many promises stand how."""
    counted = dict.fromkeys(State, 0)
    for state in states:
        counted[state.state] += 1
    return counted


def as_json(states: Iterable[PromiseState]) -> dict[str, Any]:
    found = tuple(states)
    return {
        "summary": {state.value: number for state, number in summary(found).items()},
        "promises": [state.as_json() for state in found],
    }
