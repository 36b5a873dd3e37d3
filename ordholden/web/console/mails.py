"""Mails that no case has: somebody reads them, and says where they belong."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ordholden.cases.case import Case
from ordholden.cases.mail import NO_REQUEST, recognised
from ordholden.cases.right import rights
from ordholden.post.incoming import File, Incoming
from ordholden.problems import Refusal
from ordholden.staff import Deed
from ordholden.web.console.pages import shown
from ordholden.web.uploads import as_download
from ordholden.web.visit import Visit, for_staff
from ordholden.web.words import spoken

__all__ = ["file", "mail", "mails", "take"]

MOST = 50
"""Each is opened to show who wrote it; the next ones come when these are placed."""


@require_safe
@for_staff(Deed.WORK_CASES)
def mails(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Those that wait, the oldest first."""
    found = visit.desk.kept_mail(MOST)
    others = visit.desk.mails_waiting() - len(found)
    return shown(
        request, "mails", mails=found, others=others, words_no_subject=spoken()("console:mail-no-subject")
    )


@require_safe
@for_staff(Deed.WORK_CASES)
def mail(request: HttpRequest, visit: Visit, mail: int) -> HttpResponseBase:
    """One of them, as text; and the cases that its sender has."""
    arrival, found = visit.desk.read_mail(mail, actor=visit.actor)
    cases = _cases_of(visit, found.sender)
    return shown(
        request,
        "mail",
        arrival=arrival,
        mail=found,
        files=_numbered(found),
        words_no_subject=spoken()("console:mail-no-subject"),
        english=recognised(f"{found.subject}\n{found.text}")[1] == "en",
        cases=cases,
        likely=arrival.case or (cases[0].number if len(cases) == 1 else ""),
        rights=list(rights()),
        reasons=NO_REQUEST,
    )


def _numbered(mail: Incoming) -> list[tuple[int | None, File]]:
    """Each file with its number among those that were taken; one that was not has none."""
    taken = [one for one in mail.files if one.refused is None]
    return [(None if one.refused else taken.index(one), one) for one in mail.files]


def _cases_of(visit: Visit, sender: str) -> tuple[Case, ...]:
    return tuple(visit.desk.cases(words=f"email:{sender}", size=20).items) if sender else ()


@require_safe
@for_staff(Deed.WORK_CASES)
def file(_: HttpRequest, visit: Visit, mail: int, file: int) -> HttpResponseBase:
    """What came along; only what was taken has content."""
    _arrival, found = visit.desk.read_mail(mail, actor=visit.actor)
    taken = [one for one in found.files if one.refused is None]
    if file >= len(taken):
        raise Http404
    return as_download(taken[file].name, taken[file].type, taken[file].content)


@require_POST
@for_staff(Deed.WORK_CASES)
def take(request: HttpRequest, visit: Visit, mail: int) -> HttpResponseBase:
    """It belongs to a case, is a request of its own, or is none."""
    sent = request.POST
    try:
        number = visit.desk.take_mail(
            mail,
            case=sent.get("case", "").strip(),
            right=sent.get("right", ""),
            reason=sent.get("reason", ""),
            language=sent.get("language", ""),
            actor=visit.actor,
        )
    except Refusal as refusal:
        for problem in refusal.problems:
            said = spoken().problem(problem)
            messages.error(request, f"{said.says} {said.do}".strip())
        gone = any(p.code in ("mail-taken", "mail-gone") for p in refusal.problems)
        return redirect("console-mails", visit.slug) if gone else redirect("console-mail", visit.slug, mail)
    if number:
        messages.success(request, spoken()("console_done:mail-placed", number=number))
        return redirect("console-case", visit.slug, number)
    messages.success(request, spoken()("console_done:mail-none"))
    return redirect("console-mails", visit.slug)
