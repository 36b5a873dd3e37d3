"""`promises`: what is kept, due, broken or not provable yet, and what shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
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
from ordholden.cli.words import Words

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
            written["message"] = words.evidence(evidence.code, evidence.facts)
    return {"organisation": name, **answer}


def _shown(
    name: str, shown: Sequence[PromiseState], found: Sequence[PromiseState], words: Words, *, whole: bool
) -> Iterator[RenderableType]:
    yield Text(name, "bold")
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True, max_width=12, overflow="ellipsis")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    kind = None
    for promise in shown:
        if promise.kind != kind and kind is not None:
            table.add_row("")
        kind = promise.kind
        label = promise.id.partition(": ")[2] if promise.kind != "policy" else promise.id
        state = Text(words.word("promise", promise.state), STYLES[promise.state])
        head = Text(label if promise.kind != "policy" else promise.says[words.language])
        table.add_row(promise.id if promise.kind == "policy" else "", state, head)
        for line in _why(promise, words, whole=whole):
            table.add_row("", "", line)
    yield table
    yield Rule(style="dim")
    yield totals(found, words)
    if found:
        yield Text(words("promise:looked", at=found[0].looked_at), "dim")


def _why(promise: PromiseState, words: Words, *, whole: bool) -> Iterator[RenderableType]:
    if promise.since:
        yield Text(words("promise:since", day=promise.since), "red")
    if promise.owner:
        yield Text(words("promise:owner", who=promise.owner), "dim")
    shown = promise.evidence if whole else promise.evidence[:EVIDENCE]
    for evidence in shown:
        yield Padding(Text(words.evidence(evidence.code, evidence.facts), "dim"), 0)
    if len(shown) < len(promise.evidence):
        yield Text(words.count("promise:more", len(promise.evidence) - len(shown)), "dim")


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
