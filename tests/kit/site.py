"""nginx with the shipped configurations: before two instances of the app, or with plain files alone."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, NamedTuple
from urllib.parse import urlencode

from tests.kit.server import FORM, ROOT, Server, free_port, missing, serving, strace, wait_for

NAME = "screening.example"


class Site(NamedTuple):
    port: int  # https
    open_port: int  # http
    checks_port: int  # http, for health checks by address
    folder: Path  # all that nginx may touch
    apps: Sequence[Server]
    nginx: int  # its process
    output: IO[bytes]
    trust: ssl.SSLContext

    def connect(self, source: str = "127.0.0.1", name: str = NAME) -> ssl.SSLSocket:
        """A connection from any of this machine's own addresses: all of 127.0.0.0/8."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))
        return self.trust.wrap_socket(plain, server_hostname=name)

    def ask(
        self, path: str, sheet: Mapping | None = None, headers: Mapping = {}, source: str = "127.0.0.1"
    ) -> tuple[HTTPResponse, bytes]:
        """A page, or the answer to a sheet: the response, and its body."""
        connection = HTTPConnection(NAME)
        connection.sock = self.connect(source)
        body = None if sheet is None else urlencode(sheet, doseq=True)
        try:
            more = {**({} if body is None else FORM), **headers}
            connection.request("GET" if body is None else "POST", path, body, more)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def send(self, raw: bytes) -> bytes:
        """What comes back for these bytes until nginx hangs up."""
        received = b""
        with self.connect() as connection, suppress(ConnectionError, ssl.SSLEOFError):
            connection.sendall(raw)
            while part := connection.recv(65536):
                received += part
        return received


def _configuration(name: str, folder: Path, port: int, open_port: int, checks_port: int, apps: Sequence[int]) -> str:
    """A shipped one with other addresses, ports and folders, and nothing else."""
    text = (ROOT / "deploy" / name).read_text()
    only_with_apps = {"127.0.0.1:8080": f"127.0.0.1:{checks_port}"} if apps else {}
    for old, new in {
        **only_with_apps,
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen [::]:443": f"listen 127.0.0.2:{port}",  # not every machine has IPv6
        "listen 80": f"listen 127.0.0.1:{open_port}",
        "listen [::]:80": f"listen 127.0.0.2:{open_port}",
        **{f"127.0.0.1:800{number}": f"127.0.0.1:{app}" for number, app in enumerate(apps, 1)},
        "/etc/ssl/screening": str(folder),
        "/var/www/screening": str(folder / "www"),
        "/var/www/acme": str(folder / "acme"),
        "/var/lib/nginx": str(folder / "temp"),
        "/run/nginx.pid": str(folder / "pid"),
    }.items():
        assert old in text, f"deploy/{name} no longer holds {old!r}"
        text = text.replace(old, new)
    return text if os.geteuid() == 0 else text.replace("user www-data;\n", "")  # only root may become another user


def _fill(folder: Path, www: Mapping[str, str]) -> None:
    """What nginx needs besides: a certificate, and the files that it may send."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "privkey.pem"]
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-out", folder / "fullchain.pem"]
    subprocess.run(["openssl", "req", "-x509", "-days", "2", *key, *names], check=True, capture_output=True)
    for name, text in www.items():
        (folder / "www" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "www" / name).write_text(text, encoding="utf-8")
    (folder / "temp").mkdir()
    for part in (folder, folder / "temp", *(file.parent for file in (folder / "www").rglob("*.html"))):
        part.chmod(0o755)  # nginx reads them as another user


@cache
def _written(command: str, **settings: str) -> Mapping[str, str]:
    """What this `flask` command writes into a folder: the text of each file, by its name."""
    with TemporaryDirectory() as folder:
        run = [sys.executable, "-m", "flask", command, folder]
        subprocess.run(run, cwd=ROOT, env={**os.environ, **settings}, check=True, capture_output=True)
        names = [path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()]
        return {name: (Path(folder) / name).read_text(encoding="utf-8") for name in names}


@contextmanager
def site(trace: Path | None = None, apps: Sequence[int] = (), **settings: str) -> Iterator[Site]:
    """Start two instances, or take those on the given ports, and nginx in front of them. Stop all of it afterwards."""
    with ExitStack() as stack:
        servers = [] if apps else [stack.enter_context(serving(**settings)) for _ in range(2)]
        ports = apps or [server.port for server in servers]
        front = stack.enter_context(_nginx("nginx.conf", _written("error-page", **settings), ports, trace))
        yield front._replace(apps=servers)


@contextmanager
def site_of_files(trace: Path | None = None) -> Iterator[Site]:
    """Start nginx with what `flask freeze` writes, and no app. Stop it afterwards."""
    with _nginx("nginx-files.conf", _written("freeze"), [], trace) as front:
        yield front


@contextmanager
def _nginx(name: str, www: Mapping[str, str], apps: Sequence[int], trace: Path | None) -> Iterator[Site]:
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    for command, package in ((nginx, "nginx-light"), ("openssl", "openssl")):
        if not shutil.which(command):
            missing(package)
    with TemporaryDirectory() as temporary, TemporaryFile() as output:
        folder = Path(temporary)
        port, open_port, checks_port = free_port(), free_port(), free_port()
        _fill(folder, www)
        (folder / "nginx.conf").write_text(_configuration(name, folder, port, open_port, checks_port, apps))
        watch = strace(trace) if trace else []
        process = subprocess.Popen(
            [*watch, nginx, "-e", "stderr", "-c", folder / "nginx.conf", "-g", "daemon off;"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it has workers, and perhaps strace before it
        )
        try:
            wait_for(process, port, output)
            trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
            yield Site(port, open_port, checks_port, folder, [], process.pid, output, trust)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
