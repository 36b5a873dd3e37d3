"""The hall: what the doors may ask, as verbs of one open organisation. The public Python API is this room."""

from ordholden.app.organisation import Difference, Organisation, Outcome, open_organisation, today

__all__ = ["Difference", "Organisation", "Outcome", "open_organisation", "today"]
