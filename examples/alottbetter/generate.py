"""Data for *ALOTTbetter*: internship programmes, from booking to questionnaire.

Each customer's life is told in one go: who it is, each internship with its booking, what was asked and
complained about, and what was answered afterwards. Only one family is remembered from one to the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from examples.making import Batches, Dice, Person, ascii_name, lorem, misspelt, person, spelt_cpr

Row = tuple[str, str, dict[str, Any]]

NEVER = date(9999, 12, 31)

customers = sa.MetaData()
sa.Table(
    "customers",
    customers,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.String(20), nullable=False, unique=True),
    sa.Column("full_name", sa.String(120), nullable=False),
    sa.Column("born", sa.Date),
    sa.Column("sex", sa.String(1)),
    sa.Column("street", sa.String(120)),
    sa.Column("postcode", sa.String(4)),
    sa.Column("city", sa.String(60)),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("phone", sa.String(24), index=True),
    sa.Column("note", sa.Text),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
)
sa.Table(
    "internships",
    customers,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("programme", sa.String(80), nullable=False),
    sa.Column("host", sa.String(120), nullable=False),
    sa.Column("started_on", sa.Date),
    sa.Column("ended_on", sa.Date, index=True),
    sa.Column("status", sa.String(12), nullable=False),
)
sa.Table(
    "guardians",
    customers,
    sa.Column("internship_id", sa.ForeignKey("internships.id"), primary_key=True, autoincrement=False),
    sa.Column("position", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("full_name", sa.String(120), nullable=False),
    sa.Column("email", sa.String(160)),
    sa.Column("phone", sa.String(24)),
    sa.Column("said_yes_on", sa.Date),
)
sa.Table(
    "certificates",
    customers,
    sa.Column("certificate_no", sa.String(20), primary_key=True),
    sa.Column("internship_id", sa.ForeignKey("internships.id"), nullable=False, index=True),
    sa.Column("printed_name", sa.String(120), nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
)
sa.Table(
    "consents",
    customers,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("given_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("withdrawn_at", sa.DateTime(timezone=True), index=True),
)
sa.Table(
    "stories",
    customers,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("title", sa.String(160), nullable=False),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date),
)

booking = sa.MetaData()
sa.Table(
    "buyers",
    booking,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("login", sa.String(80), nullable=False, unique=True),
    sa.Column("customer_no", sa.String(20), index=True),
    sa.Column("full_name", sa.String(120), nullable=False),
    sa.Column("born", sa.Date),
    sa.Column("sex", sa.String(1)),
    sa.Column("street", sa.String(120), nullable=False),
    sa.Column("postcode", sa.String(4)),
    sa.Column("city", sa.String(60)),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("phone", sa.String(24), index=True),
)
sa.Table(
    "bookings",
    booking,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("buyer_id", sa.ForeignKey("buyers.id"), nullable=False, index=True),
    sa.Column("booking_no", sa.String(20), nullable=False, unique=True),
    sa.Column("programme", sa.String(80), nullable=False),
    sa.Column("wishes", sa.Text),
    sa.Column("booked_at", sa.DateTime, nullable=False, index=True),
    sa.Column("cancelled_at", sa.DateTime),
)
sa.Table(
    "invoices",
    booking,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("booking_id", sa.ForeignKey("bookings.id"), nullable=False, index=True),
    sa.Column("addressee", sa.String(200), nullable=False),
    sa.Column("amount", sa.Numeric(12, 2), nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "payments",
    booking,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("invoice_no", sa.ForeignKey("invoices.number"), nullable=False, index=True),
    sa.Column("provider", sa.String(20), nullable=False),
    sa.Column("payer", sa.String(120), nullable=False),
    sa.Column("card", sa.String(20)),
    sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
)
sa.Table(
    "gift_cards",
    booking,
    sa.Column("code", sa.String(16), primary_key=True),
    sa.Column("buyer_id", sa.ForeignKey("buyers.id"), nullable=False, index=True),
    sa.Column("recipient", sa.String(120), nullable=False),
    sa.Column("recipient_email", sa.String(160), index=True),
    sa.Column("greeting", sa.Text),
    sa.Column("value", sa.Numeric(10, 2), nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False, index=True),
    sa.Column("used_on", sa.Date),
)
sa.Table(
    "disclosures",
    booking,
    sa.Column("booking_id", sa.ForeignKey("bookings.id"), primary_key=True, autoincrement=False),
    sa.Column("recipient", sa.String(60), primary_key=True),
    sa.Column("what", sa.String(160), nullable=False),
    sa.Column("disclosed_on", sa.Date, nullable=False),
)
sa.Table(
    "offers",
    booking,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("buyer_id", sa.ForeignKey("buyers.id"), nullable=False, index=True),
    sa.Column("subject", sa.String(160), nullable=False),
    sa.Column("clicked", sa.String(80)),
    sa.Column("sent_at", sa.DateTime, nullable=False),
)

service = sa.MetaData()
sa.Table(
    "contacts",
    service,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.String(20), index=True),
    sa.Column("full_name", sa.String(120), nullable=False),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("phone", sa.String(24), index=True),
    sa.Column("created_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "tickets",
    service,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("channel", sa.String(12), nullable=False),
    sa.Column("subject", sa.String(160), nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("opened_at", sa.DateTime, nullable=False, index=True),
    sa.Column("closed_at", sa.DateTime, index=True),
)
sa.Table(
    "ticket_messages",
    service,
    sa.Column("ticket_id", sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    sa.Column("position", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("author", sa.String(120)),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("sent_at", sa.DateTime, nullable=False),
)
sa.Table(
    "representations",
    service,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ticket_id", sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("representative", sa.String(120), nullable=False),
    sa.Column("document", sa.String(120)),
    sa.Column("received_on", sa.Date),
)
sa.Table(
    "health_notes",
    service,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("noted_on", sa.Date, nullable=False),
)
sa.Table(
    "complaints",
    service,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("ticket_id", sa.ForeignKey("tickets.id"), index=True),
    sa.Column("wording", sa.Text, nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("filed_on", sa.Date, nullable=False, index=True),
    sa.Column("decided_on", sa.Date, index=True),
)

improvement = sa.MetaData()
sa.Table(
    "respondents",
    improvement,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.String(20), unique=True),
    sa.Column("email", sa.String(160), index=True),
    sa.Column("invited_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "answers",
    improvement,
    sa.Column("id", sa.Integer, primary_key=True),
    # Empty once the answer is nobody's any more; the score stays in the statistics.
    sa.Column("respondent_id", sa.ForeignKey("respondents.id"), index=True),
    sa.Column("question", sa.SmallInteger, nullable=False),
    sa.Column("score", sa.SmallInteger, nullable=False),
    sa.Column("comment", sa.Text),
    sa.Column("answered_on", sa.Date, nullable=False, index=True),
)
sa.Table(
    "quality_flags",
    improvement,
    sa.Column("customer_no", sa.String(20), primary_key=True),
    sa.Column("rule", sa.String(40), primary_key=True),
    sa.Column("finding", sa.String(200), nullable=False),
    sa.Column("noted_at", sa.DateTime, nullable=False, index=True),
)
sa.Table(
    "portal_use",
    improvement,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("customer_no", sa.String(20), index=True),
    sa.Column("visitor", sa.String(32), nullable=False),
    sa.Column("page", sa.String(80), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
# Stars from the questionnaire before this one: no foreign key, days as text, moments as seconds.
sa.Table(
    "old_ratings",
    improvement,
    sa.Column("rating_no", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.String(20), index=True),
    sa.Column("stars", sa.SmallInteger, nullable=False),
    sa.Column("remark", sa.String(200)),
    sa.Column("rated_on", sa.String(10), index=True),
    sa.Column("imported", sa.Integer, index=True),
)

SYSTEMS = {"customers": customers, "booking": booking, "service": service, "improvement": improvement}
VARIABLES = {system: f"ALOTTBETTER_{system.upper()}_URL" for system in SYSTEMS}

# Parents before children.
TABLES = tuple((system, table.name) for system, tables in SYSTEMS.items() for table in tables.sorted_tables)


def rows(people: int, *, on: date, seed: int) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    batches = Batches(*TABLES)
    story = _Story(people, on, seed)
    for chapter in story.chapters():
        for system, table, row in chapter:
            batches.put(system, table, row)
        yield from batches.full()
    yield from batches.rest()


@dataclass(frozen=True)
class Customer:
    """Somebody who came for a programme; `mail` is what the customer database has, a parent's perhaps."""

    number: int
    who: Person
    mail: str | None
    minor: bool

    @property
    def no(self) -> str:
        return f"A{100_000 + self.number}"


