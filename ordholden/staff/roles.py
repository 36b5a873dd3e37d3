"""Roles and deeds, and the one table of who may do what. A deed that the table doesn't give is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

__all__ = ["INSIDE", "OUTSIDE", "Deed", "Role", "may", "roles_that_may"]


class Role(StrEnum):
    """What somebody is to the organisation; the last three stand outside it."""

    AGENT = "agent"
    CASE_WORKER = "case worker"
    APPROVER = "approver"
    DATA_PROTECTION = "data protection"
    SYSTEM_OWNER = "system owner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    RESELLER = "reseller"
    CUSTOMER_ADMINISTRATOR = "customer administrator"
    EMPLOYEE = "employee"


OUTSIDE = (Role.RESELLER, Role.CUSTOMER_ADMINISTRATOR, Role.EMPLOYEE)
INSIDE = tuple(role for role in Role if role not in OUTSIDE)


class Deed(StrEnum):
    """What can be done. Each page and each operation of the API names one."""

    TAKE_CALLS = "take calls"  # the call sheet, telephone intake, a case opened for somebody
    SEE_TASKS = "see tasks"
    DO_TASKS = "do tasks"  # carried out by hand in a system, with a receipt
    FIND_PEOPLE = "find people"
    SEE_PERSON = "see person"  # what is known, masked, with its grounds
    REVEAL = "reveal"  # in clear, with a reason
    SEE_CASES = "see cases"
    WORK_CASES = "work cases"  # identity, messages, notes, proposals, extensions, carrying out
    DECIDE = "decide"
    APPROVE = "approve"  # the second person: refusals, plans over a limit, fees
    SEE_FIGURES = "see figures"
    SEE_PROMISES = "see promises"
    READ_AUDIT = "read audit"
    PUBLISH_POLICY = "publish policy"
    MANAGE_MEMBERS = "manage members"
    MANAGE_TOKENS = "manage tokens"  # the API's, and webhooks
    REGISTER_RESELLERS = "register resellers"
    REGISTER_CUSTOMERS = "register customers"
    REGISTER_EMPLOYEES = "register employees"
    SEE_TREE = "see tree"  # those below oneself in the tree outside, and oneself
    ACT_FOR_EMPLOYEE = "act for employee"  # a request on behalf of a named employee
    ACT_FOR_SELF = "act for self"


def may(role: Role, deed: Deed) -> bool:
    return deed in _table()[role]


def roles_that_may(deed: Deed) -> tuple[Role, ...]:
    return tuple(role for role in Role if may(role, deed))


@cache
def _table() -> Mapping[Role, frozenset[Deed]]:
    """Every role stands in the file; a deed that nobody knows is our own mistake, and is not passed over."""
    written = YAML(typ="safe").load(files("ordholden.staff").joinpath("roles.yaml").read_text("utf-8"))
    return {role: frozenset(Deed(deed) for deed in written[role.value]) for role in Role}
