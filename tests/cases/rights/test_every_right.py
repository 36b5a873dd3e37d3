"""What holds for every right, whichever there are: its article, its letters in both languages, its name for people."""

from __future__ import annotations

from importlib.resources import files

import pytest

from ordholden.cases.case import Outcome
from ordholden.cases.right import rights
from ordholden.lang import LANGUAGES, word
from ordholden.post.kinds import KINDS

CODES = (
    "access",
    "complaint",
    "erasure",
    "no-automated-decision",
    "objection",
    "portability",
    "rectification",
    "restriction",
    "withdrawal",
)


def test_there_is_a_file_for_each_right() -> None:
    assert tuple(sorted(rights())) == CODES


@pytest.mark.parametrize("code", CODES)
def test_every_outcome_has_a_letter_in_each_language(code: str) -> None:
    right = rights()[code]
    kinds = {right.letter_for(outcome) for outcome in Outcome}
    folder = files("ordholden.post").joinpath("kinds")

    assert right.article.startswith("GDPR art.")
    assert kinds <= KINDS.keys()
    assert all(folder.joinpath(f"{kind}.{language}.md").is_file() for kind in kinds for language in LANGUAGES)
    assert all(word(f"right.{code}", language) for language in LANGUAGES)
