"""The Spanish edition loses nothing of the English, and a frightened reader can read it at once.

No native reader has seen it yet; these tests are not one. They hold what can be counted.
"""

import re
from collections import Counter
from typing import NamedTuple

import polib
import pytest

from app import create_app
from screening.load import OUR_CONTENT, load_content, parse
from screening.model import Audience
from screening.source import Faults
from screening.translation import IN_ENGLISH, read_catalog
from settings import Settings
from tests.kit import spanish
from tests.kit.decided import offered
from tests.kit.pages import AUDIENCE_PATHS, OPEN_PATHS, fields, nothing_noticed, page, values
from tests.kit.spanish import (
    BANNED,
    HIS_OR_YOURS,
    LISTED,
    LONGEST,
    LOWEST,
    QUOTED,
    SHORTEST,
    THOU,
    hits,
    inflesz,
    losses,
    problems,
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
        ("Un momento… Ya está", 2),
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
        ("Lo deje de golpe, {name}. Llame al 911. ¿Está a salvo?", "self", "1 in the English"),
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
    parsed = parse(OUR_CONTENT, faults)
    assert parsed
    found = parsed.texts()
    catalog = read_catalog(OUR_CONTENT / "es.po", found, faults)
    faults.refuse()
    readers: dict[tuple[str, str, str], dict[Audience, None]] = {}
    for text, audiences, _ in found:
        for audience in audiences:
            readers.setdefault((text.place.key, str(text), catalog.say(text, audience)), {})[audience] = None
    return [Said(key, tuple(read_by), english, said) for (key, english, said), read_by in readers.items()]


# Phrases in which a word that is refused or looked at is right.
RIGHT: tuple[str, ...] = ()
# Phrases in which su is the reader's own, for family and counselors.
READERS_OWN: tuple[str, ...] = ()
# English texts whose negation Spanish says without a word of the list.
SAID_OTHERWISE: tuple[str, ...] = ()


def without(phrases: tuple[str, ...], text: str) -> str:
    return re.sub("|".join(map(re.escape, phrases)) or "(?!)", "·", spoken(text))


def test_no_text_lacks_a_negation_a_number_a_slot_or_a_blank_of_the_english(texts):
    found = [(text.key, losses(text.english, text.spanish), text) for text in texts]
    assert [fault for fault in found if fault[1] and fault[2].english not in SAID_OTHERWISE] == []


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


def test_su_is_never_the_persons_for_those_who_read_about_another(texts):
    found = []
    for text in texts:
        aloud = text.key.endswith("talk.prompt")  # a counselor says it to the person
        if text.audience in ("family", "counselor") and not aloud:
            said = QUOTED.sub("", spoken(text.spanish)) if text.audience == "counselor" else text.spanish
            found += [(text.key, hit) for hit in hits({HIS_OR_YOURS: ""}, without(READERS_OWN, said))]
    assert found == []


def test_every_phrase_that_is_excused_still_stands_somewhere(texts):
    everything = "\n".join(spoken(text.spanish) for text in texts)
    assert [phrase for phrase in (*RIGHT, *READERS_OWN) if phrase not in everything] == []
    assert set(SAID_OTHERWISE) <= {text.english for text in texts}


def test_every_question_mark_has_its_first_half(texts):
    assert [text for text in texts if spoken(text.spanish).count("¿") != spoken(text.spanish).count("?")] == []


def test_marks_and_numbers_are_written_as_spanish_is_written_in_the_us(texts):
    wrong = r"\.”|\d %|\d,\d(?!\d\d)|\d\.\d{3}\b|\d [ap]\.?m\b|[ap]\. m\.|  |^\s|\s$|(?<!\w)-(?=\w)| [,.;:?]"
    assert [
        (text.key, match[0], text.spanish)
        for text in texts
        for match in re.finditer(wrong, IN_ENGLISH.sub("", text.spanish).rstrip())
    ] == []


def test_no_sentence_is_longer_than_twenty_words(texts):
    said = [(text.key, sentence) for text in texts for sentence in sentences(text.spanish)]
    assert [(key, sentence) for key, sentence in said if len(words(sentence)) > LONGEST] == []


def test_no_text_is_hard_to_read(texts):
    long = [(text.key, text.spanish) for text in texts if len(words(text.spanish)) >= SHORTEST]
    assert [(round(inflesz(text)), key, text) for key, text in long if inflesz(text) < LOWEST] == []


def test_the_file_is_one_that_every_editor_of_po_files_reads():
    file = polib.pofile(str(OUR_CONTENT / "es.po"), check_for_duplicates=True)
    wanted = {"Language": "es", "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit"}
    assert wanted.items() <= file.metadata.items()
    assert [entry.msgid for entry in file if entry.fuzzy or not entry.msgstr] == []


# --- Each page --------------------------------------------------------------------------------------------------

EASY, FOR_COUNSELORS = 70, 60  # INFLESZ of a page


@pytest.fixture(scope="session")
def spanish_pages(default_settings):
    """Every page in Spanish, with the guidance for nothing noticed and for each single answer, parsed, by name."""
    client = create_app(Settings(languages=("en", "es"))).test_client()
    found = {path: client.get(f"/es{path}") for path in (*OPEN_PATHS, *AUDIENCE_PATHS, "/nowhere")}
    for audience, edition in load_content(language="es").items():
        sheets = {"harmless": nothing_noticed(edition)}
        sheets |= {f"{question}={answer}": {question: [answer]} for question, answer in offered(edition)}
        for name, sheet in sheets.items():
            found[f"/{audience} {name}"] = client.post(f"/es/{audience}", data=fields(sheet))
    assert Counter(response.status_code for response in found.values()).keys() == {200, 404}
    return {name: page(response) for name, response in found.items()}


def test_every_page_is_easy_to_read(spanish_pages):
    found = {name: round(inflesz(spanish.lines_of(soup)), 1) for name, soup in spanish_pages.items()}
    hard = {
        name: ease for name, ease in found.items() if ease < (FOR_COUNSELORS if name.startswith("/counselor") else EASY)
    }
    assert hard == {}


def test_every_page_says_that_it_is_spanish(spanish_pages):
    assert {soup.html["lang"] for soup in spanish_pages.values()} == {"es"}


# Words that English can't do without and Spanish does not have.
ENGLISH = (
    r"the|of|and|to|you|your|is|are|was|it|this|that|with|for|from|not|don't|do|if|or|in|on|at|by|we|they|what|who"
)
SPOKEN_OF = ("aria-label", "title", "alt", "placeholder")


def test_no_english_is_left_on_a_spanish_page_but_what_is_marked_as_english(spanish_pages):
    names = {line.name for line in load_content()["self"].helplines}
    found = set()
    for name, soup in spanish_pages.items():
        read = [spanish.lines_of(soup, whole=True), *values(soup, *SPOKEN_OF)]
        for line in (line for text in read for line in text.splitlines()):
            left = re.sub("|".join(map(re.escape, sorted(names, key=len, reverse=True))), "", line)
            if re.search(rf"\b(?:{ENGLISH})\b", left, re.IGNORECASE):
                found.add((line, name.split()[0]))
    assert found == set()


def test_no_mark_of_the_translator_is_shown(spanish_pages):
    assert [name for name, soup in spanish_pages.items() if re.search(r"\[en:|\{\w+\}", str(soup.body))] == []
