"""In which language somebody is written to who has not written first.

First what a system says of their language (a column that the inventory maps as `values: {language: …}`), then the language
of their latest case, then their country. Where none of it tells, they get both languages in one letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from ordholden.cases.contacts import languages_of
from ordholden.connectors.predicate import KeyIn
from ordholden.grounds.wishes import Card
from ordholden.lang import LANGUAGES
from ordholden.lang.spoken_by import COUNTRY, LANGUAGE, language_of
from ordholden.post import Letter, together

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.connectors.reading import Row
    from ordholden.inventory.system import Table

__all__ = ["in_languages", "of_addresses", "of_card", "said_by"]


def said_by(table: Table, row: Row) -> Mapping[str, str]:
    """What the row tells of its person's language: by `language` and `country`, as far as they are mapped and tell."""
    mapped = ((name, table.values.get(name)) for name in (LANGUAGE, COUNTRY))
    found = {name: language_of(name, row.values.get(column)) for name, column in mapped if column}
    return {name: language for name, language in found.items() if language}


def of_addresses(
    organisation: Organisation, said: Mapping[str, Mapping[str, str]]
) -> Mapping[str, tuple[str, ...]]:
    """For each address the languages to write in; one question for all of them."""
    open_ = [address for address, told in said.items() if LANGUAGE not in told]
    cases = languages_of(organisation.desk.corridor, open_)
    return {address: _chosen(told, cases.get(address, "")) for address, told in said.items()}


def of_card(organisation: Organisation, card: Card, email: str) -> tuple[str, ...]:
    """The same for the person of one card."""
    table = organisation.inventory.table(card.table)
    told: Mapping[str, str] = {}
    if table.person is not None and table.values.keys() & {LANGUAGE, COUNTRY}:
        sight = organisation.sight(organisation.desk.corridor.today())
        rows = sight.rows(table, KeyIn(table.person, (card.key,)))
        told = next((said_by(table, row) for page in rows for row in page), {})
    return of_addresses(organisation, {email: told})[email]


def _chosen(told: Mapping[str, str], case: str) -> tuple[str, ...]:
    known = told.get(LANGUAGE) or case or told.get(COUNTRY)
    return (known,) if known in LANGUAGES else LANGUAGES


def in_languages(letters: Mapping[str, Letter], languages: Iterable[str]) -> Letter:
    """The letter of these languages: several become one."""
    return together(*(letters[language] for language in _ours(languages)))


def _ours(languages: Iterable[str]) -> Collection[str]:
    return [language for language in LANGUAGES if language in set(languages)]
