"""`serve` and `work`: the product running for people, and what works behind it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ordholden.cli.door import Answer, Door, Exit, command
from ordholden.lang import Words
from ordholden.problems import Refusal

if TYPE_CHECKING:
    from ordholden.worker.duty import DutyState
    from ordholden.worker.worker import Worker

__all__ = ["serve", "work"]

house = click.argument(
    "house", metavar="DIR", type=click.Path(path_type=Path), envvar="ORDHOLDEN_HOUSE", default=Path()
)


@command("serve")
@house
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", envvar="ORDHOLDEN_HOST")
@click.option("--port", type=click.IntRange(1, 65_535), metavar="N", default=8000, envvar="ORDHOLDEN_PORT")
@click.option("--processes", type=click.IntRange(1, 256), metavar="N", default=1)
@click.option("--threads", type=click.IntRange(1, 256), metavar="N", default=4)
@click.option("--work/--no-work", "working", default=None)
def serve(
    here: Door, *, house: Path, host: str, port: int, processes: int, threads: int, working: bool | None
) -> Answer:
    from ordholden.web.serve import serve as serve_pages

    _must_be_free(host, port)
    _log()
    # The small installation is one process to start; the large one starts as many of each as it wants.
    working = not os.environ.get("ORDHOLDEN_STORE") if working is None else working
    here.beside.print(Text(here.words("serve:at", address=f"http://{_shown(host)}:{port}")))
    with _worker(house, here.words, wanted=working):
        serve_pages(house, address=host, port=port, workers=processes, threads=threads)
    return Answer({"served": str(house), "port": port}, [Text(here.words("work:stopped"), "dim")])


@command("work")
@house
@click.option("--hands", type=click.IntRange(1, 64), metavar="N", default=2)
@click.option("--once", is_flag=True)
@click.option("--show", is_flag=True)
@click.option("--patience", type=click.FloatRange(0), metavar="SECONDS", default=25.0)
def work(here: Door, *, house: Path, hands: int, once: bool, show: bool, patience: float) -> Answer:
    if show:
        return _shown_duties(here, house)
    from ordholden.app.house import folders_of
    from ordholden.web.begin import begin
    from ordholden.worker.worker import Worker
    from ordholden.worker.worker import once as do_once

    _log()
    # Whoever names a wrong folder is told before anything is made in it.
    folders_of(house)
    # The house's own database, where sessions and the links of letters are, is known from the pages' settings.
    begin(house)
    if once:
        done = do_once(house, language=here.words.language)
        return Answer({"done": done}, [Text(here.words("work:once", done=done))])
    worker = Worker(house, hands=hands, language=here.words.language)
    with _signals(worker):
        worker.start()
        worker.wait()
        done_in_time = worker.stop(patience=patience)
    said = here.words("work:stopped" if done_in_time else "work:left")
    return Answer({"ended": done_in_time}, [Text(said, "dim" if done_in_time else "yellow")])


def _must_be_free(host: str, port: int) -> None:
    """The server would share a port with another one, and people would reach now this one, now that."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise Refusal.of(
                "port-taken", host=host, port=port, reason=error.strerror or type(error).__name__
            ) from None


@contextmanager
def _worker(folder: Path, words: Words, *, wanted: bool) -> Iterator[None]:
    """Hands in this very process, while pages are served by others that it started."""
    if not wanted:
        yield
        return
    import multiprocessing

    from ordholden.web.begin import begin
    from ordholden.worker.worker import Worker

    # A copy of a process whose threads are at work could wait for ever for a lock that one of them held.
    multiprocessing.set_start_method("spawn", force=True)
    # Whoever sets Django up first has done so for the whole process.
    begin(folder)
    worker = Worker(folder, language=words.language)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


@contextmanager
def _signals(worker: Worker) -> Iterator[None]:
    """SIGTERM and Ctrl-C ask to stop; a second time they don't ask."""

    def stop(_: int, __: object) -> None:
        worker.ask_to_stop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _log() -> None:
    """One line for each thing done, on standard error, where whoever runs services collects it."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    mine = logging.getLogger("ordholden.work")
    mine.handlers, mine.propagate = [lines], False
    mine.setLevel(logging.INFO)


def _shown(host: str) -> str:
    return {"127.0.0.1": "localhost", "0.0.0.0": "localhost", "::1": "localhost"}.get(  # noqa: S104 – only said
        host, f"[{host}]" if ":" in host else host
    )


# — how the duties stand —


def _shown_duties(here: Door, folder: Path) -> Answer:
    from ordholden.app.house import House
    from ordholden.worker.roster import states

    answer: dict[str, Any] = {}
    shown: list[RenderableType] = []
    failing = False
    with House(folder) as found:
        for name in found.names:
            standing = states(found.organisation(name).store)
            answer[name] = [_as_json(s) for s in standing]
            failing = failing or any(s.failures for s in standing)
            shown += [Text(name, "bold"), *_lines(standing, here.words)]
    return Answer(answer, shown, Exit.FOUND if failing else Exit.FINE)


def _lines(standing: Sequence[DutyState], words: Words) -> Iterator[RenderableType]:
    table = Table(box=None, padding=(0, 2, 0, 2), show_edge=False, header_style="dim")
    for name in ("duty", "last done", "next time"):
        table.add_column(words(f"column:{name}"), no_wrap=True)
    for state in standing:
        style = "bold red" if state.failures else ""
        named = Text(words.either(f"duty:{state.name}", state.name), style)
        table.add_row(named, Text(_moment(state.last_at)), Text(_moment(state.next_at)))
    yield table
    for state in standing:
        said = Text(f"{words.either(f'duty:{state.name}', state.name)}: ")
        if state.failures:
            since = _moment(state.failing_since)
            yield Padding(said.append(words("work:failing", since=since, reason=state.reason)), (0, 0, 0, 2))
        elif state.came:
            came = ", ".join(f"{k} {v}" for k, v in state.came.items())
            yield Padding(said.append(came), (0, 0, 0, 2))


def _moment(moment: Any) -> str:
    from zoneinfo import ZoneInfo

    return f"{moment.astimezone(ZoneInfo('Europe/Copenhagen')):%Y-%m-%d %H:%M}" if moment else "–"


def _as_json(state: DutyState) -> dict[str, Any]:
    return {
        "duty": state.name,
        "last done": state.last_at.isoformat() if state.last_at else None,
        "next time": state.next_at.isoformat(),
        "in hand of": state.holder or None,
        "came of it": dict(state.came),
        "failures": state.failures,
        "failing since": state.failing_since.isoformat() if state.failing_since else None,
        "reason": state.reason or None,
    }
