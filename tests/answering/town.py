"""A town of three offices, made up for these tests."""

from __future__ import annotations

from datetime import time
from pathlib import Path

from voicebot.answering.wording import Wording, load_catalogues
from voicebot.model import (
    LANGUAGES,
    Appointment,
    Content,
    Office,
    PhraseBook,
    Span,
    Week,
)

LOCALES = Path(__file__).resolve().parents[2] / "locales"


def span(text: str) -> Span:
    """ "08:30-13:00" as a span."""
    opens, _, closes = text.partition("-")
    return Span(time.fromisoformat(opens), time.fromisoformat(closes))


def week(*days: str) -> Week:
    """Seven days, each its spans separated by blanks; days left out are closed."""
    given = [tuple(span(text) for text in day.split()) for day in days]
    return tuple(given + [()] * (7 - len(given)))


MORNINGS = week(
    "08:30-13:00",
    "08:30-13:00 14:30-17:30",
    "08:30-13:00",
    "08:30-13:00 14:30-17:30",
    "08:30-13:00",
)
HOUSING = Office(
    id="casa",
    key="5",
    names={
        "it": "Ufficio casa",
        "en": "Housing office",
        "fr": "Bureau du logement",
        "ar": "مَكْتَبُ السَّكَنِ",
    },
    telephone="059 203 4405",
    old_numbers=(),
    address="Via Santi 60, Modena",
    directions={
        "it": "Autobus 4, fermata Santi. Di fronte al parco.",
        "en": "Bus 4, Santi stop. Opposite the park.",
        "fr": "Bus 4, arrêt Santi. En face du parc.",
        "ar": "الحَافِلَةُ رَقْمُ 4. أَمَامَ الحَدِيقَةِ.",
    },
    appointment=Appointment.PREFERRED,
    quarters=(),
    streets=(),
    week=MORNINGS,
)
HUB = Office(
    id="polo-1",
    key="1",
    names={
        "it": "Polo territoriale 1",
        "en": "Territorial hub one",
        "fr": "Pôle territorial un",
        "ar": "الْمَرْكَزُ الْمَحَلِّيُّ الْأَوَّلُ",
    },
    telephone="+39 059 2034401",
    old_numbers=(),
    address="Piazza Grande, Modena",
    directions={},
    appointment=Appointment.REQUIRED,
    quarters=("Crocetta",),
    streets=(),
    week=week("09:00-12:30", "", "07:45-12:00 15:00-18:45", "", "", "08:10-11:50"),
)
SHUT = Office(
    id="archivio",
    key="2",
    names={"it": "Archivio", "en": "Archive", "fr": "Archives", "ar": "الأَرْشِيفُ"},
    telephone="059 203 4499",
    old_numbers=(),
    address="Via Emilia Est 12/A, Modena",
    directions={},
    appointment=Appointment.NEVER,
    quarters=(),
    streets=(),
    week=week(),
)
EXAMPLES = {
    "it": "Vorrei gli orari dell'ufficio casa.",
    "en": "I would like the opening hours of the housing office.",
    "fr": "Je voudrais les horaires du bureau du logement.",
    "ar": "أُرِيدُ أَوْقَاتَ مَكْتَبِ السَّكَنِ.",
}
TOWN = Content(
    town={
        "it": "Servizi sociali del Comune di Modena",
        "en": "Social services of the City of Modena",
        "fr": "Services sociaux de la Ville de Modène",
        "ar": "الْخِدْمَاتُ الِاجْتِمَاعِيَّةُ لِبَلَدِيَّةِ مُودِينَا",
    },
    telephone="059 203 4444",
    offices=(HUB, SHUT, HOUSING),
    books={code: PhraseBook(code, (), (), (), EXAMPLES[code]) for code in LANGUAGES},
    examples=(),
    version="0" * 12,
)
CATALOGUES = load_catalogues(LOCALES, LANGUAGES)
WORDING = Wording(CATALOGUES)
