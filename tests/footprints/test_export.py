"""A copy holds what it has to, whole or not at all, for its owner alone, and says what is not in it."""

from __future__ import annotations

import csv
import json
import stat
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ordholden.connectors.errors import Unreachable
from ordholden.footprints import Footprints
from ordholden.footprints.copied import harmless
from ordholden.footprints.explain import Explanation, explain
from ordholden.footprints.export import LeftOut, Withheld, export_access, export_portability
from ordholden.grounds.wishes import Hold, Wishes
from ordholden.lang.texts import texts
from ordholden.policy.document import Policy, Text
from ordholden.problems import Refusal
from tests.footprints.making import card

ON = date(2026, 11, 22)
ANNA = card("crm.interns", 1)

Nordlys = tuple[Policy, Footprints]


def explained(nordlys: Nordlys, on: date = ON, wishes: Wishes | None = None) -> Explanation:
    policy, footprints = nordlys
    return explain(footprints, policy, [ANNA], on=on, wishes=wishes, reveal=True)


def reasons(left_out: tuple[LeftOut, ...]) -> dict[str, str]:
    return {f"{x.table.table}.{x.column}": x.reason for x in left_out}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Reading(HTMLParser):
    """What a page says in each language, where it leads, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.open: list[str] = []
        self.text: dict[str, str] = {}
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "main":
            self.language = str(known["lang"])
        if tag == "a":
            self.links.append(str(known["href"]))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text[self.language] = self.text.get(self.language, "") + data


def read(path: Path) -> Reading:
    reading = Reading()
    reading.feed(path.read_text(encoding="utf-8"))
    assert reading.open == []
    return reading


def test_the_copy_answers_five_questions_of_each_datum(nordlys: Nordlys, tmp_path: Path) -> None:
    policy, footprints = nordlys

    export = export_access(explained(nordlys), policy, footprints.readers, tmp_path / "copy")
    assert (export.data, export.files, export.left_out) == (5, 2, ())
    assert rows(export.folder / "csv" / "crm.interns.csv") == [
        {"record": "1", "name": "Anna Hansen", "email": "anna@nordlys.example"}
    ]
    data = json.loads((export.folder / "data.json").read_text("utf-8"))
    for datum in data["data"]:
        assert datum["category"]["da"]
        assert datum["why"]
        assert datum["sources"]
        assert datum["kept_until"] or datum["state"] == "open"
        assert "recipients" in datum
    schema = json.loads((export.folder / "schema.json").read_text("utf-8"))["tables"]
    email = schema["crm.interns"]["fields"]["email"]
    assert email["category"] == {"name": "email", "da": "e-mailadresse", "en": "e-mail address"}
    assert [p["activity"] for p in email["purposes"]] == ["run the internship"]
    assert email["kept_until"] == {"first": "2027-03-30", "last": "2027-03-30", "without_end": 0}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1+1", "'\t=1+1"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-anna", "'-anna"),
        ("+45 99 99 00 12", "+45 99 99 00 12"),
        ("-12,50", "-12,50"),
        ("Anna = Bo", "Anna = Bo"),
        (-3, -3),
        (None, None),
    ],
)
def test_nothing_that_somebody_typed_is_calculated_by_a_spreadsheet(typed: object, written: object) -> None:
    assert harmless(typed) == written


def test_the_page_is_readable_in_both_languages(nordlys: Nordlys, tmp_path: Path) -> None:
    policy, footprints = nordlys

    export = export_access(explained(nordlys), policy, footprints.readers, tmp_path / "copy")
    page = read(export.folder / "index.html")
    for said in ("Gennemføre forløbet", "til og med 30. marts 2027", "dig selv", "værter", "Datatilsynet"):
        assert said in page.text["da"]
    for said in (
        "Carry out the internship",
        "through 30 March 2027",
        "yourself",
        "placement hosts",
        "dt@data",
    ):
        assert said in page.text["en"]
    files = [link for link in page.links if link.startswith("files/")]
    assert sorted(set(files)) == ["files/audio/1/20261001-hello.wav", "files/audio/1/20261002-again.wav"]
    assert all((export.folder / link).is_file() for link in files)


def test_what_can_be_taken_along_is_what_was_provided_under_consent_or_contract(
    nordlys: Nordlys, tmp_path: Path
) -> None:
    policy, footprints = nordlys

    export = export_portability(explained(nordlys), policy, footprints.readers, tmp_path / "copy")
    assert reasons(export.left_out) == {"internships.employer": "source"}
    data = json.loads((export.folder / "data.json").read_text("utf-8"))
    assert data["tables"]["crm.interns"] == [
        {"record": "1", "name": "Anna Hansen", "email": "anna@nordlys.example"}
    ]
    assert (export.folder / "files/audio/1/20261001-hello.wav").read_bytes() == b"1/20261001-hello.wav"
    assert "Du har ikke" not in (export.folder / "index.html").read_text("utf-8")
    assert "Det er ikke dig, der har givet os det." in read(export.folder / "index.html").text["da"]


def test_what_is_restricted_expired_or_on_another_basis_is_not_taken_along(
    nordlys: Nordlys, tmp_path: Path
) -> None:
    policy, footprints = nordlys
    restricted = Wishes(holds=(Hold("R-1", frozenset([ANNA]), restriction=True),))

    held = export_portability(
        explained(nordlys, wishes=restricted), policy, footprints.readers, tmp_path / "a"
    )
    later = explained(nordlys, on=date(2029, 1, 1))
    old = export_portability(later, policy, footprints.readers, tmp_path / "b")
    assert reasons(held.left_out)["interns.email"] == "restricted"
    assert reasons(old.left_out) == {
        "interns.email": "expired",
        "internships.employer": "expired",
        "voices.path": "expired",
    }
    assert old.data == 1, "the name, by the consent that still stands"


def test_what_somebody_withholds_is_named_with_the_reason(nordlys: Nordlys, tmp_path: Path) -> None:
    policy, footprints = nordlys
    why = Text("Det er andres stemmer.", "They are others' voices.")

    export = export_access(
        explained(nordlys),
        policy,
        footprints.readers,
        tmp_path / "copy",
        withheld=[Withheld(why, system="audio")],
    )
    assert [(x.reason, x.count) for x in export.left_out] == [("withheld", 2)]
    assert not (export.folder / "files").exists()
    assert "They are others' voices." in read(export.folder / "index.html").text["en"]


def test_a_copy_is_its_owners_alone(nordlys: Nordlys, tmp_path: Path) -> None:
    policy, footprints = nordlys

    export = export_access(explained(nordlys), policy, footprints.readers, tmp_path / "copy")
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (export.folder, *export.folder.rglob("*"))}
    assert {m for p, m in modes.items() if p.is_dir()} == {0o700}
    assert {m for p, m in modes.items() if p.is_file()} == {0o600}


def test_a_copy_is_there_whole_or_not_at_all(
    nordlys: Nordlys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, footprints = nordlys

    def lost(_: str) -> None:
        raise Unreachable("audio", "no connection")

    monkeypatch.setattr(footprints.readers["audio"].files, "read", lost)  # type: ignore[attr-defined]
    with pytest.raises(Unreachable):
        export_access(explained(nordlys), policy, footprints.readers, tmp_path / "copies" / "copy")
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_file_that_is_gone_is_said_to_be(nordlys: Nordlys, tmp_path: Path) -> None:
    policy, footprints = nordlys
    known = explained(nordlys)
    (tmp_path / "audio" / "1" / "20261001-hello.wav").unlink()

    export = export_access(known, policy, footprints.readers, tmp_path / "copy")
    assert (export.files, [(x.reason, x.count) for x in export.left_out]) == (1, [("file", 1)])


def test_nothing_is_written_over(nordlys: Nordlys, tmp_path: Path) -> None:
    policy, footprints = nordlys
    (tmp_path / "copy").mkdir()
    export_access(explained(nordlys), policy, footprints.readers, tmp_path / "copy")

    with pytest.raises(Refusal) as refusal:
        export_access(explained(nordlys), policy, footprints.readers, tmp_path / "copy")
    assert refusal.value.problems[0].code == "export-place"


def test_words_from_a_system_are_text_on_the_page(nordlys: Nordlys, tmp_path: Path) -> None:
    policy, footprints = nordlys
    known = explained(nordlys)
    hostile = [d for d in known.data if d.column == "name"]
    object.__setattr__(hostile[0], "value", "<script>alert('x')</script>")

    export = export_access(known, policy, footprints.readers, tmp_path / "copy")
    html = (export.folder / "index.html").read_text("utf-8")
    assert "<script" not in html
    assert "<script>alert('x')</script>" in read(export.folder / "index.html").text["da"]


def test_both_languages_have_the_same_words() -> None:
    danish, english = (texts(language, "access") for language in ("da", "en"))

    assert {g: sorted(w) for g, w in danish.items()} == {g: sorted(w) for g, w in english.items()}
