"""Keys of records as text: JSON scalars, so that the number 7 and the text "7" stay two keys.

What JSON has no scalar for is written as an object with its kind: `{"uuid": "…"}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

__all__ = ["key_from_text", "key_to_text"]

_KINDS: dict[str, tuple[type, Callable[[str], object]]] = {
    "uuid": (UUID, UUID),
    "decimal": (Decimal, Decimal),
    "bytes": (bytes, bytes.fromhex),
    "date": (date, date.fromisoformat),
}


def key_to_text(key: object) -> str:
    """Equal keys give the same text; a kind that no key can be is a TypeError."""
    if isinstance(key, Decimal) and key == key.to_integral_value():
        key = int(key)
    if isinstance(key, str | bool | int):
        return json.dumps(key, ensure_ascii=False)
    for name, (kind, _) in _KINDS.items():
        if type(key) is kind:
            return json.dumps({name: key.hex() if isinstance(key, bytes) else str(key)})
    if isinstance(key, tuple):
        return json.dumps({"tuple": [key_to_text(part) for part in key]}, ensure_ascii=False)
    raise TypeError(f"no record has a key of type {type(key).__name__}")


def key_from_text(text: str) -> object:
    if text.isdecimal():  # nearly always, and a parser would take five times as long
        return int(text)
    value: object = json.loads(text)
    if not isinstance(value, dict):
        return value
    [(name, inner)] = value.items()
    if name == "tuple":
        return tuple(key_from_text(part) for part in inner)
    return _KINDS[name][1](inner)
