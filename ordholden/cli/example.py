"""`example`: an organisation to try things on, at any size."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.text import Text

from ordholden.cli.arguments import on
from ordholden.cli.door import Answer, Door, command
from ordholden.problems import Refusal, nearest

__all__ = ["example"]


@command("example")
@click.argument("name", metavar="NAME")
@click.option("--people", type=click.IntRange(1), default=400, metavar="N")
@click.option("--at", metavar="URL")
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER")
@on
@click.option("--seed", type=int, default=1, metavar="N")
def example(
    here: Door, *, name: str, people: int, at: str | None, to: Path | None, on: date | None, seed: int
) -> Answer:
    from ordholden.app import today

    try:
        import examples
    except ImportError:
        raise Refusal.of("examples-missing") from None
    known = name.replace("-", "_").lower()
    if known not in examples.ORGANISATIONS:
        found = nearest(known, examples.ORGANISATIONS)
        raise Refusal.of("example-unknown", word=name, nearest=found, known=", ".join(examples.ORGANISATIONS))
    to = to or Path(known)
    if (to / ".ordholden").exists():
        raise Refusal.of("example-lived-in", folder=to)
    rows = 0
    with here.progress("progress:example") as tell:

        def count(system: str, table: str, more: int) -> None:
            nonlocal rows
            rows += more
            tell(f"{system}.{table}", more)

        _generate(known, to, people=people, at=at, on=on or today(), seed=seed, progress=count)
    answer = {"name": known, "folder": str(to), "people": people, "rows": rows, "systems": _systems(known)}
    said = here.words("example:made", name=known, folder=to, people=people, rows=rows)
    return Answer(answer, [Text(said, "green"), Text(here.words("next:check", line=f"ordholden check {to}"))])


def _generate(name: str, to: Path, *, at: str | None, **more: object) -> None:
    from sqlalchemy import exc

    import examples

    try:
        examples.generate(name, to, at=at, **more)  # type: ignore[arg-type]
    except (
        exc.OperationalError,
        exc.ArgumentError,
        exc.NoSuchModuleError,
    ) as error:
        if at is None:
            raise
        # The driver's words can hold the address, and with it a password.
        raise Refusal.of("example-address", kind=at.partition(":")[0], reason=type(error).__name__) from None


def _systems(name: str) -> list[str]:
    from importlib import import_module

    return list(import_module(f"examples.{name}.generate").SYSTEMS)
