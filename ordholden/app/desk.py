"""The desk: every verb of cases that a door may use, for one open organisation.

A verb takes the case's row for itself, checks that the move is allowed, changes it, and writes one line of the
timeline and one audit entry, all in one transaction. What it cannot do it refuses, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ordholden.cases.case import (
    Case,
    CaseFile,
    Document,
    Figures,
    Line,
    Page,
    Proposal,
    Request,
    State,
    Task,
    TaskLine,
    Ticked,
    Upload,
)
from ordholden.grounds.wishes import Card

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.footprints.explain import Explanation
    from ordholden.footprints.find import Found
    from ordholden.post.letter import Letter

__all__ = ["Desk"]


class Desk:
    """`organisation.desk`. Actors are account names, `the person` for the one who asks, `ordholden` for the clock."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    # — arrival —

    def open_case(self, request: Request, *, actor: str, files: Sequence[Upload] = ()) -> Case:
        """A new case, with its number and due dates. The same request twice within a day is the same case."""
        raise NotImplementedError

    # — reading —

    def case(self, number: str) -> CaseFile:
        """Everything about one case. A Refusal `case-unknown` where there is none of that number here."""
        raise NotImplementedError

    def cases(
        self,
        *,
        states: Sequence[State] = (),
        right: str = "",
        owner: str = "",
        due_before: date | None = None,
        words: str = "",
        after: str = "",
        size: int = 50,
    ) -> Page[Case]:
        """The soonest due first. `words` is a number, or an e-mail address or telephone number in full."""
        raise NotImplementedError

    def my_tasks(self, actor: str, *, days: int = 30, size: int = 200) -> Sequence[TaskLine]:
        """What awaits this person (their own cases, and those nobody has taken) within so many days; overdue first."""
        raise NotImplementedError

    def figures(self, on: date | None = None) -> Figures:
        """How many are open and late, and how long answers take; as a whole and by right."""
        raise NotImplementedError

    def find_people(self, words: str) -> Sequence[Found]:
        """Staff's search; spelling is forgiven. Values are masked."""
        raise NotImplementedError

    def footprint(self, number: str, *, reveal: bool = False, reason: str = "", actor: str) -> Explanation:
        """The data of the person whom the case is about. Revealing needs a reason, and is recorded."""
        raise NotImplementedError

    # — identity and representation —

    def ask_identity(self, number: str, *, doubt: str, wanted: str, actor: str) -> Case:
        """Writes to the person; the clock stands still until the answer comes. Without a doubt there is nothing to ask."""
        raise NotImplementedError

    def confirm_identity(self, number: str, *, cards: Sequence[Card], how: str, actor: str) -> Case:
        """Says who it is: the cards found. Empty cards: identity is sure, and nobody of that kind is in the systems."""
        raise NotImplementedError

    def fail_identity(self, number: str, *, reason: str, actor: str) -> Case:
        """It could not be shown who asks; goes on as a refusal, which a second person approves."""
        raise NotImplementedError

    def confirm_email(self, number: str, *, actor: str) -> Case:
        """Somebody read the mailbox. That makes it a way to write to, and no identity."""
        raise NotImplementedError

    def receive_representation(self, number: str, document: Upload, *, actor: str) -> Case:
        """The mandate arrived. The case goes on when somebody has looked at it."""
        raise NotImplementedError

    def check_representation(self, number: str, *, accepted: bool, reason: str, actor: str) -> Case:
        """Somebody looked at the mandate."""
        raise NotImplementedError

    def receive_signed_letter(self, number: str, scan: Upload, *, signed: bool, actor: str) -> Case:
        """The signed letter that the organisation's policy asks for: scan attached, signature ticked off."""
        raise NotImplementedError

    # — deciding —

    def propose(self, number: str) -> Proposal:
        """What the grounds say. Looks, and decides nothing."""
        raise NotImplementedError

    def decide(
        self,
        number: str,
        *,
        actor: str,
        decided: Mapping[str, str] | None = None,
        withheld: Sequence[Line] = (),
        reason: str = "",
    ) -> Case:
        """Decides as proposed, but for `decided` (activity → ends, stays) and lines `withheld` with their reason."""
        raise NotImplementedError

    def refuse(self, number: str, *, ground: str, reason: str, actor: str) -> Case:
        """Proposes a refusal, on a ground from the list and with written reasons; a second person has to approve it."""
        raise NotImplementedError

    def charge(self, number: str, *, ground: str, amount: str, reason: str, actor: str) -> Case:
        """Proposes a fee, instead of a refusal and on its grounds only; a second person approves, the person is told first."""
        raise NotImplementedError

    def approve(self, number: str, *, actor: str) -> Case:
        """The second person says yes; not the one who proposed it."""
        raise NotImplementedError

    def return_case(self, number: str, *, reason: str, actor: str) -> Case:
        """The second person says no, and why; the case is worked on again."""
        raise NotImplementedError

    def extend(self, number: str, *, reason: str, actor: str) -> Case:
        """Two more months, only within the first, with a letter that gives the reasons."""
        raise NotImplementedError

    # — doing —

    def carry_out(self, number: str, *, actor: str) -> Case:
        """Makes the tasks; the worker runs them."""
        raise NotImplementedError

    def due_tasks(self, limit: int = 100) -> Sequence[Task]:
        """Tasks whose moment has come and that nobody holds, the oldest first."""
        raise NotImplementedError

    def run_task(self, task: int, *, actor: str = "ordholden") -> Task:
        """Takes the task (unless somebody holds it), does it, and writes what came of it. Effect once."""
        raise NotImplementedError

    def run_tasks(self, tasks: Sequence[int], *, actor: str = "ordholden") -> Sequence[Task]:
        """Many at once: erasures that are due together are one plan."""
        raise NotImplementedError

    def retry(self, task: int, *, actor: str) -> Task:
        """A task that was given up is tried again at once."""
        raise NotImplementedError

    def done_by_hand(self, task: int, *, receipts: Mapping[str, str], actor: str) -> Task:
        """A person did it, and says of each field what was done. Done when every field has its receipt."""
        raise NotImplementedError

    # — writing —

    def write(
        self, number: str, text: str, *, actor: str, subject: str = "", files: Sequence[Upload] = ()
    ) -> Case:
        """A message to the person."""
        raise NotImplementedError

    def receive(
        self, number: str, text: str, *, actor: str = "the person", files: Sequence[Upload] = ()
    ) -> Case:
        """A message from the person; staff see that it came."""
        raise NotImplementedError

    def note(self, number: str, text: str, *, actor: str) -> Case:
        """A note for colleagues. The person can ask to see it."""
        raise NotImplementedError

    def preview_letter(self, number: str, kind: str = "") -> Letter:
        """The letter as it would be sent; without a kind the answer."""
        raise NotImplementedError

    def send_answer(self, number: str, *, actor: str) -> Case:
        """Sends the answer and closes the case. Refused while something is still to be done."""
        raise NotImplementedError

    def withdraw(self, number: str, *, actor: str, reason: str = "") -> Case:
        """The person takes the request back. What has been done stays done; what has not is dropped."""
        raise NotImplementedError

    def assign(self, number: str, owner: str, *, actor: str) -> Case:
        """Somebody takes the case, or is given it."""
        raise NotImplementedError

    def person_died(self, number: str, *, reason: str, actor: str) -> Case:
        """The person it is about has died: nothing is sent any more to their own address, and staff decide."""
        raise NotImplementedError

    # — links and documents —

    def link(self, number: str, *, purpose: str = "case", minutes: int = 60 * 24) -> str:
        """A token for a link: it works once, and for a short time. Only its digest is kept."""
        raise NotImplementedError

    def by_link(self, token: str, *, purpose: str = "case", use: bool = True) -> Case:
        """The case behind a token. A Refusal `link-invalid` for a wrong, used or old one, always the same."""
        raise NotImplementedError

    def document(self, number: str, document: int, *, actor: str) -> tuple[Document, bytes]:
        """One file; that it was opened is recorded."""
        raise NotImplementedError

    # — processor and controller —

    def hand_over(self, number: str, *, actor: str) -> Case:
        """To the controller whose data it is: mail with a secure link, or its own installation. Tracked."""
        raise NotImplementedError

    def fan_out(self, number: str, recipients: Sequence[str] = (), *, actor: str) -> Case:
        """To the sub-processors; their answers come back into this case."""
        raise NotImplementedError

    def acknowledge(self, number: str, *, by: str) -> Case:
        """The controller, or a sub-processor, has received it."""
        raise NotImplementedError

    def answered(self, number: str, text: str, *, by: str, files: Sequence[Upload] = ()) -> Case:
        """The controller, or a sub-processor, has answered."""
        raise NotImplementedError

    # — the clock —

    def tick(self) -> Ticked:
        """What the hour brings: reminders, escalation, tasks whose worker died, controllers that were silent, own keep rules."""
        raise NotImplementedError
