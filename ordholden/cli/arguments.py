"""What commands take: folders, days, moments, people from a file, plans by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from ordholden.cli.door import Door
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.app import Organisation
    from ordholden.plans.book import Kept

__all__ = ["DAY", "MOMENT", "by", "everybody", "folder", "on", "plan", "plan_in", "the_plan"]


class Day(click.ParamType[date]):
    """A day as 2026-11-22."""

    name = "day"

    def convert(self, value: Any, _: click.Parameter | None, __: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Refusal.of("day-form", found=value) from None


class Moment(click.ParamType[datetime]):
    """A day, or a day and a time; Danish time unless it says another."""

    name = "moment"

    def convert(self, value: Any, _: click.Parameter | None, __: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            raise Refusal.of("moment-form", found=value) from None
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("Europe/Copenhagen"))


DAY = Day()
MOMENT = Moment()

folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), default=Path())
on = click.option("--on", type=DAY, metavar="DAY")
by = click.option("--by", metavar="NAME")
plan = click.argument("plan", metavar="PLAN")
plan_in = click.option("--in", "within", type=click.Path(path_type=Path), metavar="DIR", default=Path())


def everybody(people: tuple[str, ...], file: str | None) -> tuple[str, ...]:
    """The people named, and those of a file, one a line; `-` reads what is piped in."""
    if file is None:
        return people
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal.of(
            "people-file", file=file, reason=getattr(error, "strerror", None) or "not UTF-8"
        ) from None
    return (*people, *(line.strip() for line in text.splitlines() if line.strip()))


@contextmanager
def the_plan(here: Door, name: str, within: Path) -> Iterator[tuple[Organisation, Kept]]:
    """The plan of that name, or whose digest begins so: in the folder, or in an organisation just below."""
    looked = [f for f in (within, *_below(within)) if (f / "policy.yaml").is_file()]
    known: list[str] = []
    for place in looked:
        if not (place / ".ordholden").is_dir():
            continue
        with here.open(place) as organisation:
            try:
                kept = organisation.book.find(name)
            except Refusal as refusal:
                if any(p.code != "plan-unknown" for p in refusal.problems):
                    raise
                known += [k.plan.id for k in organisation.plans()[:5]]
                continue
            yield organisation, kept
            return
    raise Refusal.of("plan-unknown", plan=name, known=", ".join(known[:5]), folder=within)


def _below(within: Path) -> list[Path]:
    try:
        return sorted(f for f in within.iterdir() if f.is_dir())
    except OSError:
        raise Refusal.of("folder-missing", folder=within) from None
