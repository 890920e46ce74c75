"""An operator's folder changes what it names and nothing else, and can't make the site less safe."""

import datetime
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app
from screening.__main__ import main
from screening.compare import save_seen
from screening.layer import DAY_AND_NIGHT, MOVED
from screening.load import OUR_CONTENT, load_content, load_languages, read_content
from screening.model import AUDIENCES
from screening.source import ContentError, Faults
from settings import Settings
from tests.kit import reading
from tests.kit.decided import CARES, QUESTIONS, SAFETY
from tests.kit.pages import page

ROOT = Path(__file__).parent.parent
Q, P, H = "questions.yaml", "pages.yaml", "helplines.yaml"
OWN_LINE = """\
helplines:
  - id: adams
    name: Adams County Recovery Line
    kind: treatment
    country: US
    area: Adams County
    number: 555-010-0199
    extension: "4"
    first: true
    run_by: Adams County Health Department
    hours: Monday to Friday, 9 to 5
"""


@pytest.fixture
def layer(tmp_path):
    """layer({"pages.yaml": text, …}) gives a folder with these files."""

    def write(files):
        tmp_path.chmod(0o755)
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def faults_of(folder, **asked):
    with pytest.raises(ContentError) as caught:
        load_content(folder, **asked)
    return str(caught.value).splitlines()


