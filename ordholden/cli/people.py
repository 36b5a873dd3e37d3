"""`explain`, `export`, `may-use`: what is known about people, their copy, and what it may be used for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from ordholden.cli.arguments import by, folder, on
from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.cli.words import Words
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.footprints.export import Export, LeftOut

__all__ = ["explain", "export"]

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


@command("export")
@folder
@person
@click.option("--access", is_flag=True)
@click.option("--portability", is_flag=True)
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", required=True)
@on
@by
def export(
    here: Door,
    *,
    folder: Path,
    person: str,
    access: bool,
    portability: bool,
    to: Path,
    on: date | None,
    by: str | None,
) -> Answer:
    if access == portability:
        raise Refusal.of("export-kind")
    with here.open(folder) as organisation, here.progress("progress:export"):
        make = organisation.export_access if access else organisation.export_portability
        made = make(person, to, on, actor=by)
    kind = "access" if access else "portability"
    return Answer({"kind": kind, **_export_json(made)}, tuple(_exported(kind, made, here.words)))


def _export_json(made: Export) -> dict[str, Any]:
    return {
        "folder": str(made.folder),
        "data": made.data,
        "tables": [str(t) for t in made.tables],
        "files": made.files,
        "left out": [
            {"table": str(x.table), "field": x.column, "reason": x.reason, "count": x.count}
            for x in made.left_out
        ],
    }


def _exported(kind: str, made: Export, words: Words) -> Iterator[RenderableType]:
    facts = {"data": made.data, "tables": len(made.tables), "files": made.files, "folder": made.folder}
    yield Text(words(f"export:{kind}", **facts), "green")
    by_reason: dict[str, list[LeftOut]] = {}
    for left in made.left_out:
        by_reason.setdefault(left.reason, []).append(left)
    for reason, found in by_reason.items():
        number = sum(x.count for x in found)
        yield Text(words.count(f"left_out:{reason}", number))
        places = dict.fromkeys(f"{x.table}.{x.column}" for x in found)
        yield Padding(Text(", ".join(places), "dim"), (0, 0, 0, 4))
    yield Text(words("export:look", page=made.folder / "index.html"), "dim")
