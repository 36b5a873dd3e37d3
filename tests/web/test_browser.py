"""The portal as people use it, in a real browser: every right to its receipt, without JavaScript, on a telephone, by keyboard."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ordholden.app import open_organisation
from ordholden.web.portal.questions import RIGHTS
from tests.web.browser import Site, axe, press

expect.set_options(timeout=20_000)
TELEPHONE = {"width": 390, "height": 844}
NEXT = "Fortsæt"


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """Without JavaScript: whatever works here works for everybody."""
    context = browser.new_context(base_url=site.address, java_script_enabled=False, locale="da-DK")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def looked_at(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Page]:
    """With JavaScript, since what looks for barriers is one; wide or narrow, light or dark."""
    width, scheme = getattr(request, "param", (1200, "light"))
    context = browser.new_context(
        base_url=site.address,
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        locale="da-DK",
        bypass_csp=True,
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def answer(page: Page, right: str) -> None:
    """Fills in whatever question is on the page."""
    if page.locator("#new-1").count():
        page.select_option("#what-1", index=1)
        page.fill("#new-1", "Det rigtige")
    elif page.locator("textarea#words").count() and not page.locator("#about").count():
        page.fill("#words", "Her er, hvad det handler om.")
    elif page.locator("input[name=scope]").count():
        page.check("input[value=everything]")
    elif page.locator(".choices input[type=checkbox]").count():
        page.locator(".choices input[type=checkbox]").first.check()
    elif page.locator("#name").count():
        page.fill("#name", f"Person {right}")
    elif page.locator("#email").count():
        page.fill("#email", f"{right}@browser.example")
    press(page, NEXT)


def to_the_last_page(page: Page, right: str, organisation: str = "clienti") -> None:
    page.goto(f"/{organisation}/right/")
    page.locator(f'input[value="{right}"]').check()
    press(page, NEXT)
    for _ in range(8):
        if page.get_by_role("button", name=NEXT).count() == 0:
            break
        answer(page, right)


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_is_exercised_without_javascript(page: Page, right: str) -> None:
    to_the_last_page(page, right)
    expect(page.get_by_role("heading", name="Er det rigtigt?")).to_be_visible()
    press(page, "Send")

    expect(page.get_by_role("heading", name="Vi har fået det")).to_be_visible()
    assert re.fullmatch(r"20\d\d-\d{6}", page.locator("#number").inner_text())
    assert re.search(r"\d+\. \w+ 20\d\d", page.locator("#due").inner_text())


def test_back_shows_what_was_answered(page: Page) -> None:
    to_the_last_page(page, "access")
    page.get_by_role("link", name="Tilbage").click()
    expect(page.locator("#email")).to_have_value("access@browser.example")
    page.get_by_role("link", name="Tilbage").click()

    expect(page.locator("#name")).to_have_value("Person access")


def test_the_browsers_own_back_works_too(page: Page) -> None:
    to_the_last_page(page, "erasure")
    page.go_back()
    page.fill("#email", "other@browser.example")
    press(page, NEXT)

    expect(page.get_by_text("other@browser.example")).to_be_visible()


def mailed(site: Site, address: str, kind: str, organisation: str = "clienti") -> str:
    """The last link of a kind that was sent to the address."""
    with open_organisation(site.house / organisation) as one:
        one.desk.send_post()
        folder: Path = one.folder / ".ordholden" / "mail"
    for file in sorted(folder.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns, reverse=True):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = mail.get_body(("plain",))  # type: ignore[attr-defined]
        found = re.findall(rf"https?://[^\s]+/{organisation}/{kind}/[\w-]+", body.get_content())
        if address in str(mail["To"]) and found:
            return str(found[-1])
    raise AssertionError(f"no {kind} link was mailed to {address}")


def test_a_case_is_opened_by_its_mail_and_written_to(page: Page, site: Site, tmp_path: Path) -> None:
    to_the_last_page(page, "complaint")
    press(page, "Send")
    number = page.locator("#number").inner_text()
    page.goto(mailed(site, "complaint@browser.example", "case"))
    press(page, "Åbn sagen")
    expect(page.get_by_role("heading", name=f"Sag {number}")).to_be_visible()
    paper = tmp_path / "bilag.txt"
    paper.write_text("Et bilag")
    page.fill("#text", "Hvor langt er I?")
    page.set_input_files("#files", paper)
    page.locator('form[action$="/case/write/"] button').click()

    expect(page.get_by_text("Det er sendt.")).to_be_visible()
    expect(page.get_by_text("Hvor langt er I?")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="bilag.txt").first.click()
    assert Path(download.value.path()).read_text() == "Et bilag"


def test_choices_are_made_behind_a_link_to_the_mailbox(page: Page, site: Site) -> None:
    page.goto("/clienti/choices/")
    page.fill("#email", "choices@browser.example")
    press(page, "Send mig et link")
    expect(page.get_by_role("heading", name="Se i din indbakke")).to_be_visible()
    page.goto(mailed(site, "choices@browser.example", "choices"))
    press(page, "Ja, vis mine valg")
    press(page, "Stop al markedsføring")

    expect(page.get_by_text("Det er gjort: sag")).to_be_visible()


def test_a_right_is_exercised_by_keyboard_alone(browser: Browser, site: Site) -> None:
    """From the first Tab to the receipt, and what has the focus can always be seen."""
    context = browser.new_context(base_url=site.address, locale="da-DK")
    page = context.new_page()
    page.goto("/clienti/right/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    _tab_to(page, "input[name=right]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hvad vil du se?")).to_be_visible()
    _tab_to(page, "main button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hvem er du?")).to_be_visible()
    _tab_to(page, "#name")
    page.keyboard.type("Tastatur Person")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hvordan når vi dig?")).to_be_visible()
    _tab_to(page, "#email")
    page.keyboard.type("keyboard@browser.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Er det rigtigt?")).to_be_visible()
    _tab_to(page, "main form button")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Vi har fået det")).to_be_visible()
    context.close()


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate(
                "() => { const e = document.activeElement, c = e.closest('.choice') || e;"
                " return getComputedStyle(e).outlineStyle + getComputedStyle(c).outlineStyle; }"
            )
            assert "solid" in outline or "auto" in outline, selector
            return
    raise AssertionError(f"no way to {selector} by keyboard")


PAGES = [
    "/",
    "/clienti/",
    "/clienti/editions/",
    "/clienti/right/",
    "/clienti/choices/",
    "/clienti/case/link/",
]
PAGES += ["/accounts/login/", "/accounts/password/reset/", "/nowhere/", "/clienti/case/AAAA", "/all_ears/"]


@pytest.mark.parametrize(
    "looked_at", [(1200, "light"), (390, "dark")], indirect=True, ids=["wide-light", "narrow-dark"]
)
def test_nothing_keeps_anybody_out_of_a_page(looked_at: Page) -> None:
    found = {}
    for path in PAGES:
        looked_at.goto(path)
        found[path] = [*axe(looked_at), *([] if _fits(looked_at) else ["wider than the window"])]

    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "looked_at", [(1200, "dark"), (390, "light")], indirect=True, ids=["wide-dark", "narrow-light"]
)
@pytest.mark.parametrize("right", ["rectification", "objection", "portability"])
def test_nothing_keeps_anybody_out_of_the_wizard(looked_at: Page, right: str) -> None:
    """Each question, as it is asked and when something is wrong with its answer, to the receipt."""
    looked_at.goto(f"/clienti/right/{right}/")
    for _ in range(8):
        assert axe(looked_at) == [], looked_at.url
        assert _fits(looked_at), looked_at.url
        if looked_at.get_by_role("button", name=NEXT).count() == 0:
            break
        if "about" in looked_at.url:
            looked_at.check("#some")
        before = looked_at.url
        press(looked_at, NEXT)
        if looked_at.url != before:
            continue
        assert axe(looked_at) == [], f"{looked_at.url} with something wrong"
        answer(looked_at, right)
    press(looked_at, "Send")

    assert axe(looked_at) == []
    assert _fits(looked_at)


@pytest.mark.parametrize("looked_at", [(390, "light"), (1200, "dark")], indirect=True, ids=["narrow", "wide"])
def test_nothing_keeps_anybody_out_of_a_case_or_ones_choices(looked_at: Page, site: Site) -> None:
    size = looked_at.viewport_size
    # The same request twice is the same case, whose link has been used.
    right = "restriction" if size and size["width"] == 390 else "no-automated-decision"
    to_the_last_page(looked_at, right)
    press(looked_at, "Send")
    looked_at.goto(mailed(site, f"{right}@browser.example", "case"))
    assert axe(looked_at) == []
    press(looked_at, "Åbn sagen")
    assert axe(looked_at) == []
    assert _fits(looked_at)
    looked_at.goto("/clienti/choices/")
    looked_at.fill("#email", "axe@browser.example")
    press(looked_at, "Send mig et link")
    looked_at.goto(mailed(site, "axe@browser.example", "choices"))
    assert axe(looked_at) == []
    press(looked_at, "Ja, vis mine valg")

    assert axe(looked_at) == []
    assert _fits(looked_at)


def _fits(page: Page) -> bool:
    """Nothing has to be read by scrolling sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_what_can_be_hit_is_large_enough_for_a_thumb(browser: Browser, site: Site) -> None:
    """24 by 24 pixels at least (WCAG 2.2, 2.5.8), but for links inside a sentence."""
    context = browser.new_context(base_url=site.address, viewport=TELEPHONE)  # type: ignore[arg-type]
    page = context.new_page()
    for path in ("/clienti/", "/clienti/right/", "/clienti/choices/"):
        page.goto(path)
        small = page.evaluate(
            "() => [...document.querySelectorAll('button, .button, nav a, .choice, summary')]"
            ".map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])"
            ".filter(([_, r]) => r.width && (r.height < 24 || r.width < 24)).map(([h]) => h)"
        )

        assert small == []
    context.close()


def test_two_hundred_megabytes_are_refused_and_said_so(site: Site) -> None:
    import httpx

    def much() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 1024 * 1024

    headers = {"Content-Length": str(200 * 1024 * 1024), "Content-Type": "multipart/form-data; boundary=x"}
    try:
        answered = httpx.post(
            f"{site.address}/clienti/case/write/", content=much(), headers=headers, timeout=60
        )
    except httpx.WriteError:
        return  # the server hung up before it was all sent, which is an answer, too
    assert answered.status_code == 413
    assert "Filerne er for store" in answered.text
