"""Bars of block characters: where people would rather look than read."""

from __future__ import annotations

from typing import Any, Final

EIGHTHS: Final = ("", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589")
"""Left one-eighth to seven-eighths blocks; the full one is FULL."""

FULL: Final = "\u2588"
PLAIN: Final = "#"


def has_blocks(stream: Any) -> bool:
    """Whether `stream` can carry block characters: its encoding is one of Unicode's."""
    return (getattr(stream, "encoding", None) or "").lower().startswith("utf")


def bar(value: float, most: float, width: int, blocks: bool) -> str:
    """Return a bar for `value` on a scale where `most` fills `width` characters.

    With `blocks` it is drawn to an eighth of a character, else in whole ``#``. What is more than nothing is never
    drawn as nothing; nothing, and what is no number, is an empty bar; what is more than `most` fills the width.

    >>> bar(1.0, 2.0, 10, blocks=False)
    '#####'
    >>> len(bar(1.3, 2.0, 10, blocks=True))  # six and a half
    7
    """
    if not (value > 0.0 and most > 0.0):
        return ""
    share = 1.0 if value >= most else value / most
    if not blocks:
        return PLAIN * max(1, round(share * width))
    full, rest = divmod(max(1, round(share * width * 8)), 8)
    return FULL * full + EIGHTHS[rest]
