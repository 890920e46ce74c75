"""A screen that nobody sees, for browsers with a window, and real keys."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory

from tests.kit.server import missing


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """What the environment of a program must say, so that its window opens on a new screen.

    A window manager is there, too: without one nothing ever has the focus.
    """
    for command in ("Xvfb", "openbox"):
        if not shutil.which(command):
            missing(command, "apt install xvfb openbox")
    with ExitStack() as stack:

        def start(*command: str, pass_fds: tuple[int, ...] = (), **env: str) -> None:
            quiet = subprocess.DEVNULL
            process = subprocess.Popen(command, env=os.environ | env, stdout=quiet, stderr=quiet, pass_fds=pass_fds)
            stack.callback(process.wait)
            stack.callback(process.kill)

        ours, its = os.pipe()
        start("Xvfb", "-displayfd", str(its), "-screen", "0", "1280x1024x24", "-nolisten", "tcp", pass_fds=(its,))
        os.close(its)
        with open(ours) as told:
            env = {"DISPLAY": f":{told.readline().strip()}"}
        start("openbox", HOME=stack.enter_context(TemporaryDirectory()), **env)
        yield env


def press_keys(seen: dict[str, str], *orders: str) -> None:
    """What a keyboard does, in the words of xdotool. A browser gets the keys first, and takes some for itself."""
    if not shutil.which("xdotool"):
        missing("xdotool")
    subprocess.run(["xdotool", *orders], env=os.environ | seen, check=True)
