"""Serve with waitress, and answer what it refuses by itself with our own error pages.

waitress's texts repeat the line it could not read, and one is a 501. Some faulty requests made it hang up without an
answer and log their text and the sender's address.
"""

import logging

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask
from werkzeug.exceptions import default_exceptions


class Parser(HTTPRequestParser):
    """Refuses what waitress would stumble over: a length of 5,000 digits, an address such as http://[x]/."""

    command = path = ""  # they are looked at also when none could be read

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError:
            raise ParsingError("") from None  # else waitress would hang up, and log what was sent and by whom

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if self.completed:
            self.expect_continue = False  # else it would say "go on", and wait without end for what never comes
        return consumed


class Refusal(ErrorTask):
    """Answers what waitress could not read with the app's error page for it."""

    app: Flask

    def execute(self) -> None:
        code = self.request.error.code
        error = default_exceptions[400 if code == 501 else code]()  # an unknown transfer coding is no fault of ours
        with self.app.test_request_context():
            response = self.app.process_response(self.app.make_response(self.app.handle_http_exception(error)))
        self.status = response.status
        self.response_headers.extend(response.headers)
        self.content_length = response.content_length
        self.set_close_on_finish()
        self.write(b"" if self.request.command == "HEAD" else response.data)


class Channel(HTTPChannel):
    """A connection that is served so."""

    parser_class = Parser
    error_task_class = Refusal

    def handle_expt(self) -> None:
        self.handle_close()  # "urgent" data: waitress would log it again and again, as fast as it can


def serve(app: Flask, host: str, port: str) -> None:
    """Serve the app until the process is stopped."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every short wait
    Refusal.app = app
    BaseWSGIServer.channel_class = Channel
    waitress.serve(
        app,
        listen=f"{host}:{port}",
        ident="",  # the Server header need not name the software
        max_request_body_size=65536,  # above 512 kB waitress would spill a body to disk
        send_bytes=262144,  # head and page leave in one piece: killed between them, it would fail a reader
    )
