"""A plan as people read it: tables, operations, numbers, rules; its limits; and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ordholden.app import Organisation, Outcome
from ordholden.cli import problems as said
from ordholden.cli.door import Answer, Exit
from ordholden.lang import Words
from ordholden.plans.book import Kept, PlanState
from ordholden.plans.plan import Limit, Operation, Plan, Reason, ScopeKind, Stay, Step, plan_to_json
from ordholden.policy.document import OnRequest
from ordholden.problems import Problem

__all__ = ["approved", "as_json", "command_in", "finding_as_problem", "listed", "outcome", "planned"]

RULES = 3
"""So many rules of a step are shown; the rest when asked for."""

STATE_STYLES = {
    PlanState.VERIFIED: "green",
    PlanState.FAILED: "bold red",
    PlanState.STOPPED: "bold red",
    PlanState.APPLYING: "yellow",
    PlanState.APPLIED: "yellow",
}


def as_json(kept: Kept, words: Words) -> dict[str, Any]:
    """Everything about a plan; people are a number, since a record's key can be personal."""
    plan = plan_to_json(kept.plan)
    return {
        "plan": kept.plan.id,
        "digest": kept.plan.digest,
        "organisation": kept.plan.organisation,
        "on": kept.plan.on.isoformat(),
        "kind": kept.plan.scope.kind.value,
        "consent": kept.plan.scope.consent or None,
        "records of people": len(kept.plan.scope.cards),
        "state": kept.state.value,
        "reason": kept.reason or None,
        "made by": kept.plan.made_by,
        "made at": _moment(kept.made_at),
        "approved by": kept.approved_by or None,
        "approved at": _moment(kept.approved_at),
        "applied at": _moment(kept.applied_at),
        "verified at": _moment(kept.verified_at),
        "needs approval": kept.needs_approval,
        "rows": kept.plan.rows,
        "steps": plan["steps"],
        "stays": plan["stays"],
        "limits": plan["limits"],
        "blocked": plan["blocked"],
        "problems": [said.as_json(p, words) for p in kept.plan.problems],
        "findings": [said.as_json(finding_as_problem(f["code"], f["facts"]), words) for f in kept.findings],
    }


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def finding_as_problem(code: str, facts: Any) -> Problem:
    return Problem(code, None, {str(k): str(v) for k, v in facts.items()})


def command_in(organisation: Organisation, words: str) -> str:
    """A command that works where the reader stands."""
    folder = organisation.folder
    return f"ordholden {words}" + ("" if folder == Path() else f" --in {folder}")


# — one plan —


def planned(kept: Kept, organisation: Organisation, words: Words, *, whole: bool = False) -> Answer:
    exit_code = Exit.APPROVAL if kept.needs_approval and kept.state is PlanState.MADE else Exit.FINE
    return Answer(as_json(kept, words), tuple(_planned(kept, organisation, words, whole=whole)), exit_code)


def _planned(
    kept: Kept, organisation: Organisation, words: Words, *, whole: bool
) -> Iterator[RenderableType]:
    plan = kept.plan
    yield Text.assemble((plan.organisation, "bold"), " · ", _title(plan, words))
    yield Text.assemble(
        (plan.id, "cyan"), " · ", _state(kept, words), " · ", words("plan:by", who=plan.made_by)
    )
    yield Text()
    if plan.empty:
        yield Text(words("plan:nothing"), "green")
    else:
        yield from _tables(plan, words, whole=whole)
    yield from _stays(kept.plan, organisation, words)
    if plan.blocked:
        tables = words.listed([str(t) for t in plan.blocked])
        yield Text(words("plan:blocked", tables=tables), "bold red")
    yield from said.shown(plan.problems, words)
    if kept.needs_approval:
        yield from _limits(plan.limits, words)
    yield from _next(kept, organisation, words)


def _title(plan: Plan, words: Words) -> str:
    scope = plan.scope
    return words.count(
        f"plan:{scope.kind}", len(scope.cards), on=plan.on, consent=scope.consent, system=scope.system
    )


def _state(kept: Kept, words: Words) -> Text:
    waiting = kept.state is PlanState.MADE and kept.needs_approval
    text = words("state:waiting") if waiting else words.word("plan", kept.state)
    return Text(text, STATE_STYLES.get(kept.state, ""))


