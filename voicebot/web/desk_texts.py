"""What the scripts of the desk and of the overview show, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

Gettext = Callable[[str], str]


def desk_texts(_: Gettext) -> dict[str, object]:
    """The words of the desk's script."""
    return {
        **shared_texts(_),
        "take_calls": _("Take calls"),
        "done": _("Done, take calls"),
        "rings": _("A call for you"),
        "in_call": _("In conversation"),
        "asked_you": _("A colleague asks you about a caller"),
        "with": _("With"),
        "connecting": _("Connecting…"),
        "on_hold": _("On hold"),
        "wrap_up": _("After the call"),
        "no_call": _("No call now."),
        "wait_for_call": _("You are available: the next call rings here."),
        "hold": _("Put on hold"),
        "unhold": _("Back to the caller"),
        "mute": _("Mute the microphone"),
        "unmute": _("Speak again"),
        "nobody_waits": _("Nobody waits whom you may take."),
        "nobody_missed": _("Nobody today."),
        "turned_away": _("closed, or nobody there"),
        "nobody_else": _("No colleague is signed in."),
        "asked": _("asked for"),
        "call_back": _("wants to be called back"),
        "rings_elsewhere": _("rings at a colleague"),
        "headset": {
            "none": _("No headset yet."),
            "connecting": _("Connecting the headset…"),
            "here": _("The headset is connected in this window."),
            "elsewhere": _("The headset is in another of your windows."),
            "use_here": _("Use the headset here"),
        },
        "live": {
            "lost": _("The connection to the switchboard is lost. Trying again…"),
            "back": _("Connected again."),
        },
        "failed": _("That did not work."),
        "problems": headset_problems(_),
    }


def shared_texts(_: Gettext) -> dict[str, object]:
    """Words of both pages: states, reasons, languages."""
    return {
        "states": {
            "available": _("Available"),
            "ringing": _("Ringing"),
            "busy": _("Busy"),
            "wrap_up": _("Wrap-up"),
            "paused": _("Paused"),
            "signed_out": _("Signed out"),
        },
        "reasons": {
            "break": _("Break"),
            "meeting": _("Meeting"),
            "paperwork": _("Paperwork"),
            "other": _("Something else"),
            "unanswered": _("A call rang out unanswered"),
            "declined": _("A call was declined"),
            "headset": _("The headset was lost"),
        },
        "languages": {
            "it": _("Italian"),
            "en": _("English"),
            "fr": _("French"),
            "ar": _("Arabic"),
        },
    }


def headset_problems(_: Gettext) -> dict[str, str]:
    """Why a headset could not be connected."""
    return {
        "refused": _(
            "The microphone was refused. Allow it in the browser's address bar, then try again."
        ),
        "no_microphone": _("No microphone was found. Plug the headset in, then try again."),
        "microphone_busy": _(
            "The microphone cannot be used now. Close other programs that use it, then try again."
        ),
        "insecure": _("Browsers give the microphone only to pages opened over https."),
        "unsupported": _("This browser cannot make calls. Try a newer one."),
        "dropped": _("The headset's connection has dropped."),
        "unreachable": _("The switchboard could not be reached for the headset."),
        "busy": _("The switchboard cannot take the headset now. Try again in a minute."),
    }


def overview_texts(_: Gettext) -> dict[str, object]:
    """The words of the overview's script."""
    return {
        **shared_texts(_),
        "nobody_waits": _("Nobody waits."),
        "nobody_else": _("Nobody is signed in."),
        "no_figures": _("Nobody has called yet."),
        "seconds": _("s"),
        "answered": _("answered later"),
        "abandoned": _("abandoned"),
        "in_time": _("answered in time"),
        "lost": _("The connection to the switchboard is lost. Trying again…"),
        "by_hour": _("Callers by hour"),
        "by_day": _("Callers by day"),
        "level_by_day": _("Service level by day"),
    }
