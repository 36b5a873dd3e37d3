"""The language that the command line is answered in, and its words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ordholden.lang import LANGUAGES, Words

__all__ = ["FILES", "in_language", "language_asked"]

FILES = ("commands", "demo")


def in_language(language: str) -> Words:
    return Words(language, FILES)


def language_asked(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """The language named on the line, else the one of the environment; Danish where that begins with da."""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--language":
            asked = value if equals else "".join(arguments[index + 1 : index + 2])
            if asked in LANGUAGES:
                return asked
    for variable in ("ORDHOLDEN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(variable):
            return "da" if environment[variable].lower().startswith("da") else "en"
    return "en"
