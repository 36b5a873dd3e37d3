"""Mail and letters going out, mail coming in.

In: what a case has to tell somebody, as facts; a mailbox. Out: a letter that says what the law wants it to say,
as HTML, text and paper; its way to the reader, visible to the end; and mail as something a case can begin with.
"""

from ordholden.post.kinds import KINDS, Kind
from ordholden.post.letter import Facts, Letter, together, wordings, write
from ordholden.post.paper import pdf

__all__ = ["KINDS", "Facts", "Kind", "Letter", "pdf", "together", "wordings", "write"]
