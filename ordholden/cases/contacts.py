"""What is known of people by the cases that they had before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from ordholden.cases.change import contact_digest
from ordholden.cases.corridor import Corridor

__all__ = ["languages_of"]

_TOGETHER = 500


def languages_of(corridor: Corridor, addresses: Iterable[str]) -> Mapping[str, str]:
    """The language of the latest case of each address that has one; a question for every five hundred of them."""
    found: dict[str, str] = {}
    rest = iter(dict.fromkeys(addresses))
    while some := {d: a for a in islice(rest, _TOGETHER) for d in contact_digest(corridor, "email", a)}:
        rows = _contacts(corridor).filter(digest__in=list(some)).order_by("case_id")
        found |= {some[digest]: language for digest, language in rows.values_list("digest", "case__language")}
    return found


def _contacts(corridor: Corridor):  # type: ignore[no-untyped-def]
    from ordholden.cases.models import ContactRow

    return ContactRow.objects.using(corridor.store.alias).filter(organisation=corridor.store.organisation)
