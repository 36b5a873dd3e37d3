"""A request goes to another installation, becomes a case there, and its answer comes back; once, whatever dies on the way."""

from __future__ import annotations

import base64
import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ordholden.cases import dispatch
from ordholden.cases.between import Answered, Asked, Attached, as_uploads, read, written
from ordholden.cases.case import (
    Channel,
    Outcome,
    RepresentationState,
    State,
    TaskKind,
    TaskState,
    Upload,
    Who,
)
from ordholden.cases.standing import forwarded
from ordholden.post.envelope import enclose
from ordholden.problems import Refusal
from tests.cases.office import ANNA, GUEST, Office, ask
from tests.cases.partners import EARS, NORDLYS, Wire, two
from tests.stores import program

LETTER = Upload("brev.pdf", b"%PDF-1.7 brev", "application/pdf", "attachment")
COPY = Upload("kopi.zip", b"PK kopi", "application/zip", "export")


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    with two(tmp_path, monkeypatch) as wire:
        yield wire


def handed(wire: Wire, **more: object) -> str:
    """A request at All Ears that is to go to Nordlys; its number."""
    case = ask(wire.ears, campaign="N-1", **more)
    wire.ears.desk.hand_over(case.number, actor=ANNA)
    return case.number


def theirs(wire: Wire) -> str:
    """The number of the one case at Nordlys."""
    [case] = wire.nordlys.desk.cases(states=tuple(State)).items
    return case.number


def decided(office: Office, number: str) -> None:
    """Found, decided, carried out and answered."""
    office.desk.confirm_identity(number, cards=(GUEST,), how="by the address", actor=ANNA)
    office.desk.decide(number, actor=ANNA)
    office.desk.carry_out(number, actor=ANNA)
    office.run()
    office.desk.send_answer(number, actor=ANNA)


def awaiting(office: Office, number: str):  # type: ignore[no-untyped-def]
    [task] = [t for t in office.desk.case(number).tasks if t.kind is TaskKind.AWAIT_ANSWER]
    return task


def handing(office: Office, number: str):  # type: ignore[no-untyped-def]
    [task] = [t for t in office.desk.case(number).tasks if t.kind is TaskKind.HAND_OVER]
    return task


def whats(office: Office, number: str) -> list[str]:
    return [e.what for e in office.desk.case(number).entries]


# — the whole way —


def test_a_request_is_passed_on_answered_there_and_told_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    with two(tmp_path, monkeypatch, url=url) as wire:
        received = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
        number = handed(wire, right="access", received_at=received)
        wire.run()
        passed_on = awaiting(wire.ears, number)
        case = wire.nordlys.desk.case(theirs(wire)).case
        wire.later(days=2)
        decided(wire.nordlys, case.number)
        wire.run()
        back = wire.ears.desk.case(number)
        told = wire.ears.desk.send_answer(number, actor=ANNA)

        assert (case.channel, case.right, case.who.email) == (Channel.PROCESSOR, "access", "tre@post.example")
        assert (case.received_on, case.words) == (date(2026, 3, 1), "Jeg vil gerne slettes")
        assert passed_on.steps == {"sent": "2026-03-05", "received": "2026-03-05", "case": case.number}
        answered = awaiting(wire.ears, number)
        assert (answered.state, answered.steps["answered"]) == (TaskState.DONE, "2026-03-07")
        assert back.case.state is State.ANSWERING
        assert told.outcome is Outcome.HANDED_OVER
        letter = wire.nordlys.desk.case(case.number).messages[-1]
        assert (letter.kind, letter.delivery) == ("answer-access", "by partner")
        mails = wire.ears.desk.case(number).messages
        assert mails[-1].kind == "message"
        assert letter.body.strip().split("\n")[-1] in mails[-1].body
        # The person hears from the one they asked, and from nobody else.
        assert wire.nordlys.desk.send_post() == {}
        entry = next(
            e for e in wire.nordlys.desk.case(case.number).entries if e.what == "request:partner:asked"
        )
        facts = {"case there": number, "channel": "portal", "identity": "undoubted", "campaign": "N-1"}
        assert entry.facts == facts


