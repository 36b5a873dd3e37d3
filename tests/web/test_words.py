"""Every word of the pages in both languages: the same keys and facts, none missing, none left over, none in the wrong tongue."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from django.test import Client
from ruamel.yaml import YAML

from ordholden.lang.texts import texts
from ordholden.web.words import files_of_words, in_language
from tests.web.town import COMPANIES, Town

ROOT = Path(__file__).parents[2] / "ordholden"
FILES = [*files_of_words(), "keep"]

# Words that are the same in both languages, or are names.
SAME = {
    "Navn",
    "CVR {cvr}",
    "agent",
    "administrator",
    "{who}",
    "{name} ({country}; {transfer})",
    "English",
    "ordholden",
}
LOANS = {
    "system",
    "plan",
    "status",
    "portal",
    "agent",
    "person",
    "e-mail",
    "telefon",
    "type",
    "version",
    "start",
}
ENGLISH = re.compile(r"\b(the|and|you|your|with|this|from|what|which|please|error|page)\b", re.IGNORECASE)


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_words(name: str) -> None:
    danish, english = texts("da", name), texts("en", name)

    assert {g: sorted(w) for g, w in danish.items()} == {g: sorted(w) for g, w in english.items()}
    for group, words in english.items():
        for key, text in words.items():
            assert _facts(danish[group][key]) == _facts(text), (group, key)


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_left_untranslated(name: str) -> None:
    danish, english = texts("da", name), texts("en", name)
    alike = [
        (group, key, text)
        for group, words in danish.items()
        for key, text in words.items()
        if text == english[group][key] and text not in SAME and re.search("[a-zæøå]{4}", _bare(text))
    ]

    assert [a for a in alike if a[2].casefold() not in LOANS] == []


def _bare(text: str) -> str:
    return re.sub(r"\{\w+\}|GDPR|art\.|stk\.|litra", "", text)


@pytest.mark.parametrize("name", FILES)
def test_no_english_was_left_in_the_danish(name: str) -> None:
    left = [
        (g, k, t) for g, ws in texts("da", name).items() for k, t in ws.items() if ENGLISH.search(_bare(t))
    ]

    assert left == []


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", FILES)
def test_the_quick_reader_reads_these_files_as_a_real_one(name: str, language: str) -> None:
    read = YAML(typ="safe").load((ROOT / "lang" / language / f"{name}.yaml").read_text("utf-8"))

    assert {h: {str(k): v for k, v in under.items()} for h, under in read.items()} == texts(language, name)


def test_every_key_that_a_template_or_a_view_names_is_known() -> None:
    words, unknown = in_language("da"), []
    for file in [*(ROOT / "web").rglob("*.html"), *(ROOT / "web").rglob("*.py")]:
        if "console" in file.parts or file.name == "said.py":
            continue
        text = file.read_text("utf-8")
        found = re.findall(r"""\{% (?:say|count) ["']([^"'{]+:[^"']+)["'](?!\|)""", text)
        found += re.findall(r"""(?:words|spoken\(\))\(["']([a-z ]+:[^"'{]+)["']""", text)
        unknown += [(file.name, key) for key in found if not words.known(key)]

    assert unknown == []


@pytest.mark.parametrize("name", COMPANIES)
def test_a_danish_page_has_no_english_on_it(client: Client, town: Town, name: str) -> None:
    from html import unescape

    for path in ("", "editions/", "right/", "right/access/about/", "choices/"):
        client.get(f"/{name}/right/access/")
        shown = unescape(client.get(f"/{name}/{path}").content.decode())
        text = re.sub(r"<[^>]+>", " ", re.sub(r'<a [^>]*lang="en"[^>]*>[^<]*</a>', "", shown))
        assert ENGLISH.findall(text) == [], path


def test_the_language_is_chosen_by_a_click_and_kept(client: Client) -> None:
    assert 'lang="da"' in client.get("/clienti/").content.decode()[:60]
    response = client.get("/clienti/right/?language=en")
    assert response["Location"] == "/clienti/right/"

    assert 'lang="en"' in client.get("/clienti/right/").content.decode()[:60]


def test_choosing_a_language_leads_to_no_other_house(client: Client) -> None:
    response = client.get("//evil.example/?language=en")

    assert response.status_code == 302
    assert not response["Location"].startswith("//")
