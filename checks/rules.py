"""Two rule sets beside axe, IBM Equal Access and HTML CodeSniffer, on every page and state: `make rules`."""

import re
import sys
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from app import create_app
from tests.kit.browser import CHROMIUM, DESKTOP, Reader
from tests.kit.server import running
from tests.kit.states import STATES, show

PACKAGES = Path(__file__).parent / "tools/node_modules"
# Each returns the rule, its message and the element. Notices of HTML CodeSniffer are left out: they only restate every
# success criterion.
RULE_SETS = {
    "accessibility-checker-engine/ace.js": """() =>
        new ace.Checker().check(document, ["IBM_Accessibility", "WCAG_2_2"]).then((report) => report.results
            .filter((found) => found.value[1] !== "PASS")
            .map((found) => [found.ruleId, found.message, found.snippet]))""",
    "html_codesniffer/build/HTMLCS.js": """() => new Promise((done) =>
        HTMLCS.process("WCAG2AA", document, () => done(HTMLCS.getMessages()
            .filter((found) => found.type !== HTMLCS.NOTICE)
            .map((found) => [found.code.split(".").slice(4).join("."), found.msg,
                (found.element.outerHTML || "the page").slice(0, 300)]))))""",
}
REMINDER = "asks a person to look, at every style sheet that there is; tests/browser/test_accessible.py looks"
HIDDEN = "words for the ear alone, or the skip link, which is beside the page until it has the focus"
# rule: (what it is wrong about, why it is wrong)
FALSE_ALARMS = {
    "style_highcontrast_visible": ("", REMINDER),
    "style_color_misuse": ("", REMINDER),
    "style_focus_visible": ("", REMINDER),
    "aria_content_in_landmark": ('class="skip"', "the skip link stands before all landmarks: it is the way past them"),
    "element_tabbable_visible": ('class="skip"', HIDDEN),
    "element_tabbable_unobscured": (
        "",
        "takes what is folded, or will scroll, for covered; a test tabs through",
    ),
    "form_submit_button_exists": ("", "looks for type=submit, which is what a button is without a type"),
    "aria_form_label_unique": ("", "a form without a name is no landmark"),
    "list_structure_proper": ("<dl ", "HTML allows a div around each group of a dl"),
    "text_sensory_misuse": ("", "“left”, “right”, “below” and “extra”, but no place on the screen"),
    "heading_markup_misuse": ("<h3", "takes a question that is a heading for a paragraph"),
    "a_target_warning": ('target="_blank"', "knows the English words for it only, and no aria-label"),
    "text_block_heading": ("<br>", "the legend of a question names its group; its lines are no headings"),
    "media_audio_transcribed": (r"\.au\b", "Australia is not a sound file"),
    "H48": ("", "a sentence, or a row of buttons, with two numbers to call is not a navigation"),
    "H91.Button.Name": ('form="form" hidden', "Enter in a box presses it; no one can see, hear or reach it"),
    "G145.Abs": ('class="(hidden|skip)"', HIDDEN),
    "G18.Abs": ('class="(hidden|skip)"', HIDDEN),
}


def main() -> None:
    found, used, states = defaultdict(list), set(), 0
    with running(create_app()) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        with Reader(browser, address, viewport=DESKTOP, bypass_csp=True) as reader:
            for name, state in STATES.items():
                show(reader, state)
                states += 1
                for package, check in RULE_SETS.items():
                    reader.page.evaluate((PACKAGES / package).read_text(encoding="utf-8"))
                    for rule, message, element in reader.page.evaluate(check):
                        if rule in FALSE_ALARMS and re.search(FALSE_ALARMS[rule][0], element):
                            used.add(rule)
                        else:
                            found[f"{rule}: {message}"].append(f"{name}: {element}")
        browser.close()
    for complaint, places in found.items():
        print(f"{complaint} ({len(places)} times)", *places[:3], sep="\n    ")  # noqa: T201
    unused = sorted(FALSE_ALARMS.keys() - used)
    for rule in unused:
        print(f"{rule}: no longer found; take it out of FALSE_ALARMS")  # noqa: T201
    print(f"{states} pages and states, {len(found)} complaints")  # noqa: T201
    sys.exit(bool(found or unused))


if __name__ == "__main__":
    main()
