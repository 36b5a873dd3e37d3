"""`member`: who works here with what role; let in, listed, let go.

The first administrator comes in this way: there is nobody yet who could let them in on a page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from ordholden.cli.arguments import by, folder
from ordholden.cli.door import Answer, Door, command
from ordholden.lang import Words
from ordholden.problems import Refusal
from ordholden.staff.roles import INSIDE, Role

if TYPE_CHECKING:
    from ordholden.staff import Member

__all__ = ["member"]

ADD, LIST, REMOVE = "add", "list", "remove"


@command("member")
@folder
@click.argument("deed", metavar="WHAT", type=click.Choice([ADD, LIST, REMOVE]))
@click.argument("email", metavar="[EMAIL]", default="")
@click.option("--name", metavar="NAME", default="")
@click.option("--role", metavar="ROLE", type=click.Choice([role.value for role in INSIDE]))
@click.option("--house", metavar="DIR", type=click.Path(path_type=Path), envvar="ORDHOLDEN_HOUSE")
@by
def member(
    here: Door,
    *,
    folder: Path,
    deed: str,
    email: str,
    name: str,
    role: str | None,
    house: Path | None,
    by: str | None,
) -> Answer:
    if deed == LIST:
        return _listed(here, folder)
    if not email:
        raise Refusal.of("member-email", email="")
    if deed == REMOVE:
        return _removed(here, folder, email, by)
    if role is None:
        raise Refusal.of("member-role", roles=", ".join(r.value for r in INSIDE))
    return _added(here, folder, email, name=name, role=Role(role), house=house, by=by)


def _added(
    here: Door, folder: Path, email: str, *, name: str, role: Role, house: Path | None, by: str | None
) -> Answer:
    from ordholden.app.organisation import today, whoever
    from ordholden.staff import admit
    from ordholden.web.begin import begin, bring_up_to_date

    serving = house or _house_of(folder)
    # Whoever sets Django up first has done so for the whole process, so before the store is opened.
    begin(serving)
    with here.open(folder) as organisation:
        admitted = admit(
            organisation.store, email=email, name=name, role=role, on=today(), actor=by or whoever()
        )
    bring_up_to_date()
    told, link, days = _account(admitted.email)
    said = here.words("member:added", member=admitted.id, email=admitted.email, role=role.value)
    shown = [Text(said, "green"), Text(here.words(f"member:{told}", house=serving, days=days), "dim")]
    if link:
        # On a line of its own and never broken, so that it can be copied.
        shown.append(Text(link, "bold", no_wrap=True, overflow="ignore"))
    return Answer({**_as_json(admitted), "house": str(serving), "link": link or None}, shown)


def _account(email: str) -> tuple[str, str, int]:
    """How they come by a password: they have one, a mail was sent, or here is the link; and for how many days it works."""
    from ordholden.web.accounts import invite, lasts, link_to_password, made, request_from_here

    user = made(email)
    if user.has_usable_password():
        return "known", "", 0
    if os.environ.get("ORDHOLDEN_SMTP"):
        invite(request_from_here(), email)
        return "mailed", "", lasts().days
    return "link", link_to_password(user), lasts().days


def _house_of(folder: Path) -> Path:
    """The house that serves this organisation: its own folder or the one above, whichever pages were served from."""
    own = folder.resolve()
    begun = [place for place in (own.parent, own) if _has_begun(place)]
    if len(begun) != 1:
        raise Refusal.of("member-house", folder=own, above=own.parent)
    return begun[0]


def _has_begun(place: Path) -> bool:
    return any((place / ".ordholden" / name).exists() for name in ("web-key", "house.sqlite3"))


def _removed(here: Door, folder: Path, email: str, by: str | None) -> Answer:
    """The account stays: its address may be a member elsewhere, and without a membership it opens nothing."""
    from ordholden.app.organisation import today, whoever
    from ordholden.staff import dismiss
    from ordholden.staff import member as known

    with here.open(folder) as organisation:
        found = known(organisation.store, email)
        number = found.id if found else email
        dismiss(organisation.store, number, on=today(), actor=by or whoever())
    said = here.words("member:removed", member=number)
    return Answer({"member": number, "removed": True}, [Text(said, "green")])


def _listed(here: Door, folder: Path) -> Answer:
    from ordholden.staff import members

    with here.open(folder) as organisation:
        found = members(organisation.store)
    answer = {"members": [_as_json(one) for one in found]}
    if not found:
        return Answer(answer, [Text(here.words("member:none"))])
    return Answer(answer, [_table(found, here.words)])


def _table(found: tuple[Member, ...], words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold", expand=True)
    table.add_column(words("column:number"), no_wrap=True)
    for name in ("address", "name", "role", "since"):
        table.add_column(words(f"column:{name}"), overflow="fold")
    for one in found:
        table.add_row(one.id, one.email, one.name, one.role.value, words.day(one.since))
    return table


def _as_json(one: Member) -> dict[str, Any]:
    return {
        "member": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role.value,
        "since": one.since.isoformat(),
        "confidential": one.is_bound,
    }
