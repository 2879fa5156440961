"""What every store of the queue must do, on each database that is supported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from voicebot.adapters.database import Database
from voicebot.adapters.sql_store import SqlHoldStore
from voicebot.holding import moves
from voicebot.model import OfficeId
from voicebot.model.holding import (
    Claim,
    Lane,
    Outcome,
    Priority,
    Ticket,
    TicketId,
    TicketState,
    Wish,
)

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
GRACE = 600.0


@dataclass
class ManualClock:
    """Stands until it is moved."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def tick(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Store(SqlHoldStore):
    """A store with words for what these tests do often."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        super().__init__(database)
        self.clock = clock

    async def join(
        self,
        office: OfficeId = "casa",
        language: str = "it",
        head_start: float = 0,
        caller: bytes | None = b"someone",
        node: str = "here",
    ) -> Ticket:
        self.clock.tick(1)
        priority = Priority("urgent", timedelta(seconds=head_start), "test")
        wish = Wish(office, language, priority, caller, "hours")
        return await self.enter(wish, node, with_code=caller is None)

    async def take(
        self, *lanes: str, operator: str = "anna", node: str | None = None
    ) -> Ticket | None:
        """Claim from lanes written as `casa/it`."""
        parts = [lane.split("/") for lane in lanes or ("casa/it",)]
        wanted = tuple(Lane(office, code, FOREVER) for office, code in parts)
        return await self.claim(Claim(operator, wanted, 20.0, node))

    async def connect(self, operator: str = "anna") -> Ticket:
        """Claim the next and talk with them."""
        ticket = await self.take(operator=operator)
        assert ticket is not None
        await self.move(ticket.id, moves.accept(ticket.token))
        connected = await self.move(ticket.id, moves.connected(ticket.token))
        assert connected is not None
        return connected


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    clock = ManualClock()
    database = Database(url, clock)
    await database.open()
    try:
        yield Store(database, clock)
    finally:
        await database.close()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    async with opened(database_url) as store:
        yield store


# --- the order -----------------------------------------------------------------------------


async def test_tickets_are_claimed_in_the_order_of_their_ranks(store: Store) -> None:
    first = await store.join()
    second = await store.join("casa", "fr")
    third = await store.join(head_start=1.5)
    assert third.rank < second.rank < third.entered_at
    taken = [await store.take("casa/it", "casa/fr") for _ in range(4)]
    assert [t.id if t else None for t in taken] == [first.id, third.id, second.id, None]


async def test_equal_ranks_go_by_the_order_of_joining(store: Store) -> None:
    tickets = []
    for office in ("casa", "polo", "casa", "polo"):
        tickets.append(await store.join(office))
        store.clock.tick(-1)
    taken = [await store.take("polo/it", "casa/it") for _ in tickets]
    assert [t.id for t in taken if t] == [t.id for t in tickets]


async def test_only_what_the_lanes_hold_is_claimed(store: Store) -> None:
    await store.join("polo")
    await store.join("casa", "fr")
    assert await store.take("casa/it") is None
    late = datetime(2026, 11, 23, 9, 0, 1, tzinfo=UTC)
    await store.join()
    assert await store.claim(Claim("anna", (Lane("casa", "it", late),), 20.0)) is None
    assert await store.claim(Claim("anna", (), 20.0)) is None


async def test_a_claim_may_be_kept_to_the_calls_of_one_node(store: Store) -> None:
    await store.join(node="there")
    mine = await store.join(node="here")
    taken = await store.take(node="here")
    assert taken is not None and taken.id == mine.id
    assert await store.take(node="here") is None


# --- an offer ------------------------------------------------------------------------------


async def test_an_offer_stands_until_its_deadline(store: Store) -> None:
    await store.join()
    offered = await store.take()
    assert offered is not None and offered.offer is not None
    assert offered.state is TicketState.OFFERED
    assert offered.offer.operator == "anna"
    assert offered.offer.deadline == store.clock.now() + timedelta(seconds=20)
    assert await store.take(operator="bea") is None
    store.clock.tick(19)
    accepted = await store.move(offered.id, moves.accept(offered.token))
    assert accepted is not None and accepted.state is TicketState.CONNECTING


async def test_an_expired_offer_is_claimed_by_another_and_a_late_accept_fails(store: Store) -> None:
    ticket = await store.join()
    await store.join()
    late = await store.take()
    store.clock.tick(20)
    again = await store.take(operator="bea")
    assert late is not None and again is not None
    assert again.id == late.id == ticket.id
    assert again.token > late.token
    assert await store.move(late.id, moves.accept(late.token)) is None
    accepted = await store.move(again.id, moves.accept(again.token))
    assert accepted is not None and accepted.offer and accepted.offer.operator == "bea"


async def test_an_accept_after_the_deadline_fails_though_nobody_else_came(store: Store) -> None:
    await store.join()
    offered = await store.take()
    assert offered is not None
    store.clock.tick(20)
    assert await store.move(offered.id, moves.accept(offered.token)) is None


async def test_what_an_operator_held_before_is_not_hers_any_more(store: Store) -> None:
    """The token of a claim that was given back opens nothing."""
    await store.join()
    first = await store.take()
    assert first is not None
    await store.move(first.id, moves.give_back(first.token))
    second = await store.take(operator="bea")
    assert second is not None
    for move in (
        moves.accept(first.token),
        moves.connected(first.token),
        moves.give_back(first.token),
        moves.close(Outcome.SERVED, token=first.token),
    ):
        assert await store.move(first.id, move) is None


# --- the place is kept ---------------------------------------------------------------------


@pytest.mark.parametrize("how_far", ["offered", "connecting", "connected"])
async def test_a_ticket_that_is_given_back_is_next_again(store: Store, how_far: str) -> None:
    first = await store.join()
    await store.join()
    taken = await store.take()
    assert taken is not None
    if how_far != "offered":
        await store.move(taken.id, moves.accept(taken.token))
    if how_far == "connected":
        await store.move(taken.id, moves.connected(taken.token))
    back = await store.move(taken.id, moves.give_back(taken.token))
    assert back is not None and back.state is TicketState.WAITING
    assert back.rank == first.rank and back.offer is None
    again = await store.take()
    assert again is not None and again.id == first.id


async def test_a_change_of_office_keeps_the_rank(store: Store) -> None:
    mover = await store.join("casa")
    await store.join("polo")
    moved = await store.move(mover.id, moves.change_office("here", "polo"))
    assert moved is not None and moved.rank == mover.rank and moved.wish.office == "polo"
    taken = await store.take("polo/it")
    assert taken is not None and taken.id == mover.id


async def test_a_transfer_to_a_colleague_is_hers_alone_for_a_while(store: Store) -> None:
    await store.join()
    talk = await store.connect()
    await store.move(talk.id, moves.give_back(talk.token, reserve=("bea", 30.0)))
    assert await store.take(operator="anna") is None
    hers = await store.take(operator="bea")
    assert hers is not None and hers.id == talk.id and hers.reserved is None
    await store.move(hers.id, moves.give_back(hers.token, reserve=("bea", 30.0)))
    store.clock.tick(30)
    anybodys = await store.take(operator="anna")
    assert anybodys is not None and anybodys.id == talk.id


@pytest.mark.parametrize("state", ["waiting", "offered", "connecting", "connected"])
async def test_a_dropped_caller_is_found_by_number_in_time(store: Store, state: str) -> None:
    first = await store.join(caller=b"me")
    await store.join()
    token = 0
    if state != "waiting":
        taken = await store.take()
        assert taken is not None
        token = taken.token
    if state in ("connecting", "connected"):
        await store.move(first.id, moves.accept(token))
    if state == "connected":
        await store.move(first.id, moves.connected(token))
    dropped = await store.move(first.id, moves.drop("here", GRACE))
    assert dropped is not None and dropped.state is TicketState.DROPPED
    assert await store.move(first.id, moves.accept(token)) is None
    assert await store.resume("here", caller=b"another") is None
    store.clock.tick(GRACE - 1)
    back = await store.resume("there", caller=b"me")
    assert back is not None and back.id == first.id and back.rank == first.rank
    assert back.state is TicketState.WAITING and back.node == "there"
    assert await store.resume("here", caller=b"me") is None, "only what is dropped"
    again = await store.take()
    assert again is not None and again.id == first.id


async def test_a_dropped_caller_is_not_offered_to_anybody(store: Store) -> None:
    ticket = await store.join()
    await store.move(ticket.id, moves.drop("here", GRACE))
    assert await store.take() is None


async def test_a_dropped_caller_is_found_by_code(store: Store) -> None:
    ticket = await store.join(caller=None)
    assert ticket.code is not None and len(ticket.code) == 4 and ticket.code.isdigit()
    assert await store.resume("here", code=ticket.code) is None, "live tickets are nobody's to take"
    await store.move(ticket.id, moves.drop("here", GRACE))
    wrong = f"{(int(ticket.code) + 1) % 10_000:04}"
    assert await store.resume("here", code=wrong) is None
    back = await store.resume("here", code=ticket.code)
    assert back is not None and back.id == ticket.id and back.code == ticket.code


async def test_no_two_open_tickets_have_the_same_code(store: Store) -> None:
    codes = {(await store.join(caller=None)).code for _ in range(60)}
    assert len(codes) == 60


async def test_a_caller_with_two_places_gets_the_better_one_first(store: Store) -> None:
    older, newer = await store.join(caller=b"me"), await store.join(caller=b"me")
    for ticket in (newer, older):
        await store.move(ticket.id, moves.drop("here", GRACE))
    found = [await store.resume("here", caller=b"me") for _ in range(3)]
    assert [t.id if t else None for t in found] == [older.id, newer.id, None]


async def test_after_the_grace_the_place_is_gone(store: Store) -> None:
    ticket = await store.join(caller=b"me")
    await store.beat("here", GRACE, 15)
    await store.move(ticket.id, moves.drop("here", 5))
    store.clock.tick(5)
    assert await store.resume("here", caller=b"me") is None
    assert await store.beat("here", GRACE, 15)
    assert await store.open_tickets("here") == []


# --- closing -------------------------------------------------------------------------------


async def test_a_closed_ticket_says_nothing_of_the_caller(store: Store) -> None:
    for caller in (b"me", None):
        ticket = await store.join(caller=caller)
        await store.move(ticket.id, moves.hang_up_for_call_back("here", b"sealed", 3600))
        closed = await store.move(ticket.id, moves.close(Outcome.LEFT, node="here"))
        assert closed is not None and closed.outcome is Outcome.LEFT
        assert {closed.wish.caller, closed.wish.asked, closed.code, closed.call_back} == {None}
        assert await store.move(ticket.id, moves.close(Outcome.LEFT)) is None, "once"


async def test_talks_tell_how_long_callers_were_talked_with(store: Store) -> None:
    await store.join()
    await store.join("casa")
    for seconds in (100.0, 40.0):
        ticket = await store.connect()
        store.clock.tick(seconds)
        await store.move(ticket.id, moves.close(Outcome.SERVED, token=ticket.token))
    left = await store.join()
    await store.move(left.id, moves.close(Outcome.LEFT, node="here"))
    assert [talk.seconds for talk in await store.talks(10)] == [40.0, 100.0]
    assert [talk.seconds for talk in await store.talks(1)] == [40.0]


async def test_what_was_closed_long_ago_is_forgotten(store: Store) -> None:
    old, new = await store.join(), await store.join()
    await store.move(old.id, moves.close(Outcome.LEFT))
    store.clock.tick(1000)
    await store.move(new.id, moves.close(Outcome.LEFT))
    await store.join()
    assert await store.forget(500) == 1
    assert await store.forget(500) == 0
    assert len(await store.open_tickets("here")) == 1


# --- to be called back ---------------------------------------------------------------------


async def test_one_to_be_called_back_keeps_the_rank_without_a_line(store: Store) -> None:
    first = await store.join()
    await store.join()
    waits = await store.move(first.id, moves.hang_up_for_call_back("here", b"sealed", 3600))
    assert waits is not None and waits.call_back is not None
    assert waits.call_back.number == b"sealed" and waits.call_back.tries == 0
    assert await store.recover("here", GRACE) == 1, "the other one's line is gone"
    taken = await store.take()
    assert taken is not None and taken.id == first.id and taken.rank == first.rank


async def test_a_call_back_in_vain_is_tried_again_later_and_not_for_ever(store: Store) -> None:
    ticket = await store.join()
    await store.move(ticket.id, moves.hang_up_for_call_back("here", b"sealed", 3600))
    taken = await store.take()
    assert taken is not None
    back = await store.move(taken.id, moves.call_back_failed(taken.token, 300))
    assert back is not None and back.call_back is not None and back.call_back.tries == 1
    store.clock.tick(299)
    assert await store.take() is None
    store.clock.tick(1)
    again = await store.take()
    assert again is not None and again.rank == ticket.rank
    await store.move(again.id, moves.give_back(again.token))
    store.clock.tick(3600)
    await store.beat("here", GRACE, 15)
    assert await store.open_tickets("here") == []


# --- nodes that die ------------------------------------------------------------------------


async def test_after_a_restart_every_caller_has_the_place_they_had(store: Store) -> None:
    await store.beat("here", GRACE, 15)
    joined = [await store.join(caller=f"{n}".encode()) for n in range(4)]
    await store.connect()
    connecting = await store.take()
    assert connecting is not None
    await store.move(connecting.id, moves.accept(connecting.token))
    await store.take()
    elsewhere = await store.join(node="there")
    assert await store.recover("here", GRACE) == 4
    assert await store.take(node="here") is None
    back = [await store.resume("here", caller=f"{n}".encode()) for n in reversed(range(4))]
    assert [t.rank for t in back if t] == [t.rank for t in reversed(joined)]
    taken = [await store.take() for _ in range(5)]
    assert [t.id for t in taken if t] == [t.id for t in (*joined, elsewhere)]


async def test_downtime_does_not_use_up_the_grace(store: Store) -> None:
    await store.beat("here", GRACE, 15)
    ticket = await store.join(caller=b"me")
    await store.move(ticket.id, moves.drop("here", 100))
    store.clock.tick(60)
    await store.beat("here", 100, 15)
    store.clock.tick(86_400)
    await store.recover("here", 100)
    store.clock.tick(39)
    await store.beat("here", 100, 15)
    back = await store.resume("here", caller=b"me")
    assert back is not None and back.rank == ticket.rank


async def test_a_node_that_dies_leaves_its_places_to_the_others(store: Store) -> None:
    await store.beat("there", GRACE, 15)
    ticket = await store.join(node="there", caller=b"me")
    for _ in range(6):
        store.clock.tick(2)
        assert not await store.beat("here", GRACE, 15)
    store.clock.tick(2)
    assert await store.beat("here", GRACE, 15)
    back = await store.resume("here", caller=b"me")
    assert back is not None and back.rank == ticket.rank and back.node == "here"


# --- many at once --------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """When a claim began and ended, and what it got."""

    begun: float
    ended: float
    ticket: TicketId


async def claim_all(url: str, count: int, claimers: int) -> None:
    """Several processes' worth of claimers, each with a connection pool of its own."""
    async with opened(url) as store:
        wishes = [("casa", "it"), ("casa", "fr"), ("polo", "it"), ("polo", "ar")]
        ranks = {}
        for n in range(count):
            office, language = wishes[n % 4]
            ticket = await store.join(office, language, head_start=n % 7)
            ranks[ticket.id] = (ticket.rank, ticket.id)
        lanes = tuple(Lane(office, code, FOREVER) for office, code in wishes)
        claims: list[Span] = []

        async def claimer(own: SqlHoldStore, name: str) -> None:
            while True:
                begun = time.perf_counter()
                ticket = await own.claim(Claim(name, lanes, 3600.0))
                if ticket is None:
                    return
                claims.append(Span(begun, time.perf_counter(), ticket.id))
                await own.move(ticket.id, moves.accept(ticket.token))

        others = [Database(url, store.clock) for _ in range(2)]
        for other in others:
            await other.open()
        stores = [store, *(SqlHoldStore(other) for other in others)]
        try:
            await asyncio.gather(
                *(claimer(stores[n % 3], f"operator {n}") for n in range(claimers))
            )
        finally:
            for other in others:
                await other.close()
    assert sorted(claim.ticket for claim in claims) == sorted(ranks), "each once, none lost"
    assert_in_order(claims, ranks)


