"""A small town's phrases for the tests, as the staff files would give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from voicebot.model import (
    Action,
    ActionPhrase,
    Appointment,
    CommandPhrase,
    Language,
    Office,
    OfficeId,
    OfficePhrase,
    PhraseBook,
)

HUBS = ("polo-1", "polo-2", "polo-3")

NAMES: Mapping[OfficeId, Mapping[Language, str]] = {
    "polo-1": {
        "it": "Polo territoriale uno",
        "en": "Territorial hub one",
        "fr": "Pôle territorial un",
        "ar": "المركز الإقليمي واحد",
    },
    "polo-2": {
        "it": "Polo territoriale due",
        "en": "Territorial hub two",
        "fr": "Pôle territorial deux",
        "ar": "المركز الإقليمي اثنان",
    },
    "polo-3": {
        "it": "Polo territoriale tre",
        "en": "Territorial hub three",
        "fr": "Pôle territorial trois",
        "ar": "المركز الإقليمي ثلاثة",
    },
    "segreteria": {
        "it": "Segreteria del servizio sociale territoriale",
        "en": "Secretariat of the social service",
        "fr": "Secrétariat du service social",
        "ar": "سكرتارية الخدمة الاجتماعية",
    },
    "ufficio-casa": {
        "it": "Ufficio casa",
        "en": "Housing office",
        "fr": "Bureau du logement",
        "ar": "مكتب السكن",
    },
}

_OFFICES: Mapping[Language, Mapping[OfficeId, Sequence[str]]] = {
    "it": {
        "polo-1": ("polo uno", "primo polo", "polo numero uno"),
        "polo-2": ("polo due", "secondo polo", "polo numero due"),
        "polo-3": ("polo tre", "terzo polo", "polo numero tre"),
        "segreteria": ("segreteria", "consegnare documenti", "fare un reclamo"),
        "ufficio-casa": (
            "casa popolare",
            "case popolari",
            "sfratto",
            "uno sfratto",
            "non riesco a pagare l'affitto",
            "affitto della casa",
        ),
    },
    "en": {
        "polo-1": ("hub one", "first hub", "hub number one"),
        "polo-2": ("hub two", "second hub", "hub number two"),
        "polo-3": ("hub three", "third hub", "hub number three"),
        "segreteria": ("secretariat", "front office", "hand in documents"),
        "ufficio-casa": ("housing office", "council housing", "pay my rent", "eviction"),
    },
    "fr": {
        "polo-1": ("pôle un", "premier pôle", "pôle numéro un"),
        "polo-2": ("pôle deux", "deuxième pôle", "pôle numéro deux"),
        "polo-3": ("pôle trois", "troisième pôle", "pôle numéro trois"),
        "segreteria": ("secrétariat", "déposer des documents"),
        "ufficio-casa": ("logement social", "bureau du logement", "payer mon loyer", "expulsion"),
    },
    "ar": {
        "polo-1": ("المركز واحد", "المركز الأول", "المركز رقم واحد"),
        "polo-2": ("المركز اثنين", "المركز الثاني", "المركز رقم اثنين"),
        "polo-3": ("المركز ثلاثة", "المركز الثالث", "المركز رقم ثلاثة"),
        "segreteria": ("السكرتارية", "تسليم الوثائق"),
        "ufficio-casa": ("مكتب السكن", "السكن الاجتماعي", "دفع الإيجار"),
    },
}
_SHARED: Mapping[Language, Sequence[str]] = {
    "it": ("assistente sociale", "assistenza per mia madre anziana"),
    "en": ("social worker", "care for my elderly mother"),
    "fr": ("assistante sociale", "aide pour ma mère âgée"),
    "ar": ("المرشدة الاجتماعية", "الأخصائية الاجتماعية"),
}
_ACTIONS: Mapping[Language, Mapping[Action, Sequence[str]]] = {
    "it": {
        Action.TALK: ("vorrei parlare con {office}", "mi passa {office}", "chiamo per {office}"),
        Action.HOURS: (
            "a che ora apre {office}",
            "a che ora chiude {office}",
            "quando è aperto {office}",
            "quando siete aperti",
            "orari di {office}",
            "vorrei sapere gli orari di {office}",
        ),
        Action.WHERE: ("dove si trova {office}", "indirizzo di {office}", "come arrivo {office}"),
    },
    "en": {
        Action.TALK: ("talk to {office}", "put me through to {office}", "calling about {office}"),
        Action.HOURS: (
            "when does {office} open",
            "what time does {office} close",
            "opening hours of {office}",
            "is {office} open",
            "when are you open",
        ),
        Action.WHERE: ("where is {office}", "address of {office}"),
    },
    "fr": {
        Action.TALK: ("je voudrais parler à {office}", "passez moi {office}"),
        Action.HOURS: (
            "à quelle heure ouvre {office}",
            "les horaires de {office}",
            "quand {office} est ouvert",
            "quand êtes vous ouverts",
        ),
        Action.WHERE: ("où se trouve {office}", "l'adresse de {office}"),
    },
    "ar": {
        Action.TALK: ("أريد التحدث مع {office}", "أتصل بخصوص {office}"),
        Action.HOURS: (
            "متى يفتح {office}",
            "ساعات عمل {office}",
            "هل {office} مفتوح",
            "متى تفتحون",
        ),
        Action.WHERE: ("أين يقع {office}", "عنوان {office}"),
    },
}
_COMMANDS: Mapping[Language, Mapping[Action, Sequence[str]]] = {
    "it": {
        Action.OPERATOR: ("parlare con un operatore", "operatore", "una persona vera"),
        Action.REPEAT: ("può ripetere", "non ho capito"),
        Action.SLOWER: ("più piano", "parli più lentamente"),
        Action.GOODBYE: ("arrivederci", "va bene così", "grazie"),
        Action.YES: ("sì", "va bene", "certo"),
        Action.NO: ("no", "non è quello"),
    },
    "en": {
        Action.OPERATOR: ("talk to a person", "speak to an operator", "operator"),
        Action.REPEAT: ("can you repeat", "say that again"),
        Action.SLOWER: ("slower", "speak more slowly"),
        Action.GOODBYE: ("goodbye", "that is all"),
        Action.YES: ("yes", "that is right"),
        Action.NO: ("no", "that is wrong"),
    },
    "fr": {
        Action.OPERATOR: ("parler à un opérateur", "opérateur"),
        Action.REPEAT: ("pouvez-vous répéter", "je n'ai pas compris"),
        Action.SLOWER: ("plus lentement",),
        Action.GOODBYE: ("au revoir", "c'est tout"),
        Action.YES: ("oui", "d'accord"),
        Action.NO: ("non",),
    },
    "ar": {
        Action.OPERATOR: ("التحدث مع موظف", "موظف"),
        Action.REPEAT: ("هل يمكنك أن تعيد", "لم أفهم"),
        Action.SLOWER: ("تكلم ببطء",),
        Action.GOODBYE: ("مع السلامة", "هذا كل شيء"),
        Action.YES: ("نعم", "أجل"),
        Action.NO: ("لا", "كلا"),
    },
}
_LANGUAGES: Mapping[Language, Mapping[Language, Sequence[str]]] = {
    "it": {
        "it": ("possiamo parlare italiano", "in italiano"),
        "en": ("possiamo parlare inglese", "in inglese"),
        "fr": ("possiamo parlare francese", "in francese"),
        "ar": ("possiamo parlare arabo", "in arabo"),
        "any": ("cambiare lingua",),
    },
    "en": {
        "it": ("can we speak Italian", "in Italian"),
        "en": ("can we speak English", "in English"),
        "fr": ("can we speak French", "in French"),
        "ar": ("can we speak Arabic", "in Arabic"),
        "any": ("change language",),
    },
    "fr": {
        "it": ("parlez-vous italien", "en italien"),
        "en": ("parlez-vous anglais", "en anglais"),
        "fr": ("parlez-vous français", "en français"),
        "ar": ("parlez-vous arabe", "en arabe"),
        "any": ("changer de langue",),
    },
    "ar": {
        "it": ("هل تتكلم الإيطالية", "بالإيطالية"),
        "en": ("هل تتكلم الإنجليزية", "بالإنجليزية"),
        "fr": ("هل تتكلم الفرنسية", "بالفرنسية"),
        "ar": ("هل تتكلم العربية", "بالعربية"),
        "any": ("تغيير اللغة",),
    },
}


def offices() -> tuple[Office, ...]:
    """The five offices, with keys 1 to 5."""
    return tuple(
        Office(
            id=office,
            key=str(index),
            names=names,
            telephone="059 000 0000",
            old_numbers=(),
            address="Via Prova 1, Modena",
            directions={},
            appointment=Appointment.NEVER,
            quarters=(),
            streets=(),
            week=((),) * 7,
        )
        for index, (office, names) in enumerate(NAMES.items(), start=1)
    )


def books() -> dict[Language, PhraseBook]:
    """One book for each language."""
    return {
        language: PhraseBook(
            language=language,
            offices=(
                *(
                    OfficePhrase(text, (office,))
                    for office, texts in _OFFICES[language].items()
                    for text in texts
                ),
                *(OfficePhrase(text, HUBS) for text in _SHARED[language]),
            ),
            actions=tuple(
                ActionPhrase(text, action)
                for action, texts in _ACTIONS[language].items()
                for text in texts
            ),
            commands=tuple(_commands(language)),
            example="",
        )
        for language in _OFFICES
    }


def _commands(language: Language) -> Iterator[CommandPhrase]:
    for action, texts in _COMMANDS[language].items():
        for text in texts:
            yield CommandPhrase(text, action)
    for to_language, texts in _LANGUAGES[language].items():
        for text in texts:
            wanted = None if to_language == "any" else to_language
            yield CommandPhrase(text, Action.LANGUAGE, wanted)
