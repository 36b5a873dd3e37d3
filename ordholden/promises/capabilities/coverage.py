"""`coverage`: a person's case reaches every system: all answer, no table with personal data is missing."""

from __future__ import annotations

from ordholden.problems import Level
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

NAME = "coverage"

LEFT_OUT = ("column-unlisted", "table-not-there", "column-not-there")
"""What the comparison with a live schema calls data that nobody declared, or a declaration without data."""

UNSAID = ("tables-undeclared",)
"""Tables of which nobody has said whether there is personal data in them."""


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    left_out = _found(look, LEFT_OUT)
    unsaid = _found(look, UNSAID)
    tables = sum(1 for t in look.inventory.tables if t.fields)
    covered = Evidence.of("systems-answer", systems=len(look.inventory.systems), tables=tables)
    state = State.BROKEN if left_out else State.NOT_PROVABLE if unsaid else State.KEPT
    return Proof(state, (covered, *left_out, *unsaid), next=None if state is State.KEPT else look.on)


def _found(look: Look, codes: tuple[str, ...]) -> tuple[Evidence, ...]:
    found = [p for p in look.problems if p.code in codes and p.level is not Level.NOTE]
    return tuple(Evidence.of(p.code, **p.facts) for p in found)
