"""Mistakes in our content files, each an edit of them, and how each must be reported."""

Q, P, H = "questions.yaml", "pages.yaml", "helplines.yaml"
CRISIS_CA = "kind: crisis\n    country: CA"
CRISIS_AU = "kind: crisis\n    country: AU"

REVIEW = "review:\n  name:\n  role:\n  date:\n  country:\n  words:\n"
WORDS = "  words: {en: 0123-4567-89ab-cdef}\n"
REVIEWED = f"review:\n  name: Jo Doe\n  role: a doctor\n  date: 2026-01-02\n  country: US\n{WORDS}"

# Each fault: the file, {its text: what replaces that}, the key in the report, words of the report.
# ▶ is left out of the file: it marks the line that must be reported. A * in a key is any position.
# A new value that is in quotes and ends in # makes a comment of the old value behind it.
# fmt: off
FAULTS = {
    # keys
    "an unknown key": (Q, {"- id: mixing\n": "- id: mixing\n▶    color: red\n"},
        "questions.3.color", "unknown key; use one of: id, group, topic"),
    "an unknown key at the top": (P, {"\nsite:": "\n▶color: red\nsite:"},
        "color", "unknown key; use one of: site, warning"),
    "an unknown key in a list": (P, {"- {audience: family,": "▶- {audience: family, color: red,"},
        "start.choices.2.color", "unknown key; use one of: audience, title, hint"),
    "a repeated key": (Q, {"- id: mixing\n    group: safety": "- id: mixing\n    group: safety\n▶    group: signs"},
        "questions.3.group", "duplicate key (first on line "),
    "a missing key": (Q, {"- id: mixing\n    group: safety": "- ▶id: mixing"},
        "questions.3.group", "is missing; write"),

    "eleven months": (P, {"  months: [January, ": "▶  months: ["}, "site.months", "must have 12 items, not 11"),
    "a direction that no browser knows": (P, {"  direction: ltr": "▶  direction: up"},
        "site.direction", "must be ltr or rtl"),

    # ids
    "a question's id used twice": (Q, {"- id: mixing\n": "▶- id: symptoms\n"},
        "questions.3.id", "symptoms is used twice; give each its own"),
    "an answer's id used twice": (Q, {"{id: older,": "▶{id: seizures,"},
        "questions.4.any_of.5.id", "seizures is used twice"),
    "a shared answer's id used twice": (Q, {"    - {id: unsure,": '▶    - {id: "yes",'},
        "answers.noticed.3.id", "yes is used twice"),
    "a source's id used twice": (Q, {"{id: fda-2020,": "▶{id: klonopin-label,"},
        "sources.*.id", "klonopin-label is used twice"),
    "a block's id used twice": (P, {"- id: pregnancy": "- id: running_low", "- id: child": "▶- id: running_low"},
        "guidance.today.blocks.*.id", "running_low is used twice"),
    "a country's code used twice": (H, {"- code: NZ": "▶- code: AU"}, "countries.6.code", "AU is used twice"),
    "an unsafe id of a question": (Q, {"- id: mixing\n": "▶- id: Mixing it\n"},
        "questions.3.id", "is not a safe id; write small letters"),
    "an unsafe id of a source": (Q, {"{id: fda-2020,": "▶{id: FDA/2020,"},
        "sources.*.id", "is not a safe id; write small letters"),
    "a number as an id": (Q, {"{id: alcohol,": "▶{id: 7,"},
        "questions.3.any_of.1.id", "is not a safe id; write small letters"),

    # audiences
    "a missing audience": (Q, {"- id: mixing\n": "- id: mixing\n▶    sign: {self: a, family: b}\n"},
        "questions.3.sign", "has no words for counselor; write counselor: … beside the others"),
    "an unknown audience": (
        Q, {"- id: mixing\n": "- id: mixing\n▶    sign: {self: a, family: b, counselor: c, friend: d}\n"},
        "questions.3.sign.friend", "unknown audience; use self, family, counselor"),
    "words for an audience that never sees them": (
        Q, {"[counselor]\n      prompt:": "[counselor]\n▶      prompt: {self: a, counselor: b}\n      old:"},
        "questions.1.talk.prompt.self", "is never shown, because this part is not for self; remove it"),
    "a part for an unknown audience": (Q, {"{id: older,": "▶{id: older, for: [friend],"},
        "questions.4.any_of.5.for", "must be a list of audiences; write some of [self, family, counselor]"),
    "a part for an audience that is no list": (Q, {"{id: older,": "▶{id: older, for: family,"},
        "questions.4.any_of.5.for", "must be a list of audiences"),

    "an audience that is misspelled": (
        Q, {"{id: child_prescribed, for: [family,": "▶{id: child_prescribed, for: [Family,"},
        "questions.4.any_of.*.for", "must be a list of audiences; write some of [self, family, counselor]"),
    "words for some where all need them": (P, {"\nsite:\n": "\nsite:\n▶  for: [family]\n"}, "site.for", "unknown key"),
    "too few answers for one audience": (
        Q, {"    one_of:": "▶    one_of:\n    - {id: a, label: A}\n    - {id: b, for: [counselor], label: B}\n    x:"},
        "questions.2.one_of", "has too few items; write at least 2"),
    "words by audience on a page that all share": (
        P, {"\nabout:\n  heading:": "\nabout:\n▶  heading: {self: a, family: b, counselor: c}\n  old:"},
        "about.heading", "must be the same for all audiences, because they share it; write it once"),
    "words by audience on an error page": (
        P, {'\n  "404":\n    heading:': '\n  "404":\n▶    heading: {self: a, family: b, counselor: c}\n    old:'},
        "errors.404.heading", "must be the same for all audiences"),
    "words by audience in a helpline": (
        H, {"name: Poison Help": "▶name: {self: a, family: b, counselor: c}"},
        "helplines.*.name", "must be the same for all audiences"),

    # sources
    "an unknown source of a note": (Q, {"        sources: [klonopin-label,": "▶        sources: [rumor,"},
        "questions.*.notes.*.sources.1", "unknown source rumor; use one of sources: in questions.yaml"),
    "an unknown source of a page": (P, {"  sources: [klonopin-label,": "▶  sources: [rumor,"},
        "warning.sources.1", "unknown source rumor"),
    "a note with no source": (Q, {"        sources: [klonopin-label,": "▶        sources: []  # "},
        "questions.*.notes.*.sources", "has too few items; write at least 1"),
    "a link that is not https": (Q, {'link: "https:': '▶link: "http:'},
        "sources.*.link", "is not a safe link; write one that starts with https://"),
    "a link that runs script": (Q, {'link: "https:': '▶link: "javascript:'}, "sources.*.link", "is not a safe link"),

    # answers and notes
    "a note for an answer that is not offered": (Q, {"\n      alcohol:\n": "\n▶      wine:\n"},
        "questions.3.notes.wine", "note for an answer that this question does not have; its answers are alcohol"),
    "a wrong name of shared answers": (Q, {"    answers: noticed\n": "▶    answers: notices\n"},
        "questions.5.answers", "unknown list of shared answers; use one of noticed"),
    "answers given twice": (Q, {"- id: mixing\n": "▶- id: mixing\n    answers: noticed\n"},
        "questions.3", "must have its answers once; write answers: "),
    "both one_of and any_of": (Q, {"- id: recent_change\n": "▶- id: recent_change\n    any_of: []\n"},
        "questions.2", "must have its answers once; write answers: "),
    "no answers": (Q, {"- id: recent_change\n": "▶- id: recent_change\n", "    one_of:": "    two_of:"},
        "questions.2", "must have its answers once; write answers: "),
    "a switch that is neither true nor false": (Q, {"        sheet: true": "▶        sheet: perhaps"},
        "questions.1.notes.seizure.sheet", "must be true or false"),
    "a switch that says yes": (Q, {"        sheet: true": "▶        sheet: yes"},
        "questions.1.notes.seizure.sheet", "must be true or false"),

    "an open answer that can stand beside others": (
        Q, {'{id: unsure, label: "Not sure", alone: true,': '▶{id: unsure, label: "Not sure",'},
        "questions.1.any_of.*", "can be chosen together with answers that are not open; write alone: true"),
    "a note for those who can't choose its answer": (
        Q, {"{id: alcohol,": "{id: alcohol, for: [family, counselor],", "\n      alcohol:\n": "\n▶      alcohol:\n"},
        "questions.3.notes.alcohol", "note for self, who can't choose its answer; give both the same for:"),

    # levels of care
    "an unknown level of care": (Q, {"        care: soon\n": "▶        care: later\n"},
        "questions.*.notes.*.care", "must be one of 'soon', 'today' or 'emergency'"),
    "a level of care with no words": (P, {"\nguidance:\n": "\n▶guidance:\n", "\n  soon:\n": "\n  later:\n"},
        "guidance.soon", "is missing; write"),
    "an emergency with no words": (Q, {"        lead: seizure\n": "▶        lead: fits\n"},
        "questions.1.notes.seizure.lead", "unknown lead fits; use the id of a block under guidance.emergency"),
    "a lead for today with no words": (Q, {"        lead: without\n": "▶        lead: nowhere\n"},
        "questions.2.notes.*.lead", "use the id of a block under guidance.today in pages.yaml"),
    "a lead for today that is one for emergencies": (Q, {"        lead: without\n": "▶        lead: seizure\n"},
        "questions.2.notes.*.lead", "use the id of a block under guidance.today in pages.yaml"),
    "a lead for today to words for others": (Q, {"        lead: without\n": "▶        lead: child\n"},
        "questions.2.notes.*.lead", "leads to a block that is not for self; give both the same for:"),
    "a level of care without a lead": (Q, {"care: today\n        lead: without\n": "care: today\n"
        "        why: x\n", "\n      unplanned:\n": "\n▶      unplanned:\n"},
        "questions.2.notes.unplanned.lead", "is missing; use the id of a block under guidance.today in pages.yaml"),
    "a lead of its own for soon": (Q, {"        care: soon\n": "        care: soon\n▶        lead: seizure\n"},
        "questions.*.notes.*.lead", "care: soon takes no lead; leave this key out"),

    # values
    "text where a list belongs": (Q, {"\n    sources: [": '\n▶    sources: "x"  # ['},
        "questions.1.sources", "must be a list; start each line with a hyphen"),
    "a list where text belongs": (P, {"  menu: ": "▶  menu: []  # "}, "site.menu", "must be text; write words"),
    "text where keys belong": (P, {"\n  groups:\n": "\n▶  groups: two\n  more:\n"},
        "form.groups", "must hold keys and values"),
    "empty text": (P, {"  menu: ": '▶  menu: " "  # '}, "site.menu", "has no words; write some, or leave the key out"),
    "no value": (P, {"  menu: Pages": "▶  menu:"}, "site.menu", "has no words; write some, or leave the key out"),
    "an unknown slot": (P, {"  menu: ": '▶  menu: "{ambulance}"  # '},
        "site.menu", "unknown slot {ambulance}; use one of {emergency}, {crisis}"),
    "a slot that could turn into the emergency number": (P, {"  menu: ": '▶  menu: "{advice}"  # '},
        "site.menu", "unknown slot {advice}; use one of {emergency}, {crisis}"),
    "a slot that looks inside": (P, {"  menu: ": '▶  menu: "{emergency.number}"  # '},
        "site.menu", "unknown slot {emergency.number}; use one of"),
    "what a template would fill in": (P, {"  menu: ": '▶  menu: "{{ q }}"  # '},
        "site.menu", "unknown slot {{ q }; use one of"),
    "what a template would do": (P, {"  menu: ": '▶  menu: "{% raw %}"  # '},
        "site.menu", "unknown slot {% raw %}; use one of"),
    "half a slot": (P, {"  menu: ": '▶  menu: "call {crisis"  # '},
        "site.menu", "unmatched { or }; a slot looks like {emergency}"),
    "an empty slot": (P, {"  menu: ": '▶  menu: "{}"  # '}, "site.menu", "unknown slot {}; use one of"),
    "a value for a program": (P, {"  menu: ": "▶  menu: !!python/name:os.system x  # "},
        "site.menu", "starts with !, and YAML drops the word after it; put the words in quotes"),
    "words written once for two places": (P, {"  menu: ": "  menu: &here ", "  start: Start": "▶  start: *here"},
        "site.start", "starts with *, which has a meaning of its own in YAML; put the words in quotes"),
    "a reviewer without a date": (Q, {"\nreview:\n": "\n▶review:\n", "  name:\n": "  name: Jo Doe\n"},
        "review", "is half filled in; write name, role, date, country and words, or none of them"),
    "a review of no words": (Q, {REVIEW: "▶" + REVIEWED.replace(WORDS, "")},
        "review", "is half filled in; write name, role, date, country and words, or none of them"),
    "a review on a day that is still to come": (Q, {REVIEW: REVIEWED.replace("  date: 2026", "▶  date: 3026")},
        "review.date", "is in the future; write the day of the review"),
    "a fingerprint that is cut off": (Q, {REVIEW: REVIEWED.replace("  words:", "▶  words:").replace("-4567", "")},
        "review.words.en", "is not a fingerprint; copy it from the document that was reviewed"),
    "a review in a language that is not there": (Q, {REVIEW: REVIEWED.replace("  words: {en", "▶  words: {xx")},
        "review.words.xx", "unknown language; use one of en"),

    # helplines
    "a number with words in it": (H, {'number: "911"': '▶number: "call 911"'},
        "helplines.1.number", "is not a phone number; write digits, spaces and hyphens"),
    "words with another number": (H, {"- id: us_poison\n": "- ▶id: us_poison\n    in_words: Call 1-800\n",
            "    in_words: Poison Help": "    x: "},
        "helplines.*", "in_words has a different number; write 1-800-222-1222 in it"),
    "a date that is none": (H, {"read_on: 2026": '▶read_on: "in May"  # '},
        "helplines.1.read_on", "must be a date, such as 2026-11-22"),
    "a day that no month has": (H, {"read_on: 2026": '▶read_on: "2026-02-31"  # '},
        "helplines.1.read_on", "must be a date, such as 2026-11-22"),
    "an unknown kind": (H, {"kind: poison": "▶kind: poisons"},
        "helplines.*.kind", "must be one of 'emergency', 'crisis'"),
    "an unknown country": (H, {"country: CA": "▶country: CD"},
        "helplines.*.country", "unknown country CD; use one of US, GB"),
    "a country without a crisis line": (H, {"- code: CA": "- ▶code: CA", CRISIS_CA: "kind: family\n    country: CA"},
        "countries.4", "CA has no crisis helpline that is for everyone; add one under helplines"),
    "a country with a crisis line for some": (
        H, {"- code: AU": "- ▶code: AU", CRISIS_AU: f"{CRISIS_AU}\n    area: ACT",
            "    in_words: Lifeline at 13 11 14\n": ""},
        "countries.5", "AU has no crisis helpline that is for everyone; add one under helplines"),
    "a country that lacks one of its words": (
        H, {"    words:\n": "▶    words:\n", '      more: {text: "a refill", source: our-judgment}\n': ""},
        "countries.1.words.more", "is missing; write it"),
    "a country without words": (H, {"- code: US": "- ▶code: US", "    words:\n": "    spare:\n"},
        "countries.1.words", "is missing; write it"),
    "a word that no country has": (
        H, {"      hospital: {": "▶      ambulance: {text: a van, source: our-judgment}\n      hospital: {"},
        "countries.1.words.ambulance", "unknown key; use one of: hospital, urgent_care"),
    "a country's word without its source": (
        H, {"      hospital: {": "▶      hospital: {", ", source: our-judgment}": "}"},
        "countries.1.words.hospital.source", "is missing; write it"),
    "a country's word whose source is no address": (
        H, {"      hospital: {": "▶      hospital: {", "source: our-judgment}": "source: everyone}"},
        "countries.1.words.hospital.source", "is not a source; write a link that starts with https://, or our-"),

    # what must be complete
    "an error without its page": (P, {"\nerrors:\n": "\n▶errors:\n", '\n  "404":': '\n  "444":'},
        "errors", "lacks 404; write one entry for each"),
    "an audience that can't be chosen": (
        P, {"  choices:\n": "▶  choices:\n", "- {audience: self,": "- {audience: family,"},
        "start.choices", "has family twice, lacks self; write one entry for each"),
    "a kind of help without a heading": (P, {"  kinds:\n": "▶  kinds:\n", "- {kind: poison,": "- {kind: advice,"},
        "help.kinds", "has advice twice, lacks poison; write one entry for each"),

    # what would leave a reader without words or without a way to call
    "a block that says nothing": (
        P, {"A seizure\n        call: [emergency]\n        points:":
            "A seizure\n        call: []\n        ▶paragraphs:"},
        "guidance.emergency.blocks.*.paragraphs", "unknown key; use one of: id, heading, points"),
    "a lead without words": (P, {"  nothing:\n": "  ▶nothing: {}\n  spare:\n"},
        "guidance.nothing", "has no words; write paragraphs, points or links"),
    "an emergency that calls no one": (
        Q, {'"A seizure (a fit)"\n        now: [': '"A seizure (a fit)"\n        spare: [',
            "      seizure:\n": "      ▶seizure:\n"},
        "questions.1.notes.seizure", "note on an emergency; add now: to its answer"),
    "an emergency number that is only for texts": (
        H, {'    number: "911"\n': '    number: "911"\n    only_text: true\n',
            "  - id: us_emergency\n": "  - ▶id: us_emergency\n"},
        "helplines.1", "can't be only_text"),
    "an odd tag on an odd value": (P, {"  menu: Pages": "  ▶menu: !!bool maybe"},
        "site.menu", "starts with !, and YAML drops the word after it"),
    "readers that are a list in a list": (Q, {"for: [counselor]\n": "▶for: [[counselor]]\n"},
        "*for", "must be a list of audiences"),
    "words that hide a sign": (P, {"  menu: Pages": "  ▶menu: <b>Pages</b>"},
        "site.menu", "contains <; remove it, because readers are shown plain text"),
    "no sources at all": (Q, {"\nsources:\n": "\n▶sources: []\nspare:\n"}, "sources", "has too few items"),

    # what YAML would change without a word
    "words that a # cuts off": (P, {"  menu: Pages": "▶  menu: Pages # 1 and more"},
        "site.menu", "is cut off at #; put the words in quotes, or the comment on a line of its own"),
    "words in a list that a # cuts off": (P, {"  footer:\n": "  footer:\n▶    - We are #1. # Really\n"},
        "site.footer.1", "is cut off at #; put the words in quotes"),
    "words that are all cut off": (P, {"  menu: Pages": "▶  menu: #1 of all"}, "site.menu", "is cut off at #"),
    "words over two lines": (P, {"  menu: Pages": "▶  menu: Pages\n    and more"},
        "site.menu", "continues on the next line; put the words in quotes"),
    "a point that swallows the next": (P, {"  footer:\n": "  footer:\n▶    - One\n      - two\n"},
        "site.footer.1", "continues on the next line; put the words in quotes"),
    "words that a colon splits": (P, {"  footer:\n": "  footer:\n▶    - Danger: call someone\n"},
        "site.footer.1", 'must be text; put words that hold ": " in quotes'),
    "a key of two words": (P, {"  menu: ": "▶  ? [a, b]\n  : c\n  menu: "}, "site.?", "a key must be one plain word"),
    "a key with an anchor": (P, {"  menu: ": "▶  &menu menu: "}, "site.?", "starts with &, and YAML drops"),
    "an anchor": (P, {"  menu: ": "▶  menu: &here "}, "site.menu", "starts with &, and YAML drops the word after it"),

    # files
    "3,000 brackets": (P, {"  menu: Pages": "▶  menu: " + 3000 * "["}, "", "lists and keys are nested too deeply"),
    "bad indentation": (P, {"\n  menu: ": "\n   ▶menu: "}, "", "is not YAML: "),
    "a second document": (Q, {"\nreview:": "\na: b\n▶---\nreview:"}, "", "starts a second document; remove"),
    "a control character": (Q, {"\nreview:": "\n▶\a\nreview:"}, "", "contains an invisible character (U+0007)"),
}
# fmt: on
