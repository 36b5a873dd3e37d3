"""How it stands with the work in the background: is anybody at it, and what does not work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ordholden.store import Store
from ordholden.worker.duty import DutyState
from ordholden.worker.roster import states

__all__ = ["IDLE", "Standing", "standing"]

IDLE = timedelta(hours=1)
"""The shortest duties are due every ten seconds. Whoever has done none for so long isn't there."""


@dataclass(frozen=True)
class Standing:
    """`idle`: nobody works in the background. `last_at` is the last time that somebody did anything, if ever."""

    duties: tuple[DutyState, ...]
    idle: bool
    last_at: datetime | None

    @property
    def failing(self) -> tuple[DutyState, ...]:
        return tuple(duty for duty in self.duties if duty.failures)


def standing(store: Store) -> Standing:
    """One question, however much is done."""
    duties = states(store)
    done = [duty.last_at for duty in duties if duty.last_at]
    return Standing(duties, _is_idle(duties, store.now()), max(done, default=None))


def _is_idle(duties: Sequence[DutyState], now: datetime) -> bool:
    """A duty that fails is tried again, too, and its next time moves on: what is long overdue nobody looked at."""
    overdue = any(duty.next_at < now - IDLE for duty in duties)
    lately = any(duty.last_at and duty.last_at > now - IDLE for duty in duties)
    return not duties or (overdue and not lately)
