import re
from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import BaseModel

import app as app_module
from app import create_app
from screening import load
from screening.guidance import guidance_for
from screening.load import load_content
from settings import Settings
from tests.kit.pages import (
    AUDIENCE_PATHS,
    ERRORS,
    LANGUAGES,
    OPEN_PATHS,
    all_responses,
    answers_with,
    carried,
    checked,
    emergency_card,
    faulty_sheets,
    fields,
    guidance_sheets,
    headings,
    nothing_noticed,
    page,
    root,
    says,
    section_headed,
    shown,
    squeezed,
    text_of,
    together,
    unpacked,
    values,
)
from tests.kit.told import expected_texts, names_for, picked, pieces, sheets_of, told

AUDIENCES = [path.strip("/") for path in AUDIENCE_PATHS]
LABELLED = ["a", "button", "summary", "legend", "label"]
MEDICINE = re.compile("klonopin|clonazepam|benzodiazepine", re.IGNORECASE)
COUNTED = re.compile(r"\b\d+ (out )?of \d+\b|\b\d+ ?/ ?\d+\b|\b\d+ ?%|\b\d+ (points?|signs?|answers?)\b", re.IGNORECASE)
LABELS = re.compile(
    r"\b(your (score|result)|(high|low|moderate|medium|severe|elevated)[ -]risk|risk level|addict)\b", re.I
)


def page_of(html):
    return BeautifulSoup(html, "html.parser")


def failing(pages, holds):
    """The names of the pages for which this does not hold."""
    return [name for name, soup in pages.items() if not holds(name, soup)]


def split(name):
    """The language of a page, and the name that the same page has in English."""
    language = next((code for code in LANGUAGES[1:] if re.match(rf"/{code}\b", name)), LANGUAGES[0])
    return language, name.removeprefix(f"/{language}").lstrip()


def audience_of(name):
    """Whose words a page is in."""
    return next((audience for audience in AUDIENCES if split(name)[1].startswith(f"/{audience}")), "self")


def words_of(languages, name):
    """The edition whose words a page is in."""
    return languages[split(name)[0]][audience_of(name)]


def is_form(name):
    return split(name)[1] in AUDIENCE_PATHS or "faulty" in name or "change" in name.split()


def is_guidance(name):
    return re.match("/.* ", split(name)[1]) and not is_form(name)


@pytest.fixture(scope="module")
def forms(pages):
    return {name: soup for name, soup in pages.items() if is_form(name)}


@pytest.fixture(scope="module")
def guidances(pages):
    return {name: soup for name, soup in pages.items() if is_guidance(name)}


@pytest.fixture
def send(client, each_form):
    """send(sheet) posts an answer sheet to the form; more form fields may follow."""
    return lambda sheet, **more: client.post(each_form.path, data={**fields(sheet), **more})


@pytest.fixture
def edition(each_form):
    """The edition of the form."""
    return each_form.edition


# --- Every page ---------------------------------------------------------------------------------------------------


def test_every_page_answers_with_its_status(responses):
    expected = dict.fromkeys(responses, 200)
    expected |= {f"{root(code)} error {status}".lstrip(): status for code in LANGUAGES for status in ERRORS}
    expected |= {name: 422 for name in responses if "faulty" in name}
    assert {name: response.status_code for name, response in responses.items()} == expected


def test_every_page_is_html_in_utf_8(responses):
    assert {response.content_type for response in responses.values()} == {"text/html; charset=utf-8"}


def test_every_page_warns_against_stopping_suddenly(pages, languages):
    def warns(name, soup):
        warning = words_of(languages, name).words.warning
        headed = next((h for h in headings(soup) if says(h, warning.heading)), None)
        hidden = (
            headed is None or headed.find_parent(["details", "template", "noscript"]) or headed.find_parent(hidden=True)
        )
        return not hidden and says(headed.find_parent("section"), warning.text)

    assert failing(pages, warns) == []


def test_every_page_links_to_help(pages):
    assert failing(pages, lambda name, soup: soup.select_one(f'a[href="{root(split(name)[0])}/help"]')) == []


