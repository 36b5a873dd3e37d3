"""`explain`, `export`, `may-use`: what is known about people, their copy, and what it may be used for."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from ordholden.cli.arguments import by, everybody, folder, on
from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.lang import Words
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.footprints.export import Export, LeftOut
    from ordholden.footprints.use import Decision

__all__ = ["explain", "export", "may_use"]

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


@command("may-use")
@folder
@click.argument("purpose", metavar="PURPOSE")
@click.argument("people", metavar="[PERSON]...", nargs=-1)
@click.option("--people-file", metavar="FILE")
@click.option("--table", metavar="SYSTEM.TABLE")
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE")
@on
@by
def may_use(
    here: Door,
    *,
    folder: Path,
    purpose: str,
    people: tuple[str, ...],
    people_file: str | None,
    table: str | None,
    to: Path | None,
    on: date | None,
    by: str | None,
) -> Answer:
    asked = everybody(people, people_file)
    if not asked:
        raise Refusal.of("nobody-asked", purpose=purpose)
    with here.open(folder) as organisation, here.progress("progress:use", len(asked)) as tell:
        decided: Iterator[tuple[str, Decision]]
        if table is None:
            decided = iter(organisation.may_use(purpose, asked, on, actor=by).items())
        else:
            pages = organisation.may_use_keys(purpose, table, asked, on, actor=by)
            decided = zip(asked, _flat(pages, tell), strict=True)
        listed: list[dict[str, Any]] | None = None if to else []
        rulings = _written(decided, to, listed)
    answer: dict[str, Any] = {"purpose": purpose, "rulings": rulings, "decisions": listed}
    refused = sum(rulings.values()) - rulings.get("allowed", 0)
    return Answer(
        answer, tuple(_ruled(purpose, rulings, listed, to, here.words)), Exit.FOUND if refused else Exit.FINE
    )


def _flat(pages: Iterator[Sequence[Decision]], tell: Callable[[str, int], None]) -> Iterator[Decision]:
    for page in pages:
        yield from page
        tell("", len(page))


def _written(
    decided: Iterable[tuple[str, Decision]], to: Path | None, listed: list[dict[str, Any]] | None
) -> dict[str, int]:
    """Counts the decisions, and writes each down: in a file of any length, or in the answer."""
    counted: Counter[str] = Counter()
    with to.open("w", encoding="utf-8", newline="") if to else nullcontext(io.StringIO()) as file:
        rows = csv.writer(file)
        rows.writerow(["person", "ruling", "through"])
        for person, decision in decided:
            counted[decision.ruling.value] += 1
            through = (decision.until - timedelta(days=1)).isoformat() if decision.until else None
            if listed is None:
                rows.writerow([person, decision.ruling.value, through])
            else:
                listed.append({"person": person, "ruling": decision.ruling.value, "through": through})
    return dict(counted)


def _ruled(
    purpose: str,
    rulings: dict[str, int],
    listed: list[dict[str, Any]] | None,
    to: Path | None,
    words: Words,
) -> Iterator[RenderableType]:
    yield Text(words("use:title", purpose=purpose), "bold")
    if listed is not None and len(listed) <= SHOWN:
        for one in listed:
            said = Text(words(f"use:{one['ruling']}"), "green" if one["ruling"] == "allowed" else "bold red")
            if one["through"]:
                said.append(words("use:through", day=date.fromisoformat(one["through"])), "dim")
            yield Padding(Text.assemble(said, "  ", one["person"]), (0, 0, 0, 2))
        return
    for ruling, number in sorted(rulings.items()):
        said = Text(words(f"use:{ruling}"), "green" if ruling == "allowed" else "bold red")
        yield Padding(Text.assemble(f"{words.number(number):>12}  ", said), 0)
    yield Text(words("use:list", file=to) if to else words("use:no_list"), "dim")


SHOWN = 50
"""More people than this are told as numbers; each stands in the file, or in the JSON."""
