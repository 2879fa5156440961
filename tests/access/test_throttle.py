"""How failures turn into waiting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicebot.access.throttle import BY_ACCOUNT, BY_ADDRESS, MAX_KEPT, Slowing, Throttle


def test_the_first_mistakes_are_free_and_then_each_wait_is_twice_the_last() -> None:
    slowing = Slowing(free=3, longest=10)
    assert [slowing.wait(failures) for failures in range(9)] == [0, 0, 0, 0, 1, 2, 4, 8, 10]


def test_a_wait_runs_out_and_quiet_is_forgiven() -> None:
    throttle = Throttle(Slowing(free=0, longest=10, memory=60))
    throttle.failed("anna", now=100)
    assert throttle.wait("anna", now=100) == 1
    assert throttle.wait("bruno", now=100) == 0
    assert throttle.wait("anna", now=101) == 0
    throttle.failed("anna", now=101)
    assert throttle.wait("anna", now=101) == 2
    assert throttle.wait("anna", now=161) == 0
    throttle.failed("anna", now=161)
    assert throttle.wait("anna", now=161) == 1


def test_success_forgives_an_account_and_undoes_one_try_of_an_address() -> None:
    throttle = Throttle(Slowing(free=0, longest=10))
    for _ in range(3):
        throttle.failed("anna", now=0)
    throttle.undo("anna")
    assert throttle.wait("anna", now=0) == 2
    throttle.forgive("anna")
    assert throttle.wait("anna", now=0) == 0
    throttle.failed("anna", now=0)
    throttle.undo("anna")
    throttle.undo("anna")
    assert throttle.wait("anna", now=0) == 0


def test_what_is_remembered_has_a_bound_and_the_oldest_is_forgotten() -> None:
    throttle = Throttle(Slowing(free=0, longest=10))
    for number in range(MAX_KEPT + 1):
        throttle.failed(str(number), now=0)
    assert throttle.wait("0", now=0) == 0
    assert throttle.wait(str(MAX_KEPT), now=0) == 1


@given(st.integers(0, 10_000))
def test_a_day_of_guessing_gets_few_tries(failures: int) -> None:
    assert 0 <= BY_ACCOUNT.wait(failures) <= BY_ADDRESS.wait(failures + 30) <= 900


def test_guesses_in_an_hour() -> None:
    """Somebody who tries again as soon as it is allowed."""
    throttle, now, tries = Throttle(BY_ACCOUNT), 0.0, 0
    while now < 3600:
        throttle.failed("anna", now)
        tries += 1
        now += throttle.wait("anna", now) + 0.05
    assert tries < 75
