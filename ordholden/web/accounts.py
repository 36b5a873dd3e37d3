"""Accounts of those who were let in: one for each address, whatever the number of organisations it is a member of."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.core.context import request_context
from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.urls import reverse

from ordholden.identifiers import normal

__all__ = ["invite", "lasts", "link_to_password", "made", "request_from_here"]


def made(email: str, *, password: str | None = None) -> User:
    """The account of an address; without a password none works until one is set by a link."""
    address = normal("email", email) or email
    user, new = User.objects.get_or_create(username=address, defaults={"email": address})
    if new or password:
        user.set_password(password)
        user.save()
    EmailAddress.objects.get_or_create(user=user, email=address, defaults={"verified": True, "primary": True})
    return user


def invite(request: HttpRequest, email: str) -> User:
    """Makes the account, and sends a link by which the first password is set."""
    user = made(email)
    form = ResetPasswordForm({"email": user.email})
    # The library looks for the request where its middleware put it; an invitation may come from elsewhere.
    with request_context(request):
        if form.is_valid():
            form.save(request)
    return user


def link_to_password(user: User) -> str:
    """The link that a mail would have brought: whoever has it sets the password, once."""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return f"{settings.ORDHOLDEN_ADDRESS}{path}"


def lasts() -> timedelta:
    """So long a link to a password works, if nobody used it."""
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def request_from_here() -> HttpRequest:
    """For an invitation that no page asked for: links in its mail lead to where people reach the house."""
    reached = urlsplit(settings.ORDHOLDEN_ADDRESS)
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
            "SERVER_NAME": reached.hostname or "localhost",
            "SERVER_PORT": str(reached.port or (443 if reached.scheme == "https" else 80)),
            "wsgi.url_scheme": reached.scheme,
            "wsgi.input": BytesIO(),
        }
    )
