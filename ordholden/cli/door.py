"""What all commands share: the language, text or JSON, how mistakes are said, and what the exit code means.

A command is a function that returns an `Answer`. The words it is described by, and those of its arguments,
are looked up under its name when somebody asks, so that help is written in one place and in each language.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from rich.console import Console, RenderableType
from rich.text import Text

from ordholden.cli.language import in_language, language_asked
from ordholden.cli.screen import screen
from ordholden.connectors.errors import SystemFailure
from ordholden.lang import LANGUAGES, Words
from ordholden.problems import Problem, Refusal

if TYPE_CHECKING:
    from ordholden.app import Organisation

__all__ = ["Answer", "Door", "Exit", "Root", "Spoken", "command", "door", "main", "named", "root"]


class Exit(IntEnum):
    """What the shell is told."""

    FINE = 0
    FOUND = 1  # findings, broken promises, a plan that is not done
    MISTAKE = 2  # the command, or what stands in the user's files
    SYSTEM = 3  # a system could not be reached, or refused
    APPROVAL = 4  # a second person is needed
    OURS = 70  # a fault of this program
    STOPPED = 130


_APPROVAL = {"approval-needed"}
_SYSTEM = {"system-unreachable", "store-unreachable"}


@dataclass(frozen=True)
class Answer:
    """What a command found: for machines, for people, and for the shell."""

    json: object
    shown: Sequence[RenderableType] = ()
    exit: Exit = Exit.FINE


@dataclass
class Door:
    """One call of the program."""

    words: Words
    as_json: bool = False
    debug: bool = False
    out: Console = field(default_factory=screen)
    beside: Console = field(default_factory=lambda: screen(stderr=True))
    folder: Path | None = None

    @contextmanager
    def open(self, folder: Path, **more: Any) -> Iterator[Organisation]:
        """The organisation of a folder; its files are shown where problems point at them."""
        from ordholden.app import open_organisation

        self.folder = folder
        with open_organisation(folder, **more) as organisation:
            yield organisation

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[str, int], None]]:
        """A bar beside the answer, where somebody is looking; its total where one is known."""
        if not self.beside.is_terminal or self.as_json:
            yield _unwatched
            return
        from ordholden.cli.bar import bar

        with bar(self.beside, self.words(what), total, self.words) as tell:
            yield tell

    def say(self, answer: Answer) -> int:
        if self.as_json:
            print_json(answer.json)
        else:
            for part in answer.shown:
                # What is to be copied is never broken, however narrow the terminal.
                self.out.print(part, soft_wrap=isinstance(part, Text) and bool(part.no_wrap))
        return int(answer.exit)

    def refuse(self, problems: Sequence[Problem]) -> int:
        """What the user can mend, said in full."""
        from ordholden.cli.problems import as_json, shown

        if self.as_json:
            print_json({"problems": [as_json(p, self.words) for p in problems]})
        else:
            for part in shown(problems, self.words, self.folder):
                self.beside.print(part)
        codes = {p.code for p in problems}
        if codes & _APPROVAL:
            return Exit.APPROVAL
        return Exit.SYSTEM if codes & _SYSTEM else Exit.MISTAKE


def _unwatched(_: str, __: int) -> None:
    """Progress that nobody sees."""


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def door() -> Door:
    """This call's door, inside a command."""
    return cast(Door, click.get_current_context().find_root().obj)


# — commands whose words are looked up —


class Spoken(click.Command):
    """A command whose help is in the reader's language."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = door_of(ctx).words
        self._usage(ctx, formatter, words)
        formatter.write_paragraph()
        formatter.write_text(words(f"help:{self.name}"))
        arguments = [p for p in self.get_params(ctx) if isinstance(p, click.Argument)]
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        self._records(
            formatter, words("help:arguments"), [(named(p), self.said(p, words)) for p in arguments]
        )
        self._records(formatter, words("help:options"), [(named(p), self.said(p, words)) for p in options])
        example = words.either(f"example:{self.name}", "")
        if example:
            with formatter.section(words("help:examples")):
                for line in example.splitlines():
                    formatter.write(f"  {line}\n")

    def said(self, parameter: click.Parameter, words: Words) -> str:
        return words.either(f"help:{self.name}:{_key(parameter)}", "") or words(f"help:any:{_key(parameter)}")

    def _usage(self, ctx: click.Context, formatter: click.HelpFormatter, words: Words) -> None:
        pieces = [p.make_metavar(ctx) for p in self.get_params(ctx) if isinstance(p, click.Argument)]
        line = " ".join([*pieces, words("help:any-options")])
        formatter.write_usage(ctx.command_path, line, prefix=f"{words('help:usage')}: ")

    def _records(self, formatter: click.HelpFormatter, title: str, records: list[tuple[str, str]]) -> None:
        if records:
            with formatter.section(title):
                formatter.write_dl(records, col_max=24)


def _key(parameter: click.Parameter) -> str:
    """What it is called in the words; click's own for `--help` has a name that nobody types."""
    return "help" if "--help" in parameter.opts else str(parameter.name)