def test_what_belongs_to_the_request_goes_along_and_what_is_for_the_person_comes_back(wire: Wire) -> None:
    child = Who(name="Barn Fire", identifiers={"guest number": "4"})
    paper = Upload("fuldmagt.pdf", b"%PDF fuldmagt", "application/pdf", "representation")
    case = wire.ears.desk.open_case(_request(on_behalf=child), actor="the person", files=[paper, LETTER])
    wire.ears.desk.receive(case.number, "her er mit pas", files=[Upload("pas.pdf", b"%PDF pas")])
    wire.ears.desk.check_representation(case.number, accepted=True, reason="is signed", actor=ANNA)
    wire.ears.desk.hand_over(case.number, actor=ANNA)
    wire.run()
    there = wire.nordlys.desk.case(theirs(wire))
    wire.nordlys.desk.check_representation(there.case.number, accepted=True, reason="is signed", actor=ANNA)
    wire.nordlys.desk.confirm_identity(there.case.number, cards=(GUEST,), how="paper", actor=ANNA)
    with_file(wire.nordlys, there.case.number, COPY)
    wire.run()

    assert {d.name: d.purpose for d in there.documents} == {
        "fuldmagt.pdf": "representation",
        "brev.pdf": "attachment",
    }
    assert there.case.who == child
    assert there.case.representation.by is not None
    assert there.case.representation.by.name == "Gæst Tre"
    assert there.case.representation.state is RepresentationState.RECEIVED
    [copy] = [d for d in wire.ears.desk.case(case.number).documents if d.name == "kopi.zip"]
    wire.ears.desk.send_answer(case.number, actor=ANNA)
    [given] = [d for d in wire.ears.desk.case(case.number).documents if d.name == "kopi.zip"]
    # Somebody looks at it first; with the answer it is the person's.
    assert (copy.purpose, copy.for_person, given.for_person) == ("from partner", False, True)
    assert wire.ears.desk.document(case.number, copy.id, actor=ANNA)[1] == COPY.content


def _request(**more: object):  # type: ignore[no-untyped-def]
    from ordholden.cases.case import Request

    who = Who(name="Gæst Tre", email="tre@post.example")
    given = {"right": "access", "channel": Channel.PORTAL, "who": who, "words": "", "campaign": "N-1"} | more
    return Request(**given)  # type: ignore[arg-type]


def with_file(office: Office, number: str, file: Upload) -> None:
    """Answers with a file for the person, as the rights of the product do."""
    from ordholden.cases.change import attach, opened

    office.desk.decide(number, actor=ANNA)
    office.desk.carry_out(number, actor=ANNA)
    office.run()
    with opened(office.desk.corridor, number) as case:
        case.know(files=attach(case, [file], incoming=False))
    office.desk.send_answer(number, actor=ANNA)


def test_a_refusal_is_an_answer_too_and_so_is_a_withdrawal(wire: Wire) -> None:
    number = handed(wire)
    wire.run()
    wire.nordlys.desk.withdraw(theirs(wire), actor=ANNA)
    wire.run()

    entry = next(e for e in wire.ears.desk.case(number).entries if e.what == "request:handover:answered")
    assert entry.facts["outcome"] == "withdrawn"
    assert wire.ears.desk.case(number).case.state is State.ANSWERING


def test_whoever_asks_the_controller_as_well_is_answered_by_it_as_well(wire: Wire) -> None:
    handed(wire)
    wire.run()
    ask(wire.nordlys)
    number = theirs(wire)
    decided(wire.nordlys, number)
    wire.run()

    kinds = [(m.kind, m.delivery) for m in wire.nordlys.desk.case(number).messages if not m.incoming]
    assert kinds == [("receipt", "waiting"), ("answer-erasure", "waiting")]
    assert whats(wire.nordlys, number).count("request:partner:told") == 1


# — when something fails —