def assert_in_order(claims: list[Span], ranks: dict[TicketId, tuple[datetime, TicketId]]) -> None:
    """Whoever began to claim after another had finished got a ticket of a higher rank."""
    finished = sorted(claims, key=lambda claim: claim.ended)
    highest, at = (datetime.min.replace(tzinfo=UTC), 0), 0
    for claim in sorted(claims, key=lambda claim: claim.begun):
        while finished[at].ended < claim.begun:
            highest = max(highest, ranks[finished[at].ticket])
            at += 1
        assert ranks[claim.ticket] > highest


async def test_fifty_claimers_never_share_a_ticket_nor_lose_one(database_url: str) -> None:
    await claim_all(database_url, count=300, claimers=50)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_fifty_claimers_empty_a_queue_of_ten_thousand(database_url: str) -> None:
    await claim_all(database_url, count=10_000, claimers=50)


async def test_a_caller_who_hangs_up_during_the_claim_is_in_one_place(database_url: str) -> None:
    """Whichever comes first; never both."""
    async with opened(database_url) as store:
        for _ in range(30):
            ticket = await store.join()
            taken, dropped = await asyncio.gather(
                store.take(), store.move(ticket.id, moves.drop("here", GRACE))
            )
            assert dropped is not None
            if taken is not None:
                assert await store.move(ticket.id, moves.accept(taken.token)) is None
            (now,) = await store.open_tickets("here")
            assert now.state is TicketState.DROPPED and now.offer is None
            await store.move(ticket.id, moves.close(Outcome.ABANDONED))


