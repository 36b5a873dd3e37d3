"""Fills a template; and what every template has at hand: the language, the look, who signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ordholden.web.look import HOUSE
from ordholden.web.visit import Visit
from ordholden.web.words import spoken

__all__ = ["everywhere", "page"]


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page; the organisation and the member are there because the view was wrapped."""
    return render(request, template, context, status=status)


def everywhere(request: HttpRequest) -> dict[str, object]:
    visit: Visit | None = getattr(request, "visit", None)
    return {
        "words": spoken(),
        "language": spoken().language,
        "visit": visit,
        "look": visit.look if visit else HOUSE,
        "look_place": visit.slug if visit else "",
        "on_the_web": settings.ORDHOLDEN_ADDRESS,
    }
