"""Calls on virtual time, through the real conversation, content and wording; fakes at the ports."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conversation import Conversation, play
from tests.fakes.line import NOISE_LEVEL, SPEECH_LEVEL, FakeLine
from tests.fakes.speech import (
    NOTHING,
    FakeEar,
    FakeVoiceActivity,
    fake_prompt,
    heard,
    unclear,
)
from voicebot.adapters.audio_file import read_audio
from voicebot.dialogue import Dialogue
from voicebot.errors import HearingBusy, HearingError, SpeakingError
from voicebot.model import (
    FRAME_SAMPLES,
    Audio,
    Heard,
    HungUp,
    Hypothesis,
    KeyPress,
    LineEvent,
    Sentence,
    Typed,
)
from voicebot.ports import AudioSource

SPEECH = Path(__file__).parent / "data" / "speech"


def test_the_greeting_names_the_service_in_four_languages(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.listen()

    talk = play(dialogue, script)
    assert [c.language for c in talk.line.captions[:4]] == ["it", "en", "fr", "ar"]
    assert talk.told("assistente automatico")


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("it", "Quali sono gli orari dell'ufficio casa?", "dalle nove alle dodici e trenta"),
        ("en", "When is the housing office open?", "from nine o'clock to half past twelve"),
        ("fr", "Quels sont les horaires du bureau du logement ?", "de neuf heures à douze heures"),
        ("ar", "ما هي ساعات عمل مكتب السكن؟", "من الساعة التاسعة"),
    ],
)
def test_a_question_is_answered_in_its_language(
    dialogue: Dialogue, language: str, text: str, answer: str
) -> None:
    async def script(talk: Conversation) -> None:
        await asyncio.sleep(2)
        await talk.say()
        await talk.listen()

    talk = play(dialogue, script, FakeEar(heard(language, text)))
    assert talk.told(answer), talk.line.said()
    assert talk.line.said("caller") == [text]
    assert len(talk.line.said("understood")) == 1
    answers = [c for c in talk.line.captions if c.speaker == "bot"][1:]
    assert {c.language for c in answers if answer in c.text} == {language}


def test_a_caller_who_breaks_in_silences_the_bot_within_200_ms(dialogue: Dialogue) -> None:
    spoke_at = []

    async def script(talk: Conversation) -> None:
        await asyncio.sleep(2)
        spoke_at.append(asyncio.get_running_loop().time())
        await talk.say()

    talk = play(dialogue, script, FakeEar(heard("it", "ufficio casa")))
    silent_from = next(at for at, sound in talk.line.heard if at > spoke_at[0] and not sound)
    assert silent_from - spoke_at[0] <= 0.2


def test_who_cut_the_notice_short_hears_it_once_before_the_first_answer(
    dialogue: Dialogue,
) -> None:
    async def script(talk: Conversation) -> None:
        await asyncio.sleep(1)
        await talk.say()
        await talk.listen()
        await talk.say()
        await talk.listen()

    ear = FakeEar(heard("fr", "le pôle deux"), heard("fr", "le bureau du logement"))
    talk = play(dialogue, script, ear)
    notice = dialogue.wording.notice("fr")[0].shown
    assert talk.line.said().count(notice) == 1
    assert talk.line.said().index(notice) == 1  # the greeting's first sentence was cut


def test_who_heard_the_notice_does_not_hear_it_again(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.listen()
        await talk.say()
        await talk.listen()

    talk = play(dialogue, script, FakeEar(heard("en", "the housing office please")))
    assert dialogue.wording.notice("en")[0].shown not in talk.line.said()


def test_a_noise_lets_the_bot_go_on_where_it_stopped(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await asyncio.sleep(2)
        await talk.line.speak(0.15)  # long enough to stop the voice, too short to be speech
        await asyncio.sleep(1.5)
        assert any(sound for at, sound in talk.line.heard[-20:])
        await talk.listen()

    talk = play(dialogue, script)
    assert talk.line.said() == [
        s.shown for s in dialogue.wording.greeting(dialogue.content.town, dialogue.languages)
    ]


def test_what_was_no_speech_lets_the_bot_go_on_too(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await asyncio.sleep(2)
        await talk.line.speak(2.0)
        await asyncio.sleep(2)
        await talk.listen()

    talk = play(dialogue, script, FakeEar(NOTHING))
    assert len(talk.line.said()) == 4
    assert talk.line.said("caller") == []


def test_sound_that_is_no_voice_does_not_stop_the_bot(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await asyncio.sleep(2)
        await talk.line.speak(2.0, NOISE_LEVEL)
        assert all(sound for at, sound in talk.line.heard if 2.1 < at < 2.5)

    play(dialogue, script)


def test_keys_alone_reach_an_office(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.press("4")
        await asyncio.sleep(5)
        await talk.press("5")
        await talk.listen()

    talk = play(dialogue, script)
    assert talk.told("من الساعة التاسعة")
    assert talk.told("مكتب السكن")


def test_a_key_in_the_middle_of_a_sentence_counts_at_once(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.press("1")
        await asyncio.sleep(1)
        await talk.press("4")
        await talk.press("5")
        await talk.listen()

    talk = play(dialogue, script)
    assert talk.told("ufficio casa")
    assert not talk.told("riapriamo lunedì")


def test_a_key_overtakes_what_is_being_recognised(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.press("1")
        await talk.line.speak(1.0)
        await asyncio.sleep(0.8)
        await talk.press("5")
        await talk.listen()

    ear = FakeEar(heard("it", "polo due"), seconds=3.0)
    talk = play(dialogue, script, ear)
    assert talk.told("Ufficio casa")
    assert "Polo territoriale due." not in talk.line.said()


def test_repeat_slower_and_another_office(dialogue: Dialogue) -> None:
    paces: list[bool] = []

    async def prompt(sentence: Sentence, slow: bool) -> Audio:
        paces.append(slow)
        return await fake_prompt(sentence, slow)

    async def script(talk: Conversation) -> None:
        for _ in range(4):
            await talk.say()
            await talk.listen()

    ear = FakeEar(
        heard("en", "housing office opening hours"),
        heard("en", "can you repeat that please"),
        heard("en", "more slowly please"),
        heard("en", "and hub two?"),
    )
    talk = play(dialogue, script, ear, prompt=prompt)
    assert talk.line.said().count("Housing office.") == 3
    assert talk.told("Territorial hub two.")
    assert not paces[0]
    assert paces[-1]


def test_a_near_match_is_confirmed_and_yes_goes_on(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await talk.say()
        await talk.listen()

    ear = FakeEar(heard("it", "il polo per due persone"), heard("it", "sì, esatto"))
    talk = play(dialogue, script, ear)
    said = talk.line.said()
    assert any("è corretto" in s or "giusto" in s for s in said), said
    assert talk.told("Polo territoriale due.")


def test_a_need_of_several_offices_leads_to_one_question(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await talk.say()
        await talk.listen()

    ear = FakeEar(heard("it", "mi serve l'assistente sociale"), heard("it", "il terzo"))
    talk = play(dialogue, script, ear)
    assert "Polo territoriale tre." in talk.line.said()


def test_hours_of_no_office_lead_to_a_question_that_keeps_the_day(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await talk.press("5")
        await talk.listen()

    talk = play(dialogue, script, FakeEar(heard("en", "are you open on Thursday?")))
    assert talk.told("Thursday")
    assert talk.told("Housing office")


def test_what_is_not_understood_is_asked_again_then_the_keys_then_a_polite_end(
    dialogue: Dialogue,
) -> None:
    async def script(talk: Conversation) -> None:
        for _ in range(4):
            await talk.say()
            await talk.listen()

    odd = heard("it", "vorrei ordinare una pizza margherita")
    talk = play(dialogue, script, FakeEar(odd, odd, odd, odd))
    assert talk.told(dialogue.content.books["it"].example.rstrip("."))
    assert talk.told("Ufficio casa: prema cinque") or talk.told("prema cinque")
    assert talk.line.closed


def test_silence_is_met_with_a_question_then_the_keys_then_the_end(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.press("2")
        await talk.line.hung_up.wait()

    talk = play(dialogue, script)
    assert talk.told("I cannot hear you")
    assert talk.told("Are you still there?")
    assert talk.told("Goodbye")


def test_a_language_that_nobody_knows_is_asked_for(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await talk.press("3")
        await talk.listen()

    talk = play(dialogue, script, FakeEar(unclear(("it", "mah"), ("en", "hm"))))
    assert talk.told("prema uno")
    assert talk.told("français")


def test_what_was_said_before_the_language_was_known_is_answered_once_it_is(
    dialogue: Dialogue,
) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await talk.say()
        await talk.listen()

    both = unclear(("en", "secretariat"), ("fr", "secrétariat"))
    talk = play(dialogue, script, FakeEar(both, unclear(("it", "fransè"), ("fr", "français"))))
    assert talk.told("Secrétariat du service social territorial.")


def test_words_decide_where_the_sound_leaves_two_languages_open(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()

    ear = FakeEar(unclear(("fr", "du bleu"), ("it", "polo due")))
    talk = play(dialogue, script, ear)
    assert talk.told("Polo territoriale due.")


def test_the_language_can_be_changed_in_the_call(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await talk.say()
        await talk.listen()

    ear = FakeEar(heard("it", "gli orari dell'ufficio casa"), heard("it", "English please"))
    talk = play(dialogue, script, ear)
    assert talk.told("Housing office.")  # the answer is given again in the new language


def test_a_caller_who_goes_over_to_another_language_is_followed(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await talk.say(3.0)
        await talk.listen()

    french = heard("fr", "quels sont les horaires du bureau du logement")
    as_italian = Heard("fr", french.probabilities, (Hypothesis("it", "chel son lesor er", 0.4),))
    ear = FakeEar(heard("it", "polo due"), as_italian, french)
    assert play(dialogue, script, ear).told("Bureau du logement.")


def test_goodbye_is_said_back_and_the_line_closed(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()
        await asyncio.sleep(1)
        assert talk.line.closed

    talk = play(dialogue, script, FakeEar(heard("fr", "merci, au revoir")))
    assert talk.told("Au revoir")


def test_recognition_that_fails_leaves_the_keys(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.press("1")
        await talk.say()
        await talk.listen()
        await talk.say()
        await talk.listen()
        await talk.press("5")
        await talk.listen()

    ear = FakeEar(HearingError("it broke"), HearingBusy("too many"))
    talk = play(dialogue, script, ear)
    assert talk.told("tasti")
    assert talk.told("Ufficio casa.")


def test_voice_activity_that_fails_leaves_the_keys(
    dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: FakeVoiceActivity, chunk: object) -> float:
        raise HearingError("the model broke")

    async def script(talk: Conversation) -> None:
        await talk.press("2")
        monkeypatch.setattr(FakeVoiceActivity, "probability", fail)
        await talk.line.speak(0.5)
        await talk.listen()
        await talk.press("5")
        await talk.listen()

    talk = play(dialogue, script)
    assert talk.told("I cannot understand speech at the moment")
    assert talk.told("Housing office.")


def test_a_sentence_that_no_voice_can_say_is_shown_and_the_call_goes_on(
    dialogue: Dialogue,
) -> None:
    async def mute(sentence: Sentence, slow: bool) -> Audio:
        raise SpeakingError("no voice")

    async def script(talk: Conversation) -> None:
        await talk.press("1", "5")
        await asyncio.sleep(2)

    assert play(dialogue, script, prompt=mute).told("Ufficio casa.")


def test_hanging_up_in_mid_sentence_frees_everything(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.line.speak(0.5)
        talk.line.do(HungUp("caller"))

    play(dialogue, script)  # `play` fails when a task is left behind


def test_hanging_up_while_being_recognised_frees_everything(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.line.speak(1.0)
        await asyncio.sleep(0.8)

    play(dialogue, script, FakeEar(heard("it", "polo due"), seconds=60))


def test_a_written_conversation_needs_no_sound(dialogue: Dialogue) -> None:
    line = FakeLine(has_audio=False)

    async def script(talk: Conversation) -> None:
        talk.line.do(Typed("what time does the housing office open?"))
        await asyncio.sleep(0.1)
        talk.line.do(Typed("où se trouve le pôle un ?"))
        await asyncio.sleep(0.1)
        talk.line.do(KeyPress("9"))
        await asyncio.sleep(0.1)

    talk = play(dialogue, script, line=line)
    assert talk.told("from nine o'clock to half past twelve")
    assert talk.told("Piazzale Redecocca")
    assert talk.line.heard == []


def test_a_written_goodbye_closes_the_line(dialogue: Dialogue) -> None:
    line = FakeLine(has_audio=False)

    async def script(talk: Conversation) -> None:
        talk.line.do(Typed("thank you, goodbye"))
        await asyncio.sleep(0.1)
        assert talk.line.closed

    assert play(dialogue, script, line=line).told("Goodbye")


def test_a_call_that_lasts_too_long_is_ended_politely(dialogue: Dialogue) -> None:
    async def script(talk: Conversation) -> None:
        await talk.press("2")
        while not talk.line.closed:
            await talk.press("9")
            await asyncio.sleep(4)

    talk = play(dialogue, script)
    assert talk.told("This has been a long call")


def test_a_call_that_crashes_closes_its_line(
    dialogue: Dialogue, caplog: pytest.LogCaptureFixture
) -> None:
    async def script(talk: Conversation) -> None:
        await talk.line.speak(1.5)
        await asyncio.sleep(1)

    talk = play(dialogue, script, FakeEar())  # an ear that runs out raises IndexError
    assert talk.line.closed
    assert "failed" in caplog.text


def test_nothing_that_was_said_is_logged(
    dialogue: Dialogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()

    play(dialogue, script, FakeEar(heard("it", "mi hanno sfrattato, ufficio casa")))
    assert "sfrattato" not in caplog.text
    assert "hung up" in caplog.text


def test_what_was_said_is_logged_only_where_the_setting_asks_for_it(
    dialogue: Dialogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    async def script(talk: Conversation) -> None:
        await talk.say()
        await talk.listen()

    ear = FakeEar(heard("it", "mi hanno sfrattato"))
    play(dialogue, script, ear, log_transcripts=True)
    assert "heard (it) mi hanno sfrattato" in caplog.text


def test_levels_of_the_fakes_are_apart() -> None:
    assert NOISE_LEVEL < SPEECH_LEVEL


class EchoingLine(FakeLine):
    """Sends back what it plays, 8 dB lower and a tenth of a second later."""

    def attach(self, source: AudioSource) -> None:
        self._played: list[NDArray[np.int16]] = []
        self._late = deque([np.zeros(FRAME_SAMPLES, np.int16)] * 5)
        super().attach(_Recorder(source, self._played))

    async def events(self) -> AsyncIterator[LineEvent]:
        async for event in super().events():
            if isinstance(event, Audio):
                self._late.append((self._played[-1] * 0.4).astype(np.int16))
                # the caller's tone at 1 kHz: at 8 kHz, as the plain line has it, nobody speaks
                caller = np.repeat(event.samples[::8], 8) * np.where(np.arange(320) // 8 % 2, 1, -1)
                event = Audio((caller + self._late.popleft()).astype(np.int16))
            yield event


class _Recorder:
    def __init__(self, source: AudioSource, played: list[NDArray[np.int16]]) -> None:
        self._source, self._played = source, played

    def pull(self) -> Audio:
        frame = self._source.pull()
        self._played.append(frame.samples)
        return frame


def test_the_bot_does_not_stop_for_its_own_echo_and_does_for_the_caller(
    dialogue: Dialogue,
) -> None:
    clip = read_audio(SPEECH / "it-001-0.flac").samples
    loud = Audio((clip * (30_000 / np.abs(clip).max())).astype(np.int16))

    async def prompt(sentence: Sentence, slow: bool) -> Audio:
        return loud

    async def script(talk: Conversation) -> None:
        await asyncio.sleep(6)
        assert not talk.ear.segments
        assert sum(sound for at, sound in talk.line.heard if at < 6) > 200
        await talk.say(1.5)
        assert not any(sound for at, sound in talk.line.heard if 6.4 < at < 7.5)

    play(dialogue, script, FakeEar(heard("it", "ufficio casa")), EchoingLine(), prompt)
