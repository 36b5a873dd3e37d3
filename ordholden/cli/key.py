"""`key`: by what other installations know this organisation."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from ordholden.cli.arguments import folder
from ordholden.cli.door import Answer, Door, command

__all__ = ["key"]


@command("key")
@folder
def key(here: Door, *, folder: Path) -> Answer:
    from ordholden.app.partners import known_by

    with here.open(folder) as organisation:
        found = known_by(organisation)
    shown = [
        # To be copied, so never broken.
        Text(f"key: {found.key}", "bold", no_wrap=True, overflow="ignore"),
        Text(f"endpoint: {found.endpoint}", "bold", no_wrap=True, overflow="ignore")
        if found.endpoint
        else Text(here.words("key:nowhere"), "yellow"),
        Text(here.words("key:public"), "dim"),
    ]
    return Answer({"key": found.key, "endpoint": found.endpoint}, shown)
