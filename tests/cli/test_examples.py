"""The five organisations from the command line: made, checked, planned, carried out, shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples import ORGANISATIONS
from ordholden.cli.door import Exit
from tests.cli.running import DAY, Shell


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_an_example_is_made_checked_and_kept(shell: Shell, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    made = shell("example", name, "--people", "12", "--to", folder, "--on", DAY, "--json")

    assert made.exit == Exit.FINE
    assert set(made.json) == {"name", "folder", "people", "rows", "systems"}
    assert shell("check", folder).exit in (Exit.FINE, Exit.FOUND)

    plan = shell.plan(folder)
    shell("approve", plan, "--in", folder, "--by", "erik")
    applied = shell("apply", plan, "--in", folder)

    assert applied.exit == Exit.FINE, applied.text
    assert shell("example", name, "--to", folder).exit == Exit.MISTAKE
