"""Objections: people who do not want their data used for an activity (GDPR art. 21), and what was decided.

In: who objects to what; later whether the objection is upheld, rejected or taken back. Out: those that have an effect on a
day. To direct marketing it is upheld the moment it is raised, whoever decides about anything.
"""

from ordholden.registers.objections.change import raise_objection, settle, take_back
from ordholden.registers.objections.objection import ObjectionRecord, Standing
from ordholden.registers.objections.stand import all_objections, pending, standing

__all__ = [
    "ObjectionRecord",
    "Standing",
    "all_objections",
    "pending",
    "raise_objection",
    "settle",
    "standing",
    "take_back",
]
