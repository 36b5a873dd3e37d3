"""The files of a case: sealed at rest, opened one at a time, and that somebody opened one is written down."""

from __future__ import annotations

from ordholden.cases.case import Document
from ordholden.cases.change import opened
from ordholden.cases.corridor import Corridor
from ordholden.cases.rows import document_of
from ordholden.problems import Refusal

__all__ = ["fetch"]


def fetch(corridor: Corridor, number: str, document: int, *, actor: str) -> tuple[Document, bytes]:
    from ordholden.cases.models import DocumentRow

    store = corridor.store
    with opened(corridor, number) as case:
        ours = DocumentRow.objects.using(store.alias).filter(case=case.row, pk=document)
        row = ours.select_related("content").first()
        if row is None:
            raise Refusal.of("document-unknown", document=document)
        case.record("request:document:opened", actor=actor, document=document, purpose=row.purpose)
        return document_of(store, row), store.unseal(bytes(row.content.sealed))
