"""Every promise with its state: those of the policy, each keep rule, each system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ordholden.policy.document import Activity, Promise, Text
from ordholden.promises.capabilities import capabilities
from ordholden.promises.duties import duty_proof
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Kind, Promises, PromiseState, Proof, State, combined
from ordholden.promises.systems import system_proofs

__all__ = ["as_json", "promises", "summary"]


def promises(look: Look) -> Promises:
    """All promises as they stand: the policy's own first, then keep rules, then systems."""
    return Promises(_all(look))


def _all(look: Look) -> Iterator[PromiseState]:
    keeping = Keeping(look)
    rules = {name: keeping.proof(activity) for name, activity in look.policy.activities.items()}
    proved: dict[str, Proof] = {}
    for promise in look.policy.promises.values():
        parts = [rules[name] for name in promise.activities]
        if promise.capability:
            parts.append(_capability(promise.capability, keeping, proved))
        if promise.duty:
            parts.append(duty_proof(promise.duty, look))
        yield PromiseState(promise.id, Kind.POLICY, promise.says, _whole(promise, parts), look.now)
    for activity in look.policy.activities.values():
        yield PromiseState(
            f"keep: {activity.name}", Kind.KEEP_RULE, _rule(activity), rules[activity.name], look.now
        )
    for system in look.inventory.systems.values():
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
