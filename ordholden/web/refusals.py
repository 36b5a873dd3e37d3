"""What the hall refuses, as a page: the problem's sentence and what to do, under the status that fits."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from ordholden.connectors.errors import SystemFailure
from ordholden.problems import Refusal
from ordholden.web import errors
from ordholden.web.limits import TooOften
from ordholden.web.pages import page
from ordholden.web.words import spoken

__all__ = ["STATUS", "Refusals"]

STATUS = {
    "arrival-unknown": 404,
    "case-unknown": 404,
    **dict.fromkeys(("transfer-form", "transfer-not-ours", "transfer-changed"), 422),
    "transfer-signature": 401,
    **dict.fromkeys(("transfer-old", "partner-stranger", "partner-door"), 403),
    "transfer-large": 413,
    "document-unknown": 404,
    "edition-unknown": 404,
    "hook-unknown": 404,
    "letter-unknown": 404,
    "link-invalid": 404,
    "member-unknown": 404,
    "organisation-unknown": 404,
    "plan-unknown": 404,
    "right-unknown": 404,
    "tree-may-not": 403,
    "tree-outside": 404,
    "task-unknown": 404,
    "token-unknown": 404,
    "system-unreachable": 503,
    "store-unreachable": 503,
}
"""Of a refusal's first problem; whatever isn't here is 409: it cannot be done as things stand."""

_log = logging.getLogger(__name__)


class Refusals:
    """Catches what views leave uncaught."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooOften):
            return errors.too_often(request, exception)
        if isinstance(exception, SystemFailure):
            _log.warning("%s does not answer: %s", exception.system, exception.reason)
            return errors.said(request, "silent", 503)
        if isinstance(exception, Refusal):
            said = [spoken().problem(problem) for problem in exception.problems]
            status = STATUS.get(exception.problems[0].code, 409)
            return page(request, "web/refused.html", status=status, said=said)
        return None
