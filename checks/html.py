"""The Nu HTML checker on every page, guidance, error, and every plain file of `flask freeze`: `make html`."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app import create_app
from screening.load import OUR_CONTENT, known_languages, load_languages
from settings import Settings
from tests.kit.pages import all_responses
from web.freeze import freeze

CHECKER = Path(__file__).parent / "tools/node_modules/vnu-jar/build/dist/vnu.jar"


def main() -> None:
    logging.disable()  # one of the errors is made to happen
    responses = all_responses(create_app(), load_languages(OUR_CONTENT, "US", known_languages()))
    pages = {name: response.data for name, response in responses.items()}
    pages |= {name: page.encode() for name, page in freeze(create_app(), Settings().leave_url).items()}
    with TemporaryDirectory() as folder:
        names = {}
        for number, (name, page) in enumerate(pages.items()):
            file = Path(folder) / f"{number}.html"
            file.write_bytes(page)
            names[file.resolve().as_uri()] = name
        command = ["java", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", folder]
        checked = subprocess.run(command, check=True, capture_output=True, text=True)
    # The checker takes the pieces, which are text that no browser runs, for a script against the policy.
    found = json.loads(checked.stderr)["messages"]
    messages = [message for message in found if 'type="text/html"' not in message.get("extract", "")]
    for message in messages:
        kind, line = message.get("subType", message["type"]), message.get("lastLine", "?")
        print(f"{names.get(message.get('url'), '?')}, line {line}: {kind}: {message['message']}")  # noqa: T201
    print(f"{len(names)} pages, {len(messages)} messages")  # noqa: T201
    sys.exit(bool(messages))


if __name__ == "__main__":
    main()
