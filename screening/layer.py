"""An operator's own words, laid over ours: a folder whose files hold only what the operator changes.

Keys are laid over keys, and items of a list over those with the same id. Other values take the place of ours.
`hide: true` leaves an item of ours out. A new item goes before the item that follows it in the operator's list, or at
the end; a new helpline goes after ours, unless it is `first: true`.

The texts that keep readers safe are ours on every site. A change that would weaken them is refused, with the reason.
"""

import datetime
import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from screening.helplines import Helpline, Helplines, Kind, helpline_for
from screening.model import AUDIENCES, Checking, check
from screening.questions import CARES
from screening.source import Faults, List, Map, Node, Place, Text, at, maps, read

HELPLINES, PAGES, QUESTIONS = FILES = ("helplines.yaml", "pages.yaml", "questions.yaml")
NAMES = ("id", "code", "audience", "kind")  # the keys that tell the items of a list apart, the first that all have
# Slots that an operator's text must keep where ours has them.
HELP_SLOTS = ("{emergency}", "{crisis}", "{poison}", "{hospital}")

MOVED = {  # keys that we no longer have, and where their words now stand
    "pages.yaml: form.of": "form.question",
    "pages.yaml: form.sending": "",
    "pages.yaml: form.unsent": "",
    "pages.yaml: form.excluded": "form.errors.alone",
    "pages.yaml: form.choose_one": "",
    "pages.yaml: form.danger.call": "",
    "pages.yaml: help.text_to": "help.text_word",
    "pages.yaml: guidance.means": "",
    "pages.yaml: sheet.self.pills": "",
    "pages.yaml: sheet.family.pills": "",
    "pages.yaml: sheet.counselor.pills": "",
}

Keys: TypeAlias = tuple[str, ...]  # the file, then the keys and ids that lead to a part


class Change(NamedTuple):
    """A part of ours that an operator's part replaces; `ours` is None where the operator adds it."""

    path: Keys
    ours: Node | None
    own: Node

    @property
    def name(self) -> str:
        """The path in one line, such as pages.yaml: site.name."""
        return f"{self.path[0]}: {'.'.join(self.path[1:])}"