@dataclass(frozen=True)
class Internship:
    """One programme as it was; not as somebody wrote it down."""

    programme: str
    booked: date
    started: date
    ended: date | None
    cancelled: bool


class _Story:
    """What happened, customer by customer; counts its rows and remembers the last family."""

    def __init__(self, people: int, on: date, seed: int) -> None:
        self.people, self.on, self.seed = people, on, seed
        self.counters = {table: count(1) for table in TABLES}
        self.family: Person | None = None

    def next(self, system: str, table: str) -> int:
        return next(self.counters[system, table])

    def ago(self, *, years: int = 0, months: int = 0, days: int = 0) -> date:
        return self.on - relativedelta(years=years, months=months, days=days)

    def chapters(self) -> Iterator[Iterator[Row]]:
        for number in range(1, self.people + 1):
            yield self.life(Dice(self.seed, "customer", number), number)
            dice = Dice(self.seed, "stranger", number)
            if dice.chance(0.15):
                yield self.stranger(dice, number)
            if dice.chance(0.05):
                yield self.cancelled_buyer(dice, number)

    def life(self, dice: Dice, number: int) -> Iterator[Row]:
        internships = list(self.internships(dice))
        customer = self.customer(dice, number, internships)
        yield "customers", "customers", self.customer_row(dice, customer, internships)
        ids = []
        for internship in internships:
            ids.append(self.next("customers", "internships"))
            yield from self.internship(dice, customer, internship, ids[-1])
        ended = [i.ended for i in internships if i.ended and i.ended <= self.on and not i.cancelled]
        yield from self.consents(dice, customer, max(ended, default=self.ago(months=2)))
        # Some came by letter and are in no booking.
        if internships and dice.chance(0.96):
            yield from self.bookings(dice, customer, internships)
        if dice.chance(0.4) or ended:
            yield from self.service(dice, customer, max(ended, default=None))
        if ended:
            yield from self.learnt(dice, customer, max(ended))

    # Customers

    def internships(self, dice: Dice) -> Iterator[Internship]:
        """From the latest backwards; the latest decides how long the person is kept."""
        first, last = dice.weighted(
            {
                (self.ago(months=22), self.ago(days=1)): 28,
                (self.ago(months=24, days=-1), self.ago(months=23)): 7,
                (self.ago(years=5), self.ago(months=24)): 20,
                (self.ago(years=10), self.ago(years=5)): 10,
                (self.ago(years=10, days=-1), self.ago(months=119)): 2,
                (self.ago(years=12), self.ago(years=10)): 4,
                (self.on, self.on): 29,
            }
        )
        ended = None if first == self.on else dice.date_between(first, last)
        started = (ended or self.ago(days=dice.number(-120, 60))) - timedelta(days=dice.number(60, 180))
        for n in range(dice.weighted({0: 6, 1: 62, 2: 22, 3: 10})):
            yield Internship(
                programme=dice.pick(PROGRAMMES),
                booked=min(started - timedelta(days=dice.number(20, 200)), self.ago(days=1)),
                started=started,
                ended=ended,
                cancelled=n == 0 and dice.chance(0.06),
            )
            ended = started - timedelta(days=dice.number(30, 300))
            started = ended - timedelta(days=dice.number(60, 180))

    def customer(self, dice: Dice, number: int, internships: list[Internship]) -> Customer:
        who = person(dice, number)
        minor = dice.chance(0.25)
        first = min((i.booked for i in internships), default=self.on)
        born = first - relativedelta(
            years=dice.number(15, 17) if minor else dice.number(18, 27), days=dice.number(0, 364)
        )
        who = replace(who, born=born)
        parent = self.parent(dice, number) if minor else None
        mail = who.email if dice.chance(0.92) else None
        return Customer(number, who, parent.email if parent and dice.chance(0.6) else mail, minor)

    def parent(self, dice: Dice, number: int) -> Person:
        """A parent of one's own, or that of the minor before: then two siblings have one e-mail address."""
        if self.family is None or dice.chance(0.7):
            self.family = person(dice, 3 * self.people + number)
        return self.family

    def customer_row(self, dice: Dice, customer: Customer, internships: list[Internship]) -> dict[str, Any]:
        who = customer.who
        first = min((i.booked for i in internships), default=dice.date_between(self.ago(months=14), self.on))
        told = dice.weighted({"": 12, " Kan ikke tåle nødder.": 1, f" Cpr: {spelt_cpr(dice, who.cpr)}": 1})
        return {
            "id": customer.number,
            "customer_no": customer.no,
            "full_name": who.full_name,
            "born": who.born if dice.chance(0.97) else None,
            "sex": who.sex,
            "street": who.street,
            "postcode": who.postcode,
            "city": who.city,
            "email": customer.mail,
            "phone": who.phone if dice.chance(0.9) else None,
            "note": f"{lorem(dice, 10)}{told}" if dice.chance(0.3) else None,
            "created_at": in_utc(dice.moment(first - timedelta(days=dice.number(0, 20)))),
            "deleted_at": in_utc(dice.moment(self.ago(days=dice.number(1, 300))))
            if dice.chance(0.04)
            else None,
        }

    def internship(
        self, dice: Dice, customer: Customer, internship: Internship, number: int
    ) -> Iterator[Row]:
        over = internship.ended is not None and not internship.cancelled
        # What a hurried hand leaves: no end, the end of time, or an end before the beginning.
        slip = dice.weighted({"": 92, "no end": 4, "never": 2, "backwards": 2}) if over else ""
        started: date | None = internship.started
        ended = internship.ended
        if internship.cancelled:
            started, ended = None, dice.date_between(internship.booked, min(internship.started, self.on))
        elif slip:
            ended = {"never": NEVER, "backwards": internship.started - timedelta(days=30)}.get(slip)
        status = "finished" if over else "running" if internship.started <= self.on else "booked"
        yield (
            "customers",
            "internships",
            {
                "id": number,
                "customer_id": customer.number,
                "programme": internship.programme,
                "host": dice.pick(HOSTS),
                "started_on": started,
                "ended_on": ended,
                "status": "cancelled" if internship.cancelled else status,
            },
        )
        if customer.minor and self.family:
            yield (
                "customers",
                "guardians",
                {
                    "internship_id": number,
                    "position": 1,
                    "full_name": self.family.full_name,
                    "email": self.family.email,
                    "phone": self.family.phone if dice.chance(0.8) else None,
                    "said_yes_on": internship.booked if dice.chance(0.9) else None,
                },
            )
        if over and dice.chance(0.8):
            yield (
                "customers",
                "certificates",
                {
                    "certificate_no": f"C-{internship.started.year}-{number}",
                    "internship_id": number,
                    "printed_name": customer.who.full_name,
                    "issued_on": internship.ended,
                },
            )

    def consents(self, dice: Dice, customer: Customer, since: date) -> Iterator[Row]:
        for kind, share in (("long_storage", 0.35), ("stories", 0.12), ("health", 0.12)):
            if not dice.chance(share):
                continue
            given = dice.date_between(since - timedelta(days=100), min(since + timedelta(days=20), self.on))
            withdrawn = dice.date_between(given, self.on) if dice.chance(0.2) else None
            yield self.consent(dice, customer, kind, given, withdrawn)
            if withdrawn and withdrawn < self.on and dice.chance(0.2):
                yield self.consent(dice, customer, kind, dice.date_between(withdrawn, self.on), None)
            if kind == "stories":
                yield (
                    "customers",
                    "stories",
                    {
                        "id": self.next("customers", "stories"),
                        "customer_id": customer.number,
                        "title": f"{customer.who.given} på praktik",
                        "wording": lorem(dice, 40),
                        "published_on": given if dice.chance(0.7) else None,
                    },
                )

    def consent(self, dice: Dice, customer: Customer, kind: str, given: date, withdrawn: date | None) -> Row:
        return (
            "customers",
            "consents",
            {
                "id": self.next("customers", "consents"),
                "customer_id": customer.number,
                "kind": kind,
                "channel": dice.pick(("web", "telefon", "konsulent")),
                "given_at": in_utc(dice.moment(given, opens=8, closes=14)),
                "withdrawn_at": in_utc(dice.moment(withdrawn, opens=15, closes=22)) if withdrawn else None,
            },
        )

    # Booking and sales

    def bookings(self, dice: Dice, customer: Customer, internships: list[Internship]) -> Iterator[Row]:
        buyer = self.next("booking", "buyers")
        mail = customer.mail or (customer.who.email if dice.chance(0.5) else None)
        no = customer.no if dice.chance(0.9) else None
        yield self.buyer(dice, buyer, customer.who, no, misspelt(dice, mail) if mail else None)
        for internship in internships:
            yield from self.booking(dice, buyer, customer.who, internship)
        latest = max(i.booked for i in internships)
        for _ in range(dice.number(0, 2)):
            sent = latest + timedelta(days=dice.number(5, 300))
            if sent <= self.on:
                yield (
                    "booking",
                    "offers",
                    {
                        "id": self.next("booking", "offers"),
                        "buyer_id": buyer,
                        "subject": f"Tilbud: {dice.pick(PROGRAMMES)}",
                        "clicked": dice.pick((None, None, "læs mere")),
                        "sent_at": dice.moment(sent),
                    },
                )
        if dice.chance(0.08):
            yield self.gift_card(dice, buyer, customer.number)

    def buyer(self, dice: Dice, number: int, who: Person, no: str | None, mail: str | None) -> Row:
        return (
            "booking",
            "buyers",
            {
                "id": number,
                "login": f"{ascii_name(who.given)}{number}",
                "customer_no": no,
                "full_name": misspelt(dice, who.full_name) if dice.chance(0.3) else who.full_name,
                "born": who.born if dice.chance(0.95) else None,
                "sex": who.sex,
                "street": who.street,
                "postcode": who.postcode,
                "city": who.city,
                "email": mail,
                "phone": misspelt(dice, who.phone),
            },
        )

    def booking(self, dice: Dice, buyer: int, who: Person, internship: Internship) -> Iterator[Row]:
        number = self.next("booking", "bookings")
        cancelled = internship.booked + timedelta(days=dice.number(1, 15))
        yield (
            "booking",
            "bookings",
            {
                "id": number,
                "buyer_id": buyer,
                "booking_no": f"B{internship.booked:%y}-{number}",
                "programme": internship.programme,
                "wishes": dice.pick(
                    (None, None, lorem(dice, 8), "Skal helst bo tæt på et hospital pga. diabetes.")
                ),
                "booked_at": dice.moment(internship.booked),
                "cancelled_at": dice.moment(min(cancelled, self.on)) if internship.cancelled else None,
            },
        )
        invoice, amount = f"F{internship.booked.year}-{number}", dice.number(20, 90) * 500
        yield (
            "booking",
            "invoices",
            {
                "number": invoice,
                "booking_id": number,
                "addressee": f"{who.full_name}, {who.street}",
                "amount": amount,
                "issued_on": internship.booked,
            },
        )
        if dice.chance(0.95):
            provider = dice.pick(("kort", "kort", "mobil", "gavekort"))
            paid = min(internship.booked + timedelta(days=dice.number(0, 8)), self.on)
            yield (
                "booking",
                "payments",
                {
                    "id": self.next("booking", "payments"),
                    "invoice_no": invoice,
                    "provider": provider,
                    "payer": who.full_name.upper(),
                    "card": f"•••• {dice.digits(4)}" if provider == "kort" else None,
                    "paid_at": in_utc(dice.moment(paid)),
                },
            )
        for recipient in () if internship.cancelled else dice.some(HOSTS, 0, 2):
            yield (
                "booking",
                "disclosures",
                {
                    "booking_id": number,
                    "recipient": recipient,
                    "what": "navn, fødselsdato, e-mail og telefon",
                    "disclosed_on": min(internship.booked + timedelta(days=10), self.on),
                },
            )

    def gift_card(self, dice: Dice, buyer: int, number: int) -> Row:
        who = person(dice, 2 * self.people + number)
        issued = dice.date_between(self.ago(months=40), self.on)
        return (
            "booking",
            "gift_cards",
            {
                "code": f"G{number:07}",
                "buyer_id": buyer,
                "recipient": who.full_name,
                "recipient_email": who.email if dice.chance(0.8) else None,
                "greeting": f"Kære {who.given}. {lorem(dice, 6)}" if dice.chance(0.7) else None,
                "value": dice.number(2, 20) * 500,
                "issued_on": issued,
                "used_on": dice.date_between(issued, self.on) if dice.chance(0.5) else None,
            },
        )

    def cancelled_buyer(self, dice: Dice, number: int) -> Iterator[Row]:
        """Somebody who booked, cancelled and never became a customer."""
        who = person(dice, 4 * self.people + number)
        buyer = self.next("booking", "buyers")
        booked = dice.date_between(self.ago(months=18), self.ago(days=5))
        yield self.buyer(dice, buyer, who, None, who.email)
        yield from self.booking(
            dice, buyer, who, Internship(dice.pick(PROGRAMMES), booked, booked, None, cancelled=True)
        )

    # The service desk

    def service(self, dice: Dice, customer: Customer, ended: date | None) -> Iterator[Row]:
        complains = ended is not None and dice.chance(0.14)
        if not complains and not dice.chance(0.45):
            return
        contact = self.next("service", "contacts")
        first = (ended or self.ago(months=3)) - timedelta(days=dice.number(0, 90))
        mail = customer.mail
        yield (
            "service",
            "contacts",
            {
                "id": contact,
                # Who writes an e-mail seldom says a customer number.
                "customer_no": customer.no if dice.chance(0.6) or not mail else None,
                "full_name": misspelt(dice, customer.who.full_name),
                "email": misspelt(dice, mail) if mail else None,
                "phone": misspelt(dice, customer.who.phone) if dice.chance(0.6) else None,
                "created_on": first,
            },
        )
        tickets = [self.next("service", "tickets") for _ in range(dice.number(1, 2))]
        for ticket in tickets:
            opened = dice.date_between(first, max(first, self.on))
            yield from self.ticket(dice, ticket, contact, customer.who, opened)
        if dice.chance(0.2):
            yield (
                "service",
                "health_notes",
                {
                    "id": self.next("service", "health_notes"),
                    "contact_id": contact,
                    "note": dice.pick(("Allergi: nødder", "Diabetes, type 1", "Bruger høreapparat")),
                    "noted_on": first,
                },
            )
        if complains and ended:
            yield self.complaint(dice, contact, dice.pick((None, tickets[0])), customer, ended)

    def ticket(self, dice: Dice, number: int, contact: int, who: Person, opened: date) -> Iterator[Row]:
        at = dice.moment(opened)
        status = dice.weighted({"closed": 9, "open": 1 if opened > self.ago(months=3) else 0})
        closed = min(at + timedelta(hours=dice.number(1, 200)), datetime.combine(self.on, at.time()))
        yield (
            "service",
            "tickets",
            {
                "id": number,
                "contact_id": contact,
                "channel": dice.pick(("mail", "telefon", "chat")),
                "subject": f"{dice.pick(PROGRAMMES)}: {lorem(dice, 3)}",
                "status": status,
                "opened_at": at,
                "closed_at": closed if status == "closed" and dice.chance(0.95) else None,
            },
        )
        for position in range(dice.number(1, 3)):
            said = dice.weighted(
                {"": 17, f" Mit cpr-nummer er {spelt_cpr(dice, who.cpr)}.": 2, " Jeg har epilepsi.": 1}
            )
            yield (
                "service",
                "ticket_messages",
                {
                    "ticket_id": number,
                    "position": position + 1,
                    "author": who.full_name if position % 2 == 0 else None,
                    "body": f"{lorem(dice, 16)}{said if position == 0 else ''}",
                    "sent_at": at + timedelta(minutes=30 * position),
                },
            )
        if dice.chance(0.06):
            yield (
                "service",
                "representations",
                {
                    "id": self.next("service", "representations"),
                    "ticket_id": number,
                    "representative": f"{dice.pick(('mor', 'far', 'vejleder'))} til {who.given}",
                    "document": f"fuldmagt-{number}.pdf" if dice.chance(0.8) else None,
                    "received_on": opened if dice.chance(0.8) else None,
                },
            )

    def complaint(self, dice: Dice, contact: int, ticket: int | None, customer: Customer, ended: date) -> Row:
        """While it ran, within two years of its end, on the last day of these, or too late."""
        last = ended + relativedelta(years=2)
        filed = dice.weighted(
            {
                ended - timedelta(days=dice.number(1, 50)): 3,
                dice.date_between(ended, last): 9,
                last: 3,
                last + timedelta(days=dice.number(1, 400)): 4,
            }
        )
        if filed > self.on:
            filed = dice.date_between(ended, self.on)
        decided = filed + timedelta(days=dice.number(5, 120))
        status = "decided" if decided <= self.on else "open"
        return (
            "service",
            "complaints",
            {
                "id": self.next("service", "complaints"),
                "contact_id": contact,
                "ticket_id": ticket,
                "wording": f"{customer.who.full_name} klager: {lorem(dice, 20)}",
                "status": status,
                "filed_on": filed,
                "decided_on": decided if status == "decided" and dice.chance(0.94) else None,
            },
        )

    def stranger(self, dice: Dice, number: int) -> Iterator[Row]:
        """Somebody who only asked."""
        who = person(dice, self.people + number)
        contact = self.next("service", "contacts")
        asked = dice.date_between(self.ago(months=10), self.on)
        yield (
            "service",
            "contacts",
            {
                "id": contact,
                "customer_no": None,
                "full_name": who.full_name,
                "email": who.email if dice.chance(0.8) else None,
                "phone": who.phone if dice.chance(0.5) else None,
                "created_on": asked,
            },
        )
        if dice.chance(0.9):
            yield from self.ticket(dice, self.next("service", "tickets"), contact, who, asked)
        if dice.chance(0.08):
            yield (
                "service",
                "health_notes",
                {
                    "id": self.next("service", "health_notes"),
                    "contact_id": contact,
                    "note": "Har astma og spørger, om det er en hindring",
                    "noted_on": asked,
                },
            )

    # What is learnt

    def learnt(self, dice: Dice, customer: Customer, ended: date) -> Iterator[Row]:
        invited = min(ended + timedelta(days=14), self.on)
        if dice.chance(0.8):
            number = self.next("improvement", "respondents")
            yield (
                "improvement",
                "respondents",
                {
                    "id": number,
                    "customer_no": customer.no,
                    "email": customer.mail.lower() if customer.mail else None,
                    "invited_on": invited,
                },
            )
            for question in range(dice.weighted({0: 4, 3: 5, 5: 1})):
                yield (
                    "improvement",
                    "answers",
                    {
                        "id": self.next("improvement", "answers"),
                        "respondent_id": number,
                        "question": question + 1,
                        "score": dice.number(1, 5),
                        "comment": f"{lorem(dice, 6)} Hilsen {customer.who.given}"
                        if dice.chance(0.4)
                        else None,
                        "answered_on": min(invited + timedelta(days=dice.number(0, 20)), self.on),
                    },
                )
        if dice.chance(0.1):
            yield (
                "improvement",
                "quality_flags",
                {
                    "customer_no": customer.no,
                    "rule": dice.pick(("e-mail mangler", "navn stavet to gange", "flyttet")),
                    "finding": f"{customer.who.full_name}: {lorem(dice, 4)}",
                    "noted_at": dice.moment(dice.date_between(self.ago(months=9), self.on)),
                },
            )
        visitor = dice.digits(16)
        for _ in range(dice.number(0, 2)):
            yield (
                "improvement",
                "portal_use",
                {
                    "id": self.next("improvement", "portal_use"),
                    "customer_no": customer.no if dice.chance(0.6) else None,
                    "visitor": visitor,
                    "page": dice.pick(("/programmer", "/min-side", "/bestil")),
                    "used_at": in_utc(
                        dice.moment(dice.date_between(self.ago(months=16), self.on), opens=6, closes=23)
                    ),
                },
            )
        if dice.chance(0.12):
            yield self.old_rating(dice, customer)

    def old_rating(self, dice: Dice, customer: Customer) -> Row:
        rated = dice.date_between(self.ago(months=34), self.ago(days=40))
        # Numbers of customers from before the number series of today.
        no = customer.no if dice.chance(0.8) else f"GL-{dice.digits(5)}"
        return (
            "improvement",
            "old_ratings",
            {
                "rating_no": self.next("improvement", "old_ratings"),
                "customer_no": no,
                "stars": dice.number(1, 6),
                "remark": f"{customer.who.given}: {lorem(dice, 5)}" if dice.chance(0.6) else None,
                "rated_on": "00.00.0000" if dice.chance(0.08) else f"{rated:%d.%m.%Y}",
                "imported": int(in_utc(dice.moment(rated + timedelta(days=30))).timestamp()),
            },
        )


def in_utc(stamp: datetime) -> datetime:
    return stamp.replace(tzinfo=UTC)


PROGRAMMES = (
    "Sommer i Nordhavn",
    "Kontor og sprog",
    "Hotel og køkken",
    "Værksted",
    "Gård og natur",
    "Medier",
)
HOSTS = ("Værtshuset Egholm", "Kontor Storå", "Gården Lindholm", "Værkstedet Kridt", "Redaktionen Vestby")
