"""`diff`: what a change of policy would do to the data, in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ordholden.app import Difference
from ordholden.cli.arguments import on
from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.lang import Words

__all__ = ["as_json", "diff", "shown"]


@command("diff")
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@on
def diff(here: Door, *, old: Path, new: Path, on: date | None) -> Answer:
    with here.open(old) as organisation, here.progress("progress:diff"):
        # What is wrong now is wrong in the new policy.
        here.folder = new if new.is_dir() else new.parent
        found = organisation.diff(new, on)
    changed = [d for d in found if d.old != d.new or d.old_rules != d.new_rules]
    answer = {
        "differences": [as_json(d) for d in changed],
        "more": sum(max(0, d.new - d.old) for d in changed),
    }
    return Answer(answer, tuple(shown(changed, here.words)), Exit.FOUND if changed else Exit.FINE)


def as_json(difference: Difference) -> dict[str, object]:
    return {
        "system": difference.table.system,
        "table": difference.table.table,
        "operation": difference.operation.value,
        "columns": list(difference.columns),
        "old": difference.old,
        "new": difference.new,
        "old rules": list(difference.old_rules),
        "new rules": list(difference.new_rules),
    }


def shown(changed: Sequence[Difference], words: Words) -> Iterator[RenderableType]:
    if not changed:
        yield Text(words("diff:none"), "green")
        return
    by_rules: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Difference]] = {}
    for difference in changed:
        by_rules.setdefault(_rules(difference), []).append(difference)
    for (gone, come), differences in by_rules.items():
        yield from (Text(f"- {rule}", "red") for rule in gone)
        yield from (Text(f"+ {rule}", "green") for rule in come)
        if not gone and not come:
            yield Text(words("diff:follows"), "dim")
        yield Padding(_table(differences, words), (0, 0, 1, 2))
    more = sum(max(0, d.new - d.old) for d in changed)
    if more:
        yield Text(words.count("diff:more", more), "bold red")


def _table(differences: Sequence[Difference], words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", expand=True)
    table.add_column("", ratio=1, overflow="fold")
    for name in ("column:old", "column:new", "column:difference"):
        table.add_column(words(name), justify="right", no_wrap=True, min_width=6)
    for difference in sorted(differences, key=lambda d: -abs(d.new - d.old)):
        more = difference.new - difference.old
        sign = Text(
            ("+" if more > 0 else "−" if more else "") + words.number(abs(more)),
            "bold red" if more > 0 else "",
        )
        what = f"{words.word('operation', difference.operation)} {difference.table}"
        if difference.operation == "clear":
            what += f": {', '.join(difference.columns)}"
        table.add_row(what, words.number(difference.old), words.number(difference.new), sign)
    return table


def _rules(difference: Difference) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rules that are gone, and those that have come."""
    gone = tuple(r for r in difference.old_rules if r not in difference.new_rules)
    come = tuple(r for r in difference.new_rules if r not in difference.old_rules)
    return gone, come