def test_an_installation_that_is_down_for_a_week_gets_it_then_and_no_day_is_lost(wire: Wire) -> None:
    number = handed(wire)
    wire.down = True
    for _ in range(8 * 24):
        wire.run()
        wire.later(hours=1)
    waits = handing(wire.ears, number)
    shown = wire.ears.desk.case(number).case
    unsent = forwarded(wire.ears.organisation.store, date(2026, 3, 13)).unsent
    wire.down = False
    wire.later(days=1)
    wire.run()

    assert (waits.state, waits.reason) == (TaskState.WAITING, "127.0.0.1: HTTP 502")
    assert shown.needs_staff
    assert unsent == 1
    assert whats(wire.ears, number).count("request:partner:unreached") == 1
    case = wire.nordlys.desk.case(theirs(wire)).case
    assert (case.received_on, case.due.legal) == (date(2026, 3, 5), date(2026, 4, 7))
    assert handing(wire.ears, number).state is TaskState.DONE


def test_where_there_is_an_address_the_mail_goes_after_seven_tries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with two(tmp_path, monkeypatch, email="privat@nordlys.example") as wire:
        number = handed(wire)
        wire.down = True
        mailed = []
        for _ in range(24):
            wire.run()
            kinds = [m.kind for m in wire.ears.desk.case(number).messages]
            mailed.append("controller-request" in kinds)
            wire.later(hours=1)

        # Looked at once an hour: 17 hours and 21 minutes of pauses, each of them rounded up.
        assert (mailed.index(True), handing(wire.ears, number).attempts) == (20, 7)
        assert awaiting(wire.ears, number).steps == {"sent": "2026-03-06"}
        wire.ears.desk.answered(number, "Vi har slettet.", by=NORDLYS)
        assert wire.ears.desk.case(number).case.state is State.ANSWERING


def test_killed_between_sending_and_writing_it_down_it_is_one_case(wire: Wire) -> None:
    number = handed(wire)
    wire.deaf = True
    wire.run()
    wire.later(minutes=2)
    wire.run()
    wire.deaf = False
    wire.later(minutes=10)
    wire.run()

    assert [status for status, _ in wire.answers] == [200, 200, 200]
    assert {said["case"] for _, said in wire.answers} == {theirs(wire)}
    assert awaiting(wire.ears, number).steps["case"] == theirs(wire)
    assert whats(wire.nordlys, theirs(wire)).count("request:partner:asked") == 1


DYING = """
import sys
from datetime import datetime
from pathlib import Path

from ordholden.app import open_organisation
from ordholden.store import open_store

with open_organisation(Path(sys.argv[1])) as organisation:
    now = datetime.fromisoformat(sys.argv[2])
    organisation.__dict__["store"] = open_store(Path(sys.argv[1]), clock=lambda: now)
    for task in organisation.desk.due_tasks():
        organisation.desk.run_task(task.id, worker="dies")
print("lived")
"""


def test_a_worker_that_is_killed_while_they_take_it_leaves_one_case(wire: Wire) -> None:
    """They have it, and nobody here lived to write that down: not a moment's receipt, only the lease of somebody dead."""
    number = handed(wire)
    worker = program(DYING, wire.ears.organisation.folder, wire.ears.clock.now.isoformat())
    wire.taken = worker.kill
    said, _ = worker.communicate(timeout=60)
    wire.taken = None
    held = handing(wire.ears, number)
    wire.later(minutes=2)
    wire.run()

    assert (said, worker.returncode) == ("", -signal.SIGKILL)
    assert (held.state, held.attempts) == (TaskState.RUNNING, 1)
    assert [status for status, _ in wire.answers] == [200, 200]
    assert awaiting(wire.ears, number).steps["case"] == theirs(wire)
    assert whats(wire.nordlys, theirs(wire)).count("request:partner:asked") == 1


def test_a_yes_of_somebody_in_between_is_no_receipt(wire: Wire) -> None:
    number = handed(wire)
    wire.in_between = True
    wire.run()
    waits = handing(wire.ears, number)
    wire.in_between = False
    wire.later(minutes=2)
    wire.run()

    assert (waits.state, waits.reason) == (TaskState.WAITING, "127.0.0.1: transfer-unacknowledged")
    assert awaiting(wire.ears, number).steps["case"] == theirs(wire)


