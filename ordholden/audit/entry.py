"""An entry, and how its hash is made: SHA-256 over its canonical JSON, in which the hash before it stands.

Canonical is: keys in order, no blanks, UTF-8. The moment and the facts are kept as the very text that was
hashed, so that no byte can change unseen, and whoever has the text can check it with any JSON printer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from json.encoder import encode_basestring as quoted
from typing import TypeAlias

__all__ = ["BEFORE_THE_FIRST", "Draft", "Entry", "Facts", "Link", "canonical", "hash_of", "instant"]

Facts: TypeAlias = Mapping[str, object]


@dataclass(frozen=True)
class Draft:
    """What is to be recorded. `action` is like `plan:applied`, `subject` like a plan's digest or a hold's id.

    `facts` are numbers, days, names of systems, tables and rules: never a value that is about a person.
    """

    actor: str
    action: str
    subject: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """An entry's place in the chain: who has noted one can tell later whether the chain is still the same."""

    number: int
    hash: str


BEFORE_THE_FIRST = Link(0, "0" * 64)


@dataclass(frozen=True)
class Entry:
    """What was recorded."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: Facts
    previous: str
    hash: str


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(facts: Facts) -> str:
    return _printer.encode(dict(facts))


def hash_of(
    *,
    organisation: str,
    number: int,
    at: str,
    actor: str,
    action: str,
    subject: str,
    facts: str,
    previous: str,
) -> str:
    """`facts` are canonical JSON already, so the whole is, too."""
    text = (
        f'{{"action":{quoted(action)},"actor":{quoted(actor)},"at":{quoted(at)},"facts":{facts},'
        f'"number":{number},"organisation":{quoted(organisation)},"previous":{quoted(previous)},'
        f'"subject":{quoted(subject)}}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a fact can't be of type {type(value).__name__}")


_printer = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
)
