"""The tables of all registers; each kind declares its own beside its verbs."""

from ordholden.registers.arrivals.models import ArrivalRow
from ordholden.registers.calls.models import CallNote
from ordholden.registers.editions.models import EditionRow
from ordholden.registers.holds.models import Hold, HoldTarget
from ordholden.registers.hooks.models import HookRow
from ordholden.registers.objections.models import Objection, ObjectionCard

__all__ = [
    "ArrivalRow",
    "CallNote",
    "EditionRow",
    "Hold",
    "HoldTarget",
    "HookRow",
    "Objection",
    "ObjectionCard",
]
