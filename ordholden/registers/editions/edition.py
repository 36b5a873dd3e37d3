"""An edition of the policy, as it was published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Edition"]


@dataclass(frozen=True)
class Edition:
    """`text` and `look` are the two files people's page is made of; `note` is what is told about the change."""

    number: int
    at: datetime
    by: str
    digest: str
    significant: bool
    note_da: str = ""
    note_en: str = ""
    text: str = field(default="", repr=False)
    look: str = field(default="", repr=False)
