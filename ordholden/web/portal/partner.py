"""A request that was sent on, as the controller or the sub-processor sees it: this one case, behind the link in the mail.

They say that they have it, and write their answer with its files. Of the case they see what was asked and by whom, and
nothing of what is known here.
"""

from __future__ import annotations

import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ordholden.cases.case import CaseFile, TaskKind, TaskState
from ordholden.problems import Refusal
from ordholden.web import uploads
from ordholden.web.limits import count_attempt
from ordholden.web.pages import page
from ordholden.web.portal.told import about_choices
from ordholden.web.visit import Visit, for_people
from ordholden.web.words import spoken

__all__ = ["answer", "open_link", "shown"]

PURPOSE = "partner"
LONGEST = 20_000
_LASTS = 8 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def open_link(request: HttpRequest, visit: Visit, token: str) -> HttpResponseBase:
    count_attempt(request, "token")
    opening = request.method == "POST"
    try:
        case = visit.desk.by_link(token, purpose=PURPOSE, use=opening)
    except Refusal as refusal:
        if refusal.problems[0].code != "link-invalid":
            raise
        return page(request, "portal/partner_link.html", bad=True, status=404)
    if not opening:
        return page(request, "portal/partner_link.html")
    request.session.cycle_key()
    request.session[_key(visit)] = {"number": case.number, "until": time.time() + _LASTS}
    awaited = _awaited(visit.desk.case(case.number))
    if len(awaited) == 1:
        visit.desk.acknowledge(case.number, by=awaited[0])
    return redirect("partner", visit.slug)


@require_safe
@for_people
def shown(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return _page(request, visit, visit.desk.case(_number(request, visit)))


@require_POST
@for_people
def answer(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    number = _number(request, visit)
    count_attempt(request, "message", number)
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()[:LONGEST]
    whole = visit.desk.case(number)
    by = _who(request, _awaited(whole))
    if by is None:
        return _page(
            request, visit, whole, text=text, wrong={"name": spoken()("partner:name.wrong")}, status=422
        )
    try:
        files = uploads.received(request.FILES.getlist("files"))
    except Refusal as refusal:
        said = " ".join(f"{m.says} {m.do}" for m in map(spoken().problem, refusal.problems))
        return _page(request, visit, whole, text=text, wrong={"files": said}, status=422)
    if not text and not files:
        return _page(request, visit, whole, wrong={"text": spoken()("case:write.needed")}, status=422)
    visit.desk.answered(number, text, by=by, files=files)
    messages.success(request, spoken()("partner:done"))
    return redirect("partner", visit.slug)


def _who(request: HttpRequest, awaited: list[str]) -> str | None:
    """Where several were asked, each says who it is; who else was asked is not shown to them."""
    if len(awaited) == 1:
        return awaited[0]
    said = " ".join(request.POST.get("name", "").split()).casefold()
    return next((name for name in awaited if name.casefold() == said), None)


def _awaited(whole: CaseFile) -> list[str]:
    return [t.system for t in whole.tasks if t.kind is TaskKind.AWAIT_ANSWER and t.state is TaskState.WAITING]


def _page(
    request: HttpRequest,
    visit: Visit,
    whole: CaseFile,
    *,
    status: int = 200,
    text: str = "",
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    names = dict(about_choices(visit.organisation.policy, whole.case.right, spoken()))
    awaited = _awaited(whole)
    return page(
        request,
        "portal/partner.html",
        status=status,
        case=whole.case,
        about=[names.get(a, a) for a in whole.case.about],
        waiting=bool(awaited),
        several=len(awaited) > 1,
        text=text,
        wrong=wrong or {},
    )


def _number(request: HttpRequest, visit: Visit) -> str:
    found = request.session.get(_key(visit))
    if not found or found["until"] < time.time():
        raise Refusal.of("link-invalid")
    number: str = found["number"]
    return number


def _key(visit: Visit) -> str:
    return f"partner:{visit.slug}"
