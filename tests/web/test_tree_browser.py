"""A reseller's day in a real browser: without JavaScript, on a telephone, and without barriers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import Site, axe, copied, press, served
from tests.web.peopled import ADMINISTRATOR, PASSWORD, RESELLER, employee
from tests.web.town import Town

HERE = "/flexfone/tree/"
MOST = 12


@pytest.fixture(scope="module")
def peopled(house_of_examples: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    house = copied(house_of_examples.folder, tmp_path_factory.mktemp("peopled") / "house")
    subprocess.run([sys.executable, "-m", "tests.web.peopled", str(house)], check=True)
    with served(house) as address:
        yield Site(house, address)


def signed_in(browser: Browser, site: Site, email: str, *, width: int = 1200, script: bool = False) -> Page:
    context = browser.new_context(
        base_url=site.address,
        viewport={"width": width, "height": 844},
        java_script_enabled=script,
        bypass_csp=script,
        locale="da-DK",
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"/accounts/login/?next={HERE}")
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(HERE))
    return page


def test_FF_11_a_resellers_day(browser: Browser, peopled: Site) -> None:
    page = signed_in(browser, peopled, RESELLER)
    expect(page.get_by_role("heading", name="Tale og Co")).to_be_visible()
    page.get_by_role("link", name="Opret en kunde").click()
    page.fill("#name", "Cykelhandleren")
    page.fill("#contact", "værkføreren")
    press(page, "Gem")
    expect(page.get_by_role("alert")).to_contain_text("e-mailadresse")
    page.fill("#email", "kontor@cykler.example")
    press(page, "Gem")
    expect(page.get_by_role("heading", name="Cykelhandleren")).to_be_visible()
    page.get_by_role("link", name="Opret en medarbejder").click()
    page.fill("#name", "Anna Prøve Hansen")
    page.fill("#local-number", "204")
    press(page, "Gem")
    page.get_by_role("link", name="Bed om noget for medarbejderen").click()
    page.get_by_role("link", name="Sletning").click()
    page.fill("#words", "Hun er holdt op.")
    press(page, "Send")
    expect(page.get_by_role("status")).to_contain_text("Der er svar senest")
    page.get_by_role("link", name="Tilbage").click()

    expect(page.get_by_role("row", name=re.compile("Anna Prøve Hansen"))).to_be_visible()
    page.context.close()


def test_FF_18_an_employee_downloads_a_message(browser: Browser, peopled: Site) -> None:
    _, _, email = employee(peopled.house)
    page = signed_in(browser, peopled, email)
    with page.expect_download() as coming:
        page.locator('a[href*="mine/file"]').first.click()

    assert coming.value.path().stat().st_size > 0
    page.context.close()


def test_the_trees_pages_have_no_barriers_and_fit(browser: Browser, peopled: Site) -> None:
    _, _, email = employee(peopled.house)
    wrong = {}
    for address in (RESELLER, ADMINISTRATOR, email):
        page = signed_in(browser, peopled, address, width=390, script=True)
        for place in _places(page):
            page.goto(place)
            for width in (390, 1200):
                page.set_viewport_size({"width": width, "height": 844})
                found = axe(page)
                if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                    found.append("wider than the window")
                if found:
                    wrong[f"{address} {place} {width}"] = found
        page.context.close()

    assert wrong == {}


def _places(page: Page) -> list[str]:
    """One's own page, and what can be reached from there by links."""
    places = [HERE]
    for place in places:
        page.goto(place)
        links = page.locator(f'main a[href^="{HERE}"]').evaluate_all(
            "all => all.map(a => a.getAttribute('href'))"
        )
        places += dict.fromkeys(x for x in links if x not in places and "/file/" not in x)
        if len(places) >= MOST:
            break
    return places[:MOST]
