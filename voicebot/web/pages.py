"""The caller page in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from voicebot.model import Content, Language, Office, Sentence

NAMES: Mapping[Language, str] = {
    "it": "Italiano",
    "en": "English",
    "fr": "Français",
    "ar": "العربية",
}
"""Each language by its own name."""

RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True, slots=True)
class Visit:
    """What the reader asked for."""

    language: str | None
    """Chosen on the page."""
    accepted: str
    """The Accept-Language header."""
    office: str | None = None
    """The office that the page's address names."""


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

    def render(self, visit: Visit, ice_servers: Sequence[Mapping[str, str]]) -> str:
        """The page's HTML."""
        language = self._language(visit.language, visit.accepted)
        content = self._content()
        office = next((one for one in content.offices if one.id == visit.office), None)
        _ = self._texts[language]
        return self._environment.get_template("caller.html").render(
            language=language,
            direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
            languages=[(code, NAMES[code]) for code in self._languages],
            town=_written(content.town[language], language),
            telephone=content.telephone,
            keys=_keys(content.offices, language, _),
            office=office and {"id": office.id, "name": _written(office.names[language], language)},
            config={
                "iceServers": list(ice_servers),
                "office": office and office.id,
                "texts": _script_texts(_),
            },
            _=_,
        )

    def _language(self, chosen: str | None, accepted: str) -> Language:
        if chosen in self._languages:
            return chosen
        wanted = (code for code in accepted_languages(accepted) if code in self._languages)
        return next(wanted, self._languages[0])


def accepted_languages(header: str) -> list[Language]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first."""
    weighted = []
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if quality > 0:
            weighted.append((quality, tag.split("-")[0].strip().lower()))
    return [code for _, code in sorted(weighted, key=lambda pair: -pair[0])]


def _written(name: str, language: Language) -> str:
    """A spoken name as readers are used to it."""
    return Sentence(language, name).shown


def _keys(
    offices: Sequence[Office], language: Language, _: Callable[[str], str]
) -> list[tuple[str, str]]:
    """What each key does. An office's key wins over a command's."""
    commands = {
        "6": _("Speak more slowly"),
        "7": _("Where the office is"),
        "8": _("Another language"),
        "9": _("Say it again"),
        "0": _("A person"),
        "*": _("Back to the menu"),
        "#": _("Yes"),
    }
    taken = {office.key: _written(office.names[language], language) for office in offices}
    meanings = commands | taken
    return [(key, meanings[key]) for key in "1234567890*#" if key in meanings]


def _script_texts(_: Callable[[str], str]) -> dict[str, object]:
    """What the page's script shows."""
    return {
        "call": _("Call"),
        "hang_up": _("Hang up"),
        "connecting": _("Connecting…"),
        "in_call": _("In call"),
        "writing": _("You are writing with the switchboard."),
        "ended": _("The call has ended."),
        "write_instead": _("You can also write, or use the keys."),
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
