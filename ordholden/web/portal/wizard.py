"""Exercise a right: one question a page, back works, and the receipt is the same whether anybody is known or not."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordholden.app import published as editing
from ordholden.cases.case import Case, Change, Channel, Request, Upload, Who
from ordholden.lang import Words
from ordholden.policy.document import Policy
from ordholden.policy.requests import SIGNED_LETTER
from ordholden.problems import Refusal
from ordholden.web import uploads
from ordholden.web.adapters import PROVEN
from ordholden.web.limits import count_attempt
from ordholden.web.pages import page
from ordholden.web.portal import draft as drafts
from ordholden.web.portal.draft import Correction, Draft
from ordholden.web.portal.questions import ALL_MARKETING, CORRECTIONS, RIGHTS, known_by, questions
from ordholden.web.portal.told import about_choices
from ordholden.web.providers import people_providers
from ordholden.web.visit import Visit, for_people
from ordholden.web.words import spoken

__all__ = ["blank", "check", "question", "receipt", "right", "which"]

PERSON = "the person"


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def which(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The first question: which right."""
    offered = _offered(visit)
    if request.method == "POST":
        chosen = request.POST.get("right", "")
        if chosen in offered:
            return redirect("right", visit.slug, chosen)
        wrong = {"right-1": "wizard:which.wrong"}
        return page(
            request, "portal/which.html", here="rights", offered=offered, wrong=_said(wrong), status=422
        )
    return page(request, "portal/which.html", here="rights", offered=offered)


