"""Every kind of mistake in a staff file, and how it is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voicebot.content.load import read_content
from voicebot.content.problems import Severity

TOWN = Path(__file__).parent / "town"
LANGUAGES = ("it", "en")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder of good files that a test may spoil."""
    return Path(shutil.copytree(TOWN, tmp_path / "intents"))


def spoil(town: Path, file: str, old: str, new: str) -> None:
    text = (town / file).read_text("utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    (town / file).write_text(text.replace(old, new, 1), "utf-8")


NUMBER = "without quotes YAML reads"

MISTAKES = [
    # offices.yaml: file, what is replaced, by what; line, key, part of the message, of the remedy
    ("offices.yaml", 'key: "1"', "key: 1", 7, "offices.nord.key", NUMBER, '"1"'),
    ("offices.yaml", 'key: "1"', "key: 012", 7, "offices.nord.key", "octal number, 10", '"012"'),
    ("offices.yaml", 'key: "1"', "key: yes", 7, "offices.nord.key", "true or false", '"yes"'),
    ("offices.yaml", 'key: "1"', 'key: "12"', 7, "offices.nord.key", "single digit", "one digit"),
    ("offices.yaml", 'key: "1"', 'key: "0"', 7, "offices.nord.key", "single digit", "one digit"),
    ("offices.yaml", 'key: "1"', 'key: "١"', 7, "offices.nord.key", "single digit", "one digit"),
    ("offices.yaml", 'key: "1"', "key:", 7, "offices.nord.key", "nothing is written", "the text"),
    ("offices.yaml", 'key: "2"', 'key: "1"', 25, "offices.sud.key", "(line 7)", "of its own"),
    ("offices.yaml", '    key: "2"\n', "", 24, "offices.sud.key", "key is missing", 'add key: "1"'),
    ("offices.yaml", '"0522 100 201"', "0592034444", 11, "offices.nord.telephone", "first 0",
     '"0592034444"'),
    ("offices.yaml", '"0522 100 201"', '"0522/100-201"', 11, "offices.nord.telephone", "digits",
     '"0522 100 201"'),
    ("offices.yaml", '"0522 100 200"', "0522100200", 4, "telephone", "octal", '"0522100200"'),
    ("offices.yaml", '"+39 0522 300 402"', '"0522300401"', 12, "offices.nord.old_numbers[1]",
     "nord (line 12)", "last"),
    ("offices.yaml", '    telephone: "0522 100 202"\n',
     '    telephone: "0522 100 202"\n    old_numbers: ["0522 300402"]\n', 28,
     "offices.sud.old_numbers[0]", "nord (line 12)", "last"),
    ("offices.yaml", '["0522 300 401", "+39 0522 300 402"]', '"0522 300 401"', 12,
     "offices.nord.old_numbers", "list is needed", "["),
    ("offices.yaml", '["Stazione"]', '["citta ALTA"]', 32, "offices.sud.areas.quarters[0]",
     "(line 19)", "the office that serves it"),
    ("offices.yaml", "quarters:", "quartes:", 19, "offices.nord.areas.quartes", "not a key",
     "did you mean quarters?"),
    ("offices.yaml", "appointment: never", "appointment: nevr", 41, "offices.anagrafe.appointment",
     "nevr", "did you mean never?"),
    ("offices.yaml", "appointment: never", "appointment: no", 41, "offices.anagrafe.appointment",
     "no", "never"),
    ("offices.yaml", "sample: true", "sample: perhaps", 2, "sample", "true or false", "true"),
    ("offices.yaml", 'en: "North desk"', 'fr: "Guichet nord"', 8, "offices.nord.names",
     "en is missing", "en"),
    ("offices.yaml", 'en: "Next to the mill."', 'eng: "Next to the mill."', 16,
     "offices.nord.directions.eng", "not a language", "did you mean en?"),
    ("offices.yaml", 'it: "Accanto al mulino."', 'it: "  "', 15, "offices.nord.directions.it",
     "no words", "words"),
    ("offices.yaml", '{it: "Servizi sociali di Borgo", en: "Borgo social services"}', '"Borgo"', 3,
     "town", "a mapping is needed", "key: value"),
    ("offices.yaml", 'monday: ["08:30', 'monday: ["8.30', 22, "offices.nord.hours.monday[0]",
     "opening", '"08:30-12:30"'),
    ("offices.yaml", '"08:30-12:30"', '"mattina"', 22, "offices.nord.hours.monday[0]", "mattina",
     '"08:30-13:00"'),
    ("offices.yaml", '"08:30-12:30"', '"08:30-24:00"', 22, "offices.nord.hours.monday[0]",
     "opening", "two digits"),
    ("offices.yaml", '"08:30-12:30"', '"12:30-08:30"', 22, "offices.nord.hours.monday[0]",
     "before it begins", "first"),
    ("offices.yaml", '"14:00-17:00"', '"12:00-17:00"', 22, "offices.nord.hours.monday[1]",
     "overlaps 08:30-12:30", "one opening"),
    ("offices.yaml", '"14:00-17:00"', '"07:00-08:00"', 22, "offices.nord.hours.monday[1]",
     "earlier than", "morning first"),
    ("offices.yaml", "friday: []", "friday:", 23, "offices.nord.hours.friday", "nothing", "[]"),
    ("offices.yaml", "friday: []", "fryday: []", 23, "offices.nord.hours.fryday", "not a key",
     "did you mean friday?"),
    ("offices.yaml", "friday: []", 'monday: ["09:00-10:00"]', 23, "offices.nord.hours.monday",
     "line 22", "keep one"),
    ("offices.yaml", "  sud:\n", "  Sud!:\n", 24, "offices.Sud!", "not a name", "small letters"),
    # phrases
    ("it.yaml", "language: it", "language: en", 1, "language", "name of the file", "language: it"),
    ("it.yaml", '  "yes": ["sì"]', '  yes: ["sì"]', 27, "commands.yes", "true or false", '"yes":'),
    ("it.yaml", '  "no": ["no', '  no: ["no', 28, "commands.no", "true or false", '"no":'),
    ("it.yaml", '"no, grazie"', "no", 28, "commands.no[0]", "true or false", '"no"'),
    ("it.yaml", '  slower: ["più piano"]\n', "", 22, "commands.slower", "slower is missing", "add"),
    ("it.yaml", '["operatore"]', "[]", 23, "commands.operator", "at least 1", "missing"),
    ("it.yaml", '    any: ["cambiare lingua"]\n', "", 29, "commands.language", "any is missing",
     "any"),
    ("it.yaml", '    en: ["inglese"]\n', "", 29, "commands.language", "en is missing", "en"),
    ("it.yaml", "    ar: [", "    arabic: [", 32, "commands.language.arabic", "not a language",
     "ar"),
    ("it.yaml", '  sud:\n    - "sportello sud"\n', "", 3, "offices", "sud has no phrase", "sud:"),
    ("it.yaml", "  sud:\n", "  sudd:\n", 6, "offices.sudd", "no office", "did you mean sud?"),
    ("it.yaml", "[nord, sud]", "[nord, sudo]", 12, "shared[0].offices[1]", "no office", "sud"),
    ("it.yaml", "[nord, sud]", "[nord, nord]", 12, "shared[0].offices[1]", "twice", "once"),
    ("it.yaml", "[nord, sud]", "[nord]", 12, "shared[0].offices", "at least 2", "add"),
    ("it.yaml", '"dove si trova {office}"', '"dove si trova {ofice}"', 21, "actions.where[0]",
     "{ofice} at column 15", "did you mean {office}"),
    ("it.yaml", "(apre|chiude)", "(apre|chiude", 18, "actions.hours[0]", "never closed", '")"'),
    ("it.yaml", '"sportello nord"', '"sportello {office}"', 5, "offices.nord[0]", "under actions",
     "words"),
    ("it.yaml", '"sportello nord"', '"[sportello] [nord]"', 5, "offices.nord[0]", "no word",
     "outside"),
    ("it.yaml", '"[l\']anagrafe"', '"' + "(a|b)" * 9 + '"', 9, "offices.anagrafe[0]", "512",
     "two or more"),
    ("it.yaml", '"sportello nord"', "113", 5, "offices.nord[0]", NUMBER, '"113"'),
    ("it.yaml", '"sportello nord"', "{nord: uno}", 5, "offices.nord[0]", "a mapping stands",
     "double quotes"),
    ("it.yaml", "  nord:\n", "  1:\n", 4, "offices.1", "a number", '"1":'),
    # test sentences
    ("tests/it.yaml", "office: nord", "office: nort", 3, "sentences[0].office", "no office",
     "did you mean nord?"),
    ("tests/it.yaml", "office: nord, action: hours", "action: talk", 3, "sentences[0].action",
     "needs an office", "office:"),
    ("tests/it.yaml", "action: repeat", "action: repeet", 6, "sentences[3].action",
     "not an action", "did you mean repeat?"),
    ("tests/it.yaml", "action: repeat", "office: sud, action: repeat", 6, "sentences[3].office",
     "no office", "remove office"),
    ("tests/it.yaml", "action: none", "office: sud, action: none", 9, "sentences[6].office",
     "none goes with no office", "remove office"),
    ("tests/it.yaml", "action: repeat", "action: repeat, to_language: en", 6,
     "sentences[3].to_language", "does not go with repeat", "remove"),
    ("tests/it.yaml", "to_language: en", "to_language: inglese", 7, "sentences[4].to_language",
     "not a language", "it, en, fr, ar"),
    ("tests/it.yaml", "to_language: en", "to_language: any", 7, "sentences[4].to_language",
     "one language", "leave to_language out"),
    ("tests/it.yaml", "[nord, sud]", "[nord, ovest]", 5, "sentences[2].offices[1]", "no office",
     "nord"),
    ("tests/it.yaml", "office: nord", "office: nord, offices: [nord, sud]", 3,
     "sentences[0].offices", "cannot both", "keep office"),
    ("tests/it.yaml", ', action: none', "", 9, "sentences[6].action", "action is missing", "none"),
    ("tests/it.yaml", "action: none", "action: no", 9, "sentences[6].action", "true or false",
     '"no"'),
    ("tests/it.yaml", 'text: "Che tempo fa?"', "text: 112", 9, "sentences[6].text", NUMBER,
     '"112"'),
    ("tests/en.yaml", "    office: sud", "    offce: sud", 5, "sentences[1].offce", "not a key",
     "did you mean office?"),
    # YAML itself
    ("it.yaml", '    - "sportello nord"', '\t- "sportello nord"', 5, "", "tab", "spaces"),
    ("it.yaml", '"sportello nord"', "[lo] sportello nord", 5, "", "does not fit", "double quotes"),
    ("it.yaml", '"sportello nord"', "@nord", 5, "", "begins with a sign", "double quotes"),
    ("it.yaml", '"sportello nord"', '"sportello \\nord \\q"', 5, "", "backslash", "single quotes"),
    ("it.yaml", '"sportello nord"', r'"sportello \ud800"', 5, "offices.nord[0]", "U+D800",
     "backslash"),
    ("it.yaml", '"sportello nord"', r'"sportello \e[31m"', 5, "offices.nord[0]", "U+001B",
     "backslash"),
    ("it.yaml", '"sportello nord"', "*nord", 5, "offices.nord[0]", "another place", "quotes"),
    ("it.yaml", '"sportello nord"', "!nord ord", 5, "offices.nord[0]", "tag", "quotes"),
    ("it.yaml", "language: it", "language: it: fr", 1, "", "colon", "double quotes"),
    ("it.yaml", "shared:", "---\nshared:", 11, "", "second document", "---"),
    ("it.yaml", '["sì"]', '["sì"', 28, "", "not closed", "closing bracket"),
    ("it.yaml", '["più piano"]', '["più\x07 piano"]', 25, "", "invisible control", "again"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "key", "message", "remedy"),
    MISTAKES,
    ids=[f"{case[0]}:{case[3]}:{case[4]}:{case[5][:20]}" for case in MISTAKES],
)
def test_each_mistake_is_told_with_line_key_and_remedy(
    town: Path, file: str, old: str, new: str, line: int, key: str, message: str, remedy: str
) -> None:
    spoil(town, file, old, new)
    reading = read_content(town, LANGUAGES)
    assert reading.content is None
    told = [
        problem
        for problem in reading.problems
        if (problem.file, problem.line, problem.key) == (f"intents/{file}", line, key)
        and message in problem.message
        and remedy in problem.remedy
    ]
    assert len(told) == 1, "\n".join(map(str, reading.problems))


WARNINGS = [
    ("it.yaml", '"sportello sud"', '"sp\u043ertello sud"', 7, "offices.sud[0]", "Cyrillic"),
    ("it.yaml", '"assistente sociale"', '"[lo] sportello sud"', 13, "shared[0].phrases[0]", "sud"),
    ("it.yaml", '"dove si trova {office}"', '"[dove si trova] {office}"', 21, "actions.where[0]",
     "alone asks for where"),
    ("tests/it.yaml", '"Parla arabo?"', '"Parla INGLESE?"', 8, "sentences[5].text", "line 7"),
    ("offices.yaml", '"14:00-17:00"', '"12:30-17:00"', 22, "offices.nord.hours.monday[1]",
     "begins when"),
    ("offices.yaml", '["Stazione"]', '["Stazione"]\n      streets: ["via del mulino"]', 33,
     "offices.sud.areas.streets[0]", "(line 20)"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "key", "message"), WARNINGS)
def test_what_is_worth_a_look_does_not_stop(
    town: Path, file: str, old: str, new: str, line: int, key: str, message: str
) -> None:
    spoil(town, file, old, new)
    reading = read_content(town, LANGUAGES)
    assert reading.content is not None
    (problem,) = reading.problems
    assert (problem.file, problem.line, problem.key) == (f"intents/{file}", line, key)
    assert message in problem.message
    assert problem.severity is Severity.WARNING
