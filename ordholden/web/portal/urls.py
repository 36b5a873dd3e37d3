"""The addresses of one organisation's portal."""

from __future__ import annotations

from django.urls import path

from ordholden.web.portal import policy

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", policy.shown, name="policy"),
    path("right/", policy.shown, name="rights"),
    path("choices/", policy.shown, name="choices"),
    path("editions/", policy.shown, name="editions"),
]
