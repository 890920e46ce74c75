"""The guidance that the script makes, that of a POST and that of a page in a file are the same to a reader."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence

import pytest

from screening.edition import Edition
from tests.kit.browser import GUIDANCE, Firefox
from tests.kit.pages import Sheet, fields, guidance_sheets, root
from tests.kit.pages import page as parsed

IN_CHROMIUM, IN_FIREFOX, IN_FILES, FAULTY = 110, 20, 12, 40  # sheets of each audience
IN_OTHER_LANGUAGES = 12  # and of each in Chromium: only the words differ

# What can be read of a part of the page, unfolded, without the buttons that only script brings to life.
READ = """const read = (css) => {
    const lines = (element) => element.innerText.split("\\n").map((line) => line.trim()).filter(Boolean);
    const part = document.querySelector(css);
    if (!part) return null;
    const within = (what) => [...part.querySelectorAll(what)];
    for (const button of within("[data-print]")) button.hidden = true;
    for (const details of within("details")) details.open = true;
    return {
        title: document.title, folds: within("details").length, shown: lines(part),
        headings: within("h1, h2, h3, h4, h5, h6").map((heading) => heading.tagName + " " + lines(heading).join(" ")),
        links: within("a").map((link) => lines(link).join(" ") + " " + link.getAttribute("href")),
        buttons: within("form button").map((button) => lines(button).join(" ")),
    };
};
const fill = (sheet) => {
    for (const input of document.querySelectorAll("fieldset input")) {
        input.checked = (sheet[input.name] || []).includes(input.value);
    }
};
"""
# Many pages of one address, each in the place of the last: to load each would take twice the time.
READ_ALL = """
return pages.map((text) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    document.title = next.title;
    document.body.replaceWith(next.body);
    return parts.map(read);
});
"""
# Many sheets in one page, as the script shows them. Submitted directly: after a change, clicks are ignored for 0.5 s.
BY_SCRIPT = """
const seen = [];
for (const sheet of sheets) {
    fill(sheet);
    document.querySelector("#form").dispatchEvent(new Event("submit", {bubbles: true, cancelable: true}));
    document.querySelector("#guidance").classList.remove("first");  // as a moment later, when the form goes, too
    seen.push(read("#guidance"));
    const back = new Promise((done) => addEventListener("popstate", done, {once: true}));
    history.back();
    await back;
}
return seen;
"""
FAULTS_BY_SCRIPT = """
const seen = [];
for (const sheet of sheets) {
    fill(sheet);
    document.querySelector("#form").dispatchEvent(new Event("submit", {bubbles: true, cancelable: true}));
    seen.push([read("#check"), read(".emergency"), document.querySelectorAll("#check").length]);
}
return seen;
"""


def sheets_of(edition: Edition, times: int) -> Iterator[Sheet]:
    """What guidance can be, each answer alone, and many at random: blank, one or several for each question."""
    yield from guidance_sheets(edition).values()
    yield from ({q.id: [a.id]} for q in edition.questions for a in q.answers)
    chance = random.Random(times)
    while True:
        sheet = {}
        for question in edition.questions:
            together = [answer.id for answer in question.answers if not answer.alone]
            many = chance.sample(together, chance.randint(1, len(together))) if question.many else []
            one = [chance.choice(question.answers).id]
            chosen = chance.choice([[], many or one, one])
            if chosen:
                sheet[question.id] = chosen
        if sheet:
            yield sheet


def some(edition: Edition, times: int) -> list[dict[str, list[str]]]:
    """So many different sheets as the form sends them, taken evenly from the first and the random ones."""
    every = sheets_of(edition, times)
    first = [next(every) for _ in range(2 * IN_CHROMIUM)]
    return [fields(sheet) for sheet in random.Random(1).sample(first, times)]


def faulty(edition: Edition) -> list[dict[str, list[str]]]:
    """Nothing at all, and in each question with boxes each answer that stands alone beside others."""
    chance = random.Random(3)
    mixed = []
    for question in edition.questions:
        for alone in (answer.id for answer in question.answers if answer.alone and question.many):
            others = [answer.id for answer in question.answers if answer.id != alone]
            mixed += [{question.id: [alone, other]} for other in chance.sample(others, 3)]
    both = [{**one, **other} for one, other in zip(mixed, reversed(mixed), strict=True) if one.keys() != other.keys()]
    urgent = [{"symptoms": ["seizure", "suicide"], **sheet} for sheet in both]
    return [{}, *map(fields, (mixed + both + urgent)[: FAULTY - 1])]


def run(page, steps: str, *arguments):
    return page.evaluate(f"async ([sheets]) => {{ {READ} {steps} }}", list(arguments))


def posted_texts(client, path: str, sheets: Sequence[Mapping], status: int) -> list[str]:
    responses = [client.post(path, data={"version": "", **sheet}) for sheet in sheets]  # no field at all: no length
    assert {response.status_code for response in responses} == {status}
    return [response.text for response in responses]


@pytest.fixture(scope="module")
def posted(app, browser):
    """posted(path, sheets, css…) is for each sheet what a reader without script gets to see of parts of a page."""
    context = browser.new_context(java_script_enabled=False)
    page, client = context.new_page(), app.test_client()

    def post(path: str, sheets: Sequence[Mapping], *css: str, status: int = 200):
        pages = posted_texts(client, path, sheets, status)
        page.set_content(pages[0])
        return page.evaluate(f"([pages, parts]) => {{ {READ} {READ_ALL} }}", [pages, css])

    yield post
    context.close()


def test_in_chromium_the_guidance_by_script_is_that_of_a_post(each_form, reader, posted):
    path, edition = each_form
    sheets = some(edition, IN_OTHER_LANGUAGES if root(edition.language) else IN_CHROMIUM)
    assert len({repr(sheet) for sheet in sheets}) >= len(sheets) * 0.9
    for start in range(0, len(sheets), 55):  # more changes of the history in one page, and Chromium slows it down
        reader.open(path)
        part = sheets[start : start + 55]
        made = run(reader.page, BY_SCRIPT, part)
        for sheet, seen, wanted in zip(part, made, posted(path, part, "main"), strict=True):
            assert [seen] == wanted, sheet


def test_what_folds_is_closed_by_the_script_and_open_without_it(audience, edition, reader, client):
    """Without script, an old browser would print nothing of what is closed."""
    sheet = guidance_sheets(edition)["nothing"]
    reader.open(f"/{audience}")
    reader.tick(sheet)
    reader.send()
    closed, open_ = (reader.page.locator(f"main details{state}").count() for state in (":not([open])", "[open]"))
    assert closed > 3
    assert open_ == 0
    folds = parsed(client.post(f"/{audience}", data=fields(sheet))).main.find_all("details")
    assert len(folds) == closed
    assert all(fold.has_attr("open") for fold in folds)


def test_script_and_post_report_the_same_faults_of_a_sheet(audience, edition, reader, posted):
    sheets = faulty(edition)
    assert len(sheets) >= 30
    reader.open(f"/{audience}")
    made = run(reader.page, FAULTS_BY_SCRIPT, sheets)
    wanted = posted(f"/{audience}", sheets, "#check", ".emergency", status=422)
    for sheet, (check, emergency, times), (theirs, card) in zip(sheets, made, wanted, strict=True):
        theirs["title"] = check["title"]  # the script leaves the title alone
        assert check == theirs, sheet
        assert (emergency and emergency["shown"]) == (card and card["shown"]), sheet
        assert times == 1
    kept = {f"q_{question}": set(answers) for question, answers in reader.sheet().items()}
    assert kept == {name: set(answers) for name, answers in sheets[-1].items()}


def test_a_page_in_a_file_shows_the_same_guidance(audience, edition, reader, posted, files):
    sheets = some(edition, IN_FILES)
    reader.open((files / f"{audience}.html").as_uri())
    made = run(reader.page, BY_SCRIPT, sheets)
    for sheet, seen, (wanted,) in zip(sheets, made, posted(f"/{audience}", sheets, "main"), strict=True):
        wanted["links"] = [re.sub(r" /(\S+)$", r" \1.html", link) for link in wanted["links"]]
        assert seen == wanted, sheet


def test_in_firefox_the_guidance_by_script_is_that_of_a_post(content, server, client, tmp_path):
    with Firefox(tmp_path / "reader", server) as firefox:
        firefox.start()
        for audience, edition in content.items():
            path, sheets = f"/{audience}", some(edition, IN_FIREFOX)
            firefox.open(path)
            firefox.wait_for(f'body:has([action="{path}"] fieldset) #whole')
            made = firefox.run(f"{READ} const [sheets] = arguments; {BY_SCRIPT}", sheets)
            firefox.run(f"{READ} fill(arguments[0]); document.querySelector('#form').submit();", sheets[0])
            firefox.wait_for(f"body:not(:has(#form)) {GUIDANCE}")
            sent = firefox.run(f"{READ} return read('#guidance');")
            pages = posted_texts(client, path, sheets, 200)
            wanted = firefox.run(f"{READ} const [pages, parts] = arguments; {READ_ALL}", pages, ["#guidance"])
            assert [sent] == wanted[0], "what Firefox itself sends gets this answer"
            for sheet, seen, theirs in zip(sheets, made, wanted, strict=True):
                assert [seen] == theirs, sheet
