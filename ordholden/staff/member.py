"""A member: somebody with an account, at one organisation, in one role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from ordholden.staff.roles import Deed, Role, may

__all__ = ["Member"]


@dataclass(frozen=True)
class Member:
    """`party` is where somebody from outside stands in the tree."""

    id: str
    role: Role
    email: str = field(repr=False)
    name: str = field(repr=False)
    since: date
    confidential_at: datetime | None = None
    party: int | None = None

    @property
    def actor(self) -> str:
        """What is written beside their deeds, and where they are reminded: the account's name, which is its address."""
        return self.email

    @property
    def is_bound(self) -> bool:
        """Confidentiality has been accepted (GDPR art. 28(3)(b), 29 and 32(4)); before it nothing is shown."""
        return self.confidential_at is not None

    def may(self, deed: Deed) -> bool:
        return may(self.role, deed)