def test_form_guidance_error_and_help_pages_link_the_emergency_number(pages, content):
    number = content["self"].helpline("emergency").tel
    wanted = {n: s for n, s in pages.items() if is_form(n) or is_guidance(n) or "error" in n or n.endswith("/help")}
    assert len({name.split(" ")[0] for name in wanted}) == len(LANGUAGES) * 4 + 2
    assert failing(wanted, lambda _, soup: soup.select_one(f'main a[href="{number}"]')) == []


def test_every_page_says_that_it_is_no_diagnosis_and_whether_a_clinician_reviewed_it(pages, languages, content):
    def says_so(name, soup):
        site = words_of(languages, name).words.site
        footer = soup.select_one("footer")
        return all(says(footer, line) for line in (*site.footer, site.unreviewed))

    assert content["self"].review.name is None, "someone has reviewed the words: this test must now look for the name"
    assert failing(pages, says_so) == []


def test_titles_name_no_medicine_and_no_finding(pages, languages):
    """A browser's history shows them."""
    assert failing(pages, lambda _, soup: soup.title.string and not MEDICINE.search(soup.title.string)) == []
    for name, soup in pages.items():
        if is_form(name) or is_guidance(name):
            words = words_of(languages, name).words
            error = f"{words.form.errors.title} " if "faulty" in name else ""
            assert soup.title.string == error + words.site.name, name


def test_no_address_names_a_medicine(app, pages):
    addresses = {str(rule) for rule in app.url_map.iter_rules()}
    addresses |= {address for soup in pages.values() for address in values(soup, "href") if address.startswith("/")}
    assert not [address for address in addresses if MEDICINE.search(address)]


def test_the_headings_of_every_page_make_an_outline(pages):
    def outlined(_, soup):
        levels = [int(h.name[1]) for h in headings(soup)]
        return (
            len(soup.main.find_all("h1")) == len(soup.find_all("h1")) == 1
            and levels[0] <= 2
            and all(deeper <= level + 1 for level, deeper in pairwise(levels))
            and all(text_of(h) for h in headings(soup))
        )

    assert failing(pages, outlined) == []


def test_every_page_has_its_landmarks_and_first_a_link_to_the_main_part(pages):
    def has_them(name, soup):
        return (
            soup.html["lang"] == split(name)[0]
            and [len(soup.find_all(name)) for name in ("header", "main", "footer")] == [1, 1, 1]
            and len({nav["aria-label"] for nav in soup.find_all("nav")}) == 2  # the languages, and the pages
            and soup.find("a")["href"] == f"#{soup.main['id']}"
        )

    assert failing(pages, has_them) == []


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


def test_no_page_loads_anything(pages):
    """One page, one response: style and script stand inside it."""

    def whole(_, soup):
        loading = soup.find_all(["iframe", "object", "embed", "base", "img"]) or values(
            soup, "src", "srcset", "http-equiv", "ping"
        )
        return not loading and [link["href"] for link in soup.find_all("link")] == ["data:,"]

    assert failing(pages, whole) == []


def test_links_to_other_sites_open_a_new_tab_and_links_that_do_say_so(pages, languages):
    def fair(name, soup):
        new_tab = words_of(languages, name).words.site.new_tab
        return all(
            urlsplit(link["href"]).scheme == "https"
            and link.get("target") == "_blank"
            and "noreferrer" in link["rel"]  # which implies noopener
            for link in soup.find_all("a", href=re.compile("//"))
        ) and all(
            (new_tab in link.get("aria-label", text_of(link))) == ("target" in link.attrs)
            for link in soup.find_all("a")
        )

    assert failing(pages, fair) == []


def test_no_page_carries_a_comment(responses):
    assert [name for name, response in responses.items() if "<!--" in response.text] == []


def test_no_link_is_without_words(pages):
    def named(_, soup):
        shown = [tag for tag in soup.find_all(LABELLED) if not tag.has_attr("hidden")]
        return all(text_of(tag) or tag.get("aria-label") for tag in shown)

    assert failing(pages, named) == []


