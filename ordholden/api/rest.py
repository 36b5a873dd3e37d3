"""Operations beside cases: tasks, people, purposes, figures, promises, webhooks; and the policy, for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query

from ordholden.api.door import REFUSALS, caller, needs
from ordholden.api.shapes import FiguresShape, NewHook, Ok, PersonShape, Receipts, TaskShape, Uses
from ordholden.app.hooks import tell_from_now_on, tell_no_more, told
from ordholden.staff import Deed
from ordholden.web.console.cards import words_of
from ordholden.web.visit import organisation_at

__all__ = ["router"]

router = Router()


@router.get(
    "/{organisation}/policy",
    auth=None,
    response={200: dict[str, Any], **REFUSALS},
    tags=["policy"],
    summary="The policy, for everybody",
)
def read_policy(request: HttpRequest, organisation: str) -> Any:
    policy = organisation_at(organisation).organisation.policy
    return {
        "organisation": policy.organisation.name,
        "cvr": policy.organisation.cvr,
        "activities": [
            {
                "name": a.name,
                "purpose": {"da": a.purpose.da, "en": a.purpose.en},
                "basis": a.basis.kind.value,
                "article": a.basis.kind.article,
                "data": list(a.data),
                "sources": list(a.sources),
                "recipients": list(a.recipients),
                "keep": a.keep.text,
            }
            for a in policy.activities.values()
        ],
    }


@router.get(
    "/{organisation}/tasks",
    auth=needs(Deed.SEE_TASKS),
    response={200: list[TaskShape], **REFUSALS},
    tags=["tasks"],
    summary="Tasks whose moment has come",
)
def due_tasks(request: HttpRequest, organisation: str, limit: int = Query(100, ge=1, le=1_000)) -> Any:
    return [TaskShape.of(task) for task in caller(request).desk.due_tasks(limit)]


@router.post(
    "/{organisation}/tasks/{task}/done",
    auth=needs(Deed.DO_TASKS),
    response={200: TaskShape, **REFUSALS},
    tags=["tasks"],
    summary="Done by hand, with a receipt for each field",
)
def done_by_hand(request: HttpRequest, organisation: str, task: int, said: Receipts) -> Any:
    who = caller(request)
    return TaskShape.of(who.desk.done_by_hand(task, receipts=said.receipts, actor=who.actor))


@router.get(
    "/{organisation}/people",
    auth=needs(Deed.FIND_PEOPLE),
    response={200: list[PersonShape], **REFUSALS},
    tags=["people"],
    summary="Everybody whom the words could mean",
)
def find_people(
    request: HttpRequest, organisation: str, words: str = Query(min_length=1, max_length=300)
) -> Any:
    found = caller(request).desk.find_people(words)
    return [PersonShape(card=words_of(f.card), shown=f.shown, system=f.card.table.system) for f in found]


@router.post(
    "/{organisation}/may-use",
    auth=needs(Deed.FIND_PEOPLE),
    response={200: dict[str, str], **REFUSALS},
    tags=["people"],
    summary="May their data be used for a purpose?",
)
def may_use(request: HttpRequest, organisation: str, asked: Uses) -> Any:
    who = caller(request)
    decisions = who.organisation.may_use(asked.purpose, asked.people, actor=who.actor)
    return {words: decision.ruling.value for words, decision in decisions.items()}


@router.get(
    "/{organisation}/figures",
    auth=needs(Deed.SEE_FIGURES),
    response={200: FiguresShape, **REFUSALS},
    tags=["figures"],
    summary="How the cases stand",
)
def figures(request: HttpRequest, organisation: str) -> Any:
    return FiguresShape.of(caller(request).desk.figures())


@router.get(
    "/{organisation}/promises",
    auth=needs(Deed.SEE_PROMISES),
    response={200: list[dict[str, Any]], **REFUSALS},
    tags=["figures"],
    summary="The promises, with what shows them",
)
def read_promises(request: HttpRequest, organisation: str) -> Any:
    """As they were last seen, each with when; the background work looks every hour."""
    there = caller(request).organisation
    seen = there.last_look()
    return [promise.as_json() for promise in (there.look_at_promises() if seen is None else seen)]


@router.get(
    "/{organisation}/hooks",
    auth=needs(Deed.MANAGE_TOKENS),
    response={200: list[dict[str, Any]], **REFUSALS},
    tags=["webhooks"],
    summary="Who is told when cases change",
)
def list_hooks(request: HttpRequest, organisation: str) -> Any:
    found = told(caller(request).organisation)
    return [{"id": h.id, "url": h.url, "attempts": h.attempts, "reason": h.reason} for h in found]


@router.post(
    "/{organisation}/hooks",
    auth=needs(Deed.MANAGE_TOKENS),
    response={201: dict[str, str], **REFUSALS},
    tags=["webhooks"],
    summary="Tell an address from now on; the secret is shown once",
)
def add_hook(request: HttpRequest, organisation: str, asked: NewHook) -> Any:
    who = caller(request)
    made = tell_from_now_on(who.organisation, asked.url, actor=who.actor)
    return 201, {"id": made.id, "url": made.url, "secret": made.secret}


@router.delete(
    "/{organisation}/hooks/{hook}",
    auth=needs(Deed.MANAGE_TOKENS),
    response={200: Ok, **REFUSALS},
    tags=["webhooks"],
    summary="Tell it nothing any more",
)
def remove_hook(request: HttpRequest, organisation: str, hook: str) -> Any:
    who = caller(request)
    tell_no_more(who.organisation, hook, actor=who.actor)
    return Ok()
