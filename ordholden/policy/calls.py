"""What the policy says about calls made for others: what is said first, and what is only asked for when it is wanted.

Written under `calls`. Without it nobody calls for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ordholden.policy.source import Node
from ordholden.problems import Problems, nearest

__all__ = ["Calls", "read_calls"]


@dataclass(frozen=True)
class Calls:
    """`purpose` is the activity that calls are made for; `gated` are categories that stay shut until the person has been
    told the purpose and wants the agreement; `first_da`, `first_en` what is said before anything else."""

    purpose: str
    gated: tuple[str, ...]
    first_da: str
    first_en: str

    def first(self, language: str, *, client: str, organisation: str) -> str:
        """What the agent says first, with the names of those it is about."""
        text = self.first_da if language == "da" else self.first_en
        return text.replace("{client}", client).replace("{organisation}", organisation)


def read_calls(
    node: Node | None, activities: Mapping[str, object], categories: Mapping[str, object], problems: Problems
) -> Calls | None:
    """The section `calls`; a purpose or a category that nobody defines is a problem with its place."""
    if node is None:
        return None
    purpose, first = node.text("purpose"), node["say first"]
    if purpose not in activities:
        problems.error(
            "activity-unknown", node["purpose"].at, word=purpose, nearest=nearest(purpose, activities)
        )
    gated = tuple(str(e.value) for e in node["only when wanted"].elements())
    for category, element in zip(gated, node["only when wanted"].elements(), strict=True):
        if category not in categories:
            problems.error(
                "category-unknown", element.at, word=category, nearest=nearest(category, categories)
            )
    return Calls(purpose, gated, first.text("da"), first.text("en"))
