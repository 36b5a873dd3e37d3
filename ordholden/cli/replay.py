"""`replay`: a backup was restored; erase again what was erased since it was taken, and verify."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ordholden.cli.arguments import MOMENT, by, folder
from ordholden.cli.door import Answer, Door, command

__all__ = ["replay"]


@command("replay")
@folder
@click.argument("system", metavar="SYSTEM")
@click.option("--since", type=MOMENT, metavar="MOMENT")
@click.option("--plan-only", is_flag=True)
@by
def replay(
    here: Door,
    *,
    folder: Path,
    system: str,
    since: datetime | None,
    plan_only: bool,
    by: str | None,
) -> Answer:
    from ordholden.cli.planned import outcome, planned

    with here.open(folder) as organisation:
        kept = organisation.plan_replay(system, since, actor=by)
        if plan_only or kept.plan.empty:
            return planned(kept, organisation, here.words)
        with here.progress("progress:apply", kept.plan.rows) as tell:
            return outcome(
                organisation.apply(kept.plan.id, actor=by, progress=tell), organisation, here.words
            )
