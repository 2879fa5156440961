"""From the caller's wish to an operator's ear, on virtual time, through the real queue and desk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tests.conversation import Conversation, services
from tests.fakes.line import FakeLine
from tests.fakes.speech import FakeEar, heard
from tests.holding import stage as holding
from tests.holding.stage import Stage, accept, until
from voicebot.call import take_call
from voicebot.dialogue import Dialogue
from voicebot.errors import StoreError, Unreached
from voicebot.holding.events import Deserted
from voicebot.holding.place import Place
from voicebot.holding.seat import Seat
from voicebot.model import RATE, Arrival, Audio, Heard, HungUp, OfficeId, Route, Way
from voicebot.model.holding import OperatorState, Ticket, TicketState, Wish
from voicebot.ports import Line
from voicebot.services import People
from voicebot.speaking.music import Piece

CASA = "ufficio-casa"
NUMBER = "+393331234567"
KEYED = "+393339876543"
"""Those that may be called back."""


@dataclass
class Scene:
    """The town's switchboard: its queue and desk, and callers."""

    stage: Stage
    dialogue: Dialogue
    people: People
    max_call: float = 900.0
    calls: list[asyncio.Future[None]] = field(default_factory=list)

    async def call(
        self, *said: Heard, number: str | None = NUMBER, line: FakeLine | None = None
    ) -> Conversation:
        """Somebody rings."""
        line = line or FakeLine(arrival=Arrival(caller=number))
        talk = Conversation(line, FakeEar(*said))
        used = services(self.dialogue, talk.ear, people=self.people)
        used = replace(used, patience=replace(used.patience, max_call=self.max_call))
        self.calls.append(asyncio.ensure_future(take_call("test", talk.line, used)))
        await asyncio.sleep(0.1)
        return talk

    def called_back(self, line: Line, place: Place) -> None:
        """What the switchboard does when somebody has answered our call."""
        used = services(self.dialogue, FakeEar(), people=self.people)
        self.calls.append(asyncio.ensure_future(take_call("back", line, used, place)))

    async def waiting(self, number: str | None = NUMBER) -> Conversation:
        """A caller who waits for the Ufficio casa."""
        talk = await self.call(number=number)
        await talk.press("1", "5")
        await asyncio.sleep(13)  # the announcements are over, and no offer has rung out yet
        return talk

    async def operator(self, name: str = "anna", offices: str = CASA, ready: bool = True) -> Seat:
        return await self.stage.operator(name, offices, "it en fr ar", ready)

    def headset(self, name: str = "anna") -> FakeLine:
        return self.stage.headsets[name]

    async def tickets(self) -> list[Ticket]:
        """All that are open."""
        return await self.stage.queue.store.open_tickets("here")

    async def ticket(self) -> Ticket:
        (ticket,) = await self.tickets()
        return ticket


Script = Callable[[Scene], Awaitable[None]]
Play = Callable[..., None]


@pytest.fixture
def play(dialogue: Dialogue) -> Play:
    """Plays a scene; whoever is on the line at its end hangs up, and nothing is left behind."""

    def play(
        script: Script,
        routes: Mapping[OfficeId, Route] | None = None,
        music: Piece | None = None,
    ) -> None:
        async def whole(stage: Stage) -> None:
            people = People(
                stage.queue,
                stage.dialler,
                routes or {},
                calls_back=True,
                music=music or Piece(None, 0),
            )
            stage.dialler.targets = {NUMBER: FakeLine(), KEYED: FakeLine()}
            scene = Scene(stage, dialogue, people)
            try:
                await script(scene)
            finally:
                for call in scene.calls:
                    call.cancel()
                await asyncio.gather(*scene.calls, return_exceptions=True)

        offices = tuple(office.id for office in dialogue.content.offices)
        holding.play(whole, offices=offices)

    return play


def loud(line: FakeLine, seconds: float = 0.5) -> bool:
    """Whether the line was sent sound in the last moments."""
    now = asyncio.get_running_loop().time()
    return any(sound for at, sound in line.heard if at > now - seconds)


async def talking(scene: Scene, talk: Conversation, name: str = "anna") -> Seat:
    """The operator takes the caller who waits, and the bot's words are over."""
    seat = scene.stage.desk.seats[0]
    for one in scene.stage.desk.seats:
        seat = one if one.operator.id == name else seat
    assert await accept(seat)
    await asyncio.sleep(6)
    assert seat.state is OperatorState.BUSY
    return seat


