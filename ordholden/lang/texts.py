"""Reads the files of words: a folder for each language, in each file headings with named texts under them.

They are YAML, but only the little of it that a few lines read faster than any library: a heading, and under
it, indented, `name: "text"`, every text in double quotes. A test holds this reader to a real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["LANGUAGES", "texts"]

LANGUAGES = ("da", "en")

_LINE = re.compile(
    r"""^(?:
        (?P<heading>[^\s"\#:][^"\#:]*):
        | [ ]{2}(?P<name>[^\s"\#:][^"\#:]*|"(?:[^"\\]|\\.)*"):[ ]+(?P<text>"(?:[^"\\]|\\.)*")
        | \s*(?:\#.*)?
    )[ ]*$""",
    re.VERBOSE,
)


@cache
def texts(language: str, *names: str) -> Mapping[str, Mapping[str, str]]:
    """All headings of some files (`name.yaml`) of a language."""
    found: dict[str, dict[str, str]] = {}
    folder = files("ordholden.lang").joinpath(language)
    for name in names:
        for heading, under in _read(
            folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8"), name
        ).items():
            if heading in found:
                raise ValueError(f"{language}: {heading!r} stands in two files")
            found[heading] = under
    return found


def _read(text: str, name: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    under: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"{name}.yaml, line {number}: neither a heading nor a text in quotes")
        if match["heading"]:
            under = found.setdefault(match["heading"], {})
        elif match["name"]:
            under[_plain(match["name"])] = json.loads(match["text"])
    return found


def _plain(name: str) -> str:
    return str(json.loads(name)) if name.startswith('"') else name
