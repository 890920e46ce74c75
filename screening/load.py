"""load_content(): from the files to an edition for each audience. It reports all faults, or loads everything."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from screening.edition import Edition
from screening.helplines import SLOTS, Helplines, helpline_for, in_order, reached_in, slots_of, typed_numbers
from screening.layer import FILES, Layer
from screening.model import AUDIENCES, Audience, ByAudience, Checking, ContentModel, ForSome, M, check
from screening.questions import Question, Questions
from screening.review import read_reviewed, with_review
from screening.source import Faults, Map, Text, at, maps, read
from screening.translation import IN_ENGLISH, Catalog, Found, read_catalog, texts_of
from screening.words import Block, PageWords

OUR_CONTENT = Path(__file__).parent


class UnknownChoiceError(LookupError):
    """The content has no such country or language. `str()` names the setting, and lists those it has."""


COUNTRIES = {"UK": "GB", "IRL": "IE"}  # where the first two letters of what people write are not the code
ENGLISH = "en"  # the language of the YAML files


@dataclass(frozen=True)
class Parsed:
    """The three files, of their types, for all audiences together."""

    helplines: Helplines
    words: PageWords
    questions: Questions

    @cached_property
    def texts(self) -> list[Found]:
        """Every text that readers see. It is asked for in each language."""
        return [found for part in (self.helplines, self.words, self.questions) for found in texts_of(part)]


class Content(NamedTuple):
    """The three files of a site, read and checked: their nodes by name, what is made of them, and the layer in them.

    `parsed` is None if a file does not fit its type, `layer` if the words are ours alone.
    """

    files: Mapping[str, Map | None]
    parsed: Parsed | None
    layer: Layer | None


def known_languages(folder: Path = OUR_CONTENT) -> list[str]:
    """The languages there are: English, and those with a PO file of ours or in the operator's folder."""
    found = {path.stem for place in (OUR_CONTENT, folder) for path in place.glob("*.po")}
    return [ENGLISH, *sorted(found - {ENGLISH})]


def load_content(
    folder: Path = OUR_CONTENT, country: str = "US", language: str = ENGLISH
) -> Mapping[Audience, Edition]:
    """Read the words into one edition for each audience, in one language.

    Arguments and exceptions: those of load_languages().
    """
    return load_languages(folder, country, (language,))[language]


def load_languages(folder: Path, country: str, languages: Collection[str]) -> Mapping[str, Mapping[Audience, Edition]]:
    """Read the words once, into one edition for each audience in each language.

    Arguments: our own folder, or an operator's, whose files are laid over ours; the code of the country whose helplines
    come first, and whose numbers and words stand in the sentences; the codes of the languages, or none for all that
    are fully translated.
    Raises ContentError with everything that is wrong, and UnknownChoiceError for a language, or when all is well but
    for the country.
    """
    known = known_languages(folder)
    for language in languages:
        if language not in known:
            names = ", ".join(known)
            raise UnknownChoiceError(
                f"SCREENING_LANGUAGES: {language} is not a language of this site; use one or more of {names}"
            )
    faults = Faults()
    _, parsed, layer = read_content(folder, country, faults)
    if parsed is None:
        faults.raise_if_any()
        raise AssertionError("a file that does not fit has a fault")
    catalogs = {}
    for language in languages or known:
        # A language that the operator's words are not translated to is left out, unless it was asked for by name.
        catalog, lacking = Catalog(), faults if languages or not layer else Faults()
        if language != ENGLISH:
            own = (layer.folder, layer.fixed_texts) if layer else None
            catalog = read_catalog(OUR_CONTENT / f"{language}.po", parsed.texts, faults, own, lacking)
            _check_said(parsed, catalog, faults)
        if lacking is faults or not lacking.all():
            catalogs[language] = catalog
    reviewed = [read_reviewed(place, faults) for place in dict.fromkeys((folder, OUR_CONTENT))]
    faults.raise_if_any()
    codes = [known.code for known in parsed.helplines.countries]
    if country not in codes:
        near = COUNTRIES.get(country.upper(), country.upper()[:2])
        hint = f" (perhaps {near})" if near in codes else ""
        problem = f"{country} is not a country of helplines.yaml; use one of {', '.join(codes)}{hint}"
        raise UnknownChoiceError(f"SCREENING_COUNTRY: {problem}")

    def editions_in(language: str, catalog: Catalog) -> Mapping[Audience, Edition]:
        editions = {audience: _edition(parsed, audience, country, language, catalog) for audience in AUDIENCES}
        return MappingProxyType(with_review(editions, reviewed))

    return {language: editions_in(language, catalog) for language, catalog in catalogs.items()}


