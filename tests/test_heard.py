"""What a listener would stumble over, as far as that shows without a screen reader. `make heard` runs a real one."""

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from tests.kit.pages import page, text_of


@pytest.fixture(scope="module")
def heard(responses):
    """Every page, and what a form page carries for the script, by name."""
    pages = {name: page(response) for name, response in responses.items()}
    for name, soup in list(pages.items()):
        for number, block in enumerate(soup.select('script[type="text/html"]')):
            pages[f"{name}, block {number}"] = page_of(block.string)
    return pages


def page_of(text):
    return BeautifulSoup(text, "html.parser")


def failing(heard, selector, is_fine):
    return [
        f"{name}: {str(tag)[:120]}" for name, soup in heard.items() for tag in soup.select(selector) if not is_fine(tag)
    ]


def test_the_count_and_the_hint_are_sentences_within_the_name_of_the_question(heard):
    """Where two blocks meet, the name of the group lacks a space: "Question 1 of 12 dot In", and Orca says it twice."""
    assert failing(heard, "legend .count", lambda tag: tag.find_next_sibling().name == "br") == []
    assert failing(heard, "legend .choose", lambda tag: tag.find_previous_sibling().name == "br") == []
    assert failing(heard, "legend", lambda tag: not tag.find(["p", "div"])) == []
    assert failing(heard, "legend .count, legend .choose", lambda tag: text_of(tag).endswith((".", ":"))) == []
    assert [tag for soup in heard.values() for tag in soup.select(".choose") if not tag.find_parent("legend")] == []


def test_no_part_is_named_by_its_own_heading(heard):
    """It would be read twice."""
    assert failing(heard, "[aria-labelledby]", lambda tag: not tag.find(id=tag["aria-labelledby"])) == []


def test_live_regions_are_polite_and_start_empty(heard):
    """A status is a stop also while it is empty; what is live and full is read out as the page comes."""
    assert failing(heard, '[role="status"], [role="alert"]', lambda tag: False) == []
    assert failing(heard, "[aria-live]", lambda tag: tag["aria-live"] == "polite" and not text_of(tag)) == []


def test_no_list_is_empty(heard):
    assert failing(heard, "ul, ol, dl", lambda tag: tag.find(["li", "dt"]) is not None) == []


def test_what_is_left_open_is_a_list(heard):
    lists = [tag for name, soup in heard.items() for tag in soup.select('[data-if$=".left-open"]')]
    assert lists
    assert all(tag.name == "li" for tag in lists)


def test_no_number_to_call_has_a_full_stop_of_its_own_behind_it(heard):
    """Orca reads it as a word: "911, link, dot"."""

    def is_fine(link):
        return not re.match(r"\.(\s|$)", str(link.next_sibling or ""))

    assert failing(heard, 'a[href^="tel:"], a[href^="sms:"]', is_fine) == []


def test_no_two_words_of_a_link_or_button_run_together(heard):
    """On paper, in a copy and where the script says them, their parts stand in one line."""

    def is_fine(tag):
        parts = list(tag.strings)
        return not any(one[-1:].isalnum() and other[:1].isalnum() for one, other in pairwise(parts))

    assert failing(heard, "a, button, summary", is_fine) == []


def test_every_link_has_an_address(heard):
    assert failing(heard, "a", lambda tag: tag.get("href", "").strip() not in ("", "#")) == []
