"""Serve the app with waitress."""

import logging
import signal
import time
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

import waitress
from flask import Flask
from waitress import wasyncore

from web.prerender import prerender

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from waitress.server import BaseWSGIServer, MultiSocketServer

Sockets = MutableMapping[int, Any]  # waitress's own record: what listens, and every connection, by file descriptor
TO_FINISH = 1.5  # seconds to finish begun requests after a signal to end: half a form may still be on its way


def listen(
    app: "WSGIApplication", host: str, port: int, sockets: Sockets | None = None
) -> "BaseWSGIServer | MultiSocketServer":
    """A server that listens and answers as soon as its run() is called.

    Arguments: the app, the address, and a mapping that waitress keeps its sockets in, for whoever wants to see them.
    Raises OSError or ValueError when the address can't be listened on.
    """
    # Its log messages hold what was sent, and by whom.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    return waitress.create_server(
        app,
        map=sockets,
        listen=f"{host}:{port}",
        ident="",  # no Server header that names the software
        max_request_header_size=32768,  # a thousand such, with bodies, fit into the memory that deploy/ gives
        max_request_body_size=65536,  # above 512 kB waitress would spill a body to disk
        send_bytes=262144,  # headers and page in one piece: a server that dies sends all or nothing
        connection_limit=1000,  # so many may stall before a reader waits; the usual limit of open files is 1024
        asyncore_use_poll=True,  # select() can't watch that many
        channel_timeout=30,  # seconds; drops a sender whose body never comes, or whose "urgent" data keeps a core busy
        cleanup_interval=5,  # seconds between two looks for such senders
    )


def serve(app: Flask, host: str, port: int) -> None:
    """Serve the app until SIGTERM or SIGINT, and print its address as soon as it listens.

    After the signal it accepts no new connection, and answers requests that are complete within TO_FINISH seconds.
    Raises what listen() raises.
    """
    prerender(app)
    sockets: Sockets = {}
    server = listen(app, host, port, sockets)
    # A name such as localhost may stand for two addresses; then waitress keeps a list.
    listening = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    listeners = [one for one in sockets.values() if one.accepting]
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True
        for listener in listeners:
            listener.pull_trigger()  # wakes the loop below

    signal.signal(signal.SIGTERM, end)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # a shell ignores SIGINT for background jobs
        signal.signal(signal.SIGINT, end)
    for name, number in listening:
        address = f"[{name}]" if ":" in name else name  # IPv6
        print(f"Open http://{address}:{number}/", flush=True)  # noqa: T201 - a newcomer needs to know
    # Instead of server.run(), which a signal could only leave by an exception in the middle of someone's request.
    while not ended:
        wasyncore.loop(timeout=1, use_poll=True, map=sockets, count=1)
    for listener in listeners:
        for _ in range(100):
            listener.handle_accept()  # whoever came before the signal; it does nothing when no one waits
        listener.del_channel()
        listener.socket.close()  # not listener.close(): that also takes away what wakes the loop
    wasyncore.loop(timeout=0, use_poll=True, map=sockets, count=1)  # reads what has arrived by now
    deadline = time.monotonic() + TO_FINISH
    while any(map(_is_busy, sockets.values())) and time.monotonic() < deadline:
        wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)


def _is_busy(channel: Any) -> bool:
    """Whether something has been asked on this connection, in part or whole, and not been answered to the end."""
    return bool(getattr(channel, "request", None) or getattr(channel, "requests", ()) or channel.writable())
