"""A person's copy in a folder: everything with its five answers (access), or what can be taken along
(portability).

Each copy has a page for people (`index.html`, Danish and English), the data as JSON and as one CSV file for
each table, a schema that says what each column is, and the files themselves. It is written beside its place
and put there whole: nobody finds half a copy. Only its owner can open it.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ordholden.connectors.errors import Refused
from ordholden.connectors.files.reader import FilesReader
from ordholden.connectors.reading import Reader
from ordholden.footprints.copied import Export, LeftOut, Withheld, csv_place, file_place, harmless, records
from ordholden.footprints.explain import Datum, Explanation, State, plain
from ordholden.footprints.page import Page, page
from ordholden.inventory.system import TableName
from ordholden.law.authority import authority
from ordholden.policy.document import THE_PERSON, BasisKind, Policy, Text
from ordholden.problems import Refusal

__all__ = ["Export", "LeftOut", "Withheld", "export_access", "export_portability", "not_portable"]

FORMAT = 1


Reason = tuple[str, Text | None]


def export_access(
    explanation: Explanation,
    policy: Policy,
    readers: Mapping[str, Reader],
    folder: Path,
    *,
    withheld: Sequence[Withheld] = (),
) -> Export:
    """Everything about the person, with what, why, from where, how long and for whom (GDPR art. 15)."""

    def reason(datum: Datum) -> Reason | None:
        return _withheld(datum, withheld)

    return _export(
        "access", explanation=explanation, policy=policy, readers=readers, folder=folder, reason=reason
    )


def export_portability(
    explanation: Explanation,
    policy: Policy,
    readers: Mapping[str, Reader],
    folder: Path,
    *,
    withheld: Sequence[Withheld] = (),
) -> Export:
    """What the person provided, as far as it lives on consent or contract (GDPR art. 20)."""

    def reason(datum: Datum) -> Reason | None:
        return _withheld(datum, withheld) or not_portable(datum, explanation, policy)

    return _export(
        "portability", explanation=explanation, policy=policy, readers=readers, folder=folder, reason=reason
    )


def _withheld(datum: Datum, withheld: Sequence[Withheld]) -> Reason | None:
    return next((("withheld", w.why) for w in withheld if w.covers(datum)), None)


def not_portable(datum: Datum, explanation: Explanation, policy: Policy) -> Reason | None:
    """Why a datum cannot be taken along: its state, its ground, or that it does not come from the person."""
    if datum.state in (State.UNDECLARED, State.EXPIRED):
        return datum.state.value, None
    if datum.restricted:
        return "restricted", None
    agreed = [
        policy.activities[w.activity]
        for w in datum.alive
        if explanation.purposes[w.activity].basis in (BasisKind.CONSENT, BasisKind.CONTRACT)
    ]
    if not agreed:
        return "basis", None
    agreed = [a for a in agreed if a.name not in datum.suspended]
    if not agreed:
        return "restricted", None
    own = [datum.own_source] if datum.own_source else [s for activity in agreed for s in activity.sources]
    return None if THE_PERSON in own else ("source", None)


def _export(
    kind: str,
    *,
    explanation: Explanation,
    policy: Policy,
    readers: Mapping[str, Reader],
    folder: Path,
    reason: Callable[[Datum], Reason | None],
) -> Export:
    if any(d.masked for d in explanation.data):
        raise ValueError("a copy is made of an explanation with its values revealed")
    reasons = [(datum, reason(datum)) for datum in explanation.data]
    kept = replace(explanation, data=tuple(d for d, why in reasons if why is None))
    left_out = [(d, why) for d, why in reasons if why is not None]
    with _placed(folder) as place:
        copied, missing = _copy_files(kept, readers, place)
        told = _left_out([*left_out, *((d, ("file", None)) for d in missing)])
        _write(kind, kept, policy, place, told)
    return Export(folder, len(kept.data), tuple(kept.tables), copied, told)


def _left_out(found: Iterable[tuple[Datum, Reason]]) -> tuple[LeftOut, ...]:
    counted: dict[LeftOut, int] = {}
    for datum, (reason, why) in found:
        place = LeftOut(datum.table, datum.column, datum.category_text, reason, why, 0)
        counted[place] = counted.get(place, 0) + 1
    return tuple(replace(place, count=n) for place, n in counted.items())


@contextmanager
def _placed(folder: Path) -> Iterator[Path]:
    """A new folder for its owner alone, which becomes `folder` when all is written."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal.of("export-place", folder=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield place
        place.rename(folder)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


# — files —


