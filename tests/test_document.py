"""A reader of the source document finds each of its items in our questions, in words that they recognize."""

import pytest

OURS = tuple[str, str | None, dict[str, str] | str]  # a question, its answer or None, and the words to find there


def differs(own: str, family: str, counselor: str) -> dict[str, str]:
    return {"self": own, "family": family, "counselor": counselor}


# The document's own words, and where we ask about them. With an answer the words stand in its label, without one in
# the question or in why it is asked. A text of ours that differs by audience is given for each.
ITEMS: list[tuple[str, OURS]] = [
    # what may show that a person has become dependent
    ("Dishonesty about Klonopin use", (
        "keeping_it_private", None, differs("not told the truth", "not told the truth", "not telling the truth"))),
    ("Manipulation of pharmacies or doctors to get more of the drug", (
        "more_than_one_prescriber", None,
        differs("two prescribers or pharmacies", "two prescribers or pharmacies",
                "more than one prescriber or pharmacy"))),
    ("Defensiveness when approached about drug use", (
        "hard_to_talk_about", None,
        differs("get upset, or end the talk", "get upset, go quiet or change the subject", "hard to talk about"))),
    ("Use of Klonopin for longer than prescribed", (
        "longer_than_planned", None,
        differs("for longer than was first planned", "for longer than was first planned", "for longer than planned"))),
    ("Feelings of anxiety, pain or obsession when not on the drug", (
        "unwell_without_it", None,
        differs("very anxious, shaky or in pain when a dose was late",
                "very tense, shaky or in pain when a dose was late",
                "feeling unwell when a dose is late"))),
    ("Feelings of anxiety, pain or obsession when not on the drug", (
        "on_your_mind", None,
        differs("thought a lot about the next dose", "talk a lot about the next dose", "the next dose on the mind"))),
    # how it comes about
    ("increased or extended use", ("recent_change", "more", "more than before")),
    ("increased or extended use", ("more_than_label", None, "than the label says")),
    ("K-pin", ("getting_it", "street", "K-pin")),
    ("street dealers", ("getting_it", "street", "bought on the street")),
    ("illicit sources", ("getting_it", "online", "bought online, by an app or social media")),
    ("prescription manipulation", ("getting_it", "changed", "changed a prescription, or used someone else's")),
    ("doctor shopping", ("more_than_one_prescriber", None, "doctor shopping")),
    # what withdrawal can be
    ("Severe anxiety or panic attacks", ("symptoms", "panic", "severe anxiety or panic attacks")),
    ("Pain in the bones and joints", ("symptoms", "muscle", "pain in muscles, joints or bones")),
    ("Intestinal distress", ("symptoms", "stomach", "bowel trouble")),
    ("Sleeplessness", ("symptoms", "sleep", "can't sleep")),
    ("Seizures", ("symptoms", "seizure", "a seizure (a fit)")),
    ("Cramps", ("symptoms", "muscle", "cramps")),
    ("Short-term memory loss", ("symptoms", "memory", "forgetting recent things")),
    ("Hallucinations", ("symptoms", "confusion", "seeing or hearing things others do not")),
    ("Suicidal thoughts or actions", ("symptoms", "suicide", differs(
        "thoughts of suicide or self-harm, or I hurt myself or tried to",
        "talked about suicide or dying, hurt themselves, or tried to",
        "thoughts of suicide, self-harm, or an attempt"))),
    ("the psychological effects last even longer", ("recent_change", "stopped", "stopped more than 4 weeks ago")),
]  # fmt: skip


@pytest.mark.parametrize(("item", "ours"), ITEMS, ids=[f"{item}-{ours[0]}" for item, ours in ITEMS])
def test_every_item_of_the_document_is_asked_about_in_words_that_are_recognized(edition, audience, item, ours):
    asked, chosen, words = ours
    question = next(question for question in edition.questions if question.id == asked)
    labels = [answer.label for answer in question.answers if answer.id == chosen]
    seen = labels[0] if chosen else f"{question.ask}\n{question.why}"
    assert (words if isinstance(words, str) else words[audience]).lower() in seen.lower()


def test_the_documents_item_that_a_question_shows_is_one_of_the_table(edition):
    for question in edition.questions:
        if question.sign and question.id != "symptoms":  # shows the heading of a list, whose items are its answers
            assert any(
                item.lower() in question.sign.lower() for item, (asked, _, _) in ITEMS if asked == question.id
            ), question.id
