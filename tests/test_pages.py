import base64
import hashlib
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from tests.kit.decided import SAFETY
from tests.kit.pages import (
    AUDIENCE_PATHS,
    ERRORS,
    OPEN_PATHS,
    answers_with,
    carried,
    checked,
    emergency_card,
    faulty_sheets,
    fields,
    guidance_sheets,
    headings,
    nothing_noticed,
    one_of_each,
    page,
    question,
    says,
    section_headed,
    squeezed,
    text_of,
    together,
    values,
)

ROOT = Path(__file__).parent.parent
AUDIENCES = [path.strip("/") for path in AUDIENCE_PATHS]
NEVER_ON_THE_SHEET = {"getting_it", "more_than_one_prescriber", "keeping_it_private", "hard_to_talk_about"}
LABELLED = ["a", "button", "summary", "legend", "label"]
MEDICINE = re.compile("klonopin|clonazepam|benzodiazepine", re.IGNORECASE)
COUNTED = re.compile(r"\b\d+ (out )?of \d+\b|\b\d+ ?/ ?\d+\b|\b\d+ ?%|\b\d+ (points?|signs?|answers?)\b", re.IGNORECASE)
LABELS = re.compile(
    r"\b(your (score|result)|(high|low|moderate|medium|severe|elevated)[ -]risk|risk level|addict)\b", re.I
)


def failing(pages, holds):
    """The names of the pages for which this does not hold."""
    return [name for name, soup in pages.items() if not holds(name, soup)]


def audience_of(name):
    """Whose words a page is in."""
    return next((audience for audience in AUDIENCES if name.startswith(f"/{audience}")), "self")


def is_form(name):
    return name in AUDIENCE_PATHS or "faulty" in name or "change" in name.split()


def is_guidance(name):
    return " " in name and name.startswith("/") and not is_form(name)


@pytest.fixture(scope="module")
def forms(pages):
    return {name: soup for name, soup in pages.items() if is_form(name)}


@pytest.fixture(scope="module")
def guidances(pages):
    return {name: soup for name, soup in pages.items() if is_guidance(name)}


@pytest.fixture
def send(client, audience):
    """send(sheet) posts an answer sheet for the audience; more form fields may follow."""
    return lambda sheet, **more: client.post(f"/{audience}", data={**fields(sheet), **more})


@pytest.fixture
def guidance(send):
    """guidance(sheet) gives the parsed guidance."""

    def ask(sheet):
        response = send(sheet)
        assert response.status_code == 200
        return page(response)

    return ask


# --- Every page -------------------------------------------------------------------------------------------------


def test_every_page_answers_with_its_status(responses):
    expected = dict.fromkeys(responses, 200)
    expected |= {f"error {status}": status for status in ERRORS}
    expected |= {name: 422 for name in responses if "faulty" in name}
    assert {name: response.status_code for name, response in responses.items()} == expected


def test_every_page_is_html_in_utf_8(responses):
    assert {response.content_type for response in responses.values()} == {"text/html; charset=utf-8"}


def test_every_page_warns_against_stopping_suddenly(pages, content):
    def warns(name, soup):
        warning = content[audience_of(name)].words.warning
        headed = next((h for h in headings(soup) if says(h, warning.heading)), None)
        hidden = (
            headed is None or headed.find_parent(["details", "template", "noscript"]) or headed.find_parent(hidden=True)
        )
        return not hidden and says(headed.find_parent("section"), warning.text)

    assert failing(pages, warns) == []


def test_every_page_links_to_help(pages):
    assert failing(pages, lambda _, soup: soup.select_one('a[href="/help"]')) == []


def test_help_is_a_call_away_wherever_something_is_asked_said_or_broken(pages, content):
    number = content["self"].helpline("emergency").tel
    wanted = {n: s for n, s in pages.items() if is_form(n) or is_guidance(n) or n.startswith("error") or n == "/help"}
    assert failing(wanted, lambda _, soup: soup.select_one(f'main a[href="{number}"]')) == []


def test_every_page_says_that_it_is_no_diagnosis_and_whether_a_clinician_reviewed_it(pages, content):
    def says_so(name, soup):
        site = content[audience_of(name)].words.site
        footer = soup.select_one("footer")
        return all(says(footer, line) for line in (*site.footer, site.unreviewed))

    assert content["self"].review.name is None, "someone has reviewed the words: this test must now look for the name"
    assert failing(pages, says_so) == []


def test_a_review_that_happened_is_named_on_every_page(edited, monkeypatch):
    folder = edited(
        "questions.yaml", ("  name:\n  role:\n  date:", "  name: A Person\n  role: a role\n  date: 2026-01-02")
    )
    monkeypatch.setenv("SCREENING_CONTENT", str(folder))
    client = create_app().test_client()
    for path in ("/", "/about", "/self", "/nowhere"):
        assert says(page(client.get(path)).select_one("footer"), "A Person, a role, January 2, 2026")


def test_no_title_names_a_medicine(pages):
    assert failing(pages, lambda _, soup: soup.title.string and not MEDICINE.search(soup.title.string)) == []