def run(*arguments, **settings):
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    command = [sys.executable, "-m", "screening", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


# --- What a layer does ------------------------------------------------------------------------------------------


def test_a_whole_copy_of_our_files_changes_nothing(edited, content):
    assert load_content(edited(P)) == content


def test_a_copy_without_the_ids_of_helplines_changes_nothing(edited, content):
    folder = edited(H)
    text = (folder / H).read_text(encoding="utf-8")
    (folder / H).write_text(re.sub(r"  - id: \w+\n    name:", "  - name:", text), encoding="utf-8")
    assert load_content(folder) == content


def test_a_text_takes_the_place_of_ours_and_all_else_stays(layer, content):
    here = load_content(layer({P: "site:\n  menu: All pages\n"}))["self"]
    assert here.words.site.menu == "All pages"
    ours = content["self"]
    same = here.words.site.model_copy(update={"menu": ours.words.site.menu})
    assert here.model_copy(update={"words": here.words.model_copy(update={"site": same})}) == ours


def test_one_audience_can_have_other_words(layer, content):
    here = load_content(layer({P: "form:\n  intro: {family: Say what you saw.}\n"}))
    assert here["family"].words.form.intro == "Say what you saw."
    assert here["self"].words.form.intro == content["self"].words.form.intro


def test_an_item_is_found_by_its_id(layer, content):
    text = "questions:\n  - id: on_your_mind\n    why: Because we ask.\n"
    here = load_content(layer({Q: text}))["self"]
    changed = {question.id: question.why for question in here.questions if question not in content["self"].questions}
    assert changed == {"on_your_mind": "Because we ask."}
    assert [question.id for question in here.questions] == list(QUESTIONS)


def test_a_new_item_stands_before_the_one_that_follows_it_or_at_the_end(layer):
    text = "questions:\n  - id: mixing\n    any_of:\n      - {id: herbs, label: Herbs}\n      - id: none\n"
    text += "      - {id: last, label: Last, alone: true}\n"
    here = load_content(layer({Q: text}))["self"]
    ids = [answer.id for answer in here.questions[2].answers]
    assert ids[ids.index("none") - 1] == "herbs"
    assert ids[-1] == "last"


def test_a_list_without_ids_is_replaced_whole(layer):
    here = load_content(layer({P: "site:\n  footer: [One line.]\n"}))["self"]
    assert here.words.site.footer == ("One line.",)


HIDDEN = {  # the file, what is hidden, and what is then in no edition
    "a question": (Q, "questions:\n  - {id: on_your_mind, hide: true}\n", "on_your_mind"),
    "an answer": (Q, "questions:\n  - id: getting_it\n    any_of:\n      - {id: early, hide: true}\n", "early"),
    "a helpline": (H, "helplines:\n  - {id: us_partnership, hide: true}\n", "1-855-378-4373"),
    "a country": (H, "countries:\n  - {code: NZ, hide: true}\n", "0800 787 797"),
}


@pytest.mark.parametrize(("file", "text", "gone"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_is_gone_with_all_that_belongs_to_it(layer, content, file, text, gone):
    here, ours = load_content(layer({file: text}))["self"], content["self"]
    assert gone in [text for _, text in reading.strings(ours)]
    assert gone not in [text for _, text in reading.strings(here)]
    for question in here.questions:
        assert question.notes.keys() <= {answer.id for answer in question.answers}
    assert {line.country for line in here.helplines} == {country.code for country in here.countries}


def test_the_number_of_questions_on_the_pages_is_the_number_of_questions(layer):
    folder = layer({Q: "questions:\n  - {id: on_your_mind, hide: true}\n"})
    client = create_app(Settings(content=folder)).test_client()
    assert f"{len(QUESTIONS) - 1} short questions" in page(client.get("/")).text
    assert f"{len(QUESTIONS) - 1} preguntas" in page(client.get("/es/")).text


def test_a_language_without_the_operators_texts_is_not_offered(layer):
    folder = layer({P: "site:\n  menu: All pages\n"})
    assert list(load_languages(folder, "US", ())) == ["en"]
    [fault] = faults_of(folder, language="es")
    assert fault.startswith(
        f"{folder / P}:2: site.menu: has no translation in es.po; say it in {folder / 'es.po'}, or leave es"
    )
    layer({"es.po": 'msgid ""\nmsgstr ""\n\nmsgid "All pages"\nmsgstr "Todas"\n'})
    assert load_languages(folder, "US", ())["es"]["self"].words.site.menu == "Todas"


def test_a_folder_can_bring_other_spanish_for_a_text_of_ours(layer, content):
    folder = layer({"es.po": 'msgid ""\nmsgstr ""\n\nmsgid "Start"\nmsgstr "Portada"\n'})
    assert load_content(folder, language="es")["self"].words.site.start == "Portada"
    assert load_content(folder) == content


def test_translate_writes_what_ours_does_not_say(layer):
    folder = layer({P: "site:\n  menu: All pages\n"})
    ran = run("translate", "es", SCREENING_CONTENT=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    written = (folder / "es.po").read_text(encoding="utf-8")
    assert re.findall(r'^msgid "(.+)"', written, re.MULTILINE) == ["All pages"]


# --- What no layer may do ---------------------------------------------------------------------------------------

EMERGENCY = "questions:\n  - id: symptoms\n    any_of:\n      - id: seizure\n"
NOTE = "questions:\n  - id: symptoms\n    notes:\n      seizure:\n"
LINE = (
    "helplines:\n  - id: own\n    name: Own\n    kind: {kind}\n    country: US\n    number: {number}\n    run_by: Us\n"
)
# Each: the files, the number of the line that must be reported, words of the report.
# fmt: off
REFUSED = {
    # safety questions, emergency answers, care
    "a safety question hidden": ({Q: "questions:\n  - id: symptoms\n    hide: true\n"}, 3, "safety question"),
    "a question hidden that has an answer for today": (
        {Q: "questions:\n  - {id: getting_it, hide: true}\n"}, 2, "needs help today, can't be hidden"),
    "an emergency answer hidden": ({Q: EMERGENCY + "        hide: true\n"}, 5, "can't be hidden"),
    "an answer of a safety question hidden": (
        {Q: "questions:\n  - id: symptoms\n    any_of:\n      - {id: sleep, hide: true}\n"}, 4, "can't be hidden"),
    "an answer for today hidden": (
        {Q: "questions:\n  - id: getting_it\n    any_of:\n      - {id: street, hide: true}\n"}, 4, "can't be hidden"),
    "the only answer to which something is said hidden": (
        {Q: 'answers:\n  noticed:\n    - {id: "yes", hide: true}\n'}, 3, "can't be hidden"),
    "an emergency answer for some only": ({Q: EMERGENCY + "        for: [family]\n"}, 5, "can't be taken from some"),
    "an answer of a safety question for some only": (
        {Q: "questions:\n  - id: symptoms\n    any_of:\n      - {id: sleep, for: [family]}\n"}, 4, "taken from some"),
    "a note for some only": ({Q: NOTE + "        for: [self]\n"}, 5, "can't be taken from some"),
    "a safety question for some only": ({Q: "questions:\n  - {id: symptoms, for: [counselor]}\n"}, 2, "unknown key"),
    "a child's answer for fewer": (
        {Q: "questions:\n  - id: circumstances\n    any_of:\n      - {id: child_prescribed, for: [family]}\n"},
        4, "taken from some"),
    "a care lowered": ({Q: NOTE + "        care: soon\n"}, 5, "a care can be raised, but not lowered; remove it"),
    "a care of a sign lowered": (
        {Q: "questions:\n  - id: getting_it\n    notes:\n      street: {care: soon}\n"}, 4, "not lowered"),
    "an emergency led elsewhere, in a whole note": (
        {Q: NOTE + "        care: emergency\n        lead: suicide\n"}, 6, "where an urgent answer leads"),
    "an emergency led elsewhere": ({Q: NOTE + "        lead: suicide\n"}, 5, "where an urgent answer leads"),
    "an emergency answer that excludes others": ({Q: EMERGENCY + "        alone: true\n"}, 5, "the same on every site"),
    "an emergency answer that says nothing": ({Q: EMERGENCY + "        open: true\n"}, 5, "the same on every site"),
    "an emergency answer that is called something else": (
        {Q: EMERGENCY + "        label: Hiccups\n"}, 5, "the words of"),
    "an emergency answer that is something else for some": (
        {Q: EMERGENCY + "        label: {self: Hiccups}\n"}, 5, "the words of"),
    "what an emergency means": ({Q: NOTE + "        means: It is nothing.\n"}, 5, "in an emergency is the same"),
    "an answer for today that is called something else": (
        {Q: "questions:\n  - id: recent_change\n    one_of:\n      - {id: out, label: Enough}\n"}, 4, "the words of"),
    "an emergency answer that calls another": (
        {Q: EMERGENCY + "        now: [{text: Wait., call: advice}]\n"}, 5, "calls is the same on every site"),
    "an emergency answer that calls no one": ({Q: EMERGENCY + "        now: []\n"}, 5, "calls is the same"),
    "other answers for a question of ours": (
        {Q: "answers:\n  mine: [{id: a, label: A}, {id: b, label: B}]\n"
            "questions:\n  - {id: on_your_mind, answers: mine}\n"}, 4, "change single answers by their id"),
    "one answer where many could be chosen": (
        {Q: "questions:\n  - id: symptoms\n    one_of: [{id: a, label: A}, {id: b, label: B}]\n"}, 3, "by their id"),
    "a safety question among the signs": ({Q: "questions:\n  - {id: symptoms, group: signs}\n"}, 2, "stay"),
    "what goes on the sheet": (
        {Q: 'questions:\n  - id: keeping_it_private\n    notes:\n      "yes": {sheet: true}\n'}, 4, "handout lists"),

    # the warning, the emergency card, whom they call
    "the warning's heading": ({P: "warning:\n  heading: Stop when you like\n"}, 2, "the warning is the same"),
    "the warning for some": ({P: "warning:\n  text: {family: Relax.}\n"}, 2, "the warning is the same"),
    "a review that did not happen": (
        {P: "site:\n  unreviewed: Reviewed by Dr. A.\n"}, 2, "what is said of a review is the same on every site"),
    "an emergency block's heading": (
        {P: "guidance:\n  emergency:\n    blocks:\n      - {id: seizure, heading: Hiccups}\n"}, 4, "in an emergency"),
    "an emergency block hidden": (
        {P: "guidance:\n  emergency:\n    blocks:\n      - {id: seizure, hide: true}\n"}, 4, "can be hidden"),
    "a block for today hidden": (
        {P: "guidance:\n  today:\n    blocks:\n      - {id: without, hide: true}\n"}, 4, "can be hidden"),
    "a block for today for some": (
        {P: "guidance:\n  today:\n    blocks:\n      - {id: without, for: [self]}\n"}, 4, "taken from some"),
    "a block for today that calls another": (
        {P: "guidance:\n  today:\n    blocks:\n      - {id: mixing, call: [treatment]}\n"}, 4, "whom a block calls"),
    "a block for today without the hospital": (
        {P: "guidance:\n  today:\n    blocks:\n      - {id: without, points: [Wait for Monday.]}\n"},
        4, "does not name {emergency}, {poison}, {hospital}, as our words do"),
    "the emergency card as a whole": ({P: "guidance:\n  emergency: none\n"}, 2, "in an emergency"),
    "the form's danger": ({P: "form:\n  danger: {heading: Hello}\n"}, 2, "in an emergency"),
    "the start page without the emergency number": (
        {P: "start:\n  intro: Answer some questions.\n"}, 2, "does not name {emergency}, {crisis}, as our words do"),
    "the lead for soon without the emergency number for one audience": (
        {P: "guidance:\n  soon:\n    points: {self: [Rest.]}\n"}, 3, "does not name {emergency}, {crisis}, {poison}"),

    # titles
    "a name that says the medicine": ({P: "site:\n  name: Adams County Klonopin Check\n"}, 2, "says Klonopin"),
    "a name that says a finding": ({P: "site:\n  name: Addiction check\n"}, 2, "says Addiction"),
    "a name with the medicine's slot": ({P: 'site:\n  name: "{medicine} check"\n'}, 2, "says {medicine}"),
    "a title of a page": ({P: "site:\n  about: About addiction\n"}, 2, "says addiction"),
    "the title of the help page": ({P: "help:\n  heading: Overdose help\n"}, 2, "says Overdose"),
    "the title of a faulty form": ({P: 'form:\n  errors:\n    title: "Dependence:"\n'}, 3, "says Dependence"),

    # numbers
    "a typed number": ({P: "site:\n  footer: [Call 1-555-010-0100 first.]\n"}, 2, "(1-555-010-0100); write a slot"),
    "a typed number in brackets": ({P: "site:\n  footer: ['Ask (555) 010-0199.']\n"}, 2, "a number to call"),
    "a typed number with dots": ({P: "site:\n  footer: [Ask 555.010.0199.]\n"}, 2, "a number to call"),
    "a typed number of letters": ({P: "site:\n  footer: [Ask 1-800-ADAMS-HELP.]\n"}, 2, "a number to call"),
    "a typed number in other digits": ({P: "site:\n  footer: [Ask ٥٥٥٠١٠٠١٩٩.]\n"}, 2, "a number to call"),
    "a short typed number": ({P: "site:\n  footer: [Call 211.]\n"}, 2, "(211); write a slot"),
    "the emergency number, typed": ({P: "site:\n  footer: [In danger? 911.]\n"}, 2, "(911); write a slot"),
    "a typed number in a note": (
        {Q: "questions:\n  - id: on_your_mind\n    why: Or ask 555 010 0199.\n"}, 3, "a number to call"),
    "another number in a line's words": (
        {H: LINE.format(kind="treatment", number="555-010-0100") + "    cost: Or 555-010-0200\n"}, 8, "(555-010-0200)"),

    # lines
    "another emergency number": (
        {H: 'helplines:\n  - {id: us_emergency, number: "119"}\n'}, 2, "the same on every site"),
    "another crisis number": ({H: 'helplines:\n  - {id: us_988, number: "119"}\n'}, 2, "down: true takes out"),
    "a crisis line that becomes another": (
        {H: "helplines:\n  - {id: us_988, kind: treatment}\n"}, 2, "the same on every site"),
    "a line of ours of another kind": (
        {H: "helplines:\n  - {id: us_samhsa, kind: family, source: https://a.example/, read_on: 2026-11-01}\n"},
        2, "keeps its kind and country"),
    "a crisis line for some": ({H: "helplines:\n  - {id: us_988, who_for: Veterans}\n"}, 2, "the same on every site"),
    "an emergency line that is down": ({H: "helplines:\n  - {id: us_emergency, down: true}\n"}, 2, "the same on every"),
    "the emergency line hidden": ({H: "helplines:\n  - {id: us_emergency, hide: true}\n"}, 2, "can't be hidden"),
    "the crisis line hidden": ({H: "helplines:\n  - {id: us_988, hide: true}\n"}, 2, "can't be hidden"),
    "the site's own country hidden": (
        {H: "countries:\n  - {code: US, hide: true}\n"}, 2, "own country can't be hidden"),
    "an own crisis line first": (
        {H: LINE.format(kind="crisis", number="555-010-0100") + "    first: true\n"}, 8, "called in place of 988"),
    "an own emergency line first": (
        {H: LINE.format(kind="emergency", number="555-010-0100") + "    first: true\n"}, 8, "in place of Emergency"),
    "a poison line with office hours first": (
        {H: LINE.format(kind="poison", number="555-010-0100") + "    first: true\n    hours: Monday\n"},
        9, f"write hours: {DAY_AND_NIGHT}"),
    "an own line that is closed at night while 988 is down": (
        {H: LINE.format(kind="crisis", number="555-010-0100") + "    hours: Monday\n  - {id: us_988, down: true}\n"},
        8, f"write hours: {DAY_AND_NIGHT}"),
    "a line of ours again": (
        {H: LINE.format(kind="treatment", number="1-800-662-4357")}, 6, "is the number of SAMHSA"),
    "the emergency number as a crisis line": (
        {H: LINE.format(kind="crisis", number='"911"')}, 6, "is the number of Emergency services, too"),
    "a number of ours written another way": (
        {H: LINE.format(kind="treatment", number="800 662 4357")}, 6, "is the number of SAMHSA"),
    "a name of ours with another number": (
        {H: LINE.format(kind="treatment", number="555-010-0100").replace("name: Own", "name: poison help")},
        3, "is the name of another line"),
    "an own line twice": (
        {H: LINE.format(kind="treatment", number="555-010-0100")
            + LINE.format(kind="family", number="555-010-0100").replace("helplines:\n", "").replace("own", "own2")
              .replace("name: Own", "name: Other")}, 12, "is the number of Own, too"),
    "an id twice": (
        {H: "helplines:\n  - {id: us_samhsa, first: true}\n  - {id: us_samhsa, first: false}\n"}, 3, "is used twice"),
    "an own line without anyone who answers": (
        {H: LINE.format(kind="treatment", number="555-010-0100").replace("    run_by: Us\n", "")}, 2, "or run_by:"),
    "an own line without a number": (
        {H: LINE.format(kind="treatment", number="1").replace("    number: 1\n", "")}, 2, "is missing"),
    "another number without its source": (
        {H: "helplines:\n  - {id: us_samhsa, number: 555-010-0100}\n"}, 2, "add source: and read_on:"),
    "a word of a country without its source": (
        {H: "countries:\n  - code: US\n    words:\n      supply: {text: They may help.}\n"}, 4, "add the source:"),
    "another hospital": (
        {H: "countries:\n  - code: US\n    words:\n      hospital: {text: our office, source: our-judgment}\n"},
        4, "need this word"),
    "a day in the future": (
        {H: f"helplines:\n  - {{id: us_samhsa, read_on: {datetime.date.today() + datetime.timedelta(30)}}}\n"},  # noqa: DTZ011
        2, "is in the future"),

    # the form of a layer
    "a source of ours changed": (
        {Q: "sources:\n  - {id: fda-2020, title: Our blog}\n"}, 2, "a source of ours stays"),
    "a source hidden": ({Q: "sources:\n  - {id: fda-2020, hide: true}\n"}, 2, "can be hidden"),
    "hiding what is not there": ({Q: "questions:\n  - {id: mixings, hide: true}\n"}, 2, "hides nothing"),
    "hiding and changing": (
        {Q: "questions:\n  - id: on_your_mind\n    hide: true\n    why: Because.\n"}, 4, "never read, because this"),
    "a line in a country that is hidden": (
        {H: "countries:\n  - {code: NZ, hide: true}\n"
            + LINE.format(kind="treatment", number="555-010-0100").replace("US", "NZ")}, 7, "unknown country NZ"),
    "the poison line with office hours": (
        {H: "helplines:\n  - {id: us_poison, hours: Monday, source: https://a.example/, read_on: 2026-11-01}\n"},
        2, f"write hours: {DAY_AND_NIGHT}"),
    "hiding half": ({Q: "questions:\n  - {id: on_your_mind, hide: maybe}\n"}, 2, "must be true or false"),
    "a key that moved": ({P: "help:\n  text_to: to\n"}, 2, "is now help.text_word; move the words there"),
    "a key that is gone": ({P: "form:\n  sending: Wait\n"}, 2, "is no longer used; remove it"),
    "an unknown key": ({P: "site:\n  color: red\n"}, 2, "unknown key"),
    "a file with a name that is not read": ({P: "site: {menu: A}\n", "page.yaml": ""}, 1, "is not a file that is read"),
}
# fmt: on


@pytest.mark.parametrize(("files", "line", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_a_layer_may_not_do_is_refused_once_in_its_own_file_and_line(layer, files, line, problem):
    folder = layer(files)
    file = folder / list(files)[-1]
    [fault] = faults_of(folder)
    assert fault.startswith(f"{file}:{line}: "), fault
    assert problem in fault, fault
    assert "; " in fault or ": must " in fault, "it says what to write"


def test_a_folder_without_words_is_refused(tmp_path):
    [fault] = faults_of(tmp_path)
    assert fault.startswith(f"{tmp_path}:1: holds no words; ")


URGENT = [(q, a) for q, answers in QUESTIONS.items() for a, care in answers.items() if care in ("today", "emergency")]


@pytest.mark.parametrize(("question", "answer"), URGENT)
def test_no_care_of_an_urgent_answer_can_be_lowered(layer, question, answer):
    care = QUESTIONS[question][answer]
    for lower in CARES[1 : CARES.index(care)]:
        text = f"questions:\n  - id: {question}\n    notes:\n      {answer}:\n        care: {lower}\n"
        assert ["care can be raised" in fault for fault in faults_of(layer({Q: text}))] == [True]


@pytest.mark.parametrize("question", SAFETY)
def test_no_answer_of_a_safety_question_can_be_hidden(layer, content, question):
    key = "one_of" if question == "recent_change" else "any_of"
    for answer in QUESTIONS[question]:
        text = f"questions:\n  - id: {question}\n    {key}:\n      - {{id: {answer}, hide: true}}\n"
        assert len(faults_of(layer({Q: text}))) == 1, answer


def test_a_care_can_be_raised(layer):
    text = """\
questions:
  - id: symptoms
    any_of:
      - id: shaking
        now: [{text: "Bad? Call {emergency}.", call: emergency}]
    notes:
      shaking: {care: emergency, lead: seizure}
"""
    here = load_content(layer({Q: text}))["self"]
    assert here.questions[0].notes["shaking"].care == "emergency"


FIXED = ["Do not stop {medicine} suddenly", "A seizure (a fit)", "Get help now", "In danger right now?"]


@pytest.mark.parametrize("text", FIXED)
def test_what_no_layer_may_change_it_may_not_change_in_spanish_either(layer, text):
    slots = " ".join(re.findall(r"\{\w+\}", text))
    folder = layer({"es.po": f'msgid ""\nmsgstr ""\n\nmsgid "{text}"\nmsgstr "Todo está bien {slots}"\n'})
    [fault] = faults_of(folder, language="es")
    assert fault.startswith(f"{folder / 'es.po'}:4: is the same on every site")


@pytest.mark.parametrize(
    ("english", "spanish", "problem"),
    [
        ("Self-check", "Prueba de adicción", "says adicción"),
        ("Pages", "Llame al 555 010 0199", "a number to call"),
        ("Parents, family and friends", "Familia. Llame al 555 010 0199", "a number to call"),
    ],
)
def test_spanish_of_ones_own_may_not_say_what_english_may_not(layer, english, spanish, problem):
    folder = layer({"es.po": f'msgid ""\nmsgstr ""\n\nmsgid "{english}"\nmsgstr "{spanish}"\n'})
    [fault] = faults_of(folder, language="es")
    assert fault.startswith(f"{folder / 'es.po'}:4: ")
    assert problem in fault


def test_moved_keys_are_gone_and_their_new_ones_are_there():
    texts = {found.text.place.key for found in read_content(OUR_CONTENT, "US", Faults()).parsed.texts}
    for old, new in MOVED.items():
        assert old.partition(": ")[2] not in texts
        assert not new or new in texts


def test_what_the_manual_shows_can_be_done(layer):
    manual = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for shown in re.findall(r"^```yaml\n(.+?)^```", manual, re.MULTILINE | re.DOTALL):
        assert load_content(layer({P if shown.partition("\n")[2].startswith("site:") else H: shown}))


# --- Own lines --------------------------------------------------------------------------------------------------


@pytest.fixture
def with_own_line(layer):
    return layer({H: OWN_LINE, P: "site:\n  operator: {name: Adams County, email: web@adams.example}\n"})


def test_an_own_line_can_stand_first_of_its_kind_and_in_sentences_but_behind_emergencies(with_own_line):
    edition = load_content(with_own_line)["self"]
    assert edition.helpline("treatment").name == "Adams County Recovery Line"
    assert "Adams County Recovery Line (555-010-0199 ext. 4)" in edition.words.sheet.numbers
    soup = page(create_app(Settings(content=with_own_line, languages=("en",))).test_client().get("/help"))
    names = [heading.text for heading in soup.select(".helpline h4")]
    assert names[0] == "Emergency services"
    assert names.index("Adams County Recovery Line") == names.index("SAMHSA National Helpline") - 1


def test_on_the_guidance_an_own_line_stands_first_but_for_the_emergency_line(with_own_line):
    client = create_app(Settings(content=with_own_line, languages=("en",))).test_client()
    soup = page(client.post("/self", data={"q_symptoms": "sleep"}))
    names = [heading.text for heading in soup.select(".helpline h4")]
    assert names[:2] == ["Emergency services", "Adams County Recovery Line"]
    assert len(names) == len(set(names))


def test_an_own_line_that_does_not_say_first_stands_behind_ours(layer):
    own = LINE.format(kind="treatment", number="555-010-0100") + "  - {id: us_samhsa, first: false}\n"
    edition = load_content(layer({H: own}))["self"]
    assert edition.helpline("treatment").id == "us_samhsa"
    assert [line.id for line in edition.own_helplines if line.kind == "treatment"] == ["us_samhsa", "own"]


def test_the_kinds_decide_the_order_whatever_the_files_say(with_own_line):
    kinds = [line.kind for line in load_content(with_own_line)["self"].own_helplines]
    assert kinds[0] == "emergency"
    assert kinds == sorted(kinds, key=["emergency", "crisis", "poison", "advice", "treatment", "family"].index)


def test_an_extension_is_shown_and_dialed(with_own_line):
    soup = page(create_app(Settings(content=with_own_line, languages=("en",))).test_client().get("/help"))
    [link] = {a["href"] for a in soup.select("a") if "0199" in a.text}
    assert link == "tel:5550100199,4"
    assert "Call 555-010-0199 ext. 4" in re.sub(r"\s+", " ", soup.text)


def test_with_an_operators_line_no_page_says_that_no_number_was_called(with_own_line, content):
    words = content["self"].words.help
    client = create_app(Settings(content=with_own_line, languages=("en",))).test_client()
    for path in ("/help", "/missing"):
        text = page(client.get(path)).text
        assert words.not_called not in text
        assert words.not_called_others in text
        assert "Answered by Adams County Health Department." in text


def test_the_site_says_who_runs_it_on_every_page(with_own_line):
    client = create_app(Settings(content=with_own_line, languages=("en",))).test_client()
    for path in ("/", "/self", "/about", "/privacy", "/help", "/missing"):
        footer = page(client.get(path)).footer
        assert "This site is run by Adams County." in footer.text
        assert footer.select_one('a[href="mailto:web@adams.example"]')


def test_an_operator_without_a_contact_is_refused(layer):
    assert "has no way to ask; " in faults_of(layer({P: "site:\n  operator: {name: Adams County}\n"}))[0]


DOWN = "helplines:\n  - {id: us_988, down: true}\n"


def test_while_988_is_down_no_page_names_it_and_none_calls_the_same_number_twice(layer):
    client = create_app(Settings(content=layer({H: DOWN}))).test_client()
    for path, sheet in (("/help", None), ("/", None), ("/self", None), ("/self", {"q_symptoms": "suicide"})):
        soup = page(client.post(path, data=sheet) if sheet else client.get(path))
        assert not soup.select('[href="tel:988"], [href="sms:988"]') or path == "/help", "Canada has another 988"
        assert "Suicide and Crisis Lifeline" not in soup.text
        for group in soup.select(".reach"):
            links = [a["href"] for a in group.select("a")]
            assert len(links) == len(set(links)), path
    assert soup.select_one(".emergency .reach a")["href"] == "tel:911"


def test_an_own_line_that_is_open_day_and_night_can_stand_in_for_988(layer):
    own = LINE.format(kind="crisis", number="555-010-0100") + f"    hours: {DAY_AND_NIGHT}\n"
    edition = load_content(layer({H: own + DOWN.replace("helplines:\n", "")}))["self"]
    assert edition.helpline("crisis").id == "own"


# --- What the operator is told ----------------------------------------------------------------------------------


def test_the_check_says_what_the_layer_changes_and_where_each_own_line_stands(with_own_line):
    ran = run("--check", SCREENING_CONTENT=with_own_line)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "0 changed, 2 added, 0 left out" in ran.stdout
    assert "Adams County Recovery Line (treatment, US): fills {helpline} in sentences" in ran.stdout
    assert "There are no pages in es" in ran.stdout


def test_the_check_warns_of_files_that_others_cannot_read(with_own_line):
    (with_own_line / H).chmod(0o600)
    ran = run("--check", SCREENING_CONTENT=with_own_line)
    assert ran.returncode == 0
    assert ran.stderr.startswith(f"{with_own_line / H}: others can't read it")


def test_compare_shows_each_text_beside_ours_and_is_loud_about_safety(layer):
    text = "questions:\n  - id: symptoms\n    ask: {self: In the last year?}\n"
    folder = layer({Q: text, P: "site:\n  menu: All pages\n  footer: [Three points mean addiction.]\n  start: Start\n"})
    shown = run("compare", SCREENING_CONTENT=folder).stdout
    assert "ours:  Pages\n    yours: All pages\n" in shown
    asked = shown.index("In the last year?")
    assert shown.rindex("!!! THIS TOUCHES WHAT IS ASKED", 0, asked) < shown.index("All pages")
    assert "CAN SOUND LIKE A DIAGNOSIS" in shown
    assert f"{folder / P}: says the same as ours, and can go: lines 4" in shown


def test_compare_says_when_ours_has_changed_since(layer):
    folder = layer({P: "site:\n  menu: All pages\n"})
    save_seen(read_content(folder, "US", Faults()).layer)
    assert "CHANGED" not in run("compare", SCREENING_CONTENT=folder).stdout
    seen = folder / "seen.json"
    seen.write_text(seen.read_text(encoding="utf-8").replace('"Pages"', '"Pages of old"'), encoding="utf-8")
    shown = run("compare", SCREENING_CONTENT=folder).stdout
    assert "OURS HAS CHANGED SINCE YOU LAST LOOKED\n    ours before: Pages of old\n    ours:  Pages\n" in shown
    assert "1 of our texts have changed" in run("--check", SCREENING_CONTENT=folder).stdout


def without_what_can_go(folder):
    """Delete the lines that compare lists. Returns how many there were."""
    deleted = 0
    shown = run("compare", SCREENING_CONTENT=folder).stdout
    for file, ranges in re.findall(r"^(.+): says the same as ours, and can go: lines (.+)$", shown, re.MULTILINE):
        lines = Path(file).read_text(encoding="utf-8").splitlines()
        for first, last in reversed(re.findall(r"(\d+)(?:-(\d+))?", ranges)):
            deleted += int(last or first) - int(first) + 1
            del lines[int(first) - 1 : int(last or first)]
        if any(line.strip() and not line.startswith("#") for line in lines):
            Path(file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        else:
            Path(file).unlink()
    return deleted


def test_a_copy_without_the_lines_that_can_go_says_the_same(edited):
    edited(
        P, ("  menu: Pages\n", "  # Ours.\n  menu: All pages\n"), ("  heading: Privacy\n", "  heading: Your privacy\n")
    )
    edited(H, ("  - id: us_partnership\n", "  - id: us_partnership\n    first: true\n"))
    alcohol = '      - {id: alcohol, label: "Alcohol"}\n'
    folder = edited(Q, (alcohol, f"      - {{id: herbs, label: Herbs}}\n{alcohol}"))
    question = (folder / Q).read_text(encoding="utf-8")
    start = question.index("  - id: on_your_mind\n")
    kept = "  - {id: on_your_mind, hide: true}\n"
    (folder / Q).write_text(question[:start] + kept + question[question.index("\n  - id:", start) :], encoding="utf-8")
    before = load_content(folder)
    assert without_what_can_go(folder) > 2000
    assert load_content(folder) == before
    left = "".join((folder / file).read_text(encoding="utf-8") for file in (Q, P, H))
    assert "# Ours.\n  menu: All pages" in left
    assert len([line for line in left.splitlines() if line and not line.startswith("#")]) < 25
    assert without_what_can_go(folder) == 0


@pytest.mark.parametrize(
    "files",
    [
        {Q: "questions:\n  - id: getting_it\n    any_of:\n      - {id: early, hide: true}\n"},
        {Q: "questions:\n  - id: mixing\n    any_of:\n      - {id: herbs, label: Herbs}\n      - id: none\n"},
        {H: "helplines:\n  - {id: us_samhsa, first: true, kind: treatment}\n", P: "site:\n  start: Start\n"},
    ],
)
def test_a_line_that_leads_to_a_change_does_not_count_as_one_that_can_go(layer, files):
    folder = layer(files)
    before = load_content(folder)
    without_what_can_go(folder)
    assert load_content(folder) == before


BROKEN = {  # the files, the file and line that must be named, and what is said of it
    "a mistyped id": ({Q: "questions:\n  - id: on_your_minds\n    why: Because.\n"}, Q, 2, "write on_your_mind, or"),
    "a mistyped id of what is hidden": ({H: "helplines:\n  - {id: us_partner, hide: true}\n"}, H, 2, "us_partnership"),
    "a tab": ({P: "site:\n\tmenu: All\n"}, P, 2, "begins with a tab; write spaces"),
    "two colons": ({P: "site:\n  menu: All: pages\n"}, P, 2, "put words with a colon in quotes"),
    "a name by Windows": (
        {P: "site:\n  menu: All\n", f"{Q}.txt": "questions:"},
        f"{Q}.txt",
        1,
        "is not a file that is",
    ),
    "only a name by Windows": ({"Pages.YAML": "site:\n  menu: All\n"}, "Pages.YAML", 1, "is not a file that is read"),
    "no PO file": ({"es.po": "hello\n"}, "es.po", 1, "can't be understood"),
    "a quote too few": ({"es.po": 'msgid "Start"\nmsgstr "Portada\n'}, "es.po", 2, "each in quotes"),
    "a quote too many": ({"es.po": 'msgid "Start"\nmsgstr "Por"tada"\n'}, "es.po", 2, "each in quotes"),
    "a PO file in another encoding": (
        {"es.po": b'msgid "Start"\nmsgstr "P\xe1gina"\n'},
        "es.po",
        1,
        "save it as UTF-8",
    ),
    "a folder as a PO file": ({"es.po": None}, "es.po", 1, "can't be read"),
    "seen.json cut off": ({P: "site:\n  menu: All\n", "seen.json": "{"}, "seen.json", 1, "remove it"),
    "seen.json of another kind": ({P: "site:\n  menu: All\n", "seen.json": "[]"}, "seen.json", 1, "remove it"),
    "a folder as seen.json": ({P: "site:\n  menu: All\n", "seen.json": None}, "seen.json", 1, "remove it"),
}


@pytest.mark.parametrize(("files", "name", "line", "problem"), BROKEN.values(), ids=BROKEN)
def test_whatever_is_broken_each_command_says_it_in_one_sentence(
    tmp_path, capsys, monkeypatch, files, name, line, problem
):
    for file, text in files.items():
        if text is None:
            (tmp_path / file).mkdir()
        else:
            (tmp_path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.setenv("SCREENING_CONTENT", str(tmp_path))
    read_by = {"es.po": ("--check", "compare", "translate es"), "seen.json": ("--check", "compare")}
    for command in read_by.get(name, ("--check",)):
        monkeypatch.setattr(sys, "argv", ["screening", *command.split()])
        assert main() == 1
        [told] = capsys.readouterr().err.splitlines()
        assert told.startswith(f"{tmp_path / name}:{line}: ")
        assert problem in told


def test_english_is_not_translated(layer):
    ran = run("translate", "en", SCREENING_CONTENT=layer({P: "site:\n  menu: All\n"}))
    assert (ran.returncode, ran.stderr) == (1, "en is the language of the YAML files; change the words there\n")


def test_old_dates_are_told_with_file_and_line(layer):
    folder = layer({H: "helplines:\n  - id: us_samhsa\n    read_on: 2001-01-01\n"})
    ran = run("--check-dates", SCREENING_CONTENT=folder)
    assert ran.returncode == 1
    assert f"{folder / H}:3: US, SAMHSA National Helpline: read on 2001-01-01; read it again" in ran.stderr


def test_review_ends_quietly_when_head_closes_the_pipe():
    shell = f"{sys.executable} -m screening review | head -1"
    ran = subprocess.run(["bash", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ran.stderr == ""


def test_every_audience_is_there_with_a_layer(with_own_line):
    assert tuple(load_content(with_own_line)) == AUDIENCES
