"""Whatever the product writes into its log has a sentence in each language: read from the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ordholden.lang import LANGUAGES
from ordholden.plans.book import PlanState
from ordholden.post.mailbox import ArrivalState
from ordholden.post.outbox import State
from ordholden.registers.calls.said import SAYINGS
from ordholden.registers.objections.objection import Standing
from ordholden.web.templatetags.console import action_key
from ordholden.web.words import in_language

ROOT = Path(__file__).parents[2] / "ordholden"
# Rooms that only read the log, or speak in keys of words that look alike.
READERS = ("web", "cli", "lang", "api", "demo.py")
RECORDERS = ("record", "record_many", "Draft", "_written", "_record", "_saved", "_draft", "_record_look")
ACTION = re.compile(r"[a-z]+(:[a-z-]+){1,2}")
OPEN = {
    "plan:{}": [s.value for s in PlanState],
    "call:{}": SAYINGS,
    "post:letter:{}": [s.value.replace(" ", "-") for s in State if s is not State.SENDING],
    "post:mail:{}": [s.value for s in ArrivalState],
    "objection:{}": [Standing.UPHELD.value, Standing.REJECTED.value],
    "request:deadline:{}": ["reminded", "escalated"],
    "request:representation:{}": ["accepted", "rejected"],
    "request:{}:approved": ["refusal", "fee", "plan", "decision"],
}
"""Actions of which one part is a value, and the values it can be."""


def written() -> set[str]:
    """Every action that the source records."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        if path.relative_to(ROOT).parts[0] in READERS:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            if _name(call.func) in RECORDERS:
                for text in _texts(call, tree):
                    found |= {text.replace("{}", value) for value in OPEN.get(text, ("{}",))}
    return found


def _texts(call: ast.Call, tree: ast.Module) -> Iterator[str]:
    given = [*call.args, *(k.value for k in call.keywords)]
    names = {n.id for g in given for n in ast.walk(g) if isinstance(n, ast.Name)}
    # A name is what this file gave it: `action = f"post:mail:{row.state}"`.
    given += [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names for t in n.targets)
    ]
    for one in given:
        inside = {id(v) for n in ast.walk(one) if isinstance(n, ast.JoinedStr) for v in n.values}
        for node in ast.walk(one):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
                if text in OPEN:
                    yield text
            elif (
                isinstance(node, ast.Constant)
                and id(node) not in inside
                and ACTION.fullmatch(str(node.value))
            ):
                yield str(node.value)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def test_the_search_finds_what_is_known_to_be_recorded() -> None:
    known = {
        "plan:made",
        "plan:verified",
        "post:mail:kept",
        "request:arrival:opened",
        "hold:placed",
        "use:asked",
    }

    assert known <= written()
    assert len(written()) > 100
    assert not any("{}" in action for action in written())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_a_sentence(language: str) -> None:
    words = in_language(language)

    assert sorted(action for action in written() if not words.known(action_key(action))) == []


def test_no_sentence_is_left_over() -> None:
    words, keys = in_language("en"), {action_key(action) for action in written()}

    assert sorted(name for name in words.names("audit_action") if f"audit_action:{name}" not in keys) == []
