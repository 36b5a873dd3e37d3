"""What five companies promise of their letters: each names whom one can complain to, and no wording can drop it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ordholden.app import open_organisation
from ordholden.lang import LANGUAGES
from ordholden.law.authority import authority
from ordholden.policy.document import Organisation
from ordholden.policy.read import read_policy
from ordholden.post import KINDS, Letter, pdf, wordings, write
from ordholden.problems import Problems
from tests.companies import hotel, promised
from tests.post.making import FACTS
from tests.swept import evidence

EXAMPLES = Path(__file__).parents[2] / "examples"
ON = date(2026, 11, 22)

TO_PEOPLE = [kind.name for kind in KINDS.values() if kind.to_person]
ANSWERS = [
    "partly",
    "refusal",
    "nothing-found",
    "extension",
    *(name for name in KINDS if name.startswith("answer-")),
]


def organisation_of(example: str) -> Organisation:
    policy = read_policy(EXAMPLES / example, Problems())
    assert policy is not None
    return policy.organisation


def written(example: str, kind: str, language: str, folder: Path | None = None) -> Letter:
    return write(kind, language, FACTS, organisation_of(example), folder, on=ON)


def must_name_the_route(letter: Letter) -> None:
    """First to the company, always to the authority, and to court (GDPR art. 12(4))."""
    who = authority()
    for said in (letter.text, letter.html, letter.fragment):
        assert all(fact in said for fact in (who.name, who.address, who.email, who.phone, who.page))
        assert ("domstolene" if letter.language == "da" else "to court") in said


def must_name_the_authority(letter: Letter) -> None:
    who = authority()
    for said in (letter.text, letter.html, letter.fragment):
        assert all(fact in said for fact in (who.name, who.address, who.email, who.phone))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ANSWERS)
def test_AE_16_every_answer_letter_names_the_complaint_route(kind: str, language: str) -> None:
    must_name_the_route(written("all_ears", kind, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_AE_16_every_letter_to_a_person_names_the_authority(kind: str, language: str) -> None:
    must_name_the_authority(written("all_ears", kind, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_AK_15_letters_say_who_writes_with_cvr_and_whom_to_complain_to(language: str) -> None:
    company = organisation_of("alles_klar")
    for kind in TO_PEOPLE:
        letter = written("alles_klar", kind, language)
        assert company.name in letter.text
        assert f"CVR {company.cvr}" in letter.text
        must_name_the_authority(letter)


@pytest.mark.parametrize("kind", ANSWERS)
def test_CL_25_an_own_wording_cannot_drop_the_complaint_route(tmp_path: Path, kind: str) -> None:
    (tmp_path / "letters").mkdir()
    for language in LANGUAGES:
        (tmp_path / "letters" / f"{kind}.{language}.md").write_text("# Kort / Short\n\n{greeting}\n")
        must_name_the_route(written("clienti", kind, language, tmp_path))

    missing = {(p.code, p.facts["part"]) for p in wordings(tmp_path)}
    assert ("letter-part-missing", "complaint") in missing


@pytest.mark.parametrize("kind", ANSWERS)
def test_AL_21_a_refusal_and_an_answer_name_datatilsynet_with_its_address(kind: str) -> None:
    letter = written("alottbetter", kind, "da")

    assert "Datatilsynet, Carl Jacobsens Vej 35, 2500 Valby" in letter.text
    assert "dt@datatilsynet.dk" in letter.text
    must_name_the_route(letter)


def test_CL_25_the_product_says_that_the_promise_is_kept_and_why(tmp_path: Path) -> None:
    promise = """
  CL-25:
    says: One can complain to Datatilsynet
    capability: letters
"""
    with open_organisation(hotel(tmp_path, promise)) as organisation:
        state = promised(organisation, "CL-25")

    [tried] = evidence(state, "letters-tried")
    assert state.state == "kept"
    assert tried == {"letters": 2 * sum("complaint" in kind.demands for kind in KINDS.values()), "silent": 0}


def test_AL_19_the_letter_to_sign_is_filled_in_and_can_be_printed() -> None:
    blank = written("alottbetter", "signed-request", "da")

    assert "Maja Prøve" in blank.text
    assert "Underskrift" in blank.text
    assert pdf(blank).startswith(b"%PDF-")


def test_AE_09_the_contact_for_the_topic_stands_in_the_letter() -> None:
    company = organisation_of("all_ears")
    for contact in company.contacts:
        letter = write("identity-asked", "da", {**FACTS, "topic": contact.topic}, company, on=ON)
        assert contact.email in letter.text
