"""Reads the documentation as something that can be run: fenced blocks, in their order.

`python -m tests.docs.pages` draws the pictures of the README anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(?P<kind>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"^(?:#|--) (?P<path>[\w./-]+\.\w+)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is where it begins in the page."""

    page: str
    line: int
    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A command of a console block, and the exit code that the page says it has."""

    words: tuple[str, ...]
    exit: int


def blocks(page: Path) -> Iterator[Block]:
    written = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(written):
        line = written.count("\n", 0, match.start()) + 1
        yield Block(page.name, line, match["kind"], match["text"])


def commands(block: Block) -> Iterator[Line]:
    for line in block.text.splitlines():
        if line.startswith("$ "):
            said = re.search(r"#\s*(\d+):", line)
            yield Line(tuple(shlex.split(line[2:], comments=True)), int(said[1]) if said else 0)


def write(block: Block, folder: Path) -> bool:
    """A block that names its file is written there; SQL is run on the SQLite database that it names."""
    named = _NAMED.match(block.text)
    if named is None:
        return False
    path = folder / named["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if block.kind == "sql":
        with sqlite3.connect(path) as database:
            database.executescript(block.text)
        database.close()
    else:
        path.write_text(block.text, encoding="utf-8")
    return True


def tutorial(folder: Path) -> None:
    """The files of the tutorial, as they are at its end."""
    for block in blocks(ROOT / "docs" / "tutorial.md"):
        if block.kind in ("yaml", "sql"):
            write(block, folder)


def picture(command: str, folder: Path) -> str:
    """What the terminal shows, 80 characters wide; what differs from run to run is made the same."""
    from ordholden.cli import main

    shown = io.StringIO()
    environment = {"COLUMNS": "80", "ORDHOLDEN_ACTOR": "maria", "ORDHOLDEN_LANGUAGE": "en"}
    with contextlib.chdir(folder), redirect_stdout(shown), patched(environment):
        main(shlex.split(command)[1:])
    lines = [line.rstrip() for line in shown.getvalue().splitlines()]
    return re.sub(r"(-(?:sweep|erase|withdraw)-)[0-9a-f]{8}", r"\g<1>1a2b3c4d", "\n".join(lines)) + "\n"


@contextmanager
def patched(environment: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def pictures(page: Path, folder: Path) -> Iterator[tuple[Block, str]]:
    """Every block that shows a command and its answer, and what it should be now."""
    for block in blocks(page):
        if block.kind == "text" and block.text.startswith("$ ordholden"):
            command = block.text.splitlines()[0]
            yield block, f"{command}\n\n{picture(command[2:], folder)}"


def redraw(page: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        tutorial(Path(place))
        written = page.read_text(encoding="utf-8")
        for block, drawn in pictures(page, Path(place)):
            written = written.replace(f"```text\n{block.text}```", f"```text\n{drawn}```")
        page.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    redraw(ROOT / "README.md")
