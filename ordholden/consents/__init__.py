"""The ledger of yes and no that people told us, apart from what systems know; and whom we asked, and when.

In: what a person said, with the moment. Out: everything that was said, by card, for the engine to judge; this
room decides nothing.
"""

from ordholden.consents.ask import ask, asked
from ordholden.consents.forget import forget
from ordholden.consents.tell import Telling, tell, tell_all, told

__all__ = ["Telling", "ask", "asked", "forget", "tell", "tell_all", "told"]
