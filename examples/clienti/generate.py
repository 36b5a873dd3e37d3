"""Data for *Clienti*: a marketing agency with its CRM, newsletter, invoices, events and lists of others.

A company's contacts come first, then everything that happened with them; an event borrows its guests from
the contacts made just before it. Nothing is remembered for longer than that, so a million people fit.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from examples.making import Batches, Dice, Person, lorem, misspelt, person, spelt_cpr

Row = tuple[str, str, dict[str, Any]]

NEVER = date(9999, 12, 31)
EPOCH = date(1970, 1, 1)

crm = sa.MetaData()
sa.Table(
    "companies",
    crm,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.String(12), unique=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("form", sa.String(8), nullable=False),
    sa.Column("cvr", sa.String(8), index=True),
    sa.Column("city", sa.String(60)),
    sa.Column("customer_since", sa.Date),
    sa.Column("customer_until", sa.Date, index=True),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
)
sa.Table(
    "contacts",
    crm,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("company_id", sa.ForeignKey("companies.id"), index=True),
    sa.Column("full_name", sa.String(120), nullable=False, index=True),
    sa.Column("job_title", sa.String(80)),
    sa.Column("email", sa.String(160), unique=True),
    sa.Column("phone", sa.String(24), index=True),
    sa.Column("note", sa.Text),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
)
sa.Table(
    "contact_upkeep",
    crm,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("what", sa.String(12), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), index=True),
)
sa.Table(
    "sole_traders",
    crm,
    sa.Column("company_id", sa.ForeignKey("companies.id"), primary_key=True, autoincrement=False),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("cvr", sa.String(8), nullable=False),
    sa.Column("street", sa.String(120)),
    sa.Column("postcode", sa.String(4)),
    sa.Column("city", sa.String(60)),
)
sa.Table(
    "deals",
    crm,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("company_id", sa.ForeignKey("companies.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("title", sa.String(160), nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("amount", sa.Numeric(12, 2)),
    sa.Column("stage", sa.String(12), nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False, index=True),
    sa.Column("closed_on", sa.Date, index=True),
)
sa.Table(
    "agreements",
    crm,
    sa.Column("number", sa.String(16), primary_key=True),
    sa.Column("company_id", sa.ForeignKey("companies.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("signatory", sa.String(120), nullable=False),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("signed_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "messages",
    crm,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("company_id", sa.ForeignKey("companies.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("written_by_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("about", sa.String(12), nullable=False),
    sa.Column("from_address", sa.String(160)),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
sa.Table(
    "message_attachments",
    crm,
    sa.Column("message_id", sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    sa.Column("position", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("file_name", sa.String(200), nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
)
sa.Table(
    "web_visits",
    crm,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    # A visitor is a stranger until a form is sent, and becomes one again when the contact goes.
    sa.Column("contact_id", sa.ForeignKey("contacts.id", ondelete="SET NULL"), index=True),
    sa.Column("visitor", sa.String(32), nullable=False, index=True),
    sa.Column("page", sa.String(160), nullable=False),
    sa.Column("clicked", sa.String(80)),
    sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
sa.Table(
    "enquiries",
    crm,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("channel", sa.String(12), nullable=False),
    sa.Column("full_name", sa.String(120), index=True),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("phone", sa.String(24), index=True),
    sa.Column("profile", sa.String(120)),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime, nullable=False, index=True),
    sa.Column("answered_at", sa.DateTime, index=True),
)
# The telephone log came over from the system before: no foreign key, days as text, moments as seconds.
sa.Table(
    "call_log",
    crm,
    sa.Column("call_no", sa.Integer, primary_key=True),
    sa.Column("contact_no", sa.Integer, index=True),
    sa.Column("caller", sa.String(120), nullable=False),
    sa.Column("purpose", sa.String(255)),
    sa.Column("called_on", sa.String(10), index=True),
    sa.Column("entered", sa.Integer, index=True),
)

newsletter = sa.MetaData()
sa.Table(
    "subscribers",
    newsletter,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(160), nullable=False, unique=True),
    sa.Column("full_name", sa.String(120), index=True),
    sa.Column("company", sa.String(120)),
    sa.Column("signed_up_at", sa.DateTime, nullable=False, index=True),
    sa.Column("deleted_at", sa.DateTime),
)
sa.Table(
    "consent_log",
    newsletter,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), nullable=False, index=True),
    sa.Column("answer", sa.String(3), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("wording", sa.String(20), nullable=False),
    sa.Column("ip", sa.String(45), nullable=False),
)
sa.Table(
    "interests",
    newsletter,
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), primary_key=True, autoincrement=False),
    sa.Column("topic", sa.String(40), primary_key=True),
    sa.Column("weight", sa.SmallInteger),
)
sa.Table(
    "mailings",
    newsletter,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subject", sa.String(160), nullable=False),
    sa.Column("sent_on", sa.Date, nullable=False),
)
sa.Table(
    "deliveries",
    newsletter,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("mailing_id", sa.ForeignKey("mailings.id"), nullable=False, index=True),
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), nullable=False, index=True),
    sa.Column("delivered_at", sa.DateTime, nullable=False, index=True),
    sa.Column("outcome", sa.String(12), nullable=False),
    sa.Column("link", sa.String(120)),
    sa.UniqueConstraint("mailing_id", "subscriber_id"),
)

invoices = sa.MetaData()
sa.Table(
    "debtors",
    invoices,
    sa.Column("customer_no", sa.String(12), primary_key=True),
    sa.Column("name", sa.String(120), nullable=False, index=True),
    sa.Column("attention", sa.String(120), index=True),
    sa.Column("street", sa.String(120), nullable=False),
    sa.Column("postcode", sa.String(4)),
    sa.Column("city", sa.String(60)),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("phone", sa.String(24), index=True),
    sa.Column("created_on", sa.Date, nullable=False),
)
sa.Table(
    "invoices",
    invoices,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.ForeignKey("debtors.customer_no"), nullable=False, index=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("attention", sa.String(120)),
    sa.Column("po_number", sa.String(40)),
    sa.Column("amount", sa.Numeric(12, 2), nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False, index=True),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("paid_on", sa.Date, index=True),
    sa.Column("written_off_on", sa.Date),
    sa.Column("disputed", sa.Boolean, nullable=False),
)
sa.Table(
    "invoice_lines",
    invoices,
    sa.Column("invoice_id", sa.ForeignKey("invoices.id"), primary_key=True, autoincrement=False),
    sa.Column("line_no", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("wording", sa.String(200), nullable=False),
    sa.Column("amount", sa.Numeric(12, 2), nullable=False),
)
sa.Table(
    "payments",
    invoices,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("invoice_id", sa.ForeignKey("invoices.id"), nullable=False, index=True),
    sa.Column("payer", sa.String(120), nullable=False),
    sa.Column("account", sa.String(20)),
    sa.Column("received_at", sa.DateTime, nullable=False),
)
sa.Table(
    "reminders",
    invoices,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("invoice_id", sa.ForeignKey("invoices.id"), nullable=False, index=True),
    sa.Column("sent_on", sa.Date, nullable=False),
    sa.Column("wording", sa.Text, nullable=False),
)

events = sa.MetaData()
sa.Table(
    "events",
    events,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(160), nullable=False),
    sa.Column("venue", sa.String(120)),
    sa.Column("held_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "attendees",
    events,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("event_id", sa.ForeignKey("events.id"), nullable=False, index=True),
    sa.Column("ticket_no", sa.SmallInteger, nullable=False),
    sa.Column("full_name", sa.String(120), nullable=False, index=True),
    sa.Column("workplace", sa.String(120)),
    sa.Column("job_title", sa.String(80)),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("event_id", "ticket_no"),
)
sa.Table(
    "photo_objections",
    events,
    sa.Column("attendee_id", sa.ForeignKey("attendees.id"), primary_key=True, autoincrement=False),
    sa.Column("noted_at", sa.DateTime, nullable=False, index=True),
    sa.Column("note", sa.String(200), nullable=False),
)
sa.Table(
    "photos",
    events,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("event_id", sa.ForeignKey("events.id"), nullable=False, index=True),
    sa.Column("address", sa.String(160), nullable=False, unique=True),
    sa.Column("caption", sa.Text),
    sa.Column("published_on", sa.Date),
)
sa.Table(
    "photo_people",
    events,
    sa.Column("photo_id", sa.ForeignKey("photos.id"), primary_key=True, autoincrement=False),
    sa.Column(
        "attendee_id", sa.ForeignKey("attendees.id"), primary_key=True, autoincrement=False, index=True
    ),
    sa.Column("place", sa.String(60), nullable=False),
)

lists = sa.MetaData()
sa.Table(
    "assignments",
    lists,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.String(12), nullable=False, index=True),
    sa.Column("controller", sa.String(120), nullable=False),
    sa.Column("basis_warranted_on", sa.Date),
    sa.Column("agreement", sa.String(40)),
    sa.Column("starts_on", sa.Date, nullable=False, index=True),
    sa.Column("ends_on", sa.Date, index=True),
    sa.Column("status", sa.String(12), nullable=False),
)
sa.Table(
    "list_members",
    lists,
    sa.Column("assignment_id", sa.ForeignKey("assignments.id"), primary_key=True, autoincrement=False),
    sa.Column("email", sa.String(160), primary_key=True),
    sa.Column("full_name", sa.String(120), nullable=False, index=True),
    sa.Column("phone", sa.String(24)),
    sa.Column("segment", sa.String(40)),
    sa.Index("ix_list_members_email", "email"),
)

SYSTEMS = {"crm": crm, "newsletter": newsletter, "invoices": invoices, "events": events, "lists": lists}
VARIABLES = {system: f"CLIENTI_{system.upper()}_URL" for system in SYSTEMS}

# Parents before children.
TABLES = tuple((system, table.name) for system, tables in SYSTEMS.items() for table in tables.sorted_tables)

CONTACTS_PER_EVENT = 25
MAILINGS = 24


def rows(people: int, *, on: date, seed: int) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    batches = Batches(*TABLES)
    story = _Story(people, on, seed)
    for chapter in story.chapters():
        for system, table, row in chapter:
            batches.put(system, table, row)
        yield from batches.full()
    yield from batches.rest()


@dataclass(frozen=True)
class Company:
    """A customer, or one that may become it; `since` and `until` as it was, not as somebody wrote it down."""

    number: int
    name: str
    sole_trader: bool
    since: date | None
    until: date | None

    @property
    def customer_no(self) -> str | None:
        return f"K{10_000 + self.number}" if self.since else None


@dataclass(frozen=True)
class Contact:
    number: int
    company: Company
    who: Person
    title: str
    email: str | None


class _Story:
    """What happened at the agency, company by company; counts its rows and remembers the latest contacts."""

    def __init__(self, people: int, on: date, seed: int) -> None:
        self.people, self.on, self.seed = people, on, seed
        self.counters = {table: count(1) for table in TABLES}
        self.recent: deque[Contact] = deque(maxlen=CONTACTS_PER_EVENT)

    def next(self, system: str, table: str) -> int:
        return next(self.counters[system, table])

    def ago(self, *, years: int = 0, months: int = 0, days: int = 0) -> date:
        return self.on - relativedelta(years=years, months=months, days=days)

    def chapters(self) -> Iterator[Iterator[Row]]:
        yield self.mailings()
        made = 0
        while made < self.people:
            number = self.next("crm", "companies")
            dice = Dice(self.seed, "company", number)
            company = self.company(dice, number)
            size = min(dice.weighted({1: 5, 2: 3, 3: 2}), self.people - made)
            contacts = [self.contact(company, made + i + 1) for i in range(size)]
            self.recent.extend(contacts)
            yield self.at_company(dice, company, contacts)
            before, made = made, made + size
            if made // CONTACTS_PER_EVENT > before // CONTACTS_PER_EVENT:
                yield self.event(self.next("events", "events"))
                yield self.assignment(self.next("lists", "assignments"))

    # The CRM

    def company(self, dice: Dice, number: int) -> Company:
        since, until = self.relationship(dice)
        name = f"{dice.pick(PLACES)} {dice.pick(TRADES)}"
        return Company(number, name, dice.chance(0.3), since, until)

    def relationship(self, dice: Dice) -> tuple[date | None, date | None]:
        """From when until when somebody is a customer: long ago, due soon, or for a long time yet."""
        if dice.chance(0.25):
            return None, None
        first, last = dice.weighted(
            {
                (self.on, self.on): 40,
                (self.ago(months=23), self.ago(days=20)): 12,
                (self.ago(months=24, days=-1), self.ago(months=23)): 4,
                (self.ago(months=59), self.ago(months=24)): 9,
                (self.ago(years=5, days=-1), self.ago(months=59)): 2,
                (self.ago(years=8), self.ago(years=5)): 8,
            }
        )
        if first == self.on:
            return dice.date_between(self.ago(years=7), self.ago(months=1)), None
        until = dice.date_between(first, last)
        return dice.date_between(until - timedelta(days=1800), until - timedelta(days=90)), until

    def contact(self, company: Company, number: int) -> Contact:
        dice = Dice(self.seed, "contact", number)
        who = person(dice, number)
        return Contact(number, company, who, dice.pick(TITLES), who.email if dice.chance(0.9) else None)

    def at_company(self, dice: Dice, company: Company, contacts: list[Contact]) -> Iterator[Row]:
        yield "crm", "companies", self.company_row(dice, company)
        for contact in contacts:
            yield from self.around_contact(Dice(self.seed, "around contact", contact.number), contact)
        if company.sole_trader and company.since:
            yield "crm", "sole_traders", sole_trader_row(dice, contacts[0])
        yield from self.deals(dice, company, contacts)
        if company.since:
            yield from self.agreements(dice, company.since, contacts[0])
            yield from self.money(dice, company.since, contacts[0])
        yield from self.messages(dice, company, contacts)

    def company_row(self, dice: Dice, company: Company) -> dict[str, Any]:
        written: date | None = company.until
        # What a hurried hand leaves: no end at all, the end of time, or the beginning of computers.
        if company.until and dice.chance(0.08):
            written = None
        elif company.since and not company.until:
            written = dice.weighted({None: 95, NEVER: 4, EPOCH: 1})
        status = "closed" if company.until else "customer" if company.since else "prospect"
        started = company.since or dice.date_between(self.ago(years=3), self.ago(days=1))
        return {
            "id": company.number,
            "customer_no": company.customer_no,
            "name": company.name,
            "form": "ENK" if company.sole_trader else dice.pick(("ApS", "ApS", "A/S")),
            "cvr": None if company.sole_trader else unused_cvr(dice),
            "city": dice.pick(PLACES),
            "customer_since": company.since,
            "customer_until": written,
            "status": status,
            "created_at": dice.moment(started - timedelta(days=dice.number(0, 60))),
        }

    def around_contact(self, dice: Dice, contact: Contact) -> Iterator[Row]:
        company, who = contact.company, contact.who
        end = company.until or self.on
        created = dice.date_between((company.since or self.ago(years=3)) - timedelta(days=60), end)
        yield (
            "crm",
            "contacts",
            {
                "id": contact.number,
                "company_id": company.number,
                "full_name": who.full_name,
                "job_title": contact.title,
                "email": contact.email,
                "phone": who.phone if dice.chance(0.85) else None,
                "note": f"{who.given} foretrækker telefon. {lorem(dice, 12)}" if dice.chance(0.3) else None,
                "created_at": dice.moment(created),
                "deleted_at": in_utc(dice.moment(end)) if dice.chance(0.05) else None,
            },
        )
        if dice.chance(0.04):
            yield from self.again(dice, contact)
        yield from self.upkeep(dice, contact, created)
        yield from self.web_visits(dice, contact)
        yield from self.calls(dice, contact)
        if dice.chance(0.25):
            yield self.enquiry(dice, who if dice.chance(0.5) else person(dice, self.people + contact.number))
        if contact.email and dice.chance(0.5):
            yield from self.subscriber(dice, contact.email, who.full_name, company.name)
        if dice.chance(0.3):
            stranger = person(dice, 2 * self.people + contact.number)
            yield from self.subscriber(dice, stranger.email, stranger.full_name, None)

    def again(self, dice: Dice, contact: Contact) -> Iterator[Row]:
        """The same contact once more, without address and with the telephone in another spelling."""
        number = self.people + contact.number
        yield (
            "crm",
            "contacts",
            {
                "id": number,
                "company_id": None,
                "full_name": misspelt(dice, contact.who.full_name),
                "job_title": None,
                "email": None,
                "phone": misspelt(dice, contact.who.phone),
                "note": None,
                "created_at": dice.moment(dice.date_between(self.ago(years=2), self.on)),
                "deleted_at": None,
            },
        )
        yield self.upkept(dice, number, "registered", dice.date_between(self.ago(days=120), self.on))

    def upkeep(self, dice: Dice, contact: Contact, created: date) -> Iterator[Row]:
        if dice.chance(0.02):
            return  # from a list somebody imported
        yield self.upkept(dice, contact.number, "registered", created)
        first, last = dice.weighted(
            {
                (self.ago(months=11), self.on): 60,
                (self.ago(months=12, days=-1), self.ago(months=11)): 10,
                (self.ago(months=13), self.ago(months=12)): 6,
                (self.ago(months=40), self.ago(months=13)): 12,
                (EPOCH, EPOCH): 1,
            }
        )
        if dice.chance(0.9):
            yield self.upkept(dice, contact.number, "confirmed", dice.date_between(first, last))

    def upkept(self, dice: Dice, contact: int, what: str, day: date) -> Row:
        return (
            "crm",
            "contact_upkeep",
            {
                "id": self.next("crm", "contact_upkeep"),
                "contact_id": contact,
                "what": what,
                "channel": dice.pick(("telefon", "e-mail", "møde", "formular")),
                "at": in_utc(dice.moment(day)),
            },
        )

    def deals(self, dice: Dice, company: Company, contacts: list[Contact]) -> Iterator[Row]:
        for _ in range(dice.number(0, 2) if company.since else dice.number(0, 1)):
            opened = dice.date_between(
                company.since or self.ago(months=30), company.until or self.ago(days=10)
            )
            stage = dice.weighted({"open": 3, "won": 4, "lost": 3})
            closed = min(opened + timedelta(days=dice.number(5, 90)), self.on)
            forgotten = dice.chance(0.05)
            yield (
                "crm",
                "deals",
                {
                    "id": self.next("crm", "deals"),
                    "company_id": company.number,
                    "contact_id": dice.pick(contacts).number,
                    "title": dice.pick(WORK),
                    "description": lorem(dice, 10) if dice.chance(0.7) else None,
                    "amount": dice.number(40, 900) * 250,
                    "stage": stage,
                    "opened_on": opened,
                    "closed_on": None if stage == "open" or forgotten else closed,
                },
            )

    def agreements(self, dice: Dice, since: date, signed_by: Contact) -> Iterator[Row]:
        company = signed_by.company
        for n in range(dice.number(1, 2)):
            signed = since + timedelta(days=40 * n)
            yield (
                "crm",
                "agreements",
                {
                    "number": f"A-{signed.year}-{company.number}-{n + 1}",
                    "company_id": company.number,
                    "contact_id": signed_by.number,
                    "signatory": signed_by.who.full_name,
                    "wording": f"{company.name} ved {signed_by.who.full_name}. {lorem(dice, 30)}",
                    "signed_on": signed,
                },
            )

    def messages(self, dice: Dice, company: Company, contacts: list[Contact]) -> Iterator[Row]:
        for _ in range(dice.number(0, 5)):
            about = dice.weighted({"agreement": 3, "invoice": 2, "service": 3, "offer": 2})
            owner, writer = dice.pick(contacts), dice.pick(contacts)
            day = dice.date_between(company.since or self.ago(months=20), company.until or self.on)
            number = self.next("crm", "messages")
            yield (
                "crm",
                "messages",
                {
                    "id": number,
                    "company_id": company.number,
                    "contact_id": owner.number,
                    "written_by_id": writer.number,
                    "about": about if company.since else "offer",
                    "from_address": misspelt(dice, writer.email) if writer.email else None,
                    "subject": dice.pick(WORK),
                    "body": f"Hej! {lorem(dice, 25)} Hilsen {writer.who.full_name}, {writer.who.phone}",
                    "sent_at": in_utc(dice.moment(day)),
                },
            )
            for position in range(dice.weighted({0: 7, 1: 2, 2: 1})):
                yield (
                    "crm",
                    "message_attachments",
                    {
                        "message_id": number,
                        "position": position + 1,
                        "file_name": f"{dice.pick(WORK)} {writer.who.family}.pdf",
                        "bytes": dice.number(10_000, 4_000_000),
                    },
                )

    def web_visits(self, dice: Dice, contact: Contact) -> Iterator[Row]:
        """Clicks of a known contact, and some of a visitor who never said who it was."""
        visitor = dice.digits(16)
        for _ in range(dice.number(0, 4)):
            first, last = dice.weighted(
                {
                    (self.ago(months=11), self.on): 6,
                    (self.ago(months=12, days=-1), self.ago(months=11)): 1,
                    (self.ago(months=18), self.ago(months=12)): 2,
                }
            )
            yield (
                "crm",
                "web_visits",
                {
                    "id": self.next("crm", "web_visits"),
                    "contact_id": contact.number if dice.chance(0.8) else None,
                    "visitor": visitor,
                    "page": dice.pick(("/", "/cases", "/ydelser", "/nyhedsbrev", "/kontakt")),
                    "clicked": dice.pick((None, "hent guide", "book møde", "tilmeld")),
                    "visited_at": in_utc(dice.moment(dice.date_between(first, last), opens=6, closes=23)),
                },
            )

    def calls(self, dice: Dice, contact: Contact) -> Iterator[Row]:
        if not dice.chance(0.3):
            return
        day = dice.date_between(self.ago(months=14), self.on)
        number = self.next("crm", "call_log")
        # Contacts that were removed in the system before still have their calls.
        lost = dice.chance(0.08)
        yield (
            "crm",
            "call_log",
            {
                "call_no": number,
                "contact_no": 900_000_000 + number if lost else contact.number,
                "caller": misspelt(dice, contact.who.full_name),
                "purpose": lorem(dice, 6),
                "called_on": "00-00-0000" if dice.chance(0.06) else f"{day:%d-%m-%Y}",
                "entered": int(in_utc(dice.moment(day)).timestamp()),
            },
        )

    def enquiry(self, dice: Dice, who: Person) -> Row:
        channel = dice.pick(("e-mail", "formular", "facebook", "chat"))
        received = dice.moment(dice.date_between(self.ago(months=9), self.on))
        answered = received + timedelta(hours=dice.number(1, 90))
        too_much = dice.weighted(
            {
                "": 85,
                f" Mit cpr-nummer er {spelt_cpr(dice, who.cpr)}.": 6,
                " Jeg er sygemeldt med stress, så skriv helst.": 5,
                " Betal til reg. 0000 konto 0000012345.": 4,
            }
        )
        return (
            "crm",
            "enquiries",
            {
                "id": self.next("crm", "enquiries"),
                "channel": channel,
                "full_name": who.full_name if channel != "chat" else who.given,
                "email": misspelt(dice, who.email) if channel in ("e-mail", "formular") else None,
                "phone": who.phone if channel == "formular" else None,
                "profile": f"facebook.example/{who.given.lower()}{dice.digits(6)}"
                if channel == "facebook"
                else None,
                "wording": f"{lorem(dice, 14)}{too_much}",
                "received_at": received,
                "answered_at": answered if dice.chance(0.85) and answered.date() <= self.on else None,
            },
        )

    # The newsletter

    def mailings(self) -> Iterator[Row]:
        for n in range(MAILINGS):
            yield (
                "newsletter",
                "mailings",
                {
                    "id": self.next("newsletter", "mailings"),
                    "subject": f"Nyt fra bureauet, nr. {n + 1}",
                    "sent_on": self.ago(months=MAILINGS - n - 1, days=3),
                },
            )

    def subscriber(self, dice: Dice, email: str, name: str, company: str | None) -> Iterator[Row]:
        number = self.next("newsletter", "subscribers")
        fate = dice.weighted(
            {"reads": 62, "fresh": 3, "never": 5, "leaving": 8, "due": 3, "left": 12, "back": 5, "hidden": 2}
        )
        signed_up = self.signed_up(dice, fate)
        answers = list(self.answers(dice, fate, signed_up))
        yield (
            "newsletter",
            "subscribers",
            {
                "id": number,
                "email": misspelt(dice, email).strip() if dice.chance(0.3) else email,
                "full_name": name if dice.chance(0.8) else None,
                "company": company,
                "signed_up_at": signed_up,
                # Hidden by the newsletter's own unsubscribe button, which deletes nothing.
                "deleted_at": answers[-1][1] if fate in ("left", "hidden") else None,
            },
        )
        for answer, at in answers:
            yield (
                "newsletter",
                "consent_log",
                {
                    "id": self.next("newsletter", "consent_log"),
                    "subscriber_id": number,
                    "answer": answer,
                    "at": in_utc(at),
                    "wording": "2024-1",
                    "ip": f"192.0.2.{dice.number(1, 254)}",
                },
            )
        for topic in dice.some(TOPICS, 0, 2):
            yield (
                "newsletter",
                "interests",
                {
                    "subscriber_id": number,
                    "topic": topic,
                    "weight": dice.number(1, 5),
                },
            )
        if answers:
            yield from self.deliveries(dice, number, answers[0][1].date(), fate)

    def signed_up(self, dice: Dice, fate: str) -> datetime:
        """When the form was sent, in UTC without saying so."""
        if fate == "fresh":
            return dice.moment(dice.date_between(self.ago(days=3), self.ago(days=1)))
        return dice.moment(dice.date_between(self.ago(years=4), self.ago(days=60)))

    def answers(self, dice: Dice, fate: str, signed_up: datetime) -> Iterator[tuple[str, datetime]]:
        if fate in ("fresh", "never"):
            return
        yes = signed_up + timedelta(minutes=dice.number(1, 3000))
        yield "in", yes
        if fate == "leaving":
            yield "out", dice.moment(dice.date_between(self.ago(days=4), self.ago(days=1)))
        elif fate in ("due", "hidden"):
            yield "out", dice.moment(self.ago(days=5))
        elif fate in ("left", "back"):
            left = dice.moment(dice.date_between(yes.date() + timedelta(days=10), self.ago(days=20)))
            yield "out", left
            if fate == "back":
                yield "in", left + timedelta(days=dice.number(1, 15))

    def deliveries(self, dice: Dice, subscriber: int, since: date, fate: str) -> Iterator[Row]:
        for n in dice.some(range(MAILINGS), 0, 4):
            sent = self.ago(months=MAILINGS - n - 1, days=3)
            if sent < since or (fate == "left" and sent > self.ago(days=20)):
                continue
            outcome = dice.weighted({"delivered": 5, "opened": 3, "clicked": 2, "bounced": 1})
            yield (
                "newsletter",
                "deliveries",
                {
                    "id": self.next("newsletter", "deliveries"),
                    "mailing_id": n + 1,
                    "subscriber_id": subscriber,
                    "delivered_at": dice.moment(sent),
                    "outcome": outcome,
                    "link": "/cases/havn" if outcome == "clicked" else None,
                },
            )

    # Invoices

    def money(self, dice: Dice, since: date, contact: Contact) -> Iterator[Row]:
        company, who = contact.company, contact.who
        yield (
            "invoices",
            "debtors",
            {
                "customer_no": company.customer_no,
                "name": who.full_name if company.sole_trader else company.name,
                "attention": misspelt(dice, who.full_name) if dice.chance(0.5) else who.full_name,
                "street": who.street,
                "postcode": who.postcode,
                "city": who.city,
                "email": misspelt(dice, contact.email) if contact.email and dice.chance(0.8) else None,
                "phone": misspelt(dice, who.phone) if dice.chance(0.6) else None,
                "created_on": since,
            },
        )
        for n in range(dice.number(0, 6)):
            issued = dice.date_between(since, company.until or self.on)
            yield from self.invoice(dice, contact, issued, n)

    def invoice(self, dice: Dice, contact: Contact, issued: date, n: int) -> Iterator[Row]:
        company = contact.company
        number = self.next("invoices", "invoices")
        due = issued + timedelta(days=14)
        fate = dice.weighted({"paid": 88, "unpaid": 6, "written off": 3, "nonsense": 1})
        paid = min(issued + timedelta(days=dice.number(3, 60)), self.on)
        amount = dice.number(8, 400) * 250
        yield (
            "invoices",
            "invoices",
            {
                "id": number,
                "customer_no": company.customer_no,
                "number": f"{company.number}-{n + 1}",
                "attention": contact.who.full_name if dice.chance(0.7) else None,
                "po_number": f"PO {dice.digits(6)}" if dice.chance(0.4) else None,
                "amount": amount,
                "issued_on": issued,
                "due_on": NEVER if fate == "nonsense" else due,
                "paid_on": {"paid": paid, "nonsense": EPOCH}.get(fate),
                "written_off_on": min(due + timedelta(days=400), self.on) if fate == "written off" else None,
                "disputed": fate == "unpaid" and dice.chance(0.3),
            },
        )
        for line in range(dice.number(1, 2)):
            yield (
                "invoices",
                "invoice_lines",
                {
                    "invoice_id": number,
                    "line_no": line + 1,
                    "wording": f"{dice.pick(WORK)}, aftalt med {contact.who.given}",
                    "amount": amount,
                },
            )
        if fate == "paid":
            yield (
                "invoices",
                "payments",
                {
                    "id": self.next("invoices", "payments"),
                    "invoice_id": number,
                    "payer": contact.who.full_name.upper(),
                    "account": f"0000 {dice.digits(10)}" if dice.chance(0.7) else None,
                    "received_at": dice.moment(paid),
                },
            )
        elif dice.chance(0.7):
            yield (
                "invoices",
                "reminders",
                {
                    "id": self.next("invoices", "reminders"),
                    "invoice_id": number,
                    "sent_on": min(due + timedelta(days=10), self.on),
                    "wording": f"Kære {contact.who.full_name}. {lorem(dice, 12)}",
                },
            )

    # Events

    def event(self, number: int) -> Iterator[Row]:
        dice = Dice(self.seed, "event", number)
        first, last = dice.weighted(
            {
                (self.ago(days=-5), self.ago(days=-90)): 3,
                (self.ago(months=3, days=-1), self.on): 4,
                (self.ago(months=23), self.ago(months=3)): 6,
                (self.ago(months=24, days=-1), self.ago(months=23)): 2,
                (self.ago(months=36), self.ago(months=24)): 3,
            }
        )
        held = dice.date_between(first, last)
        yield (
            "events",
            "events",
            {
                "id": number,
                "title": f"Morgenmøde om {dice.pick(TOPICS)}",
                "venue": dice.pick(PLACES),
                "held_on": held,
            },
        )
        guests = list(self.attendees(dice, number, held))
        for guest in guests:
            yield "events", "attendees", guest
        if held < self.on:
            yield from self.photos(dice, number, held, guests)

    def attendees(self, dice: Dice, event: int, held: date) -> Iterator[dict[str, Any]]:
        """Known contacts, and as many whom nobody knew before."""
        known = dice.some(list(self.recent), 3, 8)
        strangers = [person(dice, 3 * self.people + 20 * event + n) for n in range(dice.number(2, 7))]
        guests = [(c.who, c.company.name, c.title, c.email) for c in known]
        guests += [
            (s, f"{dice.pick(PLACES)} {dice.pick(TRADES)}", dice.pick(TITLES), s.email) for s in strangers
        ]
        for ticket, (who, workplace, title, email) in enumerate(guests, 1):
            signed_up = min(held - timedelta(days=dice.number(1, 30)), self.on)
            cancelled = dice.chance(0.06)
            yield {
                "id": self.next("events", "attendees"),
                "event_id": event,
                "ticket_no": ticket,
                "full_name": misspelt(dice, who.full_name) if dice.chance(0.2) else who.full_name,
                "workplace": workplace,
                "job_title": title if dice.chance(0.7) else None,
                "email": misspelt(dice, email) if email and dice.chance(0.3) else email,
                "signed_up_at": in_utc(dice.moment(signed_up)),
                "deleted_at": in_utc(dice.moment(signed_up)) if cancelled else None,
            }

    def photos(self, dice: Dice, event: int, held: date, guests: list[dict[str, Any]]) -> Iterator[Row]:
        shown = []
        for guest in guests:
            if dice.chance(0.12):
                yield (
                    "events",
                    "photo_objections",
                    {
                        "attendee_id": guest["id"],
                        "noted_at": dice.moment(held, opens=8, closes=9),
                        "note": dice.pick(("Vil ikke fotograferes", "Kun bagfra", "Sagde nej ved indgangen")),
                    },
                )
            else:
                shown.append(guest)
        for _ in range(dice.number(0, 3)):
            number = self.next("events", "photos")
            there = dice.some(shown, 0, 2)
            names = " og ".join(guest["full_name"].strip() for guest in there)
            yield (
                "events",
                "photos",
                {
                    "id": number,
                    "event_id": event,
                    "address": f"https://billeder.clienti.example/{event}/{number}.jpg",
                    "caption": f"Stemning med {names}" if names else None,
                    "published_on": held + timedelta(days=2) if dice.chance(0.8) else None,
                },
            )
            for place, guest in zip(("venstre", "højre"), there, strict=False):
                yield (
                    "events",
                    "photo_people",
                    {
                        "photo_id": number,
                        "attendee_id": guest["id"],
                        "place": place,
                    },
                )

    # Lists that customers lend the agency

    def assignment(self, number: int) -> Iterator[Row]:
        dice = Dice(self.seed, "assignment", number)
        started = dice.date_between(self.ago(months=20), self.ago(days=30))
        fate = dice.weighted({"runs": 4, "ends soon": 2, "over": 2, "over, said nobody": 1})
        ends = {
            "runs": None,
            "ends soon": self.ago(days=-dice.number(1, 30)),
            "over": dice.date_between(started + timedelta(days=20), self.on),
        }.get(fate)
        yield (
            "lists",
            "assignments",
            {
                "id": number,
                "customer_no": f"K{10_000 + dice.number(1, max(self.people // 2, 1))}",
                "controller": f"{dice.pick(PLACES)} {dice.pick(TRADES)}",
                "basis_warranted_on": started if dice.chance(0.9) else None,
                "agreement": f"DBA-{number}" if dice.chance(0.9) else None,
                "starts_on": started,
                "ends_on": ends,
                "status": "closed" if fate.startswith("over") else "running",
            },
        )
        for n in range(dice.number(3, 12)):
            who = person(dice, 5 * self.people + 20 * number + n)
            yield (
                "lists",
                "list_members",
                {
                    "assignment_id": number,
                    "email": who.email,
                    "full_name": who.full_name,
                    "phone": who.phone if dice.chance(0.5) else None,
                    "segment": dice.pick((None, "købt for nylig", "mistet kurv", "VIP")),
                },
            )


def sole_trader_row(dice: Dice, owner: Contact) -> dict[str, Any]:
    return {
        "company_id": owner.company.number,
        "contact_id": owner.number,
        "cvr": unused_cvr(dice),
        "street": owner.who.street,
        "postcode": owner.who.postcode,
        "city": owner.who.city,
    }


def unused_cvr(dice: Dice) -> str:
    """A CVR number with the right check digit in a range that no company has got so far."""
    while True:
        number = f"99{dice.digits(6)}"
        if (
            sum(int(digit) * weight for digit, weight in zip(number, (2, 7, 6, 5, 4, 3, 2, 1), strict=True))
            % 11
            == 0
        ):
            return number


def in_utc(stamp: datetime) -> datetime:
    return stamp.replace(tzinfo=UTC)


PLACES = ("Nordhavn", "Limfjord", "Vestby", "Kattegat", "Fjordbyen", "Egholm", "Storå", "Kridt", "Lindholm")
TRADES = ("Tømrer", "Tandteknik", "Vinhandel", "Bogføring", "Cykler", "Arkitekter", "Rejser", "Møbler", "VVS")
TITLES = ("marketingchef", "indehaver", "direktør", "projektleder", "bogholder", "studentermedhjælper")
WORK = ("Nyt websted", "Annoncer i efteråret", "Logo og skilte", "Film til messen", "Tekster", "Søgemaskiner")
TOPICS = ("annoncering", "design", "data", "fortælling", "sociale medier")
