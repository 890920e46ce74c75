"""The Spanish edition loses nothing of the English, and a frightened reader can read it at once.

No native speaker has read it yet, and tests can't replace one: these check only what can be counted.
"""

import re
from typing import NamedTuple

import polib
import pytest
from bs4 import BeautifulSoup, SoupStrainer

from app import create_app
from screening.helplines import slots_of
from screening.load import OUR_CONTENT, load_content, read_content
from screening.model import Audience
from screening.source import Faults
from screening.translation import IN_ENGLISH, read_catalog
from settings import Settings
from tests.kit.decided import offered
from tests.kit.pages import AUDIENCE_PATHS, OPEN_PATHS, faulty_sheets, fields, nothing_noticed, squeezed
from tests.kit.spanish import (
    BANNED,
    HIS_OR_YOURS,
    LISTED,
    LONGEST,
    LOWEST,
    QUOTED,
    SHORTEST,
    THOU,
    Read,
    hits,
    in_full,
    inflesz,
    losses,
    problems,
    read,
    sentences,
    spoken,
    syllables,
    words,
)

# --- The measure ------------------------------------------------------------------------------------------------

COUNTED = {
    1: "de muy que quien guion buey aun",
    2: "día agua guía seguir prohibir ahí búho oír leer maíz aún viuda construí Klonopin clonazepam 1-800-222-1222",
    3: "ahora prohíbe ayuda convulsión cuidado psiquiatra oído reúne estudiáis vergüenza Uruguay ansiedad chiita",
    4: "continúa vehículo lingüística ambigüedad naloxona abstinencia sobredosis",
    5: "farmacéutico",
    6: "benzodiacepina",
}


@pytest.mark.parametrize(("word", "count"), [(word, count) for count in COUNTED for word in COUNTED[count].split()])
def test_syllables_are_counted_as_in_spanish(word, count):
    assert syllables(word) == count


def test_a_syllable_is_counted_however_its_accent_is_stored():
    assert syllables("di\u0301a") == syllables("día") == 2


def test_a_number_or_a_slot_is_one_word_and_english_to_say_aloud_is_none():
    text = "Llame al {emergency} o a 1-800-222-1222 por ___. [en: I take clonazepam.] “Sí”."
    assert words(text) == ["Llame", "al", "{emergency}", "o", "a", "1-800-222-1222", "por", "Sí"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Llame. ¿No contesta? Vaya", 3),
        ("Diga: “Se me acabó”. Luego espere", 2),
        ("Pregunte: “¿Estás bien?”. Escuche", 2),
        ("Ya casi… Ya está", 2),
        ("Si respira: acuéstela de lado; no la sujete", 1),
        ("Un título\nUn punto", 2),
        ("De 8 a.\u00a0m. a 10 p.\u00a0m. todos los días", 1),
        ("Abre a las 8 a.\u00a0m. El domingo no", 2),
    ],
)
def test_a_sentence_ends_at_its_stop_and_at_the_end_of_a_line(text, count):
    assert len(sentences(text)) == count


def test_the_measure_is_that_of_inflesz():
    two_lines = "Llame a un farmacéutico\nNo lo deje de golpe."  # 9 words, 16 syllables, 2 sentences
    assert inflesz(two_lines) == pytest.approx(206.835 - 62.3 * 16 / 9 - 9 / 2)


GOOD = (
    "Don't stop it suddenly, {name}. Call 911. Are you safe?",
    "No lo deje de golpe, {name}. Llame al 911. ¿Está a salvo?",
)


