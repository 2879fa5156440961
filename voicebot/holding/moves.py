"""How a ticket may go from one state to another: every way there is, and no other.

    join ──▶ WAITING ──claim──▶ OFFERED ──accept──▶ CONNECTING ──connected──▶ CONNECTED
                ▲                  │                    │                         │
                ├───── give_back ◀─┴────────────────────┴─────────────────────────┤
                │                                                                 │
             resume ◀── DROPPED ◀── drop (from each of them)      close ──▶ CLOSED

The rank is in none of these moves: nothing changes it.
"""

from __future__ import annotations

from voicebot.model import OfficeId
from voicebot.model.holding import Move, OperatorId, Outcome, TicketState

_S = TicketState
QUEUED = (_S.WAITING, _S.OFFERED)
"""In the queue; an offer that has expired can be claimed again."""
TAKEN = (_S.OFFERED, _S.CONNECTING, _S.CONNECTED)
"""In an operator's hands."""
LIVE = (_S.WAITING, *TAKEN)
"""With a line, or to be called back."""


def accept(token: int) -> Move:
    """The operator takes what she was offered; in vain after the deadline."""
    return Move(_S.CONNECTING, of=(_S.OFFERED,), token=token, in_time=True)


def connected(token: int) -> Move:
    """They hear one another."""
    return Move(_S.CONNECTED, of=(_S.CONNECTING,), token=token)


def hand_over(token: int, operator: OperatorId) -> Move:
    """A colleague has them from here, by the same claim."""
    return Move(_S.CONNECTED, of=(_S.CONNECTED,), token=token, operator=operator)


def give_back(
    token: int,
    office: OfficeId | None = None,
    reserve: tuple[OperatorId, float] | None = None,
) -> Move:
    """Declined, not answered, broken, or transferred: the caller waits again, with their rank."""
    return Move(_S.WAITING, of=TAKEN, token=token, office=office, reserve=reserve)


def change_office(node: str, office: OfficeId) -> Move:
    """The caller wants another office; what rings at an operator is taken back."""
    return Move(_S.WAITING, of=QUEUED, node=node, office=office)


def drop(node: str, grace: float) -> Move:
    """The line has gone; whoever calls again within `grace` seconds has the place."""
    return Move(_S.DROPPED, of=LIVE, node=node, seconds=grace)


def adopt(node: str) -> Move:
    """This node was taken for dead, and still holds the call."""
    return Move(_S.WAITING, of=(_S.DROPPED,), node=node)


def hang_up_for_call_back(node: str, number: bytes, window: float) -> Move:
    """The caller hangs up and is to be called within `window` seconds."""
    return Move(_S.WAITING, of=QUEUED, node=node, call_back=(number, window))


def call_back_failed(token: int, pause: float) -> Move:
    """Nobody answered: the ticket keeps its rank, and is left alone for `pause` seconds."""
    return Move(_S.WAITING, of=TAKEN, token=token, seconds=pause, tried=True)


def close(outcome: Outcome, token: int | None = None, node: str | None = None) -> Move:
    """It is over: by the one who holds the claim, or the call."""
    return Move(_S.CLOSED, of=(*LIVE, _S.DROPPED), token=token, node=node, outcome=outcome)
