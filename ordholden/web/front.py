"""The house's own pages: which organisations there are, an organisation's colours and logo, and the word of confidentiality."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ordholden.staff import accept_confidentiality, member
from ordholden.staff.roles import OUTSIDE
from ordholden.web.look import HOUSE, stylesheet
from ordholden.web.pages import page
from ordholden.web.visit import Visit, for_people, memberships, organisation_at, slugs

__all__ = ["alive", "colours", "confidentiality", "front", "house_colours", "logo", "my_organisations"]

_AN_HOUR = "public, max-age=3600"


def front(request: HttpRequest) -> HttpResponseBase:
    """The list; where there is one organisation only, its page."""
    found = tuple(slugs())
    if len(found) == 1:
        return redirect("policy", organisation=found[0])
    return page(request, "web/front.html", visits=[organisation_at(slug) for slug in found])


def my_organisations(request: HttpRequest) -> HttpResponseBase:
    """Where a member works; straight to it where that is one place."""
    if not request.user.is_authenticated:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    found = memberships(request)
    if len(found) == 1:
        return redirect(_place(found[0]))
    return page(request, "web/mine.html", places=[(visit, _place(visit)) for visit in found])


def _place(visit: Visit) -> str:
    """Those outside have pages of their own, and see nothing of the console."""
    if visit.member is not None and visit.member.role in OUTSIDE:
        return reverse("tree", args=[visit.slug])
    return f"/console/{visit.slug}/"


def confidentiality(request: HttpRequest, organisation: str) -> HttpResponseBase:
    """Asked once, before the first look."""
    if not request.user.is_authenticated:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    visit = organisation_at(organisation)
    one = member(visit.organisation.store, getattr(request.user, "email", ""))
    if one is None:
        raise Http404
    place = request.POST.get("next") or request.GET.get("next") or reverse("my organisations")
    if not url_has_allowed_host_and_scheme(place, {request.get_host()}):
        place = reverse("my organisations")
    if request.method == "POST" and request.POST.get("accept") == "yes":
        store = visit.organisation.store
        accept_confidentiality(store, one.id, at=store.now(), actor=one.actor)
        return redirect(place)
    request.visit = visit  # type: ignore[attr-defined]
    unticked = request.method == "POST"
    return page(request, "web/confidentiality.html", next=place, unticked=unticked, member=one)


def house_colours(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return _css(stylesheet(HOUSE))


@for_people
def colours(request: HttpRequest, visit: Visit) -> HttpResponse:  # noqa: ARG001
    return _css(stylesheet(visit.look))


@for_people
def logo(request: HttpRequest, visit: Visit) -> HttpResponse:  # noqa: ARG001
    if visit.look.logo is None:
        raise Http404
    response = HttpResponse(visit.look.logo.read_bytes(), content_type=visit.look.logo_type)
    response.headers["Cache-Control"] = _AN_HOUR
    # A drawing may hold a script; opened by itself it does nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """For who watches over the process: it answers, and so does the house's database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ordholden\n", content_type="text/plain")


def _css(text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = _AN_HOUR
    return response
