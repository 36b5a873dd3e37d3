"""My choices: say no to marketing or to a purpose, take a consent back, and see whether details are still right.

Behind a link to one's own mailbox. Every choice is a case like any other, so it is recorded, answered and proven; only
that all details are right needs none.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ordholden.app import people
from ordholden.app.people import Detail
from ordholden.cases.case import Change, Channel, Request, Who
from ordholden.identifiers import normal, shown
from ordholden.web.limits import count_attempt
from ordholden.web.pages import page
from ordholden.web.portal import keys
from ordholden.web.portal.told import about_choices
from ordholden.web.visit import Visit, for_people
from ordholden.web.words import spoken

__all__ = ["ask", "consent", "details", "leave", "marketing", "mine", "open_link", "purpose"]

PERSON = "the person"
MOST = 40
"""So many corrections at most in one form."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def ask(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """An address in, a mail out; the page says the same to everybody."""
    if request.method != "POST":
        return page(request, "portal/choices_ask.html", here="choices", email="")
    email = request.POST.get("email", "").strip()[:300]
    address = normal("email", email)
    if not address:
        wrong = {"email": spoken()("wizard:email.wrong")}
        return page(request, "portal/choices_ask.html", here="choices", email=email, wrong=wrong, status=422)
    count_attempt(request, "link", f"{visit.slug} {address}")
    token, until = keys.made(visit, address)
    link = settings.ORDHOLDEN_ADDRESS + reverse("choices link", args=[visit.slug, token])
    key = f"choices:{visit.organisation.store.digest(token, use='choices link')}"
    people.mail_link(visit.organisation, address, link, until=until, key=key, language=spoken().language)
    return page(request, "portal/choices_sent.html", here="choices", email=address)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def open_link(request: HttpRequest, visit: Visit, token: str) -> HttpResponseBase:
    count_attempt(request, "token")
    email = keys.opened(visit, token) if request.method == "POST" else keys.seen(visit, token)
    if not email:
        return page(request, "portal/choices_open.html", here="choices", bad=True, status=404)
    if request.method != "POST":
        return page(request, "portal/choices_open.html", here="choices", email=shown("email", email))
    request.session.cycle_key()
    request.session[_key(visit)] = {"email": email, "until": time.time() + keys.LASTS.total_seconds()}
    return redirect("my choices", visit.slug)


@require_http_methods(["GET", "HEAD"])
@for_people
def mine(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    email = _email(request, visit)
    return _page(request, visit, email) if email else redirect("choices", visit.slug)


@require_POST
@for_people
def marketing(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """No to all of it: absolute, and at once (GDPR art. 21(3))."""
    about = tuple(a.name for a in visit.organisation.policy.activities.values() if a.direct_marketing)
    return _opened(request, visit, "objection", about=about)


@require_POST
@for_people
def purpose(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    known = dict(about_choices(visit.organisation.policy, "objection", spoken()))
    about = tuple(a for a in request.POST.getlist("about") if a in known)
    return _opened(request, visit, "objection", about=about, words=request.POST.get("words", "")[:4000])


@require_POST
@for_people
def consent(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    about = tuple(c for c in request.POST.getlist("about") if c in visit.organisation.policy.consents)
    return _opened(request, visit, "withdrawal", about=about)


@require_POST
@for_people
def details(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """All is right, or what should be different."""
    email = _email(request, visit)
    if not email:
        return redirect("choices", visit.slug)
    known = people.details(visit.organisation, email)
    if request.POST.get("all") == "right":
        people.confirm(visit.organisation, email)
        messages.success(request, spoken()("choices:details.thanks"))
        return redirect("my choices", visit.slug)
    changes = _changes(request, known)
    if not changes:
        wrong = {"detail-1": spoken()("choices:details.nothing")}
        return _page(request, visit, email, wrong=wrong, status=422)
    return _opened(request, visit, "rectification", changes=changes)


@require_POST
@for_people
def leave(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    request.session.pop(_key(visit), None)
    return redirect("policy", visit.slug)


def _changes(request: HttpRequest, known: tuple[Detail, ...]) -> tuple[Change, ...]:
    """Only what is written differently than it stands."""
    told = [(d, " ".join(request.POST.get(f"detail-{n}", "").split())[:300]) for n, d in enumerate(known, 1)]
    return tuple(Change(d.category, d.value, new) for d, new in told[:MOST] if new and new != d.value)


def _opened(
    request: HttpRequest,
    visit: Visit,
    right: str,
    *,
    about: tuple[str, ...] = (),
    words: str = "",
    changes: tuple[Change, ...] = (),
) -> HttpResponseBase:
    email = _email(request, visit)
    if not email:
        return redirect("choices", visit.slug)
    if not about and not changes:
        wrong = {"about": spoken()("wizard:about.needed")}
        return _page(request, visit, email, wrong=wrong, status=422)
    count_attempt(request, "request", email)
    wanted = Request(
        right=right,
        channel=Channel.PORTAL,
        who=Who(email=email),
        words=words.strip(),
        about=about or tuple(dict.fromkeys(c.what for c in changes)),
        language=spoken().language,
        changes=changes,
    )
    case = visit.desk.open_case(wanted, actor=PERSON)
    # The link was read in that very mailbox.
    visit.desk.confirm_email(case.number, actor=PERSON)
    messages.success(request, spoken()("choices:done", number=case.number, day=case.due.legal))
    return redirect("my choices", visit.slug)


def _page(request: HttpRequest, visit: Visit, email: str, status: int = 200, **more: Any) -> HttpResponseBase:
    policy, words = visit.organisation.policy, spoken()
    marketed = {a.name for a in policy.activities.values() if a.direct_marketing}
    return page(
        request,
        "portal/choices_mine.html",
        status=status,
        here="choices",
        email=email,
        has_marketing=bool(marketed),
        consents=about_choices(policy, "withdrawal", words),
        purposes=[c for c in about_choices(policy, "objection", words) if c[0] not in marketed],
        details=list(enumerate(people.details(visit.organisation, email), 1)),
        **{"wrong": {}, **more},
    )


def _email(request: HttpRequest, visit: Visit) -> str:
    found = request.session.get(_key(visit))
    if not found or found["until"] < time.time():
        return ""
    email: str = found["email"]
    return email


def _key(visit: Visit) -> str:
    return f"choices:{visit.slug}"
