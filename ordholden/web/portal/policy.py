"""The policy page, generated from the newest edition; the earlier editions, and what each of them changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ordholden.app import published as editing
from ordholden.app.organisation import today
from ordholden.app.published import Published
from ordholden.lang.phrases import COPENHAGEN
from ordholden.law.authority import authority
from ordholden.web.pages import page
from ordholden.web.portal.told import changed, groups
from ordholden.web.visit import Visit, for_people
from ordholden.web.words import spoken

__all__ = ["PROMINENT", "edition", "editions", "shown"]

PROMINENT = timedelta(days=60)
"""So long a significant change is told on top of every page of the portal."""


@require_safe
@for_people
def shown(request: HttpRequest, visit: Visit) -> HttpResponse:
    return _policy(request, editing.published(visit.organisation), newest=True)


@require_safe
@for_people
def editions(request: HttpRequest, visit: Visit) -> HttpResponse:
    found = editing.editions(visit.organisation)
    return page(request, "portal/editions.html", editions=found)


@require_safe
@for_people
def edition(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """An edition as it was, below what it changed."""
    this, found = editing.edition(visit.organisation, number)
    before = editing.edition(visit.organisation, number - 1)[0] if number > 1 else this
    told = changed(found, before, this, spoken())
    newest = number == editing.editions(visit.organisation)[0].number
    return _policy(request, this, newest=newest, changes=told, all_changes=True)


def _policy(request: HttpRequest, this: Published, *, newest: bool, **more: Any) -> HttpResponse:
    return page(
        request,
        "portal/policy.html",
        here="policy",
        published=this,
        policy=this.policy,
        groups=groups(this, spoken()),
        authority=authority(),
        newest=newest,
        announced=newest and _is_prominent(this),
        contacts=[(c, this.said(c.topic, spoken().language)) for c in this.policy.organisation.contacts],
        **more,
    )


def _is_prominent(this: Published) -> bool:
    if this.edition is None or this.edition.number == 1 or not this.edition.significant:
        return False
    return today() - this.edition.at.astimezone(COPENHAGEN).date() <= PROMINENT
