"""Every letter says what the law wants, in both languages, in every form, whatever people wrote."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordholden.lang import LANGUAGES, say
from ordholden.lang.texts import texts
from ordholden.post import KINDS, Letter, pdf, together, wordings, write
from ordholden.post.kinds import COMPUTED, FACTS, Form
from ordholden.post.letter import OWN_WORDINGS
from ordholden.problems import Level, Refusal
from tests.docs.pages import ROOT, blocks
from tests.post.making import DUE, NORDLYS, ON, letter
from tests.post.making import FACTS as ALL

EVERY = [(kind, language) for kind in KINDS for language in LANGUAGES]
CASES = sorted(texts("da", "letters")["wish"])

HOSTILE = '#panic("x") <script>alert(1)</script> $ * _ ` \\ [x] {case} {{ @ref <label> = // /* "\' &amp; ${7*7} **x** ]'


class Elements(HTMLParser):
    """Every element with its attributes, and whether all were closed."""

    VOID = frozenset({"br", "meta"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.found}


def own(folder: Path, kind: str, text: str, language: str = "da") -> Path:
    place = folder / OWN_WORDINGS
    place.mkdir(exist_ok=True)
    (place / f"{kind}.{language}.md").write_text(text, encoding="utf-8")
    return folder


def found(folder: Path) -> list[tuple[str, str]]:
    return [(p.code, str(p.at)) for p in wordings(folder)]


# — every kind —


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_says_everything_that_it_was_told(kind: str, language: str) -> None:
    text = letter(kind, language).text

    assert "{" not in text
    for name in KINDS[kind].needs:
        if FACTS[name] in (Form.WORDS, Form.QUOTE):
            assert str(ALL[name]).splitlines()[0] in text, name
        elif FACTS[name] is Form.LIST and ALL[name]:
            assert str(ALL[name][0]) in text, name  # type: ignore[index]
        elif FACTS[name] is Form.TABLE:
            assert str(ALL[name][0][0]) in text, name  # type: ignore[index]
        elif type(ALL[name]) is date:
            assert (("22. november 2026", "22. december 2026"), ("22 November 2026", "22 December 2026"))[
                language == "en"
            ][ALL[name] == DUE] in text, name


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_can_do_without_what_may_be_missing(kind: str, language: str) -> None:
    empty = {Form.LIST: [], Form.TABLE: [], Form.FIELDS: [("Navn", "")]}
    needs = {name: empty.get(FACTS[name], ALL[name]) for name in KINDS[kind].needs}

    written = write(kind, language, needs, NORDLYS, on=ON)

    assert "[" not in written.text
    assert not re.search(r":\n\n(?:[^-\n]+\n-{3}|-- )", written.text), "a sentence announces nothing"
    assert not re.search(r" [,.]|\s\)|\(\s|  \S", written.text.replace("\n  ", "\n"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_reason_no_day_no_letter(kind: str) -> None:
    needed = [n for n in KINDS[kind].needs if FACTS[n] not in (Form.LIST, Form.TABLE, Form.FIELDS)]
    for name in needed:
        for nothing in ("  ", None):
            with pytest.raises(Refusal) as refusal:
                letter(kind, **{name: nothing})
            assert [dict(p.facts) for p in refusal.value.problems] == [{"kind": kind, "fact": name}]


@pytest.mark.parametrize("name", [name for name, form in FACTS.items() if form is Form.DAY])
def test_a_day_is_a_real_day(name: str) -> None:
    kind = next(k for k in KINDS.values() if name in k.known)
    for value in ("in about a month", "2026-12-22", datetime(2026, 12, 22, 12, 0)):
        with pytest.raises(TypeError):
            letter(kind.name, **{name: value})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("right", CASES)
def test_every_right_has_words(right: str, language: str) -> None:
    text = letter("receipt", language, right=right).text

    assert texts(language, "letters")["wish"][right] in text


def test_both_languages_have_the_same_words_for_letters() -> None:
    danish, english = (texts(language, "letters") for language in ("da", "en"))

    assert {g: sorted(w) for g, w in danish.items()} == {g: sorted(w) for g, w in english.items()}


def test_english_letters_have_no_danish_left_overs_and_the_other_way_round() -> None:
    for kind in KINDS:
        needs = {
            n: "x" if FACTS[n] in (Form.LINE, Form.WORDS, Form.QUOTE) else ALL[n] for n in KINDS[kind].needs
        }
        needs |= {n: [] for n in KINDS[kind].needs if FACTS[n] in (Form.LIST, Form.TABLE)}
        needs |= {n: [("x", "")] for n in KINDS[kind].needs if FACTS[n] is Form.FIELDS}
        danish, english = (write(kind, language, needs, NORDLYS, on=ON).text for language in LANGUAGES)
        english = english.replace("Nordlys Rejser ApS", "").replace("borger/klage", "")
        assert not re.search(r"\b(?:og|ikke|det|vi|dig|har|den)\b|[æøåÆØÅ]", english), kind
        assert not re.search(r"\b(?:the|you|we|is|of|your|and)\b", danish), kind


def test_what_is_empty_is_said_and_not_announced() -> None:
    text = letter("answer-erasure", recipients=[], backups=[], stays=[]).text

    assert "Vi har ikke givet det videre til nogen." in text
    assert "har fået besked" not in text
    assert "Der er ikke noget, vi beholder." in text
    assert "Det forsvinder af sig selv" not in text


def test_a_section_without_content_is_left_out_with_its_heading() -> None:
    without = letter("answer-access", transfers=[], left_out=[], link="", link_until=None).text

    assert "ud af EU" not in without
    assert "Hent filerne" not in without
    assert "Oplysninger, der sendes ud af EU" in letter("answer-access").text


def test_what_stays_has_its_reason_and_its_last_day() -> None:
    html = letter("partly").html

    assert "31. december 2031" in html
    assert "Ingen slutdag endnu" in html
    assert "bogføringsloven kræver den" in html


def test_a_last_day_that_was_kept_as_text_is_written_as_a_day() -> None:
    text = letter("answer-erasure", backups=[("arkivet", "2027-01-31"), ("båndet", "")]).text

    assert "31. januar 2027" in text
    assert "Kendes ikke" in text


def test_the_moment_a_link_ends_is_told_in_danish_time() -> None:
    assert "23. november 2026 kl. 14.05" in letter("sign-in-link").text
    assert "23 November 2026 at 14:05" in letter("sign-in-link", "en").text


def test_the_contact_is_the_one_for_the_letters_topic() -> None:
    assert "privat@nordlys.example" in letter("identity-asked").text
    assert "salg@nordlys.example" in letter("identity-asked", topic="sales").text
    assert "privat@nordlys.example" in letter("identity-asked", topic="no such topic").text


def test_somebody_without_a_name_is_greeted_all_the_same() -> None:
    assert "\n\nHej,\n\n" in letter(name="").text
    assert "\n\nHello,\n\n" in letter("receipt", "en", name="  ").text


# — what people write —


def test_nothing_that_people_write_becomes_html() -> None:
    written = [name for name, form in FACTS.items() if form in (Form.LINE, Form.WORDS, Form.QUOTE)]
    for kind in KINDS:
        plain = letter(kind, **dict.fromkeys(written, "x"))
        attacked = letter(kind, **dict.fromkeys(written, HOSTILE))
        assert Elements(attacked.html).found[1:] == Elements(plain.html).found[1:]
        assert Elements(attacked.fragment).found == Elements(plain.fragment).found


def test_nothing_that_people_write_is_read_as_a_wording() -> None:
    text = letter("message", text=HOSTILE, name="{complaint} [x] **y**").text

    assert HOSTILE in text
    assert "Kære {complaint} [x] **y**," in text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "/sag/1", "ftp://x.example"])
def test_only_a_web_address_becomes_a_link(link: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        letter("sign-in-link", link=link)


def test_a_link_cannot_leave_its_attribute() -> None:
    html = letter("sign-in-link", link='https://x.example/"onclick="alert(1)').html

    assert [attrs for tag, attrs in Elements(html).found if "onclick" in attrs] == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_written_the_letter_holds_together(name: str, words: str) -> None:
    written = (
        letter("message", name=name, text=words or "x", case=name) if words.strip() else letter(name=name)
    )

    assert Elements(written.html).open == []
    assert "\n" not in written.subject
    assert "\r" not in written.text


# — HTML —


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_mail_fetches_nothing_and_runs_nothing(kind: str, language: str) -> None:
    whole = Elements(letter(kind, language).html)
    fetched = [attrs for _, attrs in whole.found if {"src", "srcset", "background", "action"} & attrs.keys()]

    assert fetched == []
    assert whole.names.isdisjoint({"script", "img", "link", "iframe", "form", "object", "style", "base"})
    assert "url(" not in letter(kind, language).html
    assert whole.found[0] == ("html", {"lang": language})


@pytest.mark.parametrize("kind", KINDS)
def test_on_our_own_pages_a_letter_needs_no_exception_from_the_policy_for_content(kind: str) -> None:
    part = Elements(letter(kind).fragment)

    assert [
        attrs for _, attrs in part.found if "style" in attrs or any(a.startswith("on") for a in attrs)
    ] == []
    assert part.names.isdisjoint({"style", "script", "html", "body", "h1", "main"})
    assert part.found[0][1]["lang"] == "da"


# — paper —


def streams(made: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            yield zlib.decompress(match[1])
        except zlib.error:
            yield match[1]


def pages(made: bytes) -> int:
    return len(re.findall(rb"/Type ?/Page\b", made + b"".join(streams(made))))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_paper_can_be_read_aloud(kind: str, language: str) -> None:
    made = pdf(letter(kind, language))
    inside = made + b"".join(streams(made))

    assert made.startswith(b"%PDF-")
    assert re.search(rb"/MarkInfo ?<<\s*/Marked true", inside)
    assert b"/StructTreeRoot" in inside
    assert re.search(rb"/Lang ?\(" + language.encode(), inside)
    assert re.search(rb"<pdfuaid:part>1<", inside)
    assert b"/DisplayDocTitle true" in inside
    assert re.search(rb"/S ?/H1\b", inside)


def test_one_letter_in_two_languages_says_everything_twice_and_marks_the_second() -> None:
    danish, english = letter("policy-changed", "da"), letter("policy-changed", "en")
    both = together(danish, english)
    inside = pdf(both) + b"".join(streams(pdf(both)))

    assert both.subject == f"{danish.subject} / {english.subject}"
    assert all(block in both.sheet.blocks for block in danish.sheet.blocks)
    assert english.subject in both.text
    assert '<div lang="en">' in both.html
    assert '<div lang="en">' in both.fragment
    assert re.search(rb"<pdfuaid:part>1<", inside)
    assert together(danish) is danish


def test_a_table_on_paper_has_a_head_for_each_column() -> None:
    inside = b"".join(streams(pdf(letter("answer-erasure")))) + pdf(letter("answer-erasure"))

    assert re.search(rb"/S ?/TH\b", inside)
    assert re.search(rb"/S ?/TD\b", inside)


@pytest.mark.parametrize(
    "words",
    [
        HOSTILE,
        '#pagebreak() #panic("x")',
        '#read("/etc/passwd")',
        '#import "@preview/x:0.1.0": *',
        '"); #panic("x',
        "\\u{7}\\ #{ } $x$ ```",
        "= en\n= to\n/ a: b\n+ c",
    ],
)
def test_nothing_that_people_write_becomes_a_command_of_the_typesetter(words: str) -> None:
    plain, attacked = pdf(letter("message", text="x")), pdf(letter("message", text=words, name=words))

    assert pages(attacked) == pages(plain) == 1
    assert b"root:" not in b"".join(streams(attacked))
    headings = [
        len(re.findall(rb"/S ?/H[1-6]\b", b"".join(streams(made)) + made)) for made in (plain, attacked)
    ]
    assert headings[0] == headings[1]


@pytest.mark.parametrize(
    "name", ["Лев Ельцин", "Ελένη", "李明", "علي", "नमस्ते", "😀 𐍈 \U0010fffd", "\u200b\u202e\x07x"]
)
def test_every_name_of_the_world_can_be_printed_or_is_marked_by_a_box(name: str) -> None:
    written = letter(name=name)

    assert pdf(written).startswith(b"%PDF-")
    assert "".join(c for c in name if c.isprintable()).strip() in written.text


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_whatever_is_written_there_is_paper(words: str) -> None:
    assert pdf(letter("message", text=words + "x", name=words)).startswith(b"%PDF-")


def test_a_blank_to_sign_is_filled_in_as_far_as_we_know_and_leaves_lines_for_the_rest() -> None:
    blank = letter("signed-request")

    assert "Navn: Maja Prøve" in blank.text
    assert "Adresse: ______" in blank.text
    assert "Underskrift: ______" in blank.text
    assert "Venlig hilsen" not in blank.text
    assert pages(pdf(blank)) == 1


# — an organisation's own wording —

REFUSAL = """# Nej

