"""The headers, by what they do: a real browser is shown our own pages with an attacker's additions, and other sites."""

import pytest

from tests.kit.browser import GUIDANCE, Reader

OTHER = "http://other.example"
ADDED = f"""
<script>document.title = "foreign"</script>
<script src="{OTHER}/script.js"></script>
<img src="{OTHER}/picture.png" onerror="document.title = 'foreign'">
<svg onload="document.title = 'foreign'"></svg>
<iframe src="{OTHER}/frame"></iframe>
<style>h1 {{ display: none }}</style>
<p id="painted" style="color: rgb(1, 2, 3)">painted</p>
<link rel="stylesheet" href="{OTHER}/style.css">
<base href="{OTHER}/">
<a id="script" href="javascript:document.title='foreign'">script</a>
<form id="away" action="{OTHER}/taken" method="post"><input name="x" value="seizure"></form>
<a id="link" href="{OTHER}/seen">out</a>
"""


@pytest.fixture
def reader(browser, server):
    """A reader whose pages of ours carry ADDED, under our own headers. `other` is what the other site was asked for."""
    with Reader(browser, server) as reader:
        reader.other = []

        def add(route):
            response = route.fetch()
            body = response.text()
            assert "</main>" in body
            route.fulfill(response=response, body=body.replace("</main>", ADDED + "</main>"))

        def other(route):
            reader.other.append(route.request.url)
            route.fulfill(body="the other site", content_type="text/html")

        reader.context.route(f"{server}/**", add)
        reader.context.route(f"{OTHER}/**", other)
        yield reader


def open_guidance(reader):
    reader.open("/self")
    reader.tick({"symptoms": ["seizure"]})
    reader.send()


@pytest.mark.parametrize("path", ["/", "/self", "/privacy", "/nowhere", "the guidance"])
def test_no_script_style_or_file_but_ours_is_used(reader, path):
    """The guidance takes the place of what was added to the form, so it is looked at as the server sends it."""
    if path == "the guidance":
        reader.open("/self")
        reader.tick({"symptoms": ["seizure"]})
        reader.page.evaluate("() => document.querySelector('#whole').remove()")
        reader.send(sends=True)
        reader.rest()
    else:
        reader.open(path)
    page = reader.page
    title = page.title()
    page.locator("#script").click()
    assert title == page.title() != "foreign"
    assert reader.other == []
    assert page.locator("h1:visible").count() == 1
    assert page.locator("#painted").evaluate("one => getComputedStyle(one).color") != "rgb(1, 2, 3)"
    assert page.evaluate("document.baseURI").startswith(page.url)


def test_our_own_script_and_style_run(reader):
    open_guidance(reader)
    assert reader.page.locator("[data-print]:visible").count() > 0, "the script shows what only works with it"
    assert reader.page.evaluate("document.styleSheets[0].cssRules.length") > 10


def test_another_site_does_not_learn_where_a_reader_comes_from(reader):
    reader.open("/self")
    with reader.page.expect_request(f"{OTHER}/seen") as seen:
        reader.page.locator("#link").click()
    assert "referer" not in seen.value.headers


def test_no_site_can_show_our_pages_as_a_part_of_its_own(reader, server):
    inside = f'<iframe src="{server}/self"></iframe><object data="{server}/self"></object><embed src="{server}/self">'
    page = reader.page
    page.route(f"{OTHER}/trap", lambda route: route.fulfill(body=inside, content_type="text/html"))
    page.goto(f"{OTHER}/trap")
    page.wait_for_load_state("networkidle")
    frames = [frame for frame in page.frames if frame != page.main_frame]
    assert frames
    assert [frame.url for frame in frames if frame.url.startswith(server)] == []
    assert [frame for frame in frames if frame.locator("form").count()] == []


def test_no_site_can_have_us_answer_a_sheet_that_it_filled_in(reader, server):
    fields = '<input name="q_symptoms" value="seizure"><button>Go</button>'
    sheet = f'<form action="{server}/self" method="post">{fields}</form>'
    page = reader.page
    page.route(f"{OTHER}/trap", lambda route: route.fulfill(body=sheet, content_type="text/html"))
    page.goto(f"{OTHER}/trap")
    with page.expect_response(f"{server}/self") as answer:
        page.locator("button").click()
    assert answer.value.status == 403
    assert page.locator(GUIDANCE).count() == 0
