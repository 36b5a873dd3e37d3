"""Names that say what a file is: a pattern (`{local}/{date:YYYYMMDD}.wav`) in, the parts of a path out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

__all__ = ["Names", "names"]

_PART = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_DATE = {"YYYY": r"[0-9]{4}", "MM": r"[0-9]{2}", "DD": r"[0-9]{2}"}


@dataclass(frozen=True)
class Names:
    """A pattern, read. A part ends where the rest of the pattern first fits; no part crosses a `/`."""

    pattern: str
    columns: tuple[str, ...]
    formats: Mapping[str, str]
    expression: re.Pattern[str]

    def parts(self, path: str) -> dict[str, object] | None:
        """What the path says; None where it has another form. A date that can't be stays text."""
        found = self.expression.fullmatch(path)
        if found is None:
            return None
        said = dict(zip(self.columns, found.groups(), strict=True))
        return {name: _dated(text, self.formats.get(name)) for name, text in said.items()}


@cache
def names(pattern: str) -> Names:
    """The pattern, read; a part that stands in it twice has to say the same twice."""
    columns: dict[str, int] = {}
    formats: dict[str, str] = {}
    expression, position = "", 0
    for part in _PART.finditer(pattern):
        expression += re.escape(pattern[position : part.start()])
        name, form = part[1].strip(), (part[2] or "").strip()
        if name in columns:
            expression += rf"\{columns[name]}"
        else:
            columns[name] = len(columns) + 1
            expression += f"({_form(form)})" if form else "([^/]+?)"
            if form:
                formats[name] = form
        position = part.end()
    expression += re.escape(pattern[position:])
    return Names(pattern, tuple(columns), formats, re.compile(expression, re.DOTALL))


def _form(form: str) -> str:
    return "".join(_DATE.get(piece, re.escape(piece)) for piece in re.split("(YYYY|MM|DD)", form) if piece)


def _dated(text: str, form: str | None) -> object:
    if form is None or not all(word in form for word in _DATE):
        return text
    year, month, day = (
        int(text[form.index(word) : form.index(word) + len(word)]) for word in ("YYYY", "MM", "DD")
    )
    try:
        return date(year, month, day)
    except ValueError:
        return text
