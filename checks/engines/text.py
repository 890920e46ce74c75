"""lynx and w3m: browsers that show text alone and know no script. tmux is the terminal that they run in."""

import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from tests.kit.browser import until

WIDTH, HEIGHT = 80, 200  # a terminal as wide as of old, and high, so that one look shows much


class Terminal:
    """A text browser on one page. Keys go in by their names in tmux, and the screen comes out as lines."""

    def __init__(self, browser: str, url: str) -> None:
        self.browser, self.url = browser, url
        self.home = TemporaryDirectory(prefix="text-")
        self.socket = f"{self.home.name}/tmux"

    def __enter__(self) -> Self:
        size = ("-x", str(WIDTH), "-y", str(HEIGHT))
        env = f"HOME={self.home.name} TERM=xterm LANG=C.UTF-8"
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, f"env {env} {self.browser} {self.url}")
        until(lambda: len(self.screen().strip().splitlines()) > 5, f"{self.browser} showed nothing")
        return self

    def __exit__(self, *_: object) -> None:
        self._tmux("kill-server")
        self.home.cleanup()

    def _tmux(self, *order: str) -> str:
        env = {**os.environ, "LANG": "C.UTF-8"}
        return subprocess.run(["tmux", "-S", self.socket, *order], env=env, capture_output=True, text=True).stdout

    def keys(self, *names: str) -> None:
        for name in names:
            self._tmux("send-keys", name)
            self._settle()

    def type(self, words: str) -> None:
        self._tmux("send-keys", "-l", words)
        self._settle()

    def _settle(self) -> None:
        """Until the screen has stopped changing."""
        before = None
        while before != (before := self._look()):
            time.sleep(0.15)

    def _look(self) -> str:
        return self.screen() + self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}")

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def line(self) -> str:
        """The line that the cursor is in."""
        return self.screen().splitlines()[int(self._tmux("display-message", "-p", "#{cursor_y}"))]

    def files(self) -> list[Path]:
        """What the browser has written."""
        return [path for path in Path(self.home.name).rglob("*") if path.is_file()]
