"""The pages for those who work here, in Italian and English: one frame, one catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from voicebot.access.sign_in import SignedIn
from voicebot.model import Content, Language, OfficeId, Role, Sentence
from voicebot.web.pages import NAMES, accepted_languages

STAFF_LANGUAGES: tuple[Language, ...] = ("it", "en")
"""What the town's own people read."""


class StaffPages:
    """Renders the pages behind the sign-in."""

    def __init__(
        self,
        templates: Path,
        content: Callable[[], Content],
        texts: Mapping[Language, Callable[[str], str]],
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined
        )
        self._content = content
        self._texts = texts

    def language(self, request: Request) -> Language:
        """The reader's: as chosen, as chosen before, or as the browser prefers."""
        chosen = (request.query_params.get("lang"), request.cookies.get("language"))
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        return next((code for code in (*chosen, *accepted) if code and code in self._texts), "it")

    def text(self, language: Language) -> Callable[[str], str]:
        """From an English text to the shown one."""
        return self._texts[language]

    def offices(self, language: Language) -> dict[OfficeId, str]:
        """Every office and its name, as in the staff files."""
        names = {}
        for office in self._content().offices:
            code = language if language in office.names else next(iter(office.names))
            names[office.id] = Sentence(code, office.names[code]).shown
        return names

    def render(
        self, request: Request, template: str, who: SignedIn | None = None, **values: object
    ) -> str:
        """A page's HTML in the reader's language; `values` are the template's own."""
        language = self.language(request)
        content = self._content()
        shown = language if language in content.town else next(iter(content.town))
        return self._environment.get_template(template).render(
            language=language,
            languages=[(code, NAMES[code]) for code in self._texts],
            town=Sentence(shown, content.town[shown]).shown,
            who=who.account if who else None,
            csrf=who.csrf if who else "",
            path=request.url.path,
            Role=Role,
            _=self._texts[language],
            **values,
        )
