"""The worker of a house: some pairs of hands, a heartbeat that says they live, and a clean end.

Any number of workers may serve one house, on one machine or several. None knows of the others: what one has in hand is
leased in the store for a minute and renewed by the heartbeat, and of a dead one it comes free.

A clean stop (SIGTERM, Ctrl-C) begins nothing new and waits for what is begun, up to its patience; what is not done by then
is left as a crash would leave it, and is gone on with by whoever comes next.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from ordholden.app.house import House
from ordholden.worker import roster
from ordholden.worker.duty import DUTIES, Duty
from ordholden.worker.hand import Hand
from ordholden.worker.tidy import tidy

__all__ = ["Worker", "once"]

log = logging.getLogger("ordholden.work")

BEAT = 15.0
"""Four beats to a lease: three may be lost."""
HOUR = 3_600.0


class Worker:
    """Started in threads of its own; `stop` brings it to an end."""

    def __init__(
        self, folder: Path, *, hands: int = 2, duties: Sequence[Duty] = DUTIES, language: str = "en"
    ) -> None:
        self.folder = folder
        self.name = _name()
        self._stopping, self._ended = threading.Event(), threading.Event()
        self._hands = tuple(
            Hand(
                folder,
                name=f"{self.name}/{number}",
                stopping=self._stopping,
                duties=duties,
                language=language,
            )
            for number in range(1, hands + 1)
        )
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        with House(self.folder):  # whoever names a wrong folder is told at once
            pass
        for hand in self._hands:
            self._threads.append(threading.Thread(target=hand.work, name=hand.name, daemon=True))
        beat = threading.Thread(target=self._beat, name=f"{self.name}/beat", daemon=True)
        for thread in (*self._threads, beat):
            thread.start()
        log.info("%s: %d hands at work in %s", self.name, len(self._hands), self.folder)

    def ask_to_stop(self) -> None:
        """Nothing new is begun. May be called from a signal's handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Until somebody asks to stop."""
        # With a time limit the main thread wakes up and sees signals.
        while not self._stopping.wait(1.0):
            pass

    def stop(self, *, patience: float = 25.0) -> bool:
        """Whether everything begun came to its end within so many seconds."""
        self._stopping.set()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._ended.set()
        left = [hand.doing for hand in self._hands if hand.doing]
        if left:
            log.warning("%s: left for another: %s", self.name, "; ".join(left))
        log.info("%s: stopped", self.name)
        return not left

    def _beat(self) -> None:
        """Renews what the hands have in hand, also while they finish."""
        with House(self.folder) as house:
            tidied = 0.0
            while not self._ended.wait(BEAT):
                for hand in self._hands:
                    if hand.doing:
                        self._renew(house, hand)
                if time.monotonic() - tidied > HOUR:
                    tidied = time.monotonic()
                    self._tidy()

    def _renew(self, house: House, hand: Hand) -> None:
        name = hand.doing.partition(":")[0]
        try:
            organisation = house.organisation(name)
            roster.renew(organisation.store, worker=hand.name)
            organisation.desk.renew(hand.name)
        except Exception as error:  # noqa: BLE001 – the worker's loop: a lost beat is made up for by the next
            log.warning("%s: heartbeat: %s", name, type(error).__name__)

    def _tidy(self) -> None:
        try:
            tidy(datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 – the worker's loop: an hour later is early enough
            log.warning("sessions: %s", type(error).__name__)


def once(folder: Path, *, language: str = "en", most: int = 100) -> int:
    """Does everything that is due now, in this thread, and ends: for tests, for cron, and to look at."""
    hand = Hand(folder, name=f"{_name()}/once", stopping=threading.Event(), language=language)
    done = 0
    with House(folder) as house:
        for _ in range(most):
            came = hand.round(house)
            if not came:
                break
            done += came
    return done


def _name() -> str:
    """Where and which process; the end tells two of one process apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{token_hex(2)}"