def test_an_answer_that_comes_before_we_know_that_they_have_it_is_taken(wire: Wire) -> None:
    number = handed(wire)
    wire.deaf = True
    wire.ears.run()
    wire.deaf = False
    decided(wire.nordlys, theirs(wire))
    wire.nordlys.run()

    assert handing(wire.ears, number).state is TaskState.DONE
    assert awaiting(wire.ears, number).state is TaskState.DONE
    assert wire.ears.desk.case(number).case.state is State.ANSWERING
    assert wire.ears.run() == []


def test_an_answer_whose_receipt_is_lost_is_there_once(wire: Wire) -> None:
    number = handed(wire)
    wire.run()
    decided(wire.nordlys, theirs(wire))
    wire.deaf = True
    wire.nordlys.run()
    wire.later(minutes=2)
    wire.deaf = False
    wire.run()

    assert whats(wire.ears, number).count("request:handover:answered") == 1
    [reply] = [t for t in wire.nordlys.desk.case(theirs(wire)).tasks if t.kind is TaskKind.TELL_PARTNER]
    assert (reply.state, reply.attempts) == (TaskState.DONE, 2)


def test_once_they_have_it_the_content_is_kept_no_longer(wire: Wire) -> None:
    number = handed(wire)
    wire.down = True
    wire.run()
    [row] = dispatch.dispatches(wire.ears.desk.corridor)
    waiting, at_rest = bool(row.sealed), bytes(row.sealed)
    wire.down = False
    wire.later(minutes=2)
    wire.run()
    row.refresh_from_db()

    assert waiting
    assert b"tre@post.example" not in at_rest
    assert (bytes(row.sealed), row.reference) == (b"", theirs(wire))
    assert wire.ears.desk.case(number).case.state is State.HANDED_OVER


def test_what_they_never_took_is_kept_no_longer_than_copies_are(wire: Wire) -> None:
    handed(wire)
    wire.run()
    decided(wire.nordlys, theirs(wire))
    wire.down = True
    wire.nordlys.run()
    wire.later(days=31)
    wire.nordlys.desk.tick()
    wire.down = False
    wire.nordlys.run()

    ours = dispatch.dispatches(wire.nordlys.desk.corridor).filter(incoming=False)
    assert [bytes(row.sealed) for row in ours] == [b""]
    [reply] = [t for t in wire.nordlys.desk.case(theirs(wire)).tasks if t.kind is TaskKind.TELL_PARTNER]
    assert (reply.state, reply.reason) == (
        TaskState.FAILED,
        f"partner-forgotten: partner {EARS}",
    )


def test_a_case_that_was_withdrawn_in_the_meantime_is_not_sent(wire: Wire) -> None:
    number = handed(wire)
    wire.down = True
    wire.run()
    wire.ears.desk.withdraw(number, actor=ANNA)
    wire.down = False
    wire.later(days=1)
    wire.run()

    assert handing(wire.ears, number).state is TaskState.DROPPED
    assert wire.nordlys.desk.cases().items == ()


def test_an_answer_to_a_case_that_is_closed_is_kept_and_looked_at(wire: Wire) -> None:
    number = handed(wire)
    wire.run()
    wire.ears.desk.withdraw(number, actor=ANNA)
    decided(wire.nordlys, theirs(wire))
    wire.run()

    file = wire.ears.desk.case(number)
    assert (file.case.state, file.case.outcome, file.case.needs_staff) == (
        State.CLOSED,
        Outcome.WITHDRAWN,
        True,
    )
    assert [m.kind for m in file.messages if m.incoming] == ["partner"]
    assert "request:handover:late" in whats(wire.ears, number)


def test_a_partner_that_is_silent_is_reminded_over_the_wire(wire: Wire) -> None:
    number = handed(wire)
    wire.run()
    wire.later(days=6)
    wire.ears.desk.tick()
    wire.ears.desk.tick()
    wire.run()

    assert awaiting(wire.ears, number).steps["reminded"] == "1"
    entries = wire.nordlys.desk.case(theirs(wire)).entries
    [reminded] = [e for e in entries if e.what == "request:partner:reminded"]
    assert reminded.facts == {"case there": number, "times": "1"}
    assert wire.nordlys.desk.case(theirs(wire)).case.needs_staff


