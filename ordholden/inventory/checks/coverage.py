"""Personal data without a keep rule, and activities about data that is nowhere.

That no period was set, and nobody thought of the system, is itself the breach: a Danish furniture company
was fined for a customer system that it had forgotten (Vestre Landsret, September 2025; GDPR art. 5(1)(e)).
"""

from __future__ import annotations

from ordholden.inventory.system import System
from ordholden.inventory.together import Datum, Together
from ordholden.policy.document import EVERYTHING, Activity
from ordholden.problems import Problems


def check(both: Together, problems: Problems) -> None:
    _people(both, problems)
    for system in both.inventory.systems.values():
        _system(system, both, problems)
    for activity in both.policy.activities.values():
        _activity(activity, both, problems)


def _named(both: Together) -> set[str]:
    return {people for a in both.policy.activities.values() for people in a.people}


def _people(both: Together, problems: Problems) -> None:
    there = {kind for d in both.data for kind in both.kinds(d)}
    for people in both.policy.people:
        if people not in _named(both):
            at = both.policy.place("people", people)
            if people in there:
                problems.error("people-without-rule", at, people=people)
            else:
                problems.warning("people-unused", at, people=people)


def _system(system: System, both: Together, problems: Problems) -> None:
    data = [d for d in both.data if d.table.name.system == system.name]
    if data and not any(both.covering(d) for d in data):
        tables = ", ".join(dict.fromkeys(d.table.name.table for d in data))
        problems.error("system-without-rule", system.at, system=system.name, tables=tables)
        return
    for datum in data:
        _datum(datum, both, problems)


def _datum(datum: Datum, both: Together, problems: Problems) -> None:
    if datum.field.category not in both.policy.categories:
        return
    ruled = {people for a in both.covering(datum) for people in a.people}
    # A kind of people that no activity names is said once, at its own place.
    for people in sorted((both.kinds(datum) & _named(both)) - ruled):
        problems.error(
            "no-keep-rule", datum.field.at, datum=datum, category=datum.field.category, people=people
        )


def _activity(activity: Activity, both: Together, problems: Problems) -> None:
    covered = both.covered(activity)
    kinds = {kind for d in covered for kind in both.kinds(d)}
    for people in activity.people:
        if people not in kinds and people in both.policy.people:
            at = both.policy.place("activities", activity.name, "people", people)
            problems.warning("people-nowhere", at, activity=activity.name, people=people)
    if EVERYTHING in activity.data:
        return
    there = {d.field.category for d in covered}
    for category in activity.data:
        if category not in there and category in both.policy.categories:
            at = both.policy.place("activities", activity.name, "data", category)
            problems.warning("category-nowhere", at, activity=activity.name, category=category)
