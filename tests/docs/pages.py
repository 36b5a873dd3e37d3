"""Reads the documentation as something that can be run: fenced blocks, in their order."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Iterator
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
