"""Lighthouse on the start, the questions and the guidance, as a slow phone sees them: `make lighthouse`."""

import subprocess
from pathlib import Path

from app import create_app
from tests.kit.browser import CHROMIUM
from tests.kit.server import running

TOOLS = Path(__file__).parent / "tools"


def main() -> None:
    with running(create_app()) as address:
        subprocess.run(["node", "lighthouse.mjs", address, CHROMIUM["executable_path"]], cwd=TOOLS, check=True)


if __name__ == "__main__":
    main()
