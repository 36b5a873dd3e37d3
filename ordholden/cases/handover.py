"""Between processor and controller: a request goes to whose data it is, or to those who have a part of it.

Each partner has two tasks: that it was sent, and that the answer came. What happened when stands on the second:
sent, received, answered, reminded. Their answers come back into the one case.

A partner with an installation of its own is asked there, and answers from there; one without gets a mail with a link. An
installation that is silent is tried again and again; after `MAIL_AFTER` tries, some seventeen hours, the mail goes instead
where there is an address, and else somebody here is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ordholden.cases import dispatch, letters
from ordholden.cases.case import FROM_PARTNER, Case, Outcome, State, TaskKind, TaskState, Upload
from ordholden.cases.change import Opened, attach, opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import tasks_of
from ordholden.lang import day, word
from ordholden.policy.requests import Partner
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.cases.models import TaskRow

__all__ = [
    "MAIL_AFTER",
    "acknowledge",
    "answered",
    "fan_out",
    "hand_over",
    "partner",
    "remind",
    "send",
    "sent_over",
    "take_answer",
    "tell_recipient",
    "unreached",
]

LINK_DAYS = 30
"""A partner has the link as long as the request may take."""
MAIL_AFTER = 7
"""So many tries at a partner's installation; then by mail."""


def partner(corridor: Corridor, name: str) -> Partner | None:
    return corridor.policy.requests.partner(name)


def hand_over(corridor: Corridor, number: str, *, actor: str) -> Case:
    """To the controller whose data it is. The person is told who that is, and that no time was lost."""
    with opened(corridor, number) as case:
        requests = corridor.policy.requests
        found = requests.controller_of(case.row.controller, case.row.campaign)
        if found is None:
            raise Refusal.of(
                "controller-unknown", case=number, controller=case.row.controller or case.row.campaign
            )
        case.move("hand over")
        case.row.controller = found.name
        case.row.outcome = Outcome.HANDED_OVER.value
        case.row.needs_staff = False
        _ask(case, [found])
        facts = {"controller": found.name, "handed_on": case.on}
        letters.send(case, "handed-over", facts, actor=actor)
        case.record("request:handover:begun", actor=actor, to=found.name)
        return case.case


def fan_out(corridor: Corridor, number: str, recipients: Sequence[str], *, actor: str) -> Case:
    """To the processors who have some of the data: those named, or all that the policy knows."""
    with opened(corridor, number) as case:
        known = corridor.policy.requests.processors
        unknown = [name for name in recipients if name not in known]
        if unknown or not known:
            raise Refusal.of("processor-unknown", processor=", ".join(unknown) or "–")
        case.move("fan out")
        asked = [known[name] for name in recipients or known]
        _ask(case, asked)
        case.record("request:handover:begun", actor=actor, to=", ".join(p.name for p in asked))
        return case.case


def _ask(case: Opened, partners: Sequence[Partner]) -> None:
    from ordholden.cases.right import Work
    from ordholden.cases.tasks import make

    make(case, [Work(TaskKind.HAND_OVER, f"ask:{p.name}", p.name) for p in partners])


def send(case: Opened, task: TaskRow) -> None:
    """The request, with a link that leads to this one case and nowhere else; and the task that waits for the answer."""
    found = partner(case.corridor, task.system)
    if found is None or not found.email:
        raise Refusal.of("partner-unreachable", partner=task.system)
    kind, facts = _request(case, found)
    link = letters.link_facts(case, purpose="partner", days=LINK_DAYS)
    letters.to_partner(case, found.name, found.email, kind, {**facts, **link}, key=f"ask:{found.name}")
    _await(case, found.name, {"sent": case.on.isoformat()})
    case.record("request:handover:sent", actor="ordholden", to=found.name)


def sent_over(case: Opened, task: TaskRow, number: str) -> None:
    """Their installation has it, and said which case it is there."""
    found = partner(case.corridor, task.system)
    dispatch.settled(case, task, number)
    if found is not None:
        letters.kept_for_partner(case, found.name, *_request(case, found))
    on = case.on.isoformat()
    _await(case, task.system, {"sent": on, "received": on, "case": number})
    case.record("request:handover:sent", actor="ordholden", to=task.system)
    case.record("request:handover:received", actor=task.system, case_there=number)


