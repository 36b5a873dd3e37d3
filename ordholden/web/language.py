"""Danish first, English by a click: the choice is kept in a cookie of its own and works before anybody signs in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import translation

from ordholden.lang import LANGUAGES

__all__ = ["COOKIE", "Language"]

COOKIE = "language"
_YEAR = 365 * 24 * 60 * 60


class Language:
    """`?language=en` on any page remembers it and shows the same page again."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = request.GET.get("language", "")
        if asked in LANGUAGES and request.method == "GET":
            return _remembered(request, asked)
        kept = request.COOKIES.get(COOKIE, "")
        language = kept if kept in LANGUAGES else LANGUAGES[0]
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._answer(request)
            # A template that is filled later would be filled in another language.
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        response.headers.setdefault("Content-Language", language)
        return response


def _remembered(request: HttpRequest, language: str) -> HttpResponseBase:
    query = request.GET.copy()
    del query["language"]
    place = f"{request.path}?{query.urlencode()}" if query else request.path
    # Two slashes in front would be another host.
    response = HttpResponseRedirect("/" + place.lstrip("/"))
    response.set_cookie(
        COOKIE,
        language,
        max_age=_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
