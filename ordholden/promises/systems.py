"""What is promised of each system: backups are said, the connection is encrypted, there is an agreement."""

from __future__ import annotations

from collections.abc import Iterator

from ordholden.connectors.errors import SystemFailure
from ordholden.inventory.system import System
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

__all__ = ["system_proofs"]


def system_proofs(system: System, look: Look) -> Iterator[Proof]:
    """One proof for each of the three."""
    yield _backups(system)
    yield _encryption(system, look)
    yield _agreement(system, look)


def _backups(system: System) -> Proof:
    if system.backup_days is None:
        return Proof(State.NOT_PROVABLE, (Evidence.of("backups-unsaid", system=system.name),))
    return Proof(State.KEPT, (Evidence.of("backups-said", system=system.name, days=system.backup_days),))


def _encryption(system: System, look: Look) -> Proof:
    reader = look.sight.readers.get(system.name)
    if reader is None:
        return Proof(State.NOT_PROVABLE, (Evidence.of("system-silent", system=system.name),))
    try:
        encrypted = reader.encrypted()
    except SystemFailure:
        return Proof(State.NOT_PROVABLE, (Evidence.of("system-silent", system=system.name),))
    if encrypted is None:
        return Proof(State.KEPT, (Evidence.of("connection-local", system=system.name),))
    if encrypted:
        return Proof(State.KEPT, (Evidence.of("connection-encrypted", system=system.name),))
    return Proof(State.BROKEN, (Evidence.of("connection-open", system=system.name),), next=look.on)


def _agreement(system: System, look: Look) -> Proof:
    if not system.agreement:
        return Proof(State.NOT_PROVABLE, (Evidence.of("agreement-unsaid", system=system.name),))
    if not look.has(system.agreement):
        return Proof(
            State.BROKEN, (Evidence.of("document-missing", document=system.agreement),), next=look.on
        )
    return Proof(State.KEPT, (Evidence.of("agreement", system=system.name, document=system.agreement),))
