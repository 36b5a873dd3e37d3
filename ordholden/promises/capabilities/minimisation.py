"""`minimisation`: no value is held that no activity speaks of (GDPR art. 5(1)(c))."""

from __future__ import annotations

from ordholden.connectors.predicate import FALSE, at_most
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "minimisation"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    tables = [t for t in look.inventory.tables if t.fields and look.there(t.name)]
    undeclared: list[Evidence] = []
    for table in tables:
        where = at_most(look.sight.compiler.undeclared(table))
        rows = 0 if where == FALSE else look.sight.reader(table).count(table.name, where)
        if rows:
            undeclared.append(Evidence.of("undeclared", table=table.name, rows=rows))
    looked = Evidence.of("declared", tables=len(tables), rows=sum(look.size(t.name) for t in tables))
    return Proof(
        State.BROKEN if undeclared else State.KEPT,
        (looked, *undeclared),
        next=look.on if undeclared else None,
    )
