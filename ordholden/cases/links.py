"""Links that people get by mail: a long random token that works once and for a short time. Only its digest is kept."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta

from ordholden.cases.case import Case
from ordholden.cases.change import Opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import case_of, cases_of, content_of
from ordholden.problems import Refusal

__all__ = ["address_of", "by_link", "link", "mailbox", "make_link"]

ADDRESS_VARIABLE = "ORDHOLDEN_ADDRESS"


def make_link(case: Opened, *, purpose: str, minutes: int) -> str:
    """A new token for the case that the caller holds."""
    from ordholden.cases.models import LinkRow

    token = secrets.token_urlsafe(32)
    LinkRow(
        organisation=case.store.organisation,
        case=case.row,
        digest=_digest(case.corridor, token),
        purpose=purpose,
        until=case.store.now() + timedelta(minutes=minutes),
    ).save(using=case.store.alias)
    return token


def link(corridor: Corridor, number: str, *, purpose: str, minutes: int) -> str:
    from ordholden.cases.change import opened

    with opened(corridor, number) as case:
        case.record("request:link:made", actor="ordholden", purpose=purpose, minutes=minutes)
        return make_link(case, purpose=purpose, minutes=minutes)


def mailbox(corridor: Corridor, number: str) -> str:
    """Where letters of the case go; nothing where there is no such case or address, or who it is about has died."""
    from ordholden.cases.change import Opened
    from ordholden.cases.letters import reader

    row = cases_of(corridor.store).filter(number=number).first()
    return reader(Opened(corridor, row, content_of(corridor.store, row))).email if row is not None else ""


def by_link(corridor: Corridor, token: str, *, purpose: str, use: bool) -> Case:
    """The case. Wrong, used, too old and of another purpose are one and the same answer."""
    from ordholden.cases.models import LinkRow

    store = corridor.store
    now = store.now()
    with store.transaction():
        good = LinkRow.objects.using(store.alias).filter(
            organisation=store.organisation,
            digest=_digest(corridor, token),
            purpose=purpose,
            used_at=None,
            until__gt=now,
        )
        found = good.first()
        # Of two who use it in the same moment the database lets one change the row.
        if found is None or (use and not good.update(used_at=now)):
            raise Refusal.of("link-invalid")
        row = cases_of(store).get(pk=found.case_id)
        return case_of(store, row)


def address_of(corridor: Corridor, token: str, *, purpose: str) -> str:
    """Where the link leads; nothing where the organisation is not on the web."""
    base = os.environ.get(ADDRESS_VARIABLE, "").rstrip("/")
    return f"{base}/{corridor.folder.name}/{purpose}/{token}" if base else ""


def _digest(corridor: Corridor, token: str) -> str:
    return corridor.store.digest(token, use="case link")
