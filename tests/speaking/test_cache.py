import logging
import os
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.model import RATE, Audio, Sentence
from voicebot.speaking.cache import PromptCache, prompt_key

HELLO = Sentence("it", "Buongiorno")
SECOND = 2 * RATE
"""Bytes of one second of sound."""


def tone(seconds: float = 1.0, value: int = 700) -> Audio:
    return Audio(np.full(round(seconds * RATE), value, np.int16))


def same(left: Audio | None, right: Audio) -> bool:
    return (
        left is not None and left.rate == right.rate and np.array_equal(left.samples, right.samples)
    )


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def test_what_was_put_is_found_again_in_memory_and_by_the_next_process(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path / "prompts", 10 * SECOND)
    assert cache.get(HELLO, "v") is None
    cache.put(HELLO, "v", tone())
    assert same(cache.get(HELLO, "v"), tone())
    again = PromptCache(tmp_path / "prompts", 10 * SECOND)
    assert same(again.get(HELLO, "v"), tone())
    assert again.get(HELLO, "v") is again.get(HELLO, "v")


def test_the_file_lies_under_its_key(tmp_path: Path) -> None:
    PromptCache(tmp_path, SECOND).put(HELLO, "v", tone())
    key = prompt_key(HELLO, "v")
    assert files(tmp_path) == [tmp_path / key[:2] / f"{key}.wav"]


def test_every_part_of_the_key_counts() -> None:
    keys = {
        prompt_key(HELLO, "v"),
        prompt_key(Sentence("fr", "Buongiorno"), "v"),
        prompt_key(Sentence("it", "Buongiorno!"), "v"),
        prompt_key(HELLO, "w"),
    }
    assert len(keys) == 4


@given(st.text(), st.text(), st.text(), st.text())
def test_parts_cannot_run_into_each_other(a: str, b: str, c: str, d: str) -> None:
    same_parts = (a, b) == (c, d)
    keys = prompt_key(Sentence("it", a), b), prompt_key(Sentence("it", c), d)
    assert (keys[0] == keys[1]) == same_parts


def test_kept_sound_cannot_be_written_to_and_does_not_follow_the_original(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, SECOND)
    audio = tone()
    cache.put(HELLO, "v", audio)
    audio.samples[:] = 0
    kept = cache.get(HELLO, "v")
    assert same(kept, tone())
    assert kept is not None
    with pytest.raises(ValueError):
        kept.samples[0] = 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1000],
        lambda data: b"\0" * len(data),
        lambda data: b"not a sound at all",
        lambda data: data[:24] + (8000).to_bytes(4, "little") + data[28:],
    ],
)
def test_a_damaged_file_counts_as_missing_and_is_removed(
    damage: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(damage)
    PromptCache(tmp_path, SECOND).put(HELLO, "v", tone())
    (file,) = files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    cache = PromptCache(tmp_path, SECOND)
    with caplog.at_level(logging.WARNING):
        assert cache.get(HELLO, "v") is None
    assert files(tmp_path) == []
    assert "Buongiorno" not in caplog.text
    cache.put(HELLO, "v", tone())
    assert same(PromptCache(tmp_path, SECOND).get(HELLO, "v"), tone())


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_wrong_bit_anywhere_is_noticed(
    at: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("prompts")
    PromptCache(folder, SECOND).put(HELLO, "v", tone(0.01))
    (file,) = files(folder)
    data = bytearray(file.read_bytes())
    data[at % len(data)] ^= 1 << bit
    file.write_bytes(bytes(data))
    assert PromptCache(folder, SECOND).get(HELLO, "v") is None


def test_staff_can_listen_to_the_file(tmp_path: Path) -> None:
    PromptCache(tmp_path, SECOND).put(HELLO, "v", tone())
    (file,) = files(tmp_path)
    with wave.open(str(file)) as opened:
        assert (opened.getnchannels(), opened.getsampwidth(), opened.getframerate()) == (1, 2, RATE)
        assert np.array_equal(np.frombuffer(opened.readframes(RATE), "<i2"), tone().samples)


def test_memory_is_bounded_and_forgets_the_least_recently_used(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, 2 * SECOND)
    one, two, three = (Sentence("it", text) for text in ("uno", "due", "tre"))
    cache.put(one, "v", tone(value=1))
    cache.put(two, "v", tone(value=2))
    cache.get(one, "v")
    cache.put(three, "v", tone(value=3))
    for file in files(tmp_path):
        file.unlink()
    assert same(cache.get(one, "v"), tone(value=1))
    assert cache.get(two, "v") is None
    assert same(cache.get(three, "v"), tone(value=3))


def test_a_sound_larger_than_memory_lives_on_disk_and_drives_nothing_out(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, 2 * SECOND)
    cache.put(HELLO, "v", tone())
    long = Sentence("it", "lungo")
    cache.put(long, "v", tone(3.0))
    assert same(cache.get(long, "v"), tone(3.0))
    for file in files(tmp_path):
        file.unlink()
    assert same(cache.get(HELLO, "v"), tone())


@given(puts=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), max_size=30))
def test_the_bound_holds_whatever_is_put(
    puts: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = PromptCache(tmp_path_factory.mktemp("prompts"), 100)
    latest: dict[str, Audio] = {}
    for name, samples in puts:
        sound = Audio(np.full(samples, name, np.int16))
        cache.put(Sentence("it", str(name)), "v", sound)
        latest[str(name)] = sound
        held = sum(audio.samples.nbytes for audio in cache._memory.values())
        assert held == cache._bytes <= 100
    for text, sound in latest.items():
        assert same(cache.get(Sentence("it", text), "v"), sound)


def test_prune_removes_what_is_no_longer_used(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, 0)
    old = Sentence("it", "vecchio")
    cache.put(HELLO, "v", tone())
    cache.put(old, "v", tone())
    (tmp_path / "ab").mkdir(exist_ok=True)
    (tmp_path / "ab" / "half.tmp").write_bytes(b"RIFF")
    (tmp_path / "README.txt").write_text("not a prompt")
    for file in tmp_path.rglob("*"):
        os.utime(file, (1000, 1000))
    # whoever says a sentence, be it from memory, keeps it
    assert same(PromptCache(tmp_path, 0).get(HELLO, "v"), tone())
    assert cache.prune(2000) == 2
    assert same(cache.get(HELLO, "v"), tone())
    assert cache.get(old, "v") is None
    assert (tmp_path / "README.txt").exists()


def test_what_is_being_written_is_not_pruned(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "half.tmp").write_bytes(b"RIFF")
    assert PromptCache(tmp_path, 0).prune(time.time() - 60) == 0


def test_pruning_a_folder_that_is_not_there_removes_nothing(tmp_path: Path) -> None:
    assert PromptCache(tmp_path / "none", 0).prune(time.time()) == 0


def test_a_disk_that_refuses_leaves_the_sound_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way of the folder")
    cache = PromptCache(blocked, SECOND)
    with caplog.at_level(logging.WARNING):
        cache.put(HELLO, "v", tone())
    assert same(cache.get(HELLO, "v"), tone())
    assert cache.get(Sentence("it", "altro"), "v") is None
    assert "Buongiorno" not in caplog.text


def test_nothing_half_written_remains_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    cache = PromptCache(tmp_path, SECOND)
    monkeypatch.setattr("os.replace", full)
    cache.put(HELLO, "v", tone())
    assert files(tmp_path) == []


def test_only_the_rate_of_the_house_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        PromptCache(tmp_path, SECOND).put(HELLO, "v", Audio(np.ones(8, np.int16), 8000))
