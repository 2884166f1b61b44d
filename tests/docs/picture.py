"""Draw the README's picture: the installed program in a terminal, as an SVG.

Run ``python tests/docs/picture.py`` after a change of the output; a test holds the committed picture to it.
"""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).with_name("comparison.svg")
COMMAND = ["nodecalc", "die", "10x10", "-n", "tsmc-n5", "-n", "tsmc-n7", "-n", "smic-n+2", "-n", "smic-n+3"]
COLUMNS = 114
LINES_SHOWN = 8
"""Title, table and no more: the notes below it are prose, quoted in the README itself."""


def terminal_output(command: list[str]) -> str:
    """Return what `command` of the installed program writes into a terminal, colours included."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "LINES": "50", "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", *command], stdout=follower, stdin=subprocess.DEVNULL, env=environment
    )
    os.close(follower)
    chunks = []
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:  # how a pseudo-terminal ends on Linux
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(leader)
    if process.wait():
        raise SystemExit(f"{' '.join(command)} failed")
    return b"".join(chunks).decode().replace("\r\n", "\n")


def shown_lines() -> Text:
    """Return the lines of the picture, styled."""
    lines = Text.from_ansi(terminal_output(COMMAND)).split("\n")
    return Text("\n").join(lines[:LINES_SHOWN])


def svg() -> str:
    """Return the picture, free of anything fetched from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: PTH123, SIM115
    console.print(Text("$ " + " ".join(COMMAND), style="bold green"))
    console.print(shown_lines())
    plain = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    drawn = console.export_svg(title="nodecalc", code_format=plain, unique_id="nodecalc")
    return drawn.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
    print(PICTURE.name)