{greeting}

Vi kan ikke hjælpe dig.

{reason}

Det følger af {ground}.

{complaint}
"""


def test_an_organisation_says_it_in_its_own_words(tmp_path: Path) -> None:
    own(tmp_path, "refusal", REFUSAL)

    written = letter("refusal", folder=tmp_path)

    assert written.subject == "Nej"
    assert "Vi kan ikke hjælpe dig." in written.text
    assert "Datatilsynet, Carl Jacobsens Vej 35" in written.text
    assert letter("refusal", "en", tmp_path).subject == "We can't do what you ask"
    assert wordings(tmp_path) == ()


@pytest.mark.parametrize("kind", [kind for kind, what in KINDS.items() if what.demands])
def test_no_wording_can_drop_what_the_law_demands(tmp_path: Path, kind: str) -> None:
    own(tmp_path, kind, "# Kort\n\nHej.\n")

    missing = {p.facts["part"] for p in wordings(tmp_path)}
    written = letter(kind, folder=tmp_path)

    assert missing == set(KINDS[kind].demands)
    assert written.problems == wordings(tmp_path)
    assert written.text == letter(kind).text


def test_the_place_and_the_part_are_named(tmp_path: Path) -> None:
    own(tmp_path, "refusal", REFUSAL.replace("{complaint}", "Tak."))
    [problem] = wordings(tmp_path)

    assert str(problem.at) == "letters/refusal.da.md:1:1"
    assert "complaint" in say(problem.code, problem.facts, "da").says


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        ("# Nej", "Nej", [("letter-subject", "letters/refusal.da.md:1:1")]),
        ("{reason}", "{raeson}", [("letter-fact-unknown", "9"), ("letter-part-missing", "1")]),
        ("{reason}", "Fordi {reason}.", [("letter-block", "7"), ("letter-part-missing", "1")]),
        ("{reason}", "<!-- {reason} -->", [("letter-block", "7"), ("letter-part-missing", "1")]),
        ("Det følger af {ground}.", "[Det følger af {ground} {name}.]", [("letter-part-doubtful", "9")]),
        ("hjælpe dig.", "hjælpe [dig.", [("letter-sign", "5")]),
        ("hjælpe dig.", "hjælpe **dig.", [("letter-sign", "5")]),
        ("hjælpe dig.", "hjælpe }dig.", [("letter-sign", "5")]),
        ("# Nej\n", "# Nej {ground}\n", []),
        ("Det følger af {ground}.", "## Efter {ground}", [("letter-part-missing", "1")]),
        ("Det følger af {ground}.", "[Det følger af {ground}.]", []),
        ("Det følger af {ground}.", "- **{ground}**\n- punkt", []),
    ],
)
def test_each_mistake_in_a_wording_is_found_with_its_line(
    tmp_path: Path, change: str, to: str, expected: list[tuple[str, str]]
) -> None:
    own(tmp_path, "refusal", REFUSAL.replace(change, to))

    codes = [code for code, _ in found(tmp_path)]
    assert codes == [code for code, _ in expected]
    assert (letter("refusal", folder=tmp_path).subject == "Vi kan ikke gøre det, du beder om") is bool(
        expected
    )


def test_a_mistake_is_shown_at_its_line_and_column(tmp_path: Path) -> None:
    own(tmp_path, "refusal", REFUSAL.replace("Vi kan ikke", "Vi {kan} ikke"))

    assert found(tmp_path) == [("letter-fact-unknown", "letters/refusal.da.md:5:4")]


def test_a_file_that_is_no_wording_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    own(tmp_path, "refusl", REFUSAL)

    [problem] = wordings(tmp_path)
    assert (problem.code, problem.level, problem.facts["nearest"]) == (
        "letter-unknown",
        Level.WARNING,
        "refusal.da.md",
    )


def test_a_wording_that_is_no_text_is_not_used(tmp_path: Path) -> None:
    own(tmp_path, "refusal", "")
    (tmp_path / OWN_WORDINGS / "refusal.da.md").write_bytes(b"\xff\xfe\x00")

    assert [code for code, _ in found(tmp_path)] == ["letter-unreadable"]
    assert isinstance(letter("refusal", folder=tmp_path), Letter)


def test_the_wording_that_the_documentation_shows_is_one(tmp_path: Path) -> None:
    [shown] = [block for block in blocks(ROOT / "docs" / "letters.md") if block.kind == "markdown"]
    own(tmp_path, "receipt", shown.text)

    assert wordings(tmp_path) == ()
    assert "Tak for din mail af 22. november 2026." in letter("receipt", folder=tmp_path).text


def test_html_in_a_wording_is_words_like_any_other(tmp_path: Path) -> None:
    own(tmp_path, "refusal", REFUSAL.replace("hjælpe dig", "<img src=x> hjælpe"))

    assert "&lt;img src=x&gt;" in letter("refusal", folder=tmp_path).html


def test_our_own_wordings_are_all_there_and_no_other() -> None:
    from importlib.resources import files

    there = {file.name for file in files("ordholden.post.kinds").iterdir() if file.name.endswith(".md")}

    assert there == {f"{kind}.{language}.md" for kind, language in EVERY}


def test_every_fact_is_known_to_some_kind() -> None:
    known = {name for kind in KINDS.values() for name in kind.known}

    assert set(FACTS) | set(COMPUTED) == known
