"""Real erasures of a small company's customers, decided and waiting; and a worker that dies while it carries them out.

`python -m tests.worker.erasing FOLDER MOMENT` does what is due and kills itself with SIGKILL: when the plan is `made`, when
rows have been `changed` and nothing of it written down, when a batch is `committed`, or when the plan is `applied` and no
case knows it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ordholden.app import Organisation, today
from ordholden.cases.case import Channel, Request, State, Who
from ordholden.connectors.predicate import TRUE

WORKER = "worker@nordlys.example"


def settled_past(organisation: Organisation) -> None:
    """What is due anyway is gone, so that only people's own wishes change anything."""
    kept = organisation.plan()
    if not kept.plan.empty:
        organisation.approve(kept.plan.id, actor="somebody else")
        organisation.apply(kept.plan.id)


def customers(organisation: Organisation, number: int) -> list[str]:
    """E-mail addresses that one person alone has."""
    sight = organisation.sight(today())
    table = next(t for t in organisation.inventory.people_tables if t.identifiers.get("email"))
    column = table.identifiers["email"]
    rows = [row for page in sight.reader(table).rows(table.name, TRUE, batch=500) for row in page]
    addresses = dict.fromkeys(str(row.values.get(column) or "") for row in rows)
    found = organisation.footprints.find_all(tuple(a for a in addresses if "@" in a))
    return [words for words, those in found.items() if len(those) == 1][:number]


def decided_erasures(organisation: Organisation, addresses: list[str]) -> list[str]:
    """A case for each, decided, its task waiting."""
    desk = organisation.desk
    numbers = []
    for address in addresses:
        (found,) = organisation.find(address)
        asked = Request(right="erasure", channel=Channel.PORTAL, who=Who(name="A customer", email=address))
        case = desk.open_case(asked, actor="the person")
        cards = (found.card, *found.links.sure)
        desk.confirm_identity(case.number, cards=cards, how="the address", actor=WORKER)
        case = desk.decide(case.number, actor=WORKER)
        if case.state is State.APPROVING:
            desk.approve(case.number, actor="second@nordlys.example")
        if desk.case(case.number).case.state is State.WORKING:
            case = desk.carry_out(case.number, actor=WORKER)
            # Where everything stays there is nothing to carry out.
            numbers += [case.number] if case.state is State.CARRYING_OUT else []
    return numbers


def _dying(method: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not before:
            method(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return wrapped


def main(folder: str, moment: str) -> None:
    from ordholden.plans.book import Book
    from ordholden.worker.worker import once

    place, name, before = {
        "made": (Organisation, "apply", True),
        "changed": (Book, "intend", True),
        "committed": (Book, "committed", True),
        "applied": (Organisation, "_verified", False),
    }[moment]
    setattr(place, name, _dying(getattr(place, name), before=before))
    once(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