def read_content(folder: Path, country: str, faults: Faults) -> Content:
    """Read and check the three files, and report every fault. Arguments: as for load_languages()."""
    files: dict[str, Map | None] = {name: read(OUR_CONTENT / name, faults) for name in FILES}
    layer, ours = None, {name: node for name, node in files.items() if node}
    if folder != OUR_CONTENT and len(ours) == len(FILES):  # with one that can't be read, there is nothing to lay over
        layer = Layer(ours, folder, country, faults)
        files.update(layer.files)
    lines, pages, asked = (files[name] for name in FILES)
    _put_shared_answers(asked, faults)
    sources = {str(source.get("id")) for source in maps(asked, "sources")}
    checking = Checking(faults, SLOTS, sources or None)
    helplines = check(Helplines, lines, Checking(faults, audiences=None))
    words = check(PageWords, pages, checking)
    questions = check(Questions, asked, checking)
    if helplines and lines:
        _check_countries(helplines, lines, faults)
        if layer:
            layer.check_helplines(helplines)
    _check_questions(questions, asked, pages, checking)
    if questions and asked:
        known = known_languages(folder)
        for name in questions.review.words.keys() - known:
            problem = f"unknown language; use one of {', '.join(known)}"
            faults.add(at(asked, ["review", "words", name]), problem)
    parsed = Parsed(helplines, words, questions) if helplines and words and questions else None
    if parsed:
        _check_said(parsed, Catalog(), faults)
    return Content(files, parsed, layer)


# --- One audience's words ---------------------------------------------------------------------------------------


def as_read_by(part: M, audience: Audience, say: Callable[[Text], str]) -> M:
    """A copy of the part as one audience reads it: its words chosen and filled in, parts for others left out.

    Arguments: a part without faults; the audience; `say`, which turns each text into the string to show.
    """
    return part.model_copy(update={name: _as_read(value, audience, say) for name, value in part})


def _as_read(value: Any, audience: Audience, say: Callable[[Text], str]) -> Any:
    if isinstance(value, ByAudience):
        value = value[audience]
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, ContentModel):
        return as_read_by(value, audience, say) if _is_for(value, audience) else None
    if isinstance(value, tuple):
        return tuple(_as_read(item, audience, say) for item in value if _is_for(item, audience))
    if isinstance(value, Mapping):
        kept = {name: _as_read(item, audience, say) for name, item in value.items() if _is_for(item, audience)}
        return MappingProxyType(kept)
    return value


def _is_for(value: object, audience: Audience) -> bool:
    return not isinstance(value, ForSome) or audience in value.only_for


