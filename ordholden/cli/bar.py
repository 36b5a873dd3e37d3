"""A bar of progress beside the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from ordholden.lang import Words

__all__ = ["bar"]


class Rows(ProgressColumn):
    """How many rows, of how many where that is known."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def render(self, task: Task) -> Text:
        done = self._words.number(int(task.completed))
        return Text(done if task.total is None else f"{done} / {self._words.number(int(task.total))}")


@contextmanager
def bar(console: Console, what: str, total: int | None, words: Words) -> Iterator[Callable[[str, int], None]]:
    """Takes `(what is done, how many more)`; gone from the screen when it is over."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(20),
        Rows(words),
        TimeElapsedColumn(),
        TextColumn("{task.fields[place]}", style="dim"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total, place="")

        def tell(place: str, rows: int) -> None:
            progress.update(task, advance=0 if place.startswith("?") else rows, place=place.lstrip("? "))

        yield tell
