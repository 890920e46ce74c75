import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, nodes

ROOT = Path(__file__).parent.parent
MODULES = sorted([ROOT / "app.py", *ROOT.glob("screening/**/*.py"), *ROOT.glob("web/**/*.py")])
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
WEB_LIBRARIES = {"flask", "flask_wtf", "wtforms", "jinja2", "markupsafe", "werkzeug", "waitress", "web", "app"}
CHANCE_CLOCK_AND_FILES = {"time", "datetime", "random", "secrets", "uuid", "os", "io", "pathlib", "tempfile", "shutil"}
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label", "content"}
CODE_WORDS = {
    "checkbox",
    "radio",
    "width=device-width, initial-scale=1",
    "light dark",
}  # code, though it is spelled out


def name_of(path):
    return str(path.relative_to(ROOT))


def imports(path):
    """Every module a file imports, and every name it takes from one: flask, flask.request."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively; write the whole name"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def top(names):
    return {name.split(".")[0] for name in names}


def within(names, allowed):
    """What is imported besides the standard library and what is allowed."""
    return {
        name
        for name in names
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(name == known or name.startswith(f"{known}.") for known in allowed)
    }


def tracked():
    """Every file of the project that git has or would take, with its text; none of the binary ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in content:
            yield name, content.decode("utf-8")


# --- Who may import whom (design.md, section 2) -----------------------------------------------------------------


TYPES = {f"screening.{name}" for name in ("model", "questions", "helplines", "words", "edition")}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name == "screening"], ids=name_of)
def test_the_questionnaire_knows_nothing_of_the_web(path):
    used = imports(path)
    assert not top(used) & WEB_LIBRARIES
    allowed = {"settings"} if path.name == "__main__.py" else set()
    assert within(used, {"screening", "yaml", "pydantic", *allowed}) == set()


def test_the_decision_sees_the_content_and_no_clock_no_chance_and_no_file():
    used = imports(ROOT / "screening/guidance.py")
    assert within(used, TYPES) == set()
    assert not top(used) & CHANCE_CLOCK_AND_FILES
    names = {
        node.id
        for node in ast.walk(ast.parse((ROOT / "screening/guidance.py").read_text()))
        if isinstance(node, ast.Name)
    }
    assert not names & {"open", "print", "input", "eval", "exec", "hash", "id", "globals"}


def test_the_form_sees_neither_the_request_nor_the_guidance():
    used = imports(ROOT / "web/forms.py")
    assert within(used, {"wtforms", "flask_wtf", *TYPES}) == set()
    assert "screening.guidance" not in used


def test_what_protects_the_reader_knows_nothing_of_the_questions():
    assert within(imports(ROOT / "web/security.py"), {"flask", "werkzeug"}) == set()


@pytest.mark.parametrize("path", [p for p in MODULES if p.name in ("pages.py", "app.py")], ids=name_of)
def test_pages_keep_no_session_flash_nothing_and_read_no_yaml(path):
    used = imports(path)
    assert "yaml" not in top(used)
    assert not {name.rsplit(".", 1)[-1] for name in used} & {"session", "flash", "make_response"}
    code = ast.unparse(ast.parse(path.read_text(encoding="utf-8")))
    assert not re.search(r"\.set_cookie\b|\bsession\b|secret_key|SECRET_KEY\b\s*[=:\]]", code)


def test_only_the_pages_ask_for_guidance():
    asking = {name_of(path) for path in MODULES if "screening.guidance.guidance_for" in imports(path)}
    assert asking == {"web/pages.py"}


def test_the_app_reads_no_clock_and_throws_no_dice():
    for path in (p for p in MODULES if p.parent.name != "screening"):
        assert not top(imports(path)) & {"time", "random", "secrets", "uuid"}, name_of(path)


def test_nothing_is_called_by_a_name_that_says_nothing():
    vague = re.compile("util|manager|helper|common|misc", re.IGNORECASE)
    named = [name_of(path) for path in (*MODULES, *TEMPLATES, *ROOT.glob("tests/**/*.py"))]
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named += [n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef | ast.FunctionDef)]
    assert [name for name in named if vague.search(name)] == []


# --- Templates --------------------------------------------------------------------------------------------------


