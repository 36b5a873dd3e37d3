"""The policy as people see it: the newest edition; before the first is published, the file as it stands.

Reading an edition is parsing its text, so each is read once per process: it never changes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ordholden.policy.changes import Change, changes, weighs
from ordholden.policy.document import Policy, Text
from ordholden.policy.names import NAME as LOOK
from ordholden.policy.names import named, read_look
from ordholden.policy.read import NAME, read_policy
from ordholden.problems import Problems, Refusal
from ordholden.registers import editions as register
from ordholden.registers.editions import Edition

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation

__all__ = ["Published", "edition", "editions", "pending", "publish", "published"]


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
    problems = organisation.problems
    if any(p.level == "error" for p in problems):
        raise Refusal(*problems)
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


def pending(organisation: Organisation) -> tuple[Change, ...]:
    """What the file says otherwise than the newest edition; nothing before the first."""
    newest = register.newest(organisation.store)
    return () if newest is None else changes(_read(newest.text), organisation.policy)


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
