"""A folder of files answers like a table: what its names say, by the same terms as rows of a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ordholden.connectors.files import open_files
from ordholden.connectors.files.names import names
from ordholden.connectors.files.reader import FilesReader
from ordholden.connectors.predicate import (
    FALSE,
    TRUE,
    Before,
    Day,
    Earlier,
    Exists,
    Filled,
    KeyIn,
    KeySpan,
    Known,
    Missing,
    Not,
    Predicate,
    Referenced,
    RowIn,
    Test,
    ValueIn,
    both,
    either,
)
from ordholden.inventory.read import read_inventory
from ordholden.inventory.system import Table, TableName
from ordholden.policy.condition import ColumnCondition, Values
from ordholden.problems import Problems

SYSTEMS = """
audio:
  url: file:audio
  backups: none
  folders:
    recordings:
      names: "rec/{local}/{date:YYYYMMDD}-{number}.wav"
      people: employee
      person: local
      identifiers: {local number: local}
      matter: {recording: path}
      content: call recording
      events: {call recorded: date}
      values: {number: number}
    voicemails:
      names: "{local}-{date:YYYYMMDD}.mp3"
      people: employee
      person: local
      matter: {voicemail: path}
      content: voicemail
      events: {voicemail received: date}
"""

FILES = [
    "rec/204/20260110-88.wav",
    "rec/204/20261120-12345678.wav",
    "rec/205/20260231-77.wav",
    "rec/205/notes.txt",
    "204-20260601.mp3",
    "desktop.ini",
]

RECORDINGS, VOICEMAILS = TableName("audio", "recordings"), TableName("audio", "voicemails")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[FilesReader]:
    (tmp_path / "systems.yaml").write_text(SYSTEMS, encoding="utf-8")
    for name in FILES:
        path = tmp_path / "audio" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sound")
    inventory = read_inventory(tmp_path, Problems(), {})
    assert inventory is not None
    with open_files("file:audio", tmp_path) as files:
        yield FilesReader(inventory.systems["audio"], files)


@pytest.mark.parametrize(
    ("pattern", "path", "parts"),
    [
        ("{a}/{b}.wav", "x/y.wav", {"a": "x", "b": "y"}),
        ("{a}/{b}.wav", "x/y/z.wav", None),
        ("{a}/{b}.wav", "x/y.wav.bak", None),
        ("{a}-{b}.wav", "1-2-3.wav", {"a": "1", "b": "2-3"}),
        ("{day:YYYY-MM-DD} {a}.mp3", "2026-11-22 x.mp3", {"day": date(2026, 11, 22), "a": "x"}),
        ("{day:YYYYMMDD}.mp3", "20260231.mp3", {"day": "20260231"}),
        ("{day:YYYYMMDD}.mp3", "2026022.mp3", None),
        ("{a}/{a}-{b}", "7/7-1", {"a": "7", "b": "1"}),
        ("{a}/{a}-{b}", "7/8-1", None),
        ("x.+({a})", "x.+(1)", {"a": "1"}),
    ],
)
def test_a_name_says_its_parts(pattern: str, path: str, parts: dict[str, object] | None) -> None:
    assert names(pattern).parts(path) == parts


def test_a_file_is_a_row_with_the_parts_of_its_name(reader: FilesReader) -> None:
    table = reader.system.tables["recordings"]
    (row, *_) = next(iter(reader.rows(RECORDINGS, TRUE)))

    assert row.key == ("rec/204/20260110-88.wav",)
    assert (row.values["local"], row.values["date"], row.values["number"]) == ("204", date(2026, 1, 10), "88")
    assert row.values["size"] == 5
    assert table.person is not None
    assert row.links == {table.person: "204", table.matters[0].path: row.key[0]}


def terms(table: Table, voicemails: Table) -> dict[str, tuple[Predicate, list[int]]]:
    """Predicates about recordings, and which of the three fulfil them."""
    assert table.person is not None
    assert voicemails.person is not None
    theirs, (heard,) = voicemails.person, voicemails.events
    (event,), person = table.events, table.person
    number = Test(ColumnCondition("number is 88", (Values("number", ("88",)),)))
    old = Before(event, date(2026, 1, 10))
    return {
        "all": (TRUE, [0, 1, 2]),
        "none": (FALSE, []),
        "person": (KeyIn(person, ("205", 204)), [0, 1, 2]),
        "one person": (KeyIn(person, ("205",)), [2]),
        "before": (old, [0]),
        "the day before": (Before(event, date(2026, 1, 9)), []),
        "not before": (Not(old), [1, 2]),
        "known": (Known(event), [0, 1]),
        "test": (number, [0]),
        "value": (ValueIn("number", ("77", "88"), or_missing=True), [0, 2]),
        "row": (RowIn(((FILES[1],),)), [1]),
        "span": (KeySpan((FILES[0],), (FILES[1],)), [1]),
        "filled": (Filled("path"), [0, 1, 2]),
        "missing": (Missing(person), []),
        "referenced": (Referenced(), []),
        "both": (both([KeyIn(person, ("204",)), Not(number)]), [1]),
        "either": (either([number, KeyIn(person, ("205",))]), [0, 2]),
        "voicemail": (Exists(VOICEMAILS, theirs, person, TRUE), [0, 1]),
        "later voicemail": (Exists(VOICEMAILS, theirs, person, Earlier(Day(event, up=1), Day(heard))), [0]),
    }


def test_every_term_is_judged(reader: FilesReader) -> None:
    wrong = {}
    tables = reader.system.tables
    for name, (predicate, wanted) in terms(tables["recordings"], tables["voicemails"]).items():
        found = [key for page in reader.keys(RECORDINGS, predicate, batch=2) for key in page]
        if found != [(FILES[n],) for n in wanted] or reader.count(RECORDINGS, predicate) != len(wanted):
            wrong[name] = found

    assert wrong == {}


def test_names_that_say_nothing_are_strays(reader: FilesReader) -> None:
    assert [f.path for f in reader.strays()] == ["desktop.ini", "rec/205/notes.txt"]


def test_identifiers_are_found_in_names(reader: FilesReader) -> None:
    found = [
        row.key[0] for page in reader.matching(RECORDINGS, "local", "local number", {"204"}) for row in page
    ]

    assert found == [FILES[0], FILES[1]]


def test_a_file_that_has_gone_since_the_listing_is_not_said_to_be_there(reader: FilesReader) -> None:
    person = reader.system.tables["recordings"].person
    assert person is not None
    assert reader.size(RECORDINGS) == 3
    reader.files.remove(FILES[0])

    assert [k for page in reader.keys(RECORDINGS, KeyIn(person, ("204",))) for k in page] == [(FILES[1],)]
    assert reader.size(RECORDINGS) == 2
