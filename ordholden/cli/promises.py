"""`promises`: what is kept, due, broken or not provable yet, and what shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ordholden.cli import problems
from ordholden.cli.arguments import folder, on
from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.lang import Words

if TYPE_CHECKING:
    from ordholden.promises import PromiseState

__all__ = ["promises", "totals"]

STYLES = {"kept": "green", "due": "yellow", "broken": "bold red", "not provable yet": "dim"}
EVIDENCE = 2
"""So much evidence of a promise is shown; the rest when asked for."""


@command("promises")
@folder
@on
@click.option("--all", "whole", is_flag=True)
def promises(here: Door, *, folder: Path, on: date | None, whole: bool) -> Answer:
    with here.open(folder) as organisation, here.progress("progress:promises"):
        found = organisation.promises(on)
        name, silent = organisation.policy.organisation.name, organisation.unreachable
    # Where a policy lists no promises of its own, its keep rules are what it promises.
    own = [p for p in found if p.kind == "policy"]
    shown = found if whole or not own else own
    lines = [
        *_shown(name, shown, found, here.words, whole=whole),
        *problems.shown(silent, here.words, folder),
    ]
    answer = _as_json(name, found, here.words)
    answer["problems"] = [problems.as_json(p, here.words) for p in silent]
    broken = any(p.state == "broken" for p in found)
    return Answer(answer, lines, Exit.SYSTEM if silent else Exit.FOUND if broken else Exit.FINE)


def _as_json(name: str, found: Sequence[PromiseState], words: Words) -> dict[str, Any]:
    from ordholden.promises import as_json

    answer = as_json(found)
    for promise, state in zip(answer["promises"], found, strict=True):
        for written, evidence in zip(promise["evidence"], state.evidence, strict=True):
            written["message"] = words.coded(evidence.code, evidence.facts)
    return {"organisation": name, **answer}


def _shown(
    name: str, shown: Sequence[PromiseState], found: Sequence[PromiseState], words: Words, *, whole: bool
) -> Iterator[RenderableType]:
    yield Text(name, "bold")
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for kind, alike in groupby(shown, key=lambda p: p.kind):
        if kind != "policy":
            table.add_row("", "")
        for promise in alike:
            table.add_row(promise.id if kind == "policy" else "", _head(promise, words))
            for line in _why(promise, words, whole=whole):
                table.add_row("", Padding(line, (0, 0, 0, 2)))
    yield table
    yield Rule(style="dim")
    yield totals(found, words)
    if found:
        yield Text(words("promise:looked", at=found[0].looked_at), "dim")


def _head(promise: PromiseState, words: Words) -> Text:
    says = promise.says[words.language] if promise.kind != "system" else promise.id.partition(": ")[2]
    return Text.assemble((words.word("promise", promise.state), STYLES[promise.state]), f" · {says}")


def _why(promise: PromiseState, words: Words, *, whole: bool) -> Iterator[RenderableType]:
    if promise.since:
        yield Text(words("promise:since", day=promise.since), "red")
    if promise.owner:
        yield Text(words("promise:owner", who=promise.owner), "dim")
    # What is wrong is worth more of the reader's time than what is right.
    found = sorted(promise.evidence, key=lambda e: e.code in COMFORTING)
    shown = found if whole else found[:EVIDENCE]
    for evidence in shown:
        yield Text(words.coded(evidence.code, evidence.facts), "dim")
    if len(shown) < len(found):
        yield Text(words.count("promise:more", len(found) - len(shown)), "dim")


COMFORTING = {
    "nothing-overdue",
    "sweep-verified",
    "falls-due",
    "plan-verified",
    "plan-approved",
    "audit-whole",
}


def totals(found: Sequence[PromiseState], words: Words) -> Text:
    """How many stand how: those of the policy, its keep rules, and its systems together."""
    from ordholden.promises import summary

    text = Text()
    for state, number in summary(found).items():
        text.append(" · " if text.plain else "")
        text.append(
            f"{words.number(number)} {words.word('promise', state)}", STYLES[state] if number else "dim"
        )
    return text
