"""What only both files together tell: each finding by its code and at its character, marked here by `«`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ordholden.inventory.fits import fits
from ordholden.inventory.read import read_inventory
from ordholden.policy.read import read_policy
from ordholden.problems import Level, Place, Problem, Problems
from tests.contracts.codes import uses

POLICY = """\
organisation:
  name: Nordlys Rejser ApS
people:
  intern:
categories:
  name:
  email:
  history:
activities:
  run trials:
    purpose: Run trials
    basis: contract
    people: [intern]
    data: [name, email, history]
    keep: 2 years after trial ended
    if none: nothing
"""

SYSTEMS = """\
crm:
  url: sqlite:///crm.sqlite3
  backups: none
  tables:
    interns:
      people: intern
      person: id
      identifiers: {email: email}
      data: {full_name: name, email: email}
      not personal: [id]
    trials:
      person: intern_id -> interns
      matter: {trial: id}
      data: {employer: history}
      events: {trial ended: ended_on}
"""

KEEP = "keep: 2 years after trial ended"
EVENTS = "events: {trial ended: ended_on}"
TRIALS = "data: {employer: history}"


def policy(*changes: tuple[str, str]) -> str:
    return _changed(POLICY, changes)


def systems(*changes: tuple[str, str]) -> str:
    return _changed(SYSTEMS, changes)


def _changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def also(more: str) -> tuple[str, str]:
    """Another activity."""
    return ("activities:\n", f"activities:\n{more}")


def table(more: str) -> tuple[str, str]:
    """Other tables, the last."""
    return (EVENTS, f"{EVENTS}\n{more}".rstrip())


def written(name: str, *lines: str) -> str:
    """A table as systems.yaml has it."""
    return "\n".join([f"    {name}:", *(f"      {line}" for line in lines)])


KEEP_EMAIL = """\
  keep addresses:
    purpose: Keep addresses
    basis: contract
    people: [intern]
    data: [email]
    keep: 2 years after trial ended
    if none: nothing
"""

OLD_SYSTEM = """\
old:
  url: sqlite:///old.sqlite3
  backups: none
  tables:
    customers:
      people: intern
      person: no
      identifiers: {email: mail}
      data: {mail: email, name: name}
      not personal: [no]