def test_every_number_to_call_or_text_is_one_of_the_helplines(pages, content):
    """A number has no language."""
    known = {address for line in content["self"].helplines for address in (line.tel, line.sms) if address}
    called = {address for soup in pages.values() for address in values(soup, "href") if re.match("tel:|sms:", address)}
    assert called <= known


@pytest.mark.parametrize(
    ("country", "text", "linked"),
    [
        ("US", "Call 911.", ["911"]),
        ("US", "911 or 988? (911) “911”, 988!", ["911", "988", "911", "911", "988"]),
        ("US", "Poison Help at 1-800-222-1222: 988 24/7", ["1-800-222-1222", "988"]),
        ("US", "$911, $ 911, 911%, 911/2, 24/911, 1.911, 911.5, 2,911, 911,000, 9112, 1911, 911th, a911", []),
        ("US", "911-988, 911–988, 1-911, +1 911, 1-800-222-12220, 11-800-222-1222, 911 222 3333, (020) 911", []),
        ("AU", "10,000 people; 000", ["000"]),
        ("GB", "1.999, £999, 111/2, 0800 111 0222, 0800 999, 20 999; 999, 111", ["999", "111"]),
    ],
)
def test_a_number_is_a_link_exactly_where_it_is_a_phone_number(country, text, linked):
    link_numbers = create_app(Settings(country=country)).jinja_env.filters["link_numbers"]
    links = page_of(link_numbers(text)).find_all("a")
    assert [link.string.rstrip(".") for link in links] == linked
    assert [link["href"] for link in links] == ["tel:" + number.replace("-", "") for number in linked]


NO_SENTENCE = {
    *("id", "kind", "country", "code", "care", "lead", "group", "audience", "source", "sources", "url", "link", "call"),
    *("number", "text_number", "text_word", "in_words", "name", "title", "topic", "label", "sign", "document"),
    *("language", "months", "date", "read_on", "based_on"),
}


def with_number(part):
    """A part of the content in which each sentence is followed by one that calls."""
    if isinstance(part, BaseModel):
        told = {name: getattr(part, name) for name in type(part).model_fields if name not in NO_SENTENCE}
        return part.model_copy(update={name: with_number(value) for name, value in told.items()})
    if isinstance(part, tuple):
        return tuple(map(with_number, part))
    if isinstance(part, Mapping):
        return {key: with_number(value) for key, value in part.items()}
    return f"{part} Call 911." if isinstance(part, str) else part


def test_a_number_in_a_sentence_is_a_link_on_every_page(content, monkeypatch):
    changed = {audience: with_number(edition) for audience, edition in content.items()}
    monkeypatch.setattr(app_module, "load_languages", lambda *_: {"en": changed})
    seen = 0
    for name, response in all_responses(app_module.create_app(), {"en": changed}).items():
        if "=" in name or "soon" in name:  # what these hold is among the pieces of the form page
            continue
        soup = page(response)
        for part in (soup.body, *(page_of(block.string) for block in soup.select("script[type]"))):
            seen += len(part.find_all("a", string=re.compile(r"^911\.?$")))
            bare = [
                text
                for text in part.find_all(string=re.compile(r"Call 911\.\s*$"))
                if not text.find_parent(["a", "button", "label", "legend", "summary", "h1", "h2", "h3", "h4", "dt"])
                and text.parent.name not in ("script", "b")
            ]
            assert bare == [], name
    assert seen > 1000


# --- The questions ------------------------------------------------------------------------------------------------


def test_every_question_is_a_fieldset_with_a_legend(forms, languages):
    def legends(name, soup):
        asked = words_of(languages, name).questions
        sets = soup.find_all("fieldset")
        return len(sets) == len(asked) and all(
            fieldset.find().name == "legend" and says(fieldset.legend, q.ask)
            for fieldset, q in zip(sets, asked, strict=True)
        )

    assert failing(forms, legends) == []


