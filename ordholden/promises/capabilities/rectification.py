"""`rectification`: for every category it is known how a wrong value is put right, and corrections were (GDPR art. 16).

Written by us where the system lets us; by hand where the value is a key or a file; by nobody where a record has to say what
was said. Tried in memory on some people who are there: a value that we have of them would be replaced wherever it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ordholden.inventory.system import Field, Table
from ordholden.plans.book import Kept, PlanState
from ordholden.plans.correct import Route, Wrong, make_correction, route
from ordholden.plans.plan import ScopeKind
from ordholden.promises.keeping import Keeping
from ordholden.promises.look import Look
from ordholden.promises.promise import Evidence, Proof, State
from ordholden.promises.sampled import Sampled

NAME = "rectification"

TRIED = "tried 0"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    if look.silent:
        return Proof(State.NOT_PROVABLE, tuple(Evidence.of("system-silent", system=s) for s in look.silent))
    corrections = [k for k in look.plans if k.plan.scope.kind is ScopeKind.CORRECT]
    carried_out = [_verified(k) for k in corrections if k.state is PlanState.VERIFIED][:1]
    unkept = next((k for k in corrections if k.state in (PlanState.FAILED, PlanState.STOPPED)), None)
    if unkept is not None:
        reason = unkept.reason or unkept.findings[0]["code"]
        evidence = Evidence.of("correction-unfinished", plan=unkept.plan.id, reason=reason)
        return Proof(State.BROKEN, (evidence,), since=unkept.plan.on, next=look.on)
    ways = tuple(_ways(look))
    tried = _tried(look)
    state = State.KEPT if tried.facts["rows"] or carried_out else State.NOT_PROVABLE
    return Proof(state, (*carried_out, tried, *ways))


def _verified(kept: Kept) -> Evidence:
    return Evidence.of("correction-verified", plan=kept.plan.id, on=kept.plan.on, rows=kept.plan.rows)


def _ways(look: Look) -> Iterator[Evidence]:
    """Per category, how many columns go which way."""
    found: dict[str, Counter[Route]] = {}
    for table, field in _fields(look):
        reader = look.sight.readers.get(table.name.system)
        schema = reader.schema() if reader is not None and not table.is_folder else None
        found.setdefault(field.category, Counter())[route(table, field, look.inventory, schema)] += 1
    elsewhere = Counter(c for place in look.policy.requests.elsewhere.values() for c in place.data)
    for category in sorted({*found, *elsewhere}):
        ways = found.get(category, Counter())
        yield Evidence.of(
            "correction-way",
            category=category,
            written=ways[Route.WRITTEN],
            by_hand=ways[Route.BY_HAND] + elsewhere[category],
            exempt=ways[Route.EXEMPT],
        )


def _fields(look: Look) -> Iterator[tuple[Table, Field]]:
    for table in look.inventory.tables:
        if table.is_folder or look.there(table.name):
            yield from ((table, field) for field in table.fields)


def _tried(look: Look) -> Evidence:
    """What correcting each category of the sampled people would come to; nothing of it is kept."""
    people = Sampled(look)
    categories = dict.fromkeys(d.field.category for d in people.data)
    wrongs = [Wrong(category, "", TRIED) for category in categories]
    plan, _ = make_correction(look.sight, people.world, people.cards, wrongs, store=look.book.store)
    by_hand = sum(s.rows for s in plan.stays if s.ground == Route.BY_HAND)
    return Evidence.of(
        "correction-tried",
        people=len(look.people),
        categories=len(categories),
        rows=plan.rows,
        by_hand=by_hand,
    )