@pytest.mark.parametrize(
    ("said", "audience", "fault"),
    [
        ("Lo deje de golpe, {name}. Llame al 911. ¿Está a salvo?", "self", "nothing for n't"),
        ("No lo deje de golpe, {name}. Llame ya. ¿Está a salvo?", "self", "lacks the number 911"),
        ("No lo deje de golpe. Llame al 911. ¿Está a salvo?", "self", "slots and blanks none, not {name}"),
        ("No lo deje de golpe, {name}. Llame al 911. Está a salvo?", "self", "0 ¿ but 1 ?"),
        ("No lo deje de repente, {name}. Llame al 911. ¿Está a salvo?", "self", "say de golpe"),
        ("No lo deje de golpe, {name}. Llame al 911. ¿Estás a salvo tú?", "self", "usted, not tú"),
        ("No lo deje de golpe, {name}. Diga: “llama tú al 911”. ¿Está a salvo?", "counselor", "usted, not tú"),
        ("No lo deje de golpe, {name}. Llame al 911. ¿Está con su médico?", "family", "su is whose?"),
        ("No lo deje de golpe, {name}. Llame al 911. ¿Está lista/o?", "self", "say words without o/a"),
        (f"No lo deje, {{name}}. {'Llame ya ' * 10} al 911. ¿Está?", "self", "22 words in a sentence"),
        ("No discontinúe abruptamente el medicamento, {name}. Comuníquese inmediatamente con el 911. ¿Está?", "self",
         "INFLESZ"),
        ("No lo deje de golpe, {name}. Llame al 911. ¿Está a salvo? [en: Help me.]", "self", "not in the English"),
    ],
)  # fmt: skip
def test_each_fault_of_a_translation_is_found(said, audience, fault):
    assert problems(*GOOD, audience) == []
    assert any(fault in problem for problem in problems(GOOD[0], said, audience))


@pytest.mark.parametrize(
    ("english", "whole", "lacking"),
    [
        ("Do not stop, and do not wait", "No lo deje, y no espere", "No lo deje, y espere"),
        ("Nobody answers? No, never", "¿Nadie contesta? No, nunca", "¿No contesta nadie nunca?"),  # one, said thrice
        ("Unless it is late", "A menos que sea tarde", "Menos que sea tarde"),
        ("Only one", "Solo una", "Una"),
        ("Stay until help comes", "Quédese hasta que llegue la ayuda", "Quédese hasta la ayuda"),
        ("Go now", "Vaya ya", "Vaya"),
        ("Call today", "Llame hoy", "Llame"),
    ],
)
def test_no_negation_no_limit_and_no_hurry_may_be_lost(english, whole, lacking):
    assert losses(english, whole) == []
    assert losses(english, lacking) != []


def test_tú_and_su_are_right_where_someone_else_is_spoken_to():
    assert problems("“Are you safe?”", "“¿Estás a salvo tú?”", "family") == []
    assert problems("“Is it your dose?”", "“¿Es su dosis?”", "counselor") == []


# --- Each text --------------------------------------------------------------------------------------------------


class Said(NamedTuple):
    """A text, as some readers read it."""

    key: str
    readers: tuple[Audience, ...]
    english: str
    spanish: str
    filled: str  # its slots filled as in the US, where this Spanish is at home

    @property
    def audience(self) -> str:
        """Whose words these are: of one audience, of those who read about another, or of everyone."""
        if len(self.readers) == 1:
            return self.readers[0]
        return "" if "self" in self.readers else "family"


@pytest.fixture(scope="session")
def texts() -> list[Said]:
    """Every text with its translation, with its slots; twice where audiences read other words."""
    faults = Faults()
    found = read_content(OUR_CONTENT, "US", faults).parsed.texts
    catalog = read_catalog(OUR_CONTENT / "es.po", found, faults)
    faults.raise_if_any()
    slots, in_english = (slots_of(load_content(language=code)["self"], "US") for code in ("es", "en"))

    def filled(said: str) -> str:
        said = IN_ENGLISH.sub(lambda part: part[0].format_map(in_english), said)
        return re.sub(r"\{(\w+)\}", lambda slot: slots.get(slot[1], slot[0]), said)

    readers: dict[tuple[str, str, str], dict[Audience, None]] = {}
    for text, audiences, _ in found:
        for audience in audiences:
            readers.setdefault((text.place.key, str(text), catalog.say(text, audience)), {})[audience] = None
    return [Said(key, tuple(by), english, said, filled(said)) for (key, english, said), by in readers.items()]


