"""What stays of an erased record must lead to nobody: links, keys and fillers.

Taking the name away and keeping the number that everything is joined by is not anonymising: a Danish taxi
company was fined for it (Taxa 4x35, 2019–2021).
"""

from __future__ import annotations

import re

from ordholden.inventory.system import Field, Path, Table, WhenExpired
from ordholden.inventory.together import Together
from ordholden.problems import Problems

# Domains that nobody can have an address under (RFC 2606, RFC 6761).
_NOBODYS = ("invalid", "example", "test", "localhost", "example.com", "example.org", "example.net")
_ADDRESS = re.compile(r"[^\s@]+@(?P<domain>[^\s@]+\.[^\s@]+|[^\s@]+)")
# Danish subscribers' numbers begin with 2 to 9; abroad a number is known by its plus.
_PHONE = re.compile(r"(?:(?:\+|00)45)?[2-9][0-9]{7}|\+(?!45)[1-9][0-9]{6,14}")


def check(both: Together, problems: Problems) -> None:
    for table in both.inventory.tables:
        if table.when_expired is WhenExpired.ANONYMISE:
            _anonymised(table, both, problems)
        elif table.cut:
            problems.error("cut-idle", both.at(table, "cut"), table=table.name)
        for field in table.fields:
            if field.filler is not None:
                _filler(table, field, field.filler, both, problems)


def _anonymised(table: Table, both: Together, problems: Problems) -> None:
    cleared = {f.column for f in table.fields} | set(table.cut)
    for path in _links(table, both):
        if path.first not in cleared:
            problems.error("link-uncut", path.at or table.at, table=table.name, column=path.first)
    key = table.person.column if table.person and table.holds_people else ""
    for kind, column in table.identifiers.items():
        at = both.at(table, "identifiers", kind)
        if column == key:
            problems.error("key-personal", at, table=table.name, column=column)
        elif column not in cleared:
            problems.error("identifier-uncleared", at, table=table.name, column=column, kind=kind)
    field = table.field(key)
    if field is not None and key not in table.identifiers.values():
        problems.error("key-personal", field.at, table=table.name, column=key)


def _links(table: Table, both: Together) -> list[Path]:
    """Paths from the record to somebody: to its people, to those of its fields, and by way of its matters."""
    found = [p for p in (table.person, *(f.person for f in table.fields)) if p is not None and not p.own]
    for matter in table.matters:
        owner = both.table(matter.path.target)
        if not matter.own and owner is not None and owner.person is not None:
            found.append(matter.path)
    return list({p.first: p for p in found}.values())


def _filler(table: Table, field: Field, filler: str, both: Together, problems: Problems) -> None:
    at = both.at(table, "data", field.column, "filler")
    if _plausible(filler):
        problems.error("filler-plausible", at, table=table.name, column=field.column, filler=filler)
    personal = {f.column for f in table.fields}
    keys = {p.column for p in (table.person, *(m.path for m in table.matters)) if p is not None and p.own}
    # Where the key itself is cleared or anonymised, that is said of the key.
    if "{key}" in filler and keys & personal and field.column not in keys:
        column = min(keys & personal)
        problems.warning("filler-key-personal", at, table=table.name, column=field.column, key=column)


def _plausible(filler: str) -> bool:
    """Whether the filler could be somebody's e-mail address, telephone or CPR number."""
    written = filler.replace("{key}", "1").strip()
    address = _ADDRESS.fullmatch(written)
    if address is not None:
        domain = address["domain"].casefold().rstrip(".")
        return not any(domain == d or domain.endswith("." + d) for d in _NOBODYS)
    if _PHONE.fullmatch(re.sub(r"[\s().-]", "", written)):
        return True
    if not re.fullmatch(r"[0-9 ./-]{10,14}", written):
        return False
    from ordholden import identifiers

    return identifiers.normal("cpr", written) is not None