def test_forms_and_guidance_of_all_audiences_share_one_title(pages, content):
    titles = {s.title.string for n, s in pages.items() if (is_form(n) or is_guidance(n)) and "faulty" not in n}
    assert titles == {content["self"].words.site.name}


def test_the_title_of_a_faulty_form_begins_with_the_word_for_error(pages, content):
    words = content["self"].words
    titles = {soup.title.string for name, soup in pages.items() if "faulty" in name}
    assert titles == {f"{words.form.errors.title} {words.site.name}"}


def test_no_address_names_a_medicine(app, pages):
    addresses = {str(rule) for rule in app.url_map.iter_rules()}
    addresses |= {address for soup in pages.values() for address in values(soup, "href") if address.startswith("/")}
    assert not [address for address in addresses if MEDICINE.search(address)]


def test_every_page_has_one_h1(pages):
    assert failing(pages, lambda _, soup: len(soup.main.find_all("h1")) == len(soup.find_all("h1")) == 1) == []


def test_no_heading_skips_a_level(pages):
    def steps(_, soup):
        levels = [int(h.name[1]) for h in headings(soup)]
        return levels[0] <= 2 and all(deeper <= level + 1 for level, deeper in pairwise(levels))

    assert failing(pages, steps) == []


def test_no_heading_is_empty(pages):
    assert failing(pages, lambda _, soup: all(text_of(h) for h in headings(soup))) == []


def test_every_page_has_its_landmarks(pages):
    def has_them(_, soup):
        return (
            soup.html["lang"] == "en"
            and len(soup.find_all("main")) == 1
            and len(soup.find_all("footer")) == 1
            and all(nav.get("aria-label") for nav in soup.find_all("nav"))
            and soup.find("nav")
        )

    assert failing(pages, has_them) == []


def test_the_first_link_of_every_page_skips_to_the_main_part(pages):
    assert failing(pages, lambda _, soup: soup.find("a")["href"] == f"#{soup.main['id']}") == []


def test_every_id_is_used_once(pages):
    def unique(_, soup):
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        return len(ids) == len(set(ids)) and all(ids)

    assert failing(pages, unique) == []


def test_everything_that_points_into_a_page_finds_its_target(pages):
    def resolves(_, soup):
        named = " ".join(values(soup, "for", "aria-labelledby", "aria-describedby", "aria-controls"))
        linked = {address[1:] for address in values(soup, "href") if address.startswith("#")}
        return {*named.split(), *linked} <= values(soup, "id")

    assert failing(pages, resolves) == []


def test_every_own_link_leads_to_a_page(pages, client):
    own = {address for soup in pages.values() for address in values(soup, "href", "src") if address.startswith("/")}
    for address in own:
        with client.get(address) as response:
            assert response.status_code == (303 if address == "/leave" else 200), address


def test_no_page_runs_or_styles_anything_inline_but_the_one_line(pages, responses):
    def clean(name, soup):
        inline = [script.string for script in soup.find_all("script") if not script.get("src")]
        handlers = [key for tag in soup.find_all(True) for key in tag.attrs if key.startswith("on") or key == "style"]
        if len(inline) != 1 or handlers or soup.find_all("style"):
            return False
        digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        return f"'sha256-{digest}'" in responses[name].headers["Content-Security-Policy"]

    assert failing(pages, clean) == []


def test_the_line_that_keeps_answers_off_the_disk_is_in_the_head_before_anything_is_fetched(pages):
    def first(_, soup):
        fetching = soup.select_one("head script, head link, head style")
        return fetching.name == "script" and "replaceState" in (fetching.string or "")

    assert failing(pages, first) == []


def test_no_page_loads_anything_from_elsewhere(pages):
    def own(_, soup):
        fetched = values(soup, "src") | {link["href"] for link in soup.find_all("link")}
        loading = soup.find_all(["iframe", "object", "embed", "base"]) or values(soup, "srcset", "http-equiv")
        return not loading and all(re.match(r"/(?!/)|data:,$", address) for address in fetched)

    assert failing(pages, own) == []


def test_every_link_to_another_site_opens_a_new_tab_and_says_so(pages, content):
    new_tab = content["self"].words.site.new_tab

    def fair(_, soup):
        return all(
            urlsplit(link["href"]).scheme == "https"
            and link.get("target") == "_blank"
            and {"noopener", "noreferrer"} <= set(link["rel"])
            and says(link, new_tab)
            for link in soup.find_all("a", href=re.compile("//"))
        )

    assert failing(pages, fair) == []


def test_only_links_that_say_so_open_a_new_tab(pages, content):
    new_tab = content["self"].words.site.new_tab
    assert failing(pages, lambda _, soup: all(says(link, new_tab) for link in soup.find_all(target=True))) == []


def test_no_page_carries_a_comment(responses):
    assert [name for name, response in responses.items() if "<!--" in response.text] == []


def test_no_link_is_without_words(pages):
    def named(_, soup):
        return all(text_of(tag) or tag.get("aria-label") for tag in soup.find_all(LABELLED))

    assert failing(pages, named) == []