def _edition(parsed: Parsed, audience: Audience, country: str, language: str, catalog: Catalog) -> Edition:
    called = as_read_by(parsed.helplines, audience, lambda text: catalog.say(text, audience))
    count = {"questions": str(len(parsed.questions.questions))}
    slots = slots_of(called, country) | count
    in_english = slots
    if language != ENGLISH:
        in_english = slots_of(as_read_by(parsed.helplines, audience, str), country) | count

    def fill(words: str, slots: Mapping[str, str]) -> str:
        return re.sub(r"\{(\w+)\}", lambda slot: slots.get(slot[1], slot[0]), words) if "{" in words else words

    def say(text: Text) -> str:
        said = catalog.say(text, audience)
        return fill(IN_ENGLISH.sub(lambda english: fill(english[0], in_english), said), slots)

    def as_written(words: Any) -> str:
        return str(_as_read(words, audience, str))

    asked = as_read_by(parsed.questions, audience, say)
    wording = [
        (as_written(q.ask), [as_written(a.label) for a in q.answers if _is_for(a, audience)])
        for q in parsed.questions.questions
    ]
    lines = sorted(in_order(called.helplines), key=lambda line: line.country != country)
    return Edition(
        language=language,
        review=asked.review,
        sources=asked.sources,
        questions=asked.questions,
        wording=hashlib.sha256(repr(wording).encode()).digest(),
        words=as_read_by(parsed.words, audience, say),
        countries=tuple(sorted(called.countries, key=lambda known: known.code != country)),
        helplines=tuple(reached_in(line, language) for line in lines),
    )


# --- Checks across parts and files ------------------------------------------------------------------------------


def _put_shared_answers(asked: Map | None, faults: Faults) -> None:
    """Replace each name in `answers:` by the list it names. The list keeps its own lines, and so do faults in it."""
    found = asked.get("answers") if asked else None
    shared = found if isinstance(found, Map) else {}
    for question in maps(asked, "questions"):
        name = question.get("answers")
        if name is None:
            continue
        if isinstance(name, Text) and name in shared:
            question["answers"] = shared[name]
        else:
            faults.add(name.place, f"unknown list of shared answers; use one of {', '.join(shared)}")


def _check_countries(found: Helplines, node: Map, faults: Faults) -> None:
    codes = [known.code for known in found.countries]
    working = [line.model_copy(update={"down": False}) for line in found.helplines]
    for n, code in enumerate(codes):
        for kind in ("emergency", "crisis"):
            if (line := helpline_for(working, code, kind)) is None or line.kind != kind:
                problem = f"{code} has no {kind} helpline that is for everyone; add one under helplines"
                faults.add(at(node, ["countries", n]), problem)
    for n, line in enumerate(found.helplines):
        if line.country not in codes and len(set(codes)) == len(codes):  # at_least() reports a code that is used twice
            problem = f"unknown country {line.country}; use one of {', '.join(codes)}"
            faults.add(at(node, ["helplines", n, "country"]), problem)


def _check_said(parsed: Parsed, catalog: Catalog, faults: Faults) -> None:
    """What no words may say, in any language."""
    _check_numbers(parsed, catalog, faults)
    _check_titles(parsed.words, catalog, faults)
    direction = parsed.words.site.direction
    if any(said not in ("ltr", "rtl") for said in catalog.every(direction)):
        faults.add(catalog.place(direction), "must be ltr or rtl: where the lines of the language start")


def _check_numbers(parsed: Parsed, catalog: Catalog, faults: Faults) -> None:
    """Refuse a number to call that is typed into words: no page lists it, and --check-dates never checks it again."""
    known = frozenset(line.number for line in parsed.helplines.helplines)
    for text, _, _ in parsed.texts:
        typed = [number for said in catalog.every(text) for number in typed_numbers(said, known)]
        if not typed:
            continue
        place, among_lines = catalog.place(text), text.place.key.split(".")[0] in ("helplines", "countries")
        is_ours = not Path(place.file).is_absolute()  # the places of an operator's files name the folder
        if among_lines and is_ours:
            continue  # ours name a number of another line where its source does
        if others := [number for number in typed if not (among_lines and number in known)]:
            cure = "list it under helplines" if among_lines else "write a slot, such as {helpline}, instead"
            faults.add(place, f"has a number to call in its words ({others[0]}); {cure}")