def _copy_files(
    explanation: Explanation, readers: Mapping[str, Reader], place: Path
) -> tuple[int, list[Datum]]:
    """Copies every file once; gives how many, and the data whose file is not there."""
    copied, missing = 0, []
    done: dict[tuple[TableName, str], bool] = {}
    for datum in explanation.data:
        if datum.file is None:
            continue
        where = (TableName(datum.file[0].system, ""), datum.file[1])
        if where not in done:
            target = _below(place, file_place(datum))
            done[where] = _copy_file(readers.get(where[0].system), where[1], target)
            copied += done[where]
        if not done[where]:
            missing.append(datum)
    return copied, missing


def _below(place: Path, path: Path) -> Path:
    """The path below the copy, its folders made for the owner alone."""
    for folder in reversed(path.parents[:-1]):
        (place / folder).mkdir(mode=0o700, exist_ok=True)
    return place / path


def _copy_file(reader: Reader | None, path: str, target: Path) -> bool:
    if not isinstance(reader, FilesReader):
        return False
    try:
        with target.open("wb") as copy:
            for piece in reader.files.read(path):
                copy.write(piece)
    except Refused:
        target.unlink(missing_ok=True)
        return False
    target.chmod(0o600)
    return True


# — data —


def _write(
    kind: str, explanation: Explanation, policy: Policy, place: Path, left_out: Sequence[LeftOut]
) -> None:
    schema = _schema(kind, explanation)
    _text(place / "schema.json", _json(schema))
    _text(place / "data.json", _json(_data(kind, explanation, left_out)))
    (place / "csv").mkdir(mode=0o700)
    for name, data in explanation.tables.items():
        _csv(place / csv_place(name), data)
    _text(place / "index.html", page(Page(kind, explanation, policy, tuple(left_out))))


def _data(kind: str, explanation: Explanation, left_out: Sequence[LeftOut]) -> dict[str, Any]:
    told = [
        {
            "table": str(x.table),
            "field": x.column,
            "category": {"da": x.category.da, "en": x.category.en},
            "reason": x.reason,
            "why": {"da": x.why.da, "en": x.why.en} if x.why else None,
            "count": x.count,
        }
        for x in left_out
    ]
    about = {"format": f"ordholden-{kind}/{FORMAT}", "left_out": told}
    if kind == "access":
        whom = authority()
        complaint = {"name": whom.name, "address": whom.address, "email": whom.email, "phone": whom.phone}
        return {**about, **explanation.as_json(), "complaint": complaint}
    tables = {
        str(name): [
            {"record": record, **{d.column: plain(d.value) for d in data}} for record, data in records(found)
        ]
        for name, found in explanation.tables.items()
    }
    return {
        **about,
        "organisation": explanation.organisation,
        "on": explanation.on.isoformat(),
        "tables": tables,
    }


def _csv(path: Path, data: Sequence[Datum]) -> None:
    columns = list(dict.fromkeys(d.column for d in data))
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["record", *columns])
        for record, found in records(data):
            values = {d.column: plain(d.value) for d in found}
            rows.writerow([harmless(record), *(harmless(values.get(c)) for c in columns)])
    path.chmod(0o600)


def _schema(kind: str, explanation: Explanation) -> dict[str, Any]:
    """Of each column: what it is, what for, from where, and until when."""
    return {
        "format": f"ordholden-{kind}/{FORMAT}",
        "encoding": "utf-8",
        "days": "ISO 8601; the last day kept",
        "csv": "a text that a spreadsheet would calculate has an apostrophe before it; data.json has it as it is",
        "tables": {
            str(name): {
                "file": csv_place(name).as_posix(),
                "record": "the record's key in the system",
                "fields": {
                    c: _field(explanation, [d for d in data if d.column == c]) for c in _columns(data)
                },
            }
            for name, data in explanation.tables.items()
        },
    }


def _columns(data: Sequence[Datum]) -> Iterable[str]:
    return dict.fromkeys(d.column for d in data)


def _field(explanation: Explanation, data: Sequence[Datum]) -> dict[str, Any]:
    first = data[0]
    purposes = dict.fromkeys(w.activity for d in data for w in d.alive)
    days = sorted({d.last_day for d in data if d.last_day is not None and d.state is State.KEPT})
    return {
        "category": {"name": first.category, "da": first.category_text.da, "en": first.category_text.en},
        "sensitivity": first.sensitivity.value,
        "purposes": [
            {
                "activity": name,
                "da": explanation.purposes[name].purpose.da,
                "en": explanation.purposes[name].purpose.en,
                "basis": explanation.purposes[name].article,
            }
            for name in purposes
        ],
        "sources": list(dict.fromkeys(s for d in data for s in d.sources)),
        "recipients": list(dict.fromkeys(r.name for d in data for r in explanation.recipients(d))),
        "kept_until": {
            "first": days[0].isoformat() if days else None,
            "last": days[-1].isoformat() if days else None,
            "without_end": sum(1 for d in data if d.last_day is None),
        },
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