@require_safe
@for_people
def right(request: HttpRequest, visit: Visit, right: str) -> HttpResponseBase:
    """A fresh draft; its first question."""
    _must_be_offered(visit, right)
    about = tuple(request.GET.getlist("about"))
    drafts.keep(request, visit, _proven(request, Draft(right, about=about)))
    return redirect("question", visit.slug, right, questions(right, visit.organisation.policy)[0].name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def question(request: HttpRequest, visit: Visit, right: str, step: str) -> HttpResponseBase:
    """One question; its answer is kept even where something is wrong with it, so that nobody writes twice."""
    _must_be_offered(visit, right)
    policy = visit.organisation.policy
    asked = questions(right, policy)
    index = next((n for n, q in enumerate(asked) if q.name == step), None)
    if index is None:
        raise Http404
    draft = drafts.kept(request, visit, right)
    if draft is None or not {q.name for q in asked[:index]} <= set(draft.seen):
        return _start_again(request, right)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        draft, found = asked[index].read(draft, request.POST, policy)
        wrong = dict(found)
        drafts.keep(request, visit, draft)
        if not wrong:
            return _after(request, visit, right, asked[index + 1].name if index + 1 < len(asked) else "")
    back = asked[index - 1].name if index else ""
    return _question(request, visit, draft, step, wrong, place=(index + 1, len(asked) + 1), back=back)


def _after(request: HttpRequest, visit: Visit, right: str, following: str) -> HttpResponseBase:
    """To the next question; who came from the last page to mend one answer goes back there."""
    draft = drafts.kept(request, visit, right)
    asked = questions(right, visit.organisation.policy)
    if not following or (request.GET.get("then") == "check" and draft and _whole(draft, asked)):
        return redirect("check", visit.slug, right)
    return redirect("question", visit.slug, right, following)


def _whole(draft: Draft, asked: tuple[Any, ...]) -> bool:
    return {q.name for q in asked} <= set(draft.seen)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def check(request: HttpRequest, visit: Visit, right: str) -> HttpResponseBase:
    """Everything that was answered, on one page; and then it is sent."""
    _must_be_offered(visit, right)
    draft = drafts.kept(request, visit, right)
    asked = questions(right, visit.organisation.policy)
    if draft is None or not _whole(draft, asked):
        return _start_again(request, right)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            files = uploads.received(request.FILES.getlist("mandate"), purpose="representation")
        except Refusal as refusal:
            wrong = {"mandate": " ".join(spoken().problem(p).says for p in refusal.problems)}
        else:
            return _sent(request, visit, draft, files)
    summary = _summary(draft, visit.organisation.policy)
    last = asked[-1].name
    context = {"right": right, "draft": draft, "summary": summary, "wrong": wrong, "back": last}
    place = (len(asked) + 1, len(asked) + 1)
    status = 422 if wrong else 200
    return page(request, "portal/check.html", here="rights", place=place, status=status, **context)


def _sent(request: HttpRequest, visit: Visit, draft: Draft, files: tuple[Upload, ...]) -> HttpResponseBase:
    count_attempt(request, "request", draft.email or draft.address)
    case = visit.desk.open_case(_request(draft), actor=PERSON, files=files)
    proven = request.session.get(PROVEN)
    if proven:
        said = spoken()("wizard:sure from", by=proven["by"], name=proven["name"])
        visit.desk.note(case.number, said, actor="ordholden")
    drafts.drop(request, visit)
    request.session[f"receipt:{visit.slug}"] = _receipt(case, draft, visit)
    return redirect("receipt", visit.slug)


def _request(draft: Draft) -> Request:
    own = Who(
        name=draft.name,
        email=draft.email,
        phone=draft.phone,
        address=draft.address,
        identifiers={} if draft.behalf else dict(draft.identifiers),
    )
    other = Who(name=draft.behalf_name, email=draft.behalf_email, identifiers=dict(draft.identifiers))
    return Request(
        right=draft.right,
        channel=Channel.PORTAL,
        who=own,
        words=draft.words,
        about=draft.about,
        on_behalf=other if draft.behalf else None,
        language=spoken().language,
        controller=draft.controller,
        changes=tuple(Change(c.what, c.old, c.new) for c in draft.corrections),
        transfer_to=draft.transfer_to,
    )


def _receipt(case: Case, draft: Draft, visit: Visit) -> dict[str, Any]:
    """What the receipt shows, and no more: the same for who is known and who isn't."""
    forms = visit.organisation.policy.requests.forms
    return {
        "number": case.number,
        "due": case.due.legal.isoformat(),
        "own": case.due.own.isoformat() if case.due.own else "",
        "email": draft.email,
        "sign": forms.get(draft.right) == SIGNED_LETTER,
        "behalf": draft.behalf,
    }


@require_safe
@for_people
def receipt(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    from datetime import date

    told = request.session.get(f"receipt:{visit.slug}")
    if not told:
        return redirect("rights", visit.slug)
    days = {k: date.fromisoformat(told[k]) if told[k] else None for k in ("due", "own")}
    return page(request, "portal/receipt.html", here="rights", receipt={**told, **days})


@require_POST
@for_people
def blank(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The letter to sign, filled in with what this person has just written, and nothing else."""
    told = request.session.get(f"receipt:{visit.slug}")
    if not told or not told["sign"]:
        raise Http404
    letter = visit.desk.blank_letter(told["number"])
    return uploads.as_download(letter.name, letter.type, letter.content)


# — pages —


def _question(
    request: HttpRequest,
    visit: Visit,
    draft: Draft,
    step: str,
    wrong: dict[str, str],
    *,
    place: tuple[int, int],
    back: str,
) -> HttpResponse:
    organisation, words = visit.organisation, spoken()
    published = editing.published(organisation)
    rows = [*draft.corrections, *([Correction()] * CORRECTIONS)][:CORRECTIONS]
    return page(
        request,
        f"portal/step_{step}.html",
        status=422 if wrong else 200,
        here="rights",
        right=draft.right,
        step=step,
        draft=draft,
        wrong=_said(wrong),
        place=place,
        steps=range(1, place[1] + 1),
        back=back,
        choices=about_choices(organisation.policy, draft.right, words),
        all_marketing=ALL_MARKETING,
        marketing={a.name for a in organisation.policy.activities.values() if a.direct_marketing},
        corrections=list(enumerate(rows, 1)),
        known_by=known_by(draft.right, organisation.policy, organisation.inventory),
        controllers=list(organisation.policy.requests.controllers),
        published=published,
        heading=_heading(draft.right, step, words),
        hint=_hint(draft.right, step, words),
        providers=people_providers(),
        proven=request.session.get(PROVEN),
    )


def _heading(right: str, step: str, words: Words) -> str:
    group = {"about": "about", "objects": "about", "consents": "about", "corrections": "about"}.get(
        step, step
    )
    key = f"wizard:{group}.{right}"
    return words(key) if words.known(key) else words(f"wizard:{group}")


def _hint(right: str, step: str, words: Words) -> str:
    group = {"about": "about", "objects": "about", "consents": "about", "corrections": "about"}.get(
        step, step
    )
    keys = (f"wizard:{group}.{right}.hint", f"wizard:{group}.hint")
    return next((words(k) for k in keys if words.known(k)), "")


def _summary(draft: Draft, policy: Policy) -> list[tuple[str, str, str]]:
    """(label, what was answered, the question to mend it in)."""
    words = spoken()
    names = dict(about_choices(policy, draft.right, words))
    asked = [q.name for q in questions(draft.right, policy)]
    about = "; ".join(names.get(a, a) for a in draft.about) or words("wizard:everything")
    if draft.right == "rectification":
        about = "; ".join(f"{names.get(c.what, c.what)}: {c.old or '–'} → {c.new}" for c in draft.corrections)
    reach = ", ".join(part for part in (draft.email, draft.phone, draft.address) if part)
    rows = [("you want", words(f"right name:{draft.right}"), "")]
    if asked[0] != "words":
        rows.append(("it is about", about, asked[0]))
    if draft.words:
        rows.append(("you say", draft.words, "objects" if draft.right == "objection" else "words"))
    if draft.transfer_to:
        rows.append(("send to", draft.transfer_to, "transfer"))
    if draft.controller:
        rows.append(("for", draft.controller, "for"))
    known = [f"{words.either(f'wizard:known by.{k}', k)}: {v}" for k, v in draft.identifiers.items()]
    rows.append(("you are", ", ".join([draft.name, *known]), "who"))
    if draft.behalf:
        rows.append(("for whom", ", ".join(p for p in (draft.behalf_name, draft.behalf_email) if p), "who"))
    rows.append(("we reach", reach, "reach"))
    return [(words(f"wizard:{label}"), text, step) for label, text, step in rows]


def _said(wrong: dict[str, str]) -> dict[str, str]:
    """Field → sentence."""
    return {name: spoken()(key) for name, key in wrong.items()}


def _start_again(request: HttpRequest, right: str) -> HttpResponse:
    return page(request, "portal/gone.html", here="rights", right=right, status=409)


def _proven(request: HttpRequest, draft: Draft) -> Draft:
    """Who a provider says this is need not be written again."""
    from dataclasses import replace

    proven = request.session.get(PROVEN) or {}
    return replace(draft, name=proven.get("name", ""), email=proven.get("email", ""))


def _offered(visit: Visit) -> tuple[str, ...]:
    """The rights that mean something here: nothing can be withdrawn where nothing rests on consent."""
    policy = visit.organisation.policy
    return tuple(
        r for r in RIGHTS if r not in ("withdrawal", "objection") or about_choices(policy, r, spoken())
    )


def _must_be_offered(visit: Visit, right: str) -> None:
    if right not in _offered(visit):
        raise Http404