def named(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return str(parameter.metavar or parameter.human_readable_name)
    value = f" {parameter.metavar}" if parameter.metavar and not getattr(parameter, "is_flag", False) else ""
    return ", ".join(sorted(parameter.opts, key=len)) + value


_FAMILIES = {
    "check": "check",
    "plan": "plans",
    "show": "plans",
    "approve": "plans",
    "apply": "plans",
    "verify": "plans",
    "plans": "plans",
    "explain": "people",
    "export": "people",
    "may-use": "people",
    "diff": "diff",
    "publish": "publish",
    "hold": "holds",
    "release": "holds",
    "holds": "holds",
    "replay": "replay",
    "promises": "promises",
    "audit": "audit",
    "member": "members",
    "token": "tokens",
    "revoke": "tokens",
    "tokens": "tokens",
    "key": "key",
    "serve": "running",
    "work": "running",
    "example": "example",
}


class Root(click.Group):
    """All commands, in the order of a policy's life; each is loaded when it is called."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(_FAMILIES)

    def get_command(self, _: click.Context, cmd_name: str) -> Spoken | None:
        if cmd_name not in _FAMILIES:
            return None
        from importlib import import_module

        family = import_module(f"ordholden.cli.{_FAMILIES[cmd_name]}")
        return cast(Spoken, getattr(family, cmd_name.replace("-", "_")))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = door_of(ctx).words
        formatter.write_usage(ctx.command_path, words("help:command"), prefix=f"{words('help:usage')}: ")
        formatter.write_paragraph()
        formatter.write_text(words("help:ordholden"))
        with formatter.section(words("help:commands")):
            formatter.write_dl([(name, words(f"help:{name}").split("\n")[0]) for name in _FAMILIES])
        with formatter.section(words("help:options")):
            formatter.write_dl([(named(p), words(f"help:any:{_key(p)}")) for p in self.get_params(ctx)])
        with formatter.section(words("help:exit")):
            formatter.write_dl([(str(code.value), words(f"exit:{code.name.lower()}")) for code in Exit])


def door_of(ctx: click.Context) -> Door:
    return cast(Door, ctx.find_root().obj)


def command(name: str) -> Callable[[Callable[..., Answer]], Spoken]:
    """Makes a command of a function; every command has the same three options."""

    def make(function: Callable[..., Answer]) -> Spoken:
        def call(**given: Any) -> int:
            here = door()
            here.as_json = given.pop("json")
            here.debug = given.pop("debug") or here.debug
            given.pop("language")
            return here.say(function(here, **given))

        params = [*reversed(getattr(function, "__click_params__", [])), *_everywhere()]
        return Spoken(name, callback=call, params=params)

    return make


def _everywhere() -> list[click.Parameter]:
    return [
        click.Option(["--json"], is_flag=True),
        click.Option(["--language"], type=click.Choice(LANGUAGES), metavar="da|en"),
        click.Option(["--debug"], is_flag=True),
    ]


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from ordholden import __version__

        click.echo(f"ordholden {__version__}")
        ctx.exit()


def root() -> Root:
    options: list[click.Parameter] = [
        click.Option(["--language"], type=click.Choice(LANGUAGES), metavar="da|en"),
        click.Option(["--debug"], is_flag=True),
        click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version),
    ]
    return Root("ordholden", params=options, callback=_help, invoke_without_command=True)


def _help(**_: object) -> None:
    """Said where no command is named."""
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


# — the way in, and every way out —


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; whatever happens, the user is told in a sentence and the shell by a number."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    here = Door(in_language(language_asked(given)), as_json="--json" in given, debug="--debug" in given)
    try:
        return _run(here, given)
    except (KeyboardInterrupt, click.Abort):
        here.beside.print(here.words("stopped"))
        return Exit.STOPPED
    except BrokenPipeError:
        # Whoever read our answer has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except Exception as error:
        # The door: what we did wrong is said in one line, never as a trace-back.
        if here.debug:
            raise
        here.beside.print(here.words("ours", kind=type(error).__name__, log=_logged(error)))
        return Exit.OURS


def _run(here: Door, given: Sequence[str]) -> int:
    try:
        return int(root().main(list(given), prog_name="ordholden", standalone_mode=False, obj=here) or 0)
    except click.UsageError as error:
        return here.refuse([_usage(error)])
    except Refusal as refusal:
        return here.refuse(refusal.problems)
    except SystemFailure as failure:
        facts = {"system": failure.system, "reason": failure.reason}
        return here.refuse([Problem("system-unreachable", None, facts)])


def _usage(error: click.UsageError) -> Problem:
    command = error.ctx.command_path if error.ctx else "ordholden"
    facts: Mapping[str, str]
    match error:
        case click.MissingParameter(param=click.Parameter() as parameter):
            code, facts = "usage-missing", {"what": named(parameter).strip()}
        case click.NoSuchOption():
            code, facts = (
                "usage-option",
                {"word": error.option_name, "nearest": " ".join(error.possibilities or ())},
            )
        case click.NoSuchCommand():
            from ordholden.problems import nearest

            code, facts = (
                "usage-command",
                {"word": error.command_name, "nearest": nearest(error.command_name, _FAMILIES)},
            )
        case _:
            code, facts = "usage", {"reason": error.format_message()}
    return Problem(code, None, {"command": command, **facts})


def _logged(error: Exception) -> Path:
    """Where in our code it happened, in a file for this account only. Its words could quote a value."""
    lines: list[str] = []
    at: BaseException | None = error
    while at is not None:
        lines.append(f"{type(at).__module__}.{type(at).__qualname__}")
        lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(at.__traceback__)]
        at = at.__cause__ or at.__context__
    with tempfile.NamedTemporaryFile(
        "w", prefix="ordholden-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write("\n".join(lines) + "\n")
    return Path(log.name)
