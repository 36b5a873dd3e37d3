"""Decides about the records that no single database can tell, before anything changes: into the spool, page by page.

Also says, for the preview, which records that have expired must stay because a record that stays needs them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from ordholden.connectors.predicate import FALSE, Predicate, RowIn, ValueIn, at_most, both, plain
from ordholden.connectors.reading import Key, Row
from ordholden.grounds.compile import record_expired
from ordholden.grounds.interpret import Evaluation, filled
from ordholden.inventory.system import TableName
from ordholden.plans.sight import Sight, keys_of
from ordholden.plans.spool import RECORD, Spool
from ordholden.plans.targets import Target

__all__ = ["decide", "still"]

PAGE = 500

Progress = Callable[[str, int], None]


def decide(
    targets: Sequence[Target], sight: Sight, spool: Spool, progress: Progress = lambda what, n: None
) -> None:
    """Takes all decisions about some tables. What was taken before a break is dropped and taken again.

    Records of several tables are judged together, since what lies around them is asked for together.
    """
    waiting = _Waiting(sight, spool, progress)
    for target in targets:
        if spool.finished(target.name):
            continue
        spool.forget(target.name)
        if target.told:
            _by_database(target, sight, spool, progress)
            spool.finish(target.name)
        else:
            waiting.add(target)
    waiting.judge()


@dataclass
class _Waiting:
    """Records that are judged with the next full page, and tables of which all have been read."""

    sight: Sight
    spool: Spool
    progress: Progress
    pages: list[tuple[Target, Sequence[Row]]] = field(default_factory=list)
    read: list[Target] = field(default_factory=list)

    def add(self, target: Target) -> None:
        if target.candidates != FALSE:
            for page in self.sight.rows(target.table, self.sight.given(target.candidates), batch=PAGE):
                self.pages.append((target, strays(target, self.sight, page)))
                if sum(len(rows) for _, rows in self.pages) >= PAGE:
                    self.judge()
        self.read.append(target)

    def judge(self) -> None:
        evaluation = self.sight.evaluation([row for _, rows in self.pages for row in rows])
        for target, rows in self.pages:
            whole, fields = judge(target, evaluation, rows)
            in_scope = _in_scope(target, self.sight, rows)
            self.spool.add(target.name, RECORD, [k for k in whole if k in in_scope[RECORD]])
            for index, keys in fields.items():
                self.spool.add(target.name, index, [k for k in keys if k in in_scope[index]])
            self.progress(str(target.name), len(rows))
        for target in self.read:
            self.spool.finish(target.name)
        self.pages.clear()
        self.read.clear()


def _by_database(target: Target, sight: Sight, spool: Spool, progress: Progress) -> None:
    """Every group's fate is asked once, for each record in which anything has expired; the record's follows from them."""
    groups = range(len(target.groups))
    if target.expiring == FALSE:
        return
    where = sight.given(target.expiring)
    for page in sight.reader(target.table).marked(target.name, where, target.marks):
        decided: dict[int, list[Key]] = {what: [] for what in (RECORD, *groups)}
        for key, said in page:
            fates = [(said[3 * i], said[3 * i + 1], said[3 * i + 2]) for i in groups]
            scopes, left = said[3 * len(groups) : 4 * len(groups)], said[4 * len(groups) : 5 * len(groups)]
            of_record, personal = said[-2:]
            if of_record and record_expired(fates) and (personal or not target.anonymised):
                decided[RECORD].append(key)
            for i in groups:
                if fates[i][0] and scopes[i] and left[i]:
                    decided[i].append(key)
        for what, keys in decided.items():
            spool.add(target.name, what, keys)
        progress(str(target.name), len(page))


def strays(target: Target, sight: Sight, rows: Sequence[Row]) -> Sequence[Row]:
    """Of a folder's files those that no record knows; a file that a record knows goes with it, and only so."""
    if not target.table.is_folder:
        return rows
    known: set[str] = set()
    paths = tuple(str(row.key[0]) for row in rows)
    for table in sight.inventory.tables:
        for knowing in table.fields:
            if knowing.file_in == target.name and not table.is_folder and table.name.system in sight.readers:
                for found in sight.rows(table, ValueIn(knowing.column, paths, or_missing=False)):
                    known |= {str(row.values[knowing.column]).strip() for row in found}
    return [row for row in rows if row.key[0] not in known]


def judge(
    target: Target, evaluation: Evaluation, rows: Sequence[Row]
) -> tuple[list[Key], dict[int, list[Key]]]:
    """The interpreter's word on some records: which go, and which groups of fields have expired in which."""
    whole: list[Key] = []
    fields: dict[int, list[Key]] = {index: [] for index in range(len(target.groups))}
    for row in rows:
        verdict = evaluation.verdict(row)
        if verdict.record_expired and (not target.anonymised or _personal(target, row)):
            whole.append(row.key)
        for index, group in enumerate(target.groups):
            if any(f.column in verdict.expired for f in group.fields if f.column not in target.in_key):
                fields[index].append(row.key)
    return whole, fields


def _personal(target: Target, row: Row) -> bool:
    """Whether anything is left in the record to anonymise."""
    fields = target.clearable(range(len(target.groups)))
    return any(filled(row, f) for f in fields) or any(
        row.values.get(c) not in (None, "") for c in target.table.cut
    )


def _in_scope(target: Target, sight: Sight, rows: Sequence[Row]) -> dict[int, set[Key]]:
    """Which of the page's records the plan is about, as a whole and by group."""
    keys = keys_of(rows)
    if all(scope.__class__.__name__ == "Constant" for scope in target.scopes):
        return {what: set(keys) for what in (RECORD, *range(len(target.groups)))}
    reader = sight.reader(target.table)
    page = RowIn(keys)

    def having(where: Predicate) -> set[Key]:
        chosen = plain(sight.given(both([page, where])))
        return {k for found in reader.keys(target.name, chosen) for k in found}

    return {
        RECORD: having(at_most(target.expired)),
        **{i: having(scope) for i, scope in enumerate(target.scopes)},
    }


def still(
    chosen: Sequence[tuple[Target, Collection[Key]]], sight: Sight
) -> dict[TableName, dict[int, set[Key]]]:
    """A second look at decided records just before they change: per table and decision those that nothing brings to life.

    `sight` is `renewed`: evidence that this plan has erased already does not count as absent.
    """
    there = [
        (target, row)
        for target, keys in chosen
        if keys
        for rows in sight.rows(target.table, RowIn(tuple(keys)), batch=len(keys))
        for row in rows
    ]
    evaluation = sight.evaluation([row for _, row in there])
    found: dict[TableName, dict[int, set[Key]]] = {t.name: defaultdict(set) for t, _ in chosen}
    for target, row in there:
        dead = {f.column for f in target.table.fields if evaluation.keep_until(row, f) <= sight.on}
        for index, group in enumerate(target.groups):
            if all(f.column in dead for f in group.fields):
                found[target.name][index].add(row.key)
        if all(f.column in dead or not filled(row, f) for f in target.table.fields):
            found[target.name][RECORD].add(row.key)
    return found
