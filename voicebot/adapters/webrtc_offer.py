"""What an SDP offer must be before aiortc sees it, which refuses these late or not at all."""

from __future__ import annotations

from voicebot.errors import LineError

MAX_SECTIONS = 8
"""Media sections: a browser sends two. Each one that is not bundled opens sockets here."""

MAX_CANDIDATES = 100
"""Addresses: to each of them packets are sent."""


def check_offer(offer: str) -> None:
    """Pass an offer that can be negotiated without harm.

    Raises:
        LineError: it is too large, or one of its parts is missing.
    """
    lines = offer.splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith("m=")]
    ends = [*starts[1:], len(lines)]
    sections = [lines[start:end] for start, end in zip(starts, ends, strict=True)]
    session = lines[: starts[0]] if starts else lines
    if not any(section[0].startswith("m=audio ") for section in sections):
        raise LineError("the offer has no sound")
    if len(sections) > MAX_SECTIONS:
        raise LineError(f"the offer has more than {MAX_SECTIONS} media sections")
    if sum(line.startswith("a=candidate") for line in lines) > MAX_CANDIDATES:
        raise LineError(f"the offer has more than {MAX_CANDIDATES} addresses")
    for section in sections:
        if not any(line.startswith("a=fingerprint:") for line in session + section):
            raise LineError("a media section of the offer has no fingerprint")
    mids = [line.removeprefix("a=mid:") for line in lines if line.startswith("a=mid:")]
    if len(set(mids)) != len(sections) or len(mids) != len(sections):
        raise LineError("the media sections of the offer are not named one by one")
    for line in session:
        if line.startswith("a=group:BUNDLE") and not set(line.split()[1:]) <= set(mids):
            raise LineError("the offer bundles a media section that it does not have")
