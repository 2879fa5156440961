"""What the caller page and the switchboard tell each other, one JSON object a message.

From the page: `{"key": "5"}`, `{"text": "..."}`, `{"hang_up": true}`.
To the page: `{"caption": {"speaker", "text", "language"}}`, `{"ended": true}`.
"""

from __future__ import annotations

import json

from voicebot.errors import LineError
from voicebot.model import Caption, HungUp, KeyPress, Typed

MAX_TEXT = 500
"""Characters in one written sentence."""

MAX_MESSAGE = 4096
"""Characters in one message."""

MAX_NONSENSE = 50
"""Messages that cannot be understood, in one call; a peer that sends more is no page of ours."""

ENDED = json.dumps({"ended": True})


def parse(message: str | bytes) -> KeyPress | Typed | HungUp:
    """What the page says.

    Raises:
        LineError: it is not one of the messages above.
    """
    if len(message) > MAX_MESSAGE:
        raise LineError("a message from the page is too long")
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise LineError("a message from the page is not JSON") from error
    match fields:
        case {"key": str(key)} if len(key) == 1 and key in "0123456789*#":
            return KeyPress(key)
        case {"text": str(text)} if text.strip() and len(text) <= MAX_TEXT:
            return Typed(" ".join(text.split()))
        case {"hang_up": True}:
            return HungUp("caller")
        case _:
            raise LineError("a message from the page is none that the switchboard knows")


def caption(caption: Caption) -> str:
    """The message that shows a caption."""
    fields = {"speaker": caption.speaker, "text": caption.text, "language": caption.language}
    return json.dumps({"caption": fields}, ensure_ascii=False)