def _tables(plan: Plan, words: Words, *, whole: bool) -> Iterator[RenderableType]:
    of = {s.number: words("of", n=s.of) if s.of else "" for s in plan.steps}
    widths = (max(len(words.number(s.rows)) for s in plan.steps), max(map(len, of.values())))
    for system, steps in groupby(sorted(plan.steps, key=_place), key=lambda s: s.table.system):
        yield Text(system, "bold")
        before: tuple[Reason, ...] = ()
        for step in steps:
            numbers = Text(words.number(step.rows).rjust(widths[0]), "bold")
            share = words.share(step.rows, step.of) if step.of else ""
            numbers.append(f"  {of[step.number].rjust(widths[1])}  {share:>5}", "not bold dim")
            yield _row(Padding(_what(step, words), (0, 0, 0, 2)), numbers)
            same = step.reasons == before
            lines = [Text(words("plan:same"), "dim")] if same else _why(step, words, whole=whole)
            yield from (Padding(line, (0, 0, 0, 6)) for line in lines)
            before = step.reasons
    yield Rule(style="dim")
    yield _row(Text(words("plan:total"), "bold"), Text(words.count("rows", plan.rows), "bold"))


def _row(what: RenderableType, numbers: Text) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True, pad_edge=False)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(what, numbers)
    return grid


def _place(step: Step) -> tuple[str, str, int]:
    return step.table.system, step.table.table, step.number


def _what(step: Step, words: Words) -> Text:
    style = {
        Operation.DELETE: "red",
        Operation.ANONYMISE: "magenta",
        Operation.CLEAR: "yellow",
        Operation.CORRECT: "green",
        Operation.ASK: "cyan",
    }
    text = Text.assemble(
        (words.word("operation", step.operation), style[step.operation]), f" {step.table.table}"
    )
    if step.operation is Operation.CLEAR:
        text.append(f": {', '.join(step.columns)}")
    return text


def _why(step: Step, words: Words, *, whole: bool) -> Iterator[Text]:
    shown = step.reasons if whole else step.reasons[:RULES]
    for reason in shown:
        yield Text.assemble((reason.activity, "dim"), (": ", "dim"), (reason.rule, "dim italic"))
    if len(shown) < len(step.reasons):
        yield Text(words.count("plan:more", len(step.reasons) - len(shown)), "dim")


def _stays(plan: Plan, organisation: Organisation, words: Words) -> Iterator[RenderableType]:
    """What a request cannot end: by ground and last day, the categories and where they are."""
    if not plan.stays:
        return
    yield Text()
    yield Text(words("stays"), "bold")
    for (ground, rule, until, doubt), found in groupby(sorted(plan.stays, key=_ground_of), key=_ground_of):
        last = words("until:open") if not until else words.through(date.fromisoformat(until))
        head = Text.assemble((_ground(ground, words), "bold"), f" · {last}")
        if rule:
            head.append(f" · {rule}", "dim italic")
        yield Padding(head, (0, 0, 0, 2))
        for table, of_table in groupby(found, key=lambda s: s.table):
            categories = ", ".join(dict.fromkeys(s.category for s in of_table))
            yield Padding(Text(f"{table}: {categories}", "dim"), (0, 0, 0, 6))
        if doubt:
            said = "stays:undeclared" if ground == "undeclared" else "stays:doubt"
            yield Padding(Text(words(said), "yellow"), (0, 0, 0, 6))
        if _undecided(ground, plan, organisation):
            yield Padding(Text(words("stays:decide", activity=ground), "yellow"), (0, 0, 0, 6))


def _undecided(ground: str, plan: Plan, organisation: Organisation) -> bool:
    """Whether the legal basis leaves it to somebody, and nobody has said."""
    activity = organisation.policy.activities.get(ground)
    open_question = activity is not None and activity.on_request is OnRequest.DECIDE
    return open_question and plan.scope.kind is ScopeKind.ERASE and ground not in plan.scope.decided


def _ground_of(stay: Stay) -> tuple[str, str, str, bool]:
    return stay.ground, stay.rule, stay.until, stay.doubt


def _limits(limits: Sequence[Limit], words: Words) -> Iterator[RenderableType]:
    yield Text()
    yield Text(words("limits"), "bold yellow")
    firsts = [x for x in limits if x.kind == "first run"]
    for limit in limits:
        if limit.kind == "rows":
            yield _bullet(words("limit:rows", found=int(limit.found), allowed=int(limit.allowed)))
        elif limit.kind == "share":
            operation, _, table = limit.what.partition(" ")
            what = f"{words.word('operation', operation)} {table}"
            yield _bullet(words("limit:share", what=what, found=limit.found, allowed=limit.allowed))
    if firsts:
        yield _bullet(words.count("limit:first", len(firsts), rule=firsts[0].what))


