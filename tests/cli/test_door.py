"""The ways out that no command chooses: our own faults, a reader who leaves, Ctrl-C; and the time it takes to get in."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import ordholden
from ordholden.app import Organisation
from ordholden.cli.door import Exit
from tests.cli.running import AKSEL, Shell
from tests.docs.pages import ROOT


def test_our_own_fault_is_one_line_and_a_log_without_a_value(
    shell: Shell, cykel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Organisation, **_: object) -> None:
        raise ValueError(f"{AKSEL} cannot be read")

    monkeypatch.setattr(Organisation, "check", broken)
    ran = shell("check", cykel)

    assert ran.exit == Exit.OURS
    assert "fault of the program" in ran.text
    log = Path(re.sub(r"\s", "", ran.err.split("Where it happened:")[1]))
    written = log.read_text(encoding="utf-8")
    log.unlink()
    assert "builtins.ValueError" in written
    assert "check.py" in written
    assert AKSEL not in ran.text + written


def test_debug_shows_the_whole_trace(shell: Shell, cykel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Organisation, **_: object) -> None:
        raise ValueError("seen")

    monkeypatch.setattr(Organisation, "check", broken)
    with pytest.raises(ValueError, match="seen"):
        shell("check", cykel, "--debug")


def test_stopping_by_hand_says_that_nothing_is_half_done(
    shell: Shell, cykel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(self: Organisation, **_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Organisation, "check", stopped)
    ran = shell("check", cykel)

    assert ran.exit == Exit.STOPPED
    assert "nothing is half done" in ran.text


def test_a_reader_who_leaves_is_no_fault(cykel: Path) -> None:
    line = f"{sys.executable} -m ordholden check {cykel} --json | head -c 1"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert ran.stdout == "{"
    assert ran.stderr == ""


def test_what_stands_in_a_database_is_shown_and_not_obeyed(shell: Shell, cykel: Path) -> None:
    with closing(sqlite3.connect(cykel / "shop.sqlite3")) as customers, customers:
        customers.execute("UPDATE customers SET name = ? WHERE id = 1", ("\x1b[2J\u202eevøP\x9b1A",))
    ran = shell("explain", cykel, "aksel@cykel.example", "--reveal")

    assert "␛[2J�evøP�1A" in ran.out
    assert not any(sign in ran.out for sign in "\x1b\x9b\u202e")


def test_version(shell: Shell) -> None:
    assert shell("--version").out == f"ordholden {ordholden.__version__}\n"


def test_importing_the_library_is_quick_and_loads_no_framework() -> None:
    program = """
import sys, time
began = time.process_time()
import ordholden
took = time.process_time() - began
heavy = {"django", "sqlalchemy", "rich", "click", "lark"} & set(sys.modules)
print(took, sorted(heavy), ordholden.open.__name__)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    took, heavy, opens = ran.stdout.split()

    assert float(took) < 0.2
    assert heavy == "[]"
    assert opens == "open_organisation"


def test_every_name_of_the_library_is_there() -> None:
    for name in ordholden.__all__:
        assert getattr(ordholden, name) is not None
    with pytest.raises(AttributeError):
        _ = ordholden.nothing  # type: ignore[attr-defined]
    assert set(ordholden.__all__) <= set(dir(ordholden))


def test_results_are_pleasant_in_a_notebook(cykel: Path) -> None:
    with ordholden.open(cykel) as shop:
        kept = shop.plan()
        explained = shop.explain(AKSEL)
        promises = shop.promises()

    assert len(repr(kept)) < 100
    assert len(repr(kept.plan)) < 100
    assert len(repr(explained)) < 100
    for shown in (kept, kept.plan, explained, promises):
        html = shown._repr_html_()
        assert html.startswith("<table>")
        assert AKSEL not in html
