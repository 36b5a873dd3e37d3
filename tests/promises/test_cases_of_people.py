"""What five companies promise whoever asks: each on its own systems, from the request to the answer, and told by `promises`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from ordholden.app import open_organisation
from ordholden.cases.case import (
    Case,
    Channel,
    Line,
    Outcome,
    RepresentationState,
    Request,
    State,
    TaskState,
    Upload,
    Who,
)
from ordholden.grounds.wishes import Card
from ordholden.law.authority import authority
from ordholden.problems import Refusal
from ordholden.promises import PromiseState
from tests.cases.rights.house import CLERK, SECOND, House, house, person
from tests.swept import ON, evidence, made, sweep

At = Callable[[str], House]
SCAN = Upload("brev.pdf", b"%PDF-1.7 signed", "application/pdf")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    parent, found = tmp_path_factory.mktemp("examples"), dict[str, Path]()

    def example(name: str) -> Path:
        if name not in found:
            found[name] = made(parent, name)
        return found[name]

    return example


@pytest.fixture
def at(examples: Callable[[str], Path], tmp_path: Path) -> Iterator[At]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(house(examples(name), tmp_path / name))


def asked(house: House, right: str = "access", **more: object) -> Case:
    who = Who(name="Prøve Person", email="spoerger@post.example")
    given = {"right": right, "channel": Channel.EMAIL, "who": who, "language": "da"} | more
    return house.organisation.desk.open_case(Request(**given), actor="the person")  # type: ignore[arg-type]


def some(house: House, place: str, where: str = "1 = 1") -> Card:
    system, _, table = place.partition(".")
    [(key,), *_] = house.ask(system, f"SELECT id FROM {table} WHERE {where} ORDER BY id")
    return person(place, key)


def refused(
    house: House, case: Case, ground: str = "excessive", reason: str = "Femte gang på en måned"
) -> Case:
    desk = house.organisation.desk
    desk.refuse(case.number, ground=ground, reason=reason, actor=CLERK)
    desk.approve(case.number, actor=SECOND)
    return desk.send_answer(case.number, actor=CLERK)


def last_letter(house: House, number: str) -> str:
    return house.organisation.desk.case(number).messages[-1].body


def kept(state: PromiseState, code: str) -> dict[str, str | int]:
    """The promise is kept, and this shows it."""
    assert state.state == "kept", state.evidence
    [found] = evidence(state, code)
    return dict(found)


def run(house: House) -> None:
    desk = house.organisation.desk
    while due := desk.due_tasks():
        for task in due:
            desk.run_task(task.id)


# — All Ears, who telephone for others —


def test_AE_02_a_request_goes_to_the_controller_behind_the_campaign_and_is_followed_to_its_answer(
    at: At,
) -> None:
    house = at("all_ears")
    desk = house.organisation.desk
    case = asked(house, "erasure", campaign="K00003")
    other = asked(house, "erasure", campaign="K00001")
    desk.hand_over(case.number, actor=CLERK)
    desk.hand_over(other.number, actor=CLERK)
    run(house)
    waiting = house.promise("AE-02")
    desk.acknowledge(case.number, by="Indsamlingen Vindrosen")
    for number, by in ((case.number, "Indsamlingen Vindrosen"), (other.number, "Bladet Strandkanten")):
        desk.answered(number, "Personen er slettet hos os.", by=by)
        desk.send_answer(number, actor=CLERK)

    letters = desk.case(case.number).messages
    assert [m.kind for m in letters] == ["receipt", "handed-over", "controller-request", "partner", "message"]
    assert "Indsamlingen Vindrosen" in letters[1].body
    assert evidence(waiting, "forwarding-looked")[0]["answered"] == 0
    told = kept(house.promise("AE-02"), "forwarding-looked")
    assert (told["sent"], told["received"], told["answered"]) == (2, 2, 2)


def test_AE_02_a_campaign_that_nobody_answers_for_stays_visible_here(at: At) -> None:
    house = at("all_ears")
    desk = house.organisation.desk
    case = asked(house, "erasure", campaign="K00003")
    desk.hand_over(case.number, actor=CLERK)
    run(house)
    house.clock.later(days=8)
    desk.tick()
    [task] = [t for t in desk.case(case.number).tasks if t.kind == "await answer"]

    assert (task.state, task.steps["reminded"]) == (TaskState.WAITING, "1")


def test_AE_13_a_no_stands_on_the_list_in_writing_with_a_second_person_and_the_way_to_complain(
    at: At,
) -> None:
    house = at("all_ears")
    desk = house.organisation.desk
    case = house.begun("access", some(house, "crm.contacts", "deleted_at IS NULL"), language="da")
    with pytest.raises(Refusal, match="refusal-ground"):
        desk.refuse(case.number, ground="impractical", reason="Det er besværligt", actor=CLERK)
    with pytest.raises(Refusal, match="reason-missing"):
        desk.refuse(case.number, ground="others-rights", reason="", actor=CLERK)
    desk.refuse(
        case.number, ground="others-rights", reason="Optagelsen røber en anden persons helbred", actor=CLERK
    )
    with pytest.raises(Refusal, match="case-move"):
        desk.send_answer(case.number, actor=CLERK)
    with pytest.raises(Refusal, match="second-person"):
        desk.approve(case.number, actor=CLERK)
    desk.approve(case.number, actor=SECOND)
    closed = desk.send_answer(case.number, actor=CLERK)

    letter = last_letter(house, case.number)
    assert closed.outcome is Outcome.REFUSED
    for said in ("Optagelsen røber en anden persons helbred", "andres rettigheder", authority().name):
        assert said in letter, said
    told = kept(house.promise("AE-13"), "refusals-looked")
    assert (told["refused"], told["alone"], told["groundless"]) == (1, 0, 0)


def test_AE_13_a_no_that_one_person_alone_said_breaks_the_promise(at: At) -> None:
    house = at("all_ears")
    case = refused(house, house.begun("access", some(house, "crm.contacts", "deleted_at IS NULL")))
    from ordholden.cases.rows import cases_of

    # Nothing in the desk can do this; somebody with the database at hand could.
    cases_of(house.organisation.store).filter(number=case.number).update(decided_by=CLERK)

    assert house.promise("AE-13").state == "broken"


def test_AE_14_a_correction_costs_nothing_and_no_fee_is_asked_without_a_decision_of_two(at: At) -> None:
    house = at("all_ears")
    desk = house.organisation.desk
    case = house.begun("access", some(house, "crm.contacts", "deleted_at IS NULL"), language="da")
    with pytest.raises(Refusal, match="fee-ground"):
        desk.charge(case.number, ground="others-rights", amount="200 kr.", reason="Arbejde", actor=CLERK)
    free = desk.case(case.number).case
    desk.charge(case.number, ground="excessive", amount="200 kr.", reason="Tiende kopi", actor=CLERK)
    undecided = desk.case(case.number).case
    before = kept(house.promise("AE-14"), "fees-looked")
    desk.approve(case.number, actor=SECOND)

    assert (free.fee, undecided.fee) == ("", "")
    assert "200 kr." in last_letter(house, case.number)
    assert (before["fees"], before["alone"]) == (0, 0)
    after = kept(house.promise("AE-14"), "fees-looked")
    assert (after["fees"], after["alone"]) == (1, 0)


def test_AE_16_whoever_is_answered_is_told_that_they_can_complain(at: At) -> None:
    house = at("all_ears")
    case = refused(house, house.begun("access", some(house, "crm.contacts", "deleted_at IS NULL")))

    letter, who = last_letter(house, case.number), authority()
    assert all(fact in letter for fact in (who.name, who.address, who.email))
    told = kept(house.promise("AE-16"), "letters-tried")
    assert told["silent"] == 0
    assert int(told["letters"]) >= 20


def test_AE_24_a_written_complaint_is_followed_up_and_an_authority_gets_the_evidence(at: At) -> None:
    house = at("all_ears")
    desk = house.organisation.desk
    sweep(house.organisation, ON)
    who = some(house, "crm.contacts", "deleted_at IS NULL")
    first = refused(house, house.begun("access", who))
    mine = house.whole("complaint", who, words="I svarede ikke på det jeg spurgte om", language="da")
    theirs = house.whole("complaint", who, about=("authority",), channel=Channel.LETTER)

    assert mine.case.outcome is Outcome.GRANTED
    assert mine.messages[-1].kind == "answer-complaint"
    [document] = [d for d in theirs.documents if d.purpose == "evidence"]
    told = json.loads(desk.document(theirs.case.number, document.id, actor=CLERK)[1])
    assert {c["case"] for c in told["cases"]} >= {first.number, mine.case.number}
    assert told["audit"]["whole"]
    assert kept(house.promise("AE-24"), "complaints-looked")["cases"] == 2


# — Clienti, an agency —


def test_CL_02_an_enquiry_by_any_channel_is_handled_with_what_is_in_it(at: At) -> None:
    house = at("clienti")
    desk = house.organisation.desk
    by_channel = {
        Channel.EMAIL: Who(name="Et", email="et@post.example"),
        Channel.PORTAL: Who(name="To", email="to@post.example"),
        Channel.SOCIAL: Who(name="Tre", identifiers={"profile": "@tre"}),
        Channel.CHAT: Who(name="Fire", phone="+45 12 34 56 78"),
    }
    cases = {
        channel: asked(house, "access", channel=channel, who=who, words=f"Hej fra {channel}")
        for channel, who in by_channel.items()
    }

    for channel, case in cases.items():
        found = desk.case(case.number).case
        assert (found.channel, found.who, found.words) == (channel, by_channel[channel], f"Hej fra {channel}")
    # Who left no mail address is not asked for one: there is no letter yet, and the case is there.
    assert [m.kind for m in desk.case(cases[Channel.CHAT].number).messages] == []
    sweep(house.organisation, ON)
    assert house.promise("CL-02").state == "kept"


def test_CL_03_of_a_call_name_and_purpose_are_noted_and_no_more(at: At) -> None:
    house = at("clienti")
    desk = house.organisation.desk
    call = {"channel": Channel.TELEPHONE, "who": Who(name="Ringer Person", phone="+45 12 34 56 78")}
    case = asked(house, "access", words="Vil vide hvad vi har", **call)
    with pytest.raises(Refusal, match="call-note-long"):
        asked(house, "erasure", words="snak " * 120, **call)

    found = desk.case(case.number).case
    assert (found.who.name, found.words) == ("Ringer Person", "Vil vide hvad vi har")
    assert len(desk.cases().items) == 1


def test_CL_18_an_answer_is_due_within_thirty_days_and_the_figures_show_it(at: At) -> None:
    house = at("clienti")
    desk = house.organisation.desk
    case = house.begun("access", some(house, "crm.contacts"))
    withdrawal = asked(house, "withdrawal", about=("newsletter",))
    house.decided(case)
    house.clock.later(days=3)
    house.done(case)

    assert case.due.first == date(2026, 4, 4)
    assert (withdrawal.due.own, withdrawal.due.first) == (date(2026, 3, 10), date(2026, 3, 10))
    figures = desk.figures()
    assert (figures.closed, figures.closed_late, figures.median_days) == (1, 0, 3.0)
    state = next(p for p in house.organisation.promises(date(2026, 3, 8), only=["CL-18"]))
    told = kept(state, "cases-answered")
    assert (told["late"], told["closed"], told["closed_late"], told["longest"]) == (0, 1, 0, 3)
    late = next(p for p in house.organisation.promises(date(2026, 3, 11), only=["CL-18"]))
    assert (late.state, late.since) == ("broken", date(2026, 3, 10))


def test_CL_25_every_answer_names_the_complaint_route(at: At) -> None:
    house = at("clienti")
    case = refused(house, house.begun("access", some(house, "crm.contacts")))

    assert authority().email in last_letter(house, case.number)
    assert kept(house.promise("CL-25"), "letters-tried")["silent"] == 0


def test_CL_25_a_wording_of_the_organisations_own_cannot_drop_it(at: At) -> None:
    house = at("clienti")
    folder = house.organisation.folder / "letters"
    folder.mkdir()
    (folder / "refusal.da.md").write_text("# Nej\n\n{greeting}\n\n{reason}\n\n{ground}\n")
    case = refused(house, house.begun("access", some(house, "crm.contacts"), language="da"))

    assert authority().email in last_letter(house, case.number)
    assert house.promise("CL-25").state == "due"


# — ALOTTbetter, internships —


def mandated(house: House) -> Case:
    case = asked(
        house,
        "erasure",
        who=Who(name="En Mor", email="mor@post.example"),
        on_behalf=Who(name="Praktikant Person", email="praktikant@post.example"),
    )
    return house.organisation.desk.receive_representation(case.number, SCAN, actor="the person")


def test_AL_04_whoever_gives_somebody_elses_data_shows_that_they_agree(at: At) -> None:
    house = at("alottbetter")
    desk = house.organisation.desk
    case = mandated(house)
    desk.check_representation(case.number, accepted=True, reason="signed by both", actor=CLERK)

    found = desk.case(case.number).case
    assert found.representation.by is not None
    assert (found.representation.by.name, found.who.name) == ("En Mor", "Praktikant Person")
    told = kept(house.promise("AL-04"), "sources-told")
    assert int(told["activities"]) == len(house.organisation.policy.activities)
    assert int(told["others"]) > 0


def test_AL_05_nothing_is_done_for_another_before_the_written_authority_was_looked_at(at: At) -> None:
    house = at("alottbetter")
    desk = house.organisation.desk
    case = mandated(house)
    with pytest.raises(Refusal, match="representation-unchecked"):
        desk.confirm_identity(case.number, cards=(), how="on the telephone", actor=CLERK)
    desk.check_representation(
        case.number, accepted=True, reason="covers erasure, dated and signed", actor=CLERK
    )
    going_on = desk.confirm_identity(case.number, cards=(), how="named in the authority", actor=CLERK)

    assert (going_on.state, going_on.representation.state) == (State.WORKING, RepresentationState.ACCEPTED)
    [document] = desk.case(case.number).documents
    assert (document.id, document.purpose) == (going_on.representation.document, "representation")
    told = house.organisation.promises(only=["AL-05"])[0]
    [looked] = evidence(told, "mandates-looked")
    assert (looked["cases"], looked["accepted"], looked["unchecked"]) == (1, 1, 0)


def test_AL_19_an_extract_is_asked_for_in_a_signed_letter_that_we_print_and_tick_off(at: At) -> None:
    house = at("alottbetter")
    desk = house.organisation.desk
    case = asked(house, "access", words="Alt om min praktik")
    [blank] = [d for d in desk.case(case.number).documents if d.purpose == "blank"]
    with pytest.raises(Refusal, match="letter-awaited"):
        desk.confirm_identity(case.number, cards=(), how="knows the customer number", actor=CLERK)
    unsigned = desk.receive_signed_letter(case.number, SCAN, signed=False, actor=CLERK)
    desk.receive_signed_letter(case.number, SCAN, signed=True, actor=CLERK)
    going_on = desk.confirm_identity(case.number, cards=(), how="signature and address", actor=CLERK)

    assert (blank.type, desk.document(case.number, blank.id, actor=CLERK)[1][:5]) == (
        "application/pdf",
        b"%PDF-",
    )
    assert (case.state, unsigned.state, going_on.state) == (
        State.IDENTIFYING,
        State.IDENTIFYING,
        State.WORKING,
    )
    # The law asks for no form: the clock started with the mail, and `check` says that the policy asks for more.
    assert case.received_on == date(2026, 3, 5)
    found = [p for p in house.organisation.check() if p.code == "request-form-strict"]
    assert [p.level for p in found] == ["warning"]
    told = kept(house.promise("AL-19"), "signed-letters")
    assert (told["signed"], told["without"]) == (1, 0)


def test_AL_19_the_same_right_by_mail_elsewhere_and_with_a_reason_here(at: At) -> None:
    here, elsewhere = at("alottbetter"), at("clienti")
    case = asked(here, "access")
    waived = here.organisation.desk.confirm_identity(
        case.number, cards=(), how="met in person", actor=CLERK, without_letter="the law asks for no letter"
    )

    assert waived.state is State.WORKING
    assert kept(here.promise("AL-19"), "signed-letters")["waived"] == 1
    assert asked(elsewhere, "access").state is State.RECEIVED


def test_AL_21_every_answer_names_the_complaint_route(at: At) -> None:
    house = at("alottbetter")
    case = asked(house, "erasure")
    house.organisation.desk.confirm_identity(case.number, cards=(), how="passport at the desk", actor=CLERK)
    house.organisation.desk.decide(case.number, actor=CLERK)
    house.done(house.organisation.desk.case(case.number).case)

    assert authority().name in last_letter(house, case.number)
    assert kept(house.promise("AL-21"), "letters-tried")["silent"] == 0


# — Alles-klar —


def test_AK_15_every_answer_names_the_authority_and_how_to_reach_it(at: At) -> None:
    house = at("alles_klar")
    case = refused(house, house.begun("access", some(house, "crm.customers")))
    letter, who = last_letter(house, case.number), authority()

    assert all(fact in letter for fact in (who.name, who.address, who.email, who.phone, who.page))


# — Flexfone, telephony through resellers —


def local(house: House) -> tuple[int, str, str]:
    [(key, number, name), *_] = house.ask(
        "portal", "SELECT id, local, full_name FROM employees WHERE status = 'active' ORDER BY id"
    )
    return int(str(key)), str(number), str(name)


def test_FF_12_what_we_only_process_is_passed_on_and_what_others_have_comes_back_into_one_answer(
    at: At,
) -> None:
    house = at("flexfone")
    desk = house.organisation.desk
    theirs = asked(house, "erasure", controller="the customer")
    desk.hand_over(theirs.number, actor=CLERK)
    key, _, _ = local(house)
    ours = house.begun("access", person("portal.employees", key))
    desk.fan_out(ours.number, actor=CLERK)
    run(house)
    desk.answered(theirs.number, "Slet vedkommende.", by="the customer")
    desk.answered(ours.number, "Opkald vedlagt", by="network operator", files=[SCAN])
    back = desk.answered(ours.number, "Intet hos os", by="hosting provider")

    assert back.state is State.WORKING
    assert [m.actor for m in desk.case(ours.number).messages if m.kind == "partner"] == [
        "network operator",
        "hosting provider",
    ]
    told = kept(house.promise("FF-12"), "forwarding-looked")
    assert (told["cases"], told["sent"], told["answered"]) == (2, 3, 3)
    again = desk.return_case(theirs.number, reason="The customer wants it done here", actor=CLERK)
    assert again.state is State.WORKING


def test_FF_15_access_by_local_number_and_full_name_with_what_is_not_given_out_named(at: At) -> None:
    house = at("flexfone")
    desk = house.organisation.desk
    key, number, name = local(house)
    short = asked(
        house, "access", channel=Channel.RESELLER, who=Who(name=name, email="forhandler@post.example")
    )
    assert short.state is State.IDENTIFYING
    case = asked(
        house,
        "access",
        channel=Channel.RESELLER,
        who=Who(name="Forhandleren", email="forhandler@post.example"),
        on_behalf=Who(name=name, identifiers={"local number": number}),
    )
    found = desk.find_people(f"local number:{number} name:{name}")
    cards = [f.card for f in found if f.card.table.table == "employees"]
    assert cards == [person("portal.employees", key)]
    desk.confirm_identity(case.number, cards=cards, how="local number and full name", actor=CLERK)
    lines = desk.propose(case.number).lines
    withheld = [x for x in lines if not x.granted]
    file = house.done(desk.decide(case.number, actor=CLERK))

    assert case.representation.state is RepresentationState.ACCEPTED
    assert {x.category for x in withheld} <= {"network address"}
    assert all(x.why == "Den viser hvordan nettet er bygget og sikret" for x in withheld)
    assert file.case.state is State.CLOSED
    if withheld:
        assert "Den viser hvordan nettet er bygget og sikret" in house.letter(file)
    assert house.promise("FF-15").state == "kept"


def test_FF_15_a_category_that_is_not_given_out_is_in_no_copy(at: At, tmp_path: Path) -> None:
    house = at("flexfone")
    [(employee, *_), *_] = house.ask("portal", "SELECT id FROM employees WHERE status = 'active' ORDER BY id")
    case = house.begun("access", person("portal.employees", employee))
    desk = house.organisation.desk
    network = Line("portal", "employees", "login", "", granted=True)
    decided = house.decided(case, withheld=[network], reason="Kan bruges til at logge ind")
    file = house.done(desk.case(case.number).case)

    left = [x for x in decided.lines if not x.granted and x.category == "login"]
    assert [x.why for x in left] == ["Kan bruges til at logge ind"]
    assert "Kan bruges til at logge ind" in house.letter(file)


def test_the_five_examples_say_what_they_promise_about_requests_without_a_mistake() -> None:
    for folder in sorted(Path(__file__).parents[2].glob("examples/*/policy.yaml")):
        with open_organisation(folder.parent) as organisation:
            requests = organisation.policy.requests
            assert requests.keep_case.count == 3, folder
