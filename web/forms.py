"""Questions become WTForms fields."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from screening.edition import Edition
from screening.questions import Question
from screening.words import FormErrors

PREFIX = "q_"  # a question named `data` or `errors` would shadow an attribute of WTForms


class Message(NamedTuple):
    """A line of the error summary: the id it links to, its text, and the name in script.js that shows it."""

    target: str
    text: str
    shown_by: str


class AnswerField(Field):
    """One question, for radios and checkboxes alike. `data` is the list of ids that were sent, known or not.

    It refuses an answer that the question does not have, two answers where one is asked for, and an answer that
    excludes the others together with another. No message repeats what was sent.
    """

    def __init__(self, question: Question, errors: FormErrors, **bound: Any) -> None:
        super().__init__(question.ask, **bound)  # WTForms adds the name and the form as keywords
        self.question = question
        self.known = {answer.id: answer for answer in question.answers}
        self.error_words = errors

    def process(self, formdata: Any, data: object = None, extra_filters: object = None) -> None:
        """Read what was chosen from a MultiDict, or None for a blank form.

        An empty value is a blank: the radio that says "No answer" sends it.
        Overrides Field.process, which also runs defaults and filters that we do not use.
        """
        self.process_errors = []
        self.data = [] if formdata is None else list(dict.fromkeys(filter(None, formdata.getlist(self.name))))

    def pre_validate(self, form: FlaskForm) -> None:
        """Raise ValidationError for the first thing that is wrong."""
        if len(self.chosen) < len(self.data):
            raise ValidationError(self.error_words.unknown)
        if len(self.data) > 1 and not self.question.many:
            raise ValidationError(self.error_words.one)
        if len(self.data) > 1 and any(self.known[name].alone for name in self.data):
            raise ValidationError(self.error_words.alone)

    def message(self, text: str, shown_by: str) -> Message:
        """A line of the error summary about this question."""
        return Message(f"{self.name}-1", f"{self.question.topic}: {text}", shown_by)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen answers that the question has. A faulty sheet can hold others."""
        return tuple(filter(self.known.__contains__, self.data))


class AnswerSheet(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """A form for one edition; build_form() makes the subclass with its fields."""

    class Meta:
        """No CSRF token: it needs a cookie, and a cookie is a trace. web/security.py refuses cross-site posts."""

        csrf = False

    edition: Edition
    version = StringField()

    @property
    def answer_fields(self) -> Iterator[AnswerField]:
        """The fields of the questions, in their order."""
        return (field for field in self if isinstance(field, AnswerField))

    def number(self, field: AnswerField) -> int:
        """Which question this is, counted from 1."""
        return self.edition.questions.index(field.question) + 1

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        """The answer sheet: question id → ids of the known answers that were chosen."""
        return {field.question.id: chosen for field in self.answer_fields if (chosen := field.chosen)}

    @property
    def messages(self) -> list[Message]:
        """What is wrong: faults of the whole sheet first, then one for each faulty question."""
        general = [Message(f"{PREFIX}{self.edition.questions[0].id}-1", error, "") for error in self.form_errors]
        return general + [field.message(field.errors[0], "") for field in self.answer_fields if field.errors]

    @property
    def every_message(self) -> list[Message]:
        """Every message that the script can show, each with the name that shows it."""
        errors = self.edition.words.form.errors
        empty = Message(f"{PREFIX}{self.edition.questions[0].id}-1", errors.empty, "nothing-chosen")
        mixed = [field.message(errors.alone, f"{field.question.id}.mixed-up") for field in self.answer_fields]
        return [empty, *(m for field, m in zip(self.answer_fields, mixed, strict=True) if field.question.many)]

    def validate(self, extra_validators: dict[str, Any] | None = None) -> bool:
        """Blank questions are valid. An empty sheet, or one from an older version of the questions, is not."""
        valid = super().validate(extra_validators)
        errors = self.edition.words.form.errors
        if self.version.data and self.version.data != self.edition.version:
            self.form_errors.append(errors.version)
        elif valid and not any(field.data for field in self.answer_fields):
            self.form_errors.append(errors.empty)
        return valid and not self.form_errors


def build_form(edition: Edition) -> type[AnswerSheet]:
    """The form class for an edition: one AnswerField for each question, named by its id with a prefix."""
    errors = edition.words.form.errors
    fields = {PREFIX + question.id: AnswerField(question, errors) for question in edition.questions}
    return type("Questions", (AnswerSheet,), {"edition": edition} | fields)