# Where a word that is refused or looked at is right.
RIGHT = (
    "Dan 24/7",  # a name
    "“cold turkey”, no es seguro.",
    "cuesta despertar a la persona, respira despacio, está muy confundida",
    "o está muy confundida”.",
    "Está confundida, o ve u oye cosas”.",
    "¿Está despierto, pero no come bien?",  # a baby
    "todo lo que toma.",
    "control de cómo lo toma, aunque le haga daño",
    "Es para quien lo toma, para quien",
    "no es el resultado de una prueba",
    "ni el resultado de una prueba",
    "parecerían el resultado de una prueba",
    "la dependencia de este grupo de medicamentos",  # what a validated tool measures
    "Mide la dependencia en el último mes",
)
# What is lost in words and kept in meaning: a paraphrase.
SAID_OTHERWISE = {"Only weeks ago, and well since?": "no se ha repetido, y desde entonces"}


def without(phrases: tuple[str, ...], text: str) -> str:
    return re.sub("|".join(map(re.escape, phrases)), "·", spoken(text))


def paraphrased(text: Said) -> list[str]:
    return [english for english, said in SAID_OTHERWISE.items() if english in text.english and said in text.spanish]


def test_no_text_lacks_a_negation_a_limit_a_number_a_slot_or_a_blank_of_the_english(texts):
    found = [(text.key, losses(text.english, text.spanish)) for text in texts if not paraphrased(text)]
    assert [(key, lost) for key, lost in found if lost] == []


def test_english_to_say_aloud_is_copied_from_the_english_of_its_text(texts):
    copied = [(text, part) for text in texts for part in IN_ENGLISH.findall(text.spanish)]
    assert copied, "the words to say to an emergency room are there in English"
    assert [(text.key, part) for text, part in copied if part not in text.english] == []
    assert [text.key for text in texts if re.search(r"\[|\]", IN_ENGLISH.sub("", text.spanish))] == []


def test_no_text_holds_a_word_that_has_hurt_blames_or_means_two_things(texts):
    assert [(text.key, hit) for text in texts for hit in hits(BANNED, without(RIGHT, text.spanish))] == []


def test_each_word_that_is_right_only_here_and_there_was_looked_at(texts):
    assert [(text.key, hit) for text in texts for hit in hits(LISTED, without(RIGHT, text.spanish))] == []


def test_readers_are_usted_and_tú_stands_only_where_a_relative_speaks(texts):
    for text in texts:
        said = spoken(text.spanish)
        outside = said if text.audience in ("self", "counselor") else QUOTED.sub("", said)
        assert not re.search(THOU, outside, re.IGNORECASE), text


def test_texts_for_family_and_counselors_avoid_the_ambiguous_su(texts):
    found = []
    for text in texts:
        aloud = text.key.endswith("talk.prompt")  # a counselor says it to the person
        if text.audience in ("family", "counselor") and not aloud:
            said = QUOTED.sub("", spoken(text.spanish)) if text.audience == "counselor" else text.spanish
            found += [(text.key, hit) for hit in hits({HIS_OR_YOURS: "su is whose?"}, said)]
    assert found == []


def test_every_phrase_that_is_excused_still_stands_somewhere(texts):
    everything = "\n".join(spoken(text.spanish) for text in texts)
    assert [phrase for phrase in RIGHT if phrase not in everything] == []
    assert {english for text in texts for english in paraphrased(text)} == set(SAID_OTHERWISE)


def test_every_question_mark_has_its_first_half(texts):
    assert [text for text in texts if spoken(text.spanish).count("¿") != spoken(text.spanish).count("?")] == []


def test_marks_and_numbers_are_written_as_spanish_is_written_in_the_us(texts):
    wrong = r"\.”|\d %|\d,\d(?!\d\d)|\d\.\d{3}\b|\d [ap]\.?m\b|[ap]\. m\.|  |^\s|\s$|(?<!\w)-(?=\w)| [,.;:?]"
    assert [
        (text.key, match[0], text.spanish)
        for text in texts
        for match in re.finditer(wrong, IN_ENGLISH.sub("", text.spanish).rstrip())
    ] == []


def test_no_sentence_is_longer_than_twenty_words_with_the_names_of_the_us(texts):
    said = [(text.key, sentence) for text in texts for sentence in sentences(text.filled)]
    assert [(key, sentence) for key, sentence in said if len(words(sentence)) > LONGEST] == []


