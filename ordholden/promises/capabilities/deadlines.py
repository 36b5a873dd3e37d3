"""`deadlines`: every request is answered in time, and the dates are reckoned as promised (GDPR art. 12(3)).

Looks at the cases; and tries what a request of the day would be told.
"""

from __future__ import annotations

from ordholden.cases.standing import answering
from ordholden.law.deadline import answer_due
from ordholden.promises.keeping import Keeping
from ordholden.promises.promise import Evidence, Proof, State

NAME = "deadlines"


def proof(keeping: Keeping) -> Proof:
    look = keeping.look
    requests = look.policy.requests
    due = answer_due(look.on, own_days=requests.own_days(""), customary=requests.customary)
    tried = Evidence.of("deadline-tried", received=look.on, due=due.first, legal=due.legal)
    stands = answering(look.book.store, look.on)
    looked = Evidence.of(
        "cases-answered",
        open=stands.open,
        late=stands.promised_late,
        closed=stands.closed,
        closed_late=stands.closed_late,
        longest=stands.longest,
    )
    if stands.promised_late:
        return Proof(State.BROKEN, (looked, tried), since=stands.first_late, next=look.on)
    if stands.closed_late:
        # An answer that came late stays late for as long as the figures reach back.
        return Proof(State.BROKEN, (looked, tried), since=look.on)
    return Proof(State.KEPT, (looked, tried), next=stands.next_due)
