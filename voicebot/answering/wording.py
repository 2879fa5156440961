"""Everything the bot says, as sentences; start reading here.

wording    the conversation: greeting, questions, menus, excuses, goodbyes
answers    what is told about an office
waiting    what is heard while being put through, waiting, or called back
grammar    clock times, days and numbers, one module a language
catalogue  the texts themselves, in locales/
prerender  all that can be said, so that it can be rendered beforehand
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voicebot.answering.answers import Answers, Words, closed
from voicebot.answering.arabic import shown
from voicebot.answering.catalogue import Catalogues, load_catalogues
from voicebot.answering.grammar import GRAMMARS
from voicebot.answering.reading import digits_in_words, sentences
from voicebot.answering.waiting import WaitingWords
from voicebot.model import Action, Language, Office, Sentence

__all__ = [
    "Catalogues",
    "Wording",
    "Words",
    "load_catalogues",
    "shown",
]


class Wording(Answers):
    """All that the bot says, in every language of its catalogues."""

    def __init__(self, catalogues: Catalogues) -> None:
        super().__init__(catalogues)
        self.waiting = WaitingWords(catalogues)

    def greeting(
        self, towns: Mapping[Language, str], languages: Sequence[Language] | None = None
    ) -> Words:
        """Who answers and that one may speak, once in each language (default: the catalogues').

        Only the first names the town: all of them together must not keep a caller waiting.
        """
        return tuple(
            self._welcome(language, towns[language] if position == 0 else None)
            for position, language in enumerate(languages or self.languages)
        )

    def preset(
        self,
        towns: Mapping[Language, str],
        office: Office,
        languages: Sequence[Language] | None = None,
    ) -> Words:
        """Who answers, and whether it is this office that is wanted: one yes or key goes on."""
        offered = languages or self.languages
        questions = (
            self._say(
                language,
                "{office}: say yes, or press {key}.",
                office=self.office_name(language, office),
                key=GRAMMARS[language].DIGITS[key],
            )
            for key, language in enumerate(offered, start=1)
        )
        both = zip(self.greeting(towns, languages), questions, strict=True)
        return tuple(sentence for pair in both for sentence in pair)

    def language_choice(self, languages: Sequence[Language] | None = None) -> Words:
        """Which key stands for which language, each in its own: the first is key one."""
        return tuple(
            self._say(
                language, "For English, press {key}.", key=GRAMMARS[language].DIGITS[position]
            )
            for position, language in enumerate(languages or self.languages, start=1)
        )

    def notice(self, language: Language) -> Words:
        """That a machine answers, for who has cut the greeting short."""
        return (self._say(language, "You are speaking with an automatic assistant."),)

    def question(self, language: Language) -> Words:
        """What the caller is expected to say."""
        return (self._say(language, "Tell me which office you are looking for."),)

    def key_menu(self, language: Language, offices: Sequence[Office]) -> Words:
        """Every office with its key, the operator, and what the other keys do."""
        return (
            *self._keys(language, offices),
            self._operator_key(language),
            self._say(
                language,
                "To hear me more slowly press six, for the address of the office just named seven, "
                "for another language eight, to hear this again nine.",
            ),
        )

    def not_understood(self, language: Language, attempt: int, example: str) -> Words:
        """The words were not understood; `attempt` counts from 1, `example` is the staff's."""
        if attempt > 1:
            return (
                self._say(language, "I am sorry, I still do not understand."),
                self._use_keys(language),
            )
        return (
            self._say(language, "Sorry, I did not understand."),
            self._say(language, "You can say, for example:"),
            *(
                closed(language, part)
                for part in sentences(digits_in_words(example, GRAMMARS[language]))
            ),
        )

    def silence(self, language: Language, attempt: int) -> Words:
        """Nothing was heard; `attempt` counts from 1."""
        if attempt > 1:
            return (self._say(language, "Are you still there?"), self._use_keys(language))
        return (
            self._say(language, "I cannot hear you."),
            self._say(language, "Tell me which office you are looking for, or press a key."),
        )

    def hearing_trouble(self, language: Language) -> Words:
        """Recognition does not work now; the keys do."""
        return (
            self._say(language, "I cannot understand speech at the moment."),
            self._use_keys(language),
        )

    def confirm(self, language: Language, office_name: str, action: Action) -> Words:
        """Whether this office, and this action, is what was meant."""
        name = digits_in_words(office_name, GRAMMARS[language])
        if action is Action.HOURS:
            return (
                self._say(
                    language,
                    "{office}: you would like the opening hours, is that right?",
                    office=name,
                ),
            )
        if action is Action.WHERE:
            return (
                self._say(
                    language,
                    "{office}: you would like to know where it is, is that right?",
                    office=name,
                ),
            )
        return (self._say(language, "{office}, is that right?", office=name),)

    def choose(self, language: Language, offices: Sequence[Office]) -> Words:
        """Which of a few offices is meant, each with its key."""
        return (self._say(language, "Which one do you mean?"), *self._keys(language, offices))

    def choose_by_home(self, language: Language, offices: Sequence[Office]) -> Words:
        """Which of the offices serves the caller's home, each with its key."""
        return (
            self._say(language, "It depends on where you live."),
            self._say(language, "Tell me your quarter, or your street."),
            *self._keys(language, offices),
            self._operator_key(language),
        )

    def unknown_home(self, language: Language, offices: Sequence[Office]) -> Words:
        """A quarter or street that is in no office's area, or was not understood."""
        return (
            self._say(language, "I do not know that place."),
            self._say(language, "Which of these serves your part of town?"),
            *self._keys(language, offices),
            self._operator_key(language),
        )

    def which_office(self, language: Language, action: Action) -> Words:
        """Of which office the caller has asked something."""
        if action is Action.HOURS:
            return (self._say(language, "Which office would you like the opening hours of?"),)
        if action is Action.WHERE:
            return (self._say(language, "Which office would you like to find?"),)
        return (self._say(language, "Which office would you like to speak to?"),)

    def anything_else(self, language: Language) -> Words:
        """After an answer."""
        return (self._say(language, "Can I help you with anything else?"),)

    def goodbye(self, language: Language) -> Words:
        """The caller is done."""
        return (self._say(language, "Thank you for calling."), self._say(language, "Goodbye."))

    def goodbye_silence(self, language: Language) -> Words:
        """Nothing is heard any more."""
        return self._parting(
            language, self._say(language, "I cannot hear anything, so I am ending the call.")
        )

    def goodbye_failed(self, language: Language) -> Words:
        """The caller could not be understood again and again."""
        return self._parting(
            language, self._say(language, "I am sorry, I could not help you this time.")
        )

    def too_long(self, language: Language) -> Words:
        """The call has reached its longest."""
        return self._parting(
            language, self._say(language, "This has been a long call, and I have to end it now.")
        )

    def slower(self, language: Language) -> Words:
        """The voice slows down from the next sentence on."""
        return (self._say(language, "Very well, I will speak more slowly."),)

    def language_changed(self, language: Language) -> Words:
        """The call goes on in this language."""
        return (self._say(language, "Very well, we can go on in English."),)

    def wrong_key(self, language: Language) -> Words:
        """The key means nothing."""
        return (self._say(language, "That key does nothing here."),)

    def understood(self, language: Language, office_name: str | None, action: Action) -> str:
        """A short caption of how the caller was taken: "Ufficio casa · orari"."""
        parts = (office_name, self._action(language, action))
        return " · ".join(shown(part) for part in parts if part)

    def _welcome(self, language: Language, town: str | None) -> Sentence:
        if town is None:
            return self._say(language, "Social services, automatic assistant: please speak.")
        name = digits_in_words(town, GRAMMARS[language])
        return self._say(
            language, "{town}, automatic assistant: please tell me what you need.", town=name
        )

    def _parting(self, language: Language, reason: Sentence) -> Words:
        return (
            reason,
            self._say(language, "Please call again whenever you like."),
            self._say(language, "Goodbye."),
        )

    def _keys(self, language: Language, offices: Sequence[Office]) -> Words:
        return tuple(
            self._say(
                language,
                "{office}: press {key}.",
                office=self.office_name(language, office),
                key=GRAMMARS[language].DIGITS[int(office.key)],
            )
            for office in offices
        )

    def _operator_key(self, language: Language) -> Sentence:
        return self._say(language, "For an operator, press zero.")

    def _use_keys(self, language: Language) -> Sentence:
        return self._say(language, "You can choose with the keys of the telephone.")

    def _action(self, language: Language, action: Action) -> str:
        captions = {
            Action.TALK: self._text(language, "to speak to someone"),
            Action.HOURS: self._text(language, "opening hours"),
            Action.WHERE: self._text(language, "where it is"),
            Action.OPERATOR: self._text(language, "operator"),
            Action.REPEAT: self._text(language, "repeat"),
            Action.SLOWER: self._text(language, "more slowly"),
            Action.POSITION: self._text(language, "place in the queue"),
            Action.CALL_BACK: self._text(language, "call back"),
            Action.GOODBYE: self._text(language, "goodbye"),
            Action.LANGUAGE: self._text(language, "change language"),
            Action.YES: self._text(language, "yes"),
            Action.NO: self._text(language, "no"),
            Action.OTHER: self._text(language, "another office"),
            Action.NONE: self._text(language, "not understood"),
        }
        return captions[action]
