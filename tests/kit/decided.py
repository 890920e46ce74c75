"""What is decided about each question and answer, written a second time and independently of the YAML."""

from screening.edition import Edition

CARES = (None, "soon", "today", "emergency")  # from the lowest to the highest

NOTICED = {"yes": "soon", "no": None, "unsure": None, "skip": None}
CHILD = {"child_prescribed": "soon", "child_not_prescribed": "today"}  # nobody under 18 is asked about themselves
QUESTIONS = {
    "symptoms": {
        "seizure": "emergency", "breathing": "emergency", "confusion": "emergency", "suicide": "emergency",
        "shaking": "soon", "panic": "soon", "sleep": "soon", "muscle": "soon", "stomach": "soon", "memory": "soon",
        "none": None, "unsure": None, "skip": None,
    },
    "recent_change": {
        "same": None, "more": "soon", "planned": "soon", "unplanned": "today", "out": "today", "soon_out": "today",
        "stopped": "soon", "unsure": None, "skip": None,
    },
    "mixing": {
        "alcohol": "soon", "opioids": "today", "sedatives": "soon", "street": "today",
        "none": None, "unsure": None, "skip": None,
    },
    "circumstances": {
        "seizures_missed": "emergency", "seizures": "soon", "past_seizure": "soon", "pregnant": "today",
        "older": "soon", "illness": "soon", **CHILD, "none": None, "unsure": None, "skip": None,
    },
    "longer_than_planned": NOTICED,
    "more_than_label": NOTICED,
    "unwell_without_it": NOTICED,
    "on_your_mind": NOTICED,
    "getting_it": {
        "own": None, "early": "soon", "story": "soon", "changed": "soon", "friend": "soon", "online": "today",
        "street": "today", "unsure": None, "skip": None,
    },
    "more_than_one_prescriber": NOTICED,
    "keeping_it_private": NOTICED,
    "hard_to_talk_about": NOTICED,
}  # fmt: skip
SAFETY = ("symptoms", "recent_change", "mixing", "circumstances")

NOTHING = {"none", "same", "own", "no"}  # says that there is nothing to notice
OPEN = {"unsure", "skip"}  # says nothing
ALONE = {"none", *OPEN}  # excludes the other boxes of its question

# Which block of its card an answer leads with, and the fixed order of the emergencies.
EMERGENCIES = {
    ("symptoms", "breathing"): "breathing",
    ("symptoms", "seizure"): "seizure",
    ("symptoms", "confusion"): "confusion",
    ("circumstances", "seizures_missed"): "seizure_medicine",
    ("symptoms", "suicide"): "suicide",
}
TODAY = {
    ("recent_change", "unplanned"): "without",
    ("recent_change", "out"): "without",
    ("recent_change", "soon_out"): "running_low",
    ("mixing", "opioids"): "mixing",
    ("mixing", "street"): "street",
    ("circumstances", "pregnant"): "pregnancy",
    ("circumstances", "child_not_prescribed"): "child",
    ("getting_it", "online"): "unknown_pills",
    ("getting_it", "street"): "unknown_pills",
}

CALLS = {  # whom each block of the emergency card calls, first things first
    "breathing": ("emergency",),
    "seizure": ("emergency",),
    "confusion": ("emergency",),
    "seizure_medicine": ("emergency",),
    "suicide": ("crisis", "emergency"),
}
OWN_PILLS = {"suicide", "child"}  # blocks that replace the usual words on keeping pills safe

# Private matters that the handout never lists: where pills come from, secrecy, hard talks, the next dose on the mind.
NEVER_ON_THE_SHEET = {
    "on_your_mind",
    "getting_it",
    "more_than_one_prescriber",
    "keeping_it_private",
    "hard_to_talk_about",
}


def asked(audience: str) -> dict[str, dict[str, str | None]]:
    """The answers of each question and their care, as this audience is asked."""
    unasked = CHILD if audience == "self" else {}
    return {
        question: {answer: care for answer, care in answers.items() if answer not in unasked}
        for question, answers in QUESTIONS.items()
    }


def offered(edition: Edition) -> list[tuple[str, str]]:
    """Every answer of every question."""
    return [(question.id, answer.id) for question in edition.questions for answer in question.answers]
