"""What is written: between the organisation and the person, and notes among colleagues."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ordholden.cases import clock, letters
from ordholden.cases.case import Case, State, Upload
from ordholden.cases.change import Opened, attach, opened
from ordholden.cases.corridor import Corridor
from ordholden.problems import Refusal

__all__ = ["attach_files", "keep_message", "note", "receive", "revealed", "write"]


def keep_message(
    case: Opened,
    text: str,
    *,
    actor: str,
    incoming: bool,
    subject: str = "",
    kind: str = "message",
    documents: Sequence[int] = (),
    delivery: str = "",
) -> int:
    """A line of the thread, sealed; its number."""
    from ordholden.cases.models import MessageRow

    row = MessageRow(
        organisation=case.store.organisation,
        case=case.row,
        incoming=incoming,
        at=case.store.now(),
        actor=actor,
        kind=kind,
        sealed=case.store.seal(json.dumps([subject, text]).encode()),
        documents=list(documents),
        delivery=delivery,
    )
    row.save(using=case.store.alias)
    return row.pk


def write(
    corridor: Corridor, number: str, text: str, *, actor: str, subject: str = "", files: Sequence[Upload] = ()
) -> Case:
    """A message to the person, by mail where there is an address, else on paper."""
    if not text.strip():
        raise Refusal.of("message-empty")
    with opened(corridor, number) as case:
        case.move("write")
        letters.send(case, "message", {"text": text.strip()}, actor=actor, files=files, subject=subject)
        case.row.needs_staff = False
        case.record("request:message:sent", actor=actor, files=len(files))
        return case.case


def receive(
    corridor: Corridor,
    number: str,
    text: str,
    *,
    actor: str,
    files: Sequence[Upload] = (),
    resumes: bool = True,
) -> Case:
    """A message from the person. If the clock stood still for it, it goes on."""
    if not text.strip() and not files:
        raise Refusal.of("message-empty")
    with opened(corridor, number) as case:
        case.move("receive")
        documents = attach(case, files, incoming=True)
        keep_message(case, text.strip(), actor=actor, incoming=True, documents=documents)
        case.row.needs_staff = True
        case.record("request:message:received", actor=actor, files=len(files))
        if resumes and case.row.paused_since is not None and case.state is not State.CLOSED:
            days = clock.resume(case.row, case.on)
            case.record("request:clock:resumed", actor="ordholden", days=days)
        return case.case


def note(corridor: Corridor, number: str, text: str, *, actor: str) -> Case:
    """A note in the timeline. It is part of what the person may ask to see."""
    if not text.strip():
        raise Refusal.of("message-empty")
    with opened(corridor, number) as case:
        case.move("note")
        case.record("request:note:written", actor=actor, note=text.strip())
        return case.case


def attach_files(corridor: Corridor, number: str, files: Sequence[Upload], *, actor: str) -> Case:
    """Files of staff: receipts, scans."""
    with opened(corridor, number) as case:
        case.move("note")
        attach(case, files, incoming=False)
        case.record("request:document:attached", actor=actor, files=len(files))
        return case.case


def revealed(corridor: Corridor, number: str, reason: str, *, actor: str) -> None:
    """Somebody saw the person's data in clear, and said why."""
    with opened(corridor, number) as case:
        case.record("request:person:revealed", actor=actor, note=reason.strip())
