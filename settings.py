"""The settings of one running app. No other module reads the environment."""

import difflib
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

    content: a folder whose files are laid over our questions.yaml, pages.yaml and helplines.yaml, or None.
    country: whose helplines come first and whose words stand in the sentences, such as US.
    languages: the languages of the pages, the first at the root of the site; () means all that are available.
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
        SCREENING_HOST, PORT. Spaces around a value do not count.
        Raises SettingsError with every fault, a variable whose name is mistyped included.
        """
        given = {name: value for name, variable in VARIABLES.items() if (value := environ.get(variable, "").strip())}
        faults = [_unknown(name) for name, value in environ.items() if _looks_mistyped(name, value)]
        if "content" in given and not Path(given["content"]).is_dir():
            faults.append(f"SCREENING_CONTENT is not a folder: {Path(given['content']).absolute()}")
        if problem := _leave_url_problem(given.get("leave_url", cls.leave_url), given.get("host", cls.host)):
            faults.append(f"SCREENING_LEAVE_URL {problem}")
        if not re.fullmatch(r"[^\s/,]+", given.get("host", cls.host)):
            faults.append("SCREENING_HOST must be one host name or address, such as 127.0.0.1")
        if not re.fullmatch(r"[0-9]{1,5}", given.get("port", "0")) or int(given.get("port", 0)) > 65535:
            faults.append("PORT must be a number from 0 to 65535")
        if faults:
            raise SettingsError("\n".join(faults))
        read: Mapping[str, Callable[[str], object]] = {"content": Path, "port": int, "languages": _names}
        return cls(**{name: read.get(name, str)(value) for name, value in given.items()})  # type: ignore[arg-type]


# What Kubernetes and Docker set for a service that is named like us, such as SCREENING_SERVICE_HOST.
PLATFORM = re.compile(r"SCREENING_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")


def _looks_mistyped(name: str, value: str) -> bool:
    """Whether a variable looks like a misspelled setting of ours."""
    by_platform = PLATFORM.fullmatch(name) or (name.endswith("_PORT") and re.match("(tcp|udp|sctp)://", value))
    mistyped = name.upper().startswith("SCREENING_") and name not in VARIABLES.values()
    return bool(mistyped and value and not by_platform)


def _unknown(name: str) -> str:
    known = {variable.removeprefix("SCREENING_"): variable for variable in VARIABLES.values()}
    near = difflib.get_close_matches(name.upper().removeprefix("SCREENING_"), known, 1, 0)[0]
    return f"{name} is not a setting; perhaps you mean {known[near]}"


def _leave_url_problem(url: str, host: str) -> str:
    """Why readers can't be sent to an address when they leave; "" if they can."""
    found = re.fullmatch(r"https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#][!#-;=?-~]*)?", url)
    if not found:
        return "must be an address that starts with https://, such as https://www.wikipedia.org/, without a user"
    to = found[1].strip("[]").lower().rstrip(".")
    if to in (host.strip("[]").lower(), "localhost", "0.0.0.0", "::", "::1") or to.startswith("127."):
        return f"leads back to this site ({found[1]}); name another one"
    return ""


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
