"""The conversation as a pure state machine: `Dialogue.step(state, event, now)`."""

from voicebot.dialogue.completeness import completeness
from voicebot.dialogue.machine import Dialogue
from voicebot.dialogue.state import (
    Action,
    Deaf,
    Event,
    Expired,
    Finished,
    HangUp,
    Keyed,
    Opened,
    Phase,
    Said,
    Say,
    Show,
    Silence,
    State,
)

__all__ = [
    "Action",
    "Deaf",
    "Dialogue",
    "Event",
    "Expired",
    "Finished",
    "HangUp",
    "Keyed",
    "Opened",
    "Phase",
    "Said",
    "Say",
    "Show",
    "Silence",
    "State",
    "completeness",
]
