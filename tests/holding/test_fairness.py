"""Whatever happens in whatever order: nobody is overtaken by more than the bound, two who wait
never swap, and a ticket is in one state in one place."""

from __future__ import annotations

import dataclasses
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, text

from voicebot.adapters.database import Database
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.holding import moves
from voicebot.holding.rank import Circle, Widening, order
from voicebot.model.holding import (
    Claim,
    Operator,
    Outcome,
    Priority,
    Ticket,
    TicketId,
    TicketState,
    Wish,
)

T = TypeVar("T")

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOUND = 300
GRACE = 120.0
OFFER = 20.0
NODES = ("here", "there")
OFFICES = ("casa", "polo-1", "polo-2")
LANGUAGES = ("it", "ar")
WANTS = [(office, language) for office in OFFICES for language in LANGUAGES]
CIRCLE = Circle(
    Widening(timedelta(seconds=60), timedelta(seconds=200), {"casa": ["polo-1"]}),
    (
        Operator("anna", "Anna", frozenset({"casa"}), frozenset({"it"})),
        Operator("bea", "Bea", frozenset({"casa", "polo-1"}), frozenset({"it", "ar"})),
        Operator("cleo", "Cleo", frozenset({"polo-1", "polo-2"}), frozenset({"it"})),
    ),
)
CALLERS = st.tuples(
    st.sampled_from(WANTS), st.sampled_from([0, 0, 0, 60, BOUND]), st.sampled_from(NODES)
)
_S = TicketState


