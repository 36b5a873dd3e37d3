"""The documentation can't lie: what it says to run is run, what it says is a rule is read as one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ordholden.cli import main
from ordholden.policy.keep import read_condition, read_rule
from ordholden.policy.rule import Rule
from ordholden.problems import Place, Problem
from tests.docs.pages import ROOT, blocks, commands, pictures, tutorial, write

DOCS = ROOT / "docs"
HERE = Place("docs", 1, 1)


def test_every_command_of_the_tutorial_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    newest = ""
    for block in blocks(DOCS / "tutorial.md"):
        if block.kind in ("yaml", "sql"):
            assert write(block, tmp_path), f"{block.page}:{block.line} names no file"
        for line in commands(block) if block.kind == "console" else ():
            assert line.words[0] == "ordholden"
            found = main([newest if word == "PLAN" else word for word in line.words[1:]])
            said = capsys.readouterr()
            named = re.search(r"\d{4}-\d\d-\d\d-sweep-[0-9a-f]{8}", said.out)
            newest = named[0] if named else newest
            assert found == line.exit, f"{' '.join(line.words)}: {found}\n{said.out}\n{said.err}"


def test_both_files_of_the_language_page_are_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found_blocks = (b.text for b in blocks(DOCS / "language.md") if b.kind == "yaml")
    policy, requests, calls, systems, folder, *rest = found_blocks
    assert not rest, "a new block: say here what it belongs to"
    (tmp_path / "policy.yaml").write_text(f"{policy}\n{requests}\n{calls}", encoding="utf-8")
    (tmp_path / "systems.yaml").write_text(systems, encoding="utf-8")
    (tmp_path / ".env").write_text("CRM_URL=sqlite:///crm.sqlite3\n", encoding="utf-8")

    found = problems_of(tmp_path, capsys)

    assert not [p for p in found if p["level"] == "error"]

    (tmp_path / "systems.yaml").write_text(folder, encoding="utf-8")

    assert not {p["code"] for p in problems_of(tmp_path, capsys)} & WRITTEN_WRONG


# What is wrong with a file by itself, whatever the other one says.
WRITTEN_WRONG = {"key-unknown", "key-missing", "value-form", "path-form", "yaml-broken", "table-unknown"}


def problems_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    main(["check", str(folder), "--offline", "--json"])
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)["problems"]
    return found


def rows_under(heading: str) -> Iterator[str]:
    """The second cells of the tables under a heading."""
    page = (DOCS / "language.md").read_text(encoding="utf-8")
    section = page.split(f"### {heading}\n")[1].split("\n#")[0]
    for line in section.splitlines():
        cells = line.strip("|").split(" | ")
        if line.startswith("|") and len(cells) == 2:
            yield cells[1]


RULES = [
    r for cell in rows_under("Keep rules") for r in re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", cell))
]


@pytest.mark.parametrize("written", RULES)
def test_every_keep_rule_of_the_language_page_is_one(written: str) -> None:
    rule = written.removeprefix("if ")
    text = written if rule == written else f"2 years after internship ended, {written}"

    assert isinstance(read_rule(text, HERE), Rule)


def test_the_rules_were_found() -> None:
    assert len(RULES) >= 16


def test_every_condition_of_the_language_page_is_one() -> None:
    page = (DOCS / "language.md").read_text(encoding="utf-8")
    line = page.split("\nConditions: ")[1].split("\n\n")[0]
    written = re.findall(r"`([^`]+)`", line)

    assert [w for w in written if w != "and" and isinstance(read_condition(w, HERE), Problem)] == []


def keys_of(schema: object) -> Iterator[str]:
    """Every key that a schema gives a meaning to."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from keys_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys_of(part)


@pytest.mark.parametrize("name", ["policy", "systems"])
def test_the_language_page_has_every_key(name: str) -> None:
    page = (DOCS / "language.md").read_text(encoding="utf-8")
    schema = json.loads((ROOT / f"ordholden/policy/{name}.schema.json").read_text(encoding="utf-8"))

    assert sorted({k for k in keys_of(schema) if not re.search(rf"\b{re.escape(k)}\b", page)}) == []


def test_the_pictures_of_the_readme_are_what_the_program_shows(tmp_path: Path) -> None:
    tutorial(tmp_path)
    found = list(pictures(ROOT / "README.md", tmp_path))

    assert len(found) == 3
    for block, drawn in found:
        assert block.text == drawn, "python -m tests.docs.pages draws them anew"
