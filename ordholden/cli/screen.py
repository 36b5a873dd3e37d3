"""The screen that answers are shown on: what stands in a database is shown, never obeyed.

A name that somebody typed into a web form may hold a terminal's own commands: to colour, to delete what is
above, to write letters from right to left. Whoever approves a plan must see what is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

__all__ = ["screen", "visible"]

_CONTROLS = {n: 0x2400 + n for n in range(0x20) if chr(n) != "\n"} | {0x7F: 0x2421}
_HIDDEN = dict.fromkeys(
    (*range(0x80, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "�"
)
_SHOWN = str.maketrans(_CONTROLS | _HIDDEN)


def visible(text: str) -> str:
    """The text as it is, but for signs that would do something: needed before its width is measured."""
    return text.translate(_SHOWN)


class _Screen(Console):
    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            plain = segment.control is not None or segment.text.isprintable()
            yield segment if plain else segment._replace(text=visible(segment.text))


def screen(*, stderr: bool = False) -> Console:
    return _Screen(stderr=stderr, highlight=False, emoji=False, markup=False)
