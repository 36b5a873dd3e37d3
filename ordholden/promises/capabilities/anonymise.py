"""`anonymise`: records that were renamed to nobody hold no personal value and no link to anybody.

The records of the newest plans are looked up by the journal and looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator

from ordholden.connectors.predicate import Filled, Predicate, RowIn, Test, both, either
from ordholden.connectors.reading import Key
from ordholden.inventory.system import Table, WhenExpired
from ordholden.plans.book import Receipt
from ordholden.plans.keys import unpacked
from ordholden.plans.plan import Operation
from ordholden.policy.condition import ColumnCondition, Present
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State

NAME = "anonymise"

PLANS = 5
KEYS = 5_000
"""So many of the newest plans, and so many records of each receipt, are looked at again."""


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    tables = [t for t in look.inventory.tables if t.when_expired is WhenExpired.ANONYMISE]
    if not tables:
        return Proof(State.NOT_PROVABLE, (Evidence.of("anonymise-nothing"),))
    late = [
        Evidence.of("overdue", table=x.table, rows=x.rows)
        for x in keeping.before
        if x.table in {t.name for t in tables}
    ]
    looked: dict[str, int] = {}
    personal: dict[str, int] = {}
    for receipt in _receipts(look):
        table = look.inventory.table(receipt.table)
        keys = _keys(receipt)
        if keys and table.name.system in look.sight.readers and look.there(table.name):
            where = both([RowIn(keys), _personal(table)])
            place = str(table.name)
            looked[place] = looked.get(place, 0) + len(keys)
            personal[place] = personal.get(place, 0) + look.sight.reader(table).count(table.name, where)
    evidence = [
        Evidence.of("anonymised", table=place, rows=n, personal=personal[place])
        for place, n in looked.items()
    ]
    if late or any(personal.values()):
        return Proof(State.BROKEN, (*evidence, *late), next=look.on)
    return Proof(
        State.KEPT if evidence else State.NOT_PROVABLE, tuple(evidence) or (Evidence.of("anonymised-nobody"),)
    )


def _receipts(look: Look) -> Iterator[Receipt]:
    done = [k for k in look.plans if k.applied_at][:PLANS]
    for kept in done:
        yield from (
            r
            for r in look.book.receipts(kept.plan)
            if r.operation is Operation.ANONYMISE and r.state == "done"
        )


def _keys(receipt: Receipt) -> tuple[Key, ...]:
    return tuple(key for key, _ in zip(unpacked(receipt.keys), range(KEYS), strict=False))


def _personal(table: Table) -> Predicate:
    links = [Test(ColumnCondition(f"{c} is present", (Present(c, True),))) for c in table.cut]
    return either([*(Filled(f.column, f.filler) for f in table.fields), *links])
