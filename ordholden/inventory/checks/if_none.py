"""Nothing to stand on, no ground: a rule on an event that a record may lack says what holds without it."""

from __future__ import annotations

from ordholden.inventory.system import EventColumn, Table
from ordholden.inventory.together import Around, Datum, Ruled, Together
from ordholden.policy.rule import After, Asked
from ordholden.problems import Problems


def check(both: Together, problems: Problems) -> None:
    for ruled in both.rules:
        stands = isinstance(ruled.rule.term, After | Asked)
        if ruled.fallback or (ruled.activity.says_if_none and stands):
            continue
        if stands:
            _may_lack(ruled, both, problems)
        elif ruled.activity.if_none is not None:
            # A consent, a state and a record that is kept are there or not; the rule after it is never asked.
            at = both.policy.place("activities", ruled.activity.name, "if none")
            problems.warning("if-none-idle", at, activity=ruled.activity.name, rule=ruled.rule.text)


def _may_lack(ruled: Ruled, both: Together, problems: Problems) -> None:
    known = both.inventory.events
    if any(e.name not in known for e in ruled.rule.anchors):
        return
    for datum in both.covered(ruled.activity):
        if not any(
            _always(datum, *where, both) for e in ruled.rule.anchors for where in both.columns(e.name)
        ):
            first = ruled.rule.anchors[0]
            problems.error(
                "if-none-missing",
                ruled.at.shifted(first.offset),
                activity=ruled.activity.name,
                event=", ".join(e.name for e in ruled.rule.anchors),
                table=datum.table.name,
            )
            return


def _always(datum: Datum, there: Table, column: EventColumn, both: Together) -> bool:
    """The event stands on the record's own row, or on its own matter's, or on its own person's."""
    if column.when is not None:
        return False
    match both.around(there, datum):
        case Around.ITSELF:
            return True
        case Around.MATTER:
            return there.matters[0].own
        case Around.PERSON:
            return there.holds_people
        case _:
            return False
