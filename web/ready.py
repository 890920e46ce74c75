"""What never changes: bytes made once, when the app starts, with gzip beside them."""

import gzip
import hashlib
import re
from pathlib import Path
from typing import NamedTuple, Self

from flask import Response, request

# A static file's address holds its hash, so a browser never needs to ask for it again. It holds no answer.
FOR_EVER = "public, max-age=31536000, immutable"
GZIP = re.compile(r"(?<![\w-])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")  # named, and not with the weight 0
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Ready(NamedTuple):
    """A body that is ready to send, plain and packed, with its headers."""

    plain: bytes
    gzipped: bytes
    headers: dict[str, str]

    @classmethod
    def page(cls, html: str) -> Self:
        """A page that is the same for everyone."""
        return cls._make_ready(html.encode(), {"Content-Type": "text/html; charset=utf-8"})

    @classmethod
    def file(cls, path: Path) -> Self:
        """A static file, with the type that its ending names."""
        return cls._make_ready(path.read_bytes(), {"Content-Type": TYPES[path.suffix], "Cache-Control": FOR_EVER})

    @classmethod
    def _make_ready(cls, body: bytes, headers: dict[str, str]) -> Self:
        return cls(body, gzip.compress(body, 9, mtime=0), {**headers, "Vary": "Accept-Encoding"})

    @property
    def hash(self) -> str:
        """Names this very content in an address."""
        return hashlib.sha256(self.plain).hexdigest()[:10]

    def send(self) -> Response:
        """The response, packed for a browser that accepts it."""
        if GZIP.search(request.headers.get("Accept-Encoding", "")):
            return Response(self.gzipped, headers={**self.headers, "Content-Encoding": "gzip"})
        return Response(self.plain, headers=self.headers)