def test_no_text_is_hard_to_read(texts):
    # What a country calls things is measured in the sentences that it stands in.
    long = [
        text
        for text in texts
        if len(words(text.filled)) >= SHORTEST and not re.match(r"countries\.\d+\.words", text.key)
    ]
    found = [(round(inflesz(text.filled), 1), text.key, text.filled) for text in long]
    assert [text for text in found if text[0] < LOWEST] == []


def test_the_file_is_one_that_every_editor_of_po_files_reads():
    file = polib.pofile(str(OUR_CONTENT / "es.po"), check_for_duplicates=True)
    wanted = {"Language": "es", "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit"}
    assert wanted.items() <= file.metadata.items()
    assert [entry.msgid for entry in file if entry.fuzzy or not entry.msgstr] == []


# --- Each page --------------------------------------------------------------------------------------------------

EASY, FOR_COUNSELORS = 70, 60  # INFLESZ of a page


@pytest.fixture(scope="session")
def spanish_pages(default_settings) -> dict[str, str]:
    """Every page in Spanish, with the guidance for nothing noticed, for each single answer and for faults, by name."""
    client = create_app(Settings(languages=("en", "es"))).test_client()
    found = {
        path: client.get(f"/es{path}") for path in (*OPEN_PATHS, *AUDIENCE_PATHS, "/counselor/handout", "/nowhere")
    }
    for audience, edition in load_content(language="es").items():
        sheets = {"harmless": nothing_noticed(edition)}
        sheets |= {f"{question}={answer}": {question: [answer]} for question, answer in offered(edition)}
        for name, sheet in sheets.items():
            found[f"/{audience} {name}"] = client.post(f"/es/{audience}", data=fields(sheet))
    for name, sent in faulty_sheets(edition).items():
        found[f"/{audience} faulty: {name}"] = client.post(f"/es/{audience}", data=sent)
    assert {response.status_code for response in found.values()} == {200, 404, 422}
    return {name: response.text for name, response in found.items()}


@pytest.fixture(scope="session")
def read_pages(spanish_pages) -> dict[str, Read]:
    return {name: read(html) for name, html in spanish_pages.items()}


def test_every_page_is_easy_to_read(read_pages):
    found = {name: round(inflesz(in_full(page.main)), 1) for name, page in read_pages.items()}
    asked = {name: FOR_COUNSELORS if name.startswith("/counselor") else EASY for name in found}
    assert {name: ease for name, ease in found.items() if ease < asked[name]} == {}


def test_every_page_says_that_it_is_spanish(spanish_pages):
    assert [name for name, html in spanish_pages.items() if not re.search(r'<html[^>]* lang="es"', html)] == []


# Words that English can't do without and Spanish does not have.
ENGLISH = r"the|of|and|to|you|your|is|are|was|it|this|that|with|for|from|not|don't|do|if|or|in|on|at|by|we|they|what"
SPOKEN = r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"'
NAMES = ("¿Necesita hablar? (Need to talk)",)  # with the English that it is known by


def test_no_english_is_left_on_a_spanish_page_but_names_and_what_is_marked_as_english(spanish_pages, read_pages):
    names = [*NAMES, *(line.name for line in load_content()["self"].helplines)]
    named = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    found = {}
    for name, html in spanish_pages.items():
        for line in {*read_pages[name].whole.splitlines(), *re.findall(SPOKEN, html)}:
            if re.search(rf"\b(?:{ENGLISH})\b", named.sub("", line), re.IGNORECASE):
                found.setdefault(line, name)
    assert found == {}


def test_no_mark_of_a_translator_and_no_empty_slot_is_shown(read_pages):
    shown = {name: re.findall(r"\[en:[^\]]*|\{\w+\}", page.whole) for name, page in read_pages.items()}
    assert {name: marks for name, marks in shown.items() if marks} == {}


def test_all_english_to_say_aloud_reaches_a_page_marked_as_english(spanish_pages, texts):
    marked = {
        squeezed(tag.get_text()).strip("“”")
        for html in spanish_pages.values()
        for tag in BeautifulSoup(html, "html.parser", parse_only=SoupStrainer(lang="en"))
    }
    said = {part for text in texts for part in IN_ENGLISH.findall(text.filled)}
    assert said - marked == set()
