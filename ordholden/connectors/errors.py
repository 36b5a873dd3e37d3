"""What the world does to a connection: the few errors that every connector raises. No message holds a secret or a value."""

from __future__ import annotations

__all__ = ["Busy", "Refused", "SystemFailure", "Unreachable"]


class SystemFailure(Exception):
    """A system did not do what was asked; `system` names it, `reason` is for people and holds no secret."""

    def __init__(self, system: str, reason: str) -> None:
        super().__init__(f"{system}: {reason}")
        self.system = system
        self.reason = reason


class Unreachable(SystemFailure):
    """No answer, the connection was lost, or the log-in was not accepted. Later it may work."""


class Busy(SystemFailure):
    """Somebody else holds a lock for too long. Later it may work."""


class Refused(SystemFailure):
    """The system said no: a constraint, a missing right, a full disk. It says no again until somebody changes something."""