def test_every_number_to_call_or_text_is_one_of_the_helplines(pages, content):
    known = {address for line in content["self"].helplines for address in (line.tel, line.sms) if address}
    called = {address for soup in pages.values() for address in values(soup, "href") if re.match("tel:|sms:", address)}
    assert called <= known


# --- The questions ----------------------------------------------------------------------------------------------


def test_every_question_is_a_fieldset_with_a_legend(forms, content):
    def legends(name, soup):
        asked = content[audience_of(name)].questions
        sets = soup.find_all("fieldset")
        return len(sets) == len(asked) and all(
            fieldset.find().name == "legend" and says(fieldset.legend, q.ask)
            for fieldset, q in zip(sets, asked, strict=True)
        )

    assert failing(forms, legends) == []


def test_every_answer_is_an_input_with_its_label(forms, content):
    def labelled(name, soup):
        labels = {label["for"]: text_of(label) for label in soup.find_all("label")}
        boxes = [box for box in soup.find_all("input") if box["type"] != "hidden"]
        return len(labels) == len(boxes) and [
            (box["name"], box["type"], box["value"], labels.get(box["id"])) for box in boxes
        ] == [
            (f"q_{q.id}", "checkbox" if q.many else "radio", answer.id, squeezed(answer.label))
            for q in content[audience_of(name)].questions
            for answer in q.answers
        ]

    assert failing(forms, labelled) == []


def test_nothing_is_typed_into_any_page(pages):
    def no_free_text(_, soup):
        kinds = {box.get("type") for box in soup.find_all("input")}
        typed = soup.find_all(["textarea", "select"]) or values(soup, "contenteditable")
        return kinds <= {"radio", "checkbox", "hidden"} and not typed

    assert failing(pages, no_free_text) == []


def test_nothing_is_chosen_on_a_blank_form(pages):
    assert {path: checked(pages[path]) for path in AUDIENCE_PATHS} == {path: {} for path in AUDIENCE_PATHS}


def test_no_answer_is_required_by_the_browser(forms):
    assert failing(forms, lambda _, soup: not values(soup, "required", "aria-required")) == []


def test_every_form_is_sent_by_post_to_its_own_address_and_remembered_by_no_browser(pages):
    def safe(name, soup):
        return all(
            form["method"].lower() == "post"
            and form.get("autocomplete") == "off"
            and form.get("action", "") in ("", f"/{audience_of(name)}")
            for form in soup.find_all("form")
        ) and not values(soup, "formaction", "formmethod")

    assert failing(pages, safe) == []
    assert {name for name, soup in pages.items() if soup.find("form")} == {
        n for n in pages if is_form(n) or is_guidance(n)
    }


def test_every_form_carries_the_version_of_its_questions(forms, guidances, content):
    def carries(name, soup):
        return carried(soup)["version"] == [content[audience_of(name)].version]

    assert failing(forms | guidances, carries) == []


def test_links_on_form_and_guidance_never_replace_the_page(forms, guidances):
    def stays(_, soup):
        leaving = [
            link
            for link in soup.find_all("a")
            if link.get("target") != "_blank"
            and not re.match("tel:|sms:|#", link["href"])
            and link["href"] != "/leave"
            and not (link["href"] == "" and "data-clear" in link.attrs)
        ]
        return not leaving

    assert failing(forms | guidances, stays) == []


def test_a_number_to_call_stands_beside_every_answer_that_is_an_emergency(pages, edition, audience):
    soup = pages[f"/{audience}"]
    dangers = {(asked, *ids) for sheet in answers_with(edition, "emergency") for asked, ids in sheet.items()}
    offered = [(q, answer) for q in edition.questions for answer in q.answers]
    assert dangers <= {(q.id, answer.id) for q, answer in offered if "emergency" in [now.call for now in answer.now]}
    for q, answer in offered:
        box = soup.select_one(f'input[name="q_{q.id}"][value="{answer.id}"]')
        beside = box.find_parent("div").find_next_sibling()
        links = beside.select('a[href^="tel:"]') if beside and beside.name != "div" else []
        assert [(text_of(link), link["href"]) for link in links] == [
            (squeezed(now.text), edition.helpline(now.call).tel) for now in answer.now
        ], f"{q.id}={answer.id}"


def test_help_and_privacy_come_before_the_first_question(pages, edition, audience):
    soup = pages[f"/{audience}"]
    first = soup.find("fieldset")
    before = [text_of(h) for h in first.find_all_previous(["h1", "h2"])]
    assert {part.heading for part in edition.words.form.before} <= set(before)


def test_a_counselor_sees_the_open_question_under_each_topic(pages, content):
    for fieldset, q in zip(pages["/counselor"].find_all("fieldset"), content["counselor"].questions, strict=True):
        assert says(fieldset, q.talk.prompt)


# --- A faulty sheet ---------------------------------------------------------------------------------------------


def faulty(edition):
    return faulty_sheets(edition).items()


def test_a_faulty_sheet_comes_back_with_its_answers_kept(pages, edition, audience):
    for name, sent in faulty(edition):
        known = {(q.id, a.id) for q in edition.questions for a in q.answers}
        kept = {(field[2:], answer) for field, answers in sent.items() for answer in answers} & known
        shown = {
            (asked, answer) for asked, ids in checked(pages[f"/{audience} faulty: {name}"]).items() for answer in ids
        }
        assert shown == kept, name


