"""Countries: where personal data may go by itself, and where something more is needed (GDPR chapter V)."""

from __future__ import annotations

import json
import re
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Standing", "standing"]


class Standing(Enum):
    """How data may go to a country."""

    FREE = "free"  # EU or EEA
    ADEQUATE = "adequate"  # GDPR art. 45
    PARTLY = "partly"  # adequate for some organisations there only
    THIRD = "third"  # a safeguard or an exception is needed, GDPR art. 46 and 49
    UNKNOWN = "unknown"  # no two-letter code of a country


@cache
def _facts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        files("ordholden.law").joinpath("eu/transfers.json").read_text(encoding="utf-8")
    )
    return found


def standing(country: str, on: date | None = None) -> Standing:
    """Where a country stands, by its two-letter code; on a day, where decisions begin and end."""
    facts = _facts()
    if not re.fullmatch("[A-Z]{2}", country):
        return Standing.UNKNOWN
    if country in facts["union"] or country in facts["area"]:
        return Standing.FREE
    decision = facts["adequate"].get(country)
    if decision is None or (on is not None and not _in_force(decision, on)):
        return Standing.THIRD
    return Standing.PARTLY if "scope" in decision else Standing.ADEQUATE


def _in_force(decision: dict[str, str], on: date) -> bool:
    begins, ends = decision.get("from", ""), decision.get("until", "")
    return (not begins or date.fromisoformat(begins) <= on) and (not ends or on <= date.fromisoformat(ends))
