"""The shipped content says what tests/kit/decided.py lists, in words that are easy to read and hurt nobody."""

import datetime
import re

import phonenumbers
import pytest
import yaml

from screening.load import OUR_CONTENT
from screening.questions import CARES, Source
from screening.words import Instrument
from tests.kit import reading
from tests.kit.decided import ALONE, NOTHING, OPEN, SAFETY, asked

FILES = ("questions.yaml", "pages.yaml", "helplines.yaml")
EMERGENCY_NUMBERS = {"US": "911", "GB": "999", "IE": "112", "CA": "911", "AU": "000", "NZ": "111"}


@pytest.fixture(scope="session")
def raw():
    """The files as YAML reads them, before anyone's words are chosen."""
    return {name: yaml.safe_load((OUR_CONTENT / name).read_text(encoding="utf-8")) for name in FILES}


def raw_strings(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from raw_strings(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from raw_strings(inner, f"{path}.{number}")
    elif isinstance(value, str):
        yield path, value


# --- Questions and answers --------------------------------------------------------------------------------------


def test_the_questions_their_answers_and_their_care_are_those_of_the_design(edition, audience):
    found = {
        question.id: {a.id: question.notes[a.id].care if a.id in question.notes else None for a in question.answers}
        for question in edition.questions
    }
    wanted, twice = asked(audience), "QUESTIONS in tests/kit/decided.py lists them again"
    assert {q: found.get(q) for q in found | wanted if found.get(q) != wanted.get(q)} == {}, twice
    assert [(question, [*answers]) for question, answers in found.items()] == [
        (question, [*answers]) for question, answers in wanted.items()
    ], "the order is part of it"


def test_safety_questions_come_first_and_their_notes_are_facts_for_the_handout(edition):
    groups = [question.group for question in edition.questions]
    assert groups == sorted(groups, key=("safety", "signs").index)
    safety = [question for question in edition.questions if question.group == "safety"]
    assert tuple(question.id for question in safety) == SAFETY, "SAFETY in tests/kit/decided.py lists them again"
    assert [(q.id, answer) for q in safety for answer, note in q.notes.items() if not note.sheet] == []


def test_every_sign_shows_the_documents_own_item(edition):
    lacking = [question.id for question in edition.questions if question.group == "signs" and not question.sign]
    assert lacking == [], "sign: holds the document's words; a question that the document lacks goes into safety"
    assert all("klonopin-article" in question.sources for question in edition.questions if question.sign)


KEYS = ("means", "other_reasons", "say")


def test_every_answer_that_carries_care_says_what_it_can_mean_what_else_it_can_be_and_what_to_say(edition):
    notes = {
        f"{question.id}.{answer}": note for question in edition.questions for answer, note in question.notes.items()
    }
    assert {note.care for note in notes.values()} <= {*CARES}
    assert [f"{name} lacks {key}:" for name, note in notes.items() for key in KEYS if not getattr(note, key)] == []


def test_answers_such_as_no_none_and_not_sure_have_no_notes(edition):
    for question in edition.questions:
        assert not question.notes.keys() & (NOTHING | OPEN)


def test_the_answers_that_exclude_the_others_or_leave_the_question_open_are_marked(edition):
    for question in edition.questions:
        ids = {answer.id for answer in question.answers}
        assert {answer.id for answer in question.answers if answer.open} == OPEN
        assert {answer.id for answer in question.answers if answer.alone} == (ids & ALONE if question.many else set())


def test_beside_every_answer_that_is_an_emergency_stands_whom_to_call_now(edition):
    for question in edition.questions:
        for answer in question.answers:
            urgent = answer.id in question.notes and question.notes[answer.id].care == "emergency"
            assert bool(answer.now) is urgent
            assert not urgent or "emergency" in [now.call for now in answer.now]


def test_every_question_can_be_declined(edition):
    for question in edition.questions:
        assert [answer.id for answer in question.answers][-2:] == ["unsure", "skip"]
        assert {answer.id for answer in question.answers} & NOTHING


def test_topics_are_unique_and_so_are_labels_within_a_question(edition):
    topics = [question.topic for question in edition.questions]
    assert len(set(topics)) == len(topics)
    for question in edition.questions:
        labels = [answer.label for answer in question.answers]
        assert len(set(labels)) == len(labels)


def test_only_counselors_get_words_to_open_the_talk_and_a_list_of_tools(edition, audience):
    counselor = audience == "counselor"
    assert all(bool(question.talk) is counselor for question in edition.questions)
    assert bool(edition.words.guidance.instruments) is counselor


def test_no_answer_is_printed_on_what_a_client_takes_home(edition, audience):
    assert (edition.words.sheet.facts is None) is (audience == "counselor")


def test_the_emergencies_stand_in_their_fixed_order(edition):
    blocks = [block.id for block in edition.words.guidance.emergency.blocks]
    assert blocks == ["breathing", "seizure", "confusion", "seizure_medicine", "suicide"]


def test_whoever_needs_advice_today_is_told_where_to_go_at_night_and_without_a_prescriber(edition):
    night, no_prescriber = edition.words.guidance.today.after
    assert night.points
    assert no_prescriber.points


# --- Sources and markup -----------------------------------------------------------------------------------------


def cited(value):
    """Every id in a list called sources, other than the list that defines them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "sources" and isinstance(inner, list) and isinstance(inner[0], str):
                yield from inner
            else:
                yield from cited(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from cited(inner)


def test_every_source_that_is_used_is_defined_and_every_one_that_is_defined_is_used(raw):
    defined = {source["id"] for source in raw["questions.yaml"]["sources"]}
    assert defined == {*cited(raw["questions.yaml"]), *cited(raw["pages.yaml"])}


def test_only_our_judgment_and_the_document_have_no_link(edition):
    assert {source.id for source in edition.sources if not source.link} == {"our-judgment", "klonopin-article"}


@pytest.mark.parametrize("file", FILES)
def test_content_is_words_without_markup_or_templating(raw, file):
    for path, text in raw_strings(raw[file]):
        assert not re.search(r"<[a-zA-Z/!]|&\w+;|&#|\]\(|\*\*|__\b|\{\{|\{%|\|", text.replace("___", "")), (path, text)


def test_nobody_is_claimed_to_have_reviewed_the_words_before_someone_has(raw):
    review = raw["questions.yaml"]["review"]
    assert len({value is None for value in review.values()}) == 1


# --- Helplines --------------------------------------------------------------------------------------------------


def helplines():
    lines = yaml.safe_load((OUR_CONTENT / "helplines.yaml").read_text(encoding="utf-8"))["helplines"]
    return [pytest.param(line, id=f"{line['country']}-{line['name']}") for line in lines]


def is_real(number: str, country: str) -> bool:
    parsed = phonenumbers.parse(number, country)
    return phonenumbers.is_valid_number_for_region(
        parsed, country
    ) or phonenumbers.shortnumberinfo.is_valid_short_number_for_region(parsed, country)


def test_six_countries_are_known_and_each_has_its_emergency_number(edition):
    found = {known.code: edition.emergency_line(known).number for known in edition.countries}
    assert found == EMERGENCY_NUMBERS
    assert all(phonenumbers.is_emergency_number(number, country) for country, number in found.items())


@pytest.mark.parametrize("line", helplines())
def test_every_number_is_a_real_one_in_its_country(line):
    assert is_real(line["number"], line["country"])
    assert is_real(line.get("text_number", line["number"]), line["country"])
    assert (line["kind"] == "emergency") == phonenumbers.is_emergency_number(line["number"], line["country"])


@pytest.mark.parametrize("line", helplines())
def test_every_number_says_where_and_when_it_was_read(line):
    assert line["source"].startswith("https://")
    assert isinstance(line["read_on"], datetime.date)


def test_a_number_is_dialed_as_inside_its_country(edition):
    for line in edition.helplines:
        for link, scheme, number in (
            (line.tel, "tel:", line.number),
            (line.sms, "sms:", line.number if line.only_text else line.text_number),
        ):
            if link:
                assert link == scheme + number.replace(" ", "").replace("-", "")
    assert all(bool(line.tel) is not line.only_text for line in edition.helplines)


@pytest.mark.parametrize("file", ["questions.yaml", "pages.yaml"])
def test_no_number_to_call_stands_outside_the_list_of_helplines(raw, file):
    known = "|".join(re.escape(line["number"]) for line in raw["helplines.yaml"]["helplines"])
    number = re.compile(rf"(?<![\w-])(?:{known}|\d{{3}}|\d[\d ().-]{{5,}}\d)(?![\w-])")
    for path, text in raw_strings(raw[file]):
        if not path.endswith((".link", ".url", ".title")):
            assert not number.search(text), (path, text)


# --- Words ------------------------------------------------------------------------------------------------------

# Fields that hold no running text of ours: ids, numbers and links, the document's own words, and proper names.
NOT_OURS = {
    *("id", "kind", "call", "care", "lead", "group", "audience", "sources", "source", "link", "url", "country", "code"),
    *("sign", "number", "text_number", "text_word", "in_words", "name"),
}
PROPER_NAMES = {(Source, "title"), (Instrument, "title")}


def own_texts(part):
    found = [(name, text) for name, text in reading.own_strings(part) if name not in NOT_OURS]
    return [text for name, text in found if (type(part), name) not in PROPER_NAMES]


def own_words(edition):
    """Every text that is ours, with the path of its part."""
    return [(path, text) for path, part in reading.parts(edition) for text in own_texts(part)]


def own_blocks(edition):
    """Every text of ours, and all texts of a part together: a heading with its paragraphs, a note, a talk."""
    for path, part in reading.parts(edition):
        texts = own_texts(part)
        yield from ((path, block) for block in {*texts, "\n".join(texts)})


def test_no_block_is_harder_to_read_than_its_readers_can_be_asked_to(edition, audience):
    hard = []
    for path, block in own_blocks(edition):
        for_counselors = audience == "counselor" or path.startswith("words.guide")
        plain = reading.without_names(block)
        if len(reading.words(plain)) >= 30 and reading.grade(plain) > (9 if for_counselors else 6):
            hard.append((path, round(reading.grade(plain), 1), block))
    assert not hard


def test_no_sentence_is_longer_than_twenty_words(edition):
    said = [(path, sentence) for path, text in own_words(edition) for sentence in reading.sentences(text)]
    assert not [(path, sentence) for path, sentence in said if len(reading.words(sentence)) > 20]


# Words that blame, label, judge or prescribe.
BANNED = (
    r"addicts?|addicted|hooked|junk(y|ie)s?|users?|abus\w*",
    r"clean|dirty|drug-free|drug habit|drug-seeking|detox\w*",
    r"den(y|ies|ied|ying|ial)|lie[sd]|lying|liars?|dishonest\w*|manipulat\w*|defensive\w*",
    r"enabl(e|es|ed|er|ers|ing)|codependen\w*|suspect\w*|suspicio\w*|non-?complian\w*",
    r"victims?|suffer\w*|battling|obsess\w*|relaps\w*|failed|unsuccessful",
    r"committed suicide|commit suicide|no one is immune",
    r"drugs?",  # "medicine" is our word for the tablets
    r"(?<!physical )dependence",
    r"scor(e|es|ed)|results?|\d+ points?|(at|high|low|your) risk|risk (level|score)|outcomes?",
    r"you are fine|you're fine|no problems?|all is well|nothing to worry about",
    r"you have an addiction|you (should|must|need to|have to) (quit|stop)",
    r"(\d+|half a|one|two|three) ?(mg|milligrams?|tablets?)|\d+ pills?|\d+ ?%|percent|per cent",
)
# Where such words are right: in what we deny, for other substances, in what others named.
ALLOWED = (
    r"street (pills or street )?drugs?|other pills or drugs",
    r"a (local )?drug service",  # its name in Britain and Ireland
    r"FDA Drug Safety|US drug agency|Problems with drugs in the last 12 months",
    r"(no|there is no|Why there is no) (score|screening result)|has no score|not a (diagnosis or a )?test result",
    r"A score would look like a test result|not a screening result",
    r"does not mean that (you have an addiction|all is well)|can't (say|tell you) that all is well",
    r"dependence (on this group|over the last month)",  # what a validated tool measures
    r"No one says you have to stop",
)


def test_no_word_blames_labels_judges_or_prescribes(edition):
    banned = re.compile(rf"\b(?:{'|'.join(BANNED)})\b", re.IGNORECASE)
    found = []
    for path, text in own_words(edition):
        left = re.sub("|".join(ALLOWED), "", text, flags=re.IGNORECASE)
        found += [(path, match[0], text) for match in banned.finditer(left)]
    assert not found


def test_doctor_shopping_and_cold_turkey_are_each_used_exactly_once(edition):
    asked_about = next(asked for asked in edition.questions if asked.id == "more_than_one_prescriber")
    for phrase, text in (("doctor shopping", asked_about.why), ("cold turkey", edition.words.warning.more)):
        assert [said for _, said in own_words(edition) if phrase in said.lower()] == [text]
