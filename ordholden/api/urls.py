"""Where the API stands: `/api/<organisation>/…`, its description at `/api/openapi.json`."""

from __future__ import annotations

from django.urls import path

from ordholden.api import cases, rest, transfer
from ordholden.api.door import api

__all__ = ["urlpatterns"]

api.add_router("", cases.router)
api.add_router("", rest.router)
api.add_router("", transfer.router)

urlpatterns = [path("", api.urls)]
