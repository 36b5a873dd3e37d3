"""Of two rules on the same event: what the texts prove holds on every day of the calendar."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ordholden.grounds.calendar import ends_on
from ordholden.inventory.outlives import Outlives, outlives
from ordholden.policy.document import Activity, Basis, BasisKind, Text
from ordholden.policy.keep import read_rule
from ordholden.policy.rule import After, Duration, Event, Rule, Unit, Year
from ordholden.problems import Place

HERE = Place("policy.yaml", 1, 1)
YEAR_ENDS = (6, 30)

periods = st.builds(Duration, st.integers(0, 60), st.sampled_from(Unit))
years = st.sampled_from([None, *Year])
days = st.dates(date(1996, 1, 1), date(2040, 12, 31))


def activity(rule: Rule, basis: Basis | None = None) -> Activity:
    return Activity(
        name=rule.text,
        purpose=Text("", ""),
        basis=basis or Basis(BasisKind.CONTRACT),
        people=("intern",),
        data=("name",),
        keep=rule,
        if_none=None,
        says_if_none=True,
        systems=(),
        sources=(),
        recipients=(),
        wish=None,
        direct_marketing=False,
        balancing="",
        controller="",
        instruction="",
        at=HERE,
        keep_at=HERE,
    )


def said(other: str, kept: str) -> Outlives:
    """Whether the first rule keeps as long as the second."""
    one, two = read_rule(other, HERE), read_rule(kept, HERE)
    assert isinstance(one, Rule)
    assert isinstance(two, Rule)
    return outlives(activity(one), one, activity(two), two)


@given(periods, periods, years, years, days)
def test_what_is_proven_holds_on_every_day(
    mine: Duration, theirs: Duration, my_year: Year | None, their_year: Year | None, day: date
) -> None:
    kept = Rule("mine", After(mine, (Event("e"),), my_year))
    other = Rule("theirs", After(theirs, (Event("e"),), their_year))
    ends, other_ends = ends_on(day, mine, my_year, YEAR_ENDS), ends_on(day, theirs, their_year, YEAR_ENDS)

    match outlives(activity(other), other, activity(kept), kept):
        case Outlives.YES:
            assert other_ends >= ends
        case Outlives.NO:
            assert other_ends < ends


def test_units_of_one_calendar_compare_exactly() -> None:
    assert said("24 months after e", "2 years after e") is Outlives.YES
    assert said("23 months after e", "2 years after e") is Outlives.NO
    assert said("30 days after e", "1 month after e") is Outlives.UNKNOWN


def test_the_last_of_more_events_is_no_earlier() -> None:
    assert said("2 years after last of e, f", "2 years after e") is Outlives.YES
    assert said("1 year after last of e, f", "2 years after e") is Outlives.UNKNOWN
    assert said("9 years after f", "2 years after e") is Outlives.UNKNOWN


def test_a_condition_of_its_own_proves_nothing() -> None:
    assert said("2 years after e, if no f", "2 years after e") is Outlives.UNKNOWN
    assert said("2 years after e, if no f", "1 year after e, if no f") is Outlives.YES
    assert said("from f, 2 years after e", "2 years after e") is Outlives.UNKNOWN


def test_a_question_asked_keeps_at_least_until_it_is_asked() -> None:
    assert said("12 months after e, then ask, then 30 days", "1 year after e") is Outlives.YES
    assert said("11 months after e, then ask, then 30 days", "1 year after e") is Outlives.UNKNOWN


def test_a_period_of_the_matter_is_as_long_as_itself() -> None:
    assert said("campaign's own period after e", "campaign's own period after e") is Outlives.YES
    assert said("3 years after e", "campaign's own period after e") is Outlives.UNKNOWN


def test_a_consent_proves_only_for_what_rests_on_the_same() -> None:
    rule = read_rule("2 years after e", HERE)
    assert isinstance(rule, Rule)
    on_letters = activity(rule, Basis(BasisKind.CONSENT, consent="letters"))
    on_calls = activity(rule, Basis(BasisKind.CONSENT, consent="calls"))

    assert outlives(on_letters, rule, on_letters, rule) is Outlives.YES
    assert outlives(on_letters, rule, on_calls, rule) is Outlives.UNKNOWN
    assert outlives(on_letters, rule, activity(rule), rule) is Outlives.UNKNOWN
