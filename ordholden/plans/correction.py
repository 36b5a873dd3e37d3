"""A correction: the records of one column that hold a wrong or missing value, and what they shall hold instead.

The values are personal, so they stand in no plan and no journal: sealed beside the plan until it is verified, then gone.
The plan's own digest rests on them, so nobody can approve one value and see another written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from ordholden.connectors.reading import Key
from ordholden.inventory.system import TableName
from ordholden.plans.plan import Plan
from ordholden.problems import Refusal
from ordholden.store import Store, key_from_text, key_to_text

__all__ = ["Correction", "Values", "forgotten", "sealed", "values_of"]


@dataclass(frozen=True)
class Correction:
    """`old` is the value as it was read, as text; empty where nothing stood. Only while it still stands is `new` written."""

    table: TableName
    column: str
    category: str
    keys: tuple[Key, ...]
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True)
class Values:
    """All corrections of one plan, with a grain of salt, under a keyed digest that the plan bears."""

    corrections: tuple[Correction, ...]
    salt: str = field(default_factory=lambda: os.urandom(8).hex())

    def mark(self, store: Store) -> str:
        return store.digest(_written(self), use="correction")[:32]


def sealed(store: Store, plan: Plan, values: Values) -> None:
    """Puts the values beside the plan, for its carrying out and its verification."""
    from ordholden.plans.models import CorrectionRow

    CorrectionRow.objects.using(store.alias).get_or_create(
        organisation=store.organisation,
        plan=plan.digest,
        defaults={"sealed": store.seal(_written(values).encode())},
    )


def values_of(store: Store, plan: Plan) -> tuple[Correction, ...]:
    """The values again. A Refusal where they have gone, or are not those that the plan was made with."""
    from ordholden.plans.models import CorrectionRow

    row = (
        CorrectionRow.objects.using(store.alias)
        .filter(organisation=store.organisation, plan=plan.digest)
        .first()
    )
    if row is None:
        raise Refusal.of("correction-gone", plan=plan.id)
    found = _read(store.unseal(bytes(row.sealed)).decode())
    if found.mark(store) != plan.nonce:
        raise Refusal.of("correction-gone", plan=plan.id)
    return found.corrections


def forgotten(store: Store, plan: Plan) -> None:
    """Verified: what was wrong and what is right now stands in the company's systems, and no longer here."""
    from ordholden.plans.models import CorrectionRow

    CorrectionRow.objects.using(store.alias).filter(
        organisation=store.organisation, plan=plan.digest
    ).delete()


def _written(values: Values) -> str:
    found = [
        [c.table.system, c.table.table, c.column, c.category, _keys(c.keys), c.old, c.new]
        for c in values.corrections
    ]
    return json.dumps([values.salt, found], ensure_ascii=False)


def _keys(keys: Sequence[Key]) -> list[list[str]]:
    return [[key_to_text(part) for part in key] for key in keys]


def _read(text: str) -> Values:
    salt, found = json.loads(text)
    corrections = (
        Correction(
            TableName(system, table),
            column,
            category,
            tuple(tuple(key_from_text(part) for part in key) for key in keys),
            old,
            new,
        )
        for system, table, column, category, keys, old, new in found
    )
    return Values(tuple(corrections), salt)
