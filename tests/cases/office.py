"""A small hotel with a desk: its guests ask for things, its staff answer, and the test says what day it is.

The rights here are as small as can be; those of the product have tests of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ordholden.app import Organisation, open_organisation
from ordholden.app.desk import Desk
from ordholden.cases import right as registry
from ordholden.cases.case import Case, Channel, Decision, Line, Outcome, Proposal, Request, Task, Who
from ordholden.cases.corridor import Corridor
from ordholden.cases.right import Done, Right
from ordholden.connectors.errors import SystemFailure
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.store import open_store
from tests.companies import HOTEL_POLICY, HOTEL_SYSTEMS, HOTEL_TABLES, company

__all__ = ["ANNA", "BO", "GUEST", "Office", "ask", "done", "granted", "known", "office_of", "ready"]

ANNA, BO = "anna@hotel.example", "bo@hotel.example"
GUEST = Card(TableName("desk", "guests"), 3)
START = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)

REQUESTS = """
requests:
  answer within: 20 days
  forms: {portability: signed letter}
  elsewhere:
    paper archive: {data: [name, email], owner: reception}
  controllers:
    Nordlys Rejser: {email: privat@nordlys.example, campaigns: [N-1]}
  processors:
    laundry: {email: post@laundry.example, data: [name]}
    garage: {email: post@garage.example}
  remind after: 5 days
  wait for identity: 14 days
  keep cases: 3 years
  keep copies: 30 days
"""


@dataclass
class Clock:
    """Stands where the test puts it, and goes on by a second at each look."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def go_to(self, day: str) -> None:
        self.now = datetime.combine(date.fromisoformat(day), self.now.timetz())

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    """What the small rights come upon: systems that are down, plans that need a second person; and what they did."""

    down: bool = False
    refuses: str = ""
    lines: tuple[Line, ...] = ()
    outcome: Outcome = Outcome.GRANTED
    recipients: tuple[str, ...] = ()
    carried_out: list[str] = field(default_factory=list)
    together: list[tuple[str, ...]] = field(default_factory=list)


@dataclass
class Office:
    """The open organisation, its desk, the clock, and the world that its rights see."""

    organisation: Organisation
    clock: Clock
    world: World

    @property
    def desk(self) -> Desk:
        return self.organisation.desk

    def run(self) -> list[Task]:
        """As a worker would: everything that is due, until nothing is."""
        ran: list[Task] = []
        while due := self.desk.due_tasks():
            ran += [self.desk.run_task(t.id, worker="w1") for t in due]
        return ran


@contextmanager
def office_of(
    folder: Path,
    patch: pytest.MonkeyPatch,
    *,
    url: str | None = None,
    requests: str = REQUESTS,
    name: str = "",
) -> Iterator[Office]:
    folder.mkdir(exist_ok=True)
    company(folder, HOTEL_POLICY + requests, HOTEL_SYSTEMS, "desk", HOTEL_TABLES)
    world = World()
    patch.setattr(registry, "rights", lambda: small_rights(world))
    with open_organisation(folder) as organisation:
        clock = Clock()
        store = open_store(folder, url, organisation=name or folder.name, clock=clock)
        organisation.__dict__["store"] = store
        yield Office(organisation, clock, world)


def small_rights(world: World) -> dict[str, Right]:
    def propose(case: Case, _: Corridor) -> Proposal:
        lines = world.lines or (Line("desk", "guests", "name", "host guests", granted=True),)
        return Proposal(lines, world.outcome, recipients=world.recipients)

    def carry_out(case: Case, _: Decision, corridor: Corridor) -> Done:
        if world.down:
            raise SystemFailure("desk", "connection refused")
        if world.refuses:
            from ordholden.problems import Refusal

            raise Refusal.of(world.refuses, plan="P-1")
        world.carried_out.append(case.number)
        return Done(facts={"done": ["navn"], "backups": [["desk", "2026-05-01"]]})

    def many(pairs: object, corridor: Corridor) -> list[Done]:
        numbers = tuple(case.number for case, _ in pairs)  # type: ignore[attr-defined]
        world.together.append(numbers)
        return [carry_out(case, decision, corridor) for case, decision in pairs]  # type: ignore[attr-defined]

    found = {}
    for code, article, letter in (
        ("access", "GDPR art. 15", "access"),
        ("erasure", "GDPR art. 17", "erasure"),
        ("portability", "GDPR art. 20", "portability"),
    ):
        found[code] = Right(
            code,
            article,
            letter,
            propose,
            carry_out,
            tells_recipients=code == "erasure",
            carry_out_many=many if code == "erasure" else None,
        )
    found["complaint"] = Right(
        "complaint", "GDPR art. 77", "complaint", propose, carry_out, needs_person=False
    )
    return found


def ask(office: Office, right: str = "erasure", **more: object) -> Case:
    """A guest asks for something."""
    who = Who(name="Gæst Tre", email="tre@post.example")
    given = {"right": right, "channel": Channel.PORTAL, "who": who, "words": "Jeg vil gerne slettes"} | more
    return office.desk.open_case(Request(**given), actor="the person")  # type: ignore[arg-type]


def known(office: Office, case: Case) -> Case:
    """Somebody says who it is."""
    return office.desk.confirm_identity(
        case.number, cards=(GUEST,), how="writes from the address we know", actor=ANNA
    )


def granted(office: Office, right: str = "erasure", **more: object) -> Case:
    """A case that is decided."""
    return office.desk.decide(known(office, ask(office, right, **more)).number, actor=ANNA)


def done(office: Office, case: Case) -> Case:
    """Carried out, by machine and by hand."""
    office.desk.carry_out(case.number, actor=ANNA)
    office.run()
    for task in office.desk.case(case.number).tasks:
        if task.state == "by hand":
            office.desk.done_by_hand(task.id, receipts=dict.fromkeys(task.fields, "gone"), actor=ANNA)
    office.run()
    return office.desk.case(case.number).case


def ready(office: Office, right: str = "erasure") -> Case:
    """A case that only has to be answered."""
    return done(office, granted(office, right))
