import re
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest
from bs4 import BeautifulSoup
from flask import render_template_string
from jinja2 import Environment, nodes

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(ROOT.glob("templates/*.html"))
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label", "content"}
CODE = {"checkbox", "radio", "width=device-width, initial-scale=1", "light dark"}  # spelled out, but not for readers


def name_of(path):
    return path.name


# --- Who may import whom ----------------------------------------------------------------------------------------

WEB = {"flask", "flask_wtf", "wtforms", "jinja2", "werkzeug", "waitress", "web", "app", "settings"}


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("screening.load", WEB),
        ("screening.guidance", WEB),
        ("screening.__main__", WEB - {"settings"}),
        ("web.forms", {"screening.guidance", "web.pages", "web.security", "app", "settings"}),
        ("web.security", {"screening", "yaml", "pydantic", "wtforms", "flask_wtf", "web.forms", "app", "settings"}),
        ("settings", WEB - {"settings"} | {"screening"}),
        ("app", {"waitress"}),  # another server needs none of it
    ],
)
def test_importing_a_part_loads_no_module_that_it_may_not_use(module, never):
    code = f"import sys, {module}; print(*sys.modules)"
    brought = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert module in brought.stdout.split()
    assert never & set(brought.stdout.split()) == set()


# --- Templates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["request", "session", "g", "get_flashed_messages"])
def test_no_template_can_show_anything_of_a_request(app, name):
    """Flask hands these to every template, also to macros that are imported without context."""
    with app.test_request_context("/self", headers={"User-Agent": "canary"}):
        for template in (f"{{{{ {name} }}}}", f"{{% macro m() %}}{{{{ {name} }}}}{{% endmacro %}}{{{{ m() }}}}"):
            with pytest.raises(jinja2.UndefinedError):
                render_template_string(template)


def parsed(path):
    return Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_no_words_and_no_number_of_its_own(path):
    markup = "".join(node.data for node in parsed(path).find_all(nodes.TemplateData))  # nothing is filled in
    tree = BeautifulSoup(markup, "html.parser")
    spoken = [text for text in tree.find_all(string=True) if type(text).__name__ in ("NavigableString", "Script")]
    spoken += [tag[name] for tag in tree.find_all(True) for name in tag.attrs if name in SPOKEN]
    for output in parsed(path).find_all(nodes.Output):
        for node in output.nodes:
            branches = (node.expr1, node.expr2) if isinstance(node, nodes.CondExpr) else (node,)
            spoken += [part.value for part in branches if isinstance(part, nodes.Const)]
    assert [text for text in spoken if re.search(r"[^\W\d_]|\d{3}", text) and text.strip() not in CODE] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_escapes_everything(path):
    tree = parsed(path)
    assert not [node.name for node in tree.find_all(nodes.Filter) if node.name in ("safe", "forceescape", "tojson")]
    assert not list(tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier, nodes.MarkSafe)))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_line_of_a_template_is_over_120_characters(path):
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 120] == []
