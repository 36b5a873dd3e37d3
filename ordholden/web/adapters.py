"""How the sign-in library is told about the house: nobody makes an account for themselves, and who people are to a
provider is used in their session and kept nowhere else.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from ordholden.web.providers import FOR_PEOPLE
from ordholden.web.words import spoken

__all__ = ["PROVEN", "Accounts", "Factors", "Identities"]

PROVEN = "proven"
"""In the session: who a provider says this person is."""


class Accounts(DefaultAccountAdapter):  # type: ignore[misc] # the library has no types
    """Accounts of staff. An administrator lets somebody in; the rest is the library's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step of staff."""

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 – the library's name
        """Of a passkey that nobody gave one: so that two can be told apart."""
        others = Authenticator.objects.filter(user=user, type=type).count()
        return f"{spoken()('factor:key-default')} {others + 1}"


class Identities(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing in elsewhere: staff by the account that has their confirmed address, people without an account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        app = sociallogin.provider.app
        if (app.settings or {}).get("for") != FOR_PEOPLE:
            return
        said = sociallogin.account.extra_data
        claims = said.get("userinfo", said)
        request.session.cycle_key()
        request.session[PROVEN] = {
            "by": app.name,
            "name": claims.get("name", ""),
            "email": claims.get("email", "") if claims.get("email_verified") else "",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        place = (sociallogin.state or {}).get("next") or "/"
        safe = url_has_allowed_host_and_scheme(place, {request.get_host()})
        raise ImmediateHttpResponse(redirect(place if safe else "/"))
