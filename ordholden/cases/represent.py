"""Acting for somebody else: a document, looked at before the case goes on."""

from __future__ import annotations

from ordholden.cases import letters
from ordholden.cases.case import Case, RepresentationState, Upload
from ordholden.cases.change import attach, opened
from ordholden.cases.corridor import Corridor
from ordholden.problems import Refusal

__all__ = ["check", "receive"]


def receive(corridor: Corridor, number: str, document: Upload, *, actor: str) -> Case:
    with opened(corridor, number) as case:
        if case.content.by is None:
            raise Refusal.of("representation-none", case=number)
        case.move("receive representation")
        file = Upload(document.name, document.content, document.type, "representation")
        [kept] = attach(case, (file,), incoming=True)
        case.know(mandate=kept)
        case.row.representation = RepresentationState.RECEIVED.value
        case.row.needs_staff = True
        case.record("request:representation:received", actor=actor)
        return case.case


def check(corridor: Corridor, number: str, *, accepted: bool, reason: str, actor: str) -> Case:
    """Accepted, with what it covers; or not, with what is missing, which is asked for again."""
    if not reason.strip():
        raise Refusal.of("representation-reason", case=number)
    with opened(corridor, number) as case:
        if case.content.by is None:
            raise Refusal.of("representation-none", case=number)
        if accepted and case.content.mandate is None:
            raise Refusal.of("representation-missing", case=number)
        case.move("check representation")
        state = RepresentationState.ACCEPTED if accepted else RepresentationState.REJECTED
        case.row.representation = state.value
        case.row.needs_staff = False
        case.know(mandate_reason=reason.strip())
        if not accepted:
            wanted = f"{reason.strip()}\n\n{letters.text('mandate', case.row.language)}"
            facts = {"on_behalf": case.content.who.name or "–", "wanted": wanted}
            letters.send(
                case, "representation-asked", {**facts, **letters.link_facts(case, days=14)}, actor=actor
            )
        what = "accepted" if accepted else "rejected"
        case.record(f"request:representation:{what}", actor=actor, note=reason.strip())
        return case.case
