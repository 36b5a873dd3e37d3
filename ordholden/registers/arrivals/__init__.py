"""Copies of people's data that other organisations sent here at the person's wish (GDPR art. 20(2)), until somebody takes them.

In: a package that was checked. Out: the list, and a package's content once for whoever takes it. Each number is taken once.
"""

from ordholden.registers.arrivals.arrival import ArrivalRecord, arrivals, forget, keep, numbers, take

__all__ = ["ArrivalRecord", "arrivals", "forget", "keep", "numbers", "take"]
