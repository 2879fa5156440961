"""A sentence for those who work here, that can be told in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Told(str):
    """The sentence in English, which knows from what it was made: a template and its values.

    To the program it is that English text; whoever shows it looks the template up and puts the
    values, which may be sentences of this kind too, into what it finds.
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Told:
        """The template has its values in braces."""
        text = super().__new__(cls, template.format(**values))
        text.template, text.values = template, values
        return text

    def __reduce__(self) -> tuple[type[Told], tuple[str, dict[str, Any]]]:
        return Told, (self.template, dict(self.values))


def told(template: str, /, **values: Any) -> Told:
    """A sentence in English with its values: `told("{day} is no holiday", day=day)`."""
    return Told(template, values)


def tell(text: str, texts: Mapping[str, str]) -> str:
    """The sentence by the templates of another language; English where one is missing."""
    if not isinstance(text, Told):
        return text
    values = {
        name: tell(value, texts) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return texts.get(text.template, text.template).format(**values)
