"""The policy page, generated from the policy file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ordholden.web.pages import page
from ordholden.web.visit import Visit, for_people

__all__ = ["shown"]


@for_people
def shown(request: HttpRequest, visit: Visit) -> HttpResponse:  # noqa: ARG001
    return page(request, "portal/policy.html", here="policy")
