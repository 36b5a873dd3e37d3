"""A small company of two systems: Nordlys, whose interns have stays, and whose voices are on disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from ordholden.connectors.files import open_files
from ordholden.connectors.files.reader import FilesReader
from ordholden.connectors.reading import Reader
from ordholden.connectors.sql.system import SqlSystem
from ordholden.footprints import Footprints
from ordholden.policy.document import Policy
from ordholden.policy.read import read_policy
from ordholden.problems import Problems
from tests.footprints.making import filled_database, inventory_of

POLICY = """
organisation:
  name: Nordlys Rejser ApS
  cvr: "12345674"
  contacts:
    data protection: {email: privat@nordlys.example}
people:
  intern: {da: praktikant, en: intern}
categories:
  name: {da: navn, en: name}
  email: {da: e-mailadresse, en: e-mail address}
  history: {da: forløb, en: programme history}
  remark: {da: bemærkning, en: remark}
  recording: {da: optagelse, en: recording}
consents:
  stories: {da: Historier, en: Stories}
recipients:
  hosts: {da: værter, en: placement hosts, kind: controller, country: DK}
activities:
  run the internship:
    purpose: {da: Gennemføre forløbet, en: Carry out the internship}
    basis: contract
    people: intern
    data: [name, email, history]
    sources: [the person]
    recipients: hosts
    keep: 2 years after internship ended
    if none: 90 days after registered
  tell stories:
    purpose: {da: Fortælle historier, en: Tell stories}
    basis: consent to stories
    people: intern
    data: [name]
    keep: while consent
  document:
    purpose: {da: Kunne bevise forløbet, en: Be able to prove the programme}
    basis: legal obligation (an act § 12)
    people: intern
    data: [name]
    sources: [the school]
    keep: 5 years after end of calendar year of internship ended
    if none: nothing
  practise:
    purpose: {da: Øve samtaler, en: Practise conversations}
    basis: contract
    people: intern
    data: [recording]
    keep: 90 days after recorded
    if none: nothing
"""

SYSTEMS = """
crm:
  url: URL
  backups: none
  tables:
    interns:
      people: intern
      person: id
      identifiers: {email: email, intern number: id}
      data: {name: name, email: email, remark: remark}
      not personal: [id]
      events: {registered: registered_on}
      consents: {stories: {given: yes_on, withdrawn: no_on}}
    internships:
      person: intern_id -> interns
      matter: {internship: id}
      data: {employer: {is: history, source: the employer}}
      not personal: [id]
      events: {internship started: started_on, internship ended: ended_on}
      begins: internship started
      should have ended: status is closed
audio:
  url: file:audio
  backups: none
  folders:
    voices:
      names: "{number}/{date:YYYYMMDD}-{title}.wav"
      people: intern
      person: number
      identifiers: {intern number: number}
      matter: {recording: path}
      content: recording
      events: {recorded: date}
"""


@pytest.fixture
def nordlys(database: str, tmp_path: Path) -> Iterator[tuple[Policy, Footprints]]:
    metadata, text = sa.MetaData(), sa.String(60)
    interns = sa.Table(
        "interns",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(c, text) for c in ("name", "email", "remark")),
        *(sa.Column(c, sa.Date) for c in ("registered_on", "yes_on", "no_on")),
    )
    internships = sa.Table(
        "internships",
        metadata,
        *(sa.Column(c, sa.Integer, primary_key=c == "id") for c in ("id", "intern_id")),
        *(sa.Column(c, text) for c in ("employer", "status")),
        *(sa.Column(c, sa.Date) for c in ("started_on", "ended_on")),
    )
    empty = {"remark": None, "yes_on": None, "no_on": None, "registered_on": date(2020, 1, 1)}
    people = [
        {"id": 1, "name": "Anna Hansen", "email": "anna@nordlys.example", "yes_on": date(2024, 5, 1)},
        {"id": 2, "name": "Bo Bang", "email": "bo@nordlys.example", "remark": "cat person"},
    ]
    stays = [
        {"id": 7, "intern_id": 1, "ended_on": date(2025, 3, 31), "status": "closed"},
        {"id": 8, "intern_id": 2, "ended_on": None, "status": "closed"},
    ]
    filled_database(
        database,
        (interns, [{**empty, **p} for p in people]),
        (internships, [{"employer": "Havn A/S", "started_on": date(2025, 1, 1), **s} for s in stays]),
    )
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    problems = Problems()
    policy, inventory = read_policy(tmp_path, problems), inventory_of(tmp_path, SYSTEMS, database)
    assert policy is not None, problems.all
    for name in ("1/20261001-hello.wav", "1/20261002-again.wav", "2/20261003-other.wav"):
        path = tmp_path / "audio" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    with open_files("file:audio", tmp_path) as files:
        voices = FilesReader(inventory.systems["audio"], files)
        crm = SqlSystem(inventory.systems["crm"], tmp_path)
        readers: dict[str, Reader] = {"crm": crm, "audio": voices}
        yield policy, Footprints(inventory, readers, policy)
        crm.close()