def test_a_faulty_sheet_can_be_sent_again_as_it_came_back(client, pages, edition, audience):
    soup = pages[f"/{audience} faulty: older version"]
    again = client.post(f"/{audience}", data={**fields(checked(soup)), "version": carried(soup)["version"]})
    assert again.status_code == 200


def test_each_fault_is_told_in_the_summary_with_a_link_to_an_input(pages, edition, audience):
    errors = edition.words.form.errors
    told = {
        "empty": errors.empty,
        "alone together": errors.alone,
        "two for one": errors.one,
        "unknown": errors.unknown,
        "older version": errors.version,
    }
    for name, _ in faulty(edition):
        soup = pages[f"/{audience} faulty: {name}"]
        (link,) = section_headed(soup, errors.heading).find_all("a")
        assert says(link, told[name]), name
        assert soup.find(id=link["href"][1:]).name == "input", name


def test_each_fault_of_a_question_is_told_beside_it_and_read_with_it(pages, edition, audience):
    errors = edition.words.form.errors
    for name, asked, message in (
        ("alone together", "symptoms", errors.alone),
        ("two for one", "recent_change", errors.one),
        ("unknown", "mixing", errors.unknown),
    ):
        soup = pages[f"/{audience} faulty: {name}"]
        link = section_headed(soup, errors.heading).find("a")
        fieldset = soup.find(id=link["href"][1:]).find_parent("fieldset")
        assert fieldset.find("input")["name"] == f"q_{asked}"
        described = [soup.find(id=target) for target in fieldset["aria-describedby"].split()]
        assert any(says(node, message) and node.find_parent("fieldset") is fieldset for node in described), name
        others = [f for f in soup.find_all("fieldset") if f is not fieldset]
        assert not any(says(f, message) for f in others), f"{name}: told at a question that is right"


def test_a_page_without_fault_shows_no_error(pages, content):
    heading = content["self"].words.form.errors.heading
    sound = {name: soup for name, soup in pages.items() if "faulty" not in name}
    assert failing(sound, lambda _, soup: heading not in map(text_of, headings(soup))) == []


def test_on_a_faulty_sheet_the_emergency_leads_and_the_error_follows(pages, edition, audience):
    for name, _ in faulty(edition):
        soup = pages[f"/{audience} faulty: {name}"]
        card = emergency_card(soup)
        assert (card is None) == (name == "empty"), name
        if card:
            assert card.find_previous_siblings() == [], name
            assert card.parent.name == "main", name
            error = section_headed(soup, edition.words.form.errors.heading)
            assert card in error.find_all_previous("section"), name


def test_every_emergency_leads_a_faulty_sheet(send, edition):
    words = edition.words
    for sheet in answers_with(edition, "emergency"):
        response = send(sheet, version="older", q_mixing=["unheard-of"], q_recent_change=["planned", "out"])
        assert response.status_code == 422
        assert text_of(page(response).main.find(["h1", "h2"])) == squeezed(words.guidance.emergency.heading)


def test_what_was_sent_and_is_unknown_is_never_shown(send, edition):
    for q in edition.questions:
        response = send({q.id: ["<b>unheard-of</b>"]})
        assert response.status_code == 422
        assert "unheard-of" not in response.text


# --- The guidance -----------------------------------------------------------------------------------------------


def lead_of(soup, said):
    """The words that lead the guidance, under the name of the page."""
    return next(words for words in map(text_of, headings(soup)) if words != squeezed(said.heading))


def test_every_outcome_is_led_by_its_level_of_care(pages, edition, audience):
    said = edition.words.guidance
    lead = {"nothing": said.nothing.heading, "open": said.left_open.heading}
    for name, sheet in guidance_sheets(edition).items():
        cares = {
            question(edition, asked).notes[answer].care
            for asked, answers in sheet.items()
            for answer in answers
            if answer in question(edition, asked).notes
        }
        if "emergency" in cares:
            expected = said.emergency.heading
        elif "today" in cares:
            expected = said.today.heading
        else:
            expected = lead.get(name, said.soon.heading)
        assert lead_of(pages[f"/{audience} {name}"], said) == squeezed(expected), name


def test_an_emergency_leads_the_guidance_before_everything_but_its_name(guidances, content):
    seen = 0
    for name, soup in guidances.items():
        said = content[audience_of(name)].words.guidance
        card = emergency_card(soup)
        if card:
            seen += 1
            assert [text_of(before) for before in card.find_previous_siblings()] in ([], [squeezed(said.heading)]), name
            assert soup.main.find(["h2", "a", "button", "section"]) is card, name
    assert seen >= 3 * 6


