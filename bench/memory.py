"""What a sweep needs of memory at its most, in a process of its own: little, and not more where a table is greater."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Bar, Measured, Wrong
from bench.place import Place
from bench.retention import SWEEP, fill_visits, held
from bench.road import Road

__all__ = ["memory"]

MEGABYTES = 300


def memory(place: Place) -> Iterator[Measured]:
    """A tenth of the rows is due in both tables, of which one has ten times as many."""
    rows = place.sizes.rows
    small, great = (_peak(place, size) for size in (rows // 10, rows))
    what = f"the most that a sweep of {rows // 10:,} of {rows:,} rows holds"
    yield Measured("memory", what, great, MEGABYTES, great / MEGABYTES, Bar(1), "MB")
    what = f"the same, against {rows // 100:,} of {rows // 10:,} rows"
    yield Measured("flat", what, great, small, great / small, Bar(1.1), "MB")


def _peak(place: Place, rows: int) -> float:
    name = f"visits_{rows}_{rows // 10}"
    place.filled(name, lambda connection: fill_visits(connection, rows, rows // 10))
    with place.copy(name) as url:
        asked = [sys.executable, "-m", "bench.memory", url, str(place.folder / f"memory-{rows}"), str(rows)]
        said = subprocess.run(asked, check=True, capture_output=True, text=True)
    found = json.loads(said.stdout.splitlines()[-1])
    if found["rows"] != rows // 10 - found["held"]:
        raise Wrong(f"{found['rows']} rows are gone of {rows}")
    return float(found["megabytes"])


def _swept(url: str, folder: Path, rows: int) -> None:
    wishes = held(rows)
    with Road("visits", url, folder) as road:
        kept = road.plan(SWEEP, wishes)
        road.apply(kept, wishes)
        gone = road.done(kept)["delete visits"]
    # One customer in a hundred is held, and visits are spread evenly.
    print(json.dumps({"rows": gone, "held": rows // 1_000, "megabytes": _most()}))


def _most() -> float:
    """Megabytes at the peak of this process; what `getrusage` says is that of its parent, where that was greater."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    _swept(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
