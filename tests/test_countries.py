"""What a reader is told is true and sounds right in the reader's own country."""

import re

import pytest

from app import create_app
from screening.edition import Edition
from screening.helplines import SLOTS
from screening.load import load_content
from settings import Settings
from tests.kit import reading
from tests.kit.pages import fields, page, text_of

COUNTRIES = ("US", "GB", "IE", "CA", "AU", "NZ")

# The countries in which each word, a pattern, is used. Readers elsewhere never see it.
AT_HOME = {
    "Klonopin": ("US",),
    "In a US program": ("US",),
    "[Ll]aws in most states": ("US",),
    "ZIP code": ("US",),
    r"insurance|drug ?store|co-pay|school nurse|diarrhea|yell\w*": (),  # American words that plain ones replace
    r"emergency room|ERs?": ("US", "CA"),
    r"refills?": ("US", "CA"),
    "fentanyl": ("US", "CA"),
    r"guns?": ("US", "CA", "AU", "NZ"),
    "urgent care": ("US", "CA", "NZ"),
    "Health Canada": ("CA",),
    "A&E": ("GB",),
    "NHS": ("GB",),
    "urgent treatment centre": ("GB",),
    "Northern Ireland": ("GB",),
    "repeat prescription": ("GB",),
    "Samaritans": ("GB", "IE"),
    "GP": ("GB", "IE", "AU"),
    "emergency department": ("IE", "AU", "NZ"),
    "nitazenes": ("GB", "IE", "AU", "NZ"),
    "new script": ("AU",),
    "1800MEDICARE": ("AU",),
    "Paxam": ("AU", "NZ"),
    "Healthline": ("NZ",),
    "needle exchange": ("NZ",),
}

# What a text looks like when a country's word does not fit into it.
BROKEN = (
    r"[{}]",
    r"  |^ | $",
    r"\b(?:[Tt]he|[Aa]n?|[Yy]our) (?:the|an?|your)\b",
    r"\b([A-Za-z]+) \1\b(?<!that that)",
    r" [,.;:?!]|[,;:] ?[.?!]|[?!]\.|\.\.|\. \.",
    r"\b(?:to|at|or|and) ?[.?!,;]",
    # who is asked at night is on the phone: nobody can go there
    r"\b(?:go|goes|gets?|went) (?:\w+ ){0,3}?to (?:NHS 111|811|1800MEDICARE|Healthline)",
    r"\b(?:go|goes|gets?|went) (?:\w+ ){0,3}?to (?:your|the|a) (?:GP|doctor)(?! or)",
    # two places in one word, and a third after it
    r"\bor [^,.;:?!]+ or another pharmacy\b",
    # a phrase with a comma in it, and the sentence goes on
    r", or NHS 111 (?!\()\w",
    # "gives it" said of a pharmacy: elsewhere, to give naloxone means to give it to the person
    r"\b(?:pharmac\w+|exchange|service|doctor) (?:can )?gives? it\b",
    r"\b[Cc]all (?:the emergency (?:room|department)|A&E)",
)
# No sentences of ours: parts that a template puts together, ids, the document's own words, links and their titles.
NO_SENTENCE = re.compile(r"\.(answered|new_tab|direction|id|lead|call|kind|care|group|audience|sources)$")
# Names that are right everywhere: a brand is named as one, and the document is about it.
NAMED = re.compile(r"Klonopin, Rivotril and Paxam are brand names|a document about Klonopin")
# The slots that a template fills, such as a date's.
FILLED = re.compile(rf"\{{(?!(?:{'|'.join(SLOTS)})\}})\w+\}}")
NOT_OURS = (".sign", ".url", ".source", ".title")


def foreign(country: str) -> re.Pattern[str]:
    """Matches each word that is at home elsewhere only."""
    strange = [word for word, home in AT_HOME.items() if country not in home]
    return re.compile(rf"(?<!\w)(?:{'|'.join(strange)})(?!\w)")


