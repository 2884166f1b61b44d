"""Write REFERENCE.md from what the program itself lists.

Run ``python tests/docs/reference.py`` after a change of keys, models, placements, schemes or nodes; a test holds the
committed page to it.
"""

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

from nodecalc.cli.program import run

PAGE: Final = Path(__file__).parents[2] / "REFERENCE.md"

HEAD: Final = """# Reference

What the program itself lists, written by `python tests/docs/reference.py`; a test holds this page to it. The commands
named below say the same, in every format.
"""
PARTS: Final = (
    ("Inputs, axes and results", ("keys",)),
    ("Yield models and ways to count dies", ("models",)),
    ("Ways to pattern lines at 36 nm", ("patterning", "36", "--tools", "arfi,euv")),
    ("Ways to pattern holes at 36 nm", ("patterning", "36", "--feature", "via", "--tools", "arfi,euv")),
    ("Nodes", ("nodes",)),
    ("Examples", ("examples",)),
)
"""Heading of each part, and the command that says it."""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for heading, words in PARTS:
        said = io.StringIO()
        with redirect_stdout(said):
            assert run([*words, "-f", "markdown"]) == 0
        parts.append(f"## {heading}\n\n`nodecalc {' '.join(words)}`\n\n{said.getvalue()}")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
