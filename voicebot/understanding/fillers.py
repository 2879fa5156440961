"""Words that carry no request: articles, prepositions, pronouns, auxiliaries, courtesies.

They are no topic of any office, so they are part of the language and not of the staff files.
"""

from __future__ import annotations

from functools import cache

from voicebot.model import Language
from voicebot.understanding.normalise import words

_FILLERS: dict[Language, str] = {
    "it": """
        il lo la i gli le l un una un' di del dello della dei degli delle d a al allo alla ai agli
        alle all da dal dallo dalla dai dagli dalle in nel nello nella nei negli nelle con su sul
        sullo sulla sui per tra fra e ed o ma se che chi cui non mi ti si ci vi ne me te lui lei
        loro io tu noi voi mio mia miei mie suo sua questo questa quello quella è sono sei siamo
        siete ho ha hai abbiamo avete hanno essere avere stato anche poi qui lì allora ecco eh ehm
        buongiorno buonasera salve ciao pronto grazie mille prego per favore piacere cortesia scusi
        scusa scusate senta signora signore gentilmente
    """,
    "en": """
        the a an of to for in on at by with from and or but if that this these those it its is are
        was were be been am im ive id ill do does did have has had can could would will shall may i
        you your he she they we us me my our their his her him them there here not so as well then
        just um uh er oh hi hello good morning afternoon evening please thanks thank very much
        sorry excuse sir madam
    """,
    "fr": """
        le la les l un une des du de d à au aux en dans sur sous par pour avec et ou mais si que
        qu qui ne n pas je j tu il elle on nous vous ils elles me m te t se s lui leur mon ma mes
        votre vos notre nos son sa ses ce c cet cette ces ça cela y est suis sont es sommes êtes
        être ai as a avons avez ont avoir aussi alors donc là euh bonjour bonsoir allô merci
        beaucoup bien s'il vous plaît svp pardon excusez moi madame monsieur
    """,
    "ar": """
        من في على إلى الى عن مع هل ما ماذا هو هي هم أنا انا نحن أنت انت هذا هذه ذلك تلك الذي التي
        أن إن أو و ثم قد لا لم لن كان كانت يا أي كل عند عندي لي لك له لنا لكم به
        مرحبا السلام عليكم أهلا صباح مساء الخير شكرا جزيلا فضلك لو سمحت سمحتم رجاء أرجوك عفوا
    """,
}


@cache
def fillers(language: Language) -> frozenset[str]:
    """The filler words of a language, normalised."""
    return frozenset(words(_FILLERS[language], language))
