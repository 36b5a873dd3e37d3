"""Why a request may be refused, or a fee charged for it: the list of the law, and no other reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["RefusalGround", "refusal_grounds"]


@dataclass(frozen=True)
class RefusalGround:
    """A ground, its article, and the rights it can be held against. `fee`: a fee may be charged instead."""

    code: str
    article: str
    rights: tuple[str, ...]
    fee: bool
    da: str
    en: str

    def text(self, language: str) -> str:
        """As the letter says it, with the article."""
        return f"{self.da if language == 'da' else self.en} ({self.article})"


@cache
def refusal_grounds() -> Mapping[str, RefusalGround]:
    """Every ground, by its code."""
    path = files("ordholden.law").joinpath("eu/refusals.json")
    found = json.loads(path.read_text(encoding="utf-8"))["grounds"]
    return {
        code: RefusalGround(code, g["article"], tuple(g["rights"]), g["fee"], g["da"], g["en"])
        for code, g in found.items()
    }