def said(edition: Edition) -> list[tuple[str, str]]:
    """Every text of ours that a reader in the edition's country is shown, with its path."""
    shown = {"questions": edition.questions, "words": edition.words, "helplines": edition.own_helplines}
    texts = [(f"{name}.{path}", text) for name, part in shown.items() for path, text in reading.strings(part)]
    return [(path, FILLED.sub("…", NAMED.sub("…", text))) for path, text in texts if not path.endswith(NOT_OURS)]


@pytest.fixture(scope="module", params=COUNTRIES)
def country(request):
    return request.param


@pytest.fixture(scope="module")
def local(country, audience):
    return load_content(country=country)[audience]


def test_no_text_holds_a_word_of_another_country(local, country):
    found = [(path, match[0], text) for path, text in said(local) for match in foreign(country).finditer(text)]
    assert not found


def test_no_text_is_broken_where_a_countrys_word_is_put_in(local):
    assert not [(path, text) for path, text in said(local) if any(re.search(joint, text) for joint in BROKEN)]


def test_every_sentence_starts_with_a_capital_in_every_country(local):
    """A country's word that stands first would show as "the emergency room is open" or "clonazepam can …"."""
    low = [
        (path, sentence)
        for path, text in said(local)
        if not NO_SENTENCE.search(path) and not path.startswith("helplines")
        for sentence in reading.sentences(text)
        if sentence.lstrip("“(")[:1].islower()
    ]
    assert not low


def test_no_sentence_is_longer_than_twenty_words_in_any_country(local):
    """A number or a word that is short in one country can be long in another."""
    sentences = [
        (path, sentence)
        for path, text in said(local)
        if not path.startswith("helplines")
        for sentence in reading.sentences(text)
    ]
    assert not [(path, sentence) for path, sentence in sentences if len(reading.words(sentence)) > 20]


def test_a_number_inside_a_countrys_word_is_the_number_of_one_of_its_helplines(country):
    edition = load_content(country=country)["self"]
    numbers = {line.number for line in edition.own_helplines}
    words = edition.countries[0].words
    inside = [(name, found) for name, word in words for found in re.findall(r"(?<!\w)\d[\d -]+\d(?!\w)", word.text)]
    assert not [(name, number) for name, number in inside if number not in numbers]


def test_no_countrys_word_speaks_to_the_one_who_takes_the_medicine(country):
    """Families and counselors read it too, so it is the doctor's line, not yours."""
    words = load_content(country=country)["self"].countries[0].words
    spoken = {"calling_is_safe", "records"}  # said to whoever calls, and to the counselor
    assert not [word.text for name, word in words if name not in spoken and re.search(r"\byour?\b", word.text)]


def test_nobody_is_sent_to_a_line_that_is_closed_at_night(country):
    """Readers may have to call at 3 a.m.: where a line with limited hours is named, it says whom to ask at night."""
    edition = load_content(country=country)["self"]
    for kind in ("emergency", "crisis", "poison"):
        line = edition.helpline(kind)
        if line.hours and not line.hours.startswith("Day and night"):
            assert "night" in line.phrase, line.name


# Sheets on whose pages most of what differs by country stands.
SHEETS = {
    "nothing": {"symptoms": ["none"], "recent_change": ["same"], "mixing": ["none"], "circumstances": ["none"]},
    "out": {"recent_change": ["out"], "circumstances": ["past_seizure", "seizures"]},
    "running low": {"recent_change": ["soon_out"], "symptoms": ["stomach", "memory"]},
    "mixing": {"mixing": ["opioids", "street", "alcohol"], "getting_it": ["street", "online", "friend"]},
    "danger": {"symptoms": ["seizure", "breathing", "confusion", "suicide"], "circumstances": ["seizures_missed"]},
    "pregnant": {"circumstances": ["pregnant"]},
}


def test_the_guidance_is_served_without_a_word_of_another_country(country, audience):
    client = create_app(Settings(country=country)).test_client()
    for name, sheet in SHEETS.items():
        main = page(client.post(f"/{audience}", data=fields(sheet))).main
        found = [match[0] for match in foreign(country).finditer(text_of(main))]
        assert not found, name
        assert not re.search(r"[{}]", text_of(main)), name
