"""Staff sign in with two factors in a real browser: passkeys, an app's codes, recovery codes, another provider.

The browser has a virtual authenticator and keeps our strict policy: a page that asks for a script of elsewhere, or one
written into it, fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import oidc_provider_mock
import pytest
from django.test import override_settings
from oidc_provider_mock import User as Known
from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, expect

from ordholden.staff import Role
from ordholden.web.accounts import made
from ordholden.web.providers import as_apps
from tests.web.browser import axe, press
from tests.web.test_console_pages import DANISH, ENGLISH
from tests.web.town import PASSWORD, Town

HERE = "/console/alottbetter/"


@dataclass
class Staff:
    """Somebody at a browser with an authenticator of their own."""

    page: Page
    context: BrowserContext
    cdp: CDPSession
    complaints: list[str] = field(default_factory=list)

    def key(self) -> None:
        """An authenticator that knows its owner, as a telephone or a laptop does."""
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def password(self, email: str) -> None:
        self.page.goto(HERE)
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", PASSWORD)
        press(self.page, re.compile("^(Log ind|Sign in)$"))

    def again(self) -> None:
        """What changes an account asks for the password once more."""
        self.page.fill("[name=password]", PASSWORD)
        press(self.page, re.compile("^(Bekræft|Confirm)$"))

    def sign_out(self) -> None:
        press(self.page, re.compile("Log ud|Sign out"))

    def barriers(self) -> list[str]:
        """What keeps somebody from reading the page: axe's findings, and words of the other language."""
        said = self.page.locator("main").inner_text()
        danish = self.page.locator("html").get_attribute("lang") == "da"
        return [*axe(self.page), *(ENGLISH if danish else DANISH).findall(said), *self.complaints]


@pytest.fixture
def staff(browser: Browser, address: str, town: Town, request: pytest.FixtureRequest) -> Iterator[Staff]:
    # A passkey belongs to a name; an address of numbers has none.
    ours = address.replace("127.0.0.1", "localhost")
    context = browser.new_context(
        base_url=ours,
        locale=getattr(request, "param", "da-DK"),
        viewport={"width": 390, "height": 844},
    )
    context.set_default_timeout(8_000)
    page = context.new_page()
    one = Staff(page, context, context.new_cdp_session(page))

    def heard(said: ConsoleMessage) -> None:
        if said.type == "error" and page.url.startswith(ours):
            one.complaints.append(said.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: one.complaints.append(str(error)))
    yield one
    context.close()


def newcomer(town: Town, name: str) -> str:
    """A member with a password and no second factor yet."""
    from allauth.mfa.models import Authenticator

    member = town.member(Role.CASE_WORKER, "alottbetter", known_as=name)
    user = made(member.email, password=PASSWORD)
    Authenticator.objects.filter(user=user).delete()
    return member.email


