"""The reading grade that the other tests use is computed correctly."""

import pytest

from tests.kit.reading import grade, sentences, syllables, without_names, words

HAND_COUNTED = {
    "the": 1, "use": 1, "you": 1, "stopped": 1, "missed": 1, "friend": 1,
    "seizures": 2, "people": 2, "breathing": 2, "wanted": 2, "doses": 2, "trouble": 2, "trying": 2, "client": 2,
    "patient": 2, "quiet": 2, "worried": 2, "questions": 2, "safety": 2, "helpline": 2, "someone": 2, "action": 2,
    "medicine": 3, "addiction": 3, "every": 3, "suddenly": 3, "pharmacist": 3, "prescriber": 3, "usual": 3,
    "alcohol": 3, "dangerous": 3, "naloxone": 3, "opioid": 3, "hospital": 3, "violent": 3, "suicide": 3, "FDA": 3,
    "clonazepam": 4, "anxiety": 4, "emergency": 4, "diagnosis": 4, "benzodiazepine": 6,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), HAND_COUNTED.items())
def test_syllables_are_counted_as_by_hand(word, count):
    assert syllables(word) == count


def test_a_sentence_ends_at_its_stop_also_inside_quotes_and_at_the_end_of_a_bullet():
    assert sentences("Ask: “Are you safe? I care.” Then listen") == ["Ask: “Are you safe?", "I care.", "Then listen"]


def test_numbers_count_as_words_and_blanks_do_not():
    assert words("Don't wait: call 1-800-222 (ER) by ___.") == ["Don't", "wait", "call", "1-800-222", "ER", "by"]


def test_the_grade_is_that_of_flesch_and_kincaid():
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    two_lines = "Call a pharmacist\nA sudden stop is dangerous."  # 8 words, 13 syllables, 2 sentences
    assert grade(two_lines) == pytest.approx(0.39 * 8 / 2 + 11.8 * 13 / 8 - 15.59)


def test_the_names_of_the_medicine_do_not_count():
    assert without_names("Klonopin (clonazepam)") == "pill (pill)"
