"""Who rang what, from INVITEs as telephone networks send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.sip_address import MAX_ADDRESSES, Address
from voicebot.adapters.sip_arrival import arrival_of
from voicebot.adapters.sip_message import parse
from voicebot.model import Arrival, NumberingPlan

PLAN = NumberingPlan()
ONE = "+390592034444"
OLD = "+390592031101"
CALLER = "+393330001111"


def invite(*headers: str, target: str = "sip:0592034444@10.0.0.2:5060", end: str = "\r\n") -> str:
    usual = {
        "From": '"Anna Rossi" <sip:3330001111@10.0.0.1>;tag=1',
        "To": "<sip:0592034444@10.0.0.2>",
    }
    given = [header.split(":")[0].strip().lower() for header in headers]
    lines = [f"INVITE {target} SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1"]
    lines += [
        f"{name}: {value}"
        for name, value in usual.items()
        if name.lower() not in given and name[0].lower() not in given
    ]
    return end.join([*lines, *headers, "Call-ID: x@10.0.0.1", "CSeq: 1 INVITE", "", "v=0", ""])


def arrived(*headers: str, trusted: bool = False, **how: str) -> Arrival:
    message = parse(invite(*headers, **how).encode())
    return arrival_of(message, trusted, PLAN) if message else Arrival()


def test_a_plain_call() -> None:
    assert arrived() == Arrival(dialled=ONE, caller=CALLER)


# --- what was dialled ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "to", "dialled", "diverted_by"),
    [
        ("sip:+390592034444@x", "<sip:+390592034444@x>", ONE, ()),
        ("sip:00390592034444@x;user=phone", "sip:0592034444@x;user=phone", ONE, ()),
        ("tel:+39-059-203-4444", "<tel:0592034444;phone-context=+39>", ONE, ()),
        # the exchange has changed the target of a call to the old number
        ("sip:0592034444@x", '"Polo, 1" <sip:0592031101@x>', ONE, (OLD,)),
        # an extension, and the number by which the town was reached
        ("sip:701@x", "<sip:0592031101@x>", "701", (OLD,)),
        ("sip:voicebot@x", "<sip:0592034444@x>", ONE, ()),
        ("sip:0592034444;npdi;rn=%2B39059@x", "<sip:voicebot@x>", ONE, ()),
        ("sip:voicebot@x", "<sip:voicebot@x>", None, ()),
    ],
)
def test_the_number_that_was_dialled(
    target: str, to: str, dialled: str | None, diverted_by: tuple[str, ...]
) -> None:
    arrival = arrived(f"To: {to}", target=target)
    assert (arrival.dialled, arrival.diverted_by) == (dialled, diverted_by)


# --- who passed it on ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "diverted_by"),
    [
        (["Diversion: <sip:0592031101@x>;reason=unconditional"], (OLD,)),
        (["Diversion: <tel:+390592031101>;reason=no-answer;privacy=full;counter=1"], (OLD,)),
        (['Diversion: "Segreteria, via \\"Galaverna\\" <8>" <sip:0592031101@x>'], (OLD,)),
        (["Diversion: sip:00390592031101@x;reason=user-busy"], (OLD,)),
        # the latest stands first, in one line or in several
        (["Diversion: <sip:201@x>;reason=user-busy, <sip:0592031101@x>"], ("201", OLD)),
        (["Diversion: <sip:201@x>", "diversion : <sip:059-203-1101@x>"], ("201", OLD)),
        (["Diversion: <sip:201@x>,", "\t<sip:0592031101@x>"], ("201", OLD)),
        # a loop through the town's own number says nothing new
        (["Diversion: <sip:0592034444@x>, <sip:0592031101@x>, <sip:201@x>"], (OLD, "201")),
        (["Diversion: <sip:anonymous@anonymous.invalid>"], ()),
        (["Diversion: <sip:polo1@x>"], ()),
        (["Diversion:"], ()),
        (
            [
                "History-Info: <sip:0592031101@x>;index=1, "
                "<sip:0592034444@x;cause=302>;index=1.1;mp=1"
            ],
            (OLD,),
        ),
        (
            [
                "History-Info: <sip:0592034444@x;cause=486>;index=1.1.1;rc=1.1",
                "History-Info: <sip:0592031101@x?Reason=SIP%3Bcause%3D302>;index=1",
                "History-Info: <sip:201@x>;index=1.1;mp=1",
            ],
            ("201", OLD),
        ),
        (["History-Info: <sip:0592031101@x?Privacy=history&Reason=x>;index=1"], ()),
        (
            ["Diversion: <sip:201@x>", "History-Info: <sip:0592031101@x>;index=1"],
            ("201", OLD),
        ),
    ],
)
def test_the_numbers_that_passed_a_call_on(headers: list[str], diverted_by: tuple[str]) -> None:
    assert arrived(*headers).diverted_by == diverted_by


# --- who calls -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "trusted", "caller", "vouched"),
    [
        (['From: "Rossi" <sip:+393330001111@x>;tag=1'], False, CALLER, False),
        (["From: sip:3330001111@x;tag=1"], False, CALLER, False),
        (["f: <tel:+39-333-000-1111>;tag=1"], False, CALLER, False),
        (["From: <sip:201@x>;tag=1"], False, "201", False),
        (["From: <sip:anna@x>;tag=1"], False, None, False),
        (["From: Anonymous <sip:anonymous@anonymous.invalid>;tag=1"], False, None, False),
        (["From: <sip:Unavailable@x>;tag=1"], False, None, False),
        (["From: <sip:3330001111@anonymous.invalid>;tag=1"], False, None, False),
        (["From:"], False, None, False),
        (["From: <sip:1@x>;tag=1", "P-Asserted-Identity: <sip:3330001111@x>"], False, "1", False),
        (["From: <sip:1@x>;tag=1", "P-Asserted-Identity: <sip:3330001111@x>"], True, CALLER, True),
        (
            ['P-Asserted-Identity: "A, B" <sip:anna@x>, <tel:+393330001111>', "From: <sip:1@x>"],
            True,
            CALLER,
            True,
        ),
        (["From: <sip:3330001111@x>;tag=1"], True, CALLER, False),
        (["P-Asserted-Identity: <sip:3330001111@x>", "Privacy: id"], True, None, False),
        (["P-Asserted-Identity: <sip:3330001111@x>", "Privacy: user; critical"], True, None, False),
        (["Privacy: none"], False, CALLER, False),
        (["Privacy: session;header"], False, None, False),
    ],
)
def test_the_number_of_the_caller(
    headers: list[str], trusted: bool, caller: str | None, vouched: bool
) -> None:
    arrival = arrived(*headers, trusted=trusted)
    assert (arrival.caller, arrival.trusted) == (caller, vouched)


# --- nonsense --------------------------------------------------------------------------

_PIECES = st.lists(
    st.sampled_from(
        ["<", ">", '"', "\\", ";", ",", "?", "&", "=", "%", "%3", "sip:", "tel:", "@", "+39", "\n"]
        + ["0592031101", "Diversion:", "index=1.", "\r\n ", "SIP/2.0", " ", "privacy=", "é", "\x00"]
    )
).map("".join)


@given(_PIECES)
def test_any_address_is_read(text: str) -> None:
    address = Address.parse(text)
    assert address.user == "" or "sip" in text.lower() or "tel" in text.lower()


@given(st.one_of(_PIECES, st.text()), st.one_of(_PIECES, st.text()), st.booleans())
def test_any_message_is_read(target: str, text: str, trusted: bool) -> None:
    arrival = arrived(text, target="".join(target.split()) or "x", trusted=trusted)
    for number in (*arrival.diverted_by, arrival.dialled, arrival.caller):
        assert number is None or number.removeprefix("+").isdigit()


@given(_PIECES, _PIECES)
def test_a_bad_header_spoils_no_other(name: str, value: str) -> None:
    line = f"X-{name}: {value}".replace("\n", " ").replace("\r", " ")
    assert arrived(line, "Diversion: <sip:0592031101@x>").diverted_by == (OLD,)


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=30),
    st.sampled_from(["0592031101", "+39 059 203 1101", "0039059/2031101"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_a_display_name_is_no_address(name: str, number: str, end: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    header = f'Diversion: "{quoted}" <sip:{number.replace(" ", "%20")}@x>;reason=unconditional'
    assert arrived(header, end=end).diverted_by == (OLD,)
    assert Address.parse(header.partition(": ")[2]).name == name.strip()


def test_a_flood_of_diversions_is_read_in_part() -> None:
    header = "Diversion: " + ",".join(f"<sip:059203{n:04}@x>" for n in range(1000))
    assert len(arrived(header).diverted_by) == MAX_ADDRESSES
