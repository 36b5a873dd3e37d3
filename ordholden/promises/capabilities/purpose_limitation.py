"""`purpose limitation`: the grounds answer whether a purpose may use somebody's data, not always with yes.

Asked for every purpose of the policy about everybody: allowed where a ground of that purpose is alive.
"""

from __future__ import annotations

from ordholden.connectors.predicate import FALSE, at_least
from ordholden.inventory.system import Table
from ordholden.policy.document import Activity
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

NAME = "purpose limitation"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    allowed = refused = 0
    for activity in look.policy.activities.values():
        for table in look.inventory.people_tables:
            if not table.is_folder and look.there(table.name):
                yes = _allowed(activity, table, look)
                allowed += yes
                refused += look.size(table.name) - yes
    evidence = Evidence.of(
        "purposes-asked", purposes=len(look.policy.activities), allowed=allowed, refused=refused
    )
    return Proof(State.KEPT if refused else State.NOT_PROVABLE, (evidence,))


def _allowed(activity: Activity, table: Table, look: Look) -> int:
    """How many people of the table the purpose may surely be used for."""
    kinds, _ = look.inventory.kinds(table)
    if not activity.reaches(table.name.system) or not any(k.people in activity.people for k in kinds):
        return 0
    where = at_least(look.sight.compiler.alive(activity, table))
    return 0 if where == FALSE else look.sight.reader(table).count(table.name, where)
