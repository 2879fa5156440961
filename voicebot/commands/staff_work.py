"""What the commands of staff do; `staff_cli` reads their arguments and prints."""

from __future__ import annotations

import asyncio
import getpass
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from voicebot import build
from voicebot.adapters.audio_file import read_audio, write_audio
from voicebot.adapters.clock import TownClock
from voicebot.answering.wording import load_catalogues
from voicebot.content.load import load_content
from voicebot.errors import ContentError, SettingsError
from voicebot.model import (
    LANGUAGES,
    Action,
    Audio,
    Content,
    Emergency,
    Language,
    OfficeId,
    Request,
    Sentence,
)
from voicebot.settings import Settings
from voicebot.speaking.loudness import level
from voicebot.speaking.playout import in_a_row
from voicebot.staff.archive import Archive, Published
from voicebot.staff.check import CheckReport, report_lines
from voicebot.staff.diff import diff
from voicebot.staff.emergency import Alarm, EmergencyBoard
from voicebot.staff.preview import Asked, Preview, preview
from voicebot.staff.publish import Desk, Publisher, State, Status
from voicebot.staff.words import ENGLISH, StaffWords, load_words
from voicebot.web.staff_pages import STAFF_LANGUAGES
from voicebot.web.texts import load_page_texts


def check_files(settings: Settings, words: StaffWords = ENGLISH) -> tuple[bool, list[str]]:
    """Whether the staff files are good, and all that is to be said about them."""
    report = build.examiner(settings).examine(settings.paths.intents)
    lines = report_lines(report, words)
    loads = (load_catalogues, load_page_texts, _load_staff_texts)
    faults = [_fault(load, settings) for load in loads]
    texts = [fault for fault in faults if fault is not None]
    return report.ok and not texts, [*texts, *lines]


def words_of(settings: Settings, language: Language | None) -> StaffWords:
    """The language in which staff are told: as asked, else as set, else that of the machine."""
    chosen = language or settings.staff.language
    if chosen is None:
        machine = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES")
        chosen = (machine or os.environ.get("LANG") or "en")[:2]
    return load_words(settings.paths.locales, chosen)


def previews(settings: Settings, asked: Asked) -> Iterator[Preview]:
    """What callers would hear by the files as they are.

    Moments without a zone are the town's; with none, it is now.
    """
    now = TownClock(settings.time_zone).now()
    moments = [
        at.astimezone(now.tzinfo) if at.tzinfo else at.replace(tzinfo=now.tzinfo)
        for at in asked.moments
    ]
    content = load_content(settings.paths.intents, settings.languages)
    return preview(build.dialogue(settings, content), replace(asked, moments=moments or [now]))


def rendered(
    settings: Settings, answers: Iterable[Preview], folder: Path
) -> Iterator[tuple[Preview, Path]]:
    """Each answer with its sound, a file in the folder, by the voices that callers hear.

    Raises:
        SpeakingError: no voice could say it.
        AudioFileError: the folder cannot be written to.
    """
    voices = build.voices(settings)
    content = load_content(settings.paths.intents, settings.languages)
    settled = build.sounds(settings, content, settings.paths.intents)

    def sound(sentence: Sentence) -> Audio:
        text = settled.spoken(sentence).text
        return settled.recording(sentence) or voices.render(text, sentence.language).audio

    folder.mkdir(parents=True, exist_ok=True)
    for answer in answers:
        file = folder / answer.file_name
        write_audio(file, in_a_row(map(sound, answer.words)))
        yield answer, file


def changes(settings: Settings, words: StaffWords) -> list[str]:
    """Who is affected by the files as they are, against those published last.

    Raises:
        ContentError: nothing was published, or one of the two cannot be read.
    """
    latest = _archive(settings).latest()
    if latest is None:
        raise ContentError("nothing was published yet: voicebot serve publishes when it starts")
    today = TownClock(settings.time_zone).now().date()
    before = load_content(latest.folder, settings.languages)
    after = load_content(settings.paths.intents, settings.languages)
    return diff(before, after, today, words)


def _load_staff_texts(locales: Path, _: Sequence[Language]) -> object:
    return load_page_texts(locales, STAFF_LANGUAGES, "staff")


def _fault(load: Callable[[Path, Sequence[Language]], object], settings: Settings) -> str | None:
    """What is wrong with the texts that the bot says or the pages show; None when they are good."""
    try:
        load(settings.paths.locales, settings.languages)
    except ContentError as error:
        return str(error)
    return None


