"""What those outside do: resellers, their customers and the customers' employees, each as far as the tree reaches.

Whoever asks for somebody else stands above them, and the tree says that their level may; that is the mandate, and no paper
is asked for. They follow what they asked for themselves and nothing that others did. An employee takes along what was said
on their own telephone where the systems know them by local number, full name *and* the address they sign in with: a local
number and a name are known to many.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from ordholden import audit
from ordholden.cases.case import Case, CaseFile, Change, Channel, Page, Request, Upload, Who
from ordholden.connectors.errors import Refused
from ordholden.connectors.files.reader import FilesReader
from ordholden.footprints.export import not_portable
from ordholden.identifiers import normal
from ordholden.inventory.system import TableName
from ordholden.policy.document import Text
from ordholden.problems import Refusal, nearest
from ordholden.staff import tree
from ordholden.staff.member import Member
from ordholden.staff.members import admit, member
from ordholden.staff.roles import INSIDE, Deed, Role
from ordholden.staff.tree import OPERATOR, Act, Level, Party

if TYPE_CHECKING:
    from ordholden.app.organisation import Organisation
    from ordholden.footprints.explain import Datum, Explanation

__all__ = [
    "RIGHTS",
    "OwnFile",
    "amend",
    "ask",
    "asked",
    "asked_case",
    "below",
    "correctable",
    "document",
    "end",
    "has_tree",
    "level_below",
    "own_file",
    "own_files",
    "register",
    "seen",
    "standing",
    "write",
]

RIGHTS = ("access", "rectification", "erasure", "portability")
"""What is asked for through the tree; everything else a person asks for by themselves."""

_BELOW = {
    Level.OPERATOR: Level.RESELLER,
    Level.RESELLER: Level.CUSTOMER,
    Level.CUSTOMER: Level.EMPLOYEE,
}
_ROLE = {
    Level.RESELLER: Role.RESELLER,
    Level.CUSTOMER: Role.CUSTOMER_ADMINISTRATOR,
    Level.EMPLOYEE: Role.EMPLOYEE,
}
_REGISTERING = {Level.RESELLER: Deed.REGISTER_RESELLERS, Level.CUSTOMER: Deed.REGISTER_CUSTOMERS}
LOCAL_NUMBER = "local number"
_IN_MEMORY = 4 * 1024 * 1024


# — who stands where —


def has_tree(organisation: Organisation) -> bool:
    """Whether people are known here by a local number below a customer, or somebody is registered already."""
    known = any(LOCAL_NUMBER in table.identifiers for table in organisation.inventory.tables)
    return known or bool(tree.below(organisation.store, OPERATOR))


def standing(organisation: Organisation, who: Member) -> Party:
    """Where a member stands. Those who work here are the operator; whoever was ended stands nowhere."""
    if who.role in INSIDE:
        return OPERATOR
    found = tree.party(organisation.store, who.party)
    if found is None or _ROLE[found.level] is not who.role:
        raise Refusal.of("tree-nowhere")
    return found


def seen(organisation: Organisation, who: Member, number: int) -> Party:
    """Somebody below, or oneself. Whoever stands elsewhere and whoever doesn't exist are refused alike."""
    by = standing(organisation, who)
    found = tree.party(organisation.store, number)
    if found is None or found.way[: len(by.way)] != by.way:
        raise Refusal.of("tree-outside", party=number)
    if found.id != by.id:
        tree.must_act(by, Act.SEE, found)
    return found


def below(organisation: Organisation, one: Party) -> tuple[Party, ...]:
    return tree.below(organisation.store, one)


def level_below(one: Party) -> Level | None:
    return _BELOW.get(one.level)


# — registering —


def register(
    organisation: Organisation, who: Member, details: Mapping[str, str], *, above: Party
) -> tuple[Party, Member | None]:
    """One more below somebody, with an account where there is an address; the account only where it is new.

    An address that signs in here already keeps the role it has: nobody is made less, or more, by being registered.
    """
    by, level = standing(organisation, who), _BELOW.get(above.level)
    if level is None:
        raise Refusal.of("tree-place", level=above.level.value, above=above.level.value)
    wanted = _REGISTERING.get(level, Deed.REGISTER_EMPLOYEES)
    if not who.may(wanted):
        raise Refusal.of("tree-may-not", actor=by.level.value, act=Act.REGISTER.value, level=level.value)
    store, on = organisation.store, _today(organisation)
    with store.transaction():
        found = tree.register(store, level, details, above=above, by=by, on=on, actor=who.actor)
        email = normal("email", details.get("email", ""))
        if not email or member(store, email) is not None:
            return found, None
        name = found.details.get("contact") or found.name
        role = _ROLE[level]
        return found, admit(store, email=email, name=name, role=role, on=on, actor=who.actor, party=found.id)


def amend(organisation: Organisation, who: Member, one: Party, details: Mapping[str, str]) -> Party:
    """What stands in the tree itself. An account goes on under the address that it has."""
    by = standing(organisation, who)
    return tree.amend(organisation.store, one, details, by=by, on=_today(organisation), actor=who.actor)


def end(organisation: Organisation, who: Member, one: Party) -> None:
    tree.end(
        organisation.store,
        one,
        by=standing(organisation, who),
        on=_today(organisation),
        actor=who.actor,
    )


# — asking —


def correctable(organisation: Organisation) -> tuple[tuple[str, Text], ...]:
    """The categories of data about employees that can be asked to be put right."""
    policy, tables = organisation.policy, organisation.inventory.tables
    people = {k.people for t in tables if LOCAL_NUMBER in t.identifiers for k in t.kinds}
    names = dict.fromkeys(d for a in policy.activities.values() if set(a.people) & people for d in a.data)
    return tuple((name, policy.categories[name].text) for name in names if name in policy.categories)


