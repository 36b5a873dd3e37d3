"""Pages for what went wrong: each says what happened and what to do, and nothing about the machine."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ordholden.web.limits import TooOften
from ordholden.web.pages import page

__all__ = [
    "broken",
    "forbidden",
    "form_expired",
    "not_there",
    "not_understood",
    "said",
    "too_large",
    "too_often",
]


def said(request: HttpRequest, name: str, status: int) -> HttpResponse:
    words = {"heading": f"error:{name}", "explained": f"error:{name}.do"}
    return page(request, "web/error.html", status=status, status_code=status, **words)


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return said(request, "not there", 404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return said(request, "forbidden", 403)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return said(request, "not understood", 400)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The form's token is missing or old: the page was open for long, or cookies are off."""
    return said(request, "form expired", 403)


def too_large(request: HttpRequest) -> HttpResponse:
    return said(request, "too large", 413)


def too_often(request: HttpRequest, exception: TooOften) -> HttpResponse:
    response = said(request, "too often", 429)
    response.headers["Retry-After"] = str(exception.seconds)
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Ours. The error itself is in the log, where it belongs."""
    return said(request, "broken", 500)
