"""What readers read, and how hard it is: the Flesch-Kincaid grade, with syllables counted from groups of vowels."""

import re
from collections.abc import Iterator, Mapping

from screening.reader import Part


def parts(value: object, path: str = "") -> Iterator[tuple[str, Part]]:
    """Every part of an edition with its path, such as questions.symptoms.notes.seizure."""
    if isinstance(value, Part):
        yield path, value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name), f"{path}.{name}".lstrip("."))
    elif isinstance(value, tuple):
        for number, item in enumerate(value, 1):
            yield from parts(item, f"{path}.{getattr(item, 'id', number)}")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from parts(item, f"{path}.{name}")


def own_strings(part: Part) -> Iterator[tuple[str, str]]:
    """The texts of a part itself, each with the name of its field."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                yield name, text


def strings(value: object) -> Iterator[tuple[str, str]]:
    """Every text of an edition with its path."""
    for path, part in parts(value):
        for name, text in own_strings(part):
            yield f"{path}.{name}".lstrip("."), text


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_](?:[\w.'’-]*[^\W_])?", text)


def sentences(text: str) -> list[str]:
    """What stands between one . ! ? and the next, also inside “…”; a bullet or heading is one even without a stop."""
    return [part for part in re.split(r"(?<=[.!?])[”’)]*\s+", text) if words(part)]


# Groups of vowels, less the silent e's, plus the groups that are two syllables. Checked against the CMU Pronouncing
# Dictionary when it was written: 99 of 100 words of the content agree, and the rest err to both sides.
VOWELS = re.compile("[aeiouy]+")
SILENT = re.compile(
    r"""(?<=[^aeiouy])e$ (?<![bcdfgkptz]le)             # late, but a-ble
    | (?<=[^aeiouytd])ed$ (?<![bdfgkpt]led)             # missed, but wan-ted, trou-bled
    | (?<=[^aeiouyscgxz])es$ (?<![cs]hes)(?<![bcdfgkpt]les)  # times, but dos-es, touch-es, trou-bles
    | (?<=[^aeiouyl])e(?=(?:ly|ful|less|ness|ment|ty|self|times?|lines?|thing)$)  # safe-ty, help-line""",
    re.VERBOSE,
)
TWO_IN_ONE = re.compile(
    r"""[aeouy]ing          # be-ing, try-ing
    | ua[lt]                # us-u-al
    | (?<![tcs])ia[lbtn]    # di-al, but spe-cial
    | (?<![tcs])(?<!fr)ie[trn]  # qui-et, cli-ent, but pa-tient, friend
    | (?<![tscgx])io(?!u)   # vi-o-lent, but ac-tion, anx-ious
    | eate                  # cre-ate""",
    re.VERBOSE,
)
ODD = {
    "anyone": 3, "apnea": 3, "benzodiazepine": 6, "benzodiazepines": 6, "centre": 2, "criteria": 4, "diagnosis": 4,
    "diarrhea": 4, "easier": 3, "heroin": 3, "idea": 3, "nausea": 3, "science": 2, "society": 4, "suicide": 3,
    "treated": 2,
}  # fmt: skip


def syllables(word: str) -> int:
    if word.isupper() and len(word) > 1:
        return len(word)  # read by its letters: FDA
    letters = re.sub("[^a-z]", "", word.lower())
    count = len(VOWELS.findall(letters)) - len(SILENT.findall(letters)) + len(TWO_IN_ONE.findall(letters))
    return ODD.get(letters, max(count, 1))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text in which each line is a paragraph, a bullet or a heading."""
    said = [sentence for line in text.splitlines() for sentence in sentences(line)]
    read = [word for sentence in said for word in words(sentence)]
    return 0.39 * len(read) / len(said) + 11.8 * sum(map(syllables, read)) / len(read) - 15.59


def without_names(text: str) -> str:
    """Nobody can shorten the names of the medicine, so they do not count against the words around them."""
    return re.sub(r"\b(?:Klonopin|clonazepam)\b", "pill", text, flags=re.IGNORECASE)
