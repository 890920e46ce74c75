"""The app. `flask run` finds create_app(); `python app.py` serves it with waitress."""

import os
import re

import jinja2

from screening.content import content_from_environment
from screening.reader import ContentError
from web.pages import add_pages
from web.security import QuietFlask, protect


def create_app() -> QuietFlask:
    """Read the content, then build the app around it.

    Environment, all of it optional: SCREENING_CONTENT (a folder with the operator's own YAML files), SCREENING_COUNTRY
    (whose helplines come first), SCREENING_LEAVE_URL (where "Leave this page" goes).
    Raises SystemExit with a line for each fault when the content or the link can't be used.
    """
    try:
        content = content_from_environment()
    except ContentError as error:
        raise SystemExit(str(error)) from None
    leave_url = os.environ.get("SCREENING_LEAVE_URL") or "https://www.wikipedia.org/"
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", leave_url):
        raise SystemExit("SCREENING_LEAVE_URL is no link; write one that starts with https://")
    app = QuietFlask(__name__, static_folder=None)  # no SECRET_KEY: a session write would raise
    app.jinja_env.undefined = jinja2.StrictUndefined  # a misspelled word is an error, not a gap in the page
    protect(app)
    add_pages(app, content, leave_url)
    return app


def main() -> None:
    """Serve on the address and port that SCREENING_HOST and PORT name (default 127.0.0.1 and 8000)."""
    from web.server import serve  # only this way of serving needs waitress

    host, port = os.environ.get("SCREENING_HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    app = create_app()
    print(f"Open http://{host}:{port}/", flush=True)  # noqa: T201 - the one thing a newcomer needs to know
    serve(app, host, port)


if __name__ == "__main__":
    main()
