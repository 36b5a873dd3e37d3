"""A house of example companies for tests of the web: made once per process, with the mail that it sends."""

from __future__ import annotations

import email
import email.policy
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.core.cache import cache
from django.test import Client

from examples import generate
from ordholden.app import today
from ordholden.app.organisation import Organisation
from ordholden.staff import Member, Role, accept_confidentiality, admit
from tests.django_once import HOUSE

__all__ = ["COMPANIES", "ON", "PASSWORD", "Town", "addresses", "built", "phone_of_somebody"]

COMPANIES = ("all_ears", "alles_klar", "alottbetter", "clienti", "flexfone")
ON = today()
"""The companies are as young as the tests: what is ninety days old must not have grown old by itself."""
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Town:
    folder: Path

    def organisation(self, name: str = "clienti") -> Organisation:
        from ordholden.web.visit import house

        return house().organisation(name)

    def forget_attempts(self) -> None:
        """Tests come from one address, and many of them."""
        cache.clear()

    def mails(self, name: str = "clienti") -> list[EmailMessage]:
        """What has been sent so far, the oldest first."""
        organisation = self.organisation(name)
        organisation.desk.send_post()
        folder = organisation.folder / ".ordholden" / "mail"
        files = sorted(folder.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]  # type: ignore[misc]

    def link_to(self, address: str, kind: str, name: str = "clienti") -> str:
        """The path of the last link of a kind that was mailed to the address."""
        for mail in reversed(self.mails(name)):
            body = mail.get_body(("plain",))
            if address in str(mail["To"]) and body is not None:
                found = re.findall(rf"https?://[^/\s]+(/{name}/{kind}/[\w-]+)", body.get_content())
                if found:
                    return str(found[-1])
        raise AssertionError(f"no {kind} link was mailed to {address}")

    def member(self, role: Role, name: str = "clienti", *, bound: bool = True, known_as: str = "") -> Member:
        store = self.organisation(name).store
        address = f"{known_as or role.replace(' ', '.')}@{name.replace('_', '-')}.example"
        one = admit(store, email=address, name=role.value, role=role, on=ON, actor="test")
        if bound:
            one = accept_confidentiality(store, one.id, at=store.now(), actor=one.actor)
        return one

    def signed_in(
        self,
        role: Role,
        name: str = "clienti",
        *,
        bound: bool = True,
        factor: bool = True,
        known_as: str = "",
    ) -> Client:
        """Somebody with that role there, signed in with both factors (or without the second)."""
        from allauth.mfa.models import Authenticator

        from ordholden.web.accounts import made

        member = self.member(role, name, bound=bound, known_as=known_as)
        user = made(member.email)
        Authenticator.objects.filter(user=user).delete()
        if factor:
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
        client = Client()
        client.force_login(user)
        return client


def built(names: tuple[str, ...] = COMPANIES) -> Iterator[Town]:
    """The house with these companies; what another room's tests have built in this process is not built again."""
    from ordholden.web.begin import bring_up_to_date

    for name in names:
        if not (HOUSE / name).exists():
            generate(name, HOUSE / name, people=30, on=ON)
    bring_up_to_date()
    yield Town(HOUSE)


def addresses(town: Town, name: str, table: str) -> list[str]:
    """The e-mail addresses that stand in a table of a company's systems, in order."""
    system, _, rows = table.partition(".")
    with sqlite3.connect(town.folder / name / f"{system}.sqlite3") as connection:
        query = f"select email from {rows} where email is not null order by 1"
        return [str(email) for (email,) in connection.execute(query)]


def phone_of_somebody(town: Town) -> str:
    with sqlite3.connect(town.folder / "all_ears" / "crm.sqlite3") as connection:
        return str(connection.execute("select phone from contacts where phone is not null").fetchone()[0])
