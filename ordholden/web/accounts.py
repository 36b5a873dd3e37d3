"""Accounts of those who were let in: one for each address, whatever the number of organisations it is a member of."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from django.contrib.auth.models import User
from django.http import HttpRequest

from ordholden.identifiers import normal

__all__ = ["invite", "made"]


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