def test_each_emergency_says_what_to_do_and_whom_to_call(guidance, edition):
    blocks = {block.id: block for block in edition.words.guidance.emergency.blocks}
    for sheet in answers_with(edition, "emergency"):
        ((asked, (answer,)),) = sheet.items()
        block = blocks[question(edition, asked).notes[answer].lead]
        card = emergency_card(guidance(sheet))
        assert [h for h in map(text_of, headings(card)) if h in {squeezed(b.heading) for b in blocks.values()}] == [
            squeezed(block.heading)
        ], "one danger, one block"
        assert all(says(card, point) for point in block.points), answer
        calls = [link["href"] for link in card.select('a[href^="tel:"]')]
        assert calls[: len(block.call)] == [edition.helpline(kind).tel for kind in block.call], answer


def test_every_emergency_at_once_is_one_card_in_the_order_of_the_content(guidance, edition):
    soup = guidance(together(answers_with(edition, "emergency")))
    shown = list(map(text_of, headings(emergency_card(soup))))
    wanted = [squeezed(block.heading) for block in edition.words.guidance.emergency.blocks]
    assert [heading for heading in shown if heading in wanted] == wanted
    assert len(soup.select("#emergency")) == 1


def test_with_thoughts_of_suicide_alone_the_first_number_is_the_crisis_line(guidance, edition):
    card = emergency_card(guidance({"symptoms": ["suicide"]}))
    first, second = [link["href"] for link in card.select('a[href^="tel:"]')][:2]
    assert first == edition.helpline("crisis").tel
    assert second == edition.helpline("emergency").tel


def test_the_emergency_card_knows_the_numbers_of_other_countries(guidance, edition):
    card = emergency_card(guidance({"symptoms": ["seizure"]}))
    calls = {link["href"] for link in card.select('a[href^="tel:"]')}
    assert {edition.emergency_number(country).tel for country in edition.countries} <= calls


def test_an_emergency_and_something_for_today_are_both_there_and_the_emergency_is_first(guidance, edition):
    said = edition.words.guidance
    soup = guidance(one_of_each(edition))
    order = list(map(text_of, headings(soup)))
    assert order.index(squeezed(said.emergency.heading)) < order.index(squeezed(said.today.heading))


def test_every_answer_for_today_has_its_block_and_a_way_for_the_night(guidance, edition):
    said = edition.words.guidance
    blocks = {block.id: block for block in said.today.blocks}
    for sheet in answers_with(edition, "today"):
        ((asked, (answer,)),) = sheet.items()
        block = blocks[question(edition, asked).notes[answer].lead]
        section = section_headed(guidance(sheet), said.today.heading)
        assert all(says(section, point) for point in block.points), answer
        calls = [link["href"] for link in section.select("a.call")]
        assert calls == [edition.helpline(kind).tel for kind in block.call], answer
        assert all(says(section, point) for part in said.today.after for point in part.points), answer


def test_what_was_noticed_is_explained_with_ordinary_reasons_and_words_to_use(guidances, edition, audience):
    for name, sheet in guidance_sheets(edition).items():
        soup = guidances[f"/{audience} {name}"]
        for asked, answers in sheet.items():
            for answer in answers:
                note = question(edition, asked).notes.get(answer)
                if note:
                    parts = filter(None, (note.means, note.other_reasons, note.say))
                    assert all(says(soup.main, part) for part in parts), f"{asked}={answer}"


def test_what_was_left_open_is_named(guidance, edition):
    said = edition.words.guidance.open
    for q in edition.questions:
        sheet = {asked: ids for asked, ids in nothing_noticed(edition).items() if asked != q.id}
        section = section_headed(guidance(sheet), said.heading)
        assert [other.id for other in edition.questions if says(section, other.topic)] == [q.id]
    assert said.heading not in map(text_of, headings(guidance(nothing_noticed(edition))))


def test_every_guidance_says_that_it_is_not_saved_who_can_help_and_what_it_is_not(guidances, content):
    def holds(name, soup):
        q = content[audience_of(name)]
        said = q.words.guidance
        lines = [line for line in q.helplines if line.country == q.countries[0].code]
        promised = [said.not_saved, *said.who.paragraphs, *(line.name for line in lines), *said.end.paragraphs]
        promised += [q.words.warning.driving, *(point for part in said.more for point in part.points)]
        shown = text_of(soup.main)
        return all(squeezed(words) in shown for words in promised)

    assert failing(guidances, holds) == []


def test_only_counselors_are_shown_validated_tools(guidances, content):
    tools = content["counselor"].words.guidance.instruments
    shown = {name for name, soup in guidances.items() if tools.heading in map(text_of, headings(soup))}
    assert shown == {name for name in guidances if audience_of(name) == "counselor"}


def test_what_is_taken_along_is_the_last_thing_on_the_page(guidances, content):
    def last(name, soup):
        end = soup.main.find_all(True, recursive=False)[-1]
        sheet = content[audience_of(name)].words.sheet
        return text_of(end.find("h2")) == squeezed(sheet.heading) and says(end, sheet.intro) and says(end, sheet.end)

    assert failing(guidances, last) == []


def sheet_facts(soup):
    """The answers that stand on what is taken along, each with its topic."""
    facts, topic = [], ""
    for tag in soup.select("#sheet dl:not(.blanks) > *"):
        if tag.name == "dt":
            topic = text_of(tag)
        else:
            facts.append((topic, text_of(tag)))
    return facts


