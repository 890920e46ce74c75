"""The document that a clinician reviews, on paper."""

import datetime

import pytest
from bs4 import BeautifulSoup

from screening.review_html import review_document
from tests.kit.browser import printed_pages, unspaced

CUT = """() => [...document.querySelectorAll("td, th")]
    .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.scrollHeight > cell.clientHeight + 1)
    .map((cell) => cell.textContent)"""


@pytest.fixture(scope="module")
def document(languages):
    return review_document(languages, [], datetime.date(2026, 1, 2))


@pytest.fixture(scope="module")
def page(browser, document):
    page = browser.new_page(viewport={"width": 960, "height": 720})  # a sheet of Letter paper, less its margins
    page.set_content(document)
    page.emulate_media(media="print")
    yield page
    page.close()


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_no_text_is_cut_and_each_page_of_a_table_has_its_head(page, document, paper):
    assert page.evaluate(CUT) == []
    sheets = printed_pages(page.pdf(format=paper, landscape=True))
    soup = BeautifulSoup(document, "html.parser")
    rows = [row for row in soup.select("tbody tr") if ((row.td and row.td.string) or "").isdigit()]
    text = iter(enumerate(sheets))
    here, sheet = next(text)
    for row in rows:
        cells = [unspaced(cell.get_text()) for cell in row.find_all("td")[2:-1]]
        while not all(cell in sheet for cell in cells):
            here, sheet = next(text, (None, None))
            assert sheet is not None, f"row {row.td.string} is torn or missing"
        assert unspaced("My mark, and what to change") in sheet, here
