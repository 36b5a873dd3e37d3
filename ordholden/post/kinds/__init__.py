"""The kinds of letters: what each has to be told, and what the law wants it to say. Beside this, their wordings.

A kind is a line of this table and a wording in each language (`<kind>.<language>.md`). What it *demands* no
wording may leave out, neither ours nor an organisation's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = ["COLUMNS", "COMPUTED", "FACTS", "KINDS", "Form", "Kind", "facts", "table"]


class Form(StrEnum):
    """How a fact is written: within a line, or as a block of its own."""

    LINE = "line"
    DAY = "day"
    MOMENT = "moment"
    WORDS = "words"  # some paragraphs
    QUOTE = "quote"  # some paragraphs that somebody else wrote
    LIST = "list"
    TABLE = "table"
    BUTTON = "button"
    FIELDS = "fields"
    PART = "part"  # made from the law and the organisation, not from a fact

    @property
    def inline(self) -> bool:
        return self in (Form.LINE, Form.DAY, Form.MOMENT)


@dataclass(frozen=True)
class Kind:
    """One kind of letter.

    `to_person`: its reader is the person whose data it is about, and may complain. `by_person`: it is a blank that
    the person signs and sends to us.
    """

    name: str
    needs: tuple[str, ...]
    demands: tuple[str, ...]
    may: tuple[str, ...] = ()
    to_person: bool = True
    by_person: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """Everything that a wording of this kind may speak of."""
        return tuple(dict.fromkeys((*self.needs, *self.demands, *self.may, *_ALWAYS, *COMPUTED)))


# What a letter can be told. A table's columns are headed by the words of the same name in `lang/*/letters.yaml`.
FACTS: Mapping[str, Form] = MappingProxyType(
    {
        "address": Form.LINE,  # several lines, for an envelope's window
        "authority_case": Form.LINE,
        "automated": Form.LIST,
        "backups": Form.TABLE,
        "case": Form.LINE,
        "changed": Form.TABLE,
        "changes": Form.LIST,
        "consents": Form.LIST,
        "controller": Form.LINE,
        "data": Form.TABLE,
        "decision": Form.WORDS,
        "deed": Form.LINE,
        "details": Form.TABLE,
        "done": Form.LIST,
        "done_on": Form.DAY,
        "doubt": Form.WORDS,
        "due": Form.DAY,
        "fields": Form.FIELDS,
        "files": Form.LIST,
        "from_day": Form.DAY,
        "ground": Form.LINE,
        "handed_on": Form.DAY,
        "left_out": Form.TABLE,
        "lifted_on": Form.DAY,
        "limited": Form.LIST,
        "link": Form.BUTTON,
        "link_until": Form.MOMENT,
        "name": Form.LINE,
        "on_behalf": Form.LINE,
        "person": Form.LIST,
        "reason": Form.WORDS,
        "received": Form.DAY,
        "receiver": Form.LINE,
        "recipients": Form.LIST,
        "remark": Form.WORDS,
        "right": Form.LINE,
        "searched": Form.LIST,
        "sent_on": Form.DAY,
        "signer": Form.LINE,
        "stays": Form.TABLE,
        "stopped": Form.LIST,
        "text": Form.WORDS,
        "topic": Form.LINE,
        "transfers": Form.TABLE,
        "unpaused": Form.DAY,
        "wanted": Form.WORDS,
        "was_due": Form.DAY,
        "what": Form.LIST,
        "words": Form.QUOTE,
    }
)

# The last column `until` takes a last day, or None where there is none yet.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "backups": ("where", "until"),
        "changed": ("what", "before", "now"),
        "data": ("what", "why", "source", "recipients", "until"),
        "details": ("what", "as we have it"),
        "left_out": ("what", "why"),
        "stays": ("what", "why", "until"),
        "transfers": ("recipients", "country", "on what"),
    }
)

# What is made here: from the facts, from the law, from the organisation.
COMPUTED: Mapping[str, Form] = MappingProxyType(
    {
        "greeting": Form.LINE,
        "wish": Form.LINE,
        "about": Form.LINE,
        "organisation": Form.LINE,
        "contact": Form.LINE,
        "authority": Form.LINE,
        "complaint": Form.PART,
        "rights": Form.PART,
        "signature": Form.PART,
    }
)

_ALWAYS = ("name", "address", "signer", "topic", "remark")
_CASE = "case right received"


def _kind(
    name: str, needs: str, demands: str, may: str = "", *, to_person: bool = True, by_person: bool = False
) -> Kind:
    return Kind(name, tuple(needs.split()), tuple(demands.split()), tuple(may.split()), to_person, by_person)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            # On the way (GDPR art. 12(3) and (6)).
            _kind("receipt", f"{_CASE} due", "case received due", "words link link_until"),
            _kind(
                "identity-asked", f"{_CASE} doubt wanted unpaused", "doubt wanted unpaused", "link link_until"
            ),
            _kind("representation-asked", f"{_CASE} on_behalf wanted", "wanted", "link link_until"),
            _kind("extension", f"{_CASE} was_due due reason", "due reason complaint"),
            _kind("handed-over", f"{_CASE} controller handed_on", "controller handed_on complaint"),
            _kind("message", "text", "text", "case link link_until"),
            # Answers (art. 12(3), 15 to 22, 7(3), 77).
            _kind(
                "answer-access",
                f"{_CASE} data automated",
                "data automated rights complaint",
                "files left_out transfers link link_until",
            ),
            _kind(
                "answer-rectification",
                f"{_CASE} changed recipients",
                "changed recipients complaint",
                "left_out",
            ),
            _kind(
                "answer-erasure",
                f"{_CASE} done stays backups recipients",
                "done stays backups recipients complaint",
            ),
            _kind(
                "answer-restriction",
                f"{_CASE} limited reason recipients",
                "limited reason recipients complaint",
            ),
            _kind("answer-objection", f"{_CASE} stopped", "stopped complaint", "stays reason recipients"),
            _kind("answer-automated", f"{_CASE} decision reason", "decision reason complaint"),
            _kind(
                "answer-portability",
                f"{_CASE} files left_out",
                "files left_out complaint",
                "receiver link link_until",
            ),
            _kind(
                "answer-withdrawal",
                f"{_CASE} consents done stays backups recipients",
                "consents done stays backups recipients complaint",
            ),
            _kind("answer-complaint", f"{_CASE} decision done", "decision done complaint"),
            # No, partly, and nobody (art. 12(4)).
            _kind("refusal", f"{_CASE} ground reason", "ground reason complaint", "stays"),
            _kind(
                "partly",
                f"{_CASE} done stays reason backups recipients",
                "done stays reason backups recipients complaint",
            ),
            _kind("nothing-found", f"{_CASE} searched", "searched complaint"),
            # Afterwards (art. 18(3) and 19).
            _kind(
                "lifted-restriction",
                f"{_CASE} limited lifted_on reason",
                "limited lifted_on reason complaint",
            ),
            _kind(
                "recipient-told", "case deed person what done_on", "deed person what done_on", to_person=False
            ),
            # Between processor and controller (art. 28(3)(e)).
            _kind(
                "controller-request",
                f"{_CASE} due",
                "received due",
                "words person link link_until",
                to_person=False,
            ),
            _kind(
                "controller-reminder",
                f"{_CASE} sent_on due",
                "sent_on due",
                "link link_until",
                to_person=False,
            ),
            _kind(
                "authority", "case authority_case text files", "authority_case text files", to_person=False
            ),
            # Without a case.
            _kind("sign-in-link", "link link_until", "link link_until"),
            _kind("still-right", "details link link_until", "details link complaint"),
            _kind("policy-changed", "changes from_day", "changes from_day complaint", "link"),
            # A blank that the person signs and sends as a letter.
            _kind("signed-request", "right fields", "fields signature", "text", by_person=True),
        )
    }
)

_WRITTEN = {
    Form.LINE: "a text",
    Form.DAY: "a day (`date`)",
    Form.MOMENT: "a moment (`datetime` with its zone)",
    Form.WORDS: "text, in paragraphs",
    Form.QUOTE: "text that somebody else wrote",
    Form.LIST: "a list of texts",
    Form.TABLE: "rows of texts",
    Form.BUTTON: "a web address",
    Form.FIELDS: "rows of label and value, the value empty where a line is wanted",
}


def table() -> str:
    """The kinds as the table of `docs/letters.md`."""
    rows = (f"| `{k.name}` | {_names(k.demands)} | {_names(_beside(k))} |" for k in KINDS.values())
    return "\n".join(["| kind | must say | may say |", "|---|---|---|", *rows])


def facts() -> str:
    """The facts as the table of `docs/letters.md`."""
    rows = (f"| `{name}` | {_WRITTEN[form]} | {_columns(name)} |" for name, form in FACTS.items())
    return "\n".join(["| fact | is | columns |", "|---|---|---|", *rows])


def _beside(kind: Kind) -> tuple[str, ...]:
    return tuple(n for n in (*kind.needs, *kind.may) if n not in kind.demands and n not in _ALWAYS)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _columns(name: str) -> str:
    return ", ".join(COLUMNS.get(name, ()))