# --- put through -----------------------------------------------------------------------


def test_from_the_wish_to_two_way_voice_and_goodbye(play: Play) -> None:
    async def script(scene: Scene) -> None:
        seat = await scene.operator(ready=False)
        talk = await scene.call(heard("it", "vorrei parlare con l'ufficio casa"))
        await asyncio.sleep(2)
        await talk.say()
        await talk.listen()
        assert talk.told("Lei è al primo posto in attesa.")
        await seat.ready()
        assert await accept(seat)
        await asyncio.sleep(0.3)
        assert talk.told("La metto in contatto.")
        assert loud(scene.headset())  # the whisper has begun
        await asyncio.sleep(6)
        assert not loud(scene.headset())
        assert not loud(talk.line)
        await talk.line.speak(1.0)
        assert loud(scene.headset())
        await scene.headset().speak(1.0)
        assert loud(talk.line)
        assert len(talk.ear.segments) == 1  # what is said to a person is not recognised
        assert (await scene.ticket()).state is TicketState.CONNECTED
        await seat.hang_up()
        await asyncio.wait_for(talk.line.hung_up.wait(), 20)
        assert talk.told("Grazie per la chiamata")
        assert await scene.tickets() == []

    play(script)


def test_sound_goes_both_ways_within_a_second_of_the_accept(play: Play) -> None:
    """Whatever is being said: the operator accepts in the middle of an announcement."""

    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.call()
        await talk.press("1", "5")
        assert await accept(scene.stage.desk.seats[0])
        loop = asyncio.get_running_loop()
        accepted = loop.time()
        speaking = asyncio.ensure_future(scene.headset().speak(0.9))
        await until(lambda: seat_joined(scene))
        assert loop.time() - accepted < 0.5
        await speaking

    play(script)


def seat_joined(scene: Scene) -> bool:
    return scene.stage.desk.seats[0].snapshot().joined


def test_nobody_signed_in_is_told_at_once_and_no_place_is_made(play: Play) -> None:
    async def script(scene: Scene) -> None:
        talk = await scene.waiting()
        await talk.listen()
        assert talk.told("nessun operatore per questo ufficio")
        assert talk.told("Vuole che la richiamiamo noi?")
        assert await scene.tickets() == []

    play(script)


