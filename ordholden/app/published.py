"""The policy as people see it: the newest edition; before the first is published, the file as it stands.

Reading an edition is parsing its text, so each is read once per process: it never changes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ordholden import audit
from ordholden.app.organisation import today
from ordholden.app.tongues import in_languages, of_addresses, said_by
from ordholden.connectors.predicate import TRUE
from ordholden.identifiers import normal
from ordholden.lang import LANGUAGES, word
from ordholden.policy.changes import Change, changes, weighs
from ordholden.policy.document import Policy, Text
from ordholden.policy.names import NAME as LOOK
from ordholden.policy.names import named, read_look
from ordholden.policy.read import NAME, read_policy
from ordholden.policy.spoken import spoken
from ordholden.post import Letter, outbox, write
from ordholden.problems import Problems, Refusal
from ordholden.registers import editions as register
from ordholden.registers.editions import Edition

if TYPE_CHECKING:
    from ordholden.app.organisation import Difference, Organisation

__all__ = [
    "Published",
    "edition",
    "editions",
    "effect",
    "is_newest",
    "must_be_fit",
    "pending",
    "publish",
    "published",
    "tell_affected",
]


@dataclass(frozen=True)
class Published:
    """A policy that people can read. `edition` is None for the file that nobody has published yet."""

    policy: Policy
    words: Mapping[str, Text]
    edition: Edition | None = None

    def said(self, name: str, language: str) -> str:
        """A name of the policy file, as it reads in a sentence; where nobody wrote any words, the name."""
        if name in self.words:
            return self.words[name][language]
        if name in self.policy.people:
            return self.policy.people[name][language]
        return name


def publish(
    organisation: Organisation,
    *,
    actor: str,
    significant: bool | None = None,
    note: Text = Text("", ""),  # noqa: B008 – a frozen value
) -> Edition:
    """Publishes the file as it stands. Unless somebody decides, a change weighs what it changes for people."""
    must_be_fit(organisation)
    if significant is None:
        significant = weighs(pending(organisation))
    text = (organisation.folder / NAME).read_text("utf-8")
    return register.publish(
        organisation.store,
        text=text,
        look=_look(organisation.folder),
        digest=organisation.policy.digest,
        significant=significant,
        note_da=note.da,
        note_en=note.en,
        actor=actor,
    )


def must_be_fit(organisation: Organisation) -> None:
    """A Refusal where the file can't become an edition: it makes no sense, or it is the newest edition."""
    problems = organisation.problems
    if any(p.level == "error" for p in problems):
        raise Refusal(*problems)
    if is_newest(organisation):
        raise Refusal.of("edition-same", number=editions(organisation)[0].number)


def is_newest(organisation: Organisation) -> bool:
    """Whether people read the file as it stands."""
    known = editions(organisation)
    return bool(known) and known[0].digest == organisation.policy.digest


def pending(organisation: Organisation) -> tuple[Change, ...]:
    """What the file says otherwise than the newest edition; nothing before the first."""
    newest = register.newest(organisation.store)
    return () if newest is None else changes(_read(newest.text), organisation.policy)


def effect(organisation: Organisation) -> tuple[Difference, ...]:
    """What the file would do to the data as it is, beside the newest edition; nothing before the first."""
    from ordholden.app.organisation import open_organisation

    newest = register.newest(organisation.store)
    if newest is None:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, NAME)
        file.write_text(newest.text, encoding="utf-8")
        with open_organisation(organisation.folder, policy_file=file) as before:
            return before.diff(organisation.folder)


def published(organisation: Organisation) -> Published:
    newest = register.newest(organisation.store)
    if newest is None:
        return Published(organisation.policy, named(read_look(_look(organisation.folder))))
    return _published(newest)


def editions(organisation: Organisation) -> tuple[Edition, ...]:
    """The newest first, without their text."""
    return register.editions(organisation.store)


def edition(organisation: Organisation, number: int) -> tuple[Published, tuple[Change, ...]]:
    """An edition, and what it changed; the first one changed nothing."""
    this = register.edition(organisation.store, number)
    if number == 1:
        return _published(this), ()
    before = register.edition(organisation.store, number - 1)
    return _published(this), changes(_read(before.text), _read(this.text))


