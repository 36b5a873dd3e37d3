"""The page of the documentation that lists every command: `docs/commands.md` is made of this."""

from __future__ import annotations

import click

from ordholden.cli.door import Exit, Root, named, root
from ordholden.cli.language import in_language
from ordholden.lang import Words

__all__ = ["page"]


def page() -> str:
    """Exit codes first, then each command with its arguments and options, as the program says them."""
    words = in_language("en")
    group = root()
    ctx = click.Context(group, info_name="ordholden")
    codes = (f"| {c.value} | {words(f'exit:{c.name.lower()}')} |" for c in Exit)
    chapters = (_command(name, group, ctx, words) for name in group.list_commands(ctx))
    return "\n".join(["## Exit codes\n", "| code | means |\n|---|---|", *codes, "", *chapters])


def _command(name: str, group: Root, ctx: click.Context, words: Words) -> str:
    command = group.get_command(ctx, name)
    if command is None:
        return ""
    inner = click.Context(command, info_name=name, parent=ctx)
    parameters = [
        p for p in command.get_params(inner) if p.name not in _EVERYWHERE and "--help" not in p.opts
    ]
    arguments = " ".join(p.make_metavar(inner) for p in parameters if isinstance(p, click.Argument))
    lines = [
        f"## {name}\n",
        words(f"help:{name}"),
        "",
        f"    ordholden {name} {arguments} [OPTIONS]".rstrip(),
        "",
    ]
    if parameters:
        lines.append("| | |\n|---|---|")
        lines += [f"| `{named(p)}` | {command.said(p, words)} |" for p in parameters]
        lines.append("")
    example = words.either(f"example:{name}", "")
    if example:
        lines += ["```", *example.splitlines(), "```", ""]
    return "\n".join(lines)


_EVERYWHERE = {"json", "language", "debug"}
