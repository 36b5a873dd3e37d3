"""Plans: made, shown, approved, carried out, verified, listed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from ordholden.cli.arguments import by, everybody, folder, on, plan_in, the_plan
from ordholden.cli.arguments import plan as plan_argument
from ordholden.cli.door import Answer, Door, command
from ordholden.policy.document import OnRequest
from ordholden.problems import Refusal

__all__ = ["apply", "approve", "plan", "plans", "show", "verify"]


@command("plan")
@folder
@click.argument("people", metavar="[PERSON]...", nargs=-1)
@on
@click.option("--erase", metavar="PERSON", multiple=True)
@click.option("--erase-file", metavar="FILE")
@click.option("--withdraw", metavar="CONSENT")
@click.option("--people-file", metavar="FILE")
@click.option("--decide", metavar="ACTIVITY=ends|stays", multiple=True)
@click.option("--all", "whole", is_flag=True)
@by
def plan(
    here: Door,
    *,
    folder: Path,
    people: tuple[str, ...],
    on: date | None,
    erase: tuple[str, ...],
    erase_file: str | None,
    withdraw: str | None,
    people_file: str | None,
    decide: tuple[str, ...],
    whole: bool,
    by: str | None,
) -> Answer:
    from ordholden.cli.planned import planned

    erasing = bool(erase or erase_file)
    if erasing and withdraw:
        raise Refusal.of("erase-and-withdraw")
    named = everybody(everybody((*erase, *people), erase_file), people_file)
    if named and not erasing and not withdraw:
        raise Refusal.of("people-without-wish")
    if withdraw and not named:
        raise Refusal.of("wish-without-people", consent=withdraw)
    if decide and not erasing:
        raise Refusal.of("decide-without-erase")
    with here.open(folder) as organisation, here.progress("progress:plan") as tell:
        if erasing:
            kept = organisation.plan_erasure(named, on, decided=_decisions(decide), actor=by, progress=tell)
        elif withdraw:
            kept = organisation.plan_withdrawal(withdraw, named, on, actor=by, progress=tell)
        else:
            kept = organisation.plan(on, actor=by, progress=tell)
        return planned(kept, organisation, here.words, whole=whole)


def _decisions(written: tuple[str, ...]) -> dict[str, OnRequest]:
    found = {}
    for text in written:
        activity, equals, effect = text.rpartition("=")
        if not equals or effect not in (OnRequest.ENDS, OnRequest.STAYS):
            raise Refusal.of("decision-form", found=text)
        found[activity.strip()] = OnRequest(effect)
    return found


@command("show")
@plan_argument
@plan_in
@click.option("--all", "whole", is_flag=True)
def show(here: Door, *, plan: str, within: Path, whole: bool) -> Answer:
    from ordholden.cli.planned import planned

    with the_plan(here, plan, within) as (organisation, kept):
        return planned(kept, organisation, here.words, whole=whole)


@command("approve")
@plan_argument
@plan_in
@by
def approve(here: Door, *, plan: str, within: Path, by: str | None) -> Answer:
    from ordholden.cli.planned import approved

    with the_plan(here, plan, within) as (organisation, kept):
        return approved(organisation.approve(kept.plan.id, actor=by), organisation, here.words)


@command("apply")
@plan_argument
@plan_in
@click.option("--batch", type=click.IntRange(1, 1_000_000), default=10_000, metavar="ROWS")
@by
def apply(here: Door, *, plan: str, within: Path, batch: int, by: str | None) -> Answer:
    from ordholden.cli.planned import outcome

    with the_plan(here, plan, within) as (organisation, kept):
        with here.progress("progress:apply", kept.plan.rows) as tell:
            found = organisation.apply(kept.plan.id, actor=by, progress=tell, batch=batch)
        return outcome(found, organisation, here.words)


@command("verify")
@plan_argument
@plan_in
@by
def verify(here: Door, *, plan: str, within: Path, by: str | None) -> Answer:
    from ordholden.cli.planned import outcome

    with the_plan(here, plan, within) as (organisation, kept), here.progress("progress:verify"):
        return outcome(organisation.verify(kept.plan.id, actor=by), organisation, here.words)


@command("plans")
@folder
def plans(here: Door, *, folder: Path) -> Answer:
    from ordholden.cli.planned import listed

    with here.open(folder) as organisation:
        return listed(organisation.plans(), here.words, folder)
