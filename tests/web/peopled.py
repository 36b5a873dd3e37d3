"""Peoples a house's Flexfone from outside, as a process of its own: a reseller, an administrator, an employee, with passwords.

Accounts are in the house's database, and Django knows one of those in a process.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

__all__ = ["ADMINISTRATOR", "EMPLOYEE_NUMBER", "PASSWORD", "RESELLER", "employee"]

PASSWORD = "correct horse battery staple"
RESELLER, ADMINISTRATOR = "salg@tale.example", "kontor@bageri.example"
EMPLOYEE_NUMBER = 2
"""One with a message on the answering machine that is still kept on the day of the examples."""


def employee(house: Path) -> tuple[str, str, str]:
    """Local number, full name and address."""
    with closing(sqlite3.connect(house / "flexfone" / "portal.sqlite3")) as portal:
        found = portal.execute(
            "SELECT local, full_name, email FROM employees WHERE id = ?", [EMPLOYEE_NUMBER]
        )
        local, name, email = found.fetchone()
    return local, name, email


def main(house: Path) -> None:
    from ordholden.web.begin import begin, bring_up_to_date

    begin(house)
    bring_up_to_date()
    from ordholden.app import open_organisation, today
    from ordholden.staff import Role, accept_confidentiality, admit
    from ordholden.staff.tree import OPERATOR, Level, Party, register
    from ordholden.web.accounts import made

    with open_organisation(house / "flexfone") as organisation:
        store, on = organisation.store, today()
        local, name, email = employee(house)

        def let_in(address: str, role: Role, one: Party) -> None:
            made(address, password=PASSWORD)
            who = admit(store, email=address, name="Prøve", role=role, on=on, actor="test", party=one.id)
            accept_confidentiality(store, who.id, at=store.now(), actor=who.actor)

        salg = {
            "name": "Tale og Co",
            "contact": "salgschefen",
            "phone": "+45 12 00 00 01",
            "email": RESELLER,
        }
        firm = {"name": "Bageriet", "contact": "kontoret", "email": ADMINISTRATOR}
        person = {"name": name, "local number": local, "email": email}
        top = register(store, Level.RESELLER, salg, above=OPERATOR, by=OPERATOR, on=on, actor="test")
        middle = register(store, Level.CUSTOMER, firm, above=top, by=top, on=on, actor="test")
        low = register(store, Level.EMPLOYEE, person, above=middle, by=top, on=on, actor="test")
        let_in(RESELLER, Role.RESELLER, top)
        let_in(ADMINISTRATOR, Role.CUSTOMER_ADMINISTRATOR, middle)
        let_in(email, Role.EMPLOYEE, low)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
