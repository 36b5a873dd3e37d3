"""The order of nights doesn't matter: many sweeps end where one late sweep ends, though evidence goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from examples import ORGANISATIONS
from ordholden.app import Organisation, open_organisation
from ordholden.consents import ask, asked
from ordholden.grounds.wishes import Card
from ordholden.plans.book import PlanState
from ordholden.plans.plan import Operation, Plan
from tests.swept import CLERK, ON, carried_out, content, copied, made

# Close together at first, where every night differs; then far apart, so that long periods end, too.
NIGHTS = (0, 31, 400)

Questions = Mapping[tuple[str, Card], date]


def planned(plan: Plan) -> Counter[str]:
    """Records by operation and table."""
    found: Counter[str] = Counter()
    for step in plan.steps:
        if step.operation is not Operation.ASK:
            found[f"{step.operation} {step.table}"] += step.rows
    return found


def night(organisation: Organisation, on: date) -> None:
    """A sweep that does exactly what its plan said."""
    kept = organisation.plan(on, actor=CLERK)
    outcome = carried_out(organisation, kept)

    assert not outcome.findings
    assert outcome.kept.state is PlanState.VERIFIED
    assert dict(outcome.changed) == dict(planned(kept.plan))


def many_nights(folder: Path) -> Questions:
    """Sweeps on all the nights; whom they asked whether their data is still right, and when."""
    questions: dict[tuple[str, Card], date] = {}
    with open_organisation(folder) as organisation:
        for days in NIGHTS:
            night(organisation, ON + timedelta(days=days))
            questions |= asked(organisation.store)
    return questions


def one_late_night(folder: Path, questions: Questions) -> None:
    """One sweep on the last of them. The same people were asked, since the asking can end a ground."""
    with open_organisation(folder) as organisation:
        for (activity, card), day in questions.items():
            ask(organisation.store, activity, [card], on=day, actor=CLERK)
        night(organisation, ON + timedelta(days=NIGHTS[-1]))


def what_is_due(folder: Path) -> int:
    """Records that the last night would have to change, had it not been."""
    with open_organisation(folder) as organisation:
        return organisation.plan(ON + timedelta(days=NIGHTS[-1]), actor=CLERK).plan.rows


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_sweeping_night_by_night_ends_where_one_late_sweep_ends(name: str, tmp_path: Path) -> None:
    nightly = made(tmp_path, name, people=10)
    late = copied(nightly, tmp_path / "late")
    one_late_night(late, many_nights(nightly))

    assert content(nightly) == content(late)
    assert what_is_due(nightly) == what_is_due(late) == 0
