"""What was said and answered in calls made for others: that the purpose was told, and whether the agreement is wanted.

In: what an agent says happened, about one person and one campaign. Out: how far that call has come.
"""

from ordholden.registers.calls.said import Said, counted, how_far, note

__all__ = ["Said", "counted", "how_far", "note"]