@pytest.mark.parametrize("audience", ["self", "family"], scope="session")
def test_the_sheet_holds_the_safety_facts(guidance, edition):
    for asked in SAFETY:
        q = question(edition, asked)
        noted = [a for a in q.answers if a.id in q.notes]
        for answers in [noted] if q.many else [[a] for a in noted]:
            facts = sheet_facts(guidance({asked: [a.id for a in answers]}))
            assert facts == [(squeezed(q.topic), squeezed(a.label)) for a in answers]


@pytest.mark.parametrize("audience", ["self", "family"], scope="session")
def test_the_sheet_never_holds_answers_about_privacy_sources_or_talks(guidance, edition):
    for asked in NEVER_ON_THE_SHEET:
        q = question(edition, asked)
        ids = [a.id for a in q.answers if a.id in q.notes]
        for answers in [ids] if q.many else [[answer] for answer in ids]:
            soup = guidance({asked: answers})
            assert sheet_facts(soup) == [], f"{asked}={answers}"
            assert not says(soup.find(id="sheet"), q.topic)


def test_the_handout_for_a_client_is_the_same_whatever_was_answered(guidances):
    handouts = {str(soup.find(id="sheet")) for name, soup in guidances.items() if audience_of(name) == "counselor"}
    assert len(handouts) == 1


def test_the_words_on_pills_and_what_replaces_them_never_stand_together(guidances, content):
    replaced = set()
    for name, soup in guidances.items():
        said = content[audience_of(name)].words.guidance
        shown = list(map(text_of, headings(soup)))
        blocks = [*said.emergency.blocks, *said.today.blocks]
        instead = [block.pills for block in blocks if block.pills and squeezed(block.heading) in shown]
        expected = [*instead, said.pills][0]
        others = [words for words in (said.pills, *(b.pills for b in blocks)) if words and words != expected]
        assert others, name
        assert all(says(soup.main, paragraph) for paragraph in expected.paragraphs), name
        assert not [p for words in others for p in words.paragraphs if says(soup.main, p)], name
        replaced |= {name} if instead else set()
    assert {name.split(" ", 1)[1] for name in replaced} >= {"symptoms=suicide", "every emergency"}


def test_one_sign_and_all_signs_are_told_the_same_but_for_what_was_noticed(guidance, edition):
    """Nothing is counted: take out what is said about each sign, and the pages can't be told apart."""
    signs = [q for q in edition.questions if q.group == "signs" and "yes" in q.notes]
    assert len(signs) > 3

    def rest(noticed):
        soup = guidance({**nothing_noticed(edition), **{q.id: ["yes"] for q in noticed}})
        for q in noticed:
            for heading in [h for h in headings(soup) if text_of(h).startswith(squeezed(q.topic))]:
                heading.find_parent("article").decompose()
        for facts in soup.select("#sheet dl:not(.blanks), #sheet h3 + p, input[type=hidden]"):
            facts.decompose()
        return text_of(soup)

    assert rest(signs[:1]) == rest(signs) == rest(signs[1:2])


# --- Change my answers ------------------------------------------------------------------------------------------


def test_the_guidance_carries_exactly_the_answer_sheet_and_only_in_hidden_inputs(guidances, edition, audience):
    for name, sheet in guidance_sheets(edition).items():
        soup = guidances[f"/{audience} {name}"]
        in_order = {q.id: sheet[q.id] for q in edition.questions if q.id in sheet}
        assert carried(soup) == {"version": [edition.version], "change": ["1"], **fields(in_order)}, name
        assert not [address for address in values(soup, "href") if "q_" in address]


def test_change_my_answers_gives_back_the_filled_form(client, guidances, edition, audience):
    for name in ("nothing", "open", "every emergency", "one of each"):
        sheet = guidance_sheets(edition)[name]
        soup = guidances[f"/{audience} {name}"]
        response = client.post(f"/{audience}", data=carried(soup))
        assert response.status_code == 200
        assert checked(page(response)) == {asked: list(answers) for asked, answers in sheet.items()}, name
        assert response.request.query_string == b""


def test_change_my_answers_checks_nothing(send, edition):
    words = edition.words.form
    for sheet, more in (
        ({}, {"version": edition.version}),
        ({"symptoms": ["seizure", "none"]}, {}),
        ({"mixing": ["unheard-of"]}, {}),
    ):
        response = send(sheet, change="1", **more)
        assert response.status_code == 200
        assert words.errors.heading not in map(text_of, headings(page(response)))


def test_change_my_answers_drops_what_no_question_knows(send, edition):
    response = send({"mixing": ["unheard-of", "alcohol"], "unasked": ["unheard-of"]}, change="1")
    assert checked(page(response)) == {"mixing": ["alcohol"]}
    assert "unheard-of" not in response.text
    assert "unasked" not in response.text


def test_an_emergency_still_leads_while_answers_are_changed(send, edition):
    for sheet in answers_with(edition, "emergency"):
        card = emergency_card(page(send(sheet, change="1")))
        assert card.find_previous_siblings() == []


