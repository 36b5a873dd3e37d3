"""Operations on cases: each is one verb of the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from ordholden.api.door import REFUSALS, caller, needs
from ordholden.api.shapes import (
    Answered,
    CaseFileShape,
    CasePage,
    CaseShape,
    Confirmed,
    Decided,
    Given,
    LetterShape,
    NewRequest,
    Owner,
    ProposalShape,
    Reason,
    Refused,
    Texted,
    Wanted,
    uploads,
)
from ordholden.cases.case import State
from ordholden.staff import Deed
from ordholden.web.console.cards import card_of
from ordholden.web.uploads import as_download

__all__ = ["router"]

router = Router(tags=["cases"])
CHANGED: Any = {200: CaseShape, **REFUSALS}


@router.post(
    "/{organisation}/cases",
    auth=needs(Deed.TAKE_CALLS),
    response={201: CaseShape, **REFUSALS},
    summary="Open a case",
)
def open_case(request: HttpRequest, organisation: str, asked: NewRequest) -> Any:
    who = caller(request)
    case = who.desk.open_case(asked.noun(), actor=who.actor, files=uploads(asked.files))
    return 201, CaseShape.of(case)


@router.get(
    "/{organisation}/cases",
    auth=needs(Deed.SEE_CASES),
    response={200: CasePage, **REFUSALS},
    summary="Cases, the soonest due first",
)
def list_cases(
    request: HttpRequest,
    organisation: str,
    state: list[str] = Query([], max_length=10),
    right: str = "",
    owner: str = "",
    due_before: date | None = None,
    after: str = "",
    size: int = Query(50, ge=1, le=200),
) -> Any:
    known = {s.value for s in State}
    found = caller(request).desk.cases(
        states=tuple(State(s) for s in state if s in known),
        right=right,
        owner=owner,
        due_before=due_before,
        after=after,
        size=size,
    )
    return CasePage(cases=[CaseShape.of(case) for case in found.items], after=found.after)


@router.get(
    "/{organisation}/cases/{number}",
    auth=needs(Deed.SEE_CASES),
    response={200: CaseFileShape, **REFUSALS},
    summary="Everything about a case",
)
def read_case(request: HttpRequest, organisation: str, number: str) -> Any:
    return CaseFileShape.of(caller(request).desk.case(number))


@router.get(
    "/{organisation}/cases/{number}/proposal",
    auth=needs(Deed.DECIDE),
    response={200: ProposalShape, **REFUSALS},
    summary="What the grounds say",
)
def propose(request: HttpRequest, organisation: str, number: str) -> Any:
    return ProposalShape.of(caller(request).desk.propose(number))


@router.get(
    "/{organisation}/cases/{number}/letter",
    auth=needs(Deed.SEE_CASES),
    response={200: LetterShape, **REFUSALS},
    summary="The letter, as it would be sent",
)
def preview_letter(request: HttpRequest, organisation: str, number: str, kind: str = "") -> Any:
    found = caller(request).desk.preview_letter(number, kind)
    return LetterShape(**{name: getattr(found, name) for name in LetterShape.model_fields})


@router.get(
    "/{organisation}/cases/{number}/documents/{document}",
    auth=needs(Deed.SEE_CASES),
    summary="A file of the case",
    response={200: bytes, **REFUSALS},
)
def read_document(request: HttpRequest, organisation: str, number: str, document: int) -> HttpResponse:
    who = caller(request)
    found, content = who.desk.document(number, document, actor=who.actor)
    return as_download(found.name, found.type, content)


@router.post(
    "/{organisation}/cases/{number}/identity/ask",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Ask who it is, because of a doubt",
)
def ask_identity(request: HttpRequest, organisation: str, number: str, asked: Wanted) -> Any:
    who = caller(request)
    return CaseShape.of(
        who.desk.ask_identity(number, doubt=asked.doubt, wanted=asked.wanted, actor=who.actor)
    )


@router.post(
    "/{organisation}/cases/{number}/identity/confirm",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Say who it is",
)
def confirm_identity(request: HttpRequest, organisation: str, number: str, said: Confirmed) -> Any:
    who = caller(request)
    cards = tuple(card_of(words) for words in said.cards)
    return CaseShape.of(who.desk.confirm_identity(number, cards=cards, how=said.how, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/decide",
    auth=needs(Deed.DECIDE),
    response=CHANGED,
    summary="Decide as the grounds say",
)
def decide(request: HttpRequest, organisation: str, number: str, said: Decided) -> Any:
    who = caller(request)
    return CaseShape.of(
        who.desk.decide(number, decided=dict(said.decided), reason=said.reason, actor=who.actor)
    )


@router.post(
    "/{organisation}/cases/{number}/refuse",
    auth=needs(Deed.DECIDE),
    response=CHANGED,
    summary="Propose a refusal",
)
def refuse(request: HttpRequest, organisation: str, number: str, said: Refused) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.refuse(number, ground=said.ground, reason=said.reason, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/approve",
    auth=needs(Deed.APPROVE),
    response=CHANGED,
    summary="The second person says yes",
)
def approve(request: HttpRequest, organisation: str, number: str) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.approve(number, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/return",
    auth=needs(Deed.APPROVE),
    response=CHANGED,
    summary="The second person says no",
)
def return_case(request: HttpRequest, organisation: str, number: str, said: Reason) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.return_case(number, reason=said.reason, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/extend",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Two more months, with reasons",
)
def extend(request: HttpRequest, organisation: str, number: str, said: Reason) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.extend(number, reason=said.reason, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/carry-out",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Carry out what was decided",
)
def carry_out(request: HttpRequest, organisation: str, number: str) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.carry_out(number, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/messages",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Write to the person",
)
def write(request: HttpRequest, organisation: str, number: str, said: Texted) -> Any:
    who = caller(request)
    files = uploads(said.files)
    return CaseShape.of(who.desk.write(number, said.text, subject=said.subject, files=files, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/notes",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="A note for colleagues",
)
def note(request: HttpRequest, organisation: str, number: str, said: Texted) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.note(number, said.text, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/assign",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Who takes the case",
)
def assign(request: HttpRequest, organisation: str, number: str, said: Owner) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.assign(number, said.owner, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/answer",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Send the answer and close the case",
)
def send_answer(request: HttpRequest, organisation: str, number: str) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.send_answer(number, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/withdraw",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="The person takes the request back",
)
def withdraw(request: HttpRequest, organisation: str, number: str, said: Reason) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.withdraw(number, reason=said.reason, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/hand-over",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Pass on to the controller",
)
def hand_over(request: HttpRequest, organisation: str, number: str) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.hand_over(number, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/fan-out",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="Ask the sub-processors",
)
def fan_out(request: HttpRequest, organisation: str, number: str, said: Given) -> Any:
    who = caller(request)
    return CaseShape.of(who.desk.fan_out(number, said.recipients, actor=who.actor))


@router.post(
    "/{organisation}/cases/{number}/answered",
    auth=needs(Deed.WORK_CASES),
    response=CHANGED,
    summary="A partner's answer comes back",
)
def answered(request: HttpRequest, organisation: str, number: str, said: Answered) -> Any:
    who = caller(request)
    files = uploads(said.files, "answer")
    return CaseShape.of(who.desk.answered(number, said.text, by=said.by, files=files))