def test_every_answer_is_an_input_with_its_label(forms, languages):
    """Without script, a question with one answer begins with "No answer": a text browser selects the first radio."""

    def labelled(name, soup):
        edition = words_of(languages, name)
        labels = {label["for"]: text_of(label) for label in soup.find_all("label")}
        boxes = [box for box in soup.find_all("input") if box["type"] != "hidden"]
        blank = ("", edition.words.form.no_answer)
        wanted = [
            (f"q_{q.id}", "checkbox" if q.many else "radio", value, squeezed(label))
            for q in edition.questions
            for value, label in [*([] if q.many else [blank]), *((answer.id, answer.label) for answer in q.answers)]
        ]
        found = [(box["name"], box["type"], box["value"], labels.get(box["id"])) for box in boxes]
        unscripted = [box["value"] for box in soup.select("noscript input")]
        return found == wanted and len(labels) == len(boxes) and set(unscripted) == {""}

    assert failing(forms, labelled) == []


def test_nothing_is_typed_into_any_page(pages):
    def no_free_text(_, soup):
        kinds = {box.get("type") for box in soup.find_all("input")}
        typed = soup.find_all(["textarea", "select"]) or values(soup, "contenteditable")
        return kinds <= {"radio", "checkbox", "hidden"} and not typed

    assert failing(pages, no_free_text) == []


def test_a_blank_form_preselects_only_no_answer(pages, edition, each_form):
    marked = pages[each_form.path].select("[checked]")
    singles = [q for q in edition.questions if not q.many]
    assert [(box["name"], box["value"]) for box in marked] == [(f"q_{q.id}", "") for q in singles]
    assert all(box.find_parent("noscript") for box in marked)


def test_no_answer_is_required_by_the_browser(forms):
    assert failing(forms, lambda _, soup: not values(soup, "required", "aria-required")) == []


def test_every_form_is_sent_by_post_to_its_own_address_in_a_language_and_remembered_by_no_browser(pages):
    def safe(name, soup):
        own = f"{root(split(name)[0])}/{audience_of(name)}"
        others = {f"{root(language)}/{audience_of(name)}" for language in LANGUAGES} - {own}
        switch = soup.select_one(".languages")
        return (
            all(form["method"] == "post" and form["autocomplete"] == "off" for form in soup.find_all("form"))
            and values(soup.main, "action", "formaction") <= {own}
            and values(switch, "action", "formaction") <= others
            and not values(soup, "formmethod")
        )

    assert failing(pages, safe) == []
    assert {name for name, soup in pages.items() if soup.find("form")} == {
        n for n in pages if is_form(n) or is_guidance(n)
    }


def test_every_form_carries_the_version_of_its_questions(forms, guidances, languages):
    def carries(name, soup):
        return carried(soup)["version"] == [words_of(languages, name).version]

    assert failing(forms | guidances, carries) == []


def test_links_on_form_and_guidance_never_replace_the_page(forms, guidances):
    inert = {block.string for soup in forms.values() for block in soup.select("script[type]")}

    def stays(_, part):
        return not [
            link
            for link in part.find_all("a")
            if link.get("target") != "_blank"
            and not re.match("tel:|sms:|#", link["href"])
            and link["href"] != "/leave"
            and not link.find_parent("noscript")  # "Clear my answers"
        ]

    assert failing(forms | guidances | {text: page_of(text) for text in inert}, stays) == []


def test_a_number_to_call_stands_beside_every_answer_that_is_an_emergency(pages, edition, each_form):
    soup = pages[each_form.path]
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


def test_help_and_privacy_come_before_the_first_question(pages, edition, each_form):
    soup = pages[each_form.path]
    first = soup.find("fieldset")
    before = [text_of(h) for h in first.find_all_previous(["h1", "h2"])]
    assert {part.heading for part in edition.words.form.before} <= set(before)


def test_a_counselor_sees_the_open_question_under_each_topic(pages, content):
    for fieldset, q in zip(pages["/counselor"].find_all("fieldset"), content["counselor"].questions, strict=True):
        assert says(fieldset, q.talk.prompt)


# --- A faulty sheet -----------------------------------------------------------------------------------------------


def faulty(edition):
    return faulty_sheets(edition).items()


