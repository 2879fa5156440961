"""What of the telephone side needs no telephone: keys, the log, the stack's configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.sip_side import setup
from voicebot.adapters.sip_keys import HELD, LATE, Keys, Way
from voicebot.adapters.sip_log import redacted
from voicebot.adapters.sip_setup import SipAccount


def test_a_key_told_again_and_again_is_one_press() -> None:
    keys = Keys()
    assert keys.down("5", Way.EVENT, 0.0)
    assert not keys.down("5", Way.EVENT, 0.05)
    keys.up(Way.EVENT, 0.1)
    keys.up(Way.EVENT, 0.16)


@pytest.mark.parametrize("first", list(Way))
@pytest.mark.parametrize("delay", [0.0, 0.03, 0.2])
def test_a_key_told_in_every_way_is_one_press(first: Way, delay: float) -> None:
    """Each begins later than the one before, and tells of three presses."""
    keys = Keys()
    ways = [first, *(way for way in Way if way is not first)]
    events = sorted(
        (0.4 * number + delay * place + length, place, length > 0)
        for number in range(3)
        for place in range(3)
        for length in (0.0, 0.1)
    )
    pressed = []
    for at, place, up in events:
        if up:
            keys.up(ways[place], at)
        elif keys.down("5", ways[place], at):
            pressed.append(at)
    assert pressed == [0.0, 0.4, 0.8]


def test_an_info_that_follows_the_event_is_the_same_press() -> None:
    keys = Keys()
    assert keys.down("5", Way.EVENT, 0.0)
    keys.up(Way.EVENT, 0.1)
    assert not keys.down("5", Way.INFO, 0.4)
    keys.up(Way.INFO, 0.5)
    assert keys.down("5", Way.EVENT, 0.7)
    assert not keys.down("5", Way.INFO, 0.8)


def test_a_key_that_one_way_told_too_late_is_another_press() -> None:
    keys = Keys()
    assert keys.down("5", Way.EVENT, 0.0)
    keys.up(Way.EVENT, 0.1)
    assert keys.down("5", Way.INFO, 0.1 + LATE + 0.01)


def test_the_same_key_twice_is_two_presses() -> None:
    keys = Keys()
    assert keys.down("5", Way.EVENT, 0.0)
    keys.up(Way.EVENT, 0.08)
    assert keys.down("5", Way.EVENT, 0.081)


def test_other_keys_follow_at_once() -> None:
    keys = Keys()
    assert keys.down("1", Way.EVENT, 0.0)
    assert keys.down("2", Way.EVENT, 0.01)
    keys.up(Way.EVENT, 0.02)
    assert keys.down("1", Way.EVENT, 0.03)


def test_a_key_whose_end_was_lost_can_be_pressed_again() -> None:
    keys = Keys()
    assert keys.down("5", Way.EVENT, 0.0)
    assert keys.down("5", Way.EVENT, HELD + 0.01)


def test_keys_that_a_telephone_has_not() -> None:
    assert not Keys().down("A", Way.EVENT, 0.0)
    assert not Keys().down("", Way.EVENT, 0.0)


@pytest.mark.parametrize(
    "line",
    [
        "ua: UA not found: sip:+390592034444@exchange.example:5060;transport=udp",
        'call from "Anna Rossi" <sip:3330001111@10.1.2.3>',
        "0592034444@10.1.2.3: Call established: sips:anna@home.example",
        "peer 192.168.17.4:5062 and [2001:db8::17]:5060 and 2001:db8:1:2::17",
        "tel:+39-333-0001111;phone-context=x",
        "call-id a84b4c76e66710@pc33.example rejected",
        "caller 3330001111 unknown",
    ],
)
def test_the_stacks_own_lines_name_nobody(line: str) -> None:
    said = redacted(line)
    assert "…" in said
    for word in ("333", "Rossi", "0592034444", "anna", "10.1", "192.168", "2001:db8", "a84b"):
        assert word not in said


def test_what_names_nobody_is_left() -> None:
    line = "jbuf: invalid header! stream: update 'audio' (Address already in use [98])"
    assert redacted(line) == line


def test_a_listener_is_found_by_any_transport_and_registers_nowhere() -> None:
    line = setup().listener("100")
    assert line.startswith("<sip:100@127.0.0.1:")
    assert "transport" not in line
    assert "regint=0" in line and "answermode=manual" in line
    assert "catchall" not in line
    assert "catchall=yes" in setup().listener("*")


def test_an_extension_keeps_its_password_out_of_sight() -> None:
    account = SipAccount("701", "exchange.example", password="secret", registrar="sbc.example")
    extension = setup().extension(account)
    assert "secret" not in repr(extension)
    assert 'auth_pass="secret"' in extension.aor()
    assert "secret" not in repr(account)


@pytest.mark.parametrize("user", ['7"1', "7@1", "7;x=1", "7 1", ""])
def test_a_user_that_would_change_the_stacks_line_is_refused(user: str) -> None:
    with pytest.raises(ValueError):
        setup().listener(user)


def test_encryption_and_certificate_reach_the_stack() -> None:
    tls = replace(
        setup(), encryption="required", transports=("tls",), certificate=Path("/etc/x.pem")
    )
    assert "mediaenc=srtp-mand" in tls.listener("100")
    assert "sip_certificate /etc/x.pem\n" in tls.config().render()
    assert "mediaenc" not in setup().listener("100")
    assert "sip_certificate" not in setup().config().render()