class Layer:
    """What the files of one folder do to ours.

    ours, files: our three files by name; the same with the operator's laid over.
    changes, hidden, same: what the operator changes or adds, hides, or only repeats.
    needed, spare: the (file, line) pairs that changes depend on; those that can be deleted.
    """

    def __init__(self, ours: Mapping[str, Map], folder: Path, country: str, faults: Faults) -> None:
        """Read the folder; report as a fault everything that a layer may not do.

        Arguments: our three files; the operator's folder; the country of the site, which can't be hidden.
        """
        self.folder, self._country, self._faults = folder.absolute(), country, faults
        self.changes: list[Change] = []
        self.hidden: list[Change] = []
        self.same: list[Text] = []
        self.ours = ours
        self._kinds = {str(line["id"]): str(line["kind"]) for line in maps(ours[HELPLINES], "helplines")}
        self._cares = _cares(ours[QUESTIONS])
        self._answers = _answers(ours[QUESTIONS], self._cares)
        self._own_maps: dict[Keys, Map] = {}
        self._places: dict[Keys, Place] = {}  # of the operator's parts
        self._followed: set[Keys] = set()  # items before which a new one stands
        self.files = {name: self._laid(name) for name in FILES}
        self._leave_out_what_was_for_the_hidden()
        self._check_folder()
        self.needed = {place[:2] for place in self._needed()}
        self.same = [text for text in self.same if text.place[:2] not in self.needed]
        laid = {place[:2] for place in (*self._places.values(), *(text.place for text in self.same))}
        self.spare = laid - self.needed
        self.fixed_texts = (
            self._fixed_texts()
        )  # not later: load.py will put lists in place of the names of shared answers

    def _laid(self, name: str) -> Map:
        path = self.folder / name
        own = read(path, self._faults, str(path)) if os.path.lexists(path) else None
        return self._over_map(self.ours[name], own, (name,)) if own else self.ours[name]

    def _check_folder(self) -> None:
        """Refuse a folder without a file for us, and files that look as if they were meant for us."""
        try:
            names = sorted(name for name in os.listdir(self.folder) if not name.startswith("."))
        except OSError as error:
            problem = f"can't be read ({error.strerror}); make it readable: chmod -R a+rX"
            self._faults.add(Place(str(self.folder), 1, ""), problem)
            return
        languages = [name for name in names if re.fullmatch(r"(?!en\.)[a-z]{2,3}(-[A-Za-z0-9]+)*\.po", name)]
        wanted = f"{', '.join(FILES)}, or a translation such as es.po"
        unread = []
        for name in names:
            # Also as Windows may name it: it hides the .txt that an editor adds.
            if re.search(r"\.(ya?ml|po)(\.txt)?$", name, re.IGNORECASE) and name not in (*FILES, *languages):
                problem = f"is not a file that is read; name it as one of {wanted}, or take it out"
                self._faults.add(Place(str(self.folder / name), 1, ""), problem)
                unread.append(name)
        if not unread and not {*FILES, *languages} & set(names):
            self._faults.add(Place(str(self.folder), 1, ""), f"holds no words; put one of these there: {wanted}")

    def _needed(self) -> Iterator[Place]:
        """The places of what the operator changes, and of the keys and names that lead there."""
        for change in (*self.changes, *self.hidden):
            yield change.own.place
        for path in (*self._followed, *(change.path for change in (*self.changes, *self.hidden))):
            for n in range(2, len(path) + 1):
                names = ("id",) if (*path[:n], "id") in self._places else (*NAMES, "name", "country", "area")
                parts = (path[:n], *((*path[:n], name) for name in names))
                yield from (self._places[part] for part in parts if part in self._places)

    # --- Laying one part over another ---------------------------------------------------------------------------

    def _over(self, ours: Node, own: Node, path: Keys) -> Node:
        self._places[path] = own.place
        if isinstance(ours, Map) and isinstance(own, Map) and _by_audience(ours, path) == _by_audience(own, path):
            return self._over_map(ours, own, path)
        if isinstance(ours, List) and isinstance(own, List) and (key := _name_key(ours)):
            return self._over_items(ours, own, key, path)
        if ours == own:
            self.same += texts(own)
            return ours
        return own if self._allowed(Change(path, ours, own)) else ours

    def _over_map(self, ours: Map, own: Map, path: Keys) -> Map:
        self._own_maps[path] = own
        laid = Map(own.place)
        for key, part in ours.items():
            laid[key] = self._over(part, own[key], (*path, key)) if key in own else part
        for key, part in own.items():
            if key not in ours and self._allowed(Change((*path, key), None, part)):
                laid[key] = part
        return laid

    def _over_items(self, ours: List, own: List, key: str, path: Keys) -> List:
        items, names = list(ours), [str(item[key]) for item in ours if isinstance(item, Map)]
        later: dict[str, Node] = {}
        next_one = end = len(items)
        for item in reversed(own):  # backward, so that the item which a new one goes before is known
            name = self._name_of(item, key, path)
            if name and name in later:
                self._faults.add(at(later[name], [key]), f"{name} is used twice; give each its own {key}")
            later[name] = item
            if name in names:
                next_one = names.index(name)
                items[next_one] = self._over_item(items[next_one], item, (*path, name))
            elif self._may_add(Change((*path, name or "?"), None, item), ours, key):
                if next_one < len(items):
                    self._followed.add((*path, names[next_one]))
                # A helpline of one's own comes before ours only if it says `first`, whatever its place in the list.
                place = end if path == (HELPLINES, "helplines") else next_one
                items.insert(place, item)
                names.insert(place, name)
        gone = {change.path for change in self.hidden}
        return List(own.place, (item for item, name in zip(items, names, strict=True) if (*path, name) not in gone))

    def _name_of(self, item: Node, key: str, path: Keys) -> str:
        """The item's id. A helpline without one gets that of our line with the same name, area and country."""
        if not isinstance(item, Map):
            return ""
        if key in item or path != (HELPLINES, "helplines"):
            return str(item.get(key, ""))
        for line in maps(self.ours[HELPLINES], "helplines"):
            if all(line.get(part) == item.get(part) for part in ("country", "name", "area")):
                return str(line[key])
        return ""

    def _over_item(self, ours: Node, own: Node, path: Keys) -> Node:
        if not isinstance(own, Map) or "hide" not in own:
            return self._over(ours, own, path)
        hide = own["hide"]
        if hide not in ("true", "false"):
            self._faults.add(hide.place, "must be true or false")
        elif hide == "true":
            if reason := self._why_not_hidden(path):
                self._faults.add(hide.place, f"{reason}; remove it")
            elif unread := [key for key in own if key not in ("hide", *NAMES, "name")]:
                self._faults.add(own[unread[0]].place, "is never read, because this is hidden; remove it, or hide:")
            else:
                self.hidden.append(Change(path, ours, own))
            return ours
        return self._over(ours, Map(own.place, ((key, part) for key, part in own.items() if key != "hide")), path)

    def _may_add(self, change: Change, ours: List, key: str) -> bool:
        """Record an item that is not among ours; or refuse it, and name the id that was perhaps meant."""
        own, known = change.own, [item for item in ours if isinstance(item, Map)]
        near = difflib.get_close_matches(change.path[-1], [str(item[key]) for item in known], 1)
        if isinstance(own, Map) and "hide" in own:
            instead = f"write {near[0]}, or remove it" if near else "remove it"
            self._faults.add(own["hide"].place, f"hides nothing, because we have none with this {key}; {instead}")
            return False
        if isinstance(own, Map) and near:
            lacks = sorted(set.intersection(*map(set, known)) - own.keys() - set(UNCLAIMED))
            if lacks:
                problem = f"is none of ours; write {near[0]}, or for a new one add {', '.join(lacks)}"
                self._faults.add(at(own, [key]), problem)
                return False
        return self._allowed(change)

    def _leave_out_what_was_for_the_hidden(self) -> None:
        """Leave out the notes of hidden answers, and the helplines of hidden countries."""
        gone = {change.path for change in self.hidden}
        codes = {path[2] for path in gone if path[:2] == (HELPLINES, "countries")}
        theirs = {line["id"] for line in maps(self.ours[HELPLINES], "helplines") if line["country"] in codes}
        if isinstance(lines := self.files[HELPLINES].get("helplines"), List) and theirs:
            kept = (line for line in lines if not (isinstance(line, Map) and line.get("id") in theirs))
            self.files[HELPLINES]["helplines"] = List(lines.place, kept)
        for question in maps(self.files[QUESTIONS], "questions"):
            notes, own = question.get("notes"), _answers_of(question)
            if isinstance(notes, Map) and any((*own, name) in gone for name in notes):
                still = ((name, note) for name, note in notes.items() if (*own, name) not in gone)
                question["notes"] = Map(notes.place, still)

    # --- What no layer may do -----------------------------------------------------------------------------------

    def _allowed(self, change: Change) -> bool:
        """Record the change and return True; or report why it is refused and return False."""
        place, ours, now = change.own.place, change.ours, MOVED.get(change.name)
        if now is not None and ours is None:
            problem = f"is now {now}; move the words there" if now else "is no longer used; remove it"
        elif reason := self._why_not_changed(change):
            problem = reason if ";" in reason else f"{reason}; remove it"
        elif ours is not None and (lost := _lost_slots(ours, change.own)) and change.path[0] != HELPLINES:
            problem = f"does not name {', '.join(lost)}, as our words do; write it where it belongs"
        else:
            self.changes.append(change)
            return True
        self._faults.add(place, problem)
        return False

    def why_fixed(self, path: Keys, adding: bool = False) -> str:
        """Why a part of ours is the same on every site; "" if a layer may change it."""
        match path:
            case ("pages.yaml", "warning", *_):
                return "the warning is the same on every site"
            case ("pages.yaml", "form", "danger", *_) | ("pages.yaml", "guidance", "emergency", *_):
                return "what is said in an emergency is the same on every site"
            case ("pages.yaml", "site", "unreviewed" | "reviewed" | "changed" | "changed_pages" | "pages", *_):
                return "what is said of a review is the same on every site"
            case ("pages.yaml", *_, "call"):
                return "whom a block calls is the same on every site"
            case ("questions.yaml", "sources", _, *rest) if rest or not adding:
                return "a source of ours stays what it is, because our words cite it; give yours an id of its own"
            case ("questions.yaml", "questions", _, "group" | "sign" | "answers" | "one_of" | "any_of"):
                return "the group and the answers of our questions stay; change single answers by their id"
            case ("questions.yaml", "questions", _, "notes", _, "sheet"):
                return "what the handout lists is the same on every site"
            case ("questions.yaml", "questions", name, "notes", of, "means" | "other_reasons" | "say", *_):
                if self._cares.get((name, of)) == "emergency":
                    return "what is said in an emergency is the same on every site"
            case ("helplines.yaml", "countries", _, "words", "hospital" | "medicine" | "medicine_first", *_):
                return "the warning and the emergency card need this word as it is"
            case ("helplines.yaml", "helplines", name, key, *_):
                allowed = ("read_on",) if self._kinds.get(name) == "emergency" else ("read_on", "down")
                if self._kinds.get(name) in ("emergency", "crisis") and key not in allowed:
                    reason = "an emergency or crisis line is the same on every site"
                    return f"{reason}; remove it (down: true takes out a crisis line)"
                if key in ("kind", "country"):
                    return "a line of ours keeps its kind and country; give yours an id of its own"
        answer = next((self._answers[path[:n]] for n in range(len(path)) if path[:n] in self._answers), None)
        if answer is None:
            return ""
        if path[-1] in ("alone", "open"):
            return "what an answer of ours excludes or leaves open is the same on every site"
        if "now" in path and not adding:
            return "the line that an emergency answer calls is the same on every site"
        if "label" in path and answer.is_urgent:
            return "the words of an answer that needs help today are the same on every site"
        return ""

    def _why_not_changed(self, change: Change) -> str:
        path, ours, own = change
        if reason := self.why_fixed(path, adding=ours is None):
            return reason
        match path:
            case ("questions.yaml", "questions", _, "notes", _, "care") if own in CARES and ours in CARES:
                if CARES.index(str(own)) < CARES.index(str(ours)):
                    return "a care can be raised, but not lowered"
            case ("questions.yaml", "questions", name, "notes", of, "lead") if ours is not None:
                if self._own_maps[path[:-1]].get("care", "") in ("", self._cares.get((name, of))):
                    return "where an urgent answer leads is the same on every site"
            case ("helplines.yaml", "helplines", _, key, *_) if key not in UNCLAIMED:
                given = self._own_maps[path[:3]].keys()
                if not given >= {"source", "read_on"} and "run_by" not in given:
                    return "the source of our line does not say this; add source: and read_on: of one that does"
            case ("helplines.yaml", "countries", _, "words", _, "text") if "source" not in self._own_maps[path[:-1]]:
                return "the source of our word does not say this; add the source: that does, or remove it"
        return self._why_not_narrowed(path, ours, own) if path[-1] == "for" else ""

    def _why_not_narrowed(self, path: Keys, ours: Node | None, own: Node) -> str:
        before: set[str] = set(map(str, ours)) if isinstance(ours, List) else set(AUDIENCES)
        if not isinstance(own, List) or before <= set(map(str, own)):
            return ""
        answer = self._answers.get(path[:-1])
        if "notes" in path or "blocks" in path or (answer and (answer.in_safety or answer.care)):
            return "what keeps readers safe can't be taken from some of them"
        return ""

    def _why_not_hidden(self, path: Keys) -> str:
        if answer := self._answers.get(path):
            if answer.in_safety or answer.is_urgent:
                return "an answer that may need help today, or of a safety question, can't be hidden"
            if answer.only_note_of:
                return f"the only answer of {answer.only_note_of} that has a note can't be hidden"
            return ""
        match path:
            case ("questions.yaml", "questions", name):
                of = [answer for key, answer in self._answers.items() if key[2] == name]
                if any(answer.in_safety or answer.is_urgent for answer in of):
                    return "a safety question, or one with an answer that needs help today, can't be hidden"
                return ""
            case ("helplines.yaml", "countries", code):
                return "the site's own country can't be hidden" if code == self._country else ""
            case ("helplines.yaml", "helplines", line_id):
                lines = reversed(maps(self.ours[HELPLINES], "helplines"))
                for_all = [line for line in lines if "in_words" in line or not line.keys() & {"area", "who_for"}]
                first = {(line["country"], line["kind"]): line["id"] for line in for_all}
                if self._kinds[line_id] in ("emergency", "crisis") and line_id in first.values():
                    return "the line that readers in danger are sent to can't be hidden"
                return ""
        return "only questions, answers, helplines and countries can be hidden"

    def _fixed_texts(self) -> set[str]:
        """The texts of ours that no layer may change, in no language."""
        found = ((path, text) for name, file in self.ours.items() for path, text in _leaves(file, (name,)))
        return {str(text) for path, text in found if self.why_fixed(path)}

    def check_helplines(self, found: Helplines) -> None:
        """Report a duplicate line, a future read_on, and a line that readers in danger must not be sent to.

        Argument: the helplines with the layer in them.
        """
        before = check(Helplines, self.ours[HELPLINES], Checking(Faults(), audiences=None))
        if before is None:
            return
        nodes, ours = maps(self.files[HELPLINES], "helplines"), {line.id: line for line in before.helplines if line.id}
        for n, line in enumerate(found.helplines):
            was = ours.get(line.id or "")  # an own line may have no id
            for m, other in enumerate(found.helplines):
                if m == n or other.country != line.country or (m > n and other.id not in ours):
                    continue
                if (was is None or was.number != line.number) and _dialed(other) == _dialed(line):
                    problem = f"is the number of {other.name}, too; change that line by its id ({other.id})"
                    self._faults.add(at(nodes[n], ["number"]), problem)
                elif (was is None or was.name != line.name) and other.name.casefold() == line.name.casefold():
                    problem = f"is the name of another line; change that line by its id ({other.id}), or write another"
                    self._faults.add(at(nodes[n], ["name"]), problem)
        latest = max(datetime.datetime.now(datetime.UTC).date(), *(line.read_on or EVER for line in before.helplines))
        for n, line in enumerate(found.helplines):
            if line.read_on and line.read_on > latest + A_DAY:
                self._faults.add(at(nodes[n], ["read_on"]), "is in the future; write the day on which you read it")
        for country in found.countries:
            for kind in LEADING:
                self._check_leading(country.code, kind, found, before, nodes)

    def _check_leading(self, code: str, kind: Kind, found: Helplines, before: Helplines, nodes: list[Map]) -> None:
        line, ours = helpline_for(found.helplines, code, kind), helpline_for(before.helplines, code, kind)
        if line is None or any(known.id == line.id and known.hours == line.hours for known in before.helplines):
            return
        node = nodes[found.helplines.index(line)]
        is_down = ours and any(known.id == ours.id and known.down for known in found.helplines)
        if ours and ours.id != line.id and kind != "poison" and not is_down:
            problem = f"would be called in place of {ours.name}; put it behind that line, without first:"
            self._faults.add(at(node, ["first"]), problem)
        elif line.hours != DAY_AND_NIGHT and (line.hours or kind != "emergency"):
            problem = f"readers are sent here at any hour; write hours: {DAY_AND_NIGHT}, if so, or leave out first:"
            self._faults.add(at(node, ["hours"]), problem)


