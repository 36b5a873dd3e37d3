"""Periods that Danish law or Datatilsynet's practice sets, where a name or a reference says what it is about.

Only facts that were read in the law or on the authority's own page. What a policy calls otherwise passes.
"""

from __future__ import annotations

import re

from ordholden.inventory.together import Together
from ordholden.policy.document import Activity, BasisKind
from ordholden.policy.rule import After, Duration, Unit, Year
from ordholden.problems import Problems

# What is about cameras (tv-overvågningsloven § 4 c), and who applies for a job.
_CAMERAS = re.compile(
    r"\b(tv|video|kamera)-?\s?overvåg|\bcctv\b|\b(video|camera) (surveillance|monitoring)", re.IGNORECASE
)
_APPLICANTS = re.compile(
    r"\b(job)?ansøgere?\b|\bjobansøgning(er)?\b|\bapplicants?\b|\bjob applications?\b", re.IGNORECASE
)


def check(both: Together, problems: Problems) -> None:
    for activity in both.policy.activities.values():
        _bookkeeping(activity, problems)
        _by_reference(activity, problems)
        _by_name(activity, both, problems)
        _proof_of_consent(activity, both, problems)


def _bookkeeping(activity: Activity, problems: Problems) -> None:
    """Five years from the end of the financial year (bogføringsloven § 12), not from an invoice's day."""
    if not _refers(activity, "bogføringslov"):
        return
    term = activity.keep.term
    at = activity.keep_at
    if not isinstance(term, After) or not isinstance(term.period, Duration):
        return
    if term.year is not Year.FINANCIAL:
        problems.warning("bookkeeping-year", at, activity=activity.name, rule=activity.keep.text)
    elif _most(term.period) < _days(5):
        problems.warning("bookkeeping-short", at, activity=activity.name, rule=activity.keep.text)


def _by_reference(activity: Activity, problems: Problems) -> None:
    """Periods that are both the shortest and the longest allowed."""
    term = activity.keep.term
    if not isinstance(term, After) or not isinstance(term.period, Duration):
        return
    at = activity.keep_at
    if _refers(activity, "hvidvasklov") and not _exactly(term.period, 5):
        problems.warning("laundering-period", at, activity=activity.name, rule=activity.keep.text)
    if (
        _refers(activity, "retsplejelov")
        and "786" in activity.basis.reference
        and not _exactly(term.period, 1)
    ):
        problems.warning("traffic-period", at, activity=activity.name, rule=activity.keep.text)


def _by_name(activity: Activity, both: Together, problems: Problems) -> None:
    """The longest period that is accepted, unless a condition says that the case is a special one."""
    term = activity.keep.term
    if not isinstance(term, After) or not isinstance(term.period, Duration) or activity.keep.conditions:
        return
    if _least(term.period) > 30 and _called(activity, both, _CAMERAS):
        problems.warning("cameras-long", activity.keep_at, activity=activity.name, rule=activity.keep.text)
    consented = activity.basis.kind is BasisKind.CONSENT
    if not consented and _least(term.period) > _days(3) + 1 and _called(activity, both, _APPLICANTS):
        problems.warning("applicants-long", activity.keep_at, activity=activity.name, rule=activity.keep.text)


def _proof_of_consent(activity: Activity, both: Together, problems: Problems) -> None:
    """Proof of a consent goes with it; a short while is accepted to settle a dispute, years are not."""
    term = activity.keep.term
    if activity.basis.kind is BasisKind.CONSENT or activity.keep.conditions or not isinstance(term, After):
        return
    if not isinstance(term.period, Duration) or _least(term.period) <= 366:
        return
    for datum in both.covered(activity):
        # A table that is there for the yes and the no, rather than people or matters that also have one.
        ledger = datum.table.consents and not datum.table.holds_people and not datum.table.matters
        if ledger:
            problems.warning(
                "consent-proof-long",
                activity.keep_at,
                activity=activity.name,
                table=datum.table.name,
                rule=activity.keep.text,
            )
            return


def _refers(activity: Activity, law: str) -> bool:
    return activity.basis.kind is BasisKind.LEGAL_OBLIGATION and law in activity.basis.reference.casefold()


def _called(activity: Activity, both: Together, names: re.Pattern[str]) -> bool:
    """Whether a category of the activity, or a kind of people, is called so: its key or either text."""
    policy = both.policy
    texts = [policy.categories[c].text for c in activity.data if c in policy.categories]
    texts += [policy.people[p] for p in activity.people if p in policy.people]
    words = [*activity.data, *activity.people, *(w for t in texts for w in (t.da, t.en))]
    return any(names.search(word) for word in words)


def _days(years: int) -> int:
    return years * 365


def _least(period: Duration) -> int:
    return period.count * {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28, Unit.YEAR: 365}[period.unit]


def _most(period: Duration) -> int:
    return period.count * {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366}[period.unit]


def _exactly(period: Duration, years: int) -> bool:
    return period in (Duration(years, Unit.YEAR), Duration(12 * years, Unit.MONTH))