def unreached(case: Opened, task: TaskRow, reason: str) -> None:
    """Somebody here is told that a partner's installation does not take it; it is tried again all the same."""
    case.row.needs_staff = case.row.needs_staff or case.row.open
    said = {"case": case.row.number, "partner": task.system, "reason": reason}
    letters.to_staff(
        case, letters.text("partner-unreached", "da", said), key=f"unreached:{task.key}", escalated=True
    )
    case.record("request:partner:unreached", actor="ordholden", to=task.system, note=reason)


def _await(case: Opened, name: str, steps: Mapping[str, str]) -> None:
    from ordholden.cases.models import TaskRow

    wait = case.corridor.policy.requests.remind_days
    TaskRow.objects.using(case.store.alias).bulk_create(
        [
            TaskRow(
                organisation=case.store.organisation,
                case=case.row,
                kind=TaskKind.AWAIT_ANSWER.value,
                key=f"answer:{name}",
                system=name,
                state=TaskState.WAITING.value,
                due=min(case.on + timedelta(days=wait), case.row.due),
                steps=dict(steps),
            )
        ],
        ignore_conflicts=True,
    )


def _request(case: Opened, found: Partner) -> tuple[str, dict[str, Any]]:
    content = case.content
    person = [x for x in (content.who.name, content.who.email, content.who.phone, content.who.address) if x]
    person += [f"{kind}: {value}" for kind, value in content.who.identifiers.items()]
    facts = {"words": content.words, "person": person}
    if found.name in case.corridor.policy.requests.controllers:
        return "controller-request", facts
    language = case.row.language
    asked = {
        "case": case.row.number,
        "person": "; ".join(person),
        "data": f" ({', '.join(found.data)})" if found.data else "",
        "right": word(f"right.{case.row.right}", language),
        "due": day(case.row.due, case.row.language),
    }
    return "message", {**facts, "text": letters.text("processor-asked", case.row.language, asked)}


def acknowledge(corridor: Corridor, number: str, *, by: str) -> Case:
    """They have it. Said twice it is said once."""
    with opened(corridor, number) as case:
        task = _awaited(case, by)
        if "received" not in task.steps:
            case.move("partner received")
            task.steps = {**task.steps, "received": case.on.isoformat()}
            task.save(using=case.store.alias)
            case.record("request:handover:received", actor=by)
        return case.case


def answered(corridor: Corridor, number: str, text: str, *, by: str, files: Sequence[Upload] = ()) -> Case:
    """Their answer, in the case's thread. With the last of them the case goes on here."""
    if not text.strip() and not files:
        raise Refusal.of("message-empty")
    with opened(corridor, number) as case:
        _answer(case, _awaited(case, by), text.strip(), by=by, files=files)
        return case.case


def take_answer(
    case: Opened, text: str, *, by: str, theirs: str, outcome: str, files: Sequence[Upload] = ()
) -> None:
    """An answer from their installation. One that nobody waits for any more is kept, and somebody looks at it."""
    if not text and not files:
        raise Refusal.of("message-empty")
    ours = tasks_of(case.store).select_for_update().filter(case=case.row, system=by)
    task = ours.filter(kind=TaskKind.AWAIT_ANSWER.value).first()
    if task is None and dispatch.was_asked(case, by):
        # They had the request, and we did not live to hear that they have it.
        task = _they_have_it(case, by, theirs)
    if task is None:
        raise Refusal.of("case-unknown", case=case.row.number)
    if case.state is State.HANDED_OVER and task.state == TaskState.WAITING.value:
        _answer(case, task, text, by=by, files=files, case_there=theirs, outcome=outcome)
    else:
        _late(case, text, by=by, theirs=theirs, outcome=outcome, files=files)


def _they_have_it(case: Opened, by: str, number: str) -> TaskRow | None:
    ours = tasks_of(case.store).select_for_update().filter(case=case.row, system=by)
    sent = ours.filter(kind=TaskKind.HAND_OVER.value).first()
    if sent is None:
        return None
    sent_over(case, sent, number)
    if sent.state != TaskState.DROPPED.value:
        sent.state, sent.reason, sent.next_at = TaskState.DONE.value, "", None
        sent.leased_by, sent.leased_until = "", None
        sent.done_at, sent.done_by = case.store.now(), "ordholden"
        sent.save(using=case.store.alias)
    return ours.filter(kind=TaskKind.AWAIT_ANSWER.value).first()


