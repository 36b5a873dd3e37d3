"""A person's own case, behind a link that works once.

The link's page only asks to be opened: mail programs that look at links beforehand use nothing up. Opening it lets this
browser see this one case for an hour. What staff noted for each other is not here.
"""

from __future__ import annotations

import time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordholden.app import people
from ordholden.cases.case import CaseFile, RepresentationState, State
from ordholden.problems import Refusal
from ordholden.web import uploads
from ordholden.web.limits import count_attempt
from ordholden.web.pages import page
from ordholden.web.portal import thread
from ordholden.web.portal.told import about_choices
from ordholden.web.visit import Visit, for_people
from ordholden.web.words import spoken

__all__ = ["document", "leave", "new_link", "open_link", "shown", "take_back", "write"]

PERSON = "the person"
_HOUR = 60 * 60
LONGEST = 8_000


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def open_link(request: HttpRequest, visit: Visit, token: str) -> HttpResponseBase:
    count_attempt(request, "token")
    opening = request.method == "POST"
    try:
        case = visit.desk.by_link(token, use=opening)
    except Refusal as refusal:
        if refusal.problems[0].code != "link-invalid":
            raise
        return page(request, "portal/link.html", bad=True, status=404)
    if not opening:
        return page(request, "portal/link.html", token=token)
    # Whoever had a session before is another visitor than who holds the link.
    request.session.cycle_key()
    request.session[_key(visit)] = {"number": case.number, "until": time.time() + _HOUR}
    # Who asks for somebody else reads their own mailbox, and shows nothing of the other's.
    own = case.who.email and case.representation.by is None
    if own and not case.identity.email_confirmed and case.open:
        visit.desk.confirm_email(case.number, actor=PERSON)
    return redirect("case", visit.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def new_link(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Always the same answer: whether there is such a case is told only to who reads its mailbox."""
    if request.method != "POST":
        return page(request, "portal/new_link.html")
    number = request.POST.get("number", "").strip()[:40]
    count_attempt(request, "link", f"{visit.slug} {number}")
    people.mail_case_link(visit.organisation, number, language=spoken().language)
    return page(request, "portal/new_link.html", sent=True)


@require_safe
@for_people
def shown(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    number = _number(request, visit)
    if number is None:
        return redirect("new link", visit.slug)
    return _page(request, visit, visit.desk.case(number))


@require_POST
@for_people
def write(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    number = _must_be_open(request, visit)
    count_attempt(request, "message", number)
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()[:LONGEST]
    chosen = request.FILES.getlist("files")
    whole = visit.desk.case(number)
    if not text and not chosen:
        return _page(request, visit, whole, wrong={"text": spoken()("case:write.needed")}, status=422)
    try:
        files = uploads.received(chosen)
    except Refusal as refusal:
        said = " ".join(f"{m.says} {m.do}" for m in map(spoken().problem, refusal.problems))
        return _page(request, visit, whole, wrong={"files": said}, text=text, status=422)
    if files and whole.case.representation.state is RepresentationState.ASKED:
        visit.desk.receive_representation(number, files[0], actor=PERSON)
        files = files[1:]
    if text or files:
        visit.desk.receive(number, text, files=files, actor=PERSON)
    messages.success(request, spoken()("case:write.done"))
    return redirect("case", visit.slug)


@require_POST
@for_people
def take_back(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    number = _must_be_open(request, visit)
    visit.desk.withdraw(number, actor=PERSON)
    messages.success(request, spoken()("case:back.done"))
    return redirect("case", visit.slug)


@require_safe
@for_people
def document(request: HttpRequest, visit: Visit, document: int) -> HttpResponse:
    """A file of this case: what the person sent, and what was sent to them."""
    number = _must_be_open(request, visit)
    if document not in {d.id for d in visit.desk.case(number).documents if d.for_person}:
        raise Http404
    found, content = visit.desk.document(number, document, actor=PERSON)
    return uploads.as_download(found.name, found.type, content)


@require_POST
@for_people
def leave(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    request.session.pop(_key(visit), None)
    return redirect("policy", visit.slug)


def _page(
    request: HttpRequest, visit: Visit, whole: CaseFile, status: int = 200, **more: object
) -> HttpResponse:
    case = whole.case
    names = dict(about_choices(visit.organisation.policy, case.right, spoken()))
    files = {d.id: d for d in whole.documents if d.for_person}
    return page(
        request,
        "portal/case.html",
        status=status,
        case=case,
        about=[names.get(a, a) for a in case.about],
        thread=thread.shown(thread.with_person(whole.messages), files),
        files=files,
        open=case.state is not State.CLOSED,
        moved=case.due.nominal != case.due.legal,
        **{"wrong": {}, "text": "", **more},
    )


def _number(request: HttpRequest, visit: Visit) -> str | None:
    found = request.session.get(_key(visit))
    if not found or found["until"] < time.time():
        return None
    number: str = found["number"]
    return number


def _must_be_open(request: HttpRequest, visit: Visit) -> str:
    number = _number(request, visit)
    if number is None:
        raise Refusal.of("link-invalid")
    return number


def _key(visit: Visit) -> str:
    return f"case:{visit.slug}"
