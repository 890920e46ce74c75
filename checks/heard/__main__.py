"""What Orca, a real screen reader, says of the pages, compared with what it said before: `make heard`.

Two files for each journey are kept in transcripts/, one for each browser. After an intended change, run
`make heard ARGS=--keep` and read the differences. `make heard ARGS=emergency` hears one journey only. Only one Orca can
run at a time.
"""

import difflib
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from app import create_app
from checks.heard.desktop import PACKAGES, desktop
from checks.heard.journeys import ELSEWHERE, JOURNEYS, MAIN, Words
from screening.load import OUR_CONTENT, known_languages, load_languages
from settings import Settings
from tests.kit.server import running

TRANSCRIPTS = Path(__file__).parent / "transcripts"
NEUTRAL = f"<!doctype html><title>{ELSEWHERE}</title><h1>{ELSEWHERE}</h1>".encode()
# The echo of the key, and what comes and goes with the speed of the machine and the age of the profile.
CHANCE = re.compile(
    r"^(?:tab|return|space|escape|left shift|[bhx]|H|clickable|Loading|Please wait|.* page tab)\.? *$"
    r"|^(?:Finished loading|Page has|alert Translate|This dialog|Press Alt|Search with) ?.*|\bclickable\b|\bvisited\b"
)


def elsewhere(environ, start_response):  # the neutral site
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(NEUTRAL)))])
    return [NEUTRAL]


def squeezed(utterances: list[str]) -> str:
    kept = (CHANCE.sub("", said.strip()).strip() for said in utterances)
    return re.sub(r"\s+", " ", " | ".join(filter(None, kept))).replace(" .", ".")


def main(arguments: list[str]) -> None:
    keep = "--keep" in arguments
    wanted = [name for name in JOURNEYS if name in arguments] or list(JOURNEYS)
    needed = ("orca", "speech-dispatcher", "Xvfb", "openbox", "xdotool", "gdbus")
    if missing := [name for name in needed if not shutil.which(name)]:
        sys.exit(f"{', '.join(missing)} missing; apt-get install {PACKAGES}")
    languages = load_languages(OUR_CONTENT, "US", known_languages())
    names = {code: editions["self"].words.site.language for code, editions in languages.items()}
    differs = False
    with (
        running(elsewhere) as neutral,
        running(create_app(replace(Settings(), leave_url=neutral.replace("127.0.0.1", "localhost") + "/"))) as address,
    ):
        for browser in ("chromium", "firefox"):
            with desktop(browser, f"{address}/privacy") as seat:
                for code, editions in languages.items():
                    said = editions["self"].words
                    words = Words(
                        root="" if code == next(iter(languages)) else f"/{code}",
                        submit=said.form.submit,
                        change=said.guidance.change,
                        clear=said.form.clear,
                        other=next(name for other, name in names.items() if other != code),
                        signs=editions["self"].groups[1].words.heading,
                        third=said.form.question.format(number=3, all=len(editions["self"].questions)).rstrip("."),
                    )
                    for name in wanted:
                        if browser == "firefox" and name not in MAIN:
                            continue
                        path, journey = JOURNEYS[name]
                        kept = TRANSCRIPTS / f"{name}-{code}-{browser}.txt"
                        lines = [f"open: {squeezed(seat.open(address + words.root + path))}"]
                        try:
                            for key, heard in journey(seat, words):
                                lines.append(f"{key}: {squeezed(heard)}")
                        except LookupError as lost:
                            print(f"{kept.name}: broken off, {lost}; heard until then:", *lines[-3:], sep="\n    ")
                            differs = True
                        else:
                            differs |= not compare(kept, lines, keep=keep)
    sys.exit(differs)


def compare(kept: Path, lines: list[str], *, keep: bool) -> bool:
    """Whether a transcript is as before; if not, what has changed is printed."""
    before = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    print(f"{kept.name}: {'as before' if lines == before else 'changed'}", flush=True)
    for line in difflib.unified_diff(before, lines, lineterm="", n=1):
        print(f"    {line}")
    if keep:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return keep or lines == before


if __name__ == "__main__":
    main(sys.argv[1:])
