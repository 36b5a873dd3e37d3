"""`coverage`: a person's case reaches every system: all answer, no table with personal data is missing."""

from __future__ import annotations

from ordholden.problems import Level
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "coverage"

LEFT_OUT = ("table-undeclared", "column-unlisted", "table-not-there", "column-not-there")
"""What the comparison with a live schema calls data that nobody declared, or a declaration without data."""


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    left_out = [p for p in look.problems if p.code in LEFT_OUT and p.level is not Level.NOTE]
    tables = sum(1 for t in look.inventory.tables if t.fields)
    covered = Evidence.of("systems-answer", systems=len(look.inventory.systems), tables=tables)
    evidence = tuple(Evidence.of(p.code, **p.facts) for p in left_out)
    return Proof(
        State.BROKEN if evidence else State.KEPT, (covered, *evidence), next=look.on if evidence else None
    )
