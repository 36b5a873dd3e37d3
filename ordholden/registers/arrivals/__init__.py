"""Copies of people's data that other organisations sent here at the person's wish (GDPR art. 20(2)), until somebody has them.

In: a package that was checked. Out: the list, and a package's content for whoever fetches it, until they confirm that they
have it. Each number is taken once.
"""

from ordholden.registers.arrivals.arrival import (
    ArrivalRecord,
    arrivals,
    confirm,
    fetch,
    forget,
    keep,
    numbers,
)

__all__ = ["ArrivalRecord", "arrivals", "confirm", "fetch", "forget", "keep", "numbers"]