def done(work: Coroutine[Any, Any, T]) -> T:
    """The result of work that waits for nothing: the database is in memory."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits")


class Clock:
    """Moved by the machine."""

    moment = START

    def now(self) -> datetime:
        return self.moment


CLOCK = Clock()
DATABASE = Database("sqlite://", CLOCK)


def empty(connection: Connection) -> None:
    """As it was when it was new."""
    for table in ("tickets", "nodes", "sqlite_sequence"):
        connection.execute(text(f"DELETE FROM {table}"))


class Fairness(RuleBasedStateMachine):
    """A queue to which everything happens that may."""

    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.clock = CLOCK
        self.clock.moment = START
        done(DATABASE.run(empty))
        self.store = SqlHoldStore(DATABASE)
        self.known: dict[TicketId, Ticket] = {}
        """As they should be in the store."""
        self.beats: dict[str, datetime] = {}
        for node in NODES:
            self.recover(node)

    def may_be_claimed(self, operator: Operator, ticket: Ticket) -> bool:
        """The rule in plain words, beside the statement that the database runs."""
        now = self.clock.now()
        expired = ticket.offer is not None and ticket.offer.deadline <= now
        in_queue = ticket.state is _S.WAITING or (ticket.state is _S.OFFERED and expired)
        reserved = ticket.reserved is not None and ticket.reserved.until > now
        hers = not reserved or (ticket.reserved and ticket.reserved.operator == operator.id)
        ready = ticket.ready_at is None or ticket.ready_at <= now
        return bool(in_queue and hers and ready and CIRCLE.may_take(operator, ticket, now))

    def put(self, before: Ticket, after: Ticket | None, **expected: object) -> None:
        """A move was made, and changed just what it should."""
        assert after == dataclasses.replace(before, **expected)  # type: ignore[arg-type]
        self.known[before.id] = after

    # what callers do

    @rule(target=tickets, callers=st.lists(CALLERS, min_size=1, max_size=5))
    def join(self, callers: list[tuple[tuple[str, str], int, str]]) -> MultipleResults[TicketId]:
        ids = []
        for want, head_start, node in callers:
            self.time_passes(1)
            ids.append(self.enter(want, head_start, node))
        return multiple(*ids)

    def enter(self, want: tuple[str, str], head_start: int, node: str) -> TicketId:
        """One caller joins."""
        priority = Priority("some", timedelta(seconds=head_start), "")
        number = b"%d" % (len(self.known) + 1)
        ticket = done(self.store.enter(Wish(*want, priority, number), node, with_code=False))
        assert ticket.rank == self.clock.now() - timedelta(seconds=head_start)
        self.known[ticket.id] = ticket
        return ticket.id

    @rule(ticket=tickets, office=st.sampled_from(OFFICES))
    def change_office(self, ticket: TicketId, office: str) -> None:
        before = self.known[ticket]
        after = done(self.store.move(ticket, moves.change_office(before.node, office)))
        if before.state not in (_S.WAITING, _S.OFFERED):
            assert after is None
            return
        wish = dataclasses.replace(before.wish, office=office)
        free = {"offer": None, "reserved": None, "ready_at": None}
        self.put(before, after, state=_S.WAITING, wish=wish, **free)

    @rule(ticket=tickets)
    def drop(self, ticket: TicketId) -> None:
        before = self.known[ticket]
        after = done(self.store.move(ticket, moves.drop(before.node, GRACE)))
        if before.state in (_S.DROPPED, _S.CLOSED):
            assert after is None
            return
        until = self.clock.now() + timedelta(seconds=GRACE)
        gone = {"offer": None, "connected_at": None, "grace_until": until}
        self.put(before, after, state=_S.DROPPED, **gone)

    @rule(ticket=tickets, node=st.sampled_from(NODES))
    def redial(self, ticket: TicketId, node: str) -> None:
        before = self.known[ticket]
        number = b"%d" % ticket
        after = done(self.store.resume(node, caller=number))
        in_time = before.grace_until is not None and self.clock.now() < before.grace_until
        dropped = before.state is _S.DROPPED and in_time
        to_be_called = before.state is _S.WAITING and before.call_back is not None
        if not dropped and not to_be_called:
            assert after is None
            return
        again = {"grace_until": None, "call_back": None, "ready_at": None}
        self.put(before, after, state=_S.WAITING, node=node, **again)

    @rule(ticket=tickets)
    def ask_to_be_called(self, ticket: TicketId) -> None:
        before = self.known[ticket]
        move = moves.hang_up_for_call_back(before.node, b"sealed", 3600.0)
        after = done(self.store.move(ticket, move))
        if before.state not in (_S.WAITING, _S.OFFERED):
            assert after is None
            return
        assert after is not None and after.call_back is not None
        free = {"offer": None, "reserved": None, "ready_at": None}
        self.put(before, after, state=_S.WAITING, call_back=after.call_back, **free)

    @rule(ticket=consumes(tickets))
    def leave(self, ticket: TicketId) -> None:
        before = self.known[ticket]
        after = done(self.store.move(ticket, moves.close(Outcome.LEFT, node=before.node)))
        assert (after is None) is (before.state is _S.CLOSED)
        if after is not None:
            assert after.rank == before.rank and after.wish.caller is None
            self.known[ticket] = after

    # what operators do

    @rule(operators=st.lists(st.sampled_from(CIRCLE.staff), min_size=1, max_size=4))
    def claim(self, operators: list[Operator]) -> None:
        for operator in operators:
            self.claim_one(operator)

    def claim_one(self, operator: Operator) -> None:
        """The next, by the rules in plain words."""
        lanes = CIRCLE.lanes(operator, WANTS, self.clock.now())
        taken = done(self.store.claim(Claim(operator.id, lanes, OFFER)))
        waiting = [one for one in self.known.values() if self.may_be_claimed(operator, one)]
        if not waiting:
            assert taken is None
            return
        assert taken is not None
        before = self.known[taken.id]
        assert before is min(waiting, key=order), "the smallest rank is next"
        for other in waiting:
            overtaken_by = before.entered_at - other.entered_at
            assert overtaken_by <= timedelta(seconds=BOUND)
        assert taken.token == before.token + 1
        assert taken.offer is not None and taken.offer.operator == operator.id
        now = {"token": taken.token, "offer": taken.offer, "reserved": None}
        self.put(before, taken, state=_S.OFFERED, **now)

    @rule(ticket=tickets, late=st.booleans())
    def accept(self, ticket: TicketId, late: bool) -> None:
        before = self.known[ticket]
        after = done(self.store.move(ticket, moves.accept(before.token - late)))
        in_time = before.offer is not None and self.clock.now() < before.offer.deadline
        if late or before.state is not _S.OFFERED or not in_time:
            assert after is None
            return
        self.put(before, after, state=_S.CONNECTING)

    @rule(ticket=tickets, late=st.booleans())
    def connect(self, ticket: TicketId, late: bool) -> None:
        before = self.known[ticket]
        after = done(self.store.move(ticket, moves.connected(before.token - late)))
        if late or before.state is not _S.CONNECTING:
            assert after is None
            return
        self.put(before, after, state=_S.CONNECTED, connected_at=self.clock.now())

    @rule(ticket=tickets, late=st.booleans(), reserve=st.booleans(), pause=st.booleans())
    def give_back(self, ticket: TicketId, late: bool, reserve: bool, pause: bool) -> None:
        """Declined, failed, transferred, called in vain."""
        before = self.known[ticket]
        token = before.token - late
        move = moves.give_back(token, reserve=("cleo", 30.0) if reserve else None)
        if pause:
            move = moves.call_back_failed(token, 60.0)
        after = done(self.store.move(ticket, move))
        if late or before.state not in moves.TAKEN:
            assert after is None
            return
        assert after is not None
        assert (after.reserved is not None) is (reserve and not pause)
        assert (after.ready_at is not None) is pause
        where = {"reserved": after.reserved, "ready_at": after.ready_at}
        what = {"call_back": after.call_back, "offer": None, "connected_at": None}
        self.put(before, after, state=_S.WAITING, **where, **what)

    @rule(ticket=tickets, late=st.booleans())
    def hang_up(self, ticket: TicketId, late: bool) -> None:
        before = self.known[ticket]
        if before.state not in moves.TAKEN:
            return
        after = done(self.store.move(ticket, moves.close(Outcome.SERVED, before.token - late)))
        assert (after is None) is late
        if after is not None:
            self.known[ticket] = after

    # what happens to all

    @rule(seconds=st.sampled_from([1, 5, 19, 20, 59, 60, 121, 200]))
    def much_time_passes(self, seconds: int) -> None:
        """More than a step in which all else happens."""
        self.time_passes(seconds)

    def time_passes(self, seconds: int) -> None:
        """The nodes beat meanwhile."""
        for _ in range(0, seconds, 5):
            self.clock.moment += timedelta(seconds=min(5, seconds))
            for node in NODES:
                done(self.store.beat(node, GRACE, 15.0))
        now = self.clock.now()
        for ticket in self.known.values():
            over = ticket.state is _S.DROPPED and ticket.grace_until and ticket.grace_until <= now
            waits = ticket.call_back if ticket.state is _S.WAITING else None
            if over or (waits and waits.until <= now):
                self.known[ticket.id] = dataclasses.replace(ticket, state=_S.CLOSED)

    @rule(node=st.sampled_from(NODES))
    def recover(self, node: str) -> None:
        """The process was killed, and is there again."""
        done(self.store.recover(node, GRACE))
        until = self.clock.now() + timedelta(seconds=GRACE)
        gone: dict[str, Any] = {"offer": None, "connected_at": None}
        for ticket in self.known.values():
            if ticket.node != node or ticket.state not in moves.LIVE:
                continue
            if ticket.call_back is None:
                change = {**gone, "state": _S.DROPPED, "grace_until": until}
            elif ticket.state is not _S.WAITING:
                change = {**gone, "state": _S.WAITING}
            else:
                continue
            self.known[ticket.id] = dataclasses.replace(ticket, **change)

    @invariant()
    def each_is_in_one_state_in_one_place(self) -> None:
        there = [one for node in NODES for one in done(self.store.open_tickets(node))]
        alive = {one.id: one for one in self.known.values() if one.state is not _S.CLOSED}
        assert len(there) == len(alive)
        for ticket in there:
            expected = alive[ticket.id]
            assert ticket.state is expected.state and ticket.node == expected.node
            assert ticket.rank == expected.rank, "no rank ever changes: two never swap"
            assert (ticket.offer is not None) is (ticket.state in moves.TAKEN)


@pytest.fixture(autouse=True)
def database() -> Iterator[None]:
    """One for all examples: opening it takes longer than they do."""
    done(DATABASE.open())
    yield
    done(DATABASE.close())


def test_fairness() -> None:
    run_state_machine_as_test(
        Fairness, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_fairness_at_length() -> None:
    run_state_machine_as_test(
        Fairness, settings=settings(max_examples=300, stateful_step_count=50, deadline=None)
    )
