"""CL-20 and CL-22 on Clienti's own systems: what is wrong is put right everywhere, and an objection stops the use meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ordholden.cases.case import Change, Outcome
from ordholden.grounds.wishes import Card
from ordholden.problems import Refusal
from tests.cases.rights.house import CLERK, House, person
from tests.swept import ON, sweep

At = Callable[[str], House]

SIGNING = "document agreements"


def customer(house: House) -> Card:
    """A contact whom the billing system knows by the same address."""
    debtors = {
        str(e).casefold() for (e,) in house.ask("invoices", "SELECT email FROM debtors WHERE email <> ''")
    }
    contacts = house.ask("crm", "SELECT id, email FROM contacts WHERE deleted_at IS NULL ORDER BY id")
    number = next(n for n, email in contacts if str(email).casefold() in debtors)
    return person("crm.contacts", number)


def signatory(house: House) -> Card:
    """Who signed an agreement of a customer that still is one."""
    [(number,), *_] = house.ask(
        "crm",
        "SELECT a.contact_id FROM agreements a JOIN companies c ON c.id = a.company_id"
        " JOIN contacts p ON p.id = a.contact_id WHERE c.customer_until IS NULL AND p.deleted_at IS NULL"
        " ORDER BY a.number",
    )
    return person("crm.contacts", number)


def test_CL_20_what_is_wrong_is_put_right_in_every_system_and_recipients_are_told(at: At) -> None:
    house = at("clienti")
    who = customer(house)
    [(email,)] = house.ask("crm", "SELECT email FROM contacts WHERE id = ?", who.key)
    case = house.begun("rectification", who, changes=(Change("email", str(email), "ny@firma.example"),))
    proposal = house.proposed(case)
    assert house.ask("crm", "SELECT email FROM contacts WHERE id = ?", who.key) == [(email,)]
    house.decided(case, reason="the person showed a letter")
    file = house.done(case)

    assert {"crm", "invoices"} <= {x.system for x in proposal.lines if x.granted}
    assert house.ask("crm", "SELECT email FROM contacts WHERE id = ?", who.key) == [("ny@firma.example",)]
    assert house.ask("invoices", "SELECT count(*) FROM debtors WHERE email = 'ny@firma.example'")[0][0] >= 1
    told = {t.system for t in file.tasks if t.key.startswith("tell:")}
    assert told == set(proposal.recipients) != set()
    assert all(t.state == "done" for t in file.tasks if not t.key.startswith("post:"))
    assert house.organisation.desk.corridor.plan(file.case.plan).plan.made_by == CLERK
    assert "ny@firma.example" in house.letter(file)
    assert house.promise("CL-20").state == "kept"
    assert [e.facts["rows"] for e in house.promise("CL-20").evidence if e.code == "correction-verified"]


def test_what_nobody_has_is_not_corrected_and_a_second_person_says_so(at: At) -> None:
    house = at("clienti")
    case = house.begun("rectification", customer(house), changes=(Change("phone", "99 99 99 99", "1"),))
    decision = house.decided(case)
    file = house.done(case)

    assert decision.outcome is Outcome.REFUSED
    assert "We have nothing that it fits" in house.letter(file)


def test_CL_22_an_objection_stops_the_use_until_it_is_weighed_and_hastens_nothing(at: At) -> None:
    house = at("clienti")
    who = signatory(house)
    count = "SELECT count(*) FROM agreements WHERE contact_id = ?"
    before = house.ask("crm", count, who.key)
    assert house.allowed(SIGNING, who)
    case = house.begun("objection", who, about=(SIGNING,))

    assert not house.allowed(SIGNING, who)
    sweep(house.organisation, ON)
    assert house.ask("crm", count, who.key) == before
    assert house.proposed(case).choices == {SIGNING: "ends"}
    with pytest.raises(Refusal, match="objection-reason"):
        house.organisation.desk.decide(case.number, actor=CLERK, decided={SIGNING: "stays"})


def test_CL_22_with_compelling_grounds_the_use_goes_on_and_the_person_reads_them(at: At) -> None:
    house = at("clienti")
    who = signatory(house)
    case = house.begun("objection", who, about=(SIGNING,))
    decision = house.decided(
        case,
        decided={SIGNING: "stays"},
        reason="The agreement is in force, and it is how we show what it says.",
    )
    file = house.done(case)

    assert decision.outcome is Outcome.REFUSED
    assert "The agreement is in force" in house.letter(file)
    house.organisation.desk.corridor.objections([who])
    assert decision.by == CLERK


def test_CL_22_without_them_the_ground_ends(at: At) -> None:
    house = at("clienti")
    who = signatory(house)
    case = house.begun("objection", who, about=(SIGNING,))
    house.decided(case)
    file = house.done(case)

    assert file.case.outcome is Outcome.GRANTED
    assert not house.allowed(SIGNING, who)
    kept = house.organisation.desk.corridor.explain([who]).data
    alive = {w.activity for d in kept for w in d.alive}
    assert SIGNING not in alive
    assert "administer agreements" in alive
    assert house.promise("CL-22").state == "kept"


def test_CL_22_what_is_restricted_is_kept_and_not_used_until_the_person_was_told(at: At) -> None:
    house = at("clienti")
    who = signatory(house)
    file = house.whole("restriction", who)
    assert not house.allowed(SIGNING, who)
    assert not house.allowed("administer agreements", who)

    later = ON.replace(year=ON.year + 30)
    plan = house.organisation.plan_erasure([f"crm.contacts:{who.key}"], later, actor=CLERK).plan
    assert plan.empty
    [hold] = [h for h in house.organisation.holds() if h.restriction]
    corridor = house.organisation.desk.corridor
    with pytest.raises(Refusal, match="restriction-untold"):
        corridor.lift(hold.id, reason="settled", actor=CLERK)
    corridor.lift(hold.id, reason="settled", actor=CLERK, told_on=corridor.today())
    assert house.allowed(SIGNING, who)
    assert file.case.outcome is Outcome.GRANTED


def test_access_tells_by_what_the_last_day_is_decided_where_it_is_not_known(at: At) -> None:
    house = at("clienti")
    letter = " ".join(house.letter(house.whole("access", customer(house), language="da")).split())

    assert "endnu ikke kendt: " in letter
    assert "9999" not in letter
    assert "noget slutter" not in letter


def test_what_stays_is_told_with_the_law_it_rests_on_and_what_ends_it(at: At) -> None:
    house = at("clienti")
    file = house.whole("erasure", signatory(house), language="da")
    letter = " ".join(house.letter(file).split())

    assert "GDPR art. 6(1)(" in letter
    assert "Til og med: endnu ikke kendt: " in letter
    assert "Ingen slutdag endnu" not in letter


def test_recipients_are_named_in_the_language_of_the_person(at: At) -> None:
    house = at("clienti")
    file = house.whole("erasure", signatory(house), language="da")
    told = house.letter(file).partition("Hvem vi har fortalt det")[2]

    assert file.decision is not None
    known = house.organisation.policy.recipients
    assert all(f"- {known[name].text.da}\n" in told for name in file.decision.recipients)


@pytest.mark.parametrize(("right", "about"), [("objection", "send newsletter"), ("withdrawal", "newsletter")])
def test_only_those_who_have_to_stop_hear_that_somebody_said_no(at: At, right: str, about: str) -> None:
    house = at("clienti")
    proposal = house.proposed(house.begun(right, signatory(house), about=(about,)))
    ours = house.organisation.policy.activities.values()
    stopped = [a for a in ours if about in (a.name, a.basis.consent)]

    assert set(proposal.recipients) == {r for a in stopped for r in a.recipients} != set()
    assert "auditor" not in proposal.recipients


def test_an_erasure_is_told_to_those_who_were_given_what_goes(at: At) -> None:
    house = at("clienti")
    who = signatory(house)
    proposal = house.proposed(house.begun("erasure", who))
    found = house.organisation.desk.corridor.explain((who,))
    goes = {(x.system, x.table) for x in proposal.lines if x.granted}
    given = [w for d in found.data if (d.table.system, d.table.table) in goes for w in d.why]

    assert set(proposal.recipients) <= {r.name for w in given for r in found.purposes[w.activity].recipients}
