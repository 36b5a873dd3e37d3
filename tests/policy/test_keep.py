"""Keep rules as written become the nouns that grounds read; a slip points at its character."""

import pytest

from ordholden.policy.condition import ColumnCondition, Present, Values
from ordholden.policy.keep import read_condition, read_rule
from ordholden.policy.rule import (
    After,
    Also,
    Asked,
    ConsentGiven,
    Duration,
    NoEvent,
    OwnPeriod,
    RecordKept,
    Rule,
    StateHolds,
    Under,
    Unit,
    ValueIs,
    Withdrawn,
    Within,
    Year,
)
from ordholden.problems import Place, Problem

HERE = Place("policy.yaml", 7, 11)


def rule(text: str) -> Rule:
    found = read_rule(text, HERE)
    assert isinstance(found, Rule), found
    return found


def names(rule_: Rule) -> list[str]:
    return [e.name for e in rule_.anchors]


def test_after_an_event() -> None:
    found = rule("2 years after internship ended")

    assert isinstance(found.term, After)
    assert found.term.period == Duration(2, Unit.YEAR)
    assert names(found) == ["internship ended"]


def test_after_the_end_of_a_financial_year() -> None:
    found = rule("5 years after end of financial year of invoice issued")

    assert isinstance(found.term, After)
    assert found.term.year is Year.FINANCIAL


def test_until_is_after_no_time() -> None:
    found = rule("until campaign ended")

    assert isinstance(found.term, After)
    assert found.term.period == Duration(0, Unit.DAY)


def test_the_last_of_several() -> None:
    assert names(rule("24 months after last of order placed, invoice paid")) == [
        "order placed",
        "invoice paid",
    ]


def test_own_period() -> None:
    found = rule("campaign's own period after campaign ended")

    assert isinstance(found.term, After)
    assert found.term.period == OwnPeriod("campaign")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("while consent", ConsentGiven()),
        ("5 days after consent withdrawn", Withdrawn(Duration(5, Unit.DAY))),
        ("while invoice unpaid", StateHolds("invoice unpaid", 6)),
        ("while its case is kept", RecordKept("case", 10)),
    ],
)
def test_terms_without_an_event(text: str, term: object) -> None:
    assert rule(text).term == term


def test_review() -> None:
    found = rule("12 months after contact confirmed, then ask, then 30 days")

    assert isinstance(found.term, Asked)
    assert (found.term.fresh, found.term.answer) == (Duration(12, Unit.MONTH), Duration(30, Unit.DAY))
    assert names(found) == ["contact confirmed"]


def test_opening() -> None:
    found = rule("from booking made, 2 years after internship ended")

    assert found.opens is not None
    assert found.opens.name == "booking made"


def test_conditions_are_all_read() -> None:
    found = rule(
        "10 years after internship ended, if complaint filed within 2 years of internship ended and under 18 at booking made "
        "and kind is one of dispute, claim and no order placed and also a customer"
    )

    within, under, value, none, also = found.conditions
    assert isinstance(within, Within)
    assert (within.event.name, within.duration, within.of.name) == (
        "complaint filed",
        Duration(2, Unit.YEAR),
        "internship ended",
    )
    assert isinstance(under, Under)
    assert (under.age, under.at.name) == (18, "booking made")
    assert isinstance(value, ValueIs)
    assert (value.name, value.values) == ("kind", ("dispute", "claim"))
    assert isinstance(none, NoEvent)
    assert none.event.name == "order placed"
    assert isinstance(also, Also)
    assert also.people == "customer"


@pytest.mark.parametrize(
    ("text", "column", "nearest"),
    [
        ("2 yers after internship ended", 3, "years"),
        ("2 years afer internship ended", 9, "after"),
        ("24 months after last of order", 30, ""),
        ("years after x", 1, ""),
    ],
)
def test_a_slip_points_at_its_character(text: str, column: int, nearest: str) -> None:
    found = read_rule(text, HERE)

    assert isinstance(found, Problem)
    assert found.at is not None
    assert (found.at.line, found.at.column) == (7, HERE.column + column - 1)
    assert found.facts["nearest"] == nearest


def test_a_period_beyond_a_century_is_a_slip() -> None:
    found = read_rule("5000 years after x", HERE)

    assert isinstance(found, Problem)
    assert found.code == "rule-duration"


def test_column_conditions() -> None:
    found = read_condition("status is one of closed, lost and paid_on is missing", HERE)

    assert isinstance(found, ColumnCondition)
    assert found.tests == (Values("status", ("closed", "lost")), Present("paid_on", False))
    assert found.holds({"status": "Closed ", "paid_on": None})
    assert not found.holds({"status": "closed", "paid_on": "2020-01-01"})
