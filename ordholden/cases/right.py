"""A right, as its file in `rights/` describes it: its article, its letters, how it is decided and carried out.

A new right is a new file there that exports `RIGHT`; nothing else has to be told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from ordholden.cases.case import Case, Decision, Outcome, Proposal, TaskKind, Upload
from ordholden.cases.corridor import Corridor
from ordholden.problems import Refusal, nearest

__all__ = ["Done", "Right", "Work", "right_of", "rights"]


@dataclass(frozen=True)
class Work:
    """A task that is still to be done when the right's own deed is done; `key` tells it from the case's others."""

    kind: TaskKind
    key: str
    system: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """What carrying out came to: the plan, files for the person, register entries, and what others still have to do.

    Not `settled` means waiting: `reason` says what for, and the task is tried again later.
    """

    plan: str = ""
    files: tuple[Upload, ...] = ()
    entries: tuple[str, ...] = ()
    still: tuple[Work, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)  # for the answer, by the names of `post.kinds`
    settled: bool = True
    reason: str = ""


def nothing_to_verify(*_: object) -> tuple[str, ...]:
    """For rights that change nothing."""
    return ()


@dataclass(frozen=True)
class Right:
    """`letters` is the kind of letter for each outcome; without one it is `answer-<letter>`, `partly`, `refusal` …

    `propose` looks and changes nothing in the company's data. `carry_out` may be called again after a crash: effect once.
    `carry_out_many` does many cases by one plan, and gives what each came to, in their order.
    `verify` gives what is not as it should be, as codes. `begin` is what holds from the moment it is known who asks, before
    anybody decides (an objection suspends the use): it gives the entries it made in registers. `reconsider` proposes again
    when somebody has decided what the basis leaves open, with their reason. `at_once` needs nobody to see to it by hand
    elsewhere (objection to marketing). `by_mailbox` is what holds as soon as somebody has
    read our mail in the mailbox that the case names, whoever they are (no to marketing that is sent there).
    """

    code: str
    article: str
    letter: str
    propose: Callable[[Case, Corridor], Proposal]
    carry_out: Callable[[Case, Decision, Corridor], Done]
    verify: Callable[[Case, Decision, Corridor], tuple[str, ...]] = nothing_to_verify
    begin: Callable[[Case, Corridor], tuple[str, ...]] = nothing_to_verify
    reconsider: Callable[[Case, Corridor, Mapping[str, str], str], Proposal] | None = None
    needs_plan: bool = False
    at_once: bool = False
    by_mailbox: Callable[[Case, Corridor], tuple[str, ...]] = nothing_to_verify
    needs_person: bool = True  # False: can be answered though nobody was found (a complaint)
    tells_recipients: bool = False  # GDPR art. 19
    carry_out_many: Callable[[Sequence[tuple[Case, Decision]], Corridor], Sequence[Done]] | None = None
    letters: Mapping[Outcome, str] = field(default_factory=dict)

    def letter_for(self, outcome: Outcome) -> str:
        if outcome in self.letters:
            return self.letters[outcome]
        return _LETTERS.get(outcome, f"answer-{self.letter}")


_LETTERS = {
    Outcome.REFUSED: "refusal",
    Outcome.PARTLY: "partly",
    Outcome.NOTHING_FOUND: "nothing-found",
    Outcome.NOT_IDENTIFIED: "refusal",
    Outcome.HANDED_OVER: "handed-over",
    Outcome.WITHDRAWN: "message",
}


@cache
def rights() -> Mapping[str, Right]:
    """Every right of this version, by code."""
    from ordholden.cases import rights as room

    found = (import_module(f"{room.__name__}.{m.name}") for m in iter_modules(room.__path__))
    return {module.RIGHT.code: module.RIGHT for module in found if hasattr(module, "RIGHT")}


def right_of(code: str) -> Right:
    """The right of that code, or a Refusal that names the nearest."""
    if code not in rights():
        raise Refusal.of("right-unknown", word=code, nearest=nearest(code, rights()))
    return rights()[code]
