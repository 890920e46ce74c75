"""Pages that are the same for every reader: made once, when the app starts, and sent from memory."""

import re
import zlib

from flask import Flask, Response, request

from screening.model import AUDIENCES

GZIP = re.compile(r"(?<![\w-])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")  # named, and not with the weight 0

HTML = "text/html; charset=utf-8"  # Werkzeug would find it out anew for each response


def every_page(app: Flask) -> dict[str, bytes]:
    """Every page that answers a GET, by its path."""
    client = app.test_client()
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    # What varies in the rule of a page is its audience. A rule without any gives one path.
    paths = dict.fromkeys(re.sub("<.*>", audience, rule) for rule in rules for audience in AUDIENCES)
    answers = [(path, client.get(path)) for path in paths]  # /leave and /healthz are no pages
    return {path: got.data for path, got in answers if got.status_code == 200 and got.mimetype == "text/html"}


def prerender(app: Flask) -> None:
    """Ask the app for each of its pages once, and answer every later GET for it from memory."""
    pages: dict[str, bytes] = {}  # empty until every_page() has asked for all of them: see below
    packed: dict[str, bytes] = {}

    @app.before_request
    def send_from_memory() -> Response | None:
        path = request.path
        if path not in pages or request.method not in ("GET", "HEAD"):
            return None
        page, headers = pages[path], {"Vary": "Accept-Encoding"}
        if GZIP.search(request.environ.get("HTTP_ACCEPT_ENCODING", "")):
            page, headers["Content-Encoding"] = packed[path], "gzip"
        return Response(page, headers=headers, content_type=HTML)

    pages.update(every_page(app))
    packed.update({path: _gzip(page) for path, page in pages.items()})


def _gzip(page: bytes) -> bytes:
    """A page as small as gzip makes it."""
    # 31: a gzip file. Memory level 7: short blocks, so that style, script and text each get a code of their own.
    packer = zlib.compressobj(9, zlib.DEFLATED, 31, 7)
    return packer.compress(page) + packer.flush()
