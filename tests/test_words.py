"""Words on one page agree: one sign leads to one place, and no milder line takes back a stricter one.

This is checked as readers see the words: for each audience, in each country, for every pair of answers.
"""

import re
from functools import cache
from itertools import combinations

import pytest

from screening.edition import Edition
from screening.guidance import Guidance, guidance_for
from screening.load import load_content
from screening.model import AUDIENCES
from tests.kit import reading
from tests.kit.decided import offered

COUNTRIES = ("US", "GB", "IE", "CA", "AU", "NZ")

SLEEPY = (
    r"very sleepy|very drowsy|slurring|hard to wake|stay awake"
    r"|(slow|noisy|trouble) breathing|breath(e|es|ing) (slowly|strangely)"
)
ON_PURPOSE = r"on purpose|meant to hurt|to hurt (yourself|themselves)|(taken|took) something|something (was )?taken"
PEOPLE = r"\b(doctor|prescriber|pharmacist|pharmacy|midwife|clinic)s?\b"

# A sign as readers know it in themselves or see it in others, and the only places that it may lead to.
SIGNS = {
    "too sleepy": (SLEEPY, {"emergency"}),
    "hurt": (r"chest pain|hit on the head|violence", {"emergency"}),
    "a danger to the unborn": (r"collapse|bleeding|not moving as usual", {"emergency"}),
    "floppy, wobbly or odd": (r"floppy|wobbly|\bodd\b", {"emergency"}),
    "too much on purpose": (ON_PURPOSE, {"emergency"}),
    "too much by mistake": (r"by mistake", {"poison"}),
    "wide awake after a mix": (r"wide awake", {"poison"}),
    "over since yesterday": (r"in the last day, and is over", {"hospital"}),
    "a seizure that is over": (r"hours or days ago", {"hospital"}),
    "an earlier seizure, and no dose": (r"not back on (your|the) dose", {"hospital"}),
    "out of pills": (r"\b(ran|run|has run|have run) out\b|out of pills", {"hospital"}),
    "about to be cut off": (r"about to be cut off", {"walk_in"}),
    "thoughts of suicide": (r"(thoughts|talk) of suicide", {"crisis"}),
}


NO_WORDS = {"id", "sources", "sign", "care", "lead", "group", "kind", "call", "audience", "url"}  # no running text


@cache
def editions(country: str) -> dict[str, Edition]:
    return dict(load_content(country=country))


@pytest.fixture(params=[(country, audience) for country in COUNTRIES for audience in AUDIENCES], ids="-".join)
def edition(request):
    """What one reader reads, in one country."""
    country, audience = request.param
    return editions(country)[audience]


# --- What is read -----------------------------------------------------------------------------------------------


def texts(edition: Edition) -> list[str]:
    """Every text that says something, on any page."""
    parts = [part for whole in (edition.words, edition.questions) for _, part in reading.parts(whole)]
    found = [text for part in parts for name, text in reading.own_strings(part) if name not in NO_WORDS]
    return list(dict.fromkeys(found))


def said(text: str) -> list[str]:
    """What a text says, one thing at a time: a sentence, or questions with the sentence that answers them."""
    things, asked = [], ""
    for sentence in reading.sentences(text):
        asked = f"{asked} {sentence}".strip()
        if not sentence.rstrip("”’)").endswith("?"):
            things.append(asked)
            asked = ""
    return [*things, asked] if asked else things


@cache
def _names(country: str) -> list[tuple[str, set[str]]]:
    """What stands in sentences for a number or a place, the longest first, with the slots that it can come from."""
    edition = editions(country)["self"]
    kinds = {"emergency": "emergency", "crisis": "crisis", "poison": "poison", "helpline": "treatment"}
    lines = {slot: edition.helpline(kind) for slot, kind in kinds.items()}
    phrases = {slot: line.number if slot == "emergency" else line.phrase for slot, line in lines.items()}
    words = edition.countries[0].words
    phrases |= {slot: getattr(words, slot).text for slot in ("hospital", "walk_in", "urgent_care", "after_hours")}
    slots: dict[str, set[str]] = {}
    for slot, phrase in phrases.items():
        slots.setdefault(phrase, set()).add(slot)
    return sorted(slots.items(), key=lambda item: -len(item[0]))


