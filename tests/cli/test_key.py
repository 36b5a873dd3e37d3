"""What other installations know an organisation by is shown, and is what its messages are signed with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples import generate
from ordholden.app import open_organisation, today
from ordholden.cli import main
from ordholden.cli.door import Exit
from ordholden.post.envelope import public_key


def test_the_key_and_the_door_are_what_a_partner_writes_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "clienti"
    generate("clienti", folder, people=1, on=today())
    with open_organisation(folder) as organisation:
        key = public_key(organisation.store)
    monkeypatch.delenv("ORDHOLDEN_ADDRESS", raising=False)
    assert main(["key", str(folder), "--language", "en"]) == Exit.FINE
    nowhere = capsys.readouterr().out
    monkeypatch.setenv("ORDHOLDEN_ADDRESS", "https://privat.clienti.example")
    main(["key", str(folder), "--json"])

    assert f"key: {key}\n" in nowhere
    assert "No endpoint" in nowhere
    said = json.loads(capsys.readouterr().out)
    assert said == {"key": key, "endpoint": "https://privat.clienti.example/api/clienti/partner"}
