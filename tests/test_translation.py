"""A language is one PO file. It is whole, or the site does not start with it; nothing but the file is needed."""

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from bs4 import BeautifulSoup

from app import create_app
from screening import load
from screening.load import OUR_CONTENT, load_content
from screening.source import ContentError, Faults
from screening.translation import updated
from settings import Settings
from tests.kit.pages import page
from tests.kit.server import missing
from web.prerender import every_page

ACCENTED = str.maketrans("aeiouncAEIOUNC", "åéîøüñçÅÉÎØÜÑÇ")


@pytest.fixture
def folder(in_our_place) -> Path:
    return in_our_place


def texts(folder: Path):
    faults = Faults()
    parsed = load.read_content(folder, "US", faults).parsed
    faults.raise_if_any()
    return parsed.texts


def spanish(folder: Path) -> polib.POFile:
    return polib.pofile(str(folder / "es.po"), wrapwidth=0)


def faults(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_content(folder, language="es")
    return str(caught.value).splitlines()


def entry(file: polib.POFile, english: str) -> polib.POEntry:
    return next(entry for entry in file if english in entry.msgid and not entry.obsolete)


def entry_at(folder: Path, line: int) -> str:
    """The entry of the PO file that starts on a line."""
    return "\n".join((folder / "es.po").read_text(encoding="utf-8").splitlines()[line - 1 :]).split("\n\n")[0]


# --- What is refused, and where it is told ----------------------------------------------------------------------


def test_a_text_without_an_entry_is_reported_with_the_line_of_the_english(folder):
    file = spanish(folder)
    file.remove(entry(file, "A seizure (a fit)"))
    file.save()
    [fault] = faults(folder)
    line = int(fault.split(":")[1])
    assert fault.startswith("questions.yaml:")
    assert "A seizure (a fit)" in (folder / "questions.yaml").read_text(encoding="utf-8").splitlines()[line - 1]
    assert "python -m screening translate es" in fault


def test_an_english_text_that_changed_has_no_translation_any_more(folder):
    path = folder / "pages.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Get help now", "Get some help now"), encoding="utf-8")
    told = faults(folder)
    assert any(fault.startswith("pages.yaml:") and "has no translation in es.po" in fault for fault in told)
    advice = "belongs to no English text; run python -m screening translate es, or remove it"
    assert any(fault.startswith("es.po:") and fault.endswith(advice) for fault in told)


UNFINISHED = {"blank": {"msgstr": ""}, "fuzzy": {"flags": ["fuzzy"]}}


@pytest.mark.parametrize("how", UNFINISHED)
def test_an_unfinished_entry_is_reported_once_on_its_own_line(folder, how):
    file = spanish(folder)
    vars(entry(file, "A seizure (a fit)")).update(UNFINISHED[how])
    file.save()
    [fault] = faults(folder)
    assert "is blank or marked as fuzzy; translate it" in fault
    assert fault.split(":")[0] == "es.po"
    assert "A seizure (a fit)" in entry_at(folder, int(fault.split(":")[1]))


def test_a_text_that_is_translated_twice_is_reported_on_the_line_of_the_second(folder):
    file = spanish(folder)
    file.append(polib.POEntry(msgid=entry(file, "A seizure (a fit)").msgid, msgstr="Otra cosa"))
    file.save()
    [fault] = faults(folder)
    assert "is there twice" in fault
    assert "A seizure (a fit)" in entry_at(folder, int(fault.split(":")[1]))


