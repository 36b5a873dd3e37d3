"""An example organisation with a desk that is open: people ask, a clerk decides, the worker runs, the answer goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from ordholden.app import Organisation, open_organisation
from ordholden.cases.case import (
    Case,
    CaseFile,
    Channel,
    Decision,
    Line,
    Proposal,
    Request,
    State,
    TaskState,
    Who,
)
from ordholden.grounds.wishes import Card
from ordholden.inventory.system import TableName
from ordholden.promises import PromiseState
from ordholden.store import open_store
from tests.cases.office import Clock
from tests.swept import ON, ask, copied, tell

__all__ = ["CLERK", "SECOND", "House", "house", "person"]

CLERK, SECOND = "clerk@firma.example", "second@firma.example"


def person(place: str, key: object) -> Card:
    system, _, table = place.partition(".")
    return Card(TableName(system, table), key)


@dataclass
class House:
    """The open organisation, and a clock that stands where the test puts it."""

    organisation: Organisation
    clock: Clock

    def begun(self, right: str, card: Card, **more: object) -> Case:
        """Somebody asks, and it is known who."""
        who = Who(name="Prøve Person", email="spoerger@post.example")
        given = {"right": right, "channel": Channel.PORTAL, "who": who, "language": "en"} | more
        desk = self.organisation.desk
        case = desk.open_case(Request(**given), actor="the person")  # type: ignore[arg-type]
        # The same person may ask for several things on a day, and then each is a case of its own.
        return desk.confirm_identity(case.number, cards=(card,), how="known at the counter", actor=CLERK)

    def proposed(self, case: Case) -> Proposal:
        return self.organisation.desk.propose(case.number)

    def decided(
        self,
        case: Case,
        *,
        decided: Mapping[str, str] | None = None,
        withheld: Sequence[Line] = (),
        reason: str = "",
    ) -> Decision:
        desk = self.organisation.desk
        after = desk.decide(case.number, actor=CLERK, decided=decided, withheld=withheld, reason=reason)
        if after.waits_for:
            desk.approve(case.number, actor=SECOND)
        found = desk.case(case.number).decision
        assert found is not None
        return found

    def done(self, case: Case) -> CaseFile:
        """Carried out by machine and by hand, and answered."""
        desk = self.organisation.desk
        now = desk.case(case.number).case
        if now.state is not State.ANSWERING:
            desk.carry_out(case.number, actor=CLERK)
            self._run()
            for task in desk.case(case.number).tasks:
                if task.state is TaskState.BY_HAND and not task.key.startswith("post:"):
                    desk.done_by_hand(task.id, receipts=dict.fromkeys(task.fields, "seen to"), actor=CLERK)
            self._run()
            if desk.case(case.number).case.waits_for == "plan":
                desk.approve(case.number, actor=SECOND)
                self._run()
        left = [t for t in desk.case(case.number).tasks if t.state not in (TaskState.DONE, TaskState.DROPPED)]
        assert not [t for t in left if not t.key.startswith("post:")], left
        desk.send_answer(case.number, actor=CLERK)
        return desk.case(case.number)

    def _run(self) -> None:
        desk = self.organisation.desk
        for _ in range(20):
            due = desk.due_tasks()
            if not due:
                return
            for task in due:
                desk.run_task(task.id, worker="w1")
            self.clock.later(minutes=2)

    def whole(self, right: str, card: Card, **more: object) -> CaseFile:
        """From the request to the answer, as proposed."""
        case = self.begun(right, card, **more)
        self.decided(case)
        return self.done(case)

    def allowed(self, purpose: str, card: Card) -> bool:
        [ruled] = self.organisation.desk.corridor.may_use(purpose, [card])
        return ruled.allowed

    def letter(self, file: CaseFile) -> str:
        """The answer as the person reads it."""
        return next(m.body for m in reversed(file.messages) if not m.incoming and m.kind not in _NOTICES)

    def ask(self, system: str, question: str, *facts: object) -> list[tuple[object, ...]]:
        return ask(self.organisation.folder, system, question, *facts)

    def tell(self, system: str, *statements: str) -> None:
        tell(self.organisation.folder, system, *statements)

    def promise(self, name: str) -> PromiseState:
        return next(p for p in self.organisation.promises(ON, only=[name]))


_NOTICES = ("receipt", "recipient-told")


@contextmanager
def house(made: Path, to: Path) -> Iterator[House]:
    folder = copied(made, to)
    with open_organisation(folder) as organisation:
        clock = Clock(datetime.combine(ON, time(9), UTC))
        store = open_store(folder, organisation=organisation.policy.organisation.name, clock=clock)
        organisation.__dict__["store"] = store
        yield House(organisation, clock)
