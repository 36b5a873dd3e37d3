"""`explain`, `export`, `may-use`: what is known about people, their copy, and what it may be used for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import RenderableType

from ordholden.cli.arguments import by, folder, on
from ordholden.cli.door import Answer, Door, Exit, command

__all__ = ["explain"]

person = click.argument("person", metavar="PERSON")


@command("explain")
@folder
@person
@on
@click.option("--reveal", is_flag=True)
@by
def explain(
    here: Door, *, folder: Path, person: str, on: date | None, reveal: bool, by: str | None
) -> Answer:
    from ordholden.cli.explained import tree
    from ordholden.cli.problems import as_json, shown

    with here.open(folder) as organisation:
        found = organisation.explain(person, on, reveal=reveal, actor=by)
        silent = organisation.unreachable
    answer = {**found.as_json(), "problems": [as_json(p, here.words) for p in (*found.findings, *silent)]}
    lines: list[RenderableType] = [
        *tree(found, here.words),
        *shown((*found.findings, *silent), here.words, folder),
    ]
    return Answer(answer, lines, Exit.SYSTEM if silent else Exit.FINE)