def places(edition: Edition, text: str) -> list[set[str]]:
    """The numbers and places that a text names, in its order; each as the slots that it can come from."""
    found = []
    for phrase, slots in _names(edition.countries[0].code):
        pattern = rf"(?<![\w-]){re.escape(phrase)}(?![\w-])"
        found += [(match.start(), slots) for match in re.finditer(pattern, text)]
        text = re.sub(pattern, lambda match: "·" * len(match[0]), text)
    return [slots for _, slots in sorted(found, key=lambda item: item[0])]


def lines(prose) -> list[str]:
    return [*prose.paragraphs, *prose.points]


def block_lines(block) -> list[str]:
    return [*block.points, *(lines(block.pills) if block.pills else ())]


def card(edition: Edition, found: Guidance) -> list[str]:
    """The emergency card."""
    words = edition.words.guidance.emergency
    blocks = [line for block in found.emergencies for line in block_lines(block)]
    return [words.intro, *blocks, *(line for part in words.after for line in lines(part))] if blocks else []


def today(edition: Edition, found: Guidance) -> list[str]:
    """The card for what needs help today."""
    words = edition.words.guidance.today
    blocks = [line for block in found.todays for line in block_lines(block)]
    return [words.intro, *blocks, *(line for part in words.after for line in lines(part))] if blocks else []


def page(edition: Edition, sheet) -> list[str]:
    """What the guidance for an answer sheet says, from the top down, with what is taken along."""
    found, words = guidance_for(edition, sheet), edition.words
    leads = {"soon": words.guidance.soon, "left_open": words.guidance.left_open, "nothing": words.guidance.nothing}
    lead = [line for name in found.leads if name in leads for line in lines(leads[name])]
    notes = [text for noticed in found.noticed for _, text in reading.own_strings(noticed.note)]
    parts = [words.guidance.who, *words.guidance.more, words.guidance.end, *words.sheet.sections]
    if found.usual_pills:
        parts.append(words.guidance.pills)
    fixed = [line for part in parts for line in lines(part)]
    return [*card(edition, found), *today(edition, found), *lead, *notes, *fixed, words.sheet.numbers]


def pairs(edition: Edition):
    """Every sheet of one answer and of two."""
    for one, other in combinations([*offered(edition), None], 2):
        sheet: dict[str, list[str]] = {}
        for question, answer in filter(None, (one, other)):
            sheet.setdefault(question, []).append(answer)
        yield sheet


def block(edition: Edition, wanted: str):
    return next(block for block in edition.words.guidance.today.blocks if block.id == wanted)


# --- One sign, one place ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_is_sent_to_one_place(edition, sign):
    pattern, allowed = SIGNS[sign]
    things = [thing for text in texts(edition) for thing in said(text) if re.search(pattern, thing, re.IGNORECASE)]
    # Where two signs share one sentence, both may lead where the sterner one leads.
    allowed = allowed | {"emergency"}
    assert [thing for thing in things if not all(slots & allowed for slots in places(edition, thing))] == []


def test_nobody_too_sleepy_is_sent_to_an_office(edition):
    things = [thing for text in texts(edition) for thing in said(text) if re.search(SLEEPY, thing, re.IGNORECASE)]
    assert [thing for thing in things if re.search(PEOPLE, thing) and not places(edition, thing)] == []


def test_something_taken_on_purpose_calls_the_emergency_number_before_any_other(edition):
    for text in texts(edition):
        for match in re.finditer(ON_PURPOSE, text, re.IGNORECASE):
            [first, *_] = [*places(edition, text[match.end() :]), {"emergency"}]
            assert "emergency" in first, text


def test_whoever_may_have_taken_something_reads_the_emergency_number_beside_the_line_that_listens(edition):
    suicide = next(block for block in edition.words.guidance.emergency.blocks if block.id == "suicide")
    points = [point for point in suicide.points if places(edition, point)]
    assert re.search(ON_PURPOSE, points[0], re.IGNORECASE)
    assert {"emergency"} in places(edition, points[0])


def test_someone_still_not_well_days_after_an_emergency_is_sent_to_a_hospital(edition):
    for found in edition.words.guidance.emergency.blocks:
        if found.id in ("breathing", "confusion"):
            [point] = [point for point in found.points if "still not well" in point]
            assert places(edition, point) == [{"hospital"}] or {"hospital", "walk_in"} in places(edition, point)


