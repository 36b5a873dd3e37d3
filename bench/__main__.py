"""The door: sizes in, a table and a file of results out. Ends with 1 where something was done wrongly."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.measure import Measured, Wrong
from bench.place import Place, Sizes, opened_place
from tests.databases import version

WORKS: Mapping[str, str] = {
    "retention": "bench.retention:retention",
    "due": "bench.retention:due",
    "growth": "bench.retention:growth",
    "parents": "bench.parents:parents",
    "anonymise": "bench.anonymise:anonymise",
    "may-use": "bench.use:may_use",
    "memory": "bench.memory:memory",
    "person": "bench.shop:one",
    "people": "bench.shop:many",
    "footprint": "bench.footprint:footprint",
    "night": "bench.night:night",
}
_RESULTS = Path(__file__).parent / "results"


def main() -> int:
    asked = _asked()
    names = asked.only or list(WORKS)
    found: list[Measured] = []
    wrong: list[str] = []
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="ordholden-bench-") as folder:
        with opened_place(Path(folder), Sizes(asked.rows, asked.people)) as place:
            server = version(place.server)
            for name in names:
                place.say(f"{name} …")
                try:
                    for one in _work(name)(place):
                        found.append(one)
                        place.say(f"  {_line(one)}")
                except Wrong as reason:
                    wrong.append(f"{name}: {reason}")
                    place.say(f"  WRONG: {reason}")
    took = time.perf_counter() - begin
    _show(found, wrong, took)
    _keep(found, wrong, asked, server, took)
    return 1 if wrong else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the great tables (%(default)s)")
    parser.add_argument("--people", type=int, default=100_000, help="people in the shop (%(default)s)")
    parser.add_argument(
        "--only", action="append", choices=sorted(WORKS), metavar="NAME", help=", ".join(WORKS)
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results here")
    return parser.parse_args()


def _work(name: str) -> Callable[[Place], Iterator[Measured]]:
    module, _, function = WORKS[name].partition(":")
    return getattr(import_module(module), function)  # type: ignore[no-any-return]


def _show(found: list[Measured], wrong: list[str], took: float) -> None:
    print(f"{'work':<14}{'ours':>12}{'limit':>12}{'ratio':>8}{'bar':>9}  {'':<8}of what")
    for one in found:
        print(_line(one))
    for words in wrong:
        print(f"WRONG  {words}")
    print(f"{sum(m.reached for m in found)} of {len(found)} bars reached in {took:.0f} s")


def _line(one: Measured) -> str:
    said = "reached" if one.reached else "MISSED"
    parts = ", ".join(f"{name} {_amount(value, one.unit)}" for name, value in one.parts.items())
    return (
        f"{one.work:<14}{_amount(one.ours, one.unit):>12}{_amount(one.limit, one.unit):>12}{one.ratio:>8.3g}{one.bar!s:>9}"
        f"  {said:<8}{one.what}{f' ({parts})' if len(one.parts) > 1 else ''}"
    )


def _amount(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:,.0f} {unit}"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.2f} ms"


def _keep(
    found: list[Measured], wrong: list[str], asked: argparse.Namespace, server: str, took: float
) -> None:
    now = datetime.now(UTC)
    said = {
        "at": now.isoformat(timespec="seconds"),
        "rows": asked.rows,
        "people": asked.people,
        "postgresql": server,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "seconds": round(took),
        "wrong": wrong,
        "works": [one.as_json() for one in found],
    }
    _RESULTS.mkdir(exist_ok=True)
    for file in (_RESULTS / f"{now:%Y%m%d-%H%M%S}.json", asked.json):
        if file:
            file.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