def _answer(
    case: Opened, task: TaskRow, text: str, *, by: str, files: Sequence[Upload], **facts: str
) -> None:
    from ordholden.cases.messages import keep_message

    case.move("partner answered")
    documents = attach(case, _from_partner(files), incoming=True)
    keep_message(case, text, actor=by, incoming=True, kind="partner", documents=documents)
    if case.row.controller:
        # What the controller gives is for the person.
        case.know(files=(*case.content.files, *documents))
    task.steps = {**task.steps, "answered": case.on.isoformat()}
    task.state, task.done_at, task.done_by = TaskState.DONE.value, case.store.now(), by
    task.save(using=case.store.alias)
    unsaid = tasks_of(case.store).filter(case=case.row, kind=TaskKind.TELL_PARTNER.value, system=by)
    unsaid.filter(state=TaskState.WAITING.value).update(state=TaskState.DROPPED.value, next_at=None)
    case.record("request:handover:answered", actor=by, files=len(files), **facts)
    _all_answered(case, text)


def _from_partner(files: Sequence[Upload]) -> list[Upload]:
    """Somebody looks at them before the person has them: they may be about others, too."""
    return [replace(file, purpose=FROM_PARTNER) for file in files]


def _late(case: Opened, text: str, *, by: str, theirs: str, outcome: str, files: Sequence[Upload]) -> None:
    from ordholden.cases.messages import keep_message

    case.move("receive")
    documents = attach(case, _from_partner(files), incoming=True)
    keep_message(case, text, actor=by, incoming=True, kind="partner", documents=documents)
    case.row.needs_staff = True
    said = {"case": case.row.number, "partner": by}
    key = f"late:{by}:{theirs}"
    letters.to_staff(case, letters.text("partner-late", "da", said), key=key)
    case.record("request:handover:late", actor=by, files=len(files), case_there=theirs, outcome=outcome)


def _all_answered(case: Opened, text: str) -> None:
    kinds = (TaskKind.HAND_OVER.value, TaskKind.AWAIT_ANSWER.value)
    left = tasks_of(case.store).filter(case=case.row, kind__in=kinds)
    if left.exclude(state__in=(TaskState.DONE.value, TaskState.DROPPED.value)).exists():
        return
    case.row.needs_staff = True
    if case.row.controller:
        # The controller decided: what they wrote is the answer, unless they want something done here.
        case.know(done={**case.content.done, "text": text})
        case.move("carried out")
    else:
        case.move("work again")
    case.record("request:handover:complete", actor="ordholden")


def _awaited(case: Opened, by: str) -> TaskRow:
    if case.state is not State.HANDED_OVER:
        raise Refusal.of("case-move", case=case.row.number, verb="partner answered", state=case.state.value)
    ours = tasks_of(case.store).select_for_update().filter(case=case.row, kind=TaskKind.AWAIT_ANSWER.value)
    found = ours.filter(system=by).first()
    if found is None:
        raise Refusal.of("partner-not-asked", case=case.row.number, partner=by)
    return found


def remind(case: Opened, task: TaskRow) -> None:
    """A partner who was asked and is silent is asked again, and the case shows how often."""
    found = partner(case.corridor, task.system)
    times = int(task.steps.get("reminded", "0")) + 1
    if found is not None and found.endpoint and "case" in task.steps:
        dispatch.remind(case, found.name, times)
    elif found is not None and found.email:
        from datetime import date

        facts = {"sent_on": date.fromisoformat(task.steps["sent"])}
        link = letters.link_facts(case, purpose="partner", days=LINK_DAYS)
        kind = "controller-reminder"
        letters.to_partner(
            case, found.name, found.email, kind, {**facts, **link}, key=f"remind:{found.name}:{times}"
        )
    task.steps = {**task.steps, "reminded": str(times)}
    task.due = case.on + timedelta(days=case.corridor.policy.requests.remind_days)
    task.save(using=case.store.alias)
    case.record("request:handover:reminded", actor="ordholden", to=task.system, times=times)


def tell_recipient(case: Opened, name: str) -> None:
    """That what they were given was erased, corrected or restricted (GDPR art. 19)."""
    found = partner(case.corridor, name)
    if found is None or not found.email:
        raise Refusal.of("partner-unreachable", partner=name)
    who = case.content.who
    person = [x for x in (who.name, who.email, who.phone) if x]
    facts = {
        "deed": _DEEDS.get(case.row.right, "corrected"),
        "person": person,
        "what": list(found.data) or list(case.content.about) or [name],
        "done_on": case.on,
    }
    letters.to_partner(case, found.name, found.email, "recipient-told", facts, key=f"tell:{name}")


_DEEDS = {
    "erasure": "erased",
    "rectification": "corrected",
    "restriction": "restricted",
    "objection": "restricted",
    "withdrawal": "withdrawn",
}
