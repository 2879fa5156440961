"""Whether a sentence stops in the middle: on a word after which something must follow."""

from __future__ import annotations

from functools import cache

from voicebot.model import Language
from voicebot.understanding.normalise import words

_OPEN: dict[Language, str] = {
    "it": """
        il lo la gli le l un una un' di del dello della dell dei degli delle d a al allo alla all ai
        agli alle da dal dallo dalla dall dai dagli dalle in nel nello nella nell nei negli nelle
        con su sul sullo sulla sull sui per tra fra e ed o oppure ma se che chi cui perché mio mia
        vorrei devo dovrei posso potrei ehm eh allora
    """,
    "en": """
        the a an of to for in on at with from and or but if that these those my your our his their
        is are was were because about i i'd i'm i've uh um er
    """,
    "fr": """
        le la les l un une des du de d à au aux en dans sur pour par avec et ou mais si que qu qui
        je j voudrais dois mon ma mes votre vos ce cet cette quel quelle quels quelles euh alors
    """,
    "ar": "من في على إلى عن مع و أو أن لأن هل التي الذي يعني",
}
"""Words after which something must follow, whatever is understood without it."""

_UNNAMED: dict[Language, str] = {
    "it": """
        vuole voglio volevo può ho sono mi ci sto cerco chiedere sapere parlare avere bisogno dove
        quando quale quali come questo questa ufficio numero polo via
    """,
    "en": """
        this when where which what who how why want would like need have know speak talk ask can
        could do does office number hub well
    """,
    "fr": """
        où quand comment pourquoi veux peux pourrais suis ai parler savoir demander besoin bureau
        numéro pôle rue
    """,
    "ar": """
        متى أين كيف أي ما أريد أود أحتاج يمكنني هذا هذه مكتب مركز رقم شارع التحدث أتكلم أعرف أسأل
    """,
}
"""Words after which something is missing where nothing was understood."""

_BROKEN_OFF = ("...", "…", ",", "-")
"""What a recogniser writes after a voice that hangs in the air."""


def unfinished(text: str, language: Language, understood: bool = False) -> bool:
    """Whether more is to be expected after this; less is where the words so far make sense."""
    if text.rstrip().endswith(_BROKEN_OFF):
        return True
    said = words(text, language)
    opening = _opening(language, understood)
    return bool(said) and said[-1] in opening


@cache
def _opening(language: Language, understood: bool) -> frozenset[str]:
    written = _OPEN[language] if understood else f"{_OPEN[language]} {_UNNAMED[language]}"
    return frozenset(words(written, language))
