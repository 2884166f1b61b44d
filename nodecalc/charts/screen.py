"""What a terminal is: how wide, and whether it shows colours."""

from __future__ import annotations

import os
import sys
from typing import Final, TextIO

UNKNOWN: Final = 80
"""Width of a terminal that does not say its own."""
UNKNOWN_HEIGHT: Final = 24


def terminal_width(stream: TextIO) -> int:
    """Return the characters in a line of a terminal: what COLUMNS says, else the terminal; 0 is unknown to both."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or UNKNOWN
    except (OSError, ValueError):
        return UNKNOWN


def terminal_height(stream: TextIO) -> int:
    """Return the lines of a terminal: what LINES says, else the terminal; 0 is unknown to both."""
    said = os.environ.get("LINES", "")
    if said.isdecimal() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).lines or UNKNOWN_HEIGHT
    except (OSError, ValueError):
        return UNKNOWN_HEIGHT


def has_colour(stream: TextIO) -> bool:
    """Whether `stream` shows colours and nobody asked for none."""
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    # The old console of Windows prints the codes instead of following them.
    return stream.isatty() and not plain and (sys.platform != "win32" or "WT_SESSION" in os.environ)
