"""How hard a Spanish text is, and what no Spanish text of ours may say.

The measure is INFLESZ (Barrio-Cantalejo 2008, which is Szigriszt-Pazos): from 65 on a text is fairly easy, from 80 on
very easy. English that a reader says aloud, [en: …], is left out of every count.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from screening.translation import IN_ENGLISH, MARKS, NUMBER

LONGEST = 20  # words of a sentence
SHORTEST = 12  # words of a text that is measured: one word alone, Importante, comes to -43
LOWEST = 55  # INFLESZ of any text


# --- Counting ---------------------------------------------------------------------------------------------------

VOWELS = "aeiouáéíóúü"
STRONG = "aeoáéó"
STRESSED = "íú"
NAMES = {"klonopin", "clonazepam"}  # nobody can shorten them, so they count as words of two syllables


def spoken(text: str) -> str:
    """The Spanish of a text, composed (NFC), with no-break spaces as spaces."""
    return re.sub(r"[^\S\n]", " ", unicodedata.normalize("NFC", IN_ENGLISH.sub("", text)))


def syllables(word: str) -> int:
    """The syllables of a word. Numbers, slots and the names of the medicine count as two."""
    word = unicodedata.normalize("NFC", word.lower())
    if word in NAMES or re.search(r"[\d{]", word):
        return 2
    word = re.sub("(?<=[qg])u(?=[eiéí])", "", word)
    word = re.sub(f"y(?![{VOWELS}])", "i", word)
    word = re.sub(f"(?<=[{VOWELS}])h(?=[{VOWELS}])", "", word)
    runs = re.findall(f"[{VOWELS}]+", word)
    return max(1, sum(1 + sum(map(_apart, run, run[1:])) for run in runs))


def _apart(before: str, vowel: str) -> bool:
    """Whether two vowels that stand together are two syllables."""
    strong = (before in STRONG, vowel in STRONG)
    stressed = before in STRESSED or vowel in STRESSED
    return all(strong) or (any(strong) and stressed) or before == vowel


def words(text: str) -> list[str]:
    """A number with its dots, commas and hyphens is one word, and so is a slot; a blank is none."""
    return re.findall(r"\{\w+\}|\d(?:[\d.,:-]*\d)?|[^\W\d_]+", spoken(text))


def sentences(text: str) -> list[str]:
    """What stands between one . ? … and the next, also inside “…”; a line is one even without a stop."""
    text = re.sub(r"\b([ap])\. ?m\.(?= [^\W\dA-ZÁÉÍÓÚÑ]| ?[\d),;])", r"\1m", spoken(text))  # 8 a. m. ends nothing
    text = re.sub(r"\b([ap])\. ?m\.", r"\1m.", text)
    return [part for part in re.split(r"(?<=[.!?…])[”’)]*\s+|\n+", text) if words(part)]


def inflesz(text: str) -> float:
    """The INFLESZ of a text in which each line is a paragraph, a bullet or a heading."""
    said = words(text)
    return 206.835 - 62.3 * sum(map(syllables, said)) / len(said) - len(said) / len(sentences(text))


# --- Words ------------------------------------------------------------------------------------------------------

# What is refused, and what to say instead.
BANNED: Mapping[str, str] = {
    r"\bonce\b": "11, or una vez: on a pill bottle, “once a day” was read as eleven a day",
    r"\bintoxic\w+": "tomó demasiado: to some it is drugged, to others ill from food",
    r"\b(?:drog[ao]?adict\w+|drogadic\w+|adict[oa]s?|toxic[oó]man\w+|vicio\w*)\b": "persona con una adicción",
    r"\babus\w+|\bmal uso\b": "consumo, uso sin receta",
    r"\b(?:limpi|suci|alcohólic|borrach|ebri)[oa]s?\b": "no ha consumido; bebe cada día",
    r"\bdrogas?\b(?! de la calle)": "medicamento, or drogas de la calle",  # codespell:ignore calle
    r"\bprescri\w+": "receta, recetar",
    r"(?<!síntomas de )\babstinencia\b": "síntomas de abstinencia",
    r"\b(?:retirada|retiro|desintoxic\w+|destete)\b": "bajar poco a poco",
    r"\bataques?\b(?! de pánico| con sacudidas)": "convulsión",
    r"\burgencias?\b": "sala de emergencias",
    r"\bde repente\b|\b(?:repentina|brusca|abrupta)mente\b": "de golpe",
    r"\b(?:suspend|suspens|descontin|discontin)\w+": "dejar",
    r"\bpueden? pasar\b": "se pueden ir, or puede ocurrir: it says both",
    r"\bdeje de \w+r\b": "no deje Klonopin: “no deje de tomar” says do take it",
    r"\b(?:ahorita|al rato)\b": "ahora, ya",
    r"\bcada tercer día\b": "un día sí y otro no",
    r"\bpíldoras?\b": "pastilla",
    r"\b(?:conduc\w+|coche)\b": "manejar, carro",
    r"\b(?:móvil|ordenador|vosotros)\b": "teléfono, computadora, ustedes",
    r"\bcomet\w+ suicidio|\bsuicidas?\b": "suicidarse, pensamientos de suicidio",
    r"\b(?:rellen|recarg)\w+": "volver a surtir",
    r"\b(?:paciente|cliente|usuari[oa]|consumidor\w*)s?\b": "la persona",  # codespell:ignore cliente
    r"\w(?:/|\()(?:as?|os?)\b|\w@": "words without o/a",
    r"\b(?:soportar|asumir|eventualmente|actualmente|aplicar|remover|reportar)\b": "another word: a false friend",
    r"\bsu orientación\b": "orientación para usted",
    r"24/7": "las 24 horas, todos los días",
    r"\by/o\b|\betc\.": "words",
    r"[«»\"]|(?<!\w)'|'(?!\w)": "“…”",
    r"¡|!": "a calm full stop",
}

# What is right in one sentence and wrong in the next, so that each place is looked at by itself.
LISTED: Mapping[str, str] = {
    r"\b(?:estoy|está|esté|siente|sienta|quede) (?:muy )?(?:sol|segur|confundid|despiert|cansad|list)[oa]\b": (
        "right only where it agrees with la persona"
    ),
    r"\btom(?:ar?|ó|e)\b[.,;:?]": "without its object it is to drink alcohol",
    r"\bhasta\b(?! que)": "hasta las 8 is not before 8 in Mexico",
    r"\bsegur[oa]s?\b": "sure, safe, or insured",
    r"\bdependencia\b(?! física)": "dependencia física",
    r"\bresultados?\b": "there is no result",
}

THOU = r"\b(?:t[úu]|te|ti|contigo|tus?|(?!existe|triste|asiste|insiste|consiste)\w+[ai]ste)\b"  # codespell:ignore te
HIS_OR_YOURS = r"\bsus?\b"
QUOTED = re.compile("“[^”]*”")

# What a translation must not lose: in English, and in Spanish.
NEGATION = (
    r"\b(?:can)?not\b|n['’]t\b|\b(?:no|never|without|nothing|nobody|none|neither|nor)\b",
    r"\b(?:no|nunca|nadie|nada|ni|sin|tampoco|ning[uú]n\w*)\b",
)
TWICE = r"\b(no|nunca|sin|tampoco)\b([^.?!…:;,]*?)\b(?:nadie|nada|nunca|ning[uú]n\w*)\b"  # no … nada is one negation
LIMITS = (
    (r"\bunless\b", r"\ba menos que\b"),
    (r"\bonly\b", r"\bsolo\b|\búnic[oa]s?\b|\bningún otro\b"),
    (r"\buntil\b", r"\bhasta que\b|\bantes de\b|\bmientras tanto\b"),
    (r"\bnow\b", r"\b(?:ya|ahora|está pasando)\b"),
    (r"\btoday\b", r"\bhoy\b"),
)


def hits(patterns: Mapping[str, str], text: str) -> Iterator[tuple[str, str]]:
    """Each place where one of these words stands: with what is around it, and the advice."""
    said = spoken(text)
    for pattern, advice in patterns.items():
        for match in re.finditer(pattern, said, re.IGNORECASE):
            around = said[max(0, match.start() - 20) : match.end() + 20]
            yield around.replace("\n", " ").strip(), advice


def problems(english: str, spanish: str, audience: str) -> list[str]:
    """What is wrong with a translation, one line for each fault.

    Arguments: both texts, with their slots; self, family or counselor for a text that only they read, else anything.
    """
    found = [f"…{around}…: say {advice}" for around, advice in hits(BANNED, spanish)]
    said = spoken(spanish)
    outside = QUOTED.sub("“”", said)
    # Only someone who speaks to a person they love says tú; a counselor speaks to a client with usted, and su.
    thou = said if audience in ("self", "counselor") else outside
    found += [f"…{around}…: {advice}" for around, advice in hits({THOU: "usted, not tú"}, thou)]
    if audience in ("family", "counselor"):
        others = outside if audience == "counselor" else said
        found += [f"…{around}…: {advice}" for around, advice in hits({HIS_OR_YOURS: "su is whose?"}, others)]
    if said.count("¿") != said.count("?"):
        found.append(f"{said.count('¿')} ¿ but {said.count('?')} ?")
    for sentence in sentences(spanish):
        if len(words(sentence)) > LONGEST:
            found.append(f"{len(words(sentence))} words in a sentence: {sentence}")
    if len(words(spanish)) >= SHORTEST and (ease := inflesz(spanish)) < LOWEST:
        found.append(f"INFLESZ {ease:.0f}, not {LOWEST}")
    return [*found, *losses(english, spanish)]


def losses(english: str, spanish: str) -> list[str]:
    """What the Spanish loses: negations, limits such as only, numbers, slots; and [en: …] that the English lacks."""
    said = spoken(spanish)
    found = []
    for (in_english, in_spanish), text in ((NEGATION, _counted_once(said)), *((limit, said) for limit in LIMITS)):
        wanted = re.findall(in_english, english, re.IGNORECASE)
        kept = re.findall(in_spanish, text, re.IGNORECASE)
        if len(kept) < len(wanted):
            found.append(f"{', '.join(kept) or 'nothing'} for {', '.join(wanted)}")
    if lost := Counter(NUMBER.findall(english)) - Counter(NUMBER.findall(said)):
        found.append(f"lacks the number {', '.join(lost.elements())}")
    marks = Counter(MARKS.findall(english)), Counter(MARKS.findall(said))
    if marks[0] != marks[1]:
        found.append(f"slots and blanks {' '.join(marks[1].elements()) or 'none'}, not {' '.join(marks[0].elements())}")
    copied = unquoted(english)
    for part in IN_ENGLISH.findall(spanish):
        if unquoted(part) not in copied:
            found.append(f"[en: {part}] is not in the English")
    return found


def _counted_once(text: str) -> str:
    """The text with each negation that Spanish says twice, such as no … nada, said once."""
    while (shorter := re.sub(TWICE, r"\1\2", text, flags=re.IGNORECASE)) != text:
        text = shorter
    return text


def unquoted(text: str) -> str:
    return re.sub(r"[“”]", "", text)


# --- Pages ------------------------------------------------------------------------------------------------------

UNSEEN = "script, style, template, [hidden], [lang]:not(html, [lang|=es])"
LINES = "p, li, h1, h2, h3, h4, h5, h6, dt, dd, td, th, legend, label, summary, button, title, .call, div"
LABEL = 3  # words


class Read(NamedTuple):
    """The Spanish that is read on a page, folded or not: each paragraph, bullet, heading and label on its line."""

    whole: str
    main: str


def read(html: str) -> Read:
    """What is read of a page, without what is marked as another language."""
    soup = BeautifulSoup(html, "html.parser")
    for part in soup.select(UNSEEN):
        part.decompose()
    for part in soup.select(LINES):
        part.insert_before("\0")
        part.insert_after("\0")
    return Read(_lines(soup), _lines(soup.main))


def _lines(part: Tag) -> str:
    lines = (" ".join(line.split()) for line in part.get_text().split("\0"))
    return "\n".join(filter(None, lines))


def in_full(text: str) -> str:
    """The lines of a text that say something: “Sí” or a number alone would make any page look easy."""
    return "\n".join(line for line in text.splitlines() if len(words(line)) > LABEL)