UNCLAIMED = ("first", "down", "run_by", "source", "read_on")  # what a line's source need not say
LEADING: tuple[Kind, ...] = ("emergency", "crisis", "poison")  # whom readers are told to call now, at any hour
DAY_AND_NIGHT = "Day and night, every day"
EVER = datetime.date.min
A_DAY = datetime.timedelta(days=1)  # an operator's time zone may be ahead of UTC


def _dialed(line: Helpline) -> str:
    """What is dialed, without the prefix that some write and some do not."""
    digits = re.sub(r"\D", "", line.number)
    return f"{digits.lstrip('01') if len(digits) > 6 else digits},{line.extension or ''}"


class _Answer(NamedTuple):
    """What a layer must keep of one of our answers. `only_note_of` is a question that says nothing without it."""

    care: str
    in_safety: bool
    only_note_of: str

    @property
    def is_urgent(self) -> bool:
        return self.care in ("today", "emergency")


def _cares(asked: Map) -> dict[tuple[str, str], str]:
    """The care of each of our notes, by the ids of its question and its answer."""
    found = ((path, str(text)) for path, text in _leaves(asked, ()) if path[0] == "questions" and path[-1] == "care")
    return {(path[1], path[3]): care for path, care in found}


def _answers(asked: Map, cares: Mapping[tuple[str, str], str]) -> dict[Keys, _Answer]:
    """The answers of our questions, by path. One in a shared list has the highest care that any question gives it."""
    found: dict[Keys, _Answer] = {}
    for question in maps(asked, "questions"):
        path, of = _answers_of(question), str(question["id"])
        noted = [name for asked_in, name in cares if asked_in == of]
        for answer in maps(asked, *path[1:3]) if path[1] == "answers" else maps(question, path[3]):
            name = str(answer["id"])
            other = found.get((*path, name), _Answer("", False, ""))
            found[*path, name] = _Answer(
                max(other.care, cares.get((of, name), ""), key=("", *CARES).index),
                other.in_safety or question["group"] == "safety",
                of if noted == [name] else other.only_note_of,
            )
    return found


