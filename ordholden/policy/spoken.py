"""A keep rule as a sentence: what the policy page and letters say about how long something is kept.

The names of events, states and matters are the policy's own; `said` gives them as a clause in the reader's language
("the internship ended"), as somebody wrote it for people.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatchmethod

from ordholden.lang.texts import texts
from ordholden.lang.words import counted
from ordholden.policy.rule import (
    NO_TIME,
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
    ValueIs,
    Withdrawn,
    Within,
)

__all__ = ["Said", "spoken"]

Said = Callable[[str], str]


def spoken(rule: Rule, language: str, said: Said = str) -> str:
    """The rule in words, without a full stop; the first letter is small."""
    return _Speaker(language, said).rule(rule)


class _Speaker:
    """One language."""

    def __init__(self, language: str, said: Said) -> None:
        self._texts = texts(language, "keep")
        self._language, self._said = language, said

    def rule(self, rule: Rule) -> str:
        opens = [self._word("rule:opens", event=self._said(rule.opens.name))] if rule.opens else []
        conditions = [self.condition(c) for c in rule.conditions]
        # What is said in two sentences has its conditions in front; at the end they would belong to the second only.
        if isinstance(rule.term, Asked):
            return ", ".join([*conditions, *opens, self.term(rule.term)])
        return ", ".join([*opens, self.term(rule.term), *conditions])

    @singledispatchmethod
    def term(self, term: object) -> str:
        raise TypeError(term)

    @term.register
    def _(self, term: After) -> str:
        kind = "year" if term.year else "latest" if len(term.events) > 1 else "one"
        event = self._either([self._said(e.name) for e in term.events])
        if term.year:
            event = self._word("rule:year", year=self._word(f"year:{term.year}"), event=event)
        if term.period == NO_TIME:
            return self._word(f"until:{kind}", event=event)
        return self._word(f"after:{kind}", period=self._period(term.period), event=event)

    @term.register
    def _(self, _: ConsentGiven) -> str:
        return self._word("rule:consent")

    @term.register
    def _(self, term: Withdrawn) -> str:
        if term.tail == NO_TIME:
            return self._word("rule:withdrawn")
        return self._word("rule:withdrawn and", period=self._period(term.tail))

    @term.register
    def _(self, term: StateHolds) -> str:
        return self._word("rule:state", state=self._said(term.state))

    @term.register
    def _(self, term: RecordKept) -> str:
        return self._word("rule:record", matter=self._said(term.matter))

    @term.register
    def _(self, term: Asked) -> str:
        fresh, answer = self._period(term.fresh), self._period(term.answer)
        return self._word("rule:asked", fresh=fresh, event=self._said(term.event.name), answer=answer)

    @singledispatchmethod
    def condition(self, condition: object) -> str:
        raise TypeError(condition)

    @condition.register
    def _(self, condition: Within) -> str:
        event, of = self._said(condition.event.name), self._said(condition.of.name)
        return self._word("if:within", event=event, period=self._period(condition.duration), of=of)

    @condition.register
    def _(self, condition: NoEvent) -> str:
        return self._word("if:no event", event=self._said(condition.event.name))

    @condition.register
    def _(self, condition: ValueIs) -> str:
        values = self._either([self._said(v) for v in condition.values])
        return self._word("if:value", name=self._said(condition.name), values=values)

    @condition.register
    def _(self, condition: Under) -> str:
        return self._word("if:under", age=str(condition.age), event=self._said(condition.at.name))

    @condition.register
    def _(self, condition: Also) -> str:
        return self._word("if:also", people=self._said(condition.people))

    def _period(self, period: Duration | OwnPeriod) -> str:
        if isinstance(period, OwnPeriod):
            return self._word("rule:own period", matter=self._said(period.matter))
        return counted(period.count, period.unit, self._language)

    def _either(self, words: list[str]) -> str:
        if len(words) == 1:
            return words[0]
        return self._word("rule:or", first=", ".join(words[:-1]), last=words[-1])

    def _word(self, key: str, **facts: str) -> str:
        group, _, name = key.partition(":")
        return self._texts[group][name].format(**facts)
