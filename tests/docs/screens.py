"""The pictures of the portal and the console in the docs: taken from the examples, in the browser that tests use.

`python -m tests.docs.screens` takes them anew.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from ordholden.cases.case import Channel, Request, Who
from ordholden.staff import Role
from tests.web.browser import chromium
from tests.web.desk import Office, served_here
from tests.web.town import Town, addresses, built

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
_ACTOR = "sagsbehandler@nordlys.example"


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with (
        contextmanager(built)(("clienti",)) as town,
        contextmanager(chromium)() as browser,
        served_here() as address,
    ):
        number = _case(town)
        office = Office(browser, address, town)
        page = office.desk_of(Role.CASE_WORKER, locale="en-GB")
        page.goto(f"{address}/clienti/?language=en")
        _taken(page, "portal")
        page.goto(f"{address}/console/clienti/cases/{number}")
        _taken(page, "case")
        office.leave()


def _case(town: Town) -> str:
    """Somebody who gets the newsletter wants to be erased, and it is known who it is."""
    organisation = town.organisation()
    email = addresses(town, "clienti", "newsletter.subscribers")[0]
    who = Who(name="A subscriber", email=email)
    words = "Please erase what you have about me."
    asked = Request(right="erasure", channel=Channel.PORTAL, who=who, words=words, language="en")
    number = organisation.desk.open_case(asked, actor="the person").number
    (found,) = organisation.find(email)
    cards = (found.card, *found.links.sure)
    organisation.desk.confirm_identity(
        number, cards=cards, how="Wrote from the address we know", actor=_ACTOR
    )
    return number


def _taken(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 1200, "height": 1150})
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
