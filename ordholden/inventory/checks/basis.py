"""Legal bases that do not carry the data they are given for."""

from __future__ import annotations

from collections.abc import Mapping

from ordholden.inventory.together import Together
from ordholden.policy.document import Activity, BasisKind, Category, Sensitivity
from ordholden.problems import Problems


def check(both: Together, problems: Problems) -> None:
    for activity in both.policy.activities.values():
        categories = _categories(activity, both)
        _special(activity, categories, both, problems)
        _national_id(activity, categories, both, problems)
        if activity.controller and not activity.instruction:
            problems.warning(
                "instruction-missing", activity.at, activity=activity.name, controller=activity.controller
            )


def _categories(activity: Activity, both: Together) -> Mapping[str, Category]:
    """What the activity is really about: the categories of the data it covers."""
    known = both.policy.categories
    found = (d.field.category for d in both.covered(activity))
    return {name: known[name] for name in dict.fromkeys(found) if name in known}


def _special(
    activity: Activity, categories: Mapping[str, Category], both: Together, problems: Problems
) -> None:
    """Special categories need an exception of GDPR art. 9(2): an explicit consent, or one that is named."""
    if activity.basis.kind is BasisKind.CONSENT or activity.basis.reference:
        return
    for category in categories.values():
        if category.sensitivity not in (Sensitivity.SPECIAL, Sensitivity.CRIMINAL):
            continue
        code = "special-unfounded" if category.sensitivity is Sensitivity.SPECIAL else "criminal-unfounded"
        at = both.policy.place("activities", activity.name, "basis")
        problems.warning(code, at, activity=activity.name, category=category.name)


def _national_id(
    activity: Activity, categories: Mapping[str, Category], both: Together, problems: Problems
) -> None:
    """The CPR number is for where a law says so or the person agreed (databeskyttelsesloven § 11, stk. 2)."""
    carries = activity.basis.kind in (BasisKind.CONSENT, BasisKind.LEGAL_OBLIGATION)
    if carries or activity.basis.reference:
        return
    for name in activity.data:
        category = categories.get(name)
        if category is not None and category.sensitivity is Sensitivity.NATIONAL_ID:
            at = both.policy.place("activities", activity.name, "data", name)
            basis = activity.basis.kind.value
            problems.warning("national-id-unfounded", at, activity=activity.name, category=name, basis=basis)