def _answers_of(question: Map) -> Keys:
    """The path of the list that holds a question's answers."""
    shared = question.get("answers")
    if isinstance(shared, Text):
        return (QUESTIONS, "answers", str(shared))
    return (QUESTIONS, "questions", str(question.get("id")), "any_of" if "any_of" in question else "one_of")


def _by_audience(part: Map, path: Keys) -> bool:
    """Whether the keys of the map are audiences, each with its own words."""
    return path[-1] != "notes" and bool(part) and part.keys() <= set(AUDIENCES)


def _name_key(items: List) -> str | None:
    return next((key for key in NAMES if items and all(isinstance(item, Map) and key in item for item in items)), None)


def _leaves(node: Node, path: Keys) -> Iterator[tuple[Keys, Text]]:
    """Every text of a part, with its path."""
    if isinstance(node, Text):
        yield path, node
    elif isinstance(node, Map):
        for key, part in node.items():
            yield from _leaves(part, (*path, key))
    else:
        name_key = _name_key(node)
        for number, item in enumerate(node, 1):
            name = str(item[name_key]) if name_key and isinstance(item, Map) else str(number)
            yield from _leaves(item, (*path, name))


def texts(node: Node) -> list[Text]:
    """Every text of a part, in order."""
    return [text for _, text in _leaves(node, ())]


def _lost_slots(ours: Node, own: Node) -> list[str]:
    """The slots for help that our words have for some audience, and the operator's do not."""
    lost: list[str] = []
    for audience in AUDIENCES:
        others = set(AUDIENCES) - {audience}
        before, now = (
            "\n".join(text for path, text in _leaves(part, ()) if others.isdisjoint(path)) for part in (ours, own)
        )
        lost += [slot for slot in HELP_SLOTS if slot in before and slot not in now and slot not in lost]
    return sorted(lost, key=HELP_SLOTS.index)
