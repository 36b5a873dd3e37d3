"""From an identifier to every record about one person.

In comes a card (somebody in one people table), an identifier as people say it, or a batch of records; out
go the person's other cards (`links.py`), a `World` of all their records (`load.py`), or the people found
(`find.py`). Nothing here changes anything, and nothing here asks one person at a time.
"""

from ordholden.footprints.find import Found
from ordholden.footprints.links import Links
from ordholden.footprints.people import Footprints

__all__ = ["Footprints", "Found", "Links"]