def test_a_faulty_sheet_comes_back_with_its_answers_kept_and_what_is_unknown_dropped(pages, edition, each_form):
    for name, sent in faulty(edition):
        known = {q.id: [a.id for a in q.answers] for q in edition.questions}
        kept = {q: [a for a in known[q] if a in sent.get(f"q_{q}", ())] for q in known}
        shown = checked(pages[f"{each_form.path} faulty: {name}"])
        assert shown == {q: answers for q, answers in kept.items() if answers}, name


def test_a_faulty_sheet_can_be_sent_again_as_it_came_back(client, pages, edition, each_form):
    soup = pages[f"{each_form.path} faulty: older version"]
    again = client.post(each_form.path, data={**fields(checked(soup)), "version": carried(soup)["version"]})
    assert again.status_code == 200


def test_the_summary_lists_each_fault_with_a_link_to_an_input(pages, edition, each_form):
    errors = edition.words.form.errors
    told = {
        "empty": errors.empty,
        "alone together": errors.alone,
        "two for one": errors.one,
        "unknown": errors.unknown,
        "older version": errors.version,
    }
    for name, _ in faulty(edition):
        soup = pages[f"{each_form.path} faulty: {name}"]
        (link,) = section_headed(soup, errors.heading).find_all("a")
        assert says(link, told[name]), name
        assert soup.find(id=link["href"][1:]).name == "input", name


def test_each_fault_of_a_question_stands_beside_it_and_is_read_with_it(pages, edition, each_form):
    errors = edition.words.form.errors
    for name, asked, message in (
        ("alone together", "symptoms", errors.alone),
        ("two for one", "recent_change", errors.one),
        ("unknown", "mixing", errors.unknown),
    ):
        soup = pages[f"{each_form.path} faulty: {name}"]
        link = section_headed(soup, errors.heading).find("a")
        fieldset = soup.find(id=link["href"][1:]).find_parent("fieldset")
        assert fieldset.find("input")["name"] == f"q_{asked}"
        described = [soup.find(id=target) for target in fieldset["aria-describedby"].split()]
        assert any(says(node, message) and node.find_parent("fieldset") is fieldset for node in described), name
        others = [f for f in soup.find_all("fieldset") if f is not fieldset]
        assert not any(says(f, message) for f in others), f"{name}: told at a question that is right"


def test_a_page_without_fault_shows_no_error(pages, languages):
    def shows_none(name, soup):
        return words_of(languages, name).words.form.errors.heading not in map(text_of, headings(soup))

    assert failing({name: soup for name, soup in pages.items() if "faulty" not in name}, shows_none) == []


def test_on_a_faulty_sheet_the_emergency_leads_and_the_error_follows(pages, edition, each_form):
    for name, _ in faulty(edition):
        soup = pages[f"{each_form.path} faulty: {name}"]
        top = soup.find(id="top")
        wanted = [["errors"]] if name == "empty" else [["emergency"], ["errors"]]
        assert [part["class"] for part in top.find_all("section", recursive=False)] == wanted, name
        assert top.find(True).name == "section", name


def test_every_emergency_leads_a_faulty_sheet(send, edition):
    words = edition.words
    for sheet in answers_with(edition, "emergency"):
        response = send(sheet, version="older", q_mixing=["unheard-of"], q_recent_change=["planned", "out"])
        assert response.status_code == 422
        assert text_of(page(response).h1) == squeezed(words.guidance.emergency.heading)


def test_the_script_shows_the_same_errors_for_a_faulty_sheet_as_a_post(send, pages, edition, each_form):
    """Here the marks of the pieces are read as the script reads them; the browser tests run the script."""
    form = pages[each_form.path]
    card = page_of(form.find("script", id="guidance-pieces").string).select_one(".emergency")
    check = [*told(card, ((card["data-if"], ""),)), *pieces(form, "check-pieces")]
    mixed = [{q.id: [a.id for a in q.answers]} for q in edition.questions if q.many]
    dangers = [together([sheet, {"mixing": ["none", "alcohol"]}]) for sheet in answers_with(edition, "emergency")]
    for sheet in [{}, *mixed, *dangers, together(mixed)]:
        top = page(send(sheet, version=edition.version)).main.find(id="top")
        top.find_all(True, recursive=False)[-1].extract()  # the heading of the form
        assert picked(check, names_for(form, sheet)) == [text for text, _ in told(top)], sheet


