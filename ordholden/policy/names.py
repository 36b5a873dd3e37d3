"""How the policy's own names (events, sources, states) read in a sentence: `words` in the file `look.yaml` beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ordholden.policy.document import Text

__all__ = ["NAME", "named", "read_look"]

NAME = "look.yaml"


# Every page looks at it, and reading takes longer than the rest of most pages.
@lru_cache(maxsize=64)
def read_look(text: str) -> Mapping[str, Any]:
    """What the file says, as far as it makes sense: a slip in it must not take a portal down."""
    try:
        found = YAML(typ="safe").load(text)
    except YAMLError:
        return {}
    return MappingProxyType(found) if isinstance(found, dict) else {}


def named(look: Mapping[str, Any]) -> Mapping[str, Text]:
    words = look.get("words")
    return {str(k): _text(str(k), v) for k, v in words.items()} if isinstance(words, dict) else {}


def _text(key: str, value: object) -> Text:
    if isinstance(value, dict):
        return Text(str(value.get("da", key)), str(value.get("en", key)))
    return Text(str(value), key)
