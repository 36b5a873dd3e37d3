"""A small shop for every test, made once and copied; and a shell in English, 80 characters wide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Shell, copied, shop


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ORDHOLDEN_LANGUAGE", "ORDHOLDEN_STORE", "ORDHOLDEN_ACTOR", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("ORDHOLDEN_ACTOR", "maria")


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only to be read, and copied."""
    return shop(tmp_path_factory.mktemp("made"))


@pytest.fixture
def cykel(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path / "cykel")
