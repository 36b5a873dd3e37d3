"""The console as staff use it, in a real browser: the telephone, a case from intake to answer, the second person."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from ordholden.cases.case import Case, Outcome, State
from ordholden.staff import Role
from tests.web.browser import press
from tests.web.desk import Office
from tests.web.town import Town, addresses, phone_of_somebody


def by_telephone(page: Page, right: str, email: str, *, purpose: str = "Ringede om sine oplysninger") -> str:
    """Takes the call on one screen; the number of the case."""
    page.get_by_role("link", name="Telefon", exact=True).click()
    page.fill("#q", email)
    press(page, "Søg")
    page.locator("input[name=card]").first.check()
    page.fill("#how", "Nævnte selv adresse og seneste brev")
    page.fill("#name", "Prøve Person")
    page.fill("#email", email)
    page.check(f"#right-{right}")
    page.fill("#purpose", purpose)
    press(page, "Opret sagen")
    expect(page.locator("h1")).to_contain_text("20")
    return page.locator("h1").inner_text().split()[0]


def tasks_run(town: Town, number: str, name: str = "clienti") -> Case:
    """What the worker would do with the case now."""
    desk = town.organisation(name).desk
    for _ in range(5):
        due = [task.id for task in desk.due_tasks(100) if task.case == number]
        if not due:
            break
        desk.run_tasks(due)
    return desk.case(number).case


def test_AE_12_a_caller_is_helped_on_the_telephone(office: Office, town: Town) -> None:
    """Who calls, about what, a short purpose; the person is found, the case opened and answered during the call."""
    page = office.desk_of(Role.CASE_WORKER)
    number = by_telephone(page, "access", addresses(town, "clienti", "crm.contacts")[3])
    press(page, "Tag sagen")
    press(page, "Afgør sådan")
    press(page, "Udfør")
    tasks_run(town, number)
    page.reload()
    page.get_by_role("link", name="Se svaret, før det sendes").click()
    expect(page.get_by_role("heading", name="Hvad vi ved, og hvorfor")).to_be_visible()
    page.get_by_role("link", name="Tilbage til sagen").click()
    press(page, "Send svar og luk sagen")

    expect(page.locator("main")).to_contain_text("Svaret er sendt, og sagen er lukket.")
    closed = town.organisation().desk.case(number).case
    assert (closed.state, closed.outcome, closed.channel) == (State.CLOSED, Outcome.GRANTED, "telephone")
    assert closed.words == "Ringede om sine oplysninger"


def test_an_erasure_goes_from_the_telephone_to_the_empty_rows(office: Office, town: Town) -> None:
    email = addresses(town, "clienti", "newsletter.subscribers")[0]
    page = office.desk_of(Role.CASE_WORKER)
    number = by_telephone(page, "erasure", email)
    press(page, "Afgør sådan")
    press(page, "Udfør")
    tasks_run(town, number)
    page.reload()
    # The supplier of the newsletter has no connector: somebody does it there, and writes what was done.
    while (by_hand := page.get_by_role("link", name="Opgaven er udført")).count():
        by_hand.first.click()
        for field in page.locator("input[name^=receipt-]").all():
            field.fill("Slettet hos leverandøren, kvittering 77")
        press(page, "Opgaven er udført")
        expect(page.locator("main")).to_contain_text("Kvitteringerne er gemt.")
        page.goto(f"/console/clienti/cases/{number}")
    tasks_run(town, number)
    page.reload()
    press(page, "Send svar og luk sagen")

    expect(page.locator("main")).to_contain_text("Svaret er sendt, og sagen er lukket.")
    assert email not in addresses(town, "clienti", "newsletter.subscribers")
    assert any(email in str(mail["To"]) for mail in town.mails())


def test_a_refusal_needs_two_people(office: Office, town: Town) -> None:
    page = office.desk_of(Role.DATA_PROTECTION)
    number = by_telephone(page, "access", addresses(town, "clienti", "crm.contacts")[5])
    page.locator("details.more > summary").click()
    page.locator("details.more details", has_text="Foreslå afslag").locator("summary").click()
    page.select_option("#ground", "excessive")
    page.fill("#refuse-reason", "Femte gang på en måned, uden at noget er nyt.")
    press(page, "Foreslå afslag")
    expect(page.locator("main")).to_contain_text("Afslaget venter på en kollegas godkendelse.")
    press(page, "Godkend", exact=True)
    expect(page.locator(".messages, main")).to_contain_text("en anden")
    second = office.desk_of(Role.APPROVER)
    second.get_by_role("link", name="Til godkendelse").click()
    second.get_by_role("link", name=number).click()
    press(second, "Godkend", exact=True)
    expect(second.locator("main")).to_contain_text("Godkendt.")
    tasks_run(town, number)

    assert town.organisation().desk.case(number).case.outcome is Outcome.REFUSED


def test_a_deadline_is_extended_and_the_person_told(office: Office, town: Town) -> None:
    email = addresses(town, "clienti", "crm.contacts")[7]
    page = office.desk_of(Role.CASE_WORKER)
    number = by_telephone(page, "access", email)
    page.locator("details.more > summary").click()
    page.locator("details.more details", has_text="Forlæng fristen").locator("summary").click()
    page.fill("#extend-reason", "Der er mange systemer at se i.")
    press(page, "Forlæng fristen")

    expect(page.locator(".dates")).to_contain_text("Forlænget")
    assert any(email in str(m["To"]) and number in m.get_body(("plain",)).get_content() for m in town.mails())  # type: ignore[union-attr]


def test_a_request_is_passed_on_to_the_controller_of_the_campaign(office: Office, town: Town) -> None:
    organisation = town.organisation("all_ears")
    campaign = organisation.sheets.campaigns[0]
    page = office.desk_of(Role.CASE_WORKER, "all_ears")
    page.get_by_role("link", name="Telefon", exact=True).click()
    page.fill("#name", "Prøve Person")
    page.fill("#phone", "+45 20 00 00 00")
    page.fill("#campaign", campaign)
    page.check("#right-erasure")
    page.fill("#purpose", "Vil ikke stå på listen")
    press(page, "Opret sagen")
    number = page.locator("h1").inner_text().split()[0]
    if organisation.desk.case(number).case.state is not State.HANDED_OVER:
        page.locator("details.more > summary").click()
        page.locator("details.more details", has_text="Send videre").locator("summary").click()
        press(page, "Send videre til den dataansvarlige")

    tasks_run(town, number, "all_ears")
    page.reload()
    expect(page.locator("h1")).to_contain_text("sendt videre")
    page.fill("#answered-text", "Personen er taget af listen.")
    press(page, "Registrér svar")
    expect(page.locator("main")).to_contain_text("Svaret er registreret.")


def test_a_call_sheet_opens_what_may_be_asked_for_step_by_step(office: Office, town: Town) -> None:
    page = office.desk_of(Role.AGENT, "all_ears")
    page.get_by_role("link", name="Opkaldsark").click()
    page.fill("#q", phone_of_somebody(town))
    press(page, "Søg")
    press(page, "Åbn opkaldsark")
    expect(page.locator("main")).to_contain_text("Sig først")
    shut = page.locator("tr", has_text="Lukket")
    before = shut.count()
    assert before >= 1
    press(page, "Formålet er fortalt")
    assert shut.count() == before
    press(page, "Personen ønsker aftalen")

    expect(shut).to_have_count(0)
    row = page.locator("tr", has_text="CPR")
    row.locator("input:not([type=hidden])").fill("0101010000")
    press(page, "Gem det, personen har oplyst")
    expect(page.locator("main")).to_contain_text("Oplysningerne er gemt.")