def test_what_they_will_not_have_is_given_up_and_shown(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    number = handed(wire)
    from ordholden.cases import right as registry

    ours = registry.rights
    known = dict(ours())
    known.pop("erasure")
    from ordholden.cases import received

    real = received.take

    def poorer(*given):  # type: ignore[no-untyped-def]
        """Nordlys runs a release that lacks the right."""
        with monkeypatch.context() as patch:
            patch.setattr(registry, "rights", lambda: known)
            return real(*given)

    monkeypatch.setattr(received, "take", poorer)
    wire.run()

    task = handing(wire.ears, number)
    assert (task.state, "right-unknown" in task.reason) == (TaskState.FAILED, True)
    assert wire.ears.desk.case(number).case.needs_staff


# — who is believed —


def test_with_a_key_that_they_do_not_know_nothing_is_said_and_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = base64.b64encode(bytes(range(32))).decode()
    with two(tmp_path, monkeypatch, key=other) as wire:
        number = handed(wire)
        wire.run()

        assert wire.answers == [(403, {"problems": [{"code": "partner-stranger"}]})]
        assert wire.nordlys.desk.cases().items == ()
        task = handing(wire.ears, number)
        assert (task.state, task.reason) == (TaskState.WAITING, "127.0.0.1: HTTP 403 partner-stranger")


def test_what_is_put_in_again_gets_the_same_answer_and_does_nothing(wire: Wire) -> None:
    handed(wire)
    wire.run()
    again = wire.take("nordlys", wire.bodies[0])
    wire.later(minutes=20)
    late = wire.take("nordlys", wire.bodies[0])

    assert again == wire.answers[0]
    assert (late[0], late[1]["problems"][0]["code"]) == (403, "transfer-old")
    assert whats(wire.nordlys, theirs(wire)).count("request:partner:asked") == 1


def test_what_comes_twice_in_the_same_moment_is_one_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    with two(tmp_path, monkeypatch, url=url) as wire:
        handed(wire)
        wire.down = True
        wire.run()
        with ThreadPoolExecutor(4) as several:
            answers = list(several.map(wire.take, ["nordlys"] * 8, [wire.bodies[0]] * 8))

        assert {status for status, _ in answers} == {200}
        assert {said["case"] for _, said in answers} == {theirs(wire)}
        assert whats(wire.nordlys, theirs(wire)).count("request:partner:asked") == 1


def test_what_was_changed_on_the_way_is_not_taken(wire: Wire) -> None:
    handed(wire)
    wire.down = True
    wire.run()
    line, _, content = wire.bodies[0].partition(b"\n")
    head = json.loads(line)

    def with_manifest(**more: object) -> bytes:
        changed = {**head, "manifest": head["manifest"] | more}
        return json.dumps(changed).encode() + b"\n" + content

    tampered = {
        line + b"\n" + content.replace(b"erasure", b"access"): (422, "transfer-changed"),
        with_manifest(reference="2026-999999"): (401, "transfer-signature"),
        with_manifest(receiver="https://andre.example/"): (401, "transfer-signature"),
        with_manifest(size=True): (422, "transfer-form"),
        line: (422, "transfer-changed"),
        b"{}\n": (422, "transfer-form"),
        b"\xff": (422, "transfer-form"),
    }
    for body, (status, code) in tampered.items():
        answered = wire.take("nordlys", body)
        assert (answered[0], answered[1]["problems"][0]["code"]) == (status, code)
    assert wire.take("ears", wire.bodies[0])[0] == 403
    assert wire.nordlys.desk.cases().items == ()


def said_by_ears(wire: Wire, said: object, *, nonce: str = "n1") -> tuple[int, str]:
    """A message with All Ears' good signature; what Nordlys answers."""
    form = "ordholden-answer/1" if isinstance(said, Answered) else "ordholden-request/1"
    content = said if isinstance(said, bytes) else written(said)  # type: ignore[arg-type]
    envelope = enclose(
        wire.ears.organisation.store,
        content,
        form=form,
        sender=EARS,
        receiver=wire.door("nordlys"),
        reference="2026-000001",
        nonce=nonce,
    )
    status, answer = wire.take("nordlys", envelope.to_bytes())
    return status, answer["problems"][0]["code"] if "problems" in answer else answer["case"]


def asked(wire: Wire, **more: object) -> Asked:
    who = Who(name="Gæst Tre", email="tre@post.example")
    now = wire.nordlys.clock.now
    given = {
        "case": "2026-000001",
        "answer_to": wire.door("ears"),
        "right": "access",
        "who": who,
        "received_at": now,
    }
    return Asked(**{**given, **more})  # type: ignore[arg-type]


def test_an_answer_to_a_case_that_they_were_not_asked_in_says_nothing_of_it(wire: Wire) -> None:
    here = ask(wire.nordlys).number

    answers = {
        said_by_ears(wire, Answered(asked=number, case="2026-000001", text="hej"), nonce=number)
        for number in (here, "2026-999999")
    }
    assert answers == {(404, "case-unknown")}
    assert wire.nordlys.desk.case(here).messages[-1].kind == "receipt"


def test_an_answer_goes_to_the_endpoint_that_is_known_and_nowhere_else(wire: Wire) -> None:
    elsewhere = asked(wire, answer_to="https://andre.example/api/x/partner")

    assert said_by_ears(wire, elsewhere) == (403, "partner-door")
    assert wire.nordlys.desk.cases().items == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"case": "../../1"},
        {"case": "x" * 25},
        {"language": "xx"},
        {"received_at": datetime(2026, 3, 5)},
        {"received_at": datetime(1999, 3, 5, tzinfo=UTC)},
        {"received_at": datetime(2027, 3, 5, tzinfo=UTC)},
        {"campaign": "a\x00b"},
        {"words": "x" * 500_001},
        {"about": ("x",) * 501},
        {"case": "２０２６"},
    ],
)
def test_what_makes_no_sense_is_refused_whoever_signed_it(wire: Wire, wrong: dict[str, object]) -> None:
    assert said_by_ears(wire, asked(wire, **wrong)) == (422, "transfer-form")
    assert said_by_ears(wire, b"[]") == (422, "transfer-form")
    assert said_by_ears(wire, b'{"case": 1}') == (422, "transfer-form")


