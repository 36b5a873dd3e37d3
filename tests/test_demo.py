"""The story of `make run`: it comes to a good end, and what it says to try works when it is pasted."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ordholden import demo
from ordholden.cli import main
from ordholden.cli.door import Exit


def test_the_story_ends_well_and_its_commands_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(demo, "PEOPLE", 12)
    # All five are walked through in tests/cli/test_examples.py; here it is the story that is told.
    monkeypatch.setattr(demo, "companies", lambda: (demo.CHOSEN,))

    code = demo.main(["--language", "en"])
    told = capsys.readouterr().out

    assert code == 0, told
    assert max(len(line) for line in told.splitlines() if "ordholden " not in line) <= 80
    tried = [line.strip() for line in told.splitlines() if line.startswith("  ") and "ordholden " in line]
    assert len(tried) == 8
    for line in tried:
        ran = main(shlex.split(line)[1:])
        said = capsys.readouterr()
        assert ran in (Exit.FINE, Exit.FOUND, Exit.APPROVAL), f"{line}\n{said.out}\n{said.err}"
