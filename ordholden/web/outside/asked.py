"""What is asked for in the name of a named employee, and how it goes: one's own cases, and nobody else's."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordholden.app import tree
from ordholden.cases.case import Change
from ordholden.problems import Refusal
from ordholden.staff import Deed
from ordholden.staff.tree import Act, Party, must_act
from ordholden.web import uploads
from ordholden.web.limits import count_attempt
from ordholden.web.outside.parties import who
from ordholden.web.pages import page
from ordholden.web.portal import thread
from ordholden.web.visit import Visit, for_staff
from ordholden.web.words import spoken

__all__ = ["ask", "document", "shown", "which", "write"]

LONGEST = 4_000
_CHANGES = 3
_VALUE = 300


@require_safe
@for_staff(Deed.SEE_TREE)
def which(request: HttpRequest, visit: Visit, party: int) -> HttpResponseBase:
    found = _about(visit, party)
    return page(request, "tree/which.html", party=found, rights=tree.RIGHTS, mine=found.id == _me(visit).id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Deed.SEE_TREE)
def ask(request: HttpRequest, visit: Visit, party: int, right: str) -> HttpResponseBase:
    found = _about(visit, party)
    if right not in tree.RIGHTS:
        raise Http404
    if request.method != "POST":
        return _ask(request, visit, found, right)
    count_attempt(request, "message", who(visit).id)
    text = _text(request, "words")
    changes = _changes(request, visit) if right == "rectification" else ()
    if right == "rectification" and not changes:
        return _ask(request, visit, found, right, words=text, wrong={"new-1": spoken()("tree:change.needed")})
    case = tree.ask(
        visit.organisation,
        who(visit),
        found,
        right,
        words=text,
        changes=changes,
        language=spoken().language,
    )
    day = case.due.own or case.due.legal
    messages.success(request, spoken()("tree:asked", number=case.number, day=day))
    return redirect("tree case", visit.slug, case.number)


@require_safe
@for_staff(Deed.SEE_TREE)
def shown(request: HttpRequest, visit: Visit, number: str) -> HttpResponseBase:
    return _case(request, visit, number)


@require_POST
@for_staff(Deed.SEE_TREE)
def write(request: HttpRequest, visit: Visit, number: str) -> HttpResponseBase:
    count_attempt(request, "message", who(visit).id)
    text = _text(request, "text")
    if not text:
        return _case(request, visit, number, wrong={"text": spoken()("tree:write.needed")}, status=422)
    tree.write(visit.organisation, who(visit), number, text)
    messages.success(request, spoken()("tree:written"))
    return redirect("tree case", visit.slug, number)


@require_safe
@for_staff(Deed.SEE_TREE)
def document(request: HttpRequest, visit: Visit, number: str, document: int) -> HttpResponse:  # noqa: ARG001
    name, kind, content = tree.document(visit.organisation, who(visit), number, document)
    return uploads.as_download(name, kind, content)


def _me(visit: Visit) -> Party:
    return tree.standing(visit.organisation, who(visit))


def _about(visit: Visit, number: int) -> Party:
    """Whom one may act for; refused with the reason before a form is filled in."""
    me = _me(visit)
    party = me if me.id == number else tree.seen(visit.organisation, who(visit), number)
    must_act(me, Act.ACT_FOR, party)
    return party


def _ask(
    request: HttpRequest,
    visit: Visit,
    party: Party,
    right: str,
    *,
    words: str = "",
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    language = spoken().language
    rows = [(n, {k: request.POST.get(f"{k}-{n}", "") for k in ("what", "old", "new")}) for n in _rows()]
    return page(
        request,
        "tree/ask.html",
        status=422 if wrong else 200,
        party=party,
        mine=party.id == _me(visit).id,
        right=right,
        text=words,
        wrong=wrong or {},
        rows=rows if right == "rectification" else (),
        choices=[(name, text[language]) for name, text in tree.correctable(visit.organisation)],
    )


def _changes(request: HttpRequest, visit: Visit) -> tuple[Change, ...]:
    known = {name for name, _ in tree.correctable(visit.organisation)}
    found = (
        Change(
            request.POST.get(f"what-{n}", ""),
            request.POST.get(f"old-{n}", "").strip()[:_VALUE],
            request.POST.get(f"new-{n}", "").strip()[:_VALUE],
        )
        for n in _rows()
    )
    return tuple(c for c in found if c.what in known and c.new)


def _rows() -> range:
    return range(1, _CHANGES + 1)


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\r\n", "\n").strip()[:LONGEST]


def _case(
    request: HttpRequest,
    visit: Visit,
    number: str,
    *,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    try:
        whole = tree.asked_case(visit.organisation, who(visit), number)
    except Refusal as refusal:
        if refusal.problems[0].code == "case-unknown":
            raise Http404 from None
        raise
    files = {d.id: d for d in whole.documents if d.for_person}
    categories = visit.organisation.policy.categories
    changes = [
        (categories[c.what].text[spoken().language] if c.what in categories else c.what, c)
        for c in whole.case.changes
    ]
    return page(
        request,
        "tree/case.html",
        status=status,
        case=whole.case,
        changes=changes,
        open=whole.case.open,
        thread=thread.shown(thread.with_person(whole.messages), files),
        files=files,
        wrong=wrong or {},
    )
