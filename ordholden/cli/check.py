"""`check`: both files, and how they fit the real systems."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ordholden.cli.arguments import folder
from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.problems import Level, Problem, Refusal

__all__ = ["check"]


@command("check")
@folder
@click.option("--offline", is_flag=True)
def check(here: Door, *, folder: Path, offline: bool) -> Answer:
    from ordholden.cli.problems import as_json, shown, summary

    name, found = _found(here, folder, live=not offline)
    answer = {"organisation": name, "problems": [as_json(p, here.words) for p in found]}
    before = Text(f"{name}: ", "bold") if name else Text()
    lines = [*shown(found, here.words, folder), before + summary(found, here.words)]
    return Answer(answer, lines, _exit(found))


def _found(here: Door, folder: Path, *, live: bool) -> tuple[str, tuple[Problem, ...]]:
    """A file that makes no sense is a finding like any other, but leaves nothing to compare with systems."""
    try:
        with here.open(folder) as organisation, here.progress("progress:check"):
            return organisation.policy.organisation.name, organisation.check(live=live)
    except Refusal as refusal:
        if any(p.at is None for p in refusal.problems):
            raise
        return "", refusal.problems


def _exit(found: tuple[Problem, ...]) -> Exit:
    errors = {p.code for p in found if p.level is Level.ERROR}
    if errors - {"system-unreachable"}:
        return Exit.MISTAKE
    if errors:
        return Exit.SYSTEM
    return Exit.FOUND if any(p.level is Level.WARNING for p in found) else Exit.FINE
