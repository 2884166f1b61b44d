"""Print the shell command of README.md that stands under ``<!-- command: NAME -->``."""

import re
import sys
from pathlib import Path


def command(name: str, readme: Path) -> str:
    """Return the command called `name`."""
    found = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)\n```", readme.read_text(encoding="utf-8"), re.DOTALL)
    if not found:
        raise SystemExit(f"README.md has no command '{name}'")
    return found[1]


if __name__ == "__main__":
    print(command(sys.argv[1], Path(__file__).parent.parent / "README.md"))
