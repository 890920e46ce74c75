"""The settings of one running app. No other module reads the environment."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


class SettingsError(Exception):
    """A setting can't be used. `str()` gives one sentence for each fault, on a line of its own."""


@dataclass(frozen=True)
class Settings:
    """What an operator can set.

    content: a folder with the operator's own questions.yaml, pages.yaml and helplines.yaml, or None for ours.
    country: whose helplines come first and whose words stand in the sentences, such as US.
    languages: what the pages are offered in, the first at the root of the site; none named are all there are.
    leave_url: the neutral site that "Leave this page" goes to.
    host, port: where `python app.py` listens.
    """

    content: Path | None = None
    country: str = "US"
    languages: tuple[str, ...] = ()
    leave_url: str = "https://www.wikipedia.org/"
    host: str = "127.0.0.1"
    port: int = 8000

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings from the environment. A variable that is unset or empty keeps its default.

        Variables: SCREENING_CONTENT, SCREENING_COUNTRY, SCREENING_LANGUAGES (with commas between), SCREENING_LEAVE_URL,
        SCREENING_HOST, PORT.
        Raises SettingsError with every fault.
        """
        given = {name: environ[variable] for name, variable in VARIABLES.items() if environ.get(variable)}
        faults = []
        if "content" in given and not Path(given["content"]).is_dir():
            faults.append(f"SCREENING_CONTENT is not a folder: {given['content']}")
        if not re.fullmatch(r"https://[^\s/]+(/\S*)?", given.get("leave_url", cls.leave_url)):
            faults.append("SCREENING_LEAVE_URL must be an address that starts with https://")
        if not re.fullmatch(r"[^\s/,]+", given.get("host", cls.host)):
            faults.append("SCREENING_HOST must be one host name or address, such as 127.0.0.1")
        if not re.fullmatch(r"[0-9]{1,5}", given.get("port", "0")) or int(given.get("port", 0)) > 65535:
            faults.append("PORT must be a number from 0 to 65535")
        if faults:
            raise SettingsError("\n".join(faults))
        read: Mapping[str, Callable[[str], object]] = {"content": Path, "port": int, "languages": _names}
        return cls(**{name: read.get(name, str)(value) for name, value in given.items()})  # type: ignore[arg-type]


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[,\s]+", text)))


VARIABLES = {
    "content": "SCREENING_CONTENT",
    "country": "SCREENING_COUNTRY",
    "languages": "SCREENING_LANGUAGES",
    "leave_url": "SCREENING_LEAVE_URL",
    "host": "SCREENING_HOST",
    "port": "PORT",
}
