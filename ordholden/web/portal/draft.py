"""What a person has written so far, between one page of the wizard and the next: sealed in the session, and gone when sent.

A draft belongs to one organisation and one right. Nothing of it is in an address, and the house's database, where sessions
are, could not read it.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from django.http import HttpRequest

from ordholden.web.visit import Visit

__all__ = ["Correction", "Draft", "drop", "keep", "kept"]


@dataclass(frozen=True)
class Correction:
    """One thing that is wrong: what, as it is, as it should be."""

    what: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Draft:
    """The answers. `seen` are the questions that have been answered, so that none is skipped by its address."""

    right: str
    seen: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    transfer_to: str = ""
    controller: str = ""
    words: str = ""
    name: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    behalf: bool = False
    behalf_name: str = ""
    behalf_email: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""

    def answered(self, step: str, **answers: Any) -> Draft:
        return replace(self, seen=tuple(dict.fromkeys((*self.seen, step))), **answers)


def keep(request: HttpRequest, visit: Visit, draft: Draft) -> None:
    sealed = visit.organisation.store.seal(json.dumps(asdict(draft)).encode())
    request.session[_key(visit)] = b64encode(sealed).decode()


def kept(request: HttpRequest, visit: Visit, right: str) -> Draft | None:
    """What was written about this right; a draft of another right is another matter."""
    sealed = request.session.get(_key(visit))
    if not sealed:
        return None
    try:
        found = json.loads(visit.organisation.store.unseal(b64decode(sealed)))
    except (ValueError, InvalidTag):
        return None
    if found.get("right") != right:
        return None
    found["corrections"] = tuple(Correction(**c) for c in found["corrections"])
    return Draft(**{**found, "seen": tuple(found["seen"]), "about": tuple(found["about"])})


def drop(request: HttpRequest, visit: Visit) -> None:
    request.session.pop(_key(visit), None)


def _key(visit: Visit) -> str:
    return f"draft:{visit.slug}"