# --- Any answer sheet whatever ----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_promises_hold_for_any_answer_sheet(app, content, data):
    audience = data.draw(st.sampled_from(AUDIENCES))
    edition = content[audience]
    said = edition.words.guidance

    def answers_to(q):
        known = st.sampled_from([a.id for a in q.answers])
        return st.lists(known, unique=True, max_size=len(q.answers) if q.many else 1) | st.lists(
            known | st.text(max_size=9)
        )

    sheet = data.draw(st.fixed_dictionaries({}, optional={q.id: answers_to(q) for q in edition.questions}))
    more = data.draw(st.sampled_from([{}, {"version": "older"}, {"version": edition.version}, {"change": "1"}]))
    response = app.test_client().post(f"/{audience}", data={"sent": "1", **fields(sheet), **more})
    soup = page(response)

    assert response.status_code in (200, 422)
    assert "Set-Cookie" not in response.headers
    assert says(soup, edition.words.warning.heading)
    assert soup.select_one('a[href="/help"]')
    assert len(soup.find_all("h1")) == 1
    dangers = {(asked, *ids) for danger in answers_with(edition, "emergency") for asked, ids in danger.items()}
    ticked = {(asked, answer) for asked, answers in sheet.items() for answer in answers}
    assert (emergency_card(soup) is not None) == bool(dangers & ticked)
    if dangers & ticked:
        assert lead_of(soup, said) == squeezed(said.emergency.heading)
    if soup.find(id="sheet"):
        for node in soup.select(".count"):
            node.decompose()
        assert not COUNTED.search(text_of(soup.main)), "a count looks like a test result"
        assert not LABELS.search(text_of(soup.main)), "a label looks like a diagnosis"


# --- The other pages --------------------------------------------------------------------------------------------


def test_the_start_page_leads_to_each_audience(pages, content):
    choices = content["self"].words.start.choices
    links = {link["href"]: text_of(link) for link in pages["/"].main.find_all("a")}
    assert [path for path in links if path in AUDIENCE_PATHS] == [f"/{choice.audience}" for choice in choices]
    assert all(squeezed(choice.title) in links[f"/{choice.audience}"] for choice in choices)


def test_the_guide_holds_all_twelve_open_questions_and_what_to_do_with_them(pages, content):
    questions = content["counselor"].questions
    assert len(questions) == 12
    for q in questions:
        section = section_headed(pages["/counselor/guide"], q.topic)
        assert all(says(section, part) for _, part in q.talk), q.id


def test_help_lists_every_line_with_source_and_date_and_says_that_it_was_not_called(pages, content):
    q = content["self"]
    boxes = [(text_of(h), h.parent) for h in headings(pages["/help"]) if h.parent.get("class") == ["helpline"]]
    assert len(boxes) == len(q.helplines)
    for line in q.helplines:
        date = f"{line.read_on:%B} {line.read_on.day}, {line.read_on.year}"
        told = [line.number, line.hours, line.cost, line.languages, line.who_for, line.area, line.what_happens]
        told += [q.words.help.not_called, date]
        linked = [address for address in (line.source, line.tel, line.sms) if address]
        assert any(
            name == squeezed(line.name)
            and all(says(box, fact) for fact in told if fact)
            and all(box.find("a", href=address) for address in linked)
            for name, box in boxes
        ), f"{line.country}, {line.name}"


def test_help_opens_with_the_sites_own_country_and_has_every_emergency_number(pages, content):
    q = content["self"]
    calls = [link["href"] for link in pages["/help"].main.select('a[href^="tel:"]')]
    assert calls[0] == q.helpline("emergency").tel
    assert {q.emergency_number(country).tel for country in q.countries} <= set(calls)


def test_every_number_of_the_country_in_a_sentence_is_one_tap_to_call(guidance, edition):
    soup = guidance({"symptoms": ["suicide"], "recent_change": ["out"], "mixing": ["street"]}).main
    for line in (edition.helpline(kind) for kind in ("emergency", "crisis", "poison", "treatment")):
        found = soup.find_all(string=re.compile(rf"(?<![\w-]){line.number}(?![\w-])"))
        # a heading or summary holds a helpline's own name
        assert [text for text in found if not text.find_parent(["a", "h3", "h4", "summary"])] == []


def test_about_names_the_sign_and_the_sources_of_every_question(pages, content):
    q = content["self"]
    titles = {source.id: source.title for source in q.sources}
    for asked in q.questions:
        item = pages["/about"].find("li", id=asked.id)
        assert says(item, asked.topic)
        assert all(says(item, titles[source]) for source in asked.sources)
        assert not asked.sign or says(item, asked.sign)


def test_about_names_every_source_and_links_to_it(pages, content):
    for source in content["self"].sources:
        assert says(pages["/about"], source.title)
        assert not source.link or pages["/about"].find("a", href=source.link)


def test_about_names_the_sources_of_every_note(pages, content):
    q = content["counselor"]  # who is offered every answer there is
    titles = {source.id: source.title for source in q.sources}
    for asked in q.questions:
        claims = next(
            (d for d in pages["/about"].find_all("details") if text_of(d.summary) == squeezed(asked.topic)), None
        )
        assert claims, asked.id
        for note in asked.notes.values():
            assert all(says(claims, titles[source]) for source in note.sources)


