"""What callers hear while they are put through, wait, and are called back."""

from __future__ import annotations

from voicebot.answering import counting
from voicebot.answering.answers import TOWN_LANGUAGE, Answers, Words, closed
from voicebot.answering.counting import LAST_PLACE, Minutes
from voicebot.answering.grammar import GRAMMARS
from voicebot.answering.reading import digits_in_words
from voicebot.model import Language, Office, Sentence
from voicebot.model.holding import Standing


class WaitingWords(Answers):
    """The words of the hold queue, in every language of its catalogues."""

    # being put through

    def connecting(self, language: Language, office: Office) -> Words:
        """They are being put through; nothing is known yet of how long it takes."""
        return self._named(language, office, self._say(language, "Please stay on the line."))

    def connected(self, language: Language) -> Words:
        """Somebody has answered; said over the first second, so it is short."""
        return (self._say(language, "You are through."),)

    def not_reached(self, language: Language, office: Office) -> Words:
        """The telephone of the office was not answered; its number instead."""
        nobody = self._say(language, "I am sorry, nobody answers at the moment.")
        return (nobody, *self._call_directly(language, office.telephone))

    def trouble(self, language: Language, office: Office) -> Words:
        """The connection cannot be made for a technical reason; the number instead."""
        return (
            self._say(language, "I am sorry, I cannot connect you at the moment."),
            *self._call_directly(language, office.telephone),
        )

    def unattended(self, language: Language, office: Office) -> Words:
        """Nobody is there to answer for an office that is open."""
        nobody = self._say(language, "I am sorry, no operator is available for this office now.")
        return self._named(language, office, nobody)

    # waiting

    def joined(self, language: Language) -> Words:
        """They wait from now on; their place is told next."""
        return (self._say(language, "The first free operator will answer you."),)

    def place(self, language: Language, standing: Standing) -> Words:
        """The place in the queue, and how long it may take."""
        place = self._place(language, standing.position)
        if standing.wait is None:
            return (place,)
        minutes = counting.widened(standing.wait.low, standing.wait.high)
        return (place, *self.expected(language, minutes))

    def expected(self, language: Language, minutes: Minutes) -> Words:
        """How long it may take; nothing where nothing useful is known."""
        wait = counting.wait(language, minutes)
        return (self._say(language, "Expected waiting time: {wait}.", wait=wait),) if wait else ()

    def still_there(self, language: Language) -> Words:
        """A sign of life between long stretches of music."""
        return (self._say(language, "You are still in the queue, and your place is kept."),)

    def waiting_menu(self, language: Language, calls_back: bool) -> Words:
        """What one can do meanwhile; being called back only where there is a way to."""
        keys = self._say(language, "To hear your place press zero.")
        if calls_back:
            keys = self._say(
                language, "To hear your place press zero, to be called back press the hash key."
            )
        return (
            self._say(
                language,
                "While you wait, you can ask for opening hours and addresses, or choose another "
                "office.",
            ),
            keys,
        )

    def any_language(self, language: Language) -> Words:
        """Operators who do not speak the caller's language may answer now, to save time."""
        return (
            self._say(
                language,
                "So that you need not wait longer, an operator who speaks another language may "
                "answer you.",
            ),
        )

    def deserted(self, language: Language) -> Words:
        """The last operator has gone."""
        return (self._say(language, "I am sorry, no operator is available any more."),)

    def closed_meanwhile(self, language: Language) -> Words:
        """The office has closed, and nobody is served any more."""
        return (self._say(language, "I am sorry, the office has closed in the meantime."),)

    def back_in_place(self, language: Language) -> Words:
        """The connection failed before they could speak, and nothing is lost by it."""
        return (
            self._say(language, "I am sorry, the connection did not succeed."),
            self._say(language, "You are in the queue again, and your place is kept."),
        )

    def handed_on(self, language: Language, office: Office) -> Words:
        """An operator has put them into the queue of an office."""
        waits = self._say(language, "You are in the queue again, and your place is kept.")
        return self._named(language, office, waits)

    def moved(self, language: Language, office: Office) -> Words:
        """They wait for another office now."""
        keeps = self._say(language, "Very well, you keep your place in the queue.")
        return self._named(language, office, keeps)

    def not_moved(self, language: Language, office: Office) -> Words:
        """Nobody is there to answer for the other office."""
        return (*self.unattended(language, office), *self.still_there(language))

    # finding one's place again

    def code(self, language: Language, code: str) -> Words:
        """What to key in after the line has dropped."""
        return (
            self._say(
                language,
                "If we are cut off, call again, press the hash key, and key in these four figures:",
            ),
            self._digits(language, code),
        )

    def resumed(self, language: Language, office: Office) -> Words:
        """They called again, and their place was found."""
        back = self._say(language, "Welcome back: your place in the queue has been kept.")
        return (back, self._named(language, office)[0])

    def key_in_code(self, language: Language) -> Words:
        """The four figures are wanted."""
        return (self._say(language, "Please key in the four figures."),)

    def wrong_code(self, language: Language) -> Words:
        """No place is kept under that code."""
        return (self._say(language, "No place is kept under this number."),)

    # being called back

    def offer_call_back(self, language: Language) -> Words:
        """Whether they want to be called back."""
        return (
            self._say(language, "Would you like us to call you back?"),
            self._say(language, "Say yes, or press the hash key."),
        )

    def consent(self, language: Language) -> Words:
        """Whether the number they call from may be kept and called."""
        return (
            self._say(
                language,
                "We will call the number you are calling from, and keep it, encrypted, only until "
                "then: is that all right?",
            ),
            self._say(language, "For another number, key it in and press the hash key."),
        )

    def ask_number(self, language: Language) -> Words:
        """Which number is to be called; keying it in is the consent."""
        return (
            self._say(
                language,
                "Key in your number and press the hash key: we keep it, encrypted, only until we "
                "have called you.",
            ),
        )

    def confirm_number(self, language: Language, number: str) -> Words:
        """The number as it was keyed in."""
        return (
            self._say(language, "I have this number:"),
            self._telephone(language, number),
            self._say(language, "If it is right say yes or press the hash key, otherwise no."),
        )

    def wrong_number(self, language: Language) -> Words:
        """What was keyed in is no number."""
        return (self._say(language, "That is not a whole telephone number."),)

    def will_call(self, language: Language) -> Words:
        """The call-back is noted."""
        return (
            self._say(language, "Very well: you keep your place, and we call you in your turn."),
        )

    def no_call_back(self, language: Language) -> Words:
        """The call-back cannot be noted."""
        return (self._say(language, "I am sorry, we cannot call this number back."),)

    def calling_back(self, language: Language, town: str) -> Words:
        """Who calls, and why: the first thing that they hear."""
        name = digits_in_words(town, GRAMMARS[language])
        return (self._say(language, "{town}: we are calling you back, as you asked.", town=name),)

    # for the operator

    def whisper(self, language: Language, office: Office, seconds: float) -> Words:
        """Who is coming, in the town's language: whose language, which office, waited how long."""
        tongue = self._at_work
        return (
            self.tongue(language),
            self._named(tongue, office)[0],
            closed(tongue, counting.lasted(tongue, seconds)),
        )

    def tongue(self, language: Language) -> Sentence:
        """The name of a language, for the operator."""
        names = {
            "it": self._text(self._at_work, "Italian"),
            "en": self._text(self._at_work, "English"),
            "fr": self._text(self._at_work, "French"),
            "ar": self._text(self._at_work, "Arabic"),
        }
        return closed(self._at_work, names[language])

    @property
    def _at_work(self) -> Language:
        """The language of the operators: the town's, where it is spoken here at all."""
        return TOWN_LANGUAGE if TOWN_LANGUAGE in self.languages else self.languages[0]

    def _place(self, language: Language, position: int) -> Sentence:
        if position > LAST_PLACE:
            return self._say(language, "More than twenty people are before you.")
        place = counting.place(language, position)
        return self._say(language, "You are {place} in the queue.", place=place)

    def _digits(self, language: Language, code: str) -> Sentence:
        """Figure by figure: nobody can write down "one thousand two hundred"."""
        grammar = GRAMMARS[language]
        spoken = f"{grammar.COMMA} ".join(grammar.DIGITS[int(digit)] for digit in code)
        return Sentence(language, closed(language, spoken).text, written=code)
