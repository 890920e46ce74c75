"""What protects the reader: headers, the cross-site check, limits, and logs that hold no answers."""

import base64
import hashlib
import traceback

from flask import Flask, Request, Response, abort, request

MAX_BYTES = 8192  # a sheet with every box ticked is under 2 kB

# Runs at once, so it is inline, in every head, and allowed by its hash. It is a block, because document.write() below
# makes it run again beside its own names.
INLINE_SCRIPT = (
    "{"
    # Chromium writes the body of a POST, with every answer, into its session files. So the answers are fetched, and the
    # page that comes back is written over this one: no entry of the history ever has a body. A reader who leaves before
    # it has come must not see it.
    "let sent;"
    'addEventListener("beforeunload",()=>{if(sent)sent.abort()});'
    'addEventListener("submit",e=>{'
    "if(!window.AbortController)return;"
    "e.preventDefault();"
    "if(sent)return;"
    "sent=new AbortController;"
    'const form=e.target,buttons=[...form.querySelectorAll("button")],names=buttons.map(b=>b.textContent);'
    'form.querySelectorAll("[role=alert]").forEach(p=>p.remove());'
    "buttons.forEach(b=>{b.textContent=form.dataset.sending});"
    'fetch(form.action,{method:"POST",body:new URLSearchParams(new FormData(form)),signal:sent.signal})'
    ".then(r=>r.text()).then(html=>{"
    "if(document.documentElement.hidden)return;"
    "document.open();document.write(html);document.close();"
    'scrollTo({top:0,behavior:"instant"});document.querySelector("main").focus({preventScroll:true})'
    "}).catch(()=>{"
    "sent=0;"
    "buttons.forEach((b,n)=>{b.textContent=names[n]});"
    'const p=document.createElement("p");'
    'p.className="error";p.setAttribute("role","alert");p.textContent=form.dataset.unsent;'
    "(e.submitter||buttons[buttons.length-1]).after(p)"
    "})});"
    # An old browser sends the form itself. This turns the page's entry into a plain GET, mostly before it is written.
    'history.replaceState(null,"",location.href);'
    # What the back/forward cache would bring back, with its answers, is loaded anew: its entry is a plain GET.
    'addEventListener("pageshow",e=>{if(e.persisted)location.reload()});'
    # Chromium also writes which part of a page was in view, by id; with scroll anchoring off it does not.
    'document.documentElement.style.overflowAnchor="none";'
    # A link to the question that needs another look would put that question into the history: it only moves the focus.
    'addEventListener("click",e=>{const a=e.target.closest(".errors a");'
    "if(a){e.preventDefault();document.querySelector(a.hash).focus()}})"
    "}"
)


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            f"script-src 'self' {_hash(INLINE_SCRIPT)}",
            "connect-src 'self'",  # the inline script fetches the answer to a form
            "img-src data:",  # the empty icon in the head, which saves a request
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # no-referrer would make browsers send `Origin: null` with our own form
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers too old for frame-ancestors
}


class QuietFlask(Flask):
    """Logs where an exception happened, never its text, which can carry answers."""

    def log_exception(self, exc_info) -> None:
        kind, _, trace = exc_info
        where = "".join(traceback.format_tb(trace))
        self.logger.error("%s in %s\n%s", kind.__name__, request.endpoint, where)


def is_cross_site(incoming: Request) -> bool:
    """Whether another site made the browser send this, by the rules of Go 1.25's CrossOriginProtection.

    A request without Sec-Fetch-Site and Origin comes from no browser, and there is no cookie that it could misuse.
    """
    if incoming.method in ("GET", "HEAD", "OPTIONS"):
        return False
    site, origin = incoming.headers.get("Sec-Fetch-Site"), incoming.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and origin not in (f"http://{incoming.host}", f"https://{incoming.host}")


def protect(app: Flask) -> None:
    """Put the guard before every request and the headers on every response."""
    app.config.update(
        WTF_CSRF_ENABLED=False,  # its token needs a session; is_cross_site() stands in for it
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
                abort(411)  # a chunked body would be cut at the limit and read as if it were whole
            if request.content_length > MAX_BYTES:
                abort(413)
            if request.mimetype != "application/x-www-form-urlencoded":
                abort(415)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")  # static files say otherwise
        response.headers.extend(HEADERS)  # nothing else sets these; update() would look for each of them first
        return response
