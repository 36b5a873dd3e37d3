"""The console's start page: what comes first, and where the rest is."""

from __future__ import annotations

import pytest

from ordholden.cases.case import Channel, Request, Who
from ordholden.staff import Role
from ordholden.web.console import pages
from tests.web.town import Town


def test_of_very_many_the_first_are_shown_and_where_the_others_are(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        who = Who(name=name, email=f"{name}@start.example")
        asked = Request(right="access", channel=Channel.PORTAL, who=who, words="Jeg vil gerne se det hele.")
        town.organisation("alottbetter").desk.open_case(asked, actor="the person")
    client = town.signed_in(Role.CASE_WORKER, "alottbetter")
    whole = client.get("/console/alottbetter/").content.decode()
    monkeypatch.setattr(pages, "FIRST", 2)
    first = client.get("/console/alottbetter/").content.decode()

    assert "Her står de første" not in whole
    assert "Her står de første 2." in first
    assert first.count("/console/alottbetter/cases/20") == 2
