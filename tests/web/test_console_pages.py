"""No page of the console keeps anybody out: wide and narrow, light and dark, without JavaScript, by keyboard, in two languages."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from ordholden.cases.case import Channel, Request, Who
from ordholden.staff import Role
from tests.web.browser import axe, press
from tests.web.desk import Office
from tests.web.town import Town, addresses, phone_of_somebody

NARROW = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}
WIDE = {"viewport": {"width": 1200, "height": 900}, "color_scheme": "dark"}
EVERYWHERE = [
    "",
    "cases/",
    "call?q=larsen",
    "people?q=larsen",
    "approvals",
    "mails",
    "arrivals",
    "figures",
    "promises",
    "audit",
    "machine",
]


def a_case(town: Town, right: str, name: str = "clienti") -> str:
    who = Who(name="Side Person", email=f"{right}@pages.example")
    asked = Request(
        right=right, channel=Channel.EMAIL, who=who, words="Jeg vil gerne vide, hvad I har om mig."
    )
    return town.organisation(name).desk.open_case(asked, actor="test").number


@pytest.mark.parametrize("look", [NARROW, WIDE], ids=["narrow-light", "wide-dark"])
def test_nothing_keeps_anybody_out_of_the_console(
    office: Office, town: Town, look: dict[str, object]
) -> None:
    number = a_case(town, "restriction")
    page = office.desk_of(Role.DATA_PROTECTION, **look)
    found = {}
    for path in [*EVERYWHERE, f"cases/{number}", f"cases/{number}/letter?kind=receipt"]:
        page.goto(f"/console/clienti/{path}")
        for more in page.locator("details > summary").all():
            if more.is_visible():
                more.click()
        found[path] = barriers(page)
    page.goto(f"/console/clienti/people?q={addresses(town, 'clienti', 'crm.contacts')[2]}")
    press(page, re.compile("Se, hvad vi ved"))
    found["person"] = barriers(page)
    caller = office.desk_of(Role.AGENT, "all_ears", **look)
    caller.goto(f"/console/all_ears/sheet?campaign=K00001&q={quote(phone_of_somebody(town))}")
    found["sheet"] = barriers(caller)
    press(caller, re.compile("Åbn opkaldsark"))
    found["open sheet"] = barriers(caller)

    assert {path: what for path, what in found.items() if what} == {}


def barriers(page: Page) -> list[str]:
    fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return [*axe(page), *([] if fits else ["wider than the window"])]


def test_a_call_is_taken_without_javascript(office: Office, town: Town) -> None:
    page = office.desk_of(Role.CASE_WORKER, java_script_enabled=False)
    page.get_by_role("link", name="Telefon", exact=True).click()
    page.fill("#name", "Prøve Person")
    page.check("#right-access")
    page.fill("#purpose", "Vil vide, hvad vi har")
    press(page, "Opret sagen")
    press(page, "Tag sagen")

    expect(page.locator("main")).to_contain_text("Sagen er din.")


def test_a_call_is_taken_by_keyboard_alone(office: Office, town: Town) -> None:
    page = office.desk_of(Role.AGENT)
    page.goto("/console/clienti/call")
    # Where a call begins the search has the focus: nobody reaches for anything while somebody waits on the line.
    expect(page.locator("#q")).to_be_focused()
    for selector, words in (
        ("#name", "Tastatur Person"),
        ("input[name=right]", " "),
        ("#purpose", "Indsigt"),
    ):
        _tab_to(page, selector)
        page.keyboard.type(words)
    _tab_to(page, "form.intake button")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("er oprettet")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


def test_who_reads_english_finds_no_danish_and_the_other_way_round(office: Office, town: Town) -> None:
    """Words that only one of the languages has, on every page."""
    number = a_case(town, "objection")
    page = office.desk_of(Role.DATA_PROTECTION)
    paths = [*EVERYWHERE, f"cases/{number}"]
    danish = {path: _read(page, path) for path in paths}
    page.get_by_role("button", name="English").or_(page.get_by_role("link", name="English")).first.click()
    english = {path: _read(page, path) for path in paths}

    assert {path: left for path, said in danish.items() if (left := ENGLISH.findall(said))} == {}
    assert {path: left for path, said in english.items() if (left := DANISH.findall(said))} == {}


ENGLISH = re.compile(r"\b(?:the|is|are|was|of|stays|ends|with|and|whose|keeps)\b", re.IGNORECASE)
DANISH = re.compile(r"\b(?:og|ikke|er|det|sagen|frist|hvad|skal)\b", re.IGNORECASE)


def _read(page: Page, path: str) -> str:
    """What the page itself says; what people wrote and what engineers called things is left as they did."""
    page.goto(f"/console/clienti/{path}")
    said = page.locator("main").inner_text()
    return re.sub(r"Jeg vil gerne vide[^\n]*", "", said)
