"""Handing a telephone call on (REFER): blind, or to the peer of another call."""

from __future__ import annotations

import asyncio
import logging

from baresip import BaresipError, Call, CallState, StaleHandleError, TransferFailed

from voicebot.adapters.sip_log import redacted
from voicebot.errors import TransferError, Unreached

logger = logging.getLogger(__name__)

HOLD_PATIENCE = 3.0
"""Seconds in which a hold must have been asked for: a negotiation that is under way, such as the
one that the stack begins after each answer, comes first."""

_HOLD_RETRY = 0.15

_REASONS = {
    **dict.fromkeys((486, 600), Unreached.BUSY),
    **dict.fromkeys((403, 406, 433, 488, 603, 606, 607, 608), Unreached.REFUSED),
    **dict.fromkeys((408, 480, 487), Unreached.UNANSWERED),
}
"""What the statuses of RFC 3261 and its extensions say about a telephone; all others say that there
was none: no such number (404, 484, 604), no way to it (5xx), moved to where we don't call (3xx)."""

_NO_TRANSFERS = frozenset((405, 420, 421, 489, 501))
"""Answers of a peer that does not know REFER, or no Replaces."""


def reason(status: int | None) -> Unreached:
    """Why a call failed that ended with this status; None where nobody answered at all."""
    return _REASONS.get(status or 0, Unreached.UNREACHABLE)


async def blind(call: Call, address: str, patience: float) -> None:
    """Have the peer call `address`; returns when it says that it was answered.

    Raises:
        TransferError: says why the caller is still here.
    """
    try:
        await call.transfer(address, timeout=patience)
    except BaresipError as error:
        raise _explained(call, error) from error


async def attended(call: Call, other: Call, patience: float) -> None:
    """Have the peer of `call` take our place in `other`, which is answered.

    Raises:
        TransferError: says why both calls are still here, no longer on hold.
    """
    try:
        # the library holds both too, but gives up where a negotiation is under way
        await _set_hold(call, True)
        await _set_hold(other, True)
        await call.attended_transfer(other, timeout=patience)
    except BaresipError as error:
        for one in (call, other):
            await _resume(one)
        if call.state is not CallState.CLOSED and other.state is CallState.CLOSED:
            raise TransferError(Unreached.REFUSED, "they hung up meanwhile") from error
        raise _explained(call, error) from error
    except asyncio.CancelledError:
        for one in (call, other):
            await _resume(one)
        raise


async def _resume(call: Call) -> None:
    if call.state is not CallState.ESTABLISHED:
        return
    try:
        await _set_hold(call, False)
    except BaresipError as error:
        logger.warning("a call stays on hold: %s", redacted(str(error)))


async def _set_hold(call: Call, on: bool) -> None:
    """Hold or resume, after the negotiation that may be under way.

    Raises:
        BaresipError: it could not be asked for.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + HOLD_PATIENCE
    while True:
        try:
            await (call.hold() if on else call.resume())
            return
        except StaleHandleError:
            raise
        except BaresipError:
            if call.state is not CallState.ESTABLISHED or loop.time() > deadline:
                raise
        await asyncio.sleep(_HOLD_RETRY)


def _explained(call: Call, error: BaresipError) -> TransferError:
    """The library's error in our words."""
    if isinstance(error, StaleHandleError) or call.state is CallState.CLOSED:
        return TransferError(Unreached.GONE)
    status = error.status if isinstance(error, TransferFailed) else None
    if status in _NO_TRANSFERS or "Replaces" in str(error):
        return TransferError(Unreached.UNSUPPORTED, f"the exchange does not transfer: {status}")
    if status is None and isinstance(error, TransferFailed):
        return TransferError(Unreached.UNANSWERED)
    return TransferError(reason(status))