"""


@dataclass(frozen=True)
class Case:
    """Two files in which one thing is wrong."""

    code: str
    policy: str = POLICY
    systems: str = SYSTEMS
    level: Level = Level.ERROR
    about: str = ""


WARNING, NOTE = Level.WARNING, Level.NOTE

WORDS = [
    Case("category-unknown", systems=systems(("employer: history", "employer: «histori"))),
    Case("people-unknown", systems=systems(("people: intern", "people: «intrn"))),
    Case(
        "consent-unknown",
        systems=systems((EVENTS, EVENTS + "\n      consents: {«letters: {given: yes_on}}")),
    ),
    Case("system-unknown", policy(("    keep:", "    systems: [crm, «crn]\n    keep:"))),
    Case(
        "recipient-unlisted",
        policy(("    keep:", "    recipients: [«hosting]\n    keep:")),
        level=WARNING,
    ),
    Case(
        "consent-unrecorded",
        policy(
            ("activities:", "consents:\n  «letters: Letters\nactivities:"),
            ("basis: contract", "basis: consent to letters"),
        ),
        level=WARNING,
    ),
]

RULES = [
    Case("event-unknown", policy((KEEP, "keep: 2 years after «trail ended"))),
    Case(
        "event-unknown",
        policy((KEEP, f"{KEEP}, if complaint filed within 2 years of «trail ended")),
        about="in a condition",
    ),
    Case(
        "event-unknown",
        policy(("if none: nothing", "if none: 90 days after «registered")),
        about="after if none",
    ),
    Case("event-unknown", policy((KEEP, 'keep: "2 years after «trail ended"')), about="in quotes"),
    Case("state-unknown", policy((KEEP, "keep: while «trial open"))),
    Case("matter-unknown", policy((KEEP, "keep: while its «case is kept"))),
    Case(
        "matter-unknown", policy((KEEP, "keep: «case's own period after trial ended")), about="its own period"
    ),
    Case("own-period-missing", policy((KEEP, "keep: «trial's own period after trial ended"))),
    Case("condition-value-unknown", policy((KEEP, f"{KEEP}, if «kind is dispute"))),
    Case("birth-date-missing", policy((KEEP, f"{KEEP}, if under 18 at «trial ended"))),
    Case(
        "event-unused",
        systems=systems((EVENTS, "events: {trial ended: ended_on, «seen: seen_on}")),
        level=NOTE,
    ),
    Case(
        "state-unused",
        systems=systems((EVENTS, EVENTS + "\n      states: {«open: ended_on is missing}")),
        level=NOTE,
    ),
    Case(
        "condition-value-unused",
        systems=systems((EVENTS, EVENTS + "\n      values: {«kind: kind}")),
        level=NOTE,
    ),
]

COVERAGE = [
    Case(
        "no-keep-rule",
        policy(("data: [name, email, history]", "data: [email, history]")),
        systems(("full_name: name", "full_name: «name")),
    ),
    Case(
        "system-without-rule",
        policy(("    keep:", "    systems: crm\n    keep:")),
        SYSTEMS + OLD_SYSTEM.replace("old:", "«old:"),
    ),
    Case(
        "people-without-rule",
        policy(("  intern:\n", "  intern:\n  «guardian:\n")),
        systems(
            table(
                written(
                    "guardians", "people: guardian", "person: id", "data: {name: name}", "not personal: [id]"
                )
            )
        ),
    ),
    Case("people-unused", policy(("  intern:\n", "  intern:\n  «guardian:\n")), level=WARNING),
    Case(
        "people-nowhere",
        policy(
            ("  intern:\n", "  intern:\n  guardian:\n"), ("people: [intern]", "people: [intern, «guardian]")
        ),
        level=WARNING,
    ),
    Case(
        "category-nowhere",
        policy(("  history:\n", "  history:\n  health:\n"), ("email, history]", "email, history, «health]")),
        level=WARNING,
    ),
]

IF_NONE = [
    Case(
        "if-none-missing", policy((KEEP, "keep: 2 years after «trial ended"), ("    if none: nothing\n", ""))
    ),
    Case(
        "if-none-missing",
        policy((KEEP, "keep: 2 years after «registered"), ("    if none: nothing\n", "")),
        systems(
            (
                "not personal: [id]",
                "events: {registered: {column: created, when: created is present}}\n      not personal: [id]",
            )
        ),
        about="the own row may lack it where a condition stands",
    ),
    Case(
        "if-none-idle",
        policy((KEEP, "keep: while trial open"), ("if none: nothing", "«if none: 1 year after trial ended")),
        systems((EVENTS, EVENTS + "\n      states: {trial open: ended_on is missing}")),
        level=WARNING,
    ),
]

NO_PERSON = written(
    "closures", "matter: {closure: id}", "not personal: [id]", "events: {shop closed: closed_on}"
)
CASES = written(
    "cases",
    "person: intern_id -> interns",
    "matter: {case: id, trial: trial_id -> trials}",
    "data: {text: history}",
)

REACH = [
    Case("unreachable", policy((KEEP, "keep: 2 years after «shop closed")), systems(table(NO_PERSON))),
    Case(
        "unreachable-from",
        policy((KEEP, "keep: while its «case is kept")),
        systems(
            (TRIALS, "data: {employer: email}"),
            table(
                CASES.replace("matter: {case: id, ", "matter: {case: case_id -> owners, ")
                + "\n    owners:\n      matter: {case: id}\n      not personal: [id]"
            ),
        ),
        level=WARNING,
    ),
    Case(
        "condition-unanswered",
        policy((KEEP, f"{KEEP}, if «kind is dispute")),
        systems((EVENTS, EVENTS + "\n      values: {kind: kind}")),
        level=WARNING,
    ),
    Case("kept-in-a-ring", policy((KEEP, "keep: while its «case is kept")), systems(table(CASES))),
]

# Another activity keeps what this one stands on.
SHORT = """\
  keep the trial:
    purpose: Keep the trial
    basis: contract
    people: [intern]
    data: [history]
    keep: 1 year after trial ended
    if none: nothing
"""
WITHOUT_HISTORY = ("data: [name, email, history]", "data: [name, email]")
CARDS = """\
    cards:
      people: intern
      person: no
      identifiers: {email: mail}
      data: {mail: address, name: name}
      not personal: [no]
"""
LEDGER = """\
    yeses:
      person: intern_id -> interns
      data: {channel: history}
      consents: {letters: {given: yes_on}}
    noes:
      person: intern_id -> interns
      data: {channel: address}
      consents: {«letters: {withdrawn: no_on}}