def _published(edition: Edition) -> Published:
    return Published(_read(edition.text), named(read_look(edition.look)), edition)


@lru_cache(maxsize=200)
def _read(text: str) -> Policy:
    """What was published could be read then. An edition of a language that has changed since is refused, and said so."""
    problems = Problems()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, NAME)
        file.write_text(text, encoding="utf-8")
        policy = read_policy(file, problems)
    if policy is None:
        raise Refusal(*problems.all)
    return policy


def _look(folder: Path) -> str:
    try:
        return (folder / LOOK).read_text("utf-8")
    except OSError:
        return ""


def tell_affected(organisation: Organisation, *, actor: str) -> int:
    """Puts a letter in the outbox for everybody whom the newest edition concerns and who has an address; how many.

    Each is written to in their own language, or in both where it is not known. Whom it concerns are the people of its
    weighty activities. Told again, nobody is written to twice: the key is the edition and the address.
    """
    newest = register.newest(organisation.store)
    if newest is None or newest.number == 1 or not newest.significant:
        return 0
    this, found = edition(organisation, newest.number)
    weighty = [change for change in found if change.weighs] or list(found)
    kinds = {p for change in weighty for a in (change.old, change.new) if a is not None for p in a.people}
    written = {language: _letter(organisation, this, weighty, language) for language in LANGUAGES}
    told = 0
    for some in _addresses(organisation, kinds):
        for address, languages in of_addresses(organisation, some).items():
            letter = in_languages(written, languages)
            key = f"policy:{newest.number}:{organisation.store.digest(address, use='policy changed')}"
            outbox.put(organisation.store, letter, address, key=key, actor=actor)
            told += 1
    with organisation.store.transaction():
        facts = {"people": told}
        subject = f"P-{newest.number}"
        audit.record(organisation.store, actor=actor, action="policy:told", subject=subject, facts=facts)
    return told


def _letter(organisation: Organisation, this: Published, found: Sequence[Change], language: str) -> Letter:
    assert this.edition is not None
    base = os.environ.get("ORDHOLDEN_ADDRESS", "").rstrip("/")
    place = f"{base}/{organisation.folder.name}/editions/{this.edition.number}/"
    note = this.edition.note_da if language == "da" else this.edition.note_en
    day = this.edition.at.astimezone(ZoneInfo("Europe/Copenhagen")).date()
    facts: dict[str, Any] = {
        "name": "",
        "changes": [_said(change, this, language) for change in found],
        "from_day": day,
        "remark": note,
        **({"link": place} if base else {}),
    }
    of = this.policy.organisation
    return write("policy-changed", language, facts, of, organisation.folder, on=day)


def _said(change: Change, this: Published, language: str) -> str:
    """One line: the purpose, and what of it is different; of how long, the new rule in words."""
    activity = change.new or change.old
    assert activity is not None
    what = ", ".join(word(f"policy part.{part}", language) for part in change.parts)
    line = f"{activity.purpose[language]}: {what or word(f'policy change.{change.kind}', language)}"
    if "keep" in change.parts:
        line += f" ({spoken(activity.keep, language, lambda name: this.said(name, language))})"
    return line


def _addresses(organisation: Organisation, kinds: set[str]) -> Iterator[Mapping[str, Mapping[str, str]]]:
    """The addresses for mail of these kinds of people, each once, with what their rows tell of their language."""
    seen: set[str] = set()
    sight = organisation.sight(today())
    for table in organisation.inventory.people_tables:
        column = table.identifiers.get("email")
        if not column or not kinds & {kind.people for kind in table.kinds}:
            continue
        # A table of several kinds is told as a whole: who gets a letter too many is better off than who gets none.
        for page in sight.reader(table).rows(table.name, TRUE):
            found = {normal("email", row.values.get(column)) or "": said_by(table, row) for row in page}
            yield {address: said for address, said in found.items() if address and address not in seen}
            seen |= found.keys()
