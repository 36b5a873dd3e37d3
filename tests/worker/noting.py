"""A right that only notes in a file that it was carried out: `begin CASE WORKER`, a while later `end CASE WORKER`.

What is tested with it is who runs which task when; what rights do is tested where they are. As a program
(`python -m tests.worker.noting FOLDER NOTES SECONDS LEASE`) it is a worker until it is told to stop.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ordholden.app import Organisation
from ordholden.cases import right as rights_of_cases
from ordholden.cases import tasks
from ordholden.cases.case import Case, Channel, Decision, Outcome, Proposal, Request, Who
from ordholden.cases.corridor import Corridor
from ordholden.cases.right import Done, Right

CODE = "erasure"


@dataclass(frozen=True)
class Noted:
    """One carrying out: when it began and ended, by whom. `end` is None where the worker died."""

    case: str
    by: str
    begin: float
    end: float | None


def noting(notes: Path, seconds: float) -> Right:
    def carry_out(case: Case, _: Decision, __: Corridor) -> Done:
        _note(notes, "begin", case.number)
        time.sleep(seconds)
        _note(notes, "end", case.number)
        return Done()

    def propose(_: Case, __: Corridor) -> Proposal:
        return Proposal(outcome=Outcome.GRANTED)

    return Right(CODE, "GDPR art. 17", "erasure", propose, carry_out, needs_person=False, at_once=True)


def _note(notes: Path, what: str, case: str) -> None:
    # One write to the end of a file is whole, whoever else writes.
    with notes.open("ab", buffering=0) as file:
        file.write(f"{what} {case} {os.getpid()} {time.time()}\n".encode())


@contextmanager
def known(right: Right) -> Iterator[None]:
    """While it lasts, this is the only right there is."""
    before = rights_of_cases.rights
    rights_of_cases.rights = lambda: {right.code: right}  # type: ignore[assignment]
    try:
        yield
    finally:
        rights_of_cases.rights = before


def read(notes: Path) -> list[Noted]:
    """What was noted, in the order of beginning."""
    running: dict[tuple[str, str], float] = {}
    found: list[Noted] = []
    for line in notes.read_text(encoding="utf-8").splitlines() if notes.exists() else ():
        what, case, by, at = line.split()
        if what == "begin":
            running[case, by] = float(at)
        else:
            found.append(Noted(case, by, running.pop((case, by)), float(at)))
    found += [Noted(case, by, at, None) for (case, by), at in running.items()]
    return sorted(found, key=lambda n: n.begin)


def overlapping(found: list[Noted]) -> list[tuple[Noted, Noted]]:
    """Two who were at the same case at the same time."""
    return [
        (one, other)
        for one in found
        for other in found
        if one.case == other.case
        and one.by != other.by
        and one.end is not None
        and one.begin <= other.begin < one.end
    ]


def waiting_cases(organisation: Organisation, number: int) -> list[str]:
    """So many cases, each decided and with its task waiting."""
    desk = organisation.desk
    found = []
    for n in range(number):
        who = Who(name=f"Person {n}", email=f"person{n}@nordlys.example")
        case = desk.open_case(Request(right=CODE, channel=Channel.PORTAL, who=who), actor="the person")
        desk.confirm_identity(case.number, cards=(), how="known", actor="worker@nordlys.example")
        desk.decide(case.number, actor="worker@nordlys.example")
        desk.carry_out(case.number, actor="worker@nordlys.example")
        found.append(case.number)
    return found


def main(folder: str, notes: str, seconds: str, lease: str) -> None:
    import logging

    from ordholden.cli import running
    from ordholden.worker import worker

    logging.basicConfig(level=logging.INFO)
    tasks.LEASE = timedelta(seconds=float(lease))
    worker.BEAT = float(lease) / 4
    with known(noting(Path(notes), float(seconds))):
        one = worker.Worker(Path(folder), hands=2, duties=())
        with running._signals(one):
            one.start()
            sys.stdout.write("at work\n")
            sys.stdout.flush()
            one.wait()
            sys.exit(0 if one.stop(patience=float(os.environ.get("PATIENCE", "20"))) else 9)


if __name__ == "__main__":
    main(*sys.argv[1:])
