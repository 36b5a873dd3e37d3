"""The words of the pages: every file `lang/<code>/web*.yaml`; a room of pages brings its own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from django.utils import translation

from ordholden.lang import Words

__all__ = ["files_of_words", "in_language", "spoken"]


@cache
def files_of_words() -> tuple[str, ...]:
    folder = files("ordholden.lang").joinpath("da")
    return tuple(
        sorted(
            f.name.removesuffix(".yaml")
            for f in folder.iterdir()
            if f.name.startswith("web") and f.name.endswith(".yaml")
        )
    )


def in_language(language: str) -> Words:
    return Words(language, files_of_words())


def spoken() -> Words:
    """The words of the language that this request is answered in."""
    return in_language((translation.get_language() or "da")[:2])
