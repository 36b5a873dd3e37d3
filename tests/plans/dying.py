"""Carries a plan out and kills itself with SIGKILL at a chosen moment: `python -m tests.plans.dying FOLDER PLAN MOMENT N`.

Moments: `decided` (a table's decisions are on disk), `changed` (rows have been changed, nothing written down), `intended`
(the receipt is written, the company's transaction still open), `committed` (final, not yet confirmed), `verified` (nothing is
left, and neither that nor that it was done is written down); at the N-th of them.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ordholden.app import open_organisation
from ordholden.app.organisation import Organisation
from ordholden.plans.book import Book
from ordholden.plans.spool import Spool


def _dying(
    method: Callable[..., Any], moment: str, chosen: str, count: int, *, before: bool
) -> Callable[..., Any]:
    left = [count]

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = None if before else method(*args, **kwargs)
        if moment == chosen:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return method(*args, **kwargs) if before else result

    return wrapped


def main(folder: str, plan: str, moment: str, count: str) -> None:
    number = int(count)
    intend = Book.intend
    Book.intend = _dying(intend, "changed", moment, number, before=True)  # type: ignore[method-assign]
    Book.intend = _dying(Book.intend, "intended", moment, number, before=False)  # type: ignore[method-assign]
    Book.committed = _dying(Book.committed, "committed", moment, number, before=True)  # type: ignore[method-assign]
    Organisation._findings = _dying(Organisation._findings, "verified", moment, number, before=False)  # type: ignore[method-assign]
    Spool.finish = _dying(Spool.finish, "decided", moment, number, before=False)  # type: ignore[method-assign]
    with open_organisation(Path(folder)) as organisation:
        outcome = organisation.apply(plan, actor="somebody", batch=7)
        print(outcome.kept.state)


if __name__ == "__main__":
    main(*sys.argv[1:])
