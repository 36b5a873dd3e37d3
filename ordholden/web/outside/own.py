"""An employee's own recordings and messages, fetched by themselves."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from ordholden.app import tree
from ordholden.staff import Deed
from ordholden.web.limits import count_attempt
from ordholden.web.outside.parties import who
from ordholden.web.visit import Visit, for_staff

__all__ = ["file"]


@require_safe
@for_staff(Deed.ACT_FOR_SELF)
def file(request: HttpRequest, visit: Visit, file: str) -> FileResponse:
    """Never played in the browser: what somebody said may not be what a browser takes it for."""
    count_attempt(request, "message", who(visit).id)
    found, content = tree.own_file(visit.organisation, who(visit), file)
    response = FileResponse(
        content, as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
