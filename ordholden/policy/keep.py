"""Reads keep rules and column conditions: text in, a noun or a problem that points at the character out."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import UnexpectedToken

from ordholden.policy.condition import ColumnCondition, ColumnTest, Present, Values
from ordholden.policy.rule import (
    NO_TIME,
    After,
    Also,
    Asked,
    Condition,
    ConsentGiven,
    Duration,
    Event,
    NoEvent,
    OwnPeriod,
    RecordKept,
    Rule,
    StateHolds,
    Term,
    Under,
    Unit,
    ValueIs,
    Withdrawn,
    Within,
    Year,
)
from ordholden.problems import Place, Problem, nearest

__all__ = ["RESERVED", "read_condition", "read_rule"]

# Words that are the language's own: an event, state or matter is not named with them.
RESERVED = frozenset(
    "from after until while consent withdrawn its is kept then ask last of end year own period and within no under at also a one "
    "if missing present yes".split()
)

# Longer than any law demands: a rule beyond this is a slip of the pen, and its date would leave the calendar.
LONGEST = {Unit.DAY: 36_525, Unit.WEEK: 5_218, Unit.MONTH: 1_200, Unit.YEAR: 100}


@cache
def _parser() -> Lark:
    grammar = files("ordholden.policy").joinpath("keep.lark").read_text(encoding="utf-8")
    return Lark(grammar, start=["rule", "column_condition"], parser="lalr", maybe_placeholders=True)


def read_rule(text: str, at: Place) -> Rule | Problem:
    """The rule that the text says, or what is wrong with it."""
    found: Rule | Problem = _read(text, at, "rule")
    return found


def read_condition(text: str, at: Place) -> ColumnCondition | Problem:
    """The condition on columns that the text says, or what is wrong with it."""
    found: ColumnCondition | Problem = _read(text, at, "column_condition")
    return found


def _read(text: str, at: Place, start: str) -> Any:
    try:
        rule = _Rules(text).transform(_parser().parse(text, start=start))
    except UnexpectedInput as error:
        return _misread(text, at, error)
    too_long = _too_long(rule)
    if too_long:
        return Problem(
            "rule-duration", at, {"duration": str(too_long), "longest": str(LONGEST[too_long.unit])}
        )
    return rule


def _too_long(rule: object) -> Duration | None:
    if not isinstance(rule, Rule):
        return None
    durations = [
        d
        for d in (getattr(rule.term, n, None) for n in ("period", "tail", "fresh", "answer"))
        if isinstance(d, Duration)
    ]
    durations += [c.duration for c in rule.conditions if isinstance(c, Within)]
    return next((d for d in durations if d.count > LONGEST[d.unit]), None)


def _misread(text: str, at: Place, error: UnexpectedInput) -> Problem:
    ends_early = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    column = len(text) if ends_early else max((error.column or 1) - 1, 0)
    word = "" if ends_early else re.split(r"[\s,]", text[column:], maxsplit=1)[0]
    expected = sorted(
        _say(name) for name in getattr(error, "accepts", None) or getattr(error, "allowed", None) or ()
    )
    words = [w for e in expected for w in _EXAMPLES.get(e, (e,))]
    return Problem(
        "rule-ends" if ends_early else "rule-word",
        at.shifted(column),
        {
            "rule": text,
            "word": word,
            "expected": ", ".join(expected),
            "nearest": nearest(word, words) if word else "",
        },
    )


_NAMES = {
    "COUNT": "a number",
    "UNIT": "days, weeks, months or years",
    "WORD": "a name",
    "QUOTED": "a quoted name",
    "OWNER": "a matter's own period",
    "YEAR_KIND": "financial or calendar",
    "COMMA": "a comma",
    "_IF": ", if",
    "_THEN": ", then",
    "$END": "the end of the rule",
}
_EXAMPLES = {
    "days, weeks, months or years": ("days", "weeks", "months", "years", "day", "week", "month", "year"),
    "financial or calendar": ("financial", "calendar"),
}


def _say(terminal: str) -> str:
    return _NAMES.get(terminal, terminal.lower().lstrip("_"))


@v_args(inline=True)
class _Rules(Transformer):  # type: ignore[type-arg]
    """Parse tree to nouns; every method is one production of the grammar."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def rule(self, opening: Event | None, term: Term, conditions: tuple[Condition, ...] | None) -> Rule:
        return Rule(self._text, term, conditions or (), opening)

    def opening(self, event: Event) -> Event:
        return event

    def after(self, period: Duration | OwnPeriod, anchor: tuple[Year | None, tuple[Event, ...]]) -> After:
        return After(period, anchor[1], anchor[0])

    def until(self, anchor: tuple[Year | None, tuple[Event, ...]]) -> After:
        return After(NO_TIME, anchor[1], anchor[0])

    def anchor(self, year: Year | None, *events: Event) -> tuple[Year | None, tuple[Event, ...]]:
        return year, events

    def year_end(self, kind: Token) -> Year:
        return Year(str(kind))

    def while_consent(self) -> ConsentGiven:
        return ConsentGiven()

    def withdrawn(self, tail: Duration) -> Withdrawn:
        return Withdrawn(tail)

    def while_state(self, name: Token) -> StateHolds:
        return StateHolds(str(name), name.start_pos or 0)

    def while_kept(self, name: Token) -> RecordKept:
        return RecordKept(str(name), name.start_pos or 0)

    def asked(self, fresh: Duration, event: Event, answer: Duration) -> Asked:
        return Asked(fresh, event, answer)

    def own_period(self, owner: Token) -> OwnPeriod:
        return OwnPeriod(str(owner)[:-2])

    def duration(self, count: Token, unit: Token) -> Duration:
        return Duration(int(count), Unit(str(unit).rstrip("s")))

    def conditions(self, *conditions: Condition) -> tuple[Condition, ...]:
        return conditions

    def within(self, event: Event, duration: Duration, of: Event) -> Within:
        return Within(event, duration, of)

    def no_event(self, event: Event) -> NoEvent:
        return NoEvent(event)

    def under(self, age: Token, at: Event) -> Under:
        return Under(int(age), at)

    def also(self, name: Token) -> Also:
        return Also(str(name), name.start_pos or 0)

    def value_is(self, name: Token, *values: str) -> ValueIs:
        return ValueIs(str(name), tuple(values), name.start_pos or 0)

    def event(self, name: Token) -> Event:
        return Event(str(name), name.start_pos or 0)

    def name(self, *words: Token) -> Token:
        return Token.new_borrow_pos("NAME", " ".join(w.strip('"') for w in words), words[0])

    def value(self, *words: Token) -> str:
        return " ".join(w.strip('"') for w in words)

    def column_condition(self, *tests: ColumnTest) -> ColumnCondition:
        return ColumnCondition(self._text, tests)

    def missing(self, column: Token) -> ColumnTest:
        return Present(str(column), False)

    def present(self, column: Token) -> ColumnTest:
        return Present(str(column), True)

    def is_yes(self, column: Token) -> ColumnTest:
        return Values(str(column), _YES)

    def is_no(self, column: Token) -> ColumnTest:
        return Values(str(column), _NO)

    def equals(self, column: Token, *values: str) -> ColumnTest:
        return Values(str(column), tuple(values))


# How databases spell a truth value when it is read as text.
_YES = ("1", "true", "t", "yes", "y", "ja", "j")
_NO = ("0", "false", "f", "no", "n", "nej")
