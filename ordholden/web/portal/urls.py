"""The addresses of one organisation's portal."""

from __future__ import annotations

from django.urls import path

from ordholden.web.portal import case, choices, partner, policy, wizard

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", policy.shown, name="policy"),
    path("editions/", policy.editions, name="editions"),
    path("editions/<int:number>/", policy.edition, name="edition"),
    path("right/", wizard.which, name="rights"),
    path("right/receipt/", wizard.receipt, name="receipt"),
    path("right/receipt/letter", wizard.blank, name="blank letter"),
    path("right/<slug:right>/", wizard.right, name="right"),
    path("right/<slug:right>/check/", wizard.check, name="check"),
    path("right/<slug:right>/<slug:step>/", wizard.question, name="question"),
    path("case/", case.shown, name="case"),
    path("case/link/", case.new_link, name="new link"),
    path("case/write/", case.write, name="case write"),
    path("case/back/", case.take_back, name="case back"),
    path("case/leave/", case.leave, name="case leave"),
    path("case/file/<int:document>", case.document, name="case file"),
    path("case/<str:token>", case.open_link, name="case link"),
    path("partner/", partner.shown, name="partner"),
    path("partner/answer/", partner.answer, name="partner answer"),
    path("partner/<str:token>", partner.open_link, name="partner link"),
    path("choices/", choices.ask, name="choices"),
    path("choices/mine/", choices.mine, name="my choices"),
    path("choices/mine/marketing/", choices.marketing, name="choices marketing"),
    path("choices/mine/purpose/", choices.purpose, name="choices purpose"),
    path("choices/mine/consent/", choices.consent, name="choices consent"),
    path("choices/mine/details/", choices.details, name="choices details"),
    path("choices/mine/leave/", choices.leave, name="choices leave"),
    path("choices/<str:token>", choices.open_link, name="choices link"),
]