def test_the_poison_line_is_only_offered_to_someone_without_a_sign_of_danger(edition):
    """Whoever is sent to it is wide awake, has no sign yet, asks for someone else, or about the next dose or drink."""
    gates = r"wide awake|even if|seems fine|if not|no answer|before|closed|yourself|where to go|every day|daily"
    for text in texts(edition):
        if any(slots == {"poison"} for slots in places(edition, text)):
            assert re.search(gates, text, re.IGNORECASE), text


def test_no_crisis_line_is_named_for_questions_about_a_dose(edition):
    for text in texts(edition):
        for thing in said(text):
            assert not (re.search(r"\bdose", thing) and {"crisis"} in places(edition, thing)), thing


def test_poison_advice_is_asked_even_if_all_seems_well(edition):
    for found in edition.words.guidance.today.blocks:
        if found.id in ("mixing", "street", "child", "unknown_pills"):
            things = [thing for point in found.points for thing in said(point) if "even if" in thing]
            assert any("poison" in slots for thing in things for slots in places(edition, thing)), found.id


# --- The stricter line holds ------------------------------------------------------------------------------------


def test_only_who_runs_out_and_has_nothing_else_waits_for_the_morning(edition):
    for text in texts(edition):
        if re.search(r"\bmorning\b|as they open", text) and text not in talks(edition):
            assert text in block(edition, "running_low").points
            assert "the only thing on this page" in text


def talks(edition: Edition) -> set[str]:
    return {text for question in edition.questions if question.talk for _, text in reading.strings(question.talk)}


def test_no_page_that_needs_help_today_says_to_take_a_missed_dose(edition):
    for sheet in pairs(edition):
        found = guidance_for(edition, sheet)
        if found.emergencies or found.todays:
            taken = [
                line for line in page(edition, sheet) if re.search(r"take it when|when (you|they)? ?remember", line)
            ]
            assert taken == [], sheet


def test_every_page_that_needs_no_help_today_says_what_to_do_about_one_missed_dose(edition):
    words = edition.words.guidance
    for lead in (words.soon, words.nothing, words.left_open):
        [one] = [point for point in lead.points if re.search(r"remember", point)]
        assert re.search(r"one .*dose", one)
        assert re.search(r"\bsure\b", one, re.IGNORECASE), "who forgets may have taken it"
        assert re.search("Never two at once", one)


def test_after_a_seizure_a_doctor_is_named_only_with_a_condition(edition):
    sheet = {"symptoms": ["seizure"], "circumstances": ["seizures_missed"]}
    things = [thing for line in card(edition, guidance_for(edition, sheet)) for thing in said(line)]
    named = [thing for thing in things if re.search(PEOPLE, thing)]
    assert named
    assert [thing for thing in named if not re.search("no seizure|Only then|has checked", thing, re.IGNORECASE)] == []


@pytest.mark.parametrize("wanted", ["without", "running_low"])
def test_no_one_sent_to_a_hospital_above_is_told_to_call_an_office_now(edition, wanted):
    """An emergency card may be above the block, so a line that says to call for pills must say who should."""
    things = [thing for point in block(edition, wanted).points for thing in said(point)]
    calls = [thing for thing in things if re.search(PEOPLE, thing) and re.search(r"\bnow\b", thing)]
    assert calls
    assert [thing for thing in calls if not re.search("no (new )?seizure|nothing above", thing, re.IGNORECASE)] == []


def test_whoever_has_no_prescriber_goes_first_where_the_lines_above_send_them(edition):
    [*_, no_prescriber] = edition.words.guidance.today.after
    assert no_prescriber.points[0].startswith("No line above says where?")


@pytest.mark.parametrize("change", ["unplanned", "out"])
def test_an_earlier_seizure_and_no_pills_lead_to_a_hospital_before_any_office(edition, change):
    read = " ".join(page(edition, {"recent_change": [change], "circumstances": ["past_seizure"]}))
    assert read.index(edition.countries[0].words.hospital.text) < re.search(PEOPLE, read).start()


def test_an_earlier_seizure_and_few_pills_lead_to_a_hospital_at_once(edition):
    first = block(edition, "running_low").points[0]
    assert edition.countries[0].words.hospital.text in first
    assert "when a dose was late" in first


def test_nothing_more_is_taken_until_someone_who_was_too_sleepy_or_confused_is_checked(edition):
    for found in edition.words.guidance.emergency.blocks:
        if found.id in ("breathing", "confusion"):
            assert any(
                re.search(r"(nothing|no) more\b.* until (you|they) are checked", point) for point in found.points
            )


