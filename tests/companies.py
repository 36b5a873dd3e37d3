"""Small companies for tests: two files, one database, a few people; and a hotel that keeps its guests for a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ordholden.app import Organisation
from ordholden.promises import PromiseState
from tests.swept import ON, tell

__all__ = ["HOTEL_POLICY", "HOTEL_SYSTEMS", "HOTEL_TABLES", "company", "hotel", "promised"]

HEAD = """
organisation: {name: Prøveselskabet, cvr: "99000099", contacts: {data protection: {email: privat@selskab.example}}}
limits: {rows: 5000, share of a table: 100%, first run of a rule: allow}
"""

HOTEL_POLICY = """
people: {guest: guest}
categories: {name: name, email: e-mail}
activities:
  host guests:
    purpose: Host guests
    basis: contract
    people: [guest]
    data: [name, email]
    keep: 12 months after stay ended
    if none: nothing
promises:
  HO-01:
    says: A year after the last stay we know nobody any more
    activities: [host guests]
"""
HOTEL_SYSTEMS = """
desk:
  url: sqlite:///desk.sqlite3
  backups: kept 30 days
  tables:
    guests:
      people: guest
      person: id
      identifiers: {email: email}
      data: {name: name, email: email}
      not personal: [id]
      events: {stay ended: last_stay}
"""
HOTEL_TABLES = (
    "CREATE TABLE guests (id INTEGER PRIMARY KEY, name VARCHAR(80), email VARCHAR(80), last_stay DATE)",
    "INSERT INTO guests VALUES (1, 'Gæst Et', 'et@post.example', '2024-05-31')",
    "INSERT INTO guests VALUES (2, 'Gæst To', 'to@post.example', '2024-11-02')",
    "INSERT INTO guests VALUES (3, 'Gæst Tre', 'tre@post.example', '2025-10-01')",
)


def company(folder: Path, policy: str, systems: str, system: str, tables: Sequence[str]) -> Path:
    (folder / "docs").mkdir()
    (folder / "docs" / "balancing.md").write_text("weighed\n")
    (folder / "policy.yaml").write_text(HEAD + policy)
    (folder / "systems.yaml").write_text(systems)
    tell(folder, system, *tables)
    return folder


def hotel(
    folder: Path, more_promises: str = "", systems: str = HOTEL_SYSTEMS, more: Sequence[str] = ()
) -> Path:
    """The hotel, with promises of its own, another inventory, or more in its database."""
    return company(folder, HOTEL_POLICY + more_promises, systems, "desk", (*HOTEL_TABLES, *more))


def promised(organisation: Organisation, name: str, on: date = ON) -> PromiseState:
    [state] = organisation.promises(on, only=[name])
    return state
