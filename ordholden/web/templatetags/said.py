"""`{% say "group:name" fact=value %}`, and days, moments and numbers as filters, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from ordholden.web.providers import staff_providers
from ordholden.web.words import spoken

__all__: list[str] = []

register = template.Library()


@register.simple_tag
def say(key: str, **facts: object) -> str:
    return spoken()(key, **facts)


@register.simple_tag(name="staff_providers")
def staff_providers_() -> tuple[tuple[str, str], ...]:
    """Where staff can sign in elsewhere."""
    return staff_providers()


@register.simple_tag
def count(key: str, number: int, **facts: object) -> str:
    return spoken().count(key, number, **facts)


@register.simple_tag
def either(key: str, otherwise: str, **facts: object) -> str:
    """The words under the key; where there are none, those under the other."""
    words = spoken()
    return words(key if words.known(key) else otherwise, **facts)


@register.simple_tag
def word(group: str, value: str) -> str:
    return spoken().word(group, str(value))


@register.filter
def day(value: date | None) -> str:
    return spoken().day(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    return spoken().moment(value) if value else ""


@register.filter
def through(value: date | None) -> str:
    """The last day with, of a first day without."""
    return spoken().through(value) if value else ""


@register.filter
def number(value: float | None) -> str:
    return "" if value is None else spoken().number(value)


@register.filter
def in_words(text: object) -> str:
    """A text of the policy, which has both languages."""
    return str(text[spoken().language]) if text else ""  # type: ignore[index]


@register.filter
def of(named: object, key: object) -> object:
    """What stands under a key that is itself a value."""
    return named.get(key, "") if hasattr(named, "get") else ""


@register.filter
def plus(one: str, other: object) -> str:
    return f"{one}{other}"