def test_nothing_is_merely_hidden_because_a_text_browser_would_show_it(pages):
    """lynx and w3m ignore `hidden`: they showed both that nothing is sent and that the answers are sent."""
    assert failing(pages, lambda _, soup: not [part for part in soup.select("[hidden]") if text_of(part)]) == []


# --- The guidance -------------------------------------------------------------------------------------------------


def test_the_guidance_shows_what_was_decided_each_piece_in_its_place_and_once(
    send, pages, languages, each_form, edition
):
    """The answer to a POST, and the pieces of the form page by their marks, which the script reads in the same way."""
    form = pages[each_form.path]
    inert = pieces(form, "guidance-pieces")
    others = [content["self"].words.site.language for code, content in languages.items() if code != edition.language]
    sheets = sheets_of(edition) if not root(edition.language) else guidance_sheets(edition).values()
    for sheet in sheets:
        decided = [shown(text) for text in expected_texts(edition, guidance_for(edition, sheet), others)]
        main = re.search("<main.*</main>", send(sheet).text, re.DOTALL)  # parsing the rest takes most of the time
        assert [text for text, _ in told(unpacked(page_of(main[0])).main)] == decided, sheet
        assert picked(inert, names_for(form, sheet)) == decided, sheet


def test_the_test_above_covers_every_text_of_the_guidance(pages, edition, each_form):
    every = page_of(pages[each_form.path].find("script", id="guidance-pieces").string)
    for part in every.select("h1, h2, h3, h4, p, li, dt, dd, summary, form, .helpline"):
        part.decompose()
    assert text_of(every) == ""


def test_the_folds_of_a_guidance_that_was_sent_are_open_and_those_of_the_pieces_closed(forms, guidances):
    """Without script, an old browser would not print what is inside a closed one."""
    posted = [fold for soup in guidances.values() for fold in soup.find_all("details")]
    assert posted
    assert all(fold.has_attr("open") for fold in posted)
    inert = [page_of(soup.find("script", id="guidance-pieces").string) for soup in forms.values()]
    folds = [fold for soup in inert for fold in soup.find_all("details")]
    assert folds
    assert not any(fold.has_attr("open") for fold in folds)


def test_one_sign_and_all_signs_are_told_the_same_but_for_what_was_noticed(send, edition):
    """Nothing is counted: take out what is said about each sign, and the pages can't be told apart."""
    signs = [q for q in edition.questions if q.group == "signs" and "yes" in q.notes]
    assert len(signs) > 3

    def rest(noticed):
        soup = page(send({**nothing_noticed(edition), **{q.id: ["yes"] for q in noticed}}))
        told = soup.select("article.noticed, .sheet dl:not(.blanks), .sheet h3 + p, input[type=hidden]")
        assert len([part for part in told if part.name == "article"]) == len(noticed)
        for part in told:
            part.decompose()
        return text_of(soup)

    assert rest(signs[:1]) == rest(signs) == rest(signs[1:2])


def test_an_emergency_is_never_taken_for_a_block_for_today_with_the_same_id(edited, monkeypatch):
    edited("pages.yaml", ("      - id: unknown_pills", "      - id: seizure"))
    folder = edited("questions.yaml", *[("lead: unknown_pills", "lead: seizure")] * 2)
    monkeypatch.setattr(load, "OUR_CONTENT", folder)  # no layer may do this
    client, edition = create_app(Settings(content=folder)).test_client(), load_content(folder)["self"]
    form = page(client.get("/self"))
    for sheet in (
        {"symptoms": ["seizure"], "mixing": ["opioids"]},
        {"getting_it": ["online"]},
        {"symptoms": ["seizure"]},
    ):
        decided = [shown(text) for text in expected_texts(edition, guidance_for(edition, sheet))]
        assert [text for text, _ in told(unpacked(page(client.post("/self", data=fields(sheet)))).main)] == decided
        assert picked(pieces(form, "guidance-pieces"), names_for(form, sheet)) == decided


