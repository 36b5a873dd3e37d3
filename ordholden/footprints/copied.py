"""What a person's copy is made of: what is withheld and left out, and where each part is in its folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ordholden.footprints.explain import Datum
from ordholden.inventory.system import TableName
from ordholden.policy.document import Text

__all__ = ["Export", "LeftOut", "Withheld", "csv_place", "file_place", "harmless", "records"]


@dataclass(frozen=True)
class Withheld:
    """What somebody decided not to hand over, and why (GDPR art. 15(4) and 20(4), databeskyttelsesloven §
    22).

    A whole system, a table of it, or a column; or a category, wherever it is. A file is withheld with the
    folder that it lies in, whichever record knows it.
    """

    why: Text
    system: str = ""
    table: str = ""
    column: str = ""
    category: str = ""

    def covers(self, datum: Datum) -> bool:
        said = (self.system, self.table, self.column, self.category)
        places = [(datum.table, datum.column), *([(datum.file[0], "path")] if datum.file else [])]
        return any(said) and any(
            all(wanted in ("", here) for wanted, here in zip(said, found, strict=True))
            for name, column in places
            for found in [(name.system, name.table, column, datum.category)]
        )


@dataclass(frozen=True)
class LeftOut:
    """Data that is not in a copy: where it is, how many there are, and why."""

    table: TableName
    column: str
    category: Text
    reason: str
    why: Text | None
    count: int


@dataclass(frozen=True)
class Export:
    """A finished copy."""

    folder: Path
    data: int
    tables: tuple[TableName, ...]
    files: int
    left_out: tuple[LeftOut, ...]


def csv_place(name: TableName) -> Path:
    return Path("csv", f"{_safe(name.system)}.{_safe(name.table)}.csv")


def file_place(datum: Datum) -> Path:
    """Where a datum's file is in the copy."""
    folder, path = datum.file or (datum.table, "")
    return Path("files", _safe(folder.system), *(_safe(part) for part in path.split("/")))


def records(data: Sequence[Datum]) -> Iterator[tuple[str, list[Datum]]]:
    """A table's data, record by record."""
    found: dict[str, list[Datum]] = {}
    for datum in data:
        found.setdefault("-".join(str(k) for k in datum.key), []).append(datum)
    yield from found.items()


def _safe(part: str) -> str:
    """A name that is one on every system; a part that leads elsewhere leads nowhere."""
    name = re.sub(r'[\x00-\x1f\\/:*?"<>|]', "_", part).strip(". ")
    return name or "_"


_CALCULATED = re.compile(r"[=@\t\r]|[+-](?![\d\s().,/-]*$)")


def harmless(value: object) -> object:
    """A text that a spreadsheet would calculate, with an apostrophe before it; a telephone number is none.

    The copy is opened by people whose details somebody else may have typed. `data.json` has every text as it is.
    """
    return f"'{value}" if isinstance(value, str) and _CALCULATED.match(value) else value
