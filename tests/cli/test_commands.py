"""Every command on a small shop: what it answers in both languages and as JSON, and its exit code."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest

from ordholden.app import today
from ordholden.cli.door import Exit, root
from tests.cli.running import AKSEL, CARL, DAGNY, DAY, Ran, Shell, copied

# The keys of each answer: somebody's script reads them. A key may be added; one that goes breaks somebody.
PROBLEM = {"code", "level", "file", "line", "column", "message", "suggestion", "article", "facts"}
PLAN = {
    *("plan", "digest", "organisation", "on", "kind", "consent", "records of people", "state", "reason"),
    *("made by", "made at", "approved by", "approved at", "applied at", "verified at", "needs approval"),
    *("rows", "steps", "stays", "limits", "blocked", "problems", "findings"),
}
STEP = {"number", "system", "table", "operation", "columns", "rows", "of", "reasons"}
STAY = {"table", "category", "ground", "rule", "until", "doubt", "rows"}
HOLD = {
    *("hold", "scope", "activity", "records of people", "matters", "restriction", "reason", "placed by"),
    *("placed on", "review on", "released on", "released by", "release reason"),
}
EXPLANATION = {
    "organisation",
    "on",
    "person",
    "doubtful",
    "purposes",
    "data",
    "disclosed",
    "findings",
    "problems",
}
DATUM = {
    *(
        "system",
        "table",
        "key",
        "field",
        "value",
        "masked",
        "category",
        "sensitivity",
        "sources",
        "recipients",
    ),
    *("state", "kept_until", "why", "holds", "restricted"),
}


def both(shell: Shell, *words: str | Path) -> tuple[Ran, Ran]:
    """The same command in both languages."""
    return shell(*words, "--language", "en"), shell(*words, "--language", "da")


def unspoken(answer: Any) -> Any:
    """An answer without what is said in a language, and without what differs from call to call."""
    spoken = {"message", "suggestion", "article", "plan", "digest", "made at", "looked_at"}
    if isinstance(answer, dict):
        return {k: unspoken(v) for k, v in answer.items() if k not in spoken}
    return [unspoken(v) for v in answer] if isinstance(answer, list) else answer


def test_check_says_what_it_finds_with_its_place(shell: Shell, cykel: Path) -> None:
    systems = cykel / "systems.yaml"
    systems.write_text(systems.read_text(encoding="utf-8").replace(", note: order", ""), encoding="utf-8")
    english, danish = both(shell, "check", cykel)
    answer = shell("check", cykel, "--json")

    assert english.exit == danish.exit == answer.exit == Exit.MISTAKE
    assert english.out != danish.out
    assert set(answer.json) == {"organisation", "problems"}
    for problem in answer.json["problems"]:
        assert set(problem) == PROBLEM
        assert f"{problem['file']}:{problem['line']}:{problem['column']}" in english.text


def test_check_is_quiet_where_nothing_is_wrong(shell: Shell, cykel: Path) -> None:
    english, danish = both(shell, "check", cykel)

    assert english.exit == danish.exit == Exit.FINE
    assert english.text == "Cykelhjørnet ApS: nothing to complain about"
    assert danish.text == "Cykelhjørnet ApS: intet at bemærke"


def test_a_plan_is_made_approved_carried_out_and_verified(shell: Shell, cykel: Path) -> None:
    made = shell("plan", cykel, "--on", DAY)
    name = shell("plans", cykel, "--json").json["plans"][0]["plan"]

    assert made.exit == Exit.APPROVAL
    assert f"ordholden approve {name} --in {cykel}" in made.text
    assert shell("apply", name, "--in", cykel).exit == Exit.APPROVAL
    assert shell("approve", name, "--in", cykel).exit == Exit.MISTAKE

    approved = shell("approve", name, "--in", cykel, "--by", "erik")
    applied = shell("apply", name, "--in", cykel, "--json")

    assert approved.exit == applied.exit == Exit.FINE
    assert applied.json["state"] == "verified"
    assert applied.json["approved by"] == "erik"
    assert sum(applied.json["changed"].values()) == applied.json["rows"]
    assert set(applied.json) == PLAN | {"changed", "gone from backups by"}
    assert shell("verify", name, "--in", cykel).exit == Exit.FINE
    assert shell("apply", name, "--in", cykel).exit == Exit.FINE
    again = shell("plan", cykel, "--on", DAY)
    assert again.exit == Exit.FINE
    assert "Nothing is due" in again.out


def test_what_was_done_is_told_with_the_last_day_in_backups(shell: Shell, cykel: Path) -> None:
    name = shell.plan(cykel)
    shell("approve", name, "--in", cykel, "--by", "erik")
    english, danish = both(shell, "apply", name, "--in", cykel)

    assert "In backups of shop through" in english.text
    assert "I sikkerhedskopier af shop til og med" in danish.text


def test_a_plan_is_the_same_in_both_languages(shell: Shell, cykel: Path) -> None:
    english, danish = both(shell, "plan", cykel, "--on", DAY, "--json")

    assert set(english.json) == PLAN
    assert all(set(step) >= STEP for step in english.json["steps"])
    assert unspoken(english.json) == unspoken(danish.json)


def test_a_plan_is_found_by_its_digest_from_here_and_from_above(
    shell: Shell, cykel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = shell.plan(cykel)
    digest = shell("show", name, "--in", cykel, "--json").json["digest"]

    monkeypatch.chdir(cykel.parent)
    assert shell("show", digest[:6], "--json").json["plan"] == name
    monkeypatch.chdir(cykel)
    assert shell("show", name, "--json").json["plan"] == name


def test_plans_lists_them_newest_first(shell: Shell, cykel: Path) -> None:
    assert shell("plans", cykel, "--json").json == {"plans": []}
    first, second = shell.plan(cykel), shell.plan(cykel)

    english, danish = both(shell, "plans", cykel)

    assert [p["plan"] for p in shell("plans", cykel, "--json").json["plans"]] == [second, first]
    assert "waits for a second person" in english.text
    assert "venter på en person mere" in danish.text


def test_an_erasure_says_what_goes_and_what_stays_until_when(shell: Shell, cykel: Path) -> None:
    english, danish = both(shell, "plan", cykel, "--on", DAY, "--erase", CARL)
    answer = shell("plan", cykel, "--on", DAY, "--erase", CARL, "--json")

    assert answer.json["kind"] == "erase"
    assert all(set(stay) == STAY for stay in answer.json["stays"])
    assert "bookkeeping · 31 December 2028" in english.text
    assert "bookkeeping · 31. december 2028" in danish.text
    assert CARL not in english.out + danish.out + answer.out


def test_people_come_from_a_file_too(shell: Shell, cykel: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.txt"
    people.write_text(f"{AKSEL}\n\n", encoding="utf-8")

    by_file = shell("plan", cykel, "--on", DAY, "--erase-file", people, "--json").json
    by_name = shell("plan", cykel, "--on", DAY, "--erase", AKSEL, "--json").json
    withdrawn = shell(
        "plan", cykel, "--on", DAY, "--withdraw", "newsletter", "--people-file", people, "--json"
    )

    assert unspoken(by_file) == unspoken(by_name)
    assert withdrawn.json["consent"] == "newsletter"


def test_several_people_are_one_plan(shell: Shell, cykel: Path) -> None:
    answer = shell("plan", cykel, AKSEL, DAGNY, "--on", DAY, "--erase", CARL, "--json")

    assert answer.json["records of people"] == 3


def test_a_decision_ends_a_ground_that_the_law_leaves_open(shell: Shell, cykel: Path) -> None:
    activity = "ring up about service"
    words = ("plan", cykel, "--on", DAY, "--erase", AKSEL)
    asked = shell(*words)
    stays = shell(*words, "--decide", f"{activity}=stays", "--json")
    ends = shell(*words, "--decide", f"{activity}=ends", "--json")

    assert f'--decide "{activity}=ends"' in asked.text
    assert activity in {s["ground"] for s in stays.json["stays"]}
    assert activity not in {s["ground"] for s in ends.json["stays"]}


def test_explain_masks_unless_told_to_reveal_and_records_who_looked(shell: Shell, cykel: Path) -> None:
    english, danish = both(shell, "explain", cykel, AKSEL, "--on", DAY)
    masked = shell("explain", cykel, AKSEL, "--on", DAY, "--json")
    revealed = shell("explain", cykel, AKSEL, "--on", DAY, "--reveal", "--json")

    assert AKSEL not in english.out + danish.out + masked.out
    assert AKSEL in revealed.out
    assert set(masked.json) == EXPLANATION
    assert all(set(d) >= DATUM for d in masked.json["data"])
    entries = shell("audit", cykel, "--json").json["last"]
    assert [e["actor"] for e in entries if e["action"] == "person:revealed"] == ["maria"]


def test_explain_shows_the_last_day_and_never_the_first_without(shell: Shell, cykel: Path) -> None:
    ran = shell("explain", cykel, DAGNY, "--on", DAY)

    assert "kept through 31 December 2031" in ran.text
    assert "1 January 2032" not in ran.text


def test_export_makes_a_copy_for_people_and_for_machines(shell: Shell, cykel: Path, tmp_path: Path) -> None:
    everything = shell("export", cykel, AKSEL, "--access", "--to", tmp_path / "all", "--on", DAY, "--json")
    english, danish = both(
        shell, "export", cykel, AKSEL, "--portability", "--to", tmp_path / "own", "--on", DAY
    )

    assert everything.exit == english.exit == Exit.FINE
    assert danish.exit == Exit.MISTAKE  # there is a copy in that folder already
    assert set(everything.json) == {"kind", "folder", "data", "tables", "files", "left out"}
    assert json.loads((tmp_path / "all" / "data.json").read_text(encoding="utf-8"))
    assert (tmp_path / "own" / "schema.json").is_file()


def test_may_use_allows_or_refuses_each_with_a_reason(shell: Shell, cykel: Path) -> None:
    words = ("may-use", cykel, "send the newsletter", AKSEL, CARL, "nobody@nowhere.example", "--on", DAY)
    english, danish = both(shell, *words)
    answer = shell(*words, "--json")

    assert english.exit == danish.exit == answer.exit == Exit.FOUND
    assert set(answer.json) == {"purpose", "rulings", "decisions"}
    assert [d["ruling"] for d in answer.json["decisions"]] == ["allowed", "no ground", "unknown person"]
    assert "nobody by that name" in english.text
    assert "ingen af det navn" in danish.text
    assert shell("may-use", cykel, "send the newsletter", AKSEL, "--on", DAY).exit == Exit.FINE


def test_may_use_answers_a_long_list_into_a_file(shell: Shell, cykel: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("\n".join(map(str, range(1, 1001))), encoding="utf-8")
    words = ("may-use", cykel, "bookkeeping", "--people-file", keys, "--table", "shop.customers", "--on", DAY)

    found = shell(*words, "--to", tmp_path / "decided.csv", "--json")
    lines = (tmp_path / "decided.csv").read_text(encoding="utf-8").splitlines()

    assert found.json["rulings"] == {"allowed": 3, "no ground": 2, "unknown person": 995}
    assert lines[0] == "person,ruling,through"
    assert len(lines) == 1001


def test_diff_shows_a_slip_in_numbers(shell: Shell, cykel: Path) -> None:
    english, danish = both(shell, "diff", cykel, cykel / "next.yaml", "--on", DAY)
    answer = shell("diff", cykel, cykel / "next.yaml", "--on", DAY, "--json")
    same = shell("diff", cykel, cykel / "policy.yaml", "--on", DAY)

    assert answer.exit == english.exit == danish.exit == Exit.FOUND
    assert answer.json["more"] > 0
    keys = {"system", "table", "operation", "columns", "old", "new", "old rules", "new rules"}
    assert all(set(d) == keys for d in answer.json["differences"])
    assert "+ sell bicycles: 2 days after order placed" in english.text
    assert same.exit == Exit.FINE


def test_a_hold_is_placed_listed_and_released(shell: Shell, cykel: Path) -> None:
    placed = shell("hold", cykel, "--person", AKSEL, "--reason", "Dispute 14", "--json")
    english, danish = both(shell, "holds", cykel)
    listed = shell("holds", cykel, "--json")
    erasing = shell("plan", cykel, "--on", today().isoformat(), "--erase", AKSEL, "--json")

    assert set(placed.json) == HOLD
    assert set(listed.json) == {"holds", "review due"}
    assert "Dispute 14" in english.text
    assert "Gensyn" in danish.text
    assert erasing.json["rows"] == 0

    released = shell("release", cykel, placed.json["hold"], "--reason", "Settled", "--json")

    assert released.json["released by"] == "maria"
    assert "No holds" in shell("holds", cykel).out
    assert len(shell("holds", cykel, "--all", "--json").json["holds"]) == 1


def test_a_hold_is_on_an_activity_too_and_can_stop_its_use(shell: Shell, cykel: Path) -> None:
    placed = shell(
        "hold", cykel, "--activity", "send the newsletter", "--reason", "Audit", "--restrict", "--json"
    )
    asked = shell("may-use", cykel, "send the newsletter", AKSEL, "--json")

    assert placed.json["scope"] == "activity"
    assert placed.json["restriction"] is True
    assert asked.json["decisions"][0]["ruling"] == "restricted"


def test_replay_erases_again_what_a_backup_brought_back(shell: Shell, cykel: Path) -> None:
    backup = (cykel / "shop.sqlite3").read_bytes()
    name = shell.plan(cykel)
    shell("approve", name, "--in", cykel, "--by", "erik")
    erased = shell("apply", name, "--in", cykel, "--json").json["changed"]
    assert shell("replay", cykel, "shop").exit == Exit.FINE
    (cykel / "shop.sqlite3").write_bytes(backup)

    planned = shell("replay", cykel, "shop", "--plan-only", "--json")
    again = shell("replay", cykel, "shop", "--json")

    assert planned.json["rows"] == sum(erased.values())
    assert again.exit == Exit.FINE
    assert again.json["changed"] == erased
    assert shell("replay", cykel, "shop", "--plan-only", "--json").json["rows"] == 0


def test_promises_have_a_state_and_what_shows_it(shell: Shell, cykel: Path) -> None:
    english, danish = both(shell, "promises", cykel, "--on", DAY, "--all")
    answer = shell("promises", cykel, "--on", DAY, "--json")

    assert answer.exit == english.exit == danish.exit == Exit.FOUND  # nobody has swept yet
    assert set(answer.json) == {"organisation", "summary", "promises", "problems"}
    assert sum(answer.json["summary"].values()) == len(answer.json["promises"])
    assert all(e["message"] for p in answer.json["promises"] for e in p["evidence"])
    assert "broken since" in english.text
    assert "brudt siden" in danish.text


def test_audit_shows_the_chain_and_where_it_is_broken(shell: Shell, cykel: Path) -> None:
    shell.plan(cykel)
    whole = shell("audit", cykel, "--json")
    noted = f"{whole.json['head']['number']}:{whole.json['head']['hash']}"

    assert set(whole.json) == {"whole", "last", "head", "broken"}
    assert shell("audit", cykel, "--noted", noted).exit == Exit.FINE
    with closing(sqlite3.connect(cykel / ".ordholden" / "store.sqlite3")) as store:
        for (trigger,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f'DROP TRIGGER "{trigger}"')
        store.execute("UPDATE audit_entry SET actor = 'nobody' WHERE number = 1")
        store.commit()

    english, danish = both(shell, "audit", cykel)

    assert english.exit == danish.exit == Exit.FOUND
    assert "broken at entry 1" in english.text
    assert "brudt ved post 1" in danish.text


@pytest.mark.parametrize("language", ["en", "da"])
def test_help_is_there_for_every_command(shell: Shell, language: str) -> None:
    group = root()
    outer = shell("--language", language, "--help")
    for name in group.list_commands(click.Context(group)):
        ran = shell(name, "--language", language, "--help")
        assert ran.exit == Exit.FINE
        assert name in outer.out
        assert len(ran.out.splitlines()) > 8
        assert max(map(len, ran.out.splitlines())) <= 80


def test_the_environment_names_the_language(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "da_DK.UTF-8")
    assert "Brug:" in shell("--help").out
    monkeypatch.setenv("ORDHOLDEN_LANGUAGE", "en")
    assert "Usage:" in shell("--help").out


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(
    shell: Shell, cykel: Path, monkeypatch: pytest.MonkeyPatch, language: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    shell("hold", cykel, "--person", DAGNY, "--reason", "A dispute about a bicycle that was never delivered")
    for words in (
        ("check", cykel),
        ("plan", cykel, "--on", DAY),
        ("plan", cykel, "--on", DAY, "--erase", AKSEL),
        ("explain", cykel, AKSEL, "--on", DAY),
        ("promises", cykel, "--on", DAY, "--all"),
        ("plans", cykel),
        ("holds", cykel),
        ("diff", cykel, cykel / "next.yaml", "--on", DAY),
        ("audit", cykel),
    ):
        ran = shell(*words, "--language", language)
        assert max(map(len, ran.out.splitlines())) <= width, words[0]


def test_a_copy_of_a_folder_is_an_organisation_of_its_own(shell: Shell, cykel: Path, tmp_path: Path) -> None:
    shell.plan(cykel)
    other = copied(cykel, tmp_path / "other")

    assert len(shell("plans", other, "--json").json["plans"]) == 1
