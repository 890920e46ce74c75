"""What a maker would pick instead: Flask and Flask-WTF with WTForms' own widgets, on the same twelve questions."""

from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from screening.content import Edition
from screening.guidance import guidance_for

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Self-check</title><h1>Self-check</h1>
<form method="post">
{% for field in form %}<fieldset><legend>{{ field.label.text }}</legend>{{ field }}</fieldset>{% endfor %}
<button>Send</button></form>"""
SAID = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Self-check</title><h1>Guidance</h1>
{% for found in guidance.noticed %}
<h2>{{ found.question.topic }}: {{ found.answer.label }}</h2>
<p>{{ found.note.means }}</p><p>{{ found.note.say }}</p><p>{{ found.note.other_reasons }}</p>
{% endfor %}
{% for line in q.helplines %}
<h2>{{ line.name }}</h2><p>{{ line.number }} {{ line.what_happens or "" }}</p>
{% endfor %}"""


class Boxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def stock_app(edition: Edition) -> Flask:
    """The side-by-side: it asks the same and says less."""
    app = Flask(__name__)
    app.config.update(WTF_CSRF_ENABLED=False)
    fields = {
        f"q_{question.id}": (Boxes if question.many else RadioField)(
            question.ask, choices={answer.id: answer.label for answer in question.answers}, validate_choice=False
        )
        for question in edition.questions
    }
    sheet = type("Sheet", (FlaskForm,), fields)

    @app.route("/self", methods=["GET", "POST"])
    def ask() -> str:
        form = sheet()
        if not form.validate_on_submit():
            return render_template_string(PAGE, form=form)
        answers = {f.name[2:]: f.data if isinstance(f.data, list) else [f.data] for f in form if f.data}
        return render_template_string(SAID, q=edition, guidance=guidance_for(edition, answers))

    return app
