"""Publishes an edition, and finds those that were. The edition and its audit entry are one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordholden import audit
from ordholden.problems import Refusal
from ordholden.registers.editions.edition import Edition
from ordholden.store import Store

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ordholden.registers.editions.models import EditionRow

__all__ = ["edition", "editions", "newest", "publish"]


def publish(
    store: Store,
    *,
    text: str,
    look: str,
    digest: str,
    significant: bool,
    actor: str,
    note_da: str = "",
    note_en: str = "",
) -> Edition:
    """The next number. The same policy again is no edition."""
    with store.transaction():
        last = _rows(store).select_for_update().order_by("-number").first()
        if last is not None and last.digest == digest:
            raise Refusal.of("edition-same", number=last.number)
        row = _rows(store).create(
            organisation=store.organisation,
            number=last.number + 1 if last else 1,
            at=store.now(),
            by=actor,
            digest=digest,
            significant=significant,
            note_da=note_da.strip(),
            note_en=note_en.strip(),
            text=text,
            look=look,
        )
        facts = {"policy": digest, "significant": significant}
        audit.record(store, actor=actor, action="policy:published", subject=f"P-{row.number}", facts=facts)
    return _edition(row)


def newest(store: Store) -> Edition | None:
    row = _rows(store).order_by("-number").first()
    return None if row is None else _edition(row)


def editions(store: Store) -> tuple[Edition, ...]:
    """All of them without their text, the newest first."""
    return tuple(map(_edition, _rows(store).defer("text", "look").order_by("-number")))


def edition(store: Store, number: int) -> Edition:
    row = _rows(store).filter(number=number).first()
    if row is None:
        raise Refusal.of("edition-unknown", number=number)
    return _edition(row)


def _rows(store: Store) -> QuerySet[EditionRow]:
    from ordholden.registers.editions.models import EditionRow

    return EditionRow.objects.using(store.alias).filter(organisation=store.organisation)


def _edition(row: EditionRow) -> Edition:
    unread = row.get_deferred_fields()
    return Edition(
        number=row.number,
        at=row.at,
        by=row.by,
        digest=row.digest,
        significant=row.significant,
        note_da=row.note_da,
        note_en=row.note_en,
        text="" if unread else row.text,
        look="" if unread else row.look,
    )