CHANGES = {
    "a slot left out": ("{emergency}", lambda said: said.replace("{emergency}", "911"), "other slots or blanks"),
    "a slot of another name": ("{emergency}", lambda said: said.replace("{emergency}", "{poison}"), "other slots"),
    "a blank left out": ("___", lambda said: said.replace("___", "…"), "other slots or blanks"),
    "a number left out": ("4 weeks", lambda said: said.replace("4", "cuatro"), "lacks the number 4"),
    "English that is not in the English": ("A seizure (a fit)", lambda said: f"{said} [en: A stroke]", "holds English"),
    "no direction": ("ltr", lambda said: f"{said}r", "must be ltr or rtl"),
    "markup": ("A seizure (a fit)", lambda said: f"<b>{said}</b>", "contains < or >"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_translation_that_lost_what_matters_is_reported_on_its_line(folder, change):
    english, edit, problem = CHANGES[change]
    file = spanish(folder)
    changed = next(e for e in file if english in e.msgid and edit(e.msgstr) != e.msgstr)
    changed.msgstr = edit(changed.msgstr)
    file.save()
    [fault] = faults(folder)
    assert re.fullmatch(r"es\.po:\d+: (.+; .+|must .+)", fault), "it says what to write"
    assert problem in fault
    assert changed.msgid[:40] in entry_at(folder, int(fault.split(":")[1]))


def test_a_file_that_is_no_po_file_ends_in_a_sentence(folder):
    (folder / "es.po").write_bytes(b"\xff\xfe not a PO file")
    [fault] = faults(folder)[:1]
    assert fault.startswith("es.po:")


# --- Bringing a file up to date ---------------------------------------------------------------------------------


def test_translate_changes_nothing_in_the_shipped_file(folder):
    before = (folder / "es.po").read_bytes()
    updated(folder / "es.po", texts(folder)).save(str(folder / "es.po"))
    assert (folder / "es.po").read_bytes() == before


def test_translate_keeps_what_was_written_and_marks_what_changed(folder):
    old = entry(spanish(folder), "A seizure (a fit)").msgstr
    path = folder / "questions.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("A seizure (a fit)", "A seizure, a fit"), encoding="utf-8")
    file = updated(folder / "es.po", texts(folder))
    changed = entry(file, "A seizure, a fit")
    assert (changed.fuzzy, changed.msgstr, changed.previous_msgid) == (True, old, "A seizure (a fit)")

    changed.flags.remove("fuzzy")
    file.save(str(folder / "es.po"))
    assert entry(updated(folder / "es.po", texts(folder)), "A seizure, a fit").previous_msgid is None


QUESTION = """  - id: falls
    group: safety
    topic: Falls
    sources: [our-judgment]
    ask: Have you fallen lately?
    why: A fall may have a cause that can be helped.
    answers: noticed
    talk: {for: [counselor], prompt: A, listen: B, reflect: C, affirm: D, offer: E}
"""


def test_translate_is_not_misled_by_a_new_question_in_front_of_a_changed_one(folder):
    old = entry(spanish(folder), "Mixing is the main way").msgstr
    path = folder / "questions.yaml"
    text = path.read_text(encoding="utf-8").replace("  - id: mixing\n", f"{QUESTION}  - id: mixing\n")
    path.write_text(text.replace("Mixing is the main way", "Mixing is one way"), encoding="utf-8")
    file = updated(folder / "es.po", texts(folder))
    assert entry(file, "Mixing is one way").msgstr == old
    assert [entry(file, words).msgstr for words in ("Have you fallen", "A fall may have")] == ["", ""]


def test_translate_keeps_at_the_end_what_no_english_needs(folder):
    file = spanish(folder)
    file.append(polib.POEntry(msgid="A text of long ago", msgstr="Un texto de antes"))
    file.save()
    assert [e.msgstr for e in updated(folder / "es.po", texts(folder)).obsolete_entries()] == ["Un texto de antes"]


def test_each_entry_says_where_it_stands_for_whom_and_how_urgent_it_is(folder):
    file = spanish(folder)
    assert "EMERGENCY" in entry(file, "Something you marked can be dangerous").comment
    family = entry(file, "Yes, I have seen or been told this").comment
    assert "for family" in family
    assert all(e.comment and e.occurrences for e in file if not e.obsolete)


@pytest.mark.parametrize("tool", [["msgfmt", "--check", "-o", "/dev/null"], ["msgcat", "--no-wrap"]])
def test_translators_own_tools_open_the_shipped_file_and_save_it_unchanged(tool):
    if not shutil.which(tool[0]):
        missing("gettext")
    path = OUR_CONTENT / "es.po"
    ran = subprocess.run([*tool, path], capture_output=True, check=True)
    assert b"error" not in ran.stderr
    if ran.stdout:
        assert ran.stdout == path.read_bytes()


# --- A third language is one file -------------------------------------------------------------------------------


@pytest.fixture
def third(folder):
    """Every text in accented nonsense, a third longer, and written from right to left."""
    file = updated(folder / "xx.po", texts(folder))
    for e in file:
        parts = load.re.split(r"(\{\w+\}|_{3,}|\d[\d,.-]*\d|\d)", e.msgid)
        said = "".join(part if n % 2 else part.translate(ACCENTED) for n, part in enumerate(parts))
        e.msgstr = "rtl" if e.msgid == "ltr" else f"{said} {'ø' * (len(e.msgid) // 3)}".strip()
    file.save(str(folder / "xx.po"))
    return create_app(Settings(content=folder, languages=("en", "xx")))


def test_a_third_language_is_walked_without_a_word_of_english(third):
    pages = {path: BeautifulSoup(body, "html.parser") for path, body in every_page(third).items() if "/xx" in path}
    assert len(pages) > 8
    client = third.test_client()
    version = pages["/xx/self"].find("input", {"name": "version"})["value"]
    seizure = {"version": version, "q_symptoms": "seizure", "q_recent_change": "out"}
    pages["guidance"] = page(client.post("/xx/self", data=seizure))
    pages["faulty"] = page(client.post("/xx/self", data={"version": version}))
    pages["error"] = page(client.get("/xx/nowhere"))
    for path, soup in pages.items():
        assert (soup.html["lang"], soup.html["dir"]) == ("xx", "rtl"), path
        for foreign in soup.select("[lang]:not(html), script, style"):
            foreign.decompose()
        for inner in soup.find_all(string=True):
            words = load.re.findall(r"\b(?:the|and|you|of|to|is|or|not|page|help)\b", inner)
            assert not words, (path, inner)


def test_every_page_leads_to_itself_in_the_other_language(third):
    for path, body in every_page(third).items():
        other = path.removeprefix("/xx") if path.startswith("/xx") else f"/xx{path}"
        soup = BeautifulSoup(body, "html.parser")
        [switch] = soup.select(".languages [lang]")
        assert (switch.get("href") or switch["formaction"]) == other


def test_answers_go_along_to_the_other_language_without_script(third):
    client = third.test_client()
    form = page(client.get("/self"))
    version = form.find("input", {"name": "version"})["value"]
    button = form.select_one(".languages .switch")
    answers = {"version": version, "q_symptoms": ["memory", "sleep"], button["name"]: button["value"]}
    there = page(client.post(button["formaction"], data=answers))
    assert there.html["lang"] == "xx"
    assert {box["value"] for box in there.select("fieldset input[checked]") if box["value"]} == {"memory", "sleep"}


def test_guidance_goes_along_to_the_other_language_without_script(third):
    client = third.test_client()
    version = page(client.get("/self")).find("input", {"name": "version"})["value"]
    here = page(client.post("/self", data={"version": version, "q_symptoms": "seizure", "q_mixing": "alcohol"}))
    switch = here.select_one(".languages form")
    kept = [(field["name"], field["value"]) for field in switch.select("input")]
    there = page(client.post(switch["action"], data=dict(kept)))
    assert there.html["lang"] == "xx"
    assert there.select_one(".emergency")
    assert [(f["name"], f["value"]) for f in there.select_one(".languages form").select("input")] == kept


def test_texts_know_who_reads_them():
    texts = load.read_content(OUR_CONTENT, "US", Faults()).parsed.texts
    found = {str(text): audiences for text, audiences, _ in texts}
    assert found["Myself"] == ("self", "family", "counselor")
    assert found["Yes, I have seen or been told this"] == ("family",)
