"""The call sheet's page: choose campaign and person, say what has to be said, note it, and ask for what may be asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from ordholden.app.sheet import Sheet
from ordholden.grounds.wishes import Card
from ordholden.problems import Refusal
from ordholden.staff import Deed
from ordholden.web.console.cards import card_of
from ordholden.web.console.pages import found_people, shown
from ordholden.web.visit import Visit, for_staff
from ordholden.web.words import spoken

__all__ = ["sheet"]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Deed.TAKE_CALLS)
def sheet(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """What is noted or given comes by POST, so that nobody's key stands in an address."""
    asked = request.POST if request.method == "POST" else request.GET
    campaign, words = asked.get("campaign", ""), request.GET.get("q", "").strip()
    opened: Sheet | None = None
    if request.method == "POST":
        card = card_of(asked.get("card", ""))
        _do(request, visit, campaign, card)
        opened = visit.organisation.sheets.open(campaign, (card,), actor=visit.actor)
    return shown(
        request,
        "sheet",
        campaigns=visit.organisation.sheets.campaigns,
        campaign=campaign,
        words=words,
        found=found_people(visit, words),
        sheet=opened,
        card=asked.get("card", ""),
        say_first=opened.say_first[spoken().language] if opened else "",
    )


def _do(request: HttpRequest, visit: Visit, campaign: str, card: Card) -> None:
    sheets, sent = visit.organisation.sheets, request.POST
    try:
        if said := sent.get("said"):
            sheets.note(campaign, (card,), said, actor=visit.actor)
        elif sent.get("collect"):
            pairs = zip(sent.getlist("category"), sent.getlist("nth"), strict=True)
            given = {name: sent.get(f"given-{n}", "").strip() for name, n in pairs}
            given = {name: value for name, value in given.items() if value}
            if given:
                sheets.collect(campaign, (card,), given, actor=visit.actor)
                messages.success(request, spoken()("console_done:collect"))
    except Refusal as refusal:
        for problem in refusal.problems:
            said_ = spoken().problem(problem)
            messages.error(request, f"{said_.says} {said_.do}".strip())