def test_nobody_is_told_to_go_on_with_pills_that_may_be_fake(edition):
    """A sudden stop is dangerous, and so is each pill: both are said, and no order to keep taking them."""
    getting = next(question for question in edition.questions if question.id == "getting_it")
    notes = [getting.notes[answer].means for answer in ("friend", "online", "street")]
    children = [point for part in edition.words.guidance.today.blocks if part.id == "child" for point in part.points]
    for text in [*block(edition, "unknown_pills").points, *children, *notes]:
        assert not re.search(r"(do not|don't|no) stop", text, re.IGNORECASE), text


def test_nobody_looks_for_naloxone_before_they_call(edition):
    for text in texts(edition):
        for thing in said(text):
            given = re.search(r"\bgive naloxone", thing)
            if given and any("emergency" in slots for slots in places(edition, thing)):
                assert any("emergency" in slots for slots in places(edition, thing[: given.start()])), thing


def test_nobody_who_drinks_every_day_is_just_told_not_to_drink(edition):
    dont = r"no drink\b|don't drink|do not drink|no alcohol"
    for text in texts(edition):
        if re.search(dont, text, re.IGNORECASE):
            assert re.search(r"every day|daily", text), text


def test_no_line_says_that_poison_advice_answers_at_night(edition):
    """In Ireland it does not; its own words say whom to ask then."""
    for text in texts(edition):
        assert not re.search(r"night or day|day or night|at night, (call|ask)", text, re.IGNORECASE), text


# --- Every page has its way out ---------------------------------------------------------------------------------


def test_every_page_for_today_names_the_way_out_for_breathing_a_seizure_and_suicide(edition):
    for sheet in pairs(edition):
        found = guidance_for(edition, sheet)
        if found.todays:
            things = [thing for line in today(edition, found) for thing in said(line)]
            for sign, place in ((SLEEPY, "emergency"), (r"\bseizure", "emergency"), (r"suicide", "crisis")):
                assert any(
                    re.search(sign, thing, re.IGNORECASE) and any(place in slots for slots in places(edition, thing))
                    for thing in things
                ), (sheet, sign)


def test_every_block_for_today_knows_the_night(edition):
    for found in edition.words.guidance.today.blocks:
        named = set().union(*(slots for point in found.points for slots in places(edition, point)))
        assert named & {"hospital", "walk_in", "after_hours"}, found.id


def test_what_leads_without_an_emergency_names_the_number_for_each(edition):
    words = edition.words.guidance
    for lead in (words.soon, words.nothing, words.left_open):
        named = [slots for line in lines(lead) for slots in places(edition, line)]
        for slot in ("emergency", "crisis", "poison", "hospital"):
            assert any(slot in slots for slots in named), (lead.heading, slot)


def test_what_leads_without_an_emergency_knows_whoever_is_out_of_pills(edition):
    words = edition.words.guidance
    for lead in (words.soon, words.nothing, words.left_open):
        [point] = [point for point in lead.points if re.search("out of pills", point, re.IGNORECASE)]
        assert re.search("today or tonight", point)
        assert any("hospital" in slots for slots in places(edition, point))


def test_the_client_handout_says_what_to_do_at_night_and_about_seizures(edition):
    if edition.words.sheet.facts is None:
        [missed] = [part for part in edition.words.sheet.sections if "run out" in (part.heading or "")]
        named = [(point, places(edition, point)) for point in missed.points]
        assert any("At night" in point and slots for point, slots in named)
        assert any("for seizures" in point and len(slots) == 2 for point, slots in named)


def test_whoever_goes_to_a_hospital_is_told_what_to_do_without_a_ride(edition):
    words = edition.words.guidance
    for after in (words.emergency.after, words.today.after):
        things = [thing for part in after for line in lines(part) for thing in said(line)]
        assert any(
            re.search("No one to take|No way to get there", thing) and places(edition, thing)[0] == {"emergency"}
            for thing in things
        )


# --- The words fit their sentences ------------------------------------------------------------------------------


def test_no_sentence_starts_with_a_word_that_a_country_writes_small(edition):
    own = edition.countries[0].words
    words = [getattr(own, name).text for name in type(own).model_fields]
    small = tuple(
        word for word in (*words, *(phrase for phrase, _ in _names(edition.countries[0].code))) if word[0].islower()
    )
    for text in texts(edition):
        assert [sentence for sentence in reading.sentences(text) if sentence.lstrip("“").startswith(small)] == []
