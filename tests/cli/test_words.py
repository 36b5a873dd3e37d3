"""Every word of the doors is there in both languages, and speaks of the same facts."""

from __future__ import annotations

import re
from string import Formatter

import click
import pytest

from ordholden.cli.door import Exit, root
from ordholden.cli.language import FILES, in_language, language_asked
from ordholden.lang.texts import texts
from tests.docs.pages import ROOT

KEY = re.compile(r"""(?:words|here\.words|self\.words|story\.say|said)(?:\.count)?\(\s*"([a-z][\w:. -]*)\"""")


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    danish, english = (texts(language, *FILES) for language in ("da", "en"))

    assert {(g, n) for g in danish for n in danish[g]} == {(g, n) for g in english for n in english[g]}
    for group, under in english.items():
        for name, text in under.items():
            assert facts(text) == facts(danish[group][name]), f"{group}:{name}"


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_word_that_is_asked_for_is_there(language: str) -> None:
    words = in_language(language)
    files = [*(ROOT / "ordholden" / "cli").glob("*.py"), ROOT / "ordholden" / "demo.py"]
    asked = {key for file in files for key in KEY.findall(file.read_text(encoding="utf-8"))}

    assert len(asked) > 60
    assert sorted(key for key in asked if not words.known(key)) == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_command_and_option_has_a_help_text(language: str) -> None:
    words = in_language(language)
    group = root()
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        for parameter in command.get_params(click.Context(command)):
            assert command.said(parameter, words)
    for code in Exit:
        assert words(f"exit:{code.name.lower()}")


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "da_DK.UTF-8"}, "da"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "da_DK", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_GB", "ORDHOLDEN_LANGUAGE": "da"}, "da"),
        (["plan", "--language", "da"], {}, "da"),
        (["plan", "--language=en"], {"LANG": "da_DK"}, "en"),
    ],
)
def test_the_language_is_the_one_named_or_that_of_the_environment(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    assert language_asked(arguments, environment) == language


def test_numbers_and_days_are_written_as_each_language_writes_them() -> None:
    assert in_language("da")("rows", n=12345) == "12.345 rækker"
    assert in_language("en")("rows", n=12345) == "12,345 rows"
    assert in_language("en").count("rows", 1) == "1 row"