"""
LETTERS = """\
  send letters:
    purpose: Send letters
    basis: consent to letters
    people: [intern]
    data: [history]
    keep: 10 years after trial ended
    if none: nothing
"""
KEEP_ADDRESSES = """\
  keep addresses:
    purpose: Keep addresses
    basis: contract
    people: [intern]
    data: [address]
    keep: 1 year after trial ended
    if none: nothing
"""
ADDRESS = ("  history:\n", "  history:\n  address:\n")

EVIDENCE = [
    Case(
        "evidence-goes-first",
        policy(also(SHORT), WITHOUT_HISTORY, (KEEP, "keep: 2 years after «trial ended")),
    ),
    Case(
        "evidence-unproven",
        policy(
            also(SHORT.replace("trial ended", "trial begun")),
            WITHOUT_HISTORY,
            (KEEP, "keep: 2 years after «trial ended"),
        ),
        systems((EVENTS, "events: {trial ended: ended_on, trial begun: begun_on}")),
        level=WARNING,
    ),
    Case(
        "evidence-goes-first",
        policy(
            ADDRESS,
            also(KEEP_ADDRESSES),
            (KEEP, "keep: 2 years after trial ended, if under 18 at «trial ended"),
        ),
        systems(
            (
                "data: {full_name: name, email: email}",
                "data: {full_name: name, email: email, born: address}\n      values: {birth date: born}",
            ),
        ),
        about="a birth date",
    ),
    Case(
        "link-goes-first",
        policy(ADDRESS, also(KEEP_ADDRESSES), (KEEP, "keep: 2 years after «trial ended")),
        systems(table(CARDS)),
    ),
    Case(
        "link-unproven",
        policy(
            ADDRESS,
            also(KEEP_ADDRESSES.replace("trial ended", "trial begun")),
            (KEEP, "keep: 2 years after «trial ended"),
        ),
        systems((EVENTS, f"events: {{trial ended: ended_on, trial begun: begun_on}}\n{CARDS}".rstrip())),
        level=WARNING,
    ),
    Case(
        "no-before-yes",
        policy(
            ADDRESS,
            also(LETTERS + KEEP_ADDRESSES),
            ("activities:", "consents:\n  letters: Letters\nactivities:"),
        ),
        systems(table(LEDGER)),
        level=WARNING,
    ),
]

PEOPLE = [
    Case(
        "person-missing",
        systems=systems(
            table(written("«notes", "people: intern", "data: {text: history}", "not personal: [id]"))
        ),
    ),
    Case(
        "person-unreachable",
        systems=systems(
            table(
                written(
                    "«photos",
                    "people: intern",
                    "matter: {trial: trial_id -> trials}",
                    "data: {text: history}",
                    "not personal: [id]",
                )
            )
        ),
        level=WARNING,
    ),
    Case("people-missing", systems=systems(table(written("guests", "«person: id", "data: {name: name}")))),
    Case(
        "identifiers-without-people",
        systems=systems((TRIALS, "«identifiers: {email: mail}\n      data: {employer: history}")),
    ),
    Case(
        "table-without-data",
        systems=systems(table(written("«visits", "person: intern_id -> interns", "not personal: [id]"))),
        level=WARNING,
    ),
    Case("begins-unknown", systems=systems((EVENTS, EVENTS + "\n      begins: «trial begun"))),
    Case(
        "own-period-without-matter",
        systems=systems(
            ("not personal: [id]", "«own period: {column: days, unit: days}\n      not personal: [id]")
        ),
    ),
    Case(
        "should-have-ended-idle",
        systems=systems(("not personal: [id]", "«should have ended: left is yes\n      not personal: [id]")),
        level=WARNING,
    ),
]

ANONYMISED = "not personal: [id]\n      when expired: anonymise"
ANONYMISE = [
    Case("cut-idle", systems=systems((EVENTS, EVENTS + "\n      «cut: [intern_id]"))),
    Case(
        "link-uncut",
        systems=systems(
            (EVENTS, EVENTS + "\n      when expired: anonymise"),
            ("person: intern_id ->", "person: «intern_id ->"),
        ),
    ),
    Case(
        "identifier-uncleared",
        systems=systems(
            ("not personal: [id]", ANONYMISED),
            ("identifiers: {email: email}", "identifiers: {email: email, «phone: phone}"),
        ),
    ),
    Case(
        "key-personal",
        systems=systems(
            ("not personal: [id]", ANONYMISED),
            ("identifiers: {email: email}", "identifiers: {email: email, «customer number: id}"),
        ),
    ),
    *(
        Case(
            "filler-plausible",
            systems=systems(
                ("email: email}\n      not", f"email: {{is: email, «filler: '{filler}'}}}}\n      not")
            ),
            about=filler,
        )
        for filler in ("slettet@firma.dk", "22334455", "+45 22 33 44 55", "311257-5000")
    ),
    Case(
        "filler-key-personal",
        systems=systems(
            ("person: id", "person: email"), ("full_name: name", "full_name: {is: name, «filler: 'x{key}'}")
        ),
        level=WARNING,
    ),
]


def sensitive(sensitivity: str) -> tuple[str, str]:
    return ("  history:\n", f"  history: {{sensitivity: {sensitivity}}}\n")


LAW = [
    Case("special-unfounded", policy(sensitive("special"), ("    basis:", "    «basis:")), level=WARNING),
    Case("criminal-unfounded", policy(sensitive("criminal"), ("    basis:", "    «basis:")), level=WARNING),
    Case(
        "national-id-unfounded",
        policy(sensitive("national id"), ("email, history]", "email, «history]")),
        level=WARNING,
    ),
    Case(
        "instruction-missing",
        policy(
            ("  run trials:", "  «run trials:"), ("    keep:", "    controller: somebody else\n    keep:")
        ),
        level=WARNING,
    ),
]


def recipient(said: str) -> str:
    return policy(
        ("activities:", f"recipients:\n  {said}\nactivities:"),
        ("    keep:", "    recipients: [hosting]\n    keep:"),
    )


RECIPIENTS = [
    Case("agreement-missing", recipient("«hosting: {kind: processor, country: DK}"), level=WARNING),
    Case("country-missing", recipient("«hosting: {kind: controller}"), level=WARNING),
    Case("country-unknown", recipient("hosting: {kind: controller, country: «Danmark}")),
    Case("transfer-unfounded", recipient("hosting: {kind: controller, country: «IN}"), level=WARNING),
    Case("transfer-partly", recipient("hosting: {kind: controller, country: «US}"), level=WARNING),
    Case(
        "recipient-unused",
        policy(("activities:", "recipients:\n  «hosting: {kind: controller, country: DK}\nactivities:")),
        level=NOTE,
    ),
]


def obliged(reference: str, keep: str) -> str:
    return policy(("basis: contract", f"basis: legal obligation ({reference})"), (KEEP, f"keep: «{keep}"))


def named(danish: str, keep: str) -> str:
    return policy(("  history:\n", f"  history: {danish}\n"), (KEEP, f"keep: «{keep}"))


PERIODS = [
    Case("bookkeeping-year", obliged("bogføringsloven § 12", "5 years after trial ended"), level=WARNING),
    Case(
        "bookkeeping-short",
        obliged("bogføringsloven § 12", "4 years after end of financial year of trial ended"),
        level=WARNING,
    ),
    Case("laundering-period", obliged("hvidvaskloven § 30", "6 years after trial ended"), level=WARNING),
    Case("traffic-period", obliged("retsplejeloven § 786 e", "18 months after trial ended"), level=WARNING),
    Case("cameras-long", named("Optagelser fra tv-overvågning", "60 days after trial ended"), level=WARNING),
    Case("applicants-long", named("Jobansøgninger", "4 years after trial ended"), level=WARNING),
    Case(
        "consent-proof-long",
        policy(
            ("activities:", "consents:\n  letters: Letters\nactivities:"),
            also(LETTERS),
            (KEEP, "keep: «5 years after trial ended"),
        ),
        systems(
            table(
                written(
                    "ledger",
                    "person: intern_id -> interns",
                    "data: {channel: history}",
                    "consents: {letters: {given: yes_on, withdrawn: no_on}}",
                )
            )
        ),
        level=WARNING,
    ),
]

ALL = [
    *WORDS,
    *RULES,
    *COVERAGE,
    *IF_NONE,
    *REACH,
    *EVIDENCE,
    *PEOPLE,
    *ANONYMISE,
    *LAW,
    *RECIPIENTS,
    *PERIODS,
]


def found(folder: Path, written: str, where: str) -> tuple[Problem, ...]:
    problems = Problems()
    (folder / "policy.yaml").write_text(written, encoding="utf-8")
    (folder / "systems.yaml").write_text(where, encoding="utf-8")
    made, inventory = read_policy(folder, problems), read_inventory(folder, problems)
    assert made, problems.all
    assert inventory, problems.all
    assert not problems.broken, problems.all
    return fits(made, inventory)


def marked(case: Case) -> Place:
    for file, text in (("policy.yaml", case.policy), ("systems.yaml", case.systems)):
        before, mark, _ = text.partition("«")
        if mark:
            return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    raise AssertionError("no place is marked")


def test_two_files_that_fit_say_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, POLICY, SYSTEMS) == ()


@pytest.mark.parametrize("case", ALL, ids=lambda c: f"{c.code} {c.about}".strip())
def test_a_finding_has_its_code_and_its_place(case: Case, tmp_path: Path) -> None:
    problems = found(tmp_path, case.policy.replace("«", ""), case.systems.replace("«", ""))

    assert (case.code, marked(case), case.level) in [(p.code, p.at, p.level) for p in problems], problems


def test_every_code_of_the_checks_has_a_case() -> None:
    codes = {use.code for use in uses() if "/inventory/checks/" in use.file}

    assert codes - {case.code for case in ALL} == set()


def test_a_forgotten_system_without_keep_rule_is_refused(tmp_path: Path) -> None:
    """CA-01: an old customer system of three shops, partly phased out, that no rule had been set for."""
    old = policy(("    keep:", "    systems: crm\n    keep:"))

    problems = found(tmp_path, old, SYSTEMS + OLD_SYSTEM)
    [problem] = [p for p in problems if p.level is Level.ERROR]
    assert (problem.code, problem.facts["system"], problem.facts["tables"]) == (
        "system-without-rule",
        "old",
        "customers",
    )


def test_the_nearest_word_is_named(tmp_path: Path) -> None:
    problems = found(tmp_path, policy((KEEP, "keep: 2 years after trail ended")), SYSTEMS)

    assert [p.facts["nearest"] for p in problems if p.code == "event-unknown"] == ["trial ended"]


def test_evidence_that_the_activity_covers_itself_is_proven(tmp_path: Path) -> None:
    complaints = written(
        "complaints",
        "person: intern_id -> interns",
        "matter: {complaint: id}",
        "data: {text: history}",
        "events: {complaint filed: filed_on}",
    )
    rule = "keep: 10 years after trial ended, if complaint filed within 2 years of trial ended"

    assert found(tmp_path, policy((KEEP, rule)), systems(table(complaints))) == ()


def test_evidence_that_another_rule_keeps_longer_is_proven(tmp_path: Path) -> None:
    longer = policy(also(SHORT.replace("1 year", "30 months")), WITHOUT_HISTORY)

    assert found(tmp_path, longer, SYSTEMS) == ()


def test_a_table_without_data_is_never_erased_and_so_good_evidence(tmp_path: Path) -> None:
    ends = systems(
        (TRIALS, "not personal: [employer]"),
        ("data: {full_name: name,", "data: {was: history, full_name: name,"),
    )

    assert [p.code for p in found(tmp_path, POLICY, ends)] == ["table-without-data"]


def test_a_legal_basis_that_names_its_exception_carries(tmp_path: Path) -> None:
    founded = policy(
        sensitive("special"),
        ("basis: contract", "basis: legitimate interest (GDPR art. 9(2)(f))"),
        ("    keep:", "    balancing: docs/lia.md\n    keep:"),
    )

    assert found(tmp_path, founded, SYSTEMS) == ()


def test_a_transfer_that_rests_on_something_is_accepted(tmp_path: Path) -> None:
    there = recipient("hosting: {kind: controller, country: US, transfer: data privacy framework}")

    assert found(tmp_path, there, SYSTEMS) == ()


def test_periods_as_the_law_says_are_accepted(tmp_path: Path) -> None:
    for reference, keep in (
        ("bogføringsloven § 12", "5 years after end of financial year of trial ended"),
        ("hvidvaskloven § 30", "60 months after trial ended"),
        ("retsplejeloven § 786 e", "1 year after trial ended"),
    ):
        assert found(tmp_path, obliged(reference, keep).replace("«", ""), SYSTEMS) == ()


@pytest.mark.parametrize("name", ["all_ears", "alles_klar", "clienti", "alottbetter", "flexfone"])
def test_the_examples_check_without_errors(name: str) -> None:
    folder, problems = Path(__file__).parents[2] / "examples" / name, Problems()
    made, inventory = read_policy(folder, problems), read_inventory(folder, problems)

    assert made
    assert inventory
    assert [p for p in (*problems.all, *fits(made, inventory)) if p.level is Level.ERROR] == []
