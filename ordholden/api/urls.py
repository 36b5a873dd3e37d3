"""Where the API stands: `/api/<organisation>/…`, its description at `/api/openapi.json`."""

from __future__ import annotations

from django.urls import path

from ordholden.api import cases, partner, rest, transfer
from ordholden.api.door import api

__all__ = ["ROUTERS", "urlpatterns"]

ROUTERS = (cases.router, rest.router, transfer.router, partner.router)

for _router in ROUTERS:
    api.add_router("", _router)

urlpatterns = [path("", api.urls)]
