"""Letters leave, and mail arrives: what became of each stands on the case, and what arrives is never lost."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ordholden.cases.change import opened
from ordholden.cases.corridor import Corridor
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.post.outbox import Delivery

__all__ = ["fetch_post", "send_post"]


def send_post(corridor: Corridor) -> Mapping[str, int]:
    """Sends what is due. What became of a letter is written beside it in the thread."""
    from ordholden.post import outbox
    from ordholden.post.carrier import carrier_of

    carrier = carrier_of(os.environ, corridor.policy.organisation, corridor.folder)
    found = outbox.send_due(corridor.store, carrier, told=lambda delivery: _told(corridor, delivery))
    return Counter(delivery.state.value for delivery in found)


def _told(corridor: Corridor, delivery: Delivery) -> None:
    """A letter that did not arrive is for staff to look at: the person has not been answered."""
    from ordholden.cases.models import MessageRow

    case, _, rest = delivery.key.partition(":")
    kind, _, number = rest.partition(":")
    if kind == "message" and number.isdecimal():
        ours = MessageRow.objects.using(corridor.store.alias).filter(
            organisation=corridor.store.organisation, pk=int(number)
        )
        ours.update(delivery=delivery.state.value)
    if case and delivery.state.troubled:
        try:
            with opened(corridor, case) as held:
                held.row.needs_staff = True
                held.record(
                    "request:letter:troubled",
                    actor="ordholden",
                    state=delivery.state.value,
                    code=delivery.code,
                )
        except Refusal:
            # The case was forgotten since; the letter still stands among those in trouble.
            return


def fetch_post(corridor: Corridor) -> Mapping[str, int]:
    """Mail that belongs to a case becomes a message there; all other mail is shown to staff as a case of its own."""
    return {}