# --- Change my answers --------------------------------------------------------------------------------------------


def test_the_guidance_carries_exactly_the_answer_sheet_and_only_in_hidden_inputs(guidances, edition, each_form):
    for name, sheet in guidance_sheets(edition).items():
        soup = guidances[f"{each_form.path} {name}"]
        in_order = {q.id: sheet[q.id] for q in edition.questions if q.id in sheet}
        assert carried(soup) == {"version": [edition.version], "change": ["1"], **fields(in_order)}, name
        assert not [address for address in values(soup, "href") if "q_" in address]


def test_change_my_answers_gives_back_the_filled_form(client, guidances, edition, each_form):
    for name in ("nothing", "open", "every emergency", "one of each"):
        sheet = guidance_sheets(edition)[name]
        soup = guidances[f"{each_form.path} {name}"]
        response = client.post(each_form.path, data=carried(soup))
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
        main = page(send(sheet, change="1")).main
        assert main.find(["h1", "h2", "p", "a", "section"]) is emergency_card(main)


# --- Any answer sheet whatever ------------------------------------------------------------------------------------


@examples(max_examples=40, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_the_promises_hold_for_any_answer_sheet(app, languages, data):
    language, audience = data.draw(st.sampled_from(LANGUAGES)), data.draw(st.sampled_from(AUDIENCES))
    edition = languages[language][audience]

    def answers_to(q):
        known = st.sampled_from([a.id for a in q.answers])
        return st.lists(known, unique=True, max_size=len(q.answers) if q.many else 1) | st.lists(
            known | st.text(max_size=9)
        )

    sheet = data.draw(st.fixed_dictionaries({}, optional={q.id: answers_to(q) for q in edition.questions}))
    more = data.draw(st.sampled_from([{}, {"version": "older"}, {"version": edition.version}, {"change": "1"}]))
    response = app.test_client().post(f"{root(language)}/{audience}", data={"sent": "1", **fields(sheet), **more})
    soup = page(response)

    assert response.status_code in (200, 422)
    assert "Set-Cookie" not in response.headers
    assert says(soup, edition.words.warning.heading)
    assert soup.select_one(f'a[href="{root(language)}/help"]')
    assert len(soup.find_all("h1")) == 1
    dangers = {(asked, *ids) for danger in answers_with(edition, "emergency") for asked, ids in danger.items()}
    ticked = {(asked, answer) for asked, answers in sheet.items() for answer in answers}
    card = emergency_card(soup)
    assert (card is not None) == bool(dangers & ticked)
    assert card is None or soup.main.find(["h1", "h2", "p", "a", "section"]) is card
    if soup.select_one(".sheet"):
        for node in soup.select(".count"):
            node.decompose()
        assert not COUNTED.search(text_of(soup.main)), "a count looks like a test result"
        assert not LABELS.search(text_of(soup.main)), "a label looks like a diagnosis"


# --- The other pages ----------------------------------------------------------------------------------------------


def test_the_start_page_leads_to_each_audience(pages, content):
    choices = content["self"].words.start.choices
    links = {link["href"]: text_of(link) for link in pages["/"].main.find_all("a")}
    assert [path for path in links if path in AUDIENCE_PATHS] == [f"/{choice.audience}" for choice in choices]
    assert all(squeezed(choice.title) in links[f"/{choice.audience}"] for choice in choices)


def test_the_guide_holds_every_open_question_and_what_to_do_with_them(pages, content):
    for q in content["counselor"].questions:
        section = section_headed(pages["/counselor/guide"], q.topic)
        assert all(says(section, part) for _, part in q.talk), q.id


def test_help_lists_every_line_with_source_and_date_and_says_that_it_was_not_called(pages, content):
    q = content["self"]
    boxes = [(text_of(h), h.parent) for h in headings(pages["/help"]) if h.parent.get("class") == ["helpline"]]
    assert len(boxes) == len(q.helplines)
    for line in q.helplines:
        date = f"{line.read_on:%B} {line.read_on.day}, {line.read_on.year}"
        facts = [line.number, line.hours, line.cost, line.languages, line.who_for, line.area, line.what_happens, date]
        linked = [address for address in (line.source, line.tel, line.sms) if address]
        assert any(
            name == squeezed(line.name)
            and all(says(box, fact) for fact in facts if fact)
            and all(box.find("a", href=address) for address in linked)
            for name, box in boxes
        ), f"{line.country}, {line.name}"
    assert text_of(pages["/help"]).count(squeezed(q.words.help.not_called)) == 1


def test_an_error_page_says_where_each_number_comes_from(pages, content):
    for line in content["self"].own_helplines:
        assert pages["error 404"].main.find("a", href=line.source), line.name


def test_help_opens_with_the_sites_own_country_and_has_every_emergency_number(pages, content):
    q = content["self"]
    calls = [link["href"] for link in pages["/help"].main.select('a[href^="tel:"]')]
    assert calls[0] == q.helpline("emergency").tel
    assert {q.emergency_line(country).tel for country in q.countries} <= set(calls)


def test_about_names_the_sign_and_the_sources_of_every_question(pages, content):
    q = content["self"]
    titles = titles_of(q)
    for asked in q.questions:
        item = pages["/about"].find("li", id=f"question-{asked.id}")
        assert says(item, asked.topic)
        assert all(says(item, titles[source]) for source in asked.sources)
        assert not asked.sign or says(item, asked.sign)


def titles_of(edition):
    """What the about page calls each source."""
    titles = {source.id: source.title for source in edition.sources}
    return titles | {"our-judgment": edition.words.about.our_judgment}


def test_about_names_every_source_and_links_to_it(pages, content):
    for source in content["self"].sources:
        assert says(pages["/about"], titles_of(content["self"])[source.id])
        assert not source.link or pages["/about"].find("a", href=source.link)


def test_about_names_the_sources_of_every_note(pages, content):
    q = content["counselor"]  # who is offered every answer there is
    titles = titles_of(q)
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
            cited = "; ".join(title for source, title in titles_of(q).items() if source in part.sources)
            assert part.sources, part.heading
            assert squeezed(cited) in about, part.heading


def test_healthz_says_ok(client):
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


@pytest.mark.parametrize("path", ["/counselor//guide", "/self/", "/SELF"])
def test_an_address_that_is_nearly_right_is_not_found_and_not_repeated(client, path):
    """A redirect would repeat the query, and its page would lack the warning."""
    response = client.get("/", environ_overrides={"PATH_INFO": path}, query_string="canary=1")
    assert response.status_code == 404
    assert "canary" not in response.text + str(response.headers)


def test_words_that_look_like_markup_are_shown_as_they_are(edited, content):
    said, asked = content["self"].words.guidance, content["self"].questions[0]
    odd = "&lt;b&gt; & &amp;"
    edited("pages.yaml", (f"    heading: {said.who.heading}", f'    heading: "{odd} who"'))
    folder = edited("questions.yaml", (f'    topic: "{asked.topic}"', f'    topic: "{odd} topic"'))
    client = create_app(Settings(content=folder)).test_client()
    for sheet in ({"q_symptoms": "sleep"}, {"q_symptoms": "unsure"}):
        soup = page(client.post("/self", data=sheet))
        assert says(soup, f"{odd} who")
        assert says(soup, f"{odd} topic")


def test_the_country_that_is_set_comes_first(content):
    countries = content["self"].countries
    other = countries[-1]
    client = create_app(Settings(country=other.code)).test_client()
    number = content["self"].emergency_line(other).tel
    assert page(client.get("/help")).main.select_one('a[href^="tel:"]')["href"] == number
    card = emergency_card(page(client.post("/self", data={"q_symptoms": "seizure"})))
    assert card.select_one('a[href^="tel:"]')["href"] == number
    others = text_of(page(client.get("/help")).main)
    assert all(country.name in others for country in countries)
