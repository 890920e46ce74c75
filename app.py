"""The app. `flask run` finds create_app(); `python app.py` serves it with waitress."""

import signal
import sys

import click
import jinja2

from screening.load import OUR_CONTENT, UnknownChoiceError, load_languages
from screening.source import ContentError
from settings import Settings, SettingsError
from web.freeze import add_commands
from web.pages import add_pages
from web.security import QuietFlask, protect


def create_app(settings: Settings | None = None) -> QuietFlask:
    """Read the content, then build the app around it.

    Arguments: the settings, or None (as in the `flask` command) to read them from the environment.
    Raises SettingsError, or ContentError with every fault; with None, click.ClickException with their text.
    """
    if settings is None:
        try:
            return create_app(Settings.from_environment())
        except (SettingsError, ContentError) as error:
            raise click.ClickException(str(error)) from None  # the `flask` command prints it without a traceback
    try:
        languages = load_languages(settings.content or OUR_CONTENT, settings.country, settings.languages)
    except UnknownChoiceError as error:
        raise SettingsError(str(error)) from None
    app = QuietFlask(__name__, static_folder=None)  # no SECRET_KEY: a session write would raise
    app.jinja_env.undefined = jinja2.StrictUndefined  # a misspelled word is an error, not a gap in the page
    protect(app)
    add_pages(app, languages, settings.leave_url)
    add_commands(app, languages, settings.leave_url)
    return app


def main() -> None:
    """Serve on the configured host and port. Exits with a message if a setting or the content can't be used."""
    from web.server import serve  # here, because another server does not need waitress

    # Until serve() sets its own handler: without one, process 1 of a container ignores SIGTERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        settings = Settings.from_environment()
        app = create_app(settings)
    except (SettingsError, ContentError) as error:
        sys.exit(str(error))
    try:
        serve(app, settings.host, settings.port)
    except (OSError, ValueError) as error:
        why = str(error).rstrip(".")
        sys.exit(f"Can't listen on {settings.host}:{settings.port} ({why}); set SCREENING_HOST or PORT to another.")


if __name__ == "__main__":
    main()