def _bullet(text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text("•"), Text(text))
    return Padding(grid, (0, 0, 0, 2))


def _next(kept: Kept, organisation: Organisation, words: Words) -> Iterator[RenderableType]:
    if kept.plan.empty or kept.state is PlanState.VERIFIED:
        return
    yield Text()
    if kept.needs_approval and kept.state is PlanState.MADE:
        yield _command(words("next:approve"), command_in(organisation, f"approve {kept.plan.id}"))
    yield _command(words("next:apply"), command_in(organisation, f"apply {kept.plan.id}"))


def _command(before: str, line: str) -> Text:
    text = Text.assemble(f"{before} ", (line, "bold"))
    text.no_wrap = False
    return text


# — what became of it —


def approved(kept: Kept, organisation: Organisation, words: Words) -> Answer:
    shown = [
        Text(words("approved", plan=kept.plan.id, who=kept.approved_by), "green"),
        _command(words("next:apply"), command_in(organisation, f"apply {kept.plan.id}")),
    ]
    return Answer(as_json(kept, words), shown)


def outcome(found: Outcome, organisation: Organisation, words: Words) -> Answer:
    done = found.kept.state is PlanState.VERIFIED
    stopped = found.kept.state is PlanState.STOPPED
    answer = {
        **as_json(found.kept, words),
        "changed": dict(found.changed),
        "findings": [said.as_json(finding_as_problem(f.code, f.facts), words) for f in found.findings],
        "gone from backups by": {k: v.isoformat() if v else None for k, v in found.backups_until.items()},
    }
    code = Exit.FINE if done else Exit.SYSTEM if stopped else Exit.FOUND
    return Answer(answer, tuple(_outcome(found, organisation, words)), code)


def _outcome(found: Outcome, organisation: Organisation, words: Words) -> Iterator[RenderableType]:
    kept = found.kept
    yield Text.assemble((kept.plan.organisation, "bold"), " · ", (kept.plan.id, "cyan"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right")
    grid.add_column()
    for what, rows in found.changed.items():
        operation, _, table = what.partition(" ")
        grid.add_row(words.number(rows), Text(f"{words(f'done:{operation}')} {table}"))
    if found.changed:
        yield Padding(grid, (0, 0, 0, 2))
    problems = [finding_as_problem(f.code, f.facts) for f in found.findings]
    yield from said.shown(problems, words)
    if kept.state is not PlanState.VERIFIED:
        yield Text(
            words("outcome:stopped" if kept.state is PlanState.STOPPED else "outcome:failed"), "bold red"
        )
        yield _command(words("next:again"), command_in(organisation, f"apply {kept.plan.id}"))
        return
    yield Text(words("outcome:verified"), "bold green")
    yield from _backups(found, words)


def _backups(found: Outcome, words: Words) -> Iterator[RenderableType]:
    for system, day in found.backups_until.items():
        if day is None:
            yield Text(words("backups:unsaid", system=system), "yellow")
        elif found.kept.applied_at is None or day > found.kept.applied_at.date():
            yield Text(words("backups:until", system=system, day=words.through(day)), "dim")


def listed(all_plans: Sequence[Kept], words: Words, folder: Path) -> Answer:
    answer = {"plans": [as_json(k, words) for k in all_plans]}
    if not all_plans:
        return Answer(answer, [Text(words("plans:none", folder=folder))])
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    table.add_column(words("column:plan"), no_wrap=True)
    table.add_column(words("column:state"))
    table.add_column(words("column:rows"), justify="right")
    table.add_column(words("column:made by"))
    for kept in all_plans:
        table.add_row(
            Text(kept.plan.id, "cyan"), _state(kept, words), words.number(kept.plan.rows), kept.plan.made_by
        )
    return Answer(answer, [table])


def _ground(name: str, words: Words) -> str:
    """What keeps a datum: an activity by its name, a hold, or that nobody declared it."""
    kind, _, rest = name.partition(" ")
    if name == "undeclared":
        return words("undeclared")
    return words("on hold", hold=rest) if kind == "hold" and rest.startswith("H-") else name
