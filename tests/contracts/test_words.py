"""No code without words, no words without a code, and both languages say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ordholden.lang import LANGUAGES, say
from ordholden.lang.message import EVIDENCE, FILES, placeholders
from ordholden.lang.page import page
from ordholden.lang.texts import texts
from tests.contracts.codes import Use, uses

ROOT = Path(__file__).parents[2]
LANG = ROOT / "ordholden" / "lang"


@pytest.fixture(scope="module")
def used() -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for use in uses():
        found.setdefault(use.code, []).append(use)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str, used: dict[str, list[Use]]) -> None:
    known = texts(language, *FILES)

    missing = {code: sorted({use.file for use in found}) for code, found in used.items() if code not in known}
    assert not missing


def test_every_word_has_a_code(used: dict[str, list[Use]]) -> None:
    assert sorted(texts("en", *FILES).keys() - used.keys()) == []


def test_both_languages_say_the_same() -> None:
    danish, english = (texts(language, *FILES) for language in ("da", "en"))

    assert danish.keys() == english.keys()
    for code, parts in english.items():
        assert danish[code].keys() == parts.keys(), code
        for part, text in parts.items():
            assert _facts(danish[code][part]) == _facts(text), (code, part)
            # A part in brackets is left out where a fact is missing: in both, then.
            assert _maybe(danish[code][part]) == _maybe(text), (code, part)


def _facts(text: str) -> set[str]:
    return {name for name, _ in placeholders(text)}


def _maybe(text: str) -> list[set[str]]:
    return [_facts(part) for part in re.findall(r"\[([^\[\]]*)\]", text)]


def test_a_problem_says_what_is_wrong_and_what_to_do() -> None:
    for name in FILES:
        for code, parts in texts("en", name).items():
            wanted = {"says"} if name == EVIDENCE else {"says", "do"}
            assert wanted <= parts.keys() <= {"says", "do", "law"}, code
            assert all(parts.values()), code


def test_words_speak_only_of_facts_that_come_with_the_code(used: dict[str, list[Use]]) -> None:
    for code, parts in texts("en", *FILES).items():
        facts = [use.facts for use in used.get(code, [])]
        known = set().union(*(f for f in facts if f is not None))
        named = {name for part in parts.values() for name, _ in placeholders(part)}
        if None not in facts:
            assert named <= known, code


def test_what_may_be_missing_stands_in_brackets(used: dict[str, list[Use]]) -> None:
    for code, parts in texts("en", *FILES).items():
        facts = [use.facts for use in used.get(code, []) if use.facts is not None]
        for part in parts.values():
            outside = {name for name, _ in placeholders(re.sub(r"\[[^\[\]]*\]", "", part))}
            assert all(outside <= f for f in facts), (code, part)
            assert "nearest" not in outside, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quick_reader_reads_yaml_as_a_real_one(language: str) -> None:
    for name in (*FILES, "words"):
        text = (LANG / language / f"{name}.yaml").read_text(encoding="utf-8")
        read = YAML(typ="safe").load(text)

        assert {h: {str(k): v for k, v in under.items()} for h, under in read.items()} == texts(
            language, name
        )


def test_single_words_are_the_same_in_both_languages() -> None:
    danish, english = (texts(language, "words") for language in ("da", "en"))

    assert {g: sorted(w) for g, w in danish.items()} == {g: sorted(w) for g, w in english.items()}
    for words in (danish, english):
        assert all(text.count("|") == 1 for text in words["count"].values())


def test_every_form_of_a_fact_is_known() -> None:
    words = texts("en", "words")
    for code, parts in texts("en", *FILES).items():
        for _, form in (p for part in parts.values() for p in placeholders(part)):
            known = form in ("", "number", "day", "duration") or form in words
            assert known or form.removeprefix("#") in words["count"], (code, form)


def test_the_page_of_problems_is_current() -> None:
    written = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")

    assert page() in written, "run `make format`"


def test_a_code_of_another_release_is_said_as_it_is() -> None:
    assert say("long-forgotten", {"table": "crm.interns"}, "da").says == "long-forgotten: table crm.interns"