def _check_titles(words: PageWords, catalog: Catalog, faults: Faults) -> None:
    """Refuse a title that reveals the topic to anyone who sees the screen or the browser's history."""
    site = words.site
    for title in (site.name, site.about, site.privacy, words.help.heading, words.form.errors.title):
        for text in title.values() if isinstance(title, ByAudience) else [title]:
            for telling in filter(None, map(TELLING.search, catalog.every(text))):
                problem = f"is part of a page's title and says {telling[0]}; write words that don't hint at the topic"
                faults.add(catalog.place(text), problem)


# The medicine, its names, and what a page might find, in English and in Spanish.
TELLING = re.compile(
    r"[{]\w+[}]|klonopin|clonazepam|rivotril|paxam|benzo|medicin|medicament|pill|pastill|tablet|drug|droga|opioid"
    r"|\w*addict\w*|adicci\w*|adict\w*|depend\w*|withdraw\w*|abstinenc\w*|overdos\w*|sobredosis|abus\w*|misus\w*"
    r"|diagnos\w*|result\w*|score|puntuaci\w*|suicid\w*|seizure\w*|convulsi\w*|rehab\w*|detox\w*|recovery",
    re.IGNORECASE,
)


def _check_questions(found: Questions | None, asked: Map | None, pages: Map | None, checking: Checking) -> None:
    faults, in_signs = checking.faults, False
    blocks: Blocks = {}
    for care in ("emergency", "today"):
        nodes = {str(node.get("id")): node for node in maps(pages, "guidance", care, "blocks")}
        checked = {name: check(Block, node, checking) for name, node in nodes.items()}
        blocks[care] = {name: block.only_for if block else AUDIENCES for name, block in checked.items()}
    for n, node in enumerate(maps(asked, "questions")):
        # If the file as a whole is not valid, each question that is valid is still checked.
        question = found.questions[n] if found else check(Question, node, checking)
        if question is None:
            continue
        if in_signs and question.group == "safety":
            faults.add(at(node, ["group"]), "safety questions come first; move it up, or write signs")
        in_signs = in_signs or question.group == "signs"
        if not question.talk or "counselor" not in question.talk.only_for:
            faults.add(at(node, ["talk"]), "is missing for counselors; write it, because their guide needs it")
        for place, answer in enumerate(question.any_of):
            if answer.open and not answer.alone:
                problem = "can be chosen together with answers that are not open; write alone: true"
                faults.add(at(node, ["any_of", place]), problem)
        for name in question.notes if question.answers else ():
            _check_note(question, name, node, blocks, faults)


Blocks = dict[str, dict[str, tuple[Audience, ...]]]  # level of care → id of a block → the audiences that read it


def _check_note(question: Question, note_of: str, node: Map, blocks: Blocks, faults: Faults) -> None:
    """Check that the note has an answer, that its audiences can choose it, and that its lead is a block they read."""
    note = question.notes[note_of]
    place, lead = at(node, ["notes", note_of]), at(node, ["notes", note_of, "lead"])
    answer = next((answer for answer in question.answers if answer.id == note_of), None)
    if answer is None:
        known = ", ".join(answer.id for answer in question.answers)
        faults.add(place, f"note for an answer that this question does not have; its answers are {known}")
    elif others := [name for name in note.only_for if name not in answer.only_for]:
        faults.add(place, f"note for {', '.join(others)}, who can't choose its answer; give both the same for:")
    elif note.care == "emergency" and not answer.now:
        faults.add(place, "note on an emergency; add now: to its answer, to say whom to call at once")
    known_blocks = blocks.get(note.care)
    if note.care == "soon" and note.lead:
        faults.add(lead, "care: soon takes no lead; leave this key out")
    elif known_blocks and note.lead not in known_blocks:
        problem = f"unknown lead {note.lead}" if note.lead else "is missing"
        faults.add(lead, f"{problem}; use the id of a block under guidance.{note.care} in pages.yaml")
    elif known_blocks and (others := [name for name in note.only_for if name not in known_blocks[str(note.lead)]]):
        faults.add(lead, f"leads to a block that is not for {', '.join(others)}; give both the same for:")
