"""Reads the chain, page by page: any length in little memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from ordholden.audit.entry import BEFORE_THE_FIRST, Entry, Link
from ordholden.store import Store

if TYPE_CHECKING:
    from ordholden.audit.models import AuditEntry

__all__ = ["entries", "head"]

_PAGE = 1000


def entries(store: Store, *, after: int = 0, subject: str | None = None) -> Iterator[Entry]:
    """In their order, those after a number; all, or those about one subject."""
    from ordholden.audit.models import AuditEntry

    ours = AuditEntry.objects.using(store.alias).filter(organisation=store.organisation)
    if subject is not None:
        ours = ours.filter(subject=subject)
    while True:
        page = list(ours.filter(number__gt=after).order_by("number")[:_PAGE])
        for row in page:
            yield _entry(row)
        if len(page) < _PAGE:
            return
        after = page[-1].number


def head(store: Store) -> Link:
    """The end of the chain now. Noted somewhere else, it shows later that nothing before it was replaced."""
    from ordholden.audit.models import AuditHead

    found = AuditHead.objects.using(store.alias).filter(organisation=store.organisation).first()
    return Link(found.number, found.hash) if found else BEFORE_THE_FIRST


def _entry(row: AuditEntry) -> Entry:
    return Entry(
        number=row.number,
        at=datetime.fromisoformat(row.at),
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        facts=json.loads(row.facts),
        previous=row.previous,
        hash=row.hash,
    )
