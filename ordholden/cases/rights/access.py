"""Access (GDPR art. 15): what we have, what for, from where, for whom and how long; and a copy of it.

Nothing is withheld for a ground of keeping. What the policy never gives out, or somebody withheld with a reason, is named.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal, Upload
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import counted, data_table, outcome_of, why
from ordholden.cases.right import Done, Right
from ordholden.footprints.explain import Explanation
from ordholden.footprints.export import Withheld
from ordholden.policy.document import Text

__all__ = ["RIGHT", "packed", "withheld"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    found = corridor.explain(case.cards)
    wanted = [d for d in found.data if not case.about or {d.category, *_activities(d)} & set(case.about)]
    lines = counted(Line(d.table.system, d.table.table, d.category, "", granted=True) for d in wanted)
    doubts = (why("doubt-same", case),) if found.doubtful else ()
    return Proposal(lines, outcome_of(lines), doubts, recipients=found.received_by)


def _activities(datum: Any) -> set[str]:
    return {w.activity for w in datum.why}


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    found = corridor.explain(case.cards)
    left_out = withheld(decision.lines)
    with tempfile.TemporaryDirectory(prefix="access-") as folder:
        copy = Path(folder, "copy")
        corridor.export(case.cards, copy, withheld=left_out, actor=decision.by)
        file = Upload(f"{case.number}.zip", packed(copy), "application/zip", "export")
    kept = replace(found, data=tuple(d for d in found.data if not any(w.covers(d) for w in left_out)))
    return Done(
        files=(file,),
        facts={
            "data": data_table(case, kept, corridor.words),
            "files": [file.name],
            "automated": [],
            "transfers": _transfers(case, kept),
        },
    )


def withheld(lines: Sequence[Line]) -> tuple[Withheld, ...]:
    """What the decision does not give out, as the copy knows it."""
    return tuple(
        Withheld(Text(line.why, line.why), line.system, line.table, "", line.category)
        for line in lines
        if not line.granted
    )


def packed(folder: Path) -> bytes:
    """The copy as one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return target.getvalue()


def _transfers(case: Case, found: Explanation) -> list[list[str]]:
    """Recipients outside the EU and EEA, and what their being given the data rests on (GDPR art. 15(2))."""
    recipients = dict.fromkeys(r for d in found.data for r in found.recipients(d))
    return [[r.text[case.language], r.country, r.transfer] for r in recipients if r.transfer]


RIGHT = Right(
    "access",
    "GDPR art. 15",
    "access",
    propose,
    carry_out,
    letters={Outcome.PARTLY: "answer-access"},
)
