"""What a guidance page tells, what its inert pieces would, and what both must tell about a decision."""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

from bs4 import BeautifulSoup, Tag

from screening.edition import Edition
from screening.guidance import Guidance
from tests.kit.decided import ALONE, EMERGENCIES
from tests.kit.pages import Sheet, guidance_sheets, text_of, together

Held = tuple[tuple[str, str], ...]  # data-if and data-unless of a part of the page and of all around it
TEXTS = {"h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "summary", "form"}


def told(node: Tag, held: Held = ()) -> Iterator[tuple[str, Held]]:
    """What stands in a part of a page, text by text: each number to call by its address, each helpline by its name."""
    for child in node.find_all(True, recursive=False):
        around = (*held, (child.get("data-if", ""), child.get("data-unless", "")))
        classes = child.get("class", ())
        if child.name == "a" and "call" in classes:
            yield child["href"], around
        elif child.name in TEXTS and "reach" not in classes and not child.find(["h2", "h3"]):
            yield text_of(child), around
        elif "helpline" in classes:
            yield text_of(child.find("h4")), around
        else:
            yield from told(child, around)


def pieces(soup: BeautifulSoup, wanted: str) -> list[tuple[str, Held]]:
    """What told() gives of one of the inert blocks that a form page carries."""
    return list(told(BeautifulSoup(soup.find("script", id=wanted).string, "html.parser")))


def names_for(soup: BeautifulSoup, sheet: Sheet) -> set[str]:
    """The names that hold for an answer sheet by the marks on the inputs of a form page, as the script finds them."""
    names = set()
    for fieldset in soup.find_all("fieldset"):
        asked = fieldset["data-question"]
        chosen = [box for box in fieldset.select("[value]") if box["value"] in sheet.get(asked, ())]
        for box in chosen:
            shows = box.get("data-shows", "").split()
            names |= {*shows, f"{asked}.{box['value']}", "any-noticed"} if shows else set()
            names |= {f"{asked}.any-fact"} if "any-fact" in shows else set()
        if all("data-open" in box.attrs for box in chosen):
            names |= {f"{asked}.left-open", "any-left-open"}
        if len(chosen) > 1 and any("data-alone" in box.attrs for box in chosen):
            names.add(f"{asked}.mixed-up")
    return names | (set() if any(sheet.values()) else {"nothing-chosen"})


def picked(found: list[tuple[str, Held]], names: set[str]) -> list[str]:
    """The texts of the pieces that the script keeps when these names hold."""
    return [
        text
        for text, held in found
        if all((not wanted or names & set(wanted.split())) and not names & set(un.split()) for wanted, un in held)
    ]


def expected_texts(edition: Edition, guidance: Guidance, others: Sequence[str] = ()) -> Iterator[str]:
    """What told() must give of the guidance: the pieces that were decided, each in its place, once.

    Arguments: whose words, what was decided, and the names of the site's other languages.
    """
    words, said, card = edition.words, edition.words.guidance, edition.words.guidance.emergency
    new_tab = f"({words.site.new_tab})"

    def prose(part):
        yield from filter(None, (part.heading, *part.paragraphs, *part.points))
        yield from (f"{link.text} {new_tab}" for link in part.links)

    def calls(kinds):
        lines = map(edition.helpline, kinds)
        return [address for line in lines for address in (line.tel, line.sms) if address]

    def blocks(found, numbers):
        for block in found:
            yield from (block.heading, *(calls(block.call) if numbers else ()), *block.points)
            yield from prose(block.pills) if block.pills else ()

    def todays():
        yield from (said.today.heading, said.today.intro, *blocks(guidance.todays, numbers=True))
        for part in said.today.after:
            yield from prose(part)

    (lead,) = guidance.leads
    if lead == "emergency":
        yield from (card.heading, *calls(call.kind for call in guidance.calls), card.intro)
        yield from blocks(guidance.emergencies, numbers=False)
        for part in card.after:
            yield from prose(part)
        yield said.elsewhere
        yield from (f"{country.name} {edition.emergency_line(country).number}" for country in edition.countries)
    else:
        yield said.heading
        yield from todays() if lead == "today" else prose(getattr(said, lead))
    yield from (f"{words.warning.label}: {words.warning.heading}", words.warning.text)
    yield from (f"{words.warning.more} {words.warning.driving}", f"{said.not_saved} {said.print}")
    yield from todays() if guidance.then_today else ()
    yield from prose(said.noticed) if guidance.noticed else ()
    for q, answer, note in guidance.noticed:
        yield from (f"{q.topic}: {answer.label}", note.means)
        yield from [f"{said.fold}: {q.topic}"] if note.say or note.other_reasons else ()
        yield from (said.say, note.say) if note.say else ()
        yield from (said.other_reasons, note.other_reasons) if note.other_reasons else ()
    care = edition.helpline("treatment")
    site, day = words.site, care.read_on
    date = site.date.format(month=site.months[day.month - 1], day=day.day, year=day.year)
    yield from (*prose(said.who), said.helplines)
    yield f"{said.numbers_for.format(country=edition.countries[0].name)} {said.other_country}"
    yield from (care.name, words.help.more, f"{words.help.source} {new_tab}. {words.help.read_on.format(date=date)}")
    yield from (line.name for line in edition.own_helplines if line != care)
    yield words.help.not_called
    yield from prose(said.pills) if guidance.usual_pills else ()
    if guidance.left_open:
        yield from (*prose(said.open), *(q.topic for q in guidance.left_open))
    for part in said.more:
        yield from prose(part)
    if said.instruments:
        yield from (said.instruments.heading, said.instruments.intro)
        for tool in said.instruments.rows:
            yield from (tool.title, f"{tool.about} {said.instruments.limits}: {tool.limits}")
    yield from (*prose(said.end), words.site.unreviewed, said.change)
    yield from (words.sheet.heading, words.sheet.intro)
    if words.sheet.facts:
        yield words.sheet.facts
        for q, answers in guidance.facts:
            yield from (q.topic, *(answer.label for answer in answers))
        yield from [words.sheet.no_facts] if guidance.no_facts else ()
    for part in words.sheet.sections:
        yield from prose(part)
    for blank in words.sheet.blanks:
        yield from (blank, "")
    yield words.sheet.numbers
    if words.sheet.elsewhere and others:
        yield " ".join([words.sheet.elsewhere, *(f"{name} {new_tab}" for name in others)])
    yield from (words.sheet.end, words.sheet.print)


def sheets_of(edition: Edition) -> list[Sheet]:
    """Every answer, every subset of the emergencies, a sample of pairs, whole sheets: all as the form accepts them."""
    chance = random.Random(edition.version)
    answers = {q.id: [a.id for a in q.answers] for q in edition.questions}
    many = {q.id for q in edition.questions if q.many}
    single = [{q: [a]} for q in answers for a in answers[q]]
    beside = [
        both
        for both in map(together, combinations(single, 2))
        if len(both) == 2 or (many & both.keys() and not ALONE & set(*both.values()))
    ]
    whole = []
    for _ in range(20):
        asked = {q: [a for a in ids if a not in ALONE] for q, ids in answers.items() if chance.random() < 0.8}
        whole.append(
            {q: chance.sample(ids, chance.randint(1, len(ids)) if q in many else 1) for q, ids in asked.items()}
        )
    dangers = [{q: [a]} for q, a in EMERGENCIES]
    subsets = [together(some) for size in range(2, len(dangers) + 1) for some in combinations(dangers, size)]
    return [*single, *subsets, *chance.sample(beside, 40), *whole, *guidance_sheets(edition).values()]
