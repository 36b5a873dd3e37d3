"""`quality exemption`: what nobody may correct is left as it is, and goes when its time is over."""

from __future__ import annotations

from ordholden.inventory.system import Table
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State, combined

NAME = "quality exemption"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    exempt = [
        t
        for t in look.inventory.tables
        if t.quality_exempt or look.inventory.systems[t.name.system].quality_exempt
    ]
    if not exempt:
        return Proof(State.NOT_PROVABLE, (Evidence.of("exempt-nothing"),))
    return combined(_enforced(table, look, keeping) for table in exempt)


def _enforced(table: Table, look: Look, keeping: Keeping) -> Proof:
    if table.name.system in look.silent:
        return Proof(State.NOT_PROVABLE, (Evidence.of("system-silent", system=table.name.system),))
    overdue = keeping.overdue(table)
    evidence = Evidence.of("exempt", table=table.name, rows=look.size(table.name), overdue=overdue)
    late = any(line.table == table.name for line in keeping.before)
    state = State.BROKEN if late else State.DUE if overdue else State.KEPT
    return Proof(state, (evidence,), next=look.on if overdue else None)
