"""Runs commands as a shell would, in this process: words in, exit code and both streams out."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from examples import generate
from ordholden.cli import main
from tests.docs.pages import tutorial

ON = date(2026, 11, 22)
DAY = ON.isoformat()
NAME = "clienti"


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """All that was said, on one line."""
        return " ".join(f"{self.out} {self.err}".split())


class Shell:
    """Runs commands one after the other; `last` is the newest plan's name."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Ran:
        self._capsys.readouterr()
        code = main([str(w) for w in words])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Ran(code, said.out, said.err)

    def plan(self, folder: Path, *more: str) -> str:
        """Makes a plan; its name."""
        ran = self("plan", folder, "--on", DAY, "--json", *more)
        assert ran.exit in (0, 4), ran.text
        return str(ran.json["plan"])


def example(folder: Path, *, name: str = NAME, people: int = 20, at: str | None = None) -> Path:
    """One of the five organisations."""
    generate(name, folder, people=people, on=ON, at=at)
    return folder


def shop(folder: Path) -> Path:
    """The bicycle shop of the tutorial: five customers, quickly asked; and an activity that somebody decides about."""
    tutorial(folder)
    policy = folder / "cykel" / "policy.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + RINGING, encoding="utf-8")
    return folder / "cykel"


RINGING = """  ring up about service:
    purpose: {da: Minde om eftersyn, en: Remind of the yearly service}
    basis: legitimate interest
    balancing: shop.sqlite3
    people: [customer]
    data: [name, phone]
    sources: [the person]
    keep: 18 months after order placed
    if none: nothing
"""

AKSEL = "aksel@cykel.example"  # ordered last year, wants the newsletter
DAGNY = "10 00 00 04"  # ordered this year, has no e-mail address
CARL = "carl@cykel.example"  # ordered three years ago, said no to the newsletter


@contextmanager
def environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def copied(origin: Path, folder: Path) -> Path:
    shutil.copytree(origin, folder)
    return folder