def parsed(path):
    """A template, with what it leaves for a second filling in as part of it."""
    return Environment(autoescape=True).parse(re.sub(r"{% (end)?raw %}", "", path.read_text(encoding="utf-8")))


def markup(path):
    """A template's own markup, with everything that is filled in left out."""
    data = "".join(node.data for node in parsed(path).find_all(nodes.TemplateData))
    return BeautifulSoup(data, "html.parser")


def words_in(text):
    return re.findall(r"[^\W\d_]+", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_no_words_of_its_own(path):
    tree = markup(path)
    spoken = [text for text in tree.find_all(string=True) if type(text).__name__ in ("NavigableString", "Script")]
    spoken += [tag[name] for tag in tree.find_all(True) for name in tag.attrs if name in SPOKEN]
    for output in parsed(path).find_all(nodes.Output):
        for node in output.nodes:
            branches = (node.expr1, node.expr2) if isinstance(node, nodes.CondExpr) else (node,)
            spoken += [part.value for part in branches if isinstance(part, nodes.Const)]
    assert [text.strip() for text in spoken if words_in(text) and text.strip() not in CODE_WORDS] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_no_number_to_call(path):
    assert not re.search(r"\d{3}|tel:|sms:", str(markup(path)))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_escapes_everything_and_runs_and_styles_nothing(path):
    tree = parsed(path)
    assert not [node.name for node in tree.find_all(nodes.Filter) if node.name in ("safe", "forceescape", "tojson")]
    assert not list(tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier, nodes.MarkSafe)))
    own = markup(path)
    assert not own.find_all("style")
    inline = [script for script in own.find_all("script") if "src" not in script.attrs]
    assert len(inline) == (1 if name_of(path) == "templates/base.html" else 0)
    assert not [key for tag in own.find_all(True) for key in tag.attrs if key.startswith("on") or key == "style"]


def test_only_the_pages_mark_text_as_markup():
    assert {name_of(path) for path in MODULES if "markupsafe" in top(imports(path))} <= {"web/pages.py"}


# --- Habits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_whatever_is_public_says_what_it_promises(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    public = [module]
    for thing in vars(module).values():
        own = getattr(thing, "__module__", None) == name and not getattr(thing, "__name__", "_").startswith("_")
        if own and (inspect.isclass(thing) or inspect.isfunction(thing)):
            public.append(thing)
        if own and inspect.isclass(thing):
            public += [f for key, f in vars(thing).items() if inspect.isfunction(f) and not key.startswith("_")]
            public += [p.fget for key, p in vars(thing).items() if isinstance(p, property) and not key.startswith("_")]
    assert [thing.__qualname__ for thing in public[1:] if not says_something(thing)] == []
    assert module.__doc__


def says_something(thing):
    """A method that stands in for one of a library is told about there."""
    if inspect.isfunction(thing) and "." in thing.__qualname__:
        owner = inspect.getmodule(thing)
        for part in thing.__qualname__.split(".")[:-1]:
            owner = getattr(owner, part)
        return thing.__doc__ or any(hasattr(base, thing.__name__) for base in owner.__mro__[1:])
    return inspect.getdoc(thing)


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.in")), ids=name_of)
def test_every_requirement_has_its_reason_beside_it(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    bare = [line for line in lines if not line.startswith(("#", "-r ")) and not re.search(r"\S\s+# \w", line)]
    assert bare == []


def test_every_exception_from_a_lint_has_its_reason_beside_it():
    reasonless = re.compile(r"# (noqa|type: ignore|fmt: off|pragma)(: ?[A-Z0-9, ]+|\[[a-z-]+\])?\s*$", re.MULTILINE)
    assert [name_of(path) for path in MODULES if reasonless.search(path.read_text(encoding="utf-8"))] == []


def test_no_file_tells_where_or_by_what_it_was_made():
    places = [f"/{folder}/" for folder in ("work", "root", "Users")] + ["/" + "home" + "/"]
    makers = ["clau" + "de", "ai-" + "generated", "session " + "id", "chat" + "gpt"]
    told = [
        f"{name}: {trace}"
        for name, text in tracked()
        if name != ".ci/run" and not name.startswith("requirements")
        for trace in [*places, *makers]
        if trace in (text.lower() if trace in makers else text)
    ]
    assert told == []
