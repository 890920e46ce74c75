"""What protects the reader: headers, the cross-site check, limits, and logs that hold no answers."""

import base64
import hashlib
import re
import traceback
from pathlib import Path
from types import TracebackType

from flask import Flask, Request, Response, abort, request
from markupsafe import Markup

MAX_BYTES = 8192  # a sheet with every box ticked is under 2 kB
TEMPLATES = Path(__file__).parent.parent / "templates"


def _shrunk(name: str) -> Markup:
    """A style or script as pages carry it: without comments, needless spaces and punctuation."""
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    lines = [re.sub(r" +(// .*|/\*.*\*/)$", "", line).strip() for line in source.splitlines()]
    text = re.sub(r"(?ms)^/\*.*?\*/$|^//[^\n]*$", "", "\n".join(lines))
    # A string and a mark stay; spaces around marks, the last ; of a rule and empty lines go: 0.5 kB, also when packed.
    idle = r'("[^"]*")|;\s*(?=})|\s*([{};,=<>&|?])\s*|(?<=:) |\n(?=\n)'
    return Markup(re.sub(idle, r"\1\2", text).strip())


def _hash(inline: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode() + "'"


STYLE, STYLE_RTL, SCRIPT = (_shrunk(name) for name in ("style.css", "style-rtl.css", "script.js"))

# Without connect-src, the default forbids every connection: the page can send nothing but its form.
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {_hash(STYLE)} {_hash(STYLE_RTL)}",
        f"script-src {_hash(SCRIPT)}",
        "img-src data:",  # the empty icon in the head, which saves a request
        "form-action 'self'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",  # browsers ignore this one in a <meta> tag
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # no-referrer would make browsers send `Origin: null` with our own form
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers too old for frame-ancestors
}


class QuietFlask(Flask):
    """Logs where an exception happened, never its text, which can carry answers."""

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Write the kind of the exception and the lines that led to it."""
        kind, _, trace = exc_info
        where = "".join(traceback.format_tb(trace))
        self.logger.error("%s in %s\n%s", kind.__name__ if kind else "?", request.endpoint, where)


def is_cross_site(incoming: Request) -> bool:
    """Whether another site made the browser send this, by the rules of Go 1.25's CrossOriginProtection.

    A request without Sec-Fetch-Site and Origin does not come from a browser, and there is no cookie to misuse.
    """
    if incoming.method in ("GET", "HEAD", "OPTIONS"):
        return False
    site, origin = incoming.headers.get("Sec-Fetch-Site"), incoming.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    if origin is None:
        return False
    scheme, _, host = origin.partition("://")
    port = {"http": ":80", "https": ":443"}.get(scheme)  # a proxy may name the port that an Origin leaves out
    return port is None or host.removesuffix(port) != incoming.host.removesuffix(port)


def protect(app: Flask) -> None:
    """Put the guard before every request and the headers on every response."""
    app.config.update(
        WTF_CSRF_ENABLED=False,  # its token needs a session; is_cross_site() takes its place
        WTF_I18N_ENABLED=False,  # messages come from pages.yaml
        MAX_CONTENT_LENGTH=MAX_BYTES,
    )

    @app.before_request
    def guard() -> None:
        if request.method in ("GET", "HEAD"):
            return
        if is_cross_site(request):
            abort(403)
        if request.method == "POST":
            if request.content_length is None:
                abort(411)  # without a length, Werkzeug stops at the limit and reads a cut body as complete
            if request.content_length > MAX_BYTES:
                abort(413)
            if request.mimetype != "application/x-www-form-urlencoded":
                abort(415)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(HEADERS)  # extend() is faster than update(), and nothing else sets these
        return response
