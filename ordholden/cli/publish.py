"""`publish`: the policy as its file stands becomes an edition that people read; whom it concerns is told.

What is different is shown first, and what that does to the data in numbers, since an edition can't be taken back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import RenderableType
from rich.text import Text

from ordholden.app import Difference
from ordholden.cli import diff
from ordholden.cli.arguments import by, folder
from ordholden.cli.door import Answer, Door, command
from ordholden.connectors.errors import SystemFailure
from ordholden.lang import Words
from ordholden.policy.changes import Change, weighs
from ordholden.policy.document import Text as Both
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.app import Organisation

__all__ = ["publish"]


@command("publish")
@folder
@click.option("--significant/--not-significant", "significant", default=None)
@click.option("--note", metavar="TEXT", default="")
@click.option("--note-en", metavar="TEXT", default="")
@click.option("--yes", is_flag=True)
@by
def publish(
    here: Door,
    *,
    folder: Path,
    significant: bool | None,
    note: str,
    note_en: str,
    yes: bool,
    by: str | None,
) -> Answer:
    from ordholden.app import published as book
    from ordholden.app.organisation import whoever

    with here.open(folder) as organisation:
        if significant and _is_told(organisation):
            told, said = _tell(here, organisation, yes=yes, actor=by or whoever())
            return Answer({"told": told}, [said])
        book.must_be_fit(organisation)
        is_first = not book.editions(organisation)
        found = book.pending(organisation)
        effect, unknown = ((), "") if is_first else _effect(here, organisation)
        # Shown before anybody is asked; with --json all of it stands in the answer.
        if not here.as_json:
            for part in _shown(found, effect, unknown, here.words, is_first=is_first):
                here.out.print(part)
        weighty = weighs(found) if significant is None else significant
        tells = weighty and not is_first
        if tells and not yes:
            _ask(here)
        both = Both(note, note_en or note)
        edition = book.publish(organisation, actor=by or whoever(), significant=weighty, note=both)
        answer = {
            "edition": edition.number,
            "significant": edition.significant,
            "changes": [_as_json(change) for change in found],
            "differences": None if unknown else [diff.as_json(d) for d in effect],
            "told": 0,
        }
        shown = [Text(here.words("publish:done", number=edition.number), "green")]
        if not tells:
            return Answer(answer, shown)
        told, said = _tell(here, organisation, yes=True, actor=by or whoever())
    return Answer({**answer, "told": told}, [*shown, said])


def _is_told(organisation: Organisation) -> bool:
    """The file is a significant edition already: its letters may have been interrupted, and are gone on with."""
    from ordholden.app.published import editions, is_newest

    return is_newest(organisation) and editions(organisation)[0].significant


def _tell(here: Door, organisation: Organisation, *, yes: bool, actor: str) -> tuple[int, Text]:
    from ordholden.app.published import tell_affected

    if not yes:
        _ask(here)
    told = tell_affected(organisation, actor=actor)
    return told, Text(here.words.count("publish:told", told))


def _effect(here: Door, organisation: Organisation) -> tuple[tuple[Difference, ...], str]:
    """What it does to the data; or why nobody can say: a system is silent, or the old policy doesn't fit the systems now."""
    from ordholden.app.published import effect

    try:
        with here.progress("progress:diff"):
            found = effect(organisation)
    except SystemFailure as failure:
        return (), str(failure)
    except Refusal as refusal:
        return (), here.words.problem(refusal.problems[0]).says
    return tuple(d for d in found if d.old != d.new or d.old_rules != d.new_rules), ""


def _ask(here: Door) -> None:
    """Letters can't be called back. Where nobody can answer, the line has to say it."""
    if here.as_json or not sys.stdin.isatty():
        raise Refusal.of("publish-yes")
    here.out.print(Text(here.words("publish:significant"), "bold"))
    click.confirm(here.words("publish:ask"), abort=True)


def _shown(
    found: Sequence[Change], effect: Sequence[Difference], unknown: str, words: Words, *, is_first: bool
) -> Iterator[RenderableType]:
    if is_first:
        yield Text(words("publish:first"))
        return
    yield from (_said(change, words) for change in found)
    if not found:
        yield Text(words("publish:nothing"))
    if unknown:
        yield Text(words("publish:unknown", reason=unknown), "yellow")
    else:
        yield from diff.shown(effect, words)


def _said(change: Change, words: Words) -> Text:
    activity = change.new or change.old
    assert activity is not None
    what = words.listed([words.word("policy part", part) for part in change.parts])
    line = f"{activity.purpose[words.language]}: {what or words.word('policy change', change.kind)}"
    return Text(line, "bold" if change.weighs else "")


def _as_json(change: Change) -> dict[str, Any]:
    return {
        "activity": change.name,
        "kind": change.kind,
        "parts": list(change.parts),
        "significant": change.weighs,
    }
