"""Whom a person can complain to: the supervisory authority of a country (GDPR art. 77)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Authority", "authority"]


@dataclass(frozen=True)
class Authority:
    """A supervisory authority, and how to reach it."""

    name: str
    address: str
    email: str
    phone: str
    page: str


@cache
def authority(country: str = "DK") -> Authority:
    """The authority of a country, by its two-letter code."""
    path = files("ordholden.law").joinpath(f"{country.lower()}/authority.json")
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Authority(*(facts[name] for name in ("name", "address", "email", "phone", "page")))
