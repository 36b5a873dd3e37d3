"""What is different from one edition of a policy to the next, activity by activity; and whether people should be told.

Compared is what people read: purpose, basis, whom and what it is about, sources, recipients, how long. Where the data lies
is the company's own business and no change to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ordholden.policy.document import Activity, Policy

__all__ = ["PARTS", "Change", "changes", "weighs"]

PARTS: Mapping[str, Callable[[Activity], object]] = {
    "purpose": lambda a: a.purpose,
    "basis": lambda a: a.basis,
    "people": lambda a: frozenset(a.people),
    "data": lambda a: frozenset(a.data),
    "sources": lambda a: frozenset(a.sources),
    "recipients": lambda a: frozenset(a.recipients),
    "keep": lambda a: (a.keep.text, a.if_none.text if a.if_none else ""),
    "marketing": lambda a: a.direct_marketing,
    "controller": lambda a: a.controller,
}


@dataclass(frozen=True)
class Change:
    """An activity that is new (`old` is None), gone (`new` is None), or different in `parts`."""

    name: str
    old: Activity | None
    new: Activity | None
    parts: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def weighs(self) -> bool:
        """Something is done that people did not know of. Less of everything is no reason to disturb them."""
        if self.old is None or self.new is None:
            return self.new is not None
        old, new = self.old, self.new
        more = any(set(getattr(new, p)) - set(getattr(old, p)) for p in ("people", "data", "recipients"))
        return more or bool({"purpose", "basis", "keep", "marketing", "controller"} & set(self.parts))


def changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """In the order of the new policy; what is gone comes last."""
    found = [Change(n, old.activities.get(n), a, _differing(old.activities.get(n), a)) for n, a in _in(new)]
    gone = [Change(n, a, None) for n, a in _in(old) if n not in new.activities]
    return tuple(c for c in (*found, *gone) if c.kind != "changed" or c.parts)


def weighs(found: tuple[Change, ...]) -> bool:
    """Whether a change of the policy is significant, unless somebody decides otherwise."""
    return any(change.weighs for change in found)


def _in(policy: Policy) -> tuple[tuple[str, Activity], ...]:
    return tuple(policy.activities.items())


def _differing(old: Activity | None, new: Activity) -> tuple[str, ...]:
    return () if old is None else tuple(name for name, part in PARTS.items() if part(old) != part(new))
