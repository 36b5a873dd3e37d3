"""The desk: every verb of cases that a door may use, for one open organisation.

A verb takes the case's row for itself, checks that the move is allowed, changes it, and writes one line of the
timeline and one audit entry, all in one transaction. What it cannot do it refuses, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ordholden.app.corridor import HallCorridor
from ordholden.cases import answer as answering
from ordholden.cases import decide as deciding
from ordholden.cases import (
    documents,
    handover,
    identity,
    intake,
    links,
    lists,
    mail,
    messages,
    received,
    represent,
    tasks,
)
from ordholden.cases import refuse as refusing
from ordholden.cases import tick as ticking
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
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.footprints.explain import Explanation
    from ordholden.footprints.find import Found
    from ordholden.policy.requests import Partner
    from ordholden.post import Letter
    from ordholden.post.envelope import Envelope, Head
    from ordholden.post.incoming import Incoming
    from ordholden.post.mailbox import Arrival
    from ordholden.post.outbox import Delivery

__all__ = ["Desk"]


class Desk:
    """`organisation.desk`. Actors are account names, `the person` for the one who asks, `ordholden` for the clock."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.corridor = HallCorridor(organisation)

    # — arrival —

    def open_case(self, request: Request, *, actor: str, files: Sequence[Upload] = ()) -> Case:
        """A new case, with its number and due dates. The same request twice within a day is the same case."""
        return intake.open_case(self.corridor, request, actor=actor, files=files)

    # — reading —

    def case(self, number: str) -> CaseFile:
        """Everything about one case. A Refusal `case-unknown` where there is none of that number here."""
        return lists.case_file(self.corridor, number)

    def cases(
        self,
        *,
        states: Sequence[State] = (),
        right: str = "",
        owner: str = "",
        due_before: date | None = None,
        words: str = "",
        asked_by: int = 0,
        after: str = "",
        size: int = 50,
    ) -> Page[Case]:
        """The soonest due first. `words` is a number, or an e-mail address or telephone number in full; `asked_by`
        is a party of the tree outside, whose cases are told whether open or closed.
        """
        return lists.cases(
            self.corridor,
            states=states,
            right=right,
            owner=owner,
            due_before=due_before,
            words=words,
            asked_by=asked_by,
            after=after,
            size=size,
        )

    def my_tasks(self, actor: str, *, days: int = 30, size: int = 200) -> Sequence[TaskLine]:
        """What awaits this person (their own cases, and those nobody has taken) within so many days; overdue first."""
        return lists.my_tasks(self.corridor, actor, days=days, size=size)

    def figures(self, on: date | None = None) -> Figures:
        """How many are open and late, and how long answers take; as a whole and by right."""
        return lists.figures(self.corridor, on or self.corridor.today())

    def find_people(self, words: str) -> Sequence[Found]:
        """Staff's search; spelling is forgiven. Values are masked."""
        return self.corridor.find(words)

    def footprint(self, number: str, *, reveal: bool = False, reason: str = "", actor: str) -> Explanation:
        """The data of the person whom the case is about. Revealing needs a reason, and is recorded."""
        case = self.case(number).case
        if not case.cards:
            raise Refusal.of("identity-open", case=number)
        found = self.explain(case.cards, reveal=reveal, reason=reason, actor=actor)
        if reveal:
            messages.revealed(self.corridor, number, reason, actor=actor)
        return found

    def explain(
        self, cards: Sequence[Card], *, reveal: bool = False, reason: str = "", actor: str
    ) -> Explanation:
        """Somebody's data outside a case. Revealing needs a reason, and is recorded."""
        if reveal and not reason.strip():
            raise Refusal.of("reveal-reason")
        return self.corridor.explain(cards, reveal=reveal, reason=reason, actor=actor)

    # — identity and representation —

    def ask_identity(self, number: str, *, doubt: str, wanted: str, actor: str) -> Case:
        """Writes to the person; the clock stands still until the answer comes. Without a doubt there is nothing to ask."""
        return identity.ask(self.corridor, number, doubt=doubt, wanted=wanted, actor=actor)

    def confirm_identity(
        self, number: str, *, cards: Sequence[Card], how: str, actor: str, without_letter: str = ""
    ) -> Case:
        """Says who it is: the cards found. Empty cards: identity is sure, and nobody of that kind is in the systems.

        `without_letter` says why a signed letter that the policy asks for is not waited for.
        """
        return identity.confirm(
            self.corridor, number, cards=cards, how=how, actor=actor, without_letter=without_letter
        )

    def fail_identity(self, number: str, *, reason: str, actor: str) -> Case:
        """It could not be shown who asks; goes on as a refusal, which a second person approves."""
        return identity.fail(self.corridor, number, reason=reason, actor=actor)

    def confirm_email(self, number: str, *, actor: str) -> Case:
        """Somebody read the mailbox. That makes it a way to write to, and no identity."""
        return identity.confirm_email(self.corridor, number, actor=actor)

    def receive_representation(self, number: str, document: Upload, *, actor: str) -> Case:
        """The mandate arrived. The case goes on when somebody has looked at it."""
        return represent.receive(self.corridor, number, document, actor=actor)

    def check_representation(self, number: str, *, accepted: bool, reason: str, actor: str) -> Case:
        """Somebody looked at the mandate."""
        return represent.check(self.corridor, number, accepted=accepted, reason=reason, actor=actor)

    def receive_signed_letter(self, number: str, scan: Upload, *, signed: bool, actor: str) -> Case:
        """The signed letter that the organisation's policy asks for: scan attached, signature ticked off."""
        return identity.receive_letter(self.corridor, number, scan, signed=signed, actor=actor)

    # — deciding —

    def propose(self, number: str) -> Proposal:
        """What the grounds say. Looks, and decides nothing."""
        with self.organisation.footprints.one_look():
            return deciding.propose(self.corridor, number)

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
        return deciding.decide(
            self.corridor, number, actor=actor, decided=decided, withheld=withheld, reason=reason
        )

    def refuse(self, number: str, *, ground: str, reason: str, actor: str) -> Case:
        """Proposes a refusal, on a ground from the list and with written reasons; a second person has to approve it."""
        return refusing.refuse(self.corridor, number, ground=ground, reason=reason, actor=actor)

    def charge(self, number: str, *, ground: str, amount: str, reason: str, actor: str) -> Case:
        """Proposes a fee, instead of a refusal and on its grounds only; a second person approves, the person is told first."""
        return refusing.charge(
            self.corridor, number, ground=ground, amount=amount, reason=reason, actor=actor
        )

    def approve(self, number: str, *, actor: str) -> Case:
        """The second person says yes; not the one who proposed it."""
        return refusing.approve(self.corridor, number, actor=actor)

    def return_case(self, number: str, *, reason: str, actor: str) -> Case:
        """The second person says no, and why; the case is worked on again."""
        return refusing.send_back(self.corridor, number, reason=reason, actor=actor)

    def extend(self, number: str, *, reason: str, actor: str) -> Case:
        """Two more months, only within the first, with a letter that gives the reasons."""
        return deciding.extend(self.corridor, number, reason=reason, actor=actor)

    # — doing —

    def carry_out(self, number: str, *, actor: str) -> Case:
        """Makes the tasks; the worker runs them."""
        return tasks.carry_out(self.corridor, number, actor=actor)

    def due_tasks(self, limit: int = 100) -> Sequence[Task]:
        """Tasks whose moment has come and that nobody holds, the oldest first."""
        return tasks.due_tasks(self.corridor, limit)

    def stuck_tasks(self, limit: int = 200) -> Sequence[Task]:
        """What was tried and could not be done yet, each with its reason and since when; and what was given up."""
        return tasks.stuck_tasks(self.corridor, limit)

    def task(self, task: int) -> Task:
        """One task."""
        return tasks.as_it_stands(self.corridor, task)

    def run_task(self, task: int, *, worker: str = "ordholden") -> Task:
        """Takes the task (unless somebody holds it), does it, and writes what came of it. Effect once."""
        return tasks.run(self.corridor, task, worker=worker)

    def run_tasks(self, ids: Sequence[int], *, worker: str = "ordholden") -> Sequence[Task]:
        """Many at once: erasures that are due together are one plan."""
        return tasks.run_many(self.corridor, ids, worker=worker)

    def task_failed(self, task: int, reason: str, *, worker: str = "ordholden") -> Task:
        """What the worker's loop caught: tried again later, and visible."""
        return tasks.failed(self.corridor, task, reason, worker=worker)

    def renew(self, worker: str) -> int:
        """A long piece of work keeps its lease; how many tasks this worker holds."""
        return tasks.renew(self.corridor, worker)

    def let_go(self, worker: str) -> int:
        """A worker that stops gives back what it holds."""
        return tasks.let_go(self.corridor, worker)

    def retry(self, task: int, *, actor: str) -> Task:
        """A task that was given up is tried again at once."""
        return tasks.retry(self.corridor, task, actor=actor)

    def done_by_hand(self, task: int, *, receipts: Mapping[str, str], actor: str) -> Task:
        """A person did it, and says of each field what was done. Done when every field has its receipt."""
        return tasks.done_by_hand(self.corridor, task, receipts=receipts, actor=actor)

    # — writing —

    def attach(self, number: str, files: Sequence[Upload], *, actor: str) -> Case:
        """Files of staff: receipts, scans."""
        return messages.attach_files(self.corridor, number, files, actor=actor)

    def write(
        self, number: str, text: str, *, actor: str, subject: str = "", files: Sequence[Upload] = ()
    ) -> Case:
        """A message to the person."""
        return messages.write(self.corridor, number, text, actor=actor, subject=subject, files=files)

    def receive(
        self, number: str, text: str, *, actor: str = "the person", files: Sequence[Upload] = ()
    ) -> Case:
        """A message from the person; staff see that it came."""
        return messages.receive(self.corridor, number, text, actor=actor, files=files)

    def note(self, number: str, text: str, *, actor: str) -> Case:
        """A note for colleagues. The person can ask to see it."""
        return messages.note(self.corridor, number, text, actor=actor)

    def preview_letter(self, number: str, kind: str = "") -> Letter:
        """The letter as it would be sent; without a kind the answer."""
        return answering.preview(self.corridor, number, kind)

    def send_answer(self, number: str, *, actor: str) -> Case:
        """Sends the answer and closes the case. Refused while something is still to be done."""
        return answering.send_answer(self.corridor, number, actor=actor)

    def withdraw(self, number: str, *, actor: str, reason: str = "") -> Case:
        """The person takes the request back. What has been done stays done; what has not is dropped."""
        return answering.withdraw(self.corridor, number, actor=actor, reason=reason)

    def assign(self, number: str, owner: str, *, actor: str) -> Case:
        """Somebody takes the case, or is given it."""
        return answering.assign(self.corridor, number, owner, actor=actor)

    def person_died(self, number: str, *, reason: str, actor: str) -> Case:
        """The person it is about has died: nothing is sent any more to their own address, and staff decide."""
        return answering.died(self.corridor, number, reason=reason, actor=actor)

    # — links and documents —

    def link(self, number: str, *, purpose: str = "case", minutes: int = 60 * 24) -> str:
        """A token for a link: it works once, and for a short time. Only its digest is kept."""
        return links.link(self.corridor, number, purpose=purpose, minutes=minutes)

    def mailbox(self, number: str) -> str:
        """The address that letters of the case go to, if there is one."""
        return links.mailbox(self.corridor, number)

    def by_link(self, token: str, *, purpose: str = "case", use: bool = True) -> Case:
        """The case behind a token. A Refusal `link-invalid` for a wrong, used or old one, always the same."""
        return links.by_link(self.corridor, token, purpose=purpose, use=use)

    def document(self, number: str, document: int, *, actor: str) -> tuple[Document, bytes]:
        """One file; that it was opened is recorded."""
        return documents.fetch(self.corridor, number, document, actor=actor)

    def blank_letter(self, number: str) -> Upload:
        """The letter to print and sign, filled in with what the person told us."""
        return answering.blank(self.corridor, number)

    def send_post(self) -> Mapping[str, int]:
        """Sends the letters that are due; how many ended in which state."""
        return mail.send_post(self.corridor)

    def fetch_post(self) -> Mapping[str, int]:
        """Reads the mailbox, where there is one: mail becomes messages of cases, or new cases."""
        return mail.fetch_post(self.corridor)

    def kept_mail(self, limit: int | None = None) -> Sequence[tuple[Arrival, Incoming | None]]:
        """Mails that nobody could place, oldest first."""
        return mail.kept_mail(self.corridor, limit)

    def mails_waiting(self) -> int:
        """How many mails nobody could place."""
        return mail.mails_waiting(self.corridor)

    def read_mail(self, arrival: int, *, actor: str) -> tuple[Arrival, Incoming]:
        """One of them, read by somebody; that they read it is recorded."""
        return mail.read_mail(self.corridor, arrival, actor=actor)

    def take_mail(
        self,
        arrival: int,
        *,
        right: str = "",
        case: str = "",
        reason: str = "",
        language: str = "",
        actor: str,
    ) -> str:
        """A kept mail is a request for a right, a message in a case, or, for a reason, no request; the case's number."""
        return mail.take_mail(
            self.corridor, arrival, right=right, case=case, reason=reason, language=language, actor=actor
        )

    def letters_in_trouble(self) -> Sequence[Delivery]:
        """Letters that did not arrive, of which nobody knows, or that no server took yet."""
        return mail.letters_in_trouble(self.corridor)

    def settle_letter(self, letter: int, *, arrived: bool, actor: str) -> None:
        """Somebody found out that a letter arrived after all; or wants it sent again."""
        mail.settle_letter(self.corridor, letter, arrived=arrived, actor=actor)

    # — processor and controller —

    def hand_over(self, number: str, *, actor: str) -> Case:
        """To the controller whose data it is: mail with a secure link, or its own installation. Tracked."""
        return handover.hand_over(self.corridor, number, actor=actor)

    def fan_out(self, number: str, recipients: Sequence[str] = (), *, actor: str) -> Case:
        """To the sub-processors; their answers come back into this case."""
        return handover.fan_out(self.corridor, number, recipients, actor=actor)

    def acknowledge(self, number: str, *, by: str) -> Case:
        """The controller, or a sub-processor, has received it."""
        return handover.acknowledge(self.corridor, number, by=by)

    def answered(self, number: str, text: str, *, by: str, files: Sequence[Upload] = ()) -> Case:
        """The controller, or a sub-processor, has answered."""
        return handover.answered(self.corridor, number, text, by=by, files=files)

    def partner_of(self, head: Head, *, ours: str) -> Partner:
        """Whose message it is that came to our door `ours`, by its signature; a Refusal where that is nobody we know."""
        return received.known_partner(self.corridor, head, ours=ours)

    def take_from_partner(self, partner: Partner, envelope: Envelope) -> str:
        """A request, an answer or a reminder from their installation, once; the number of its case here."""
        return received.take(self.corridor, partner, envelope)

    # — the clock —

    def tick(self) -> Ticked:
        """What the hour brings: reminders, escalation, tasks whose worker died, controllers that were silent, own keep rules."""
        return ticking.tick(self.corridor)
