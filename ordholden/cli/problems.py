"""Problems as people read them: place, level, code, what is wrong, what to do, the law; and the line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from ordholden.lang import Words
from ordholden.problems import Level, Place, Problem

__all__ = ["as_json", "shown", "summary"]

STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTE: "cyan"}


def as_json(problem: Problem, words: Words) -> dict[str, Any]:
    said = words.problem(problem)
    return {
        "code": problem.code,
        "level": problem.level.value,
        "file": problem.at.file if problem.at else None,
        "line": problem.at.line if problem.at else None,
        "column": problem.at.column if problem.at else None,
        "message": said.says,
        "suggestion": said.do,
        "article": said.law,
        "facts": dict(problem.facts),
    }


def shown(problems: Sequence[Problem], words: Words, folder: Path | None = None) -> Iterator[RenderableType]:
    """Each problem, with the line it stands on where the file is at hand."""
    files: dict[str, list[str]] = {}
    for problem in problems:
        yield _line(problem, words)
        if problem.at is not None and folder is not None:
            excerpt = _excerpt(problem.at, _lines(folder / problem.at.file, files), STYLES[problem.level])
            if excerpt is not None:
                yield excerpt


def _line(problem: Problem, words: Words) -> RenderableType:
    said = words.problem(problem)
    head = Text()
    if problem.at is not None:
        head.append(f"{problem.at} ", "bold")
    head.append(words.word("level", problem.level), STYLES[problem.level])
    head.append(f" {problem.code}: ")
    head.append(said.says)
    if said.do:
        head.append(f" {words('do')}: ", "bold")
        head.append(said.do)
    if said.law:
        head.append(f" ({said.law})", "dim")
    return head


def _lines(file: Path, known: dict[str, list[str]]) -> list[str]:
    if file.name not in known:
        try:
            known[file.name] = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            known[file.name] = []
    return known[file.name]


def _excerpt(at: Place, lines: list[str], style: str) -> RenderableType | None:
    if not 0 < at.line <= len(lines) or not lines[at.line - 1].strip():
        return None
    written = lines[at.line - 1]
    # A long line is cut so that the character is in sight. Addresses come from the environment, but somebody
    # may have written one, with its password, into the file all the same.
    start = max(0, at.column - 50)
    margin = f"{at.line:>5} │ "
    cut = _without_secret(written)[start : start + 68]
    caret = Text(" " * (len(margin) - 2) + "│ " + " " * (at.column - 1 - start))
    caret.append("^", style)
    line = Text(margin, "dim")
    line.append(cut)
    line.no_wrap = caret.no_wrap = True
    line.overflow = caret.overflow = "ellipsis"
    return Padding(Group(line, caret), (0, 0, 0, 0))


def _without_secret(line: str) -> str:
    """The line with the password of an address blotted out, at the same width."""
    scheme = line.find("://")
    at = line.rfind("@")
    if scheme < 0 or at < scheme:
        return line
    colon = line.find(":", scheme + 3)
    if colon < 0 or colon > at:
        return line
    return line[: colon + 1] + "•" * (at - colon - 1) + line[at:]


def summary(problems: Sequence[Problem], words: Words) -> Text:
    """How many of each level, in one line."""
    parts = [
        (words.count(f"found:{level}", number), STYLES[level])
        for level in Level
        if (number := sum(p.level is level for p in problems))
    ]
    if not parts:
        return Text(words("found:nothing"), "green")
    text = Text()
    for index, (said, style) in enumerate(parts):
        text.append(", " if index else "")
        text.append(said, style)
    return text