def test_two_partners_cases_of_one_number_are_two_cases(wire: Wire) -> None:
    """And one partner's case that is sent under two numbers is one."""
    first = said_by_ears(wire, asked(wire), nonce="n1")
    second = said_by_ears(wire, asked(wire, right="erasure"), nonce="n2")
    other = said_by_ears(wire, asked(wire, case="2026-000002", right="erasure", words="andet"), nonce="n3")

    assert first == second
    assert other != first


def test_a_files_name_leads_nowhere_and_its_purpose_is_not_believed() -> None:
    files = [
        Attached("../../etc/passwd", "text/plain", "identity", b"x"),
        Attached("", "no type", "attachment", b"x"),
        Attached("c:\\fil\x00.txt", "text/plain\r\nx: y", "representation", b"x"),
    ]

    found = [(f.name, f.type, f.purpose) for f in as_uploads(files)]
    assert found == [
        ("passwd", "text/plain", "attachment"),
        ("file", "application/octet-stream", "attachment"),
        ("fil.txt", "application/octet-stream", "representation"),
    ]


def test_what_is_written_reads_as_it_was() -> None:
    file = Attached("a.pdf", "application/pdf", "attachment", b"\x00\xff")
    who = Who(name="Åse", identifiers={"local number": "101"})
    said = Asked("2026-000001", "", "access", who, datetime(2026, 3, 5, tzinfo=UTC), files=(file,))

    assert read("ordholden-request/1", written(said)) == said
    with pytest.raises(Refusal, match="transfer-form"):
        read("ordholden-other/1", written(said))
