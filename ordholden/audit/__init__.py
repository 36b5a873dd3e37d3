"""What was done: entries that are only ever added, each linked to the one before by its hash.

In: who did what to which subject, with facts that are never personal values. Out: the entries, and whether
they still are what was written. The database refuses to change or remove one, and where somebody gets around
that, `verify` finds it.
"""

from ordholden.audit.append import record, record_many
from ordholden.audit.entry import Draft, Entry, Facts, Link
from ordholden.audit.read import entries, head
from ordholden.audit.verify import Broken, Verified, verify

__all__ = [
    "Broken",
    "Draft",
    "Entry",
    "Facts",
    "Link",
    "Verified",
    "entries",
    "head",
    "record",
    "record_many",
    "verify",
]
