"""`publish`: what is different is shown, an edition is made once, and letters are asked for first."""

from __future__ import annotations

from pathlib import Path

from ordholden.app import open_organisation
from ordholden.app.published import editions
from tests.cli.running import Shell


def published(folder: Path) -> int:
    with open_organisation(folder) as organisation:
        return len(editions(organisation))


def change(folder: Path, old: str = "keep: 18 months after", new: str = "keep: 6 months after") -> None:
    file = folder / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_first_edition_tells_nobody_and_the_same_policy_is_no_second_one(
    cykel: Path, shell: Shell
) -> None:
    first = shell("publish", cykel, "--json")
    again = shell("publish", cykel)

    assert (first.exit, first.json["edition"], first.json["told"]) == (0, 1, 0)
    assert (again.exit, published(cykel)) == (2, 1)
    assert "edition-same" in again.err


def test_a_significant_change_is_shown_in_numbers_and_not_published_unasked(
    cykel: Path, shell: Shell
) -> None:
    shell("publish", cykel)
    change(cykel)
    ran = shell("publish", cykel)

    assert (ran.exit, published(cykel)) == (2, 1)
    assert "publish-yes" in ran.err
    assert "Remind of the yearly service: how long it is kept" in ran.text
    assert "+ ring up about service: 6 months after order placed" in ran.text


def test_with_yes_everybody_concerned_is_written_to_once(cykel: Path, shell: Shell) -> None:
    shell("publish", cykel)
    change(cykel)
    ran = shell("publish", cykel, "--yes", "--note", "Kortere.", "--json")
    again = shell("publish", cykel, "--significant", "--yes", "--json")

    assert (ran.json["edition"], ran.json["significant"]) == (2, True)
    assert [c["parts"] for c in ran.json["changes"]] == [["keep"]]
    assert ran.json["told"] > 0
    assert again.json == {"told": ran.json["told"]}
    assert published(cykel) == 2
    with open_organisation(cykel) as organisation:
        assert editions(organisation)[0].note_en == "Kortere."
        entries = organisation.audit_entries(last=100)
        assert sum(e.action == "post:letter:put" for e in entries) == ran.json["told"]


def test_who_says_that_it_is_not_significant_is_not_asked(cykel: Path, shell: Shell) -> None:
    shell("publish", cykel)
    change(cykel)
    ran = shell("publish", cykel, "--not-significant")

    assert ran.exit == 0
    assert "Edition 2 is published." in ran.text
    assert "letters" not in ran.text


def test_a_silent_system_hides_the_numbers_but_keeps_nobody_from_publishing(
    cykel: Path, shell: Shell
) -> None:
    shell("publish", cykel)
    change(cykel)
    (cykel / "shop.sqlite3").rename(cykel / "away.sqlite3")
    ran = shell("publish", cykel, "--not-significant")

    assert "can't be said now" in ran.text
    assert (ran.exit, published(cykel)) == (0, 2)
