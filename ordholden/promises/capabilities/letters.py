"""`letters`: every letter that answers somebody names whom they can complain to (GDPR art. 12(4) and 77)."""

from __future__ import annotations

from ordholden.promises.keeping import Keeping
from ordholden.promises.letters import complaint_route
from ordholden.promises.promise import Proof

NAME = "letters"


def proof(keeping: Keeping) -> Proof:
    return complaint_route(keeping.look)