def hours(
    settings: Settings, office_id: str, language: Language, at: datetime | None
) -> Iterable[str]:
    """What a caller would be told, sentence by sentence."""
    spoken_here(settings, language)
    content = load_content(settings.paths.intents, settings.languages)
    known = [office.id for office in content.offices]
    if office_id not in known:
        raise ContentError(f"{office_id!r} is no office; write one of {', '.join(known)}")
    now = TownClock(settings.time_zone).now()
    if at is not None:
        now = at.astimezone(now.tzinfo) if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    dialogue = build.dialogue(settings, content)
    facts = dialogue.replies.facts(Request(Action.HOURS, office_id), language, now)
    return [sentence.shown for sentence in facts]


def spoken_here(settings: Settings, language: Language) -> None:
    if language not in settings.languages:
        known = ", ".join(settings.languages)
        raise SettingsError(f"languages: {language} is not among those configured ({known})")


def history(settings: Settings) -> list[dict[str, Any]]:
    """Every published version, the newest first, and how the files stand to it."""
    clock = TownClock(settings.time_zone).now()
    return [
        {
            "number": one.number,
            "at": one.at.astimezone(clock.tzinfo).isoformat(timespec="seconds"),
            "author": one.author,
            "occasion": one.occasion.value if one.of is None else f"{one.occasion} to {one.of}",
            "version": one.version,
        }
        for one in _archive(settings).versions()
    ]


def rollback(settings: Settings, number: int | None) -> tuple[Status, Path | None]:
    """Take up a published version again; a switchboard that runs follows by itself.

    Raises:
        ContentError: there is no such version, or it cannot be put back.
    """
    archive = _archive(settings)
    examiner = build.examiner(settings)

    async def examine(folder: Path) -> CheckReport:
        return examiner.examine(folder)

    async def nobody_listens(content: Content, kept: Published) -> None:
        """The running switchboard sees the files change."""

    desk = Desk(settings.paths.intents, archive, examine)
    publisher = Publisher(desk, nobody_listens, Status(State.LIVE, archive.latest()))
    return asyncio.run(publisher.rollback(number, whoami()))


def close(settings: Settings, closing: Closing) -> Emergency:
    """Switch an emergency closing on; calls that begin from now on hear it.

    Raises:
        ContentError: there is no such office, or the moment is past.
        SettingsError: a language is not spoken here.
        AudioFileError: a recording cannot be read.
    """
    now = TownClock(settings.time_zone).now()
    known = [one.id for one in load_content(settings.paths.intents, settings.languages).offices]
    if closing.office is not None and closing.office not in known:
        raise ContentError(f"{closing.office!r} is no office; write one of {', '.join(known)}")
    until = closing.until
    if until is not None and until.tzinfo is None:
        until = until.replace(tzinfo=now.tzinfo)
    if until is not None and until <= now:
        raise ContentError(f"{until:%Y-%m-%d %H:%M} is past; write a moment to come")
    board = EmergencyBoard(settings.paths.data / "emergency")
    emergency = Emergency(closing.office, now, until, _by_language(settings, closing.messages))
    recordings = {
        language: board.add_recording(language, _levelled(settings, Path(file)))
        for language, file in _by_language(settings, closing.recordings).items()
    }
    board.close(Alarm(emergency, whoami(), recordings))
    return emergency


def reopen(settings: Settings, office: OfficeId | None) -> int:
    """Switch off the emergency closing of an office, or all; returns how many there were."""
    return EmergencyBoard(settings.paths.data / "emergency").open(office)


@dataclass(frozen=True, slots=True)
class Closing:
    """An emergency closing as the command line gives it."""

    office: OfficeId | None
    until: datetime | None
    messages: Sequence[str]
    """Each a text, with `en=` before it where it is not in the first language."""
    recordings: Sequence[str]
    """Each a sound file, in the same way."""


def _by_language(settings: Settings, given: Sequence[str]) -> dict[Language, str]:
    found = {}
    for text in given:
        code, parted, rest = text.partition("=")
        if not parted or code not in LANGUAGES:
            code, rest = settings.languages[0], text
        spoken_here(settings, code)
        found[code] = rest
    return found


def _levelled(settings: Settings, file: Path) -> bytes:
    """A recording as WAV, as loud as the voices."""
    audio = level(read_audio(file), settings.speech.loudness)
    with TemporaryDirectory() as folder:
        write_audio(Path(folder) / "a.wav", audio)
        return (Path(folder) / "a.wav").read_bytes()


def prompts(settings: Settings, language: Language) -> list[tuple[Sentence, bool]]:
    """Every sentence that can be foreseen, and whether staff have recorded it themselves."""
    spoken_here(settings, language)
    content = load_content(settings.paths.intents, settings.languages)
    return [
        (sentence, (language, sentence.name) in content.recordings)
        for sentence in build.prompts(settings, content)
        if sentence.language == language
    ]


def whoami() -> str:
    """Who gave the command, for the history."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _archive(settings: Settings) -> Archive:
    return Archive(settings.paths.data / "published")
