"""Words of `systems.yaml` that the policy does not know; names in the policy that nothing stands behind."""

from __future__ import annotations

from ordholden.inventory.system import Table
from ordholden.inventory.together import Together
from ordholden.problems import Problems, nearest


def check(both: Together, problems: Problems) -> None:
    for table in both.inventory.tables:
        _table(table, both, problems)
    _systems(both, problems)
    _recipients(both, problems)
    _consents(both, problems)


def _table(table: Table, both: Together, problems: Problems) -> None:
    policy = both.policy
    for field in table.fields:
        if field.category not in policy.categories:
            near = nearest(field.category, policy.categories)
            problems.error("category-unknown", field.at, word=field.category, nearest=near)
    for kind in table.kinds:
        if kind.people not in policy.people:
            at = both.at(table, "people", kind.people)
            near = nearest(kind.people, policy.people)
            problems.error("people-unknown", at, word=kind.people, nearest=near)
    for consent in dict.fromkeys(c.consent for c in table.consents):
        if consent not in policy.consents:
            at = both.at(table, "consents", consent)
            problems.error("consent-unknown", at, word=consent, nearest=nearest(consent, policy.consents))


def _systems(both: Together, problems: Problems) -> None:
    known = both.inventory.systems
    for activity in both.policy.activities.values():
        for system in activity.systems:
            if system not in known:
                at = both.policy.place("activities", activity.name, "systems", system)
                problems.error("system-unknown", at, word=system, nearest=nearest(system, known))


def _recipients(both: Together, problems: Problems) -> None:
    known = both.policy.recipients
    for activity in both.policy.activities.values():
        for recipient in activity.recipients:
            if recipient not in known:
                at = both.policy.place("activities", activity.name, "recipients", recipient)
                problems.warning("recipient-unlisted", at, word=recipient, nearest=nearest(recipient, known))


def _consents(both: Together, problems: Problems) -> None:
    for consent in both.policy.consents:
        used = next((a for a in both.policy.activities.values() if a.basis.consent == consent), None)
        if used is not None and consent not in both.inventory.consents:
            at = both.policy.place("consents", consent)
            problems.warning("consent-unrecorded", at, consent=consent, activity=used.name)
