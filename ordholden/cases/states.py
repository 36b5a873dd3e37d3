"""Which moves there are: a verb, the states from which it is allowed, and the state it leads to.

The table is the whole truth: whoever wants to know what can be done with a case asks it, and so does every verb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ordholden.cases.case import State
from ordholden.problems import Refusal

__all__ = ["MOVES", "Move", "after", "allowed"]

_R, _I, _W, _A, _C, _H, _Z = (
    State.RECEIVED,
    State.IDENTIFYING,
    State.WORKING,
    State.APPROVING,
    State.CARRYING_OUT,
    State.HANDED_OVER,
    State.ANSWERING,
)
_OPEN = (_R, _I, _W, _A, _C, _H, _Z)


@dataclass(frozen=True)
class Move:
    """A verb's way: `to` is None where the case stays where it is."""

    of: tuple[State, ...]
    to: State | None = None


MOVES: Mapping[str, Move] = {
    "ask identity": Move((_R, _I, _W), _I),
    "confirm identity": Move((_R, _I, _W), _W),
    "fail identity": Move((_R, _I, _W), _A),
    "confirm email": Move(_OPEN),
    "receive representation": Move((_R, _I, _W), _I),
    "check representation": Move((_R, _I, _W), _I),
    "receive letter": Move((_R, _I, _W)),
    "propose": Move((_W, _A, _Z)),
    "decide": Move((_W,), _W),
    "send to second person": Move((_R, _I, _W), _A),
    "approve decision": Move((_A,), _W),
    "approve refusal": Move((_A,), _Z),
    "approve fee": Move((_A,), _W),
    "return": Move((_A,), _W),
    "extend": Move(_OPEN),
    "carry out": Move((_W,), _C),
    "carried out": Move((_C, _H), _Z),
    "nothing to do": Move((_W,), _Z),
    "hand over": Move((_R, _I, _W), _H),
    "fan out": Move((_W, _H), _H),
    "partner received": Move((_H,)),
    "partner answered": Move((_H,), _H),
    "write": Move((*_OPEN, State.CLOSED)),
    "receive": Move((*_OPEN, State.CLOSED)),
    "note": Move((*_OPEN, State.CLOSED)),
    "assign": Move(_OPEN),
    "work again": Move((_Z, _H), _W),
    "answer": Move((_Z,), State.CLOSED),
    "withdraw": Move(_OPEN, State.CLOSED),
    "person died": Move(_OPEN),
}


def after(verb: str, state: State, *, case: str) -> State:
    """The state after the verb; a Refusal where it is not allowed from there."""
    move = MOVES[verb]
    if state not in move.of:
        raise Refusal.of("case-move", case=case, verb=verb, state=state.value)
    return move.to or state


def allowed(state: State) -> tuple[str, ...]:
    """The verbs that are allowed in a state: what a page offers."""
    return tuple(verb for verb, move in MOVES.items() if state in move.of)
