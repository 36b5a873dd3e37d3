"""Who works here and may do what.

In: the e-mail address of whoever signed in. Out: a `Member` with a role, whether confidentiality was accepted, and `may`:
the one table of roles and deeds. Outside stands the tree of operator, resellers, customers and employees.
"""

from ordholden.staff.member import Member
from ordholden.staff.members import accept_confidentiality, admit, dismiss, member, members
from ordholden.staff.roles import Deed, Role, may

__all__ = [
    "Deed",
    "Member",
    "Role",
    "accept_confidentiality",
    "admit",
    "dismiss",
    "may",
    "member",
    "members",
]
