"""Whether a keep rule is kept: nothing that it covers is overdue, and a verified sweep shows that it works.

A rule is *broken* when a record stays longer than the policy says, whoever's fault that is: a sweep
that nobody ran, one that failed, or a deletion that the database undid. A company that exceeds its own
period has broken the law (GDPR art. 5(1)(e)), so the state says since when.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property

from ordholden.inventory.system import Field, Table, TableName
from ordholden.plans.book import PlanState
from ordholden.plans.plan import Scope, ScopeKind
from ordholden.plans.preflight import preflight
from ordholden.plans.targets import targets
from ordholden.policy.document import Activity
from ordholden.promises.due import Days, Line, due
from ordholden.promises.look import Look, about
from ordholden.promises.promise import Evidence, Proof, State

__all__ = ["GRACE", "Keeping"]

GRACE = timedelta(days=1)
"""A sweep runs every night; what fell due within its cadence is due, not overdue."""

SOON = timedelta(days=30)


class Keeping:
    """The keep rules of one look. What is due is counted once, for all of them."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.days = Days(look)

    def proof(self, activity: Activity) -> Proof:
        """How the activity's keep rule stands."""
        places = tuple(self._places(activity))
        silent = [t.name.system for t, _ in places if t.name.system in self.look.silent]
        found = self._broken(activity, places)
        if found is not None:
            return found
        if silent:
            evidence = [Evidence.of("system-silent", system=s) for s in dict.fromkeys(silent)]
            return Proof(State.NOT_PROVABLE, tuple(evidence))
        unjudged = self._unjudged(places)
        if unjudged:
            return Proof(State.NOT_PROVABLE, unjudged)
        return self._good(activity, places)

    def overdue(self, table: Table) -> int:
        """Records, or fields of records, of one table that should be gone."""
        return sum(line.rows for line in self.now if line.table == table.name)

    # — what is due, counted once —

    @cached_property
    def now(self) -> tuple[Line, ...]:
        return due(self.look, self.look.on)

    @cached_property
    def before(self) -> tuple[Line, ...]:
        """What was due when the last sweep could have run, and is there still."""
        return due(self.look, self.look.on - GRACE) if self.now else ()

    @cached_property
    def soon(self) -> tuple[Line, ...]:
        return due(self.look, self.look.on + SOON)

    # — one rule —

    def _places(self, activity: Activity) -> Iterator[tuple[Table, tuple[Field, ...]]]:
        """The tables with data that the activity can cover, and which fields."""
        for table in self.look.inventory.tables:
            fields = tuple(f for f in table.fields if about(activity, table, f, self.look.inventory))
            if fields:
                yield table, fields

    def _broken(
        self, activity: Activity, places: tuple[tuple[Table, tuple[Field, ...]], ...]
    ) -> Proof | None:
        look = self.look
        late = [(t, f, _rows(self.before, t, f)) for t, f in places if _rows(self.before, t, f)]
        trouble, trouble_since = self._trouble(activity, places)
        if not late and not trouble:
            return None
        limit = look.on - GRACE
        days = {
            t.name: self.days.first(t, f, look.inventory.systems[t.name.system].plausible[0], limit)
            for t, f, _ in late
        }
        evidence = [
            Evidence.of(
                "overdue", table=t.name, rows=rows, since=days[t.name] or limit, rule=activity.keep.text
            )
            for t, _, rows in late
        ]
        evidence += [
            Evidence.of("blocked", table=line.table, rows=line.rows)
            for line in self.now
            if line.blocked and _in(line, places)
        ]
        evidence += [] if trouble or not late else self._never_swept()
        known = [*(day for day in days.values() if day), *trouble_since]
        since = min(known, default=limit)
        return Proof(State.BROKEN, (*evidence, *trouble), since=since, next=look.on)

    def _never_swept(self) -> list[Evidence]:
        return [] if self.look.verified(ScopeKind.SWEEP) else [Evidence.of("sweep-never")]

    def _trouble(
        self, activity: Activity, places: tuple[tuple[Table, tuple[Field, ...]], ...]
    ) -> tuple[list[Evidence], list[date]]:
        """What the newest sweep that was begun has left undone for this rule."""
        kept = next(
            (k for k in self.look.plans if k.plan.scope.kind is ScopeKind.SWEEP and k.state in _BEGUN), None
        )
        if kept is None or kept.state is PlanState.VERIFIED or kept.state is PlanState.APPLIED:
            return [], []
        tables = {str(t.name) for t, _ in places}
        if kept.state is PlanState.FAILED:
            found = [f for f in kept.findings if f["facts"].get("table", "") in {*tables, ""}]
            evidence = [
                Evidence.of("sweep-failed", plan=kept.plan.id, finding=f["code"], **f["facts"]) for f in found
            ]
        else:
            here = any(
                activity.name in {r.activity for r in s.reasons} and str(s.table) in tables
                for s in kept.plan.steps
            )
            left = any(_rows(self.now, t, f) for t, f in places)
            evidence = (
                [Evidence.of("sweep-stopped", plan=kept.plan.id, reason=kept.reason)] if here and left else []
            )
        return evidence, [kept.plan.on] if evidence else []

    def _unjudged(self, places: tuple[tuple[Table, tuple[Field, ...]], ...]) -> tuple[Evidence, ...]:
        """Why nobody can count what is due in some table."""
        gone = [t.name for t, _ in places if not self.look.there(t.name)]
        evidence = [Evidence.of("table-changed", table=name) for name in gone]
        if self.look.silent:
            # A system that does not answer may hold what keeps the data of another alive.
            judged = [t.name for t, _ in places if t.name in self._told_elsewhere]
            evidence += [
                Evidence.of("system-silent", system=s, table=n) for n in judged for s in self.look.silent
            ]
        return tuple(evidence)

    @cached_property
    def _told_elsewhere(self) -> frozenset[TableName]:
        _, blocked = preflight(self.look.sight)
        return frozenset(
            t.name for t in targets(self.look.sight, Scope(ScopeKind.SWEEP), blocked) if not t.told
        )

    def _good(self, activity: Activity, places: tuple[tuple[Table, tuple[Field, ...]], ...]) -> Proof:
        look = self.look
        just = [(t, _rows(self.now, t, f)) for t, f in places if _rows(self.now, t, f)]
        if just:
            evidence = [Evidence.of("fell-due", table=t.name, rows=rows, on=look.on) for t, rows in just]
            return Proof(State.DUE, tuple(evidence), next=look.on)
        looked = Evidence.of(
            "nothing-overdue", rows=sum(look.size(t.name) for t, _ in places), tables=len(places), on=look.on
        )
        swept = self._swept(activity)
        coming = [(t, f, _rows(self.soon, t, f)) for t, f in places if _rows(self.soon, t, f)]
        days = {
            t.name: self.days.first(t, f, look.on, look.on + SOON) or look.on + SOON for t, f, _ in coming
        }
        ahead = [
            Evidence.of("falls-due", table=t.name, rows=rows, first=days[t.name]) for t, _, rows in coming
        ]
        # What expires soon is a matter of course where sweeps are known to work; else somebody has to act.
        state = State.DUE if coming and not self._recently_swept else State.KEPT
        return Proof(state, (looked, *swept, *ahead), next=min(days.values(), default=None))

    def _swept(self, activity: Activity) -> list[Evidence]:
        """The newest verified sweep that had something to do for this rule; else the newest at all."""
        verified = [
            k
            for k in self.look.plans
            if k.plan.scope.kind is ScopeKind.SWEEP and k.state is PlanState.VERIFIED
        ]
        for kept in verified:
            rows = sum(s.rows for s in kept.plan.steps if activity.name in {r.activity for r in s.reasons})
            if rows:
                return [Evidence.of("sweep-verified", plan=kept.plan.id, on=kept.plan.on, rows=rows)]
        return [Evidence.of("sweep-verified", plan=k.plan.id, on=k.plan.on, rows=0) for k in verified[:1]]

    @cached_property
    def _recently_swept(self) -> bool:
        kept = self.look.verified(ScopeKind.SWEEP)
        return kept is not None and kept.plan.on > self.look.on - SOON


_BEGUN = (PlanState.APPLYING, PlanState.STOPPED, PlanState.APPLIED, PlanState.VERIFIED, PlanState.FAILED)


def _rows(lines: tuple[Line, ...], table: Table, fields: tuple[Field, ...]) -> int:
    columns = {f.column for f in fields}
    return sum(line.rows for line in lines if line.table == table.name and columns & set(line.columns))


def _in(line: Line, places: tuple[tuple[Table, tuple[Field, ...]], ...]) -> bool:
    return any(line.table == t.name and {f.column for f in fs} & set(line.columns) for t, fs in places)
