"""Is any of these words in a browser's folder? Every file is searched as it stands and in each way it can be opened."""

import base64
import hashlib
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

SQLITE, MOZLZ4, GZIP, SESSION = b"SQLite format 3\0", b"mozLz40\0", b"\x1f\x8b\x08", b"SNSS\5"
SEALED = b"v10"  # Chromium's mark of what it encrypted with the key that --password-store=basic means


def found_in(folder: Path, words: Collection[str]) -> dict[str, set[str]]:
    """Where any of the words is: the file, and which words. The words must begin alike and hold only small letters."""
    wanted = _Wanted(words)
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        here = wanted.of(name.encode())
        with suppress(FileNotFoundError):  # a running browser tidies up
            if path.is_file() and not path.is_symlink():
                here |= wanted.of_all(_views(path))
        if here:
            found[name] = here
    return found


class _Wanted:
    """The words in UTF-8, UTF-16 and base64."""

    def __init__(self, words: Collection[str]) -> None:
        self.words = set(words)
        start = next(iter(words))[:3].encode()
        wide = start.decode().encode("utf-16-le")
        self.plain = re.compile(re.escape(start) + rb"[a-z]*")
        self.wide = re.compile(re.escape(wide) + rb"(?:[a-z]\0)*")
        self.coded = re.compile(b"(?:" + b"|".join(_coded(start)) + rb")[A-Za-z0-9+/_-]*")
        self.codes = {code: word for word in words for code in _coded(word.encode())}

    def of(self, data: bytes) -> set[str]:
        near = {match.decode() for match in self.plain.findall(data)}
        near |= {match.decode("utf-16-le") for match in self.wide.findall(data)}
        here = {word for word in self.words if any(text.startswith(word) for text in near)}
        for match in self.coded.findall(data):
            here |= {word for code, word in self.codes.items() if match.startswith(code)}
        return here

    def of_all(self, many: Iterable[bytes]) -> set[str]:
        return set().union(*map(self.of, many))


def _coded(word: bytes) -> Iterator[bytes]:
    """The word inside base64, at each of three offsets, without the end characters that its neighbors change."""
    for shift in range(3):
        whole = (shift + len(word)) * 8 // 6
        yield base64.b64encode(bytes(shift) + word)[-(-shift * 8 // 6) : whole]


def _views(path: Path) -> Iterator[bytes]:
    """The file's bytes, and all that can be unpacked from them."""
    data = path.read_bytes()
    yield data
    if data.startswith(SQLITE):
        yield from _rows(path)
    if data.startswith(MOZLZ4):
        yield _lz4(data[len(MOZLZ4) + 4 :])
    if data.startswith(SESSION):
        yield b"".join(_opened(list(_records(data))))
    for match in re.finditer(re.escape(GZIP), data):
        with suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(data[match.start() :])


def _rows(path: Path) -> Iterator[bytes]:
    """Every value of a database, read from a copy: the browser may hold it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        for tail in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copy(f"{path}{tail}", f"{copy}{tail}")
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(copy)) as database:
            database.text_factory = bytes
            tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (table,) in tables:
                name = table.decode().replace('"', '""')
                with suppress(sqlite3.DatabaseError):  # a table of a module that only the browser has
                    values = [value for row in database.execute(f'select * from "{name}"') for value in row]
                    texts = [value for value in values if isinstance(value, bytes)]
                    yield b"\n".join(texts)
                    yield b"\n".join(_opened([text for text in texts if text.startswith(SEALED)]))


def _lz4(data: bytes) -> bytes:
    """One LZ4 block, as Firefox keeps its sessions."""
    out, at = bytearray(), 0

    def length(start: int) -> int:
        nonlocal at
        if start == 15:
            while True:
                more = data[at]
                at += 1
                start += more
                if more != 255:
                    break
        return start

    while at < len(data):
        token = data[at]
        at += 1
        literal = length(token >> 4)
        out += data[at : at + literal]
        at += literal
        if at >= len(data):
            break
        back = int.from_bytes(data[at : at + 2], "little")
        at += 2
        for _ in range(4 + length(token & 15)):
            out.append(out[-back])
    return bytes(out)


def _records(data: bytes) -> Iterator[bytes]:
    """The records of an encrypted session file: four bytes of length before each."""
    at = 8
    while at + 4 <= len(data):
        (size,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


def _opened(sealed: list[bytes]) -> list[bytes]:
    """What Chromium encrypted: AES-128-CBC, which openssl undoes block by block for all of it in one call."""
    bodies = [text[len(SEALED) :] for text in sealed if text.startswith(SEALED) and len(text) % 16 == len(SEALED)]
    if not bodies:
        return []
    key = hashlib.pbkdf2_hmac("sha1", b"peanuts", b"saltysalt", 1, 16).hex()
    command = ["openssl", "enc", "-d", "-aes-128-ecb", "-nopad", "-K", key]
    blocks = subprocess.run(command, input=b"".join(bodies), stdout=subprocess.PIPE, check=True).stdout
    opened, at = [], 0
    for body in bodies:
        opened.append(_xor(blocks[at : at + len(body)], (b" " * 16 + body)[: len(body)]))
        at += len(body)
    return opened


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")
