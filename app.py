"""The app. `flask run` finds create_app(); `python app.py` serves it with waitress."""

import logging
import os
from pathlib import Path

import jinja2

from screening.content import HERE, load_content
from screening.reader import ContentError
from web.pages import add_pages
from web.security import QuietFlask, protect


def create_app() -> QuietFlask:
    """Read the content, then build the app around it.

    Environment, all of it optional: SCREENING_CONTENT (a folder with the operator's own YAML files), SCREENING_COUNTRY
    (whose helplines come first), SCREENING_LEAVE_URL (where "Leave this page" goes).
    Raises SystemExit with a line for each fault when the content can't be used.
    """
    try:
        content = load_content(
            Path(os.environ.get("SCREENING_CONTENT", HERE)), os.environ.get("SCREENING_COUNTRY", "US")
        )
    except ContentError as error:
        raise SystemExit(str(error)) from None
    app = QuietFlask(__name__, static_folder=None)  # no SECRET_KEY: a session write would raise
    app.jinja_env.undefined = jinja2.StrictUndefined  # a misspelled word is an error, not a gap in the page
    protect(app)
    add_pages(app, content, os.environ.get("SCREENING_LEAVE_URL", "https://www.wikipedia.org/"))
    return app


def main() -> None:
    """Serve on 127.0.0.1, on the port that PORT names (default 8000)."""
    import waitress  # only this way of serving needs it

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every short wait
    port = os.environ.get("PORT", "8000")
    app = create_app()
    print(f"Open http://127.0.0.1:{port}/", flush=True)  # noqa: T201 - the one thing a newcomer needs to know
    waitress.serve(
        app,
        listen=f"127.0.0.1:{port}",
        ident="",  # the Server header need not name the software
        max_request_body_size=65536,  # above 512 kB waitress would spill a body to disk
    )


if __name__ == "__main__":
    main()