# --- what is looked at afterwards ----------------------------------------------------------


async def test_what_is_past_has_times_and_an_outcome_and_nobodys_number(store: Store) -> None:
    begun = store.clock.now()
    joined = await store.join(caller=b"hash")
    await store.join()
    talk = await store.connect()
    store.clock.tick(60)
    await store.move(talk.id, moves.give_back(talk.token))
    again = await store.connect()
    store.clock.tick(30)
    await store.move(again.id, moves.close(Outcome.SERVED, token=again.token))
    await store.turned_away("polo", "fr")
    served, away = await store.past(begun, store.clock.now() + timedelta(seconds=1))
    assert again.id == joined.id
    assert (served.office, served.language, served.outcome) == ("casa", "it", Outcome.SERVED)
    assert served.entered_at == joined.entered_at
    assert served.answered_at is not None
    assert served.closed_at - served.answered_at >= timedelta(seconds=90), "the first answer counts"
    assert (away.office, away.language, away.outcome) == ("polo", "fr", Outcome.TURNED_AWAY)
    assert away.answered_at is None and away.entered_at == away.closed_at
    assert await store.past(begun - timedelta(days=1), begun) == []


async def test_who_was_turned_away_is_offered_to_nobody(store: Store) -> None:
    await store.turned_away("casa", "it")
    assert await store.take("casa/it") is None
    assert await store.open_tickets("here") == await store.open_tickets("") == []
