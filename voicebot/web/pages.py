"""The caller page in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from babel import negotiate_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from voicebot.model import Content, Language

NAMES: Mapping[Language, str] = {
    "it": "Italiano",
    "en": "English",
    "fr": "Français",
    "ar": "العربية",
}
"""Each language by its own name."""

RIGHT_TO_LEFT = frozenset({"ar"})


class CallerPage:
    """Renders the caller page."""

    def __init__(
        self,
        templates: Path,
        content: Callable[[], Content],
        languages: Sequence[Language],
        texts: Mapping[Language, Callable[[str], str]],
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined
        )
        self._content = content
        self._languages = tuple(languages)
        self._texts = texts

    def render(
        self, chosen: str | None, accepted: str, ice_servers: Sequence[Mapping[str, str]]
    ) -> str:
        """The page's HTML. `chosen` is the reader's choice, `accepted` the Accept-Language."""
        language = self._language(chosen, accepted)
        content = self._content()
        _ = self._texts[language]
        return self._environment.get_template("caller.html").render(
            language=language,
            direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
            languages=[(code, NAMES[code]) for code in self._languages],
            town=content.town[language],
            telephone=content.telephone,
            offices=[(office.key, office.names[language]) for office in content.offices],
            config={"iceServers": list(ice_servers), "texts": _script_texts(_)},
            _=_,
        )

    def _language(self, chosen: str | None, accepted: str) -> Language:
        if chosen in self._languages:
            return chosen
        wanted = [part.split(";")[0].strip().replace("-", "_") for part in accepted.split(",")]
        wanted = [part for code in wanted for part in (code, code.split("_")[0]) if part]
        return negotiate_locale(wanted, self._languages) or self._languages[0]


def _script_texts(_: Callable[[str], str]) -> dict[str, object]:
    """What the page's script shows."""
    return {
        "call": _("Call"),
        "hang_up": _("Hang up"),
        "connecting": _("Connecting…"),
        "in_call": _("In call"),
        "writing": _("You are writing with the switchboard."),
        "ended": _("The call has ended."),
        "write_instead": _("You can also write below, or use the keys."),
        "speakers": {
            "bot": _("Switchboard"),
            "caller": _("You"),
            "understood": _("Understood"),
        },
        "problems": {
            "refused": _(
                "The microphone was refused. Allow it in the browser's address bar, "
                "then call again."
            ),
            "no_microphone": _("No microphone was found. Plug one in, then call again."),
            "microphone_busy": _(
                "The microphone cannot be used now. Close other programs that use it, "
                "then call again."
            ),
            "insecure": _(
                "Browsers give the microphone only to pages opened over https or on the "
                "switchboard's own machine."
            ),
            "unsupported": _("This browser cannot make calls. Try a newer one."),
            "busy": _("All lines are busy. Call again in a few minutes."),
            "dropped": _("The line has dropped. Call again."),
            "unreachable": _("The switchboard could not be reached. Call again in a minute."),
        },
    }
