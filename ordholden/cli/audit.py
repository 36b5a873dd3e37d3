"""`audit`: whether what was done is still written as it was written, and the last of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from ordholden.audit.entry import Entry, Link
from ordholden.cli.arguments import folder
from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.lang import Words
from ordholden.problems import Refusal

__all__ = ["audit"]


@command("audit")
@folder
@click.option("--last", type=click.IntRange(0), default=10, metavar="N")
@click.option("--noted", metavar="NUMBER:HASH", multiple=True)
def audit(here: Door, *, folder: Path, last: int, noted: tuple[str, ...]) -> Answer:
    from ordholden.audit import Broken

    with here.open(folder) as organisation:
        found = organisation.audit(noted=tuple(map(_link, noted)))
        entries = organisation.audit_entries(last=last)
    words = here.words
    answer: dict[str, object] = {
        "whole": not isinstance(found, Broken),
        "last": [_as_json(e) for e in entries],
    }
    shown: list[Table | Text] = [_table(entries, words)] if entries else []
    if isinstance(found, Broken):
        answer |= {"head": None, "broken": {"number": found.number, "why": found.why}}
        said = words("audit:broken", number=found.number, why=words(f"audit:why:{found.why}"))
        return Answer(answer, [*shown, Text(said, "bold red")], Exit.FOUND)
    answer |= {"head": {"number": found.head.number, "hash": found.head.hash}, "broken": None}
    shown.append(Text(words.count("audit:whole", found.head.number), "green"))
    shown.append(Text(words("audit:note", link=f"{found.head.number}:{found.head.hash}"), "dim"))
    return Answer(answer, shown)


def _link(written: str) -> Link:
    number, colon, digest = written.partition(":")
    if not colon or not number.isdecimal():
        raise Refusal.of("noted-form", found=written)
    return Link(int(number), digest)


def _table(entries: Sequence[Entry], words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    table.add_column(words("column:number"), justify="right")
    table.add_column(words("column:when"), no_wrap=True)
    table.add_column(words("column:who"))
    table.add_column(words("column:what"))
    table.add_column(words("column:subject"))
    for entry in entries:
        cut = entry.subject if len(entry.subject) < 40 else f"{entry.subject[:12]}…"
        table.add_row(words.number(entry.number), words.moment(entry.at), entry.actor, entry.action, cut)
    return table


def _as_json(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "facts": dict(entry.facts),
        "hash": entry.hash,
    }
