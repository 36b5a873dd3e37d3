"""By what other installations know this organisation: what they write into their policy, as we write theirs into ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ordholden.cases.dispatch import our_door
from ordholden.post.envelope import public_key

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation

__all__ = ["KnownBy", "known_by"]


@dataclass(frozen=True)
class KnownBy:
    """The public key, which is no secret; and the door, empty where the organisation is not on the web."""

    key: str
    endpoint: str


def known_by(organisation: Organisation) -> KnownBy:
    return KnownBy(public_key(organisation.store), our_door(organisation.desk.corridor))