def test_a_line_without_sound_is_told_the_number(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.call(line=FakeLine(has_audio=False))
        await talk.press("1", "5")
        assert talk.told("Può chiamare direttamente questo numero")
        assert await scene.tickets() == []
        talk.line.do(HungUp("caller"))

    play(script)


def test_an_office_s_old_number_needs_one_key(play: Play, dialogue: Dialogue) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(offices="polo-1")
        plan = dialogue.numbering
        old = plan.e164(dialogue.content.office("polo-1").old_numbers[0])
        assert old is not None
        line = FakeLine(arrival=Arrival(diverted_by=(old,), caller=NUMBER))
        talk = await scene.call(line=line)
        await talk.press("1")
        await talk.listen()
        assert (await scene.ticket()).wish.office == "polo-1"

    play(script)


# --- waiting ---------------------------------------------------------------------------


def test_music_between_announcements_and_a_sign_of_life(play: Play) -> None:
    tone = Audio(np.full(5 * RATE, 3000, np.int16))

    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        await scene.operator("bea", ready=False)
        talk = await scene.call()
        await talk.press("1", "5")
        await asyncio.sleep(30)
        assert all(sound for at, sound in talk.line.heard if at > 10)
        await asyncio.sleep(60)
        assert talk.told("Lei è sempre in attesa e il suo posto è conservato.")
        assert talk.told("Mentre aspetta")
        assert all(sound for at, sound in talk.line.heard if at > 10)

    play(script, music=Piece(tone, -26.0))


def test_questions_are_answered_while_waiting_and_the_place_is_kept(play: Play) -> None:
    async def script(scene: Scene) -> None:
        seat = await scene.operator(ready=False)
        talk = await scene.call(heard("it", "quando è aperto il polo due?"))
        await talk.press("1", "5")
        await talk.listen()
        before = await scene.ticket()
        await talk.say()
        await talk.listen()
        assert talk.told("Polo territoriale due.")
        after = await scene.ticket()
        assert (after.id, after.rank, after.wish) == (before.id, before.rank, before.wish)
        await seat.ready()
        assert await accept(seat)

    play(script)


def test_changing_the_office_keeps_the_rank(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        await scene.operator("bea", offices="polo-2", ready=False)
        talk = await scene.waiting()
        before = await scene.ticket()
        await talk.press("3")  # nobody is there for Polo 3
        await talk.listen()
        assert (await scene.ticket()).wish.office == CASA
        await talk.press("2")
        await talk.listen()
        after = await scene.ticket()
        assert (after.id, after.rank, after.wish.office) == (before.id, before.rank, "polo-2")
        assert talk.told("conserva il suo posto")

    play(script)


def test_a_caller_who_hangs_up_finds_the_place_by_the_number(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        first = await scene.waiting()
        await scene.waiting("+393330000000")
        before = (await scene.tickets())[0]
        first.line.do(HungUp("caller"))
        await scene.calls[0]
        assert (await scene.tickets())[0].state is TicketState.DROPPED
        again = await scene.call()
        await again.listen()
        assert again.told("Il suo posto in attesa è stato conservato.")
        assert again.told("al primo posto")
        after = (await scene.tickets())[0]
        assert (after.id, after.rank) == (before.id, before.rank)

    play(script)


def test_a_withheld_number_finds_the_place_by_its_code(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        first = await scene.waiting(None)
        before = await scene.ticket()
        assert before.code is not None
        assert before.code in first.line.said()
        first.line.do(HungUp("lost"))
        await scene.calls[0]
        again = await scene.call(number=None)
        await again.press("#", *before.code)
        await again.listen()
        assert again.told("Il suo posto in attesa è stato conservato.")
        assert (await scene.ticket()).rank == before.rank

    play(script)


def test_a_wrong_code_is_told(play: Play) -> None:
    async def script(scene: Scene) -> None:
        talk = await scene.call(number=None)
        await talk.press("1", "#", "1", "2", "3", "4")
        await asyncio.sleep(1.5)
        await talk.listen()
        assert talk.told("non corrisponde nessun posto")

    play(script)


def test_a_spoken_goodbye_gives_the_place_up(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        talk = await scene.call(heard("it", "grazie, arrivederci"))
        await talk.press("1", "5")
        await talk.listen()
        await talk.say()
        await asyncio.wait_for(talk.line.hung_up.wait(), 20)
        assert await scene.tickets() == []

    play(script)


def test_the_last_operator_leaves_and_nobody_waits_in_vain(play: Play) -> None:
    async def script(scene: Scene) -> None:
        seat = await scene.operator(ready=False)
        talk = await scene.waiting()
        (place,) = scene.stage.queue.places.values()
        place.tell(Deserted())
        await seat.sign_out()
        await asyncio.sleep(0.5)
        await talk.listen()
        assert talk.told("non c'è più nessun operatore disponibile")
        assert talk.told("Vuole che la richiamiamo noi?")
        await talk.press("*")
        await asyncio.sleep(0.5)
        assert talk.told("Posso aiutarla in altro?")
        assert await scene.tickets() == []

    play(script)


def test_asking_to_be_called_back_keeps_the_rank_and_frees_the_line(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        talk = await scene.waiting()
        before = await scene.ticket()
        await talk.press("#", "#")
        await asyncio.wait_for(talk.line.hung_up.wait(), 20)
        assert talk.told("la richiamiamo quando è il suo turno")
        after = await scene.ticket()
        assert (after.state, after.rank) == (TicketState.WAITING, before.rank)
        assert after.call_back is not None

    play(script)


def test_who_is_called_back_hears_who_calls_and_talks_at_once(play: Play) -> None:
    async def script(scene: Scene) -> None:
        seat = await scene.operator(ready=False)
        talk = await scene.waiting()
        await talk.press("#", "#")
        await asyncio.wait_for(talk.line.hung_up.wait(), 20)
        scene.stage.queue.on_called_back = scene.called_back
        await seat.ready()
        assert await accept(seat)
        await asyncio.sleep(10)
        picked_up = scene.stage.dialler.targets[NUMBER]
        assert isinstance(picked_up, FakeLine)
        assert "la richiamiamo, come ha chiesto" in " ".join(picked_up.said())
        await picked_up.speak(0.5)
        assert loud(scene.headset())
        await scene.headset().speak(0.5)
        assert loud(picked_up)
        await seat.hang_up()
        await asyncio.wait_for(picked_up.hung_up.wait(), 20)
        assert await scene.tickets() == []

    play(script)


def test_a_number_that_may_not_be_called_is_refused_with_words(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        talk = await scene.waiting()
        await talk.press("#", *"0033145678901#", "#")
        await talk.listen()
        assert talk.told("non possiamo richiamare questo numero")
        assert (await scene.ticket()).call_back is None
        assert not talk.line.closed

    play(script)


def test_a_call_back_can_be_asked_for_where_nobody_is_there(play: Play) -> None:
    async def script(scene: Scene) -> None:
        talk = await scene.waiting()
        await talk.press("#", *"3339876543#", "#", "#")
        await asyncio.wait_for(talk.line.hung_up.wait(), 20)
        ticket = await scene.ticket()
        assert ticket.call_back is not None
        assert scene.stage.queue.numbers.unseal(ticket.call_back.number) == KEYED

    play(script)


def test_a_database_that_fails_is_told_and_the_call_goes_on(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(wish: Wish, node: str, with_code: bool) -> Ticket:
        raise StoreError("the disk is full")

    async def script(scene: Scene) -> None:
        await scene.operator()
        monkeypatch.setattr(scene.stage.queue.store, "enter", fail)
        talk = await scene.waiting()
        assert talk.told("non riesco a metterla in contatto")
        await talk.press("*", "*")
        await talk.listen()
        assert talk.told("prema zero")

    play(script)


def test_a_call_that_is_cut_keeps_its_place(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator(ready=False)
        await scene.waiting()
        scene.calls[0].cancel()
        await asyncio.gather(*scene.calls, return_exceptions=True)
        assert (await scene.ticket()).state is TicketState.DROPPED

    play(script)


# --- talking ---------------------------------------------------------------------------


def test_keys_while_talking_are_not_for_the_bot(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.waiting()
        await talking(scene, talk)
        told = len(talk.line.said())
        await talk.press("0", "9", "#")
        await asyncio.sleep(30)
        assert len(talk.line.said()) == told
        assert not talk.line.closed

    play(script)


def test_on_hold_the_caller_has_music(play: Play) -> None:
    tone = Audio(np.full(5 * RATE, 3000, np.int16))

    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.waiting()
        seat = await talking(scene, talk)
        assert not loud(talk.line)
        await seat.hold(True)
        await asyncio.sleep(1)
        assert loud(talk.line)
        await talk.line.speak(0.5)
        assert not loud(scene.headset())
        await seat.hold(False)
        await asyncio.sleep(1)
        assert not loud(talk.line)

    play(script, music=Piece(tone, -26.0))


def test_an_operator_whose_browser_dies_leaves_the_caller_in_their_place(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.waiting()
        before = await scene.ticket()
        seat = await talking(scene, talk)
        second = await scene.operator("bea")
        scene.headset().do(HungUp("lost"))
        await until(lambda: seat.state is not OperatorState.BUSY)
        await asyncio.sleep(0.5)
        assert talk.told("il collegamento non è riuscito")
        assert await accept(second)
        await asyncio.sleep(6)
        await talk.line.speak(0.5)
        assert loud(scene.headset("bea"))
        assert (await scene.ticket()).rank == before.rank

    play(script)


def test_a_transfer_to_another_office_is_told(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.waiting()
        seat = await talking(scene, talk)
        second = await scene.operator("bea", offices="polo-3")
        await seat.transfer(office="polo-3")
        await asyncio.sleep(0.5)
        assert talk.told("Polo territoriale tre.")
        assert await accept(second)
        await asyncio.sleep(6)
        await scene.headset("bea").speak(0.5)
        assert loud(talk.line)

    play(script)


def test_who_hangs_up_after_talking_is_served(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.waiting()
        seat = await talking(scene, talk)
        talk.line.do(HungUp("caller"))
        await scene.calls[0]
        assert await scene.tickets() == []
        await until(lambda: seat.state is OperatorState.WRAP_UP)

    play(script)


def test_a_line_that_is_lost_while_talking_keeps_its_place(play: Play) -> None:
    async def script(scene: Scene) -> None:
        await scene.operator()
        talk = await scene.waiting()
        await talking(scene, talk)
        talk.line.do(HungUp("lost"))
        await scene.calls[0]
        assert (await scene.ticket()).state is TicketState.DROPPED

    play(script)


def test_a_long_wait_and_a_long_talk_are_not_cut_off(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.max_call = 60.0
        await scene.operator(ready=False)
        talk = await scene.waiting()
        await asyncio.sleep(100)
        assert not talk.line.closed
        await scene.stage.desk.seats[0].ready()
        await talking(scene, talk)
        await asyncio.sleep(100)
        assert not talk.line.closed

    play(script)


# --- offices with a telephone of their own -----------------------------------------------

BRIDGE = {CASA: Route(Way.BRIDGE, ("201", "202"))}


def test_an_office_s_telephone_is_rung_and_joined(play: Play) -> None:
    async def script(scene: Scene) -> None:
        office = FakeLine()
        scene.stage.dialler.targets = {"201": Unreached.BUSY, "202": office}
        talk = await scene.call()
        await talk.press("1", "5")
        await asyncio.sleep(12)
        assert [target for target, _ in scene.stage.dialler.dialled] == ["201", "202"]
        await talk.line.speak(0.5)
        assert loud(office)
        await office.speak(0.5)
        assert loud(talk.line)
        office.do(HungUp("caller"))
        await asyncio.wait_for(talk.line.hung_up.wait(), 20)
        assert talk.told("Arrivederci")

    play(script, routes=BRIDGE)


@pytest.mark.parametrize("reason", [Unreached.BUSY, Unreached.UNANSWERED, Unreached.REFUSED])
def test_a_telephone_that_is_not_answered_leads_back_with_words(
    play: Play, reason: Unreached
) -> None:
    async def script(scene: Scene) -> None:
        scene.stage.dialler.targets = {"201": reason, "202": reason}
        talk = await scene.call()
        await talk.press("1", "5")
        await asyncio.sleep(60)
        assert talk.told("non risponde nessuno")

    play(script, routes=BRIDGE)


def test_a_goodbye_stops_the_ringing(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.stage.dialler.targets = {"201": Unreached.UNANSWERED}
        talk = await scene.call(heard("it", "arrivederci grazie"))
        await talk.press("1", "5")
        await asyncio.sleep(4)
        await talk.say()
        await asyncio.wait_for(talk.line.hung_up.wait(), 20)
        assert scene.stage.dialler.given_up == ["201"]

    play(script, routes=BRIDGE)


def test_hanging_up_stops_the_ringing(play: Play) -> None:
    async def script(scene: Scene) -> None:
        scene.stage.dialler.targets = {"201": Unreached.UNANSWERED}
        talk = await scene.call()
        await talk.press("1", "5")
        await asyncio.sleep(4)
        talk.line.do(HungUp("caller"))
        await scene.calls[0]
        assert scene.stage.dialler.given_up == ["201"]

    play(script, routes=BRIDGE)


def test_a_transfer_ends_the_call_and_one_that_fails_does_not(play: Play) -> None:
    route = {CASA: Route(Way.TRANSFER, ("201",))}

    async def script(scene: Scene) -> None:
        good = FakeLine(transfers={"201": None})
        talk = await scene.call(line=good)
        await talk.press("1", "5")
        await asyncio.wait_for(good.hung_up.wait(), 30)
        assert talk.told("Resti in linea.")
        bad = FakeLine(transfers={"201": Unreached.BUSY})
        talk = await scene.call(line=bad)
        await talk.press("1", "5")
        await asyncio.sleep(12)
        assert talk.told("non risponde nessuno")
        assert not bad.closed

    play(script, routes=route)


def test_the_words_are_said_before_a_transfer(play: Play) -> None:
    route = {CASA: Route(Way.TRANSFER, ("201",))}

    async def script(scene: Scene) -> None:
        line = FakeLine(transfers={"201": None})
        talk = await scene.call(line=line)
        await talk.press("1", "5")
        await until(lambda: bool(line.transferred))
        assert "Resti in linea." in talk.line.said()
        assert not loud(line, 0.1)

    play(script, routes=route)