def code_of(secret: str) -> str:
    """What the app of somebody's telephone shows now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


@pytest.mark.parametrize("staff", ["da-DK", "en-GB"], indirect=True)
def test_a_passkey_is_made_and_opens_the_console_alone_and_beside_a_password(
    staff: Staff, town: Town
) -> None:
    email, page = newcomer(town, "passkey"), staff.page
    staff.key()
    staff.password(email)
    expect(page).to_have_url(re.compile("/accounts/2fa/"))
    page.goto(HERE)
    expect(page).to_have_url(re.compile("/accounts/2fa/"))
    found = {"index": staff.barriers()}
    page.locator("a[href$='webauthn/add/']").click()
    found["again"] = staff.barriers()
    staff.again()
    page.locator("[name=name]").fill("Min telefon")
    found["add"] = staff.barriers()
    expect(page.locator("[name=passwordless]")).to_be_checked()
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()
    found["added"] = staff.barriers()
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Min telefon")
    found["list"] = staff.barriers()
    page.goto(HERE)
    expect(page).to_have_url(re.compile(HERE))

    staff.sign_out()
    page.goto(HERE)
    found["sign in"] = staff.barriers()
    with page.expect_navigation(url=re.compile(HERE)):
        page.locator("#passkey_login").click()

    staff.sign_out()
    staff.password(email)
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    found["second factor"] = staff.barriers()
    # Half signed in is not signed in.
    page.goto(HERE)
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    with page.expect_navigation(url=re.compile(HERE)):
        page.locator("#mfa_webauthn_authenticate").click()

    assert {place: what for place, what in found.items() if what} == {}


def test_codes_of_an_app_and_recovery_codes_open_the_console_once_each(staff: Staff, town: Town) -> None:
    email, page = newcomer(town, "codes"), staff.page
    staff.password(email)
    page.locator("a[href$='totp/activate/']").click()
    staff.again()
    found = {"activate": staff.barriers()}
    page.fill("[name=code]", "000000")
    press(page, re.compile("^(Aktivér|Aktiver|Activate)"))
    found["wrong code"] = staff.barriers()
    page.fill("[name=code]", code_of(page.locator("#authenticator_secret").input_value()))
    press(page, re.compile("^(Aktivér|Aktiver|Activate)"))
    found["active"] = staff.barriers()
    page.goto("/accounts/2fa/recovery-codes/")
    found["codes"] = staff.barriers()
    code = page.locator("#recovery_codes").input_value().split()[0]
    page.goto("/accounts/2fa/recovery-codes/generate/")
    found["new codes"] = staff.barriers()
    press(page, re.compile("^(Lav nye koder|Make new codes)$"))
    assert code not in page.locator("#recovery_codes").input_value()
    code = page.locator("#recovery_codes").input_value().split()[0]
    for place in ("2fa/", "2fa/totp/deactivate/", "sessions/", "password/change/"):
        page.goto(f"/accounts/{place}")
        found[place] = staff.barriers()
    page.goto("/accounts/2fa/totp/deactivate/")
    expect(
        page.locator("main").get_by_role("button", name=re.compile("Deaktiver|Deactivate"))
    ).to_be_visible()
    page.goto(HERE)
    expect(page).to_have_url(re.compile(HERE))
    staff.sign_out()

    staff.password(email)
    page.fill("[name=code]", "no such code")
    press(page, re.compile("^(Log ind|Sign in)$", re.IGNORECASE))
    found["wrong"] = staff.barriers()
    page.fill("[name=code]", code)
    press(page, re.compile("^(Log ind|Sign in)$", re.IGNORECASE))
    expect(page).to_have_url(re.compile(HERE))
    staff.sign_out()
    staff.password(email)
    page.fill("[name=code]", code)
    press(page, re.compile("^(Log ind|Sign in)$", re.IGNORECASE))
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))

    assert {place: what for place, what in found.items() if what} == {}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    """The company's own accounts: of somebody who was let in, of a stranger, and one whose address nobody confirmed."""
    mails = {"member": "oidc@alottbetter.example", "stranger": "stranger@alottbetter.example"}
    known = [
        Known(sub=sub, claims={"name": "Olga Prøve", "email": mail, "email_verified": True})
        for sub, mail in mails.items()
    ]
    known.append(Known(sub="unconfirmed", claims={"email": mails["member"], "email_verified": False}))
    with oidc_provider_mock.run_server_in_thread(user_claims=known) as server:
        place = f"http://localhost:{server.server_port}/.well-known/openid-configuration"
        ours = f'{{"id": "work", "name": "Firmakonto", "client_id": "c", "secret": "s", "server_url": "{place}"}}'
        file = tmp_path / "oidc.json"
        file.write_text(
            f'[{ours}, {ours.replace("work", "mitid").replace("Firmakonto", "MitID")[:-1]}, "for": "people"}}]'
        )
        with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": as_apps(str(file))}}):
            yield place


def elsewhere(staff: Staff, sub: str) -> None:
    page = staff.page
    page.goto(HERE)
    page.get_by_role("link", name=re.compile("Firmakonto")).click()
    page.fill("[name=sub]", sub)
    with page.expect_navigation(url=re.compile("/(accounts|console)/")):
        page.locator("button:visible, input[type=submit]").first.click()


def test_staff_sign_in_by_their_companys_account_and_a_second_factor_all_the_same(
    staff: Staff, town: Town, provider: str
) -> None:
    newcomer(town, "oidc")
    page = staff.page
    staff.key()
    page.goto(HERE)
    found = {"sign in": staff.barriers()}
    # MitID is for people who ask for their rights, not for those who work here.
    expect(page.locator("main")).not_to_contain_text("MitID")
    elsewhere(staff, "member")
    expect(page).to_have_url(re.compile("/accounts/2fa/$"))
    page.goto("/accounts/2fa/webauthn/add/")
    staff.again()
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()
    staff.sign_out()
    elsewhere(staff, "member")
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    with page.expect_navigation(url=re.compile(HERE)):
        page.locator("#mfa_webauthn_authenticate").click()
    staff.sign_out()

    for nobody in ("stranger", "unconfirmed"):
        elsewhere(staff, nobody)
        found[nobody] = staff.barriers()
        page.goto(HERE)
        expect(page).to_have_url(re.compile("/accounts/login/"))
    assert {place: what for place, what in found.items() if what} == {}


def test_a_page_that_breaks_the_policy_is_noticed(staff: Staff) -> None:
    staff.page.goto("/accounts/login/")
    staff.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.x = 1'}))"
    )

    assert any("Content Security Policy" in said for said in staff.complaints)
