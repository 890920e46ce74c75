"""Serve the app with waitress."""

import logging
from typing import TYPE_CHECKING

import waitress
from flask import Flask

from web.prerender import prerender

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from waitress.server import BaseWSGIServer, MultiSocketServer


def listen(app: "WSGIApplication", host: str, port: int) -> "BaseWSGIServer | MultiSocketServer":
    """A server that listens and answers as soon as its run() is called.

    Raises OSError or ValueError when the address can't be listened on.
    """
    # Its log messages hold what was sent, and by whom.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    return waitress.create_server(
        app,
        listen=f"{host}:{port}",
        ident="",  # no Server header that names the software
        max_request_body_size=65536,  # above 512 kB waitress would spill a body to disk
        send_bytes=262144,  # headers and page in one piece: a server that dies sends all or nothing
        channel_timeout=30,  # seconds; drops a sender whose body never comes, or whose "urgent" data keeps a core busy
        cleanup_interval=5,  # seconds between two looks for such senders
    )


def serve(app: Flask, host: str, port: int) -> None:
    """Serve the app until the process is stopped, and print its address as soon as it listens.

    Raises what listen() raises.
    """
    prerender(app)
    server = listen(app, host, port)
    # A name such as localhost may stand for two addresses; then waitress keeps a list.
    listening = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    for name, number in listening:
        address = f"[{name}]" if ":" in name else name  # IPv6
        print(f"Open http://{address}:{number}/", flush=True)  # noqa: T201 - a newcomer needs to know
    server.run()
