"""A desktop that no one sees, with Orca on it, and a voice that writes down what it would have said."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.kit.screen import screen

PACKAGES = "orca at-spi2-core libatk-adaptor speech-dispatcher python3-speechd xvfb openbox xdotool libglib2.0-bin"
PATIENCE = 60  # seconds: two cores may be shared by many

SPEECHD = """\
LogLevel 1
LogDir "default"
AudioOutputMethod "libao"
SymbolsPreproc "char"
SymbolsPreprocFile "symbols.dic"
AddModule "heard" "sd_generic" "heard.conf"
DefaultModule heard
"""
# `$` and quotes reach a shell as they stand here; a backslash would be eaten on the way.
MODULE = """\
GenericExecuteSynth "{say} '$DATA'"
GenericMaxChunkLength 3000
GenericLanguage "en" "en" "utf-8"
GenericLanguage "es" "es" "utf-8"
AddVoice "en" "MALE1" "en"
AddVoice "es" "MALE1" "es"
"""
SAY = """\
#!/bin/sh
printf '%s\\n' "$1" >>"{heard}"
"""
FIREFOX = """\
user_pref("accessibility.force_disabled", -1);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("trailhead.firstrun.didSeeAboutWelcome", true);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"""
# Orca is told not to read a page by itself as it comes. It would take what Tab then says for a part of that reading,
# and leave out which question an answer belongs to.
ORCA = {"profile": ["Default", "default"], "sayAllOnLoad": False}
ORCA_SETTINGS = {"general": ORCA, "pronunciations": {}, "keybindings": {}, "profiles": {"default": ORCA}}
CHROMIUM = ["--force-renderer-accessibility", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM += ["--no-sandbox"] if os.geteuid() == 0 else []


class Desktop(NamedTuple):
    """Someone at a keyboard who hears and does not see."""

    folder: Path
    environment: Mapping[str, str]

    def heard(self) -> list[str]:
        """All that was said so far, one utterance in each item."""
        return (self.folder / "heard").read_text(encoding="utf-8").splitlines()

    def press(self, key: str, quiet: float = 0.6) -> list[str]:
        """Press a key, as xdotool calls it, and listen until nothing was said for `quiet` seconds."""
        already = len(self.heard())
        self._xdotool("key", "--clearmodifiers", key)
        self.listen(quiet)
        return self.heard()[already:]

    def open(self, address: str) -> list[str]:
        """Open a page in a new tab, go to its top, and return what was heard while it loaded."""
        self.press("ctrl+t", 1)
        self.press("ctrl+l")
        self._xdotool("type", "--delay", "5", address)
        self.listen(1)
        heard = self.press("Return", 2.5)
        self.press("ctrl+Home")
        return heard

    def listen(self, quiet: float) -> None:
        """Wait until nothing was said for so many seconds."""
        end, size, since = time.monotonic() + PATIENCE, -1, time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < quiet:
            time.sleep(0.05)
            if (now := (self.folder / "heard").stat().st_size) != size:
                size, since = now, time.monotonic()

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self.environment, check=True)


@contextmanager
def desktop(browser: str, address: str) -> Iterator[Desktop]:
    """A desktop with Orca and one window: "chromium" or "firefox" with a page."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "heard").touch()
        for part in ("home", "run", "modules", "logs", "profile"):
            (folder / part).mkdir(mode=0o700)
        say = folder / "say"
        say.write_text(SAY.format(heard=folder / "heard"))
        say.chmod(0o700)
        (folder / "home/.libao").write_text("default_driver=null\n")  # there is no sound card
        (folder / "speechd.conf").write_text(SPEECHD)
        (folder / "modules/heard.conf").write_text(MODULE.format(say=say))
        (folder / "profile/user.js").write_text(FIREFOX)
        (folder / "home/.local/share/orca").mkdir(parents=True)
        (folder / "home/.local/share/orca/user-settings.conf").write_text(json.dumps(ORCA_SETTINGS))
        environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "GSETTINGS_BACKEND": "memory",
            "ACCESSIBILITY_ENABLED": "1",
            "GNOME_ACCESSIBILITY": "1",
            "NO_AT_BRIDGE": "0",
            "GTK_MODULES": "gail:atk-bridge",
        }

        def start(*command: str, read: bool = False) -> str:
            log = stack.enter_context((folder / "logs" / Path(command[0]).name).open("w"))
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE if read else log, stderr=log, text=True
            )
            stack.callback(_end, process)
            return process.stdout.readline().strip() if process.stdout else ""

        environment |= stack.enter_context(screen())
        environment["DBUS_SESSION_BUS_ADDRESS"] = start(
            "dbus-daemon", "--session", "--nofork", "--print-address=1", read=True
        )
        start("/usr/libexec/at-spi-bus-launcher", "--launch-immediately")
        time.sleep(1)
        method = "org.freedesktop.DBus.Properties.Set"
        place = ["--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus", "--method", method]
        for status in ("IsEnabled", "ScreenReaderEnabled"):
            command = ["gdbus", "call", *place, "org.a11y.Status", status, "<true>"]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        start("speech-dispatcher", "-s", "-t", "0", "-C", str(folder), "-L", str(folder / "logs"))
        time.sleep(1)
        found = Desktop(folder, environment)
        start("orca", "--replace", "--disable=braille")
        _until(lambda: "Screen reader on." in " ".join(found.heard()), "Orca does not speak")
        profile = str(folder / "profile")
        if browser == "firefox":
            start("firefox-esr", "--no-remote", "--profile", profile, "--width", "1200", "--height", "960", address)
        else:
            start("chromium", *CHROMIUM, f"--user-data-dir={profile}", "--window-size=1200,960", address)
        already = len(found.heard())
        _until(lambda: len(found.heard()) > already, f"nothing is heard of {browser}")
        found.listen(4)
        yield found


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.1)


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
