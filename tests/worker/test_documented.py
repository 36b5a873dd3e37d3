"""What runs in production is documented: every setting, every duty, every pause."""

from __future__ import annotations

import re
from pathlib import Path

from ordholden.worker.duty import DUTIES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def test_every_setting_of_the_program_is_documented() -> None:
    used = {
        name
        for file in (ROOT / "ordholden").rglob("*.py")
        for name in re.findall(r"\"(ORDHOLDEN_[A-Z_]+)\"", file.read_text(encoding="utf-8"))
    }

    assert used - set(re.findall(r"ORDHOLDEN_[A-Z_]+", PAGE)) == set()


def test_every_duty_is_documented() -> None:
    assert [d.name for d in DUTIES if f"`{d.name}`" not in PAGE] == []
