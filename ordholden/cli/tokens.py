"""`token`, `revoke`, `tokens`: which programs may use the API, and for what."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from ordholden.cli.arguments import DAY, by, folder
from ordholden.cli.door import Answer, Door, command
from ordholden.lang import Words

if TYPE_CHECKING:
    from ordholden.staff.tokens import Token

__all__ = ["revoke", "token", "tokens"]


@command("token")
@folder
@click.argument("name", metavar="NAME")
@click.option("--may", metavar="DEED", multiple=True, required=True)
@click.option("--until", type=DAY, metavar="DAY", required=True)
@by
def token(
    here: Door, *, folder: Path, name: str, may: tuple[str, ...], until: date, by: str | None
) -> Answer:
    from ordholden.app.programs import let_in

    with here.open(folder) as organisation:
        made, key = let_in(organisation, name, may, until=until, actor=by)
    shown = [
        Text(here.words("token:made", token=made.id, name=made.name, until=_last_day(made)), "green"),
        # On a line of its own and never broken, so that it can be copied.
        Text(key, "bold", no_wrap=True, overflow="ignore"),
        Text(here.words("token:once"), "dim"),
    ]
    return Answer({**_as_json(made), "key": key}, shown)


@command("revoke")
@folder
@click.argument("token", metavar="TOKEN")
@by
def revoke(here: Door, *, folder: Path, token: str, by: str | None) -> Answer:
    from ordholden.app.programs import shut_out

    with here.open(folder) as organisation:
        shut_out(organisation, token, actor=by)
    return Answer(
        {"token": token, "revoked": True}, [Text(here.words("token:revoked", token=token), "green")]
    )


@command("tokens")
@folder
def tokens(here: Door, *, folder: Path) -> Answer:
    from ordholden.app import today
    from ordholden.app.programs import programs

    with here.open(folder) as organisation:
        found = programs(organisation)
    answer = {"tokens": [_as_json(one) for one in found]}
    if not found:
        return Answer(answer, [Text(here.words("token:none"))])
    return Answer(answer, [_table(found, today(), here.words)])


def _table(found: tuple[Token, ...], on: date, words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold", expand=True)
    for name in ("token", "program", "last day", "last used"):
        table.add_column(words(f"column:{name}"), no_wrap=name == "token")
    table.add_column(words("column:may"), ratio=1)
    for one in found:
        last = Text(words.day(_last_day(one)), "" if one.expires_on > on else "bold red")
        used = words.day(one.used_on) if one.used_on else words("token:unused")
        table.add_row(one.id, one.name, last, used, ", ".join(sorted(one.deeds)))
    return table


def _as_json(one: Token) -> dict[str, Any]:
    return {
        "token": one.id,
        "name": one.name,
        "may": sorted(deed.value for deed in one.deeds),
        "last day": _last_day(one).isoformat(),
        "last used": one.used_on.isoformat() if one.used_on else None,
    }


def _last_day(one: Token) -> date:
    """People are told the last day with, the store keeps the first day without."""
    return one.expires_on - timedelta(days=1)
