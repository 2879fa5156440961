"""The builder of the hold queue: from settings to what callers wait in."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from voicebot.adapters.clock import TownClock
from voicebot.adapters.database import Database
from voicebot.adapters.numbers import KeyedNumbers, secret_in
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.holding.classes import PriorityClass
from voicebot.holding.queue import Queue
from voicebot.holding.rank import Widening
from voicebot.holding.rules import CallBackRules, HoldRules
from voicebot.model import Content, OfficeId
from voicebot.offices.calendar import calendar_of
from voicebot.settings import Settings


def queue(settings: Settings, content: Callable[[], Content], database: Database) -> Queue:
    """The hold queue, over a database that is opened before the queue is; `content` as published.

    Raises:
        SettingsError: the key for telephone numbers can't be read.
    """
    given = settings.database.key
    secret = (
        secret_in(settings.paths.data / "secret.key")
        if given is None
        else bytes.fromhex(given.get_secret_value())
    )
    return Queue(
        SqlHoldStore(database),
        hold_rules(settings, content()),
        TownClock(settings.time_zone),
        KeyedNumbers(secret),
        partial(waiting_is_over, settings, content),
    )


def waiting_is_over(
    settings: Settings, content: Callable[[], Content], office: OfficeId, now: datetime
) -> bool:
    """Whether an office has been closed for so long that nobody is served any more."""
    span = _span(settings.holding.after_closing)
    known = next((one for one in content().offices if one.id == office), None)
    if span is None or known is None:
        return False
    local = now.astimezone(ZoneInfo(settings.time_zone))
    calendar = calendar_of(known, content())
    closed = calendar.opening(local).open_until is None
    return closed and calendar.opening(local - span).open_until is None


def hold_rules(settings: Settings, content: Content) -> HoldRules:
    """What the settings say of the queue, for the town's offices."""
    given = settings.holding
    return HoldRules(
        node=given.node or socket.gethostname(),
        offices=tuple(office.id for office in content.offices),
        languages=settings.languages,
        widening=Widening(
            any_language=_span(given.any_language_after),
            other_office=_span(given.other_office_after),
            stand_ins=given.stand_ins,
        ),
        max_head_start=timedelta(seconds=given.max_head_start),
        classes=tuple(
            PriorityClass(one.name, timedelta(seconds=one.head_start), one.reason, one.numbers)
            for one in given.classes
        ),
        offer=given.offer,
        connecting=given.connecting,
        grace=given.grace,
        wrap_up=given.wrap_up,
        headset_grace=given.headset_grace,
        reserved=given.reserved,
        keep=given.keep,
        step=given.step,
        code_delay=given.code_delay,
        shared_numbers=frozenset(given.shared_numbers),
        call_back=CallBackRules(
            given.call_back_tries,
            given.call_back_window,
            given.call_back_pause,
            given.call_back_ring,
        ),
    )


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