def ask(
    organisation: Organisation,
    who: Member,
    about: Party,
    right: str,
    *,
    words: str = "",
    changes: Sequence[Change] = (),
    language: str,
) -> Case:
    """A case in the name of a named employee, or of oneself. That is all a level may: nobody asks for an administrator."""
    by = standing(organisation, who)
    tree.must_act(by, Act.ACT_FOR, about)
    if right not in RIGHTS:
        raise Refusal.of("right-unknown", word=right, nearest=nearest(right, RIGHTS))
    person = Who(name=about.name, identifiers={LOCAL_NUMBER: about.details[LOCAL_NUMBER]})
    themselves = by.id == about.id
    sender = Who(name=f"{who.name}, {by.name}", email=who.email, phone=by.details.get("phone", ""))
    request = Request(
        right=right,
        channel=Channel.PORTAL if themselves else Channel.RESELLER,
        who=Who(person.name, who.email, identifiers=person.identifiers) if themselves else sender,
        on_behalf=None if themselves else person,
        words=words,
        changes=tuple(changes),
        language=language,
        asked_by=by.id,
        asked_for=about.id,
    )
    case = organisation.desk.open_case(request, actor=who.actor)
    return organisation.desk.note(case.number, _way(organisation, about), actor=who.actor)


def asked(organisation: Organisation, who: Member, *, after: str = "") -> Page[Case]:
    """What the party itself asked for, and nobody else."""
    by = standing(organisation, who)
    return organisation.desk.cases(asked_by=by.id, after=after) if by.id else Page(())


def asked_case(organisation: Organisation, who: Member, number: str) -> CaseFile:
    """One's own case; another's is none."""
    by = standing(organisation, who)
    found = organisation.desk.case(number)
    if not by.id or found.case.asked_by != by.id:
        raise Refusal.of("case-unknown", case=number)
    return found


def write(
    organisation: Organisation, who: Member, number: str, text: str, *, files: Sequence[Upload] = ()
) -> Case:
    asked_case(organisation, who, number)
    return organisation.desk.receive(number, text, files=files, actor=who.actor)


def document(organisation: Organisation, who: Member, number: str, document: int) -> tuple[str, str, bytes]:
    """A file of one's own case: name, type, content. What staff noted of their work is not among them."""
    theirs = {d.id for d in asked_case(organisation, who, number).documents if d.for_person}
    if document not in theirs:
        raise Refusal.of("document-unknown", document=document)
    found, content = organisation.desk.document(number, document, actor=who.actor)
    return found.name, found.type, content


def _way(organisation: Organisation, about: Party) -> str:
    """From the reseller down, so that staff see whose employee it is."""
    names = (tree.party(organisation.store, number) for number in about.way)
    return " › ".join(f"{p.name} (T-{p.id})" for p in names if p is not None)


# — one's own recordings —


@dataclass(frozen=True)
class OwnFile:
    """A recorded call or a message on the answering machine; `last_day` is None while its end is open."""

    id: str
    name: str
    category: Text
    last_day: date | None
    place: tuple[TableName, str]


def own_files(organisation: Organisation, who: Member) -> tuple[OwnFile, ...]:
    """What an employee can take along as files, by the same rule as portability; nothing where it isn't surely theirs."""
    found = _own(organisation, who)
    return tuple(_files(organisation, found)) if found is not None else ()


def own_file(organisation: Organisation, who: Member, file: str) -> tuple[OwnFile, IO[bytes]]:
    """One of them, whole before the first byte goes out. That it was fetched is recorded."""
    found = next((f for f in own_files(organisation, who) if f.id == file), None)
    if found is None:
        raise Refusal.of("document-unknown", document=file)
    reader = organisation._systems.readers().get(found.place[0].system)
    if not isinstance(reader, FilesReader):
        raise Refusal.of("document-unknown", document=file)
    copy = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 – given to the caller open
    try:
        for piece in reader.files.read(found.place[1]):
            copy.write(piece)
    except Refused:
        copy.close()
        raise Refusal.of("document-unknown", document=file) from None
    copy.seek(0)
    store = organisation.store
    with store.transaction():
        audit.record(
            store,
            actor=who.actor,
            action="person:file:fetched",
            subject=f"T-{who.party}",
            facts={"file": file},
        )
    return found, copy


def _own(organisation: Organisation, who: Member) -> Explanation | None:
    """The one person who has the party's local number and full name, and the account's address."""
    one = standing(organisation, who)
    if one.level is not Level.EMPLOYEE:
        return None
    words = f"email:{who.email} {LOCAL_NUMBER}:{one.details[LOCAL_NUMBER]} name:{one.name}"
    try:
        if len(organisation.find(words)) != 1:
            return None
        return organisation.explain(words)
    except Refusal:
        # No system here knows people by all three.
        return None


def _files(organisation: Organisation, found: Explanation) -> Iterator[OwnFile]:
    known: set[tuple[TableName, str]] = set()
    for datum in found.data:
        if datum.file is None or datum.file in known or not_portable(datum, found, organisation.policy):
            continue
        known.add(datum.file)
        yield _file(organisation, datum, datum.file)


def _file(organisation: Organisation, datum: Datum, place: tuple[TableName, str]) -> OwnFile:
    digest = organisation.store.digest(place[0].system, place[1], use="own file")[:24]
    return OwnFile(digest, PurePosixPath(place[1]).name, datum.category_text, datum.last_day, place)


def _today(organisation: Organisation) -> date:
    return organisation.desk.corridor.today()
