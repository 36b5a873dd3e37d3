"""The tables of all registers; each kind declares its own beside its verbs."""

from ordholden.registers.holds.models import Hold, HoldTarget

__all__ = ["Hold", "HoldTarget"]
