"""Every page and state there is to look at."""

from typing import NamedTuple

from tests.kit import decided
from tests.kit.browser import Reader


class State(NamedTuple):
    """A page, the answers given on it (None: it is only opened), and what then happens.

    change: the guidance is given back. sent: the form is sent as without script, and the server answers.
    """

    path: str
    answers: list[str] | None = None
    change: bool = False
    sent: bool = False


NOTHING = [f"q_{q}={answer}" for q, answers in decided.QUESTIONS.items() for answer in decided.NOTHING & answers.keys()]
EMERGENCIES = [f"q_{question}={answer}" for question, answer in decided.EMERGENCIES]

STATES = {
    "start": State("/"),
    "self": State("/self"),
    "family": State("/family"),
    "counselor": State("/counselor"),
    "help": State("/help"),
    "about": State("/about"),
    "privacy": State("/privacy"),
    "guide": State("/counselor/guide"),
    "handout": State("/counselor/handout"),
    "not-found": State("/nowhere"),
    "empty-sheet": State("/self", []),
    "empty-sheet-sent": State("/self", [], sent=True),
    "error-emergency": State("/self", ["q_symptoms=seizure", "q_symptoms=none"]),
    "error-emergency-sent": State("/self", ["q_symptoms=seizure", "q_symptoms=none"], sent=True),
    "family-error": State("/family", ["q_mixing=alcohol", "q_mixing=unsure"]),
    "counselor-error": State("/counselor", []),
    "change": State("/self", ["q_symptoms=sleep", "q_recent_change=out"], change=True),
    "change-emergency-sent": State("/self", ["q_symptoms=breathing"], change=True, sent=True),
    "nothing": State("/self", NOTHING),
    "open": State("/self", ["q_longer_than_planned=unsure"]),
    "soon": State("/self", ["q_symptoms=sleep", "q_longer_than_planned=yes", "q_mixing=alcohol"]),
    "soon-sent": State("/self", ["q_symptoms=sleep", "q_longer_than_planned=yes", "q_mixing=alcohol"], sent=True),
    "today": State("/self", ["q_recent_change=out", "q_symptoms=shaking"]),
    "emergency": State("/self", ["q_symptoms=seizure"]),
    "breathing": State("/self", ["q_symptoms=breathing"]),
    "confusion": State("/self", ["q_symptoms=confusion"]),
    "seizure-medicine": State("/self", ["q_circumstances=seizures_missed"]),
    "suicide": State("/self", ["q_symptoms=suicide", "q_recent_change=out"]),
    "all-emergencies": State("/family", EMERGENCIES),
    "family-nothing": State("/family", NOTHING),
    "family-soon": State("/family", ["q_keeping_it_private=yes", "q_hard_to_talk_about=yes"]),
    "family-today": State("/family", ["q_circumstances=child_not_prescribed"]),
    "family-suicide": State("/family", ["q_symptoms=suicide"]),
    "counselor-open": State("/counselor", ["q_symptoms=skip"]),
    "counselor-soon": State("/counselor", ["q_on_your_mind=yes"]),
    "counselor-today": State("/counselor", ["q_mixing=opioids", "q_getting_it=street"]),
    "counselor-emergency": State("/counselor", ["q_symptoms=seizure", "q_recent_change=unplanned"]),
    "es-start": State("/es/"),
    "es-help": State("/es/help"),
    "es-about": State("/es/about"),
    "es-privacy": State("/es/privacy"),
    "es-guide": State("/es/counselor/guide"),
    "es-handout": State("/es/counselor/handout"),
    "es-not-found": State("/es/nowhere"),
    "es-self": State("/es/self"),
    "es-family": State("/es/family"),
    "es-counselor": State("/es/counselor"),
    "es-error": State("/es/self", ["q_symptoms=seizure", "q_symptoms=none"]),
    "es-emergency": State("/es/self", ["q_symptoms=suicide", "q_recent_change=out"]),
    "es-family-today": State("/es/family", ["q_circumstances=child_not_prescribed"]),
    "es-counselor-soon": State("/es/counselor", ["q_on_your_mind=yes"]),
}

TICK = """answers => answers.forEach((answer) => {
    const [name, value] = answer.split("=");
    const input = document.querySelector(`input[name="${name}"][value="${value}"]`);
    input.checked = true;
    input.dispatchEvent(new Event("change", {bubbles: true}));
})"""


def show(reader: Reader, state: State, path: str = "") -> None:
    """Open a page, or the same page at another path, and bring it into its state."""
    reader.open(path or state.path)
    if state.answers is None:
        return
    sends = state.sent or not reader.script
    reader.page.evaluate(TICK, state.answers)
    if state.sent and reader.script:
        reader.page.evaluate("() => document.querySelector('#whole').remove()")
    reader.send(sends)
    if state.change:
        reader.change(sends)