def test_about_names_the_sources_of_everything_else_that_guidance_says(pages, content):
    about = text_of(pages["/about"].main)
    for q in content.values():
        said = q.words.guidance
        blocks = (*said.emergency.blocks, *said.today.blocks)
        for part in (said.soon, said.nothing, said.left_open, said.who, said.pills, *said.more, *blocks):
            cited = "; ".join(source.title for source in q.sources if source.id in part.sources)
            assert part.sources, part.heading
            assert squeezed(cited) in about, part.heading


def test_leaving_goes_to_a_neutral_site(client):
    response = client.get("/leave")
    assert (response.status_code, response.location) == (303, "https://www.wikipedia.org/")


def test_the_site_to_leave_for_can_be_set(monkeypatch):
    monkeypatch.setenv("SCREENING_LEAVE_URL", "https://weather.example/")
    assert create_app().test_client().get("/leave").location == "https://weather.example/"


def test_whoever_watches_the_server_can_ask_if_it_is_well(client):
    response = client.get("/healthz")
    assert (response.status_code, response.text.strip(), response.mimetype) == (200, "ok", "text/plain")


@pytest.mark.parametrize("path", [*AUDIENCE_PATHS, *OPEN_PATHS, "/healthz"])
def test_head_answers_as_get_does_without_a_body(client, path):
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.headers["Content-Length"], head.data) == (200, get.headers["Content-Length"], b"")


@pytest.mark.parametrize("path", [*OPEN_PATHS, "/leave", "/healthz"])
def test_pages_that_take_no_answers_refuse_them_and_say_what_they_take(client, path):
    response = client.post(path, data={"sent": "1"})
    assert response.status_code == 405
    assert set(response.allow) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_no_page_knows_other_methods(client, method):
    assert client.open("/self", method=method).status_code == 405


@pytest.mark.parametrize("path", ["/counselor//guide", "/static//0/style.css", "/self/", "/SELF"])
def test_an_address_that_is_nearly_right_is_not_found_and_not_repeated(client, path):
    """A redirect would repeat the query, and its page would lack the warning."""
    response = client.get("/", environ_overrides={"PATH_INFO": path}, query_string="canary=1")
    assert response.status_code == 404
    assert "canary" not in response.text + str(response.headers)


def test_an_emergency_is_never_taken_for_a_block_for_today_with_the_same_id(edited, monkeypatch, content):
    edited("pages.yaml", ("      - id: unknown_pills", "      - id: seizure"))
    folder = edited("questions.yaml", *[("lead: unknown_pills", "lead: seizure")] * 2)
    monkeypatch.setenv("SCREENING_CONTENT", str(folder))
    soup = page(create_app().test_client().post("/self", data={"q_symptoms": "seizure", "q_getting_it": "online"}))
    said = content["self"].words.guidance
    for card, wanted in ((said.emergency, "seizure"), (said.today, "unknown_pills")):
        (block,) = [part for part in card.blocks if part.id == wanted]
        assert all(says(section_headed(soup, card.heading), point) for point in block.points), wanted


# --- Settings and start -----------------------------------------------------------------------------------------


def test_an_operator_can_put_other_words_in_place_of_ours(edited, monkeypatch, content):
    name = content["self"].words.site.name
    folder = edited("pages.yaml", (f"  name: {name}", "  name: Another name"))
    monkeypatch.setenv("SCREENING_CONTENT", str(folder))
    soup = page(create_app().test_client().get("/self"))
    assert soup.title.string == "Another name"


def test_words_that_look_like_markup_are_shown_as_they_are(edited, monkeypatch, content):
    said, asked = content["self"].words.guidance, content["self"].questions[0]
    odd = "&lt;b&gt; & &amp;"
    edited("pages.yaml", (f"    heading: {said.who.heading}", f'    heading: "{odd} who"'))
    folder = edited("questions.yaml", (f'    topic: "{asked.topic}"', f'    topic: "{odd} topic"'))
    monkeypatch.setenv("SCREENING_CONTENT", str(folder))
    client = create_app().test_client()
    for sheet in ({"q_symptoms": "sleep"}, {"q_symptoms": "unsure"}):
        soup = page(client.post("/self", data=sheet))
        assert says(soup, f"{odd} who")
        assert says(soup, f"{odd} topic")


def test_the_country_that_is_set_comes_first(monkeypatch, content):
    countries = content["self"].countries
    other = countries[-1]
    monkeypatch.setenv("SCREENING_COUNTRY", other.code)
    client = create_app().test_client()
    number = content["self"].emergency_number(other).tel
    assert page(client.get("/help")).main.select_one('a[href^="tel:"]')["href"] == number
    card = emergency_card(page(client.post("/self", data={"q_symptoms": "seizure"})))
    assert card.select_one('a[href^="tel:"]')["href"] == number
    others = text_of(page(client.get("/help")).main)
    assert all(country.name in others for country in countries)


def test_flask_finds_the_app():
    found = subprocess.run(
        [sys.executable, "-m", "flask", "routes"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert "/counselor/guide" in found.stdout
