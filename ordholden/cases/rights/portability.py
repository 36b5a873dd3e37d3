"""Portability (GDPR art. 20): what the person gave us under consent or contract, in a common format; to them, or directly on.

What rests on something else, came from somebody else, or has no living ground any more is not taken along, and each reason
is said. After an employee was deleted there is nothing left that could be: then that is the answer.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ordholden.cases import transfer
from ordholden.cases.case import Case, Decision, Line, Outcome, Proposal, Upload
from ordholden.cases.corridor import Corridor
from ordholden.cases.lines import counted, outcome_of, why
from ordholden.cases.right import Done, Right
from ordholden.cases.rights.access import packed, withheld
from ordholden.footprints.explain import Datum
from ordholden.footprints.export import not_portable

__all__ = ["RIGHT"]


def propose(case: Case, corridor: Corridor) -> Proposal:
    found = corridor.explain(case.cards)
    lines = []
    for datum in found.data:
        place = (datum.table.system, datum.table.table, datum.category)
        reason = not_portable(datum, found, corridor.policy)
        if reason is None:
            lines.append(Line(*place, "", granted=True))
        else:
            text = _why_not(case, datum, reason[0])
            lines.append(Line(*place, "", False, reason[0], datum.last_day, text))
    counted_lines = counted(lines)
    doubts = (why("doubt-transfer", case, to=case.transfer_to),) if case.transfer_to else ()
    return Proposal(counted_lines, outcome_of(counted_lines), doubts)


def _why_not(case: Case, datum: Datum, reason: str) -> str:
    """The reason in words; where the relation has ended, on which day that was."""
    ended = [f.day for w in datum.why if not w.alive for f in w.stands_on if f.day is not None]
    if reason in ("expired", "basis") and ended:
        return why("not-portable-ended", case, day=max(ended).isoformat())
    return why(f"not-portable-{reason}", case)


def carry_out(case: Case, decision: Decision, corridor: Corridor) -> Done:
    # Lines that the grounds themselves leave out need no withholding.
    by_hand = [x for x in decision.lines if not x.granted and not x.ground]
    with tempfile.TemporaryDirectory(prefix="portability-") as folder:
        copy = Path(folder, "copy")
        corridor.export(
            case.cards,
            copy,
            portability=True,
            withheld=withheld(by_hand),
            actor=decision.by.split(", ")[0],
        )
        file = Upload(f"{case.number}.zip", packed(copy), "application/zip", "export")
    if not case.transfer_to:
        return Done(files=(file,), facts={"files": [file.name]})
    package = transfer.pack(
        corridor.store,
        file.content,
        sender=corridor.policy.organisation.name,
        receiver=case.transfer_to,
        reference=case.number,
    )
    receipt = transfer.send(package, case.transfer_to, private=bool(os.environ.get(transfer.PRIVATE)))
    facts = {"files": [file.name], "receiver": case.transfer_to}
    return Done(entries=(f"transfer: {receipt.digest}",), files=(file,), facts=facts)


RIGHT = Right(
    "portability",
    "GDPR art. 20",
    "portability",
    propose,
    carry_out,
    letters={Outcome.PARTLY: "answer-portability"},
)
