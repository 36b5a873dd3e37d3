"""`hold`, `release`, `holds`: what must not be erased for the time being, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from ordholden.cli.arguments import DAY, by, folder, on
from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.lang import Words
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.registers.holds import HoldRecord

__all__ = ["hold", "holds", "release"]


@command("hold")
@folder
@click.option("--person", metavar="PERSON", default="")
@click.option("--matter", metavar="NAME:KEY", default="")
@click.option("--activity", metavar="ACTIVITY", default="")
@click.option("--reason", metavar="TEXT", required=True)
@click.option("--review", type=DAY, metavar="DAY")
@click.option("--restrict", is_flag=True)
@by
def hold(
    here: Door,
    *,
    folder: Path,
    person: str,
    matter: str,
    activity: str,
    reason: str,
    review: date | None,
    restrict: bool,
    by: str | None,
) -> Answer:
    if sum(map(bool, (person, matter, activity))) != 1:
        raise Refusal.of("hold-scope", given=", ".join(filter(None, (person and "person", matter, activity))))
    with here.open(folder) as organisation:
        placed = organisation.hold(
            person=person,
            matter=matter,
            activity=activity,
            reason=reason,
            review_on=review,
            actor=by,
            restriction=restrict,
        )
    said = here.words("hold:placed", hold=placed.id, on=placed.placed_on, review=placed.review_on)
    return Answer(_as_json(placed), [Text(said, "green")])


@command("release")
@folder
@click.argument("hold", metavar="HOLD")
@click.option("--reason", metavar="TEXT", required=True)
@click.option("--told", type=DAY, metavar="DAY")
@on
@by
def release(
    here: Door,
    *,
    folder: Path,
    hold: str,
    reason: str,
    told: date | None,
    on: date | None,
    by: str | None,
) -> Answer:
    with here.open(folder) as organisation:
        released = organisation.release(hold, reason=reason, on=on, actor=by, told_on=told)
    said = here.words("hold:released", hold=released.id, on=released.released_on)
    return Answer(_as_json(released), [Text(said, "green")])


@command("holds")
@folder
@click.option("--all", "whole", is_flag=True)
def holds(here: Door, *, folder: Path, whole: bool) -> Answer:
    from ordholden.app import today

    with here.open(folder) as organisation:
        found = [h for h in organisation.holds() if whole or h.released_on is None]
    late = [h for h in found if h.released_on is None and h.review_on <= today()]
    answer = {"holds": [_as_json(h) for h in found], "review due": [h.id for h in late]}
    if not found:
        return Answer(answer, [Text(here.words("hold:none"))])
    return Answer(answer, [_table(found, late, here.words)], Exit.FOUND if late else Exit.FINE)


def _table(found: list[HoldRecord], late: list[HoldRecord], words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold", expand=True)
    for name in ("hold", "about", "since", "review"):
        table.add_column(words(f"column:{name}"), no_wrap=name == "hold")
    table.add_column(words("column:reason"), ratio=1)
    for record in found:
        review = Text(words.day(record.review_on))
        if record in late:
            review = Text(words("hold:late", day=record.review_on), "bold red")
        if record.released_on is not None:
            review = Text(words("hold:until", day=record.released_on), "dim")
        table.add_row(record.id, _about(record, words), words.day(record.placed_on), review, record.reason)
    return table


def _about(record: HoldRecord, words: Words) -> str:
    what = record.activity or words(f"scope:{record.scope}")
    return f"{what} ({words('restricted')})" if record.restriction else what


def _as_json(record: HoldRecord) -> dict[str, Any]:
    return {
        "hold": record.id,
        "scope": record.scope.value,
        "activity": record.activity or None,
        "records of people": len(record.cards),
        "matters": [f"{m.name}:{m.key}" for m in sorted(record.matters, key=repr)],
        "restriction": record.restriction,
        "reason": record.reason,
        "placed by": record.placed_by,
        "placed on": record.placed_on.isoformat(),
        "review on": record.review_on.isoformat(),
        "released on": record.released_on.isoformat() if record.released_on else None,
        "released by": record.released_by or None,
        "release reason": record.release_reason or None,
    }
