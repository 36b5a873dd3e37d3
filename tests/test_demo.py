"""The story of `make run`: it comes to a good end, what it says to try works when pasted, and the product really runs."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ordholden.cli import main
from ordholden.cli.door import Exit

# All five are walked through in tests/cli/test_examples.py; here it is the story that is told.
ONE = ["--only", "clienti", "--people", "12", "--language", "en"]


def told(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ordholden.demo", *ONE, *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "80", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_story_ends_well_and_its_commands_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(tmp_path, "--no-serve")
    monkeypatch.chdir(tmp_path)

    assert max(len(line) for line in said.splitlines() if "ordholden " not in line) <= 80
    tried = [line.strip() for line in said.splitlines() if line.startswith("  ") and "ordholden " in line]
    assert len(tried) == 8
    for line in tried:
        ran = main(shlex.split(line)[1:])
        answered = capsys.readouterr()
        assert ran in (Exit.FINE, Exit.FOUND, Exit.APPROVAL), f"{line}\n{answered.out}\n{answered.err}"


def test_the_product_runs_on_the_companies_and_says_how_to_come_in(tmp_path: Path) -> None:
    said = told(tmp_path, "--once")

    assert "http://localhost:80" in said
    assert "case.worker@demo.example" in said
    assert "Every page answered" in said
